#pragma once

#include "ui/widgets/choice_delegate.h"

namespace schemawright::ui {

/// A ChoiceDelegate that also completes what is typed, word by word between commas, where the model gives words under
/// the second role.
class WordsDelegate : public ChoiceDelegate
{
    Q_OBJECT
public:
    WordsDelegate(int choicesRole, int completionsRole, QObject *parent)
        : ChoiceDelegate(choicesRole, parent), completionsRole_(completionsRole)
    {}
    QWidget *createEditor(QWidget *parent, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    /// A line that is longer than its cell goes on over the next ones.
    void updateEditorGeometry(QWidget *editor, const QStyleOptionViewItem &option,
                              const QModelIndex &index) const override;

protected:
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    const int completionsRole_;
};

} // namespace schemawright::ui
