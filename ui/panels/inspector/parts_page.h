#pragma once

#include "ui/models/parts_model.h"

#include <QWidget>

class QLabel;
class QTableView;
class QToolButton;

namespace schemawright::ui {

/// A page of the inspector: parts of a table in a grid that is edited in place, with buttons to add, remove and move
/// them. Why an edit was not taken stands below.
class PartsPage : public QWidget
{
    Q_OBJECT
public:
    /// Takes the model.
    PartsPage(PartsModel *model, const QString &name, QWidget *parent = nullptr);

    PartsModel &model() noexcept { return *model_; }
    QTableView *view() noexcept { return view_; }
    void add(int kind);
    /// Buttons and hint follow what the model shows.
    void showState();

Q_SIGNALS:
    /// What an edit has made pending should be shown now.
    void refreshWanted();
    void tableWanted(const schemawright::QualifiedName &table);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void buildBar();
    void remove();
    void move(int by);
    void showMenu(const QPoint &position);
    int currentRow() const;

    PartsModel *model_;
    QTableView *view_;
    QToolButton *add_, *remove_, *up_, *down_;
    QLabel *problem_;
};

} // namespace schemawright::ui
