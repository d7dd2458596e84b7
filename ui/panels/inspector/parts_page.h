#pragma once

#include "ui/models/parts_model.h"

#include <QWidget>

#include <utility>
#include <vector>

class QLabel;
class QPushButton;
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
    /// What a commit of the changes would mean, below the parts: each a sentence, and whether it warns.
    void setNotes(const std::vector<std::pair<QString, bool>> &notes);
    /// Why an edit was not taken; empty when it was.
    void tell(const QString &why);

Q_SIGNALS:
    /// What an edit has made pending should be shown now.
    void refreshWanted();
    void tableWanted(const schemawright::QualifiedName &table);
    /// The part whose drop the model refused is to go with all that depends on it.
    void dropWithWanted();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void buildBar();
    void remove();
    void move(int by);
    void showMenu(const QPoint &position);
    int currentRow() const;
    void fitFields();

    PartsModel *model_;
    QTableView *view_;
    QToolButton *add_, *remove_, *up_, *down_;
    QLabel *problem_, *note_, *empty_;
    QPushButton *dropWith_;
    bool isFitting_ = false, isFittedByHand_ = false;
};

} // namespace schemawright::ui
