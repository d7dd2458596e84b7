#include "ui/widgets/words_delegate.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QCoreApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPointer>

#include <algorithm>

namespace schemawright::ui {

namespace {

/// Where the last word begins: behind the last comma that is not inside of parentheses.
qsizetype lastWord(const QString &text)
{
    qsizetype begin = 0;
    int depth = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == u'(')
            ++depth;
        else if (text[i] == u')')
            --depth;
        else if (text[i] == u',' && depth == 0)
            begin = i + 1;
    }
    while (begin < text.size() && text[begin].isSpace())
        ++begin;
    return begin;
}

class WordCompleter : public QCompleter
{
public:
    using QCompleter::QCompleter;
    QStringList splitPath(const QString &path) const override { return {path.mid(lastWord(path))}; }
    QString pathFromIndex(const QModelIndex &index) const override
    {
        const auto *line = qobject_cast<const QLineEdit *>(widget());
        const QString typed = line ? line->text() : QString();
        return typed.left(lastWord(typed)) + QCompleter::pathFromIndex(index);
    }
};

} // namespace

QWidget *WordsDelegate::createEditor(QWidget *parent, const QStyleOptionViewItem &option,
                                     const QModelIndex &index) const
{
    QWidget *editor = ChoiceDelegate::createEditor(parent, option, index);
    if (auto *line = qobject_cast<QLineEdit *>(editor))
        connect(line, &QLineEdit::textChanged, line, [this, line, option, index = QPersistentModelIndex(index)] {
            updateEditorGeometry(line, option, index);
        });
    const QStringList words = index.data(completionsRole_).toStringList();
    if (auto *line = qobject_cast<QLineEdit *>(editor); line && !words.isEmpty()) {
        auto *completer = new WordCompleter(words, line);
        completer->setCaseSensitivity(Qt::CaseInsensitive);
        completer->setFilterMode(Qt::MatchContains);
        completer->setMaxVisibleItems(10);
        completer->popup()->setObjectName(QStringLiteral("wordCompletions"));
        line->setCompleter(completer);
        completer->popup()->installEventFilter(const_cast<WordsDelegate *>(this));
    }
    return editor;
}

/// While the words are shown they get the keys; without a word picked, Enter and Tab are meant for the line.
bool WordsDelegate::eventFilter(QObject *object, QEvent *event)
{
    auto *words = qobject_cast<QAbstractItemView *>(object);
    if (!words || words->objectName() != u"wordCompletions")
        return ChoiceDelegate::eventFilter(object, event);
    if (event->type() != QEvent::KeyPress || words->currentIndex().isValid() || !words->focusProxy())
        return false;
    const auto *key = static_cast<QKeyEvent *>(event);
    if (key->key() != Qt::Key_Return && key->key() != Qt::Key_Enter && key->key() != Qt::Key_Tab)
        return false;
    QPointer<QWidget> line = words->focusProxy();
    words->hide();
    QKeyEvent again(QEvent::KeyPress, key->key(), key->modifiers(), key->text());
    if (line)
        QCoreApplication::sendEvent(line, &again);
    return true;
}

void WordsDelegate::updateEditorGeometry(QWidget *editor, const QStyleOptionViewItem &option,
                                         const QModelIndex &index) const
{
    ChoiceDelegate::updateEditorGeometry(editor, option, index);
    const auto *line = qobject_cast<const QLineEdit *>(editor);
    if (!line || !editor->parentWidget())
        return;
    QRect rect = editor->geometry();
    const int most = editor->parentWidget()->width();
    const int wanted = std::min(most, line->fontMetrics().horizontalAdvance(line->text()) + 24);
    if (wanted <= rect.width())
        return;
    rect.setWidth(wanted);
    if (rect.right() >= most)
        rect.moveRight(most - 1);
    editor->setGeometry(rect);
}

} // namespace schemawright::ui
