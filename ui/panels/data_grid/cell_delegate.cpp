#include "ui/panels/data_grid/cell_delegate.h"

#include "ui/adapt/text.h"
#include "ui/models/rows_model.h"
#include "ui/theme/theme.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPersistentModelIndex>
#include <QPlainTextEdit>
#include <QStyle>
#include <QTextDocument>
#include <QToolTip>

#include <algorithm>
#include <limits>
#include <vector>

namespace schemawright::ui {

namespace {

constexpr const char *originalText = "originalText"; // of an editor: what it began with
constexpr const char *shownText = "shownText";       // the same as the editor has it
constexpr const char *cellIndex = "cellIndex";
constexpr int longText = 120;             // characters from which a text is edited in a larger box
constexpr qsizetype longestLine = 50'000; // laying out more in one line would hold up the window for seconds

bool hasEndlessLine(const QString &text)
{
    for (qsizetype from = 0; from + longestLine < text.size();) {
        const qsizetype end = text.lastIndexOf(u'\n', from + longestLine);
        if (end < from)
            return true;
        from = end + 1;
    }
    return false;
}

/// QPlainTextEdit::toPlainText() but for spaces that do not break, which that takes for others.
QString textOf(const QPlainTextEdit &area)
{
    QString text = area.document()->toRawText();
    for (const char16_t mark : {u'\u2028', u'\u2029'})
        text.replace(QChar(mark), u'\n');
    return text;
}

/// What was typed, in a text whose ends of lines an editor shows as others than they are: those that were not touched
/// stay what they are, and new ones are as most of the old.
QString asTyped(const QString &original, const QString &shown, const QString &now)
{
    if (now == shown)
        return original;
    std::vector<qsizetype> places; // in the original of each character that is shown
    for (qsizetype i = 0; i < original.size(); ++i) {
        places.push_back(i);
        if (original[i] == u'\r' && i + 1 < original.size() && original[i + 1] == u'\n')
            ++i;
    }
    places.push_back(original.size());
    if (static_cast<qsizetype>(places.size()) != shown.size() + 1) // nothing that is known here
        return now;
    const qsizetype most = std::min(shown.size(), now.size());
    qsizetype front = 0, back = 0;
    while (front < most && shown[front] == now[front])
        ++front;
    while (back < most - front && shown[shown.size() - 1 - back] == now[now.size() - 1 - back])
        ++back;
    QString middle = now.mid(front, now.size() - front - back);
    const qsizetype pairs = original.count(QStringLiteral("\r\n"));
    if (pairs > 0 && 2 * pairs >= original.count(u'\n'))
        middle.replace(QStringLiteral("\n"), QStringLiteral("\r\n"));
    return original.left(places[static_cast<std::size_t>(front)]) + middle +
           original.mid(places[static_cast<std::size_t>(shown.size() - back)]);
}

/// For texts of many lines, where Enter makes another: says how it is left.
class LongEditor : public QPlainTextEdit
{
public:
    explicit LongEditor(QWidget *parent)
        : QPlainTextEdit(parent), hint_(new QLabel(CellDelegate::tr("Ctrl+Enter to finish, Esc to cancel"), this))
    {
        setTabChangesFocus(true);
        setLineWrapMode(QPlainTextEdit::WidgetWidth);
        hint_->setObjectName(QStringLiteral("cellEditorHint"));
        hint_->setProperty("role", QStringLiteral("muted"));
        hint_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        hint_->setContentsMargins(0, 0, 6, 0);
        setViewportMargins(0, 0, 0, hint_->sizeHint().height() + 4);
    }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QPlainTextEdit::resizeEvent(event);
        const QRect inside = contentsRect();
        const int height = hint_->sizeHint().height() + 4;
        hint_->setGeometry(inside.left(), inside.bottom() - height + 1, inside.width(), height);
    }

private:
    QLabel *hint_;
};

} // namespace

CellDelegate::CellDelegate(Workspace &workspace, RowsModel &model, QObject *parent)
    : CellPainter(parent), workspace_(workspace), model_(model)
{}

QWidget *CellDelegate::createEditor(QWidget *parent, const QStyleOptionViewItem &, const QModelIndex &index) const
{
    const QVariant held = index.data(RowsModel::CellRole);
    const Value value = held.canConvert<Value>() ? held.value<Value>() : Value();
    if (!isTextEditable(value)) {
        workspace_.notify({Notice::Severity::Info, tr("This value is no text and cannot be typed over."),
                           tr("Set it to NULL, or load it from a file by the context menu.")});
        return nullptr;
    }
    const QString text = editText(value);
    if (hasEndlessLine(text)) {
        workspace_.notify({Notice::Severity::Info, tr("This text is too long to be typed over here."),
                           tr("Save it as a file by the context menu, change it there, and load it again.")});
        return nullptr;
    }
    const Column *column = model_.columnAt(index.column());
    QWidget *editor = nullptr;
    if (column->type.kind == TypeKind::Enum && !column->type.labels.empty()) {
        auto *choice = new QComboBox(parent);
        choice->setEditable(true);
        choice->setInsertPolicy(QComboBox::NoInsert);
        for (const std::string &label : column->type.labels)
            choice->addItem(toQString(label));
        editor = choice;
    } else if (text.contains(u'\n') || text.size() > longText || column->type.kind == TypeKind::Json) {
        editor = new LongEditor(parent);
    } else {
        auto *line = new QLineEdit(parent);
        line->setMaxLength(std::numeric_limits<int>::max()); // Qt's own limit would cut
        line->setFrame(true);
        editor = line;
    }
    editor->setObjectName(QStringLiteral("cellEditor"));
    editor->setFont(theme().monospaceFont());
    editor->setProperty(cellIndex, QVariant::fromValue(QPersistentModelIndex(index)));
    return editor;
}

void CellDelegate::setEditorData(QWidget *editor, const QModelIndex &index) const
{
    if (editor->property(originalText).isValid()) // the model changed elsewhere: what is being typed stays
        return;
    const QVariant held = index.data(RowsModel::CellRole);
    const QString text = held.canConvert<Value>() ? editText(held.value<Value>()) : QString();
    editor->setProperty(originalText, text);
    if (auto *line = qobject_cast<QLineEdit *>(editor)) {
        line->setText(text);
        line->selectAll();
        line->setPlaceholderText(index.data(Qt::DisplayRole).toString().left(text.isEmpty() ? 40 : 0));
    } else if (auto *area = qobject_cast<QPlainTextEdit *>(editor)) {
        area->setPlainText(text);
        editor->setProperty(shownText, textOf(*area));
        area->selectAll();
    } else if (auto *choice = qobject_cast<QComboBox *>(editor))
        choice->setCurrentText(text);
}

QString CellDelegate::editorText(const QWidget *editor) const
{
    if (const auto *line = qobject_cast<const QLineEdit *>(editor))
        return line->text();
    if (const auto *area = qobject_cast<const QPlainTextEdit *>(editor))
        return asTyped(editor->property(originalText).toString(), editor->property(shownText).toString(),
                       textOf(*area));
    return qobject_cast<const QComboBox *>(editor)->currentText();
}

QString CellDelegate::whyInvalid(QWidget *editor) const
{
    const QString text = editorText(editor);
    const auto index = editor->property(cellIndex).value<QPersistentModelIndex>();
    if (!index.isValid() || text == editor->property(originalText).toString())
        return {};
    try {
        workspace_.dialect().parseCell(model_.columnAt(index.column())->type, text.toStdString());
        return {};
    } catch (const Error &error) {
        return toQString(error.message);
    }
}

void CellDelegate::markInvalid(QWidget *editor, const QString &why) const
{
    editor->setProperty("invalid", !why.isEmpty());
    editor->style()->unpolish(editor);
    editor->style()->polish(editor);
    if (!why.isEmpty())
        QToolTip::showText(editor->mapToGlobal(QPoint(0, editor->height())), why, editor);
}

void CellDelegate::setModelData(QWidget *editor, QAbstractItemModel *model, const QModelIndex &index) const
{
    const QString text = editorText(editor);
    if (text == editor->property(originalText).toString())
        return;
    try {
        const Value value = workspace_.dialect().parseCell(model_.columnAt(index.column())->type, text.toStdString());
        model->setData(index, QVariant::fromValue(value), Qt::EditRole);
    } catch (const Error &error) { // left by the mouse: say what was typed, so that it is not lost
        workspace_.notify({Notice::Severity::Warning, toQString(error.message), tr("Typed was: %1").arg(text)});
    }
}

void CellDelegate::updateEditorGeometry(QWidget *editor, const QStyleOptionViewItem &option, const QModelIndex &) const
{
    QRect rect = option.rect;
    if (qobject_cast<QPlainTextEdit *>(editor)) { // room to read, inside the view
        const QRect around = editor->parentWidget()->rect();
        rect.setSize(QSize(qMax(rect.width(), 420), 160));
        rect.moveRight(qMin(rect.right(), around.right() - 4));
        rect.moveBottom(qMin(rect.bottom(), around.bottom() - 4));
        rect.moveTopLeft(QPoint(qMax(0, rect.left()), qMax(0, rect.top())));
    }
    editor->setGeometry(rect);
}

bool CellDelegate::eventFilter(QObject *watched, QEvent *event)
{
    auto *editor = qobject_cast<QWidget *>(watched);
    if (editor && event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter) { // it ends the editing, whatever it does to the grid
            event->accept();
            return true;
        }
    }
    if (editor && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        const bool isEnter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        const bool isTab = key->key() == Qt::Key_Tab || key->key() == Qt::Key_Backtab;
        const bool isLong = qobject_cast<QPlainTextEdit *>(editor) != nullptr;
        if (isEnter && isLong && !(key->modifiers() & Qt::ControlModifier))
            return false; // a new line; Ctrl+Enter ends
        if (isEnter || isTab) {
            const QString why = whyInvalid(editor);
            markInvalid(editor, why);
            if (!why.isEmpty())
                return true;
            if (isEnter) { // here and now, and not seen by the grid once more
                Q_EMIT commitData(editor);
                Q_EMIT closeEditor(editor, NoHint);
                return true;
            }
        } else if (editor->property("invalid").toBool())
            markInvalid(editor, {});
    }
    return CellPainter::eventFilter(watched, event);
}

} // namespace schemawright::ui
