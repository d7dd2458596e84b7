#pragma once

#include "schemawright/orm/draft.h"

#include <QWidget>

class QComboBox;
class QLabel;

namespace schemawright::ui {

class SqlView;
class Workspace;

/// The CREATE text of the table that is shown, or of everything that is pending, for one of the five dialects. Follows
/// each edit.
class CreatePane : public QWidget
{
    Q_OBJECT
public:
    explicit CreatePane(Workspace &workspace, QWidget *parent = nullptr);
    /// Null for none.
    void show(TablePtr table);

protected:
    void showEvent(QShowEvent *event) override;

private:
    void refresh();
    void save();
    void write(const QString &path);

    Workspace &workspace_;
    TablePtr table_;
    QComboBox *scope_, *dialect_;
    SqlView *sql_;
    QLabel *report_;
};

} // namespace schemawright::ui
