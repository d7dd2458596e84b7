#include "ui/models/parts_model.h"

#include "ui/adapt/text.h"
#include "ui/theme/theme.h"

#include <algorithm>

namespace schemawright::ui {

QStringList listOf(const QString &text)
{
    QStringList words;
    QString current;
    int depth = 0;
    QChar quote;
    for (const QChar c : text) {
        if (!quote.isNull())
            quote = c == quote ? QChar() : quote;
        else if (c == u'\'' || c == u'"')
            quote = c;
        else if (c == u'(')
            ++depth;
        else if (c == u')')
            --depth;
        else if (c == u',' && depth <= 0) {
            words << current.trimmed();
            current.clear();
            continue;
        }
        current += c;
    }
    words << current.trimmed();
    words.removeAll(QString());
    return words;
}

QString joined(const std::vector<std::string> &names)
{
    QStringList all;
    for (const std::string &name : names)
        all << toQString(name);
    return all.join(QStringLiteral(", "));
}

QString readColumns(const Table &table, const QString &text, std::vector<std::string> &names)
{
    names.clear();
    for (const QString &word : listOf(text)) {
        const std::string name = word.toStdString();
        if (!table.column(name))
            return PartsModel::tr("%1 has no column named %2.").arg(toQString(table.name.name), word);
        if (std::ranges::find(names, name) != names.end())
            return PartsModel::tr("%1 stands there twice.").arg(word);
        names.push_back(name);
    }
    return names.empty() ? PartsModel::tr("Name at least one column.") : QString();
}

PartsModel::PartsModel(std::vector<Field> fields, Edit edit, QObject *parent)
    : QAbstractTableModel(parent), fields_(std::move(fields)), edit_(std::move(edit))
{}

void PartsModel::show(Context context)
{
    const bool isOther = !context.table || !context_.table ||
                         (context.table->name != context_.table->name &&
                          (context.table->id == TableId::None || context.table->id != context_.table->id));
    context_ = std::move(context);
    if (isOther) {
        unfinished_.reset();
        tell(-1, -1, {}, {});
    }
    rebuild();
}

void PartsModel::rebuild()
{
    std::vector<Part> now;
    if (context_.table)
        now = partsOf(*context_.table, context_.before.get());
    if (unfinished_)
        now.push_back(*unfinished_);
    // While the same parts stand in the same order, an editor that is open stays open.
    const bool isSame = std::ranges::equal(now, parts_, [](const Part &a, const Part &b) {
        return a.kind == b.kind && a.at == b.at && a.was == b.was && a.isUnfinished == b.isUnfinished;
    });
    if (isSame && !now.empty()) {
        parts_ = std::move(now);
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        return;
    }
    beginResetModel();
    parts_ = std::move(now);
    if (refusedRow_ >= static_cast<int>(parts_.size()))
        refusedRow_ = -1;
    endResetModel();
}

void PartsModel::tell(int row, int field, const QString &text, const QString &why)
{
    refusedRow_ = row;
    refusedField_ = field;
    refusedText_ = text;
    refusal_ = why;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    Q_EMIT refused(why);
}

QStringList PartsModel::columnNames() const
{
    QStringList names;
    if (context_.table)
        for (const Column &column : context_.table->columns)
            names << toQString(column.name);
    return names;
}

PartsModel::Part PartsModel::emptyPart(int kind) const
{
    Part part;
    part.kind = kind;
    part.isUnfinished = true;
    for (std::size_t i = 0; i < fields_.size(); ++i)
        part.texts << QString();
    return part;
}

bool PartsModel::addPart(int kind)
{
    if (!context_.isEditable)
        return false;
    unfinished_ = emptyPart(kind);
    tell(-1, -1, {}, {});
    rebuild();
    return true;
}

Mark PartsModel::markAt(int row) const
{
    const Part &part = parts_[static_cast<std::size_t>(row)];
    if (part.isFixed)
        return Mark::None;
    if (part.isUnfinished || part.was < 0)
        return Mark::New;
    if (part.at < 0)
        return Mark::Dropped;
    return part.texts == part.oldTexts ? Mark::None : Mark::Changed;
}

bool PartsModel::canRemove(int row) const
{
    return context_.isEditable && row >= 0 && row < rowCount() && !parts_[static_cast<std::size_t>(row)].isFixed;
}

void PartsModel::removePart(int row)
{
    if (!canRemove(row))
        return;
    const Part part = parts_[static_cast<std::size_t>(row)];
    if (part.isUnfinished) {
        unfinished_.reset();
        tell(-1, -1, {}, {});
        return rebuild();
    }
    const QString why = run([&](Table &table) { return part.at < 0 ? restore(table, part) : erase(table, part); });
    tell(why.isEmpty() ? -1 : row, why.isEmpty() ? -1 : 0, part.texts.value(0), why);
    if (why.isEmpty() || !hasDependants(part))
        return;
    refusedPart_ = part;
    Q_EMIT dependantsFound();
}

bool PartsModel::isRefusedThere() const
{
    return refusedPart_ && std::ranges::any_of(parts_, [this](const Part &each) {
               return each.kind == refusedPart_->kind && each.at == refusedPart_->at &&
                      each.texts == refusedPart_->texts;
           });
}

QString PartsModel::eraseRefused(Table &table) const
{
    return isRefusedThere() ? eraseAnyway(table, *refusedPart_) : tr("It is another one by now; drop it again.");
}

bool PartsModel::canMove(int row, int by) const
{
    const auto isPlain = [&](int at) {
        return at >= 0 && at < rowCount() && parts_[static_cast<std::size_t>(at)].at >= 0;
    };
    return context_.isEditable && movable() && isPlain(row) && isPlain(row + by);
}

void PartsModel::movePart(int row, int by)
{
    if (!canMove(row, by))
        return;
    const Part part = parts_[static_cast<std::size_t>(row)];
    const QString why = run([&](Table &table) {
        move(table, part, by);
        return QString();
    });
    tell(-1, -1, {}, why);
}

int PartsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(parts_.size());
}

int PartsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(fields_.size());
}

bool PartsModel::isMissing(const Part &part, int field) const
{
    if (!part.isUnfinished || !part.texts[field].isEmpty())
        return false;
    const std::vector<int> all = needed(part);
    return std::ranges::find(all, field) != all.end();
}

QVariant PartsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Part &part = parts_[static_cast<std::size_t>(index.row())];
    const int at = index.column();
    const Field &field = fields_[static_cast<std::size_t>(at)];
    const bool isRefused = index.row() == refusedRow_ && at == refusedField_;
    const Mark mark = markAt(index.row());
    const Colors &colors = theme().colors();
    switch (role) {
    case Qt::DisplayRole:
        if (field.kind == FieldKind::Flag)
            return {};
        if (isRefused)
            return refusedText_;
        return isMissing(part, at) ? field.placeholder : part.texts[at];
    case Qt::EditRole:
        return isRefused ? refusedText_ : part.texts[at];
    case Qt::CheckStateRole:
        if (field.kind != FieldKind::Flag || (part.isFixed && part.texts[at].isEmpty()))
            return {};
        return part.texts[at].isEmpty() ? Qt::Unchecked : Qt::Checked;
    case Qt::DecorationRole:
        return at == 0 && !part.icon.isEmpty() ? QVariant(theme().icon(part.icon)) : QVariant();
    case Qt::ToolTipRole:
        if (isRefused)
            return tipText(refusal_);
        if (mark == Mark::Changed && part.oldTexts.value(at) != part.texts[at]) {
            if (field.kind == FieldKind::Flag)
                return tr("Changed");
            return tipText(tr("was: %1").arg(part.oldTexts[at].isEmpty() ? tr("nothing") : part.oldTexts[at]));
        }
        if (at == 0 && !part.tip.isEmpty())
            return tipText(part.tip);
        return part.texts[at].isEmpty() ? QVariant() : tipText(part.texts[at]);
    case Qt::BackgroundRole:
        if (isRefused)
            return colors.errorTint;
        if (mark == Mark::New)
            return colors.insertedTint;
        if (mark == Mark::Dropped)
            return colors.deletedTint;
        if (mark == Mark::Changed && part.oldTexts.value(at) != part.texts[at])
            return colors.updatedTint;
        return {};
    case Qt::ForegroundRole:
        if (mark == Mark::Dropped)
            return colors.deleted;
        if (part.isFixed || field.kind == FieldKind::Fixed || (isMissing(part, at) && !isRefused))
            return colors.mutedText;
        return {};
    case Qt::FontRole:
        if (mark == Mark::Dropped) {
            QFont font;
            font.setStrikeOut(true);
            return font;
        }
        if (isMissing(part, at) && !isRefused) {
            QFont font;
            font.setItalic(true);
            return font;
        }
        return {};
    case ChoicesRole:
        return choices(part, at);
    case CompletionsRole:
        return completions(part, at);
    case MarkRole:
        return static_cast<int>(mark);
    case TableRole:
        return part.leadsTo.name.empty() ? QVariant()
                                         : toQString(part.leadsTo.schema) + u'\n' + toQString(part.leadsTo.name);
    default:
        return {};
    }
}

bool PartsModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!index.isValid() || !(flags(index) & (Qt::ItemIsEditable | Qt::ItemIsUserCheckable)))
        return false;
    const int row = index.row(), field = index.column();
    const bool isFlag = fields_[static_cast<std::size_t>(field)].kind == FieldKind::Flag;
    if (role != (isFlag ? Qt::CheckStateRole : Qt::EditRole))
        return false;
    const QString text =
        isFlag ? (value.toInt() == Qt::Checked ? QStringLiteral("1") : QString()) : value.toString().trimmed();
    Part part = parts_[static_cast<std::size_t>(row)];
    if (text == part.texts[field]) {
        tell(-1, -1, {}, {});
        return true;
    }
    part.texts[field] = text;
    if (part.isUnfinished) {
        unfinished_ = part;
        parts_[static_cast<std::size_t>(row)] = part;
        for (const int each : needed(part))
            if (part.texts[each].isEmpty()) { // goes on being typed
                tell(-1, -1, {}, {});
                return true;
            }
    }
    const QString why = run([&](Table &table) { return write(table, part, field, part.texts); });
    if (!why.isEmpty()) {
        if (isFlag)
            tell(-1, -1, {}, why);
        else
            tell(row, field, text, why);
        return false;
    }
    if (part.isUnfinished)
        unfinished_.reset();
    parts_[static_cast<std::size_t>(row)].texts[field] = text; // until the table comes as it is now
    tell(-1, -1, {}, {});
    return true;
}

Qt::ItemFlags PartsModel::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const Part &part = parts_[static_cast<std::size_t>(index.row())];
    const Field &field = fields_[static_cast<std::size_t>(index.column())];
    const Qt::ItemFlags base = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    if (!context_.isEditable || part.isFixed || field.kind == FieldKind::Fixed || (part.at < 0 && !part.isUnfinished) ||
        !isFieldEditable(part, index.column()))
        return base;
    return base | (field.kind == FieldKind::Flag ? Qt::ItemIsUserCheckable : Qt::ItemIsEditable);
}

QVariant PartsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    const Field &field = fields_[static_cast<std::size_t>(section)];
    if (role == Qt::ToolTipRole && !field.about.isEmpty())
        return field.about;
    return role == Qt::DisplayRole ? field.title : QVariant();
}

} // namespace schemawright::ui
