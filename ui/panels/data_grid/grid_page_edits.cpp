#include "ui/panels/data_grid/grid_page.h"

#include "ui/adapt/text.h"
#include "ui/workspace/workspace.h"

#include <QClipboard>
#include <QFile>
#include <QFileDialog>
#include <QGuiApplication>
#include <QTableView>

#include <map>
#include <optional>
#include <set>

// What is done to the rows of a page: added, deleted, set, copied, pasted, loaded from files.

namespace schemawright::ui {

namespace {

/// A field of tab-separated text: quoted when it holds what would end it.
QString field(const QString &text)
{
    if (!text.contains(u'\t') && !text.contains(u'\n') && !text.contains(u'"'))
        return text;
    QString doubled = text;
    return u'"' + doubled.replace(u'"', QStringLiteral("\"\"")) + u'"';
}

std::vector<QStringList> fieldsOf(const QString &text)
{
    std::vector<QStringList> rows(1);
    QString current;
    bool quoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (quoted) {
            if (c != u'"')
                current += c;
            else if (i + 1 < text.size() && text[i + 1] == u'"')
                current += text[++i];
            else
                quoted = false;
        } else if (c == u'"' && current.isEmpty())
            quoted = true;
        else if (c == u'\t') {
            rows.back() << std::exchange(current, {});
        } else if (c == u'\n') {
            rows.back() << std::exchange(current, {});
            rows.emplace_back();
        } else if (c != u'\r')
            current += c;
    }
    if (!current.isEmpty() || !rows.back().isEmpty())
        rows.back() << current;
    if (rows.back().isEmpty())
        rows.pop_back();
    return rows;
}

/// What was copied last, with what its text cannot tell: NULL, defaults, blobs. Pasted while the clipboard holds the
/// text.
struct Copied
{
    QString text;
    std::vector<std::vector<std::optional<Cell>>> cells; ///< nothing where nothing was chosen
};
Copied lastCopied;

} // namespace

void GridPage::edit(const std::function<void()> &work)
{
    try {
        work();
    } catch (const Error &error) {
        workspace_.notify({Notice::Severity::Warning, toQString(error.message), toQString(error.hint)});
    }
}

std::vector<int> GridPage::selectedRows() const
{
    std::set<int> rows;
    for (const QModelIndex &index : view_->selectionModel()->selectedIndexes())
        rows.insert(index.row());
    return {rows.begin(), rows.end()};
}

void GridPage::addRow()
{
    edit([this] {
        const int row = model_->addRow();
        view_->scrollToBottom();
        for (int column = 0; column < model_->columnCount(); ++column)
            if (model_->whyNotEditable(row, column).isEmpty() && !model_->columnAt(column)->autoincrement) {
                view_->setCurrentIndex(model_->index(row, column));
                break;
            }
        view_->setFocus();
    });
}

void GridPage::duplicateRow()
{
    const QModelIndex current = view_->currentIndex();
    if (!current.isValid())
        return;
    edit([&] {
        const int row = model_->duplicateRow(current.row());
        if (row >= 0) {
            view_->setCurrentIndex(model_->index(row, current.column()));
            view_->scrollToBottom();
        }
    });
}

void GridPage::deleteRows()
{
    edit([this] { model_->deleteRows(selectedRows()); });
}

void GridPage::revertRows()
{
    edit([this] { model_->revertRows(selectedRows()); });
}

void GridPage::setSelected(const Cell &cell)
{
    edit([&] {
        const UnitOfWork::Group group(workspace_.session().unitOfWork());
        for (const QModelIndex &index : view_->selectionModel()->selectedIndexes())
            model_->setCell(index.row(), index.column(), cell);
    });
}

void GridPage::copy()
{
    const QModelIndexList selected = view_->selectionModel()->selectedIndexes();
    std::set<int> rows, columns;
    for (const QModelIndex &index : selected) {
        rows.insert(index.row());
        columns.insert(index.column());
    }
    QStringList lines;
    lastCopied.cells.clear();
    for (const int row : rows) {
        QStringList fields;
        auto &cells = lastCopied.cells.emplace_back();
        for (const int column : columns) {
            const bool isChosen = view_->selectionModel()->isSelected(model_->index(row, column));
            const Cell cell = model_->cell(row, column);
            const Value *value = std::get_if<Value>(&cell);
            cells.push_back(isChosen ? std::optional(cell) : std::nullopt);
            if (!isChosen || !value)
                fields << QString();
            else
                fields << field(value->is<Bytes>() ? QStringLiteral("\\x") + toQString(value->text())
                                                   : toQString(value->text()));
        }
        lines << fields.join(u'\t');
    }
    lastCopied.text = lines.join(u'\n');
    QGuiApplication::clipboard()->setText(lastCopied.text);
}

void GridPage::paste()
{
    const QModelIndex start = view_->currentIndex();
    const QString text = QGuiApplication::clipboard()->text();
    const bool isOurs = !text.isEmpty() && text == lastCopied.text;
    const std::vector<QStringList> fields = isOurs ? std::vector<QStringList>() : fieldsOf(text);
    const std::size_t height = isOurs ? lastCopied.cells.size() : fields.size();
    if (!start.isValid() || height == 0)
        return;
    const auto width = [&](std::size_t row) {
        return isOurs ? lastCopied.cells[row].size() : static_cast<std::size_t>(fields[row].size());
    };
    struct Put
    {
        int row, column;
        Cell cell;
    };
    std::vector<Put> all;
    const auto put = [&](int row, int column, std::size_t r, std::size_t c) {
        if (row < model_->rowCount())
            if (const QString why = model_->whyNotEditable(row, column); !why.isEmpty())
                throw Error(ErrorKind::Unsupported, why.toStdString());
        const Type &type = model_->columnAt(column)->type;
        if (isOurs) {
            const auto &copied = lastCopied.cells[r][c];
            const Value *value = copied ? std::get_if<Value>(&*copied) : nullptr;
            const bool isText = value && !value->isNull() && !value->is<Bytes>(); // of another type there, maybe
            if (copied)
                all.push_back(
                    {row, column, isText ? Cell(workspace_.dialect().parseCell(type, value->text())) : *copied});
            return;
        }
        const QString &field = fields[r][static_cast<qsizetype>(c)];
        const bool isNothing = field.isEmpty() && !type.isText(); // a number has no empty text
        all.push_back({row, column, isNothing ? Value() : workspace_.dialect().parseCell(type, field.toStdString())});
    };
    edit([&] {
        // One value fills all that is selected, as in any sheet. All is looked at before anything is put.
        const QModelIndexList selected = view_->selectionModel()->selectedIndexes();
        if (height == 1 && width(0) == 1 && selected.size() > 1)
            for (const QModelIndex &index : selected)
                put(index.row(), index.column(), 0, 0);
        else
            for (std::size_t r = 0; r < height; ++r)
                for (std::size_t c = 0; c < width(r); ++c)
                    if (start.column() + static_cast<int>(c) < model_->columnCount())
                        put(start.row() + static_cast<int>(r), start.column() + static_cast<int>(c), r, c);
        UnitOfWork &unit = workspace_.session().unitOfWork();
        const std::uint64_t revision = unit.revision();
        try {
            const UnitOfWork::Group group(unit);
            std::map<int, std::vector<std::pair<int, Cell>>> added;
            for (const Put &each : all)
                if (each.row < model_->rowCount())
                    model_->setCell(each.row, each.column, each.cell);
                else
                    added[each.row].emplace_back(each.column, each.cell);
            for (const auto &[row, cells] : added)
                model_->addRow(cells);
        } catch (const Error &) { // the whole block or nothing of it
            if (unit.revision() != revision)
                unit.undo();
            throw;
        }
    });
}

void GridPage::loadFile()
{
    const QPersistentModelIndex index = view_->currentIndex();
    auto *dialog = new QFileDialog(this, tr("Load Value from File"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this, index](const QString &path) {
        QFile file(path);
        if (!index.isValid() || !file.open(QIODevice::ReadOnly))
            return workspace_.notify({Notice::Severity::Error, tr("The file cannot be read."), file.errorString()});
        const QByteArray content = file.readAll();
        edit([&] { // what is a text in the table stays one
            const Type &type = model_->columnAt(index.column())->type;
            const Cell held = model_->cell(index.row(), index.column());
            const Value *value = std::get_if<Value>(&held);
            const bool wasText = value && value->is<std::string>();
            const bool isTextColumn = type.kind == TypeKind::Char || type.kind == TypeKind::String ||
                                      type.kind == TypeKind::Text || type.kind == TypeKind::Json;
            const bool isText = (wasText || isTextColumn) && QString::fromUtf8(content).toUtf8() == content;
            model_->setCell(index.row(), index.column(),
                            isText ? workspace_.dialect().parseCell(type, content.toStdString())
                                   : Value(Bytes{content.toStdString()}));
        });
    });
    dialog->open();
}

void GridPage::saveFile()
{
    const QModelIndex index = view_->currentIndex();
    const Cell cell = model_->cell(index.row(), index.column());
    const Value *value = std::get_if<Value>(&cell);
    if (!value)
        return;
    const Bytes *bytes = value->as<Bytes>();
    const std::string content = bytes ? bytes->data : value->text();
    auto *dialog = new QFileDialog(this, tr("Save Value as File"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this, content](const QString &path) {
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) ||
            file.write(content.data(), static_cast<qint64>(content.size())) != static_cast<qint64>(content.size()))
            workspace_.notify({Notice::Severity::Error, tr("The file cannot be written."), file.errorString()});
    });
    dialog->open();
}

} // namespace schemawright::ui
