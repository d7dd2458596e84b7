#include "ui/models/keys_model.h"

#include "ui/adapt/text.h"
#include "ui/workspace/column_edits.h"

#include <algorithm>
#include <set>

namespace schemawright::ui {

namespace {

/// For each part of one list the part of the other that is the same: by name, else by what it says.
template <class Item> std::vector<int> paired(const std::vector<Item> &now, const std::vector<Item> *then)
{
    std::vector<int> was(now.size(), -1);
    if (!then)
        return was;
    std::set<int> taken;
    const auto pair = [&](auto isSame) {
        for (std::size_t i = 0; i < now.size(); ++i)
            for (std::size_t old = 0; was[i] < 0 && old < then->size(); ++old)
                if (!taken.contains(static_cast<int>(old)) && isSame(now[i], (*then)[old])) {
                    was[i] = static_cast<int>(old);
                    taken.insert(was[i]);
                }
    };
    pair([](const Item &a, const Item &b) { return a == b; });
    pair([](const Item &a, const Item &b) { return a.name && a.name == b.name; });
    pair([](const Item &a, const Item &b) { return a.columns == b.columns; });
    return was;
}

QString actionText(const std::optional<std::string> &action)
{
    return action ? toQString(*action).toLower() : KeysModel::tr("no action");
}

} // namespace

KeysModel::KeysModel(Edit edit, QObject *parent)
    : PartsModel({{tr("Key"), FieldKind::Fixed, 98, {}},
                  {tr("Columns"), FieldKind::List, 98, tr("its columns")},
                  {tr("Refers to"), FieldKind::List, 132, tr("table (columns)")},
                  {tr("On delete"), FieldKind::Choice, 84, {}},
                  {tr("On update"), FieldKind::Choice, 84, {}, {}, false},
                  {tr("Name"), FieldKind::Text, 130, {}, {}, false}},
                 std::move(edit), parent)
{}

QString KeysModel::referenceText(const QualifiedName &table, const std::vector<std::string> &columns) const
{
    const bool isDefault = table.schema.empty() || table.schema == context().draft.defaultSchema;
    const QString name = toQString(isDefault ? table.name : table.text());
    return columns.empty() ? name : QStringLiteral("%1 (%2)").arg(name, joined(columns));
}

QStringList KeysModel::keyTexts(const ForeignKey &key) const
{
    return {tr("Foreign key"),        joined(key.columns),      referenceText(key.referred, key.referredColumns),
            actionText(key.onDelete), actionText(key.onUpdate), toQString(key.name.value_or(""))};
}

std::vector<PartsModel::Part> KeysModel::partsOf(const Table &table, const Table *before) const
{
    std::vector<Part> parts;
    const auto primary = [](const PrimaryKey &key) {
        return QStringList{tr("Primary key"), joined(key.columns), {}, {}, {}, toQString(key.name.value_or(""))};
    };
    const bool wasKeyed = before && before->primaryKey;
    if (table.primaryKey || wasKeyed) {
        Part part;
        part.kind = Primary;
        part.icon = QStringLiteral("key");
        part.at = table.primaryKey ? 0 : -1;
        part.was = wasKeyed ? 0 : -1;
        if (wasKeyed)
            part.oldTexts = primary(*before->primaryKey);
        part.texts = table.primaryKey ? primary(*table.primaryKey) : part.oldTexts;
        parts.push_back(std::move(part));
    }
    const auto add = [&](int kind, const QString &icon, const auto &now, const auto *then, auto texts, auto leadsTo) {
        const std::vector<int> was = paired(now, then);
        for (std::size_t i = 0; i < now.size(); ++i) {
            Part part;
            part.kind = kind;
            part.icon = icon;
            part.at = static_cast<int>(i);
            part.was = was[i];
            part.texts = texts(now[i]);
            part.leadsTo = leadsTo(now[i]);
            if (was[i] >= 0)
                part.oldTexts = texts((*then)[static_cast<std::size_t>(was[i])]);
            parts.push_back(std::move(part));
        }
        for (int old = 0; then && old < static_cast<int>(then->size()); ++old)
            if (std::ranges::find(was, old) == was.end()) {
                Part part;
                part.kind = kind;
                part.icon = icon;
                part.was = old;
                part.texts = part.oldTexts = texts((*then)[static_cast<std::size_t>(old)]);
                parts.push_back(std::move(part));
            }
    };
    add(
        Foreign, QStringLiteral("foreign-key"), table.foreignKeys, before ? &before->foreignKeys : nullptr,
        [this](const ForeignKey &key) { return keyTexts(key); }, [](const ForeignKey &key) { return key.referred; });
    add(
        Unique, QStringLiteral("constraint"), table.uniques, before ? &before->uniques : nullptr,
        [](const UniqueConstraint &unique) {
            return QStringList{tr("Unique"), joined(unique.columns), {}, {}, {}, toQString(unique.name.value_or(""))};
        },
        [](const UniqueConstraint &) { return QualifiedName(); });
    for (const auto &[other, key] : context().draft.referencesTo(table.name)) {
        Part part;
        part.kind = Referrer;
        part.isFixed = true;
        part.icon = QStringLiteral("foreign-key");
        part.texts = {tr("Referred by"),         joined(key->referredColumns), referenceText(other->name, key->columns),
                      actionText(key->onDelete), actionText(key->onUpdate),    toQString(key->name.value_or(""))};
        part.leadsTo = other->name;
        part.at = static_cast<int>(parts.size());
        part.tip = tr("Double-click to go to %1").arg(toQString(other->name.name));
        parts.push_back(std::move(part));
    }
    return parts;
}

PartsModel::Part KeysModel::emptyPart(int kind) const
{
    Part part = PartsModel::emptyPart(kind);
    part.texts[Title] = kind == Primary ? tr("Primary key") : kind == Foreign ? tr("Foreign key") : tr("Unique");
    part.icon = kind == Primary   ? QStringLiteral("key")
                : kind == Foreign ? QStringLiteral("foreign-key")
                                  : QStringLiteral("constraint");
    if (kind == Foreign)
        part.texts[OnDelete] = part.texts[OnUpdate] = tr("no action");
    return part;
}

bool KeysModel::addPart(int kind)
{
    if (kind == Primary && context().table && context().table->primaryKey) {
        tell(-1, -1, {}, tr("There is a primary key already; edit its columns."));
        return false;
    }
    return PartsModel::addPart(kind);
}

std::vector<int> KeysModel::needed(const Part &part) const
{
    return part.kind == Foreign ? std::vector<int>{Columns, RefersTo} : std::vector<int>{Columns};
}

QString KeysModel::readReference(const QString &text, const Table &table, ForeignKey &key) const
{
    const qsizetype open = text.indexOf(u'(');
    const QString name = text.left(open).trimmed();
    const MetaData &draft = context().draft;
    TablePtr target = draft.table({draft.defaultSchema, name.toStdString()});
    if (!target)
        if (const qsizetype dot = name.indexOf(u'.'); dot > 0)
            target = draft.table({name.left(dot).toStdString(), name.mid(dot + 1).toStdString()});
    if (!target)
        return tr("There is no table named %1.").arg(name);
    const Table &referred = target->name == table.name ? table : *target;
    if (!referred.isBaseTable())
        return tr("%1 is a view; only tables can be referred to.").arg(name);
    key.referred = target->name;
    if (open < 0) {
        key.referredColumns = referred.keyColumns();
        if (key.referredColumns.empty())
            return tr("%1 has no key; name the columns, as in %1 (id).").arg(name);
    } else {
        const qsizetype close = text.lastIndexOf(u')');
        if (const QString why = readColumns(referred, text.mid(open + 1, (close < 0 ? text.size() : close) - open - 1),
                                            key.referredColumns);
            !why.isEmpty())
            return why;
    }
    if (key.referredColumns.size() != key.columns.size())
        return tr("%1 columns cannot refer to %2.").arg(key.columns.size()).arg(key.referredColumns.size());
    return {};
}

QString KeysModel::write(Table &table, const Part &part, int field, const QStringList &texts) const
{
    const auto at = static_cast<std::size_t>(std::max(0, part.at));
    const bool isNew = part.at < 0;
    const QString &name = texts[Name];
    const auto named = [](const QString &typed) {
        return typed.isEmpty() ? std::nullopt : std::optional(typed.toStdString());
    };
    std::vector<std::string> columns;
    if (const QString why = readColumns(table, texts[Columns], columns); !why.isEmpty())
        return why;
    if (part.kind == Primary) {
        PrimaryKey key = table.primaryKey.value_or(PrimaryKey());
        key.columns = columns;
        key.name = named(name);
        for (Column &column : table.columns)
            if (std::ranges::find(columns, column.name) != columns.end())
                column.nullable = column.nullable && part.was >= 0;
        table.primaryKey = std::move(key);
        return isNew ? QString() : whatRefers(context().draft, table);
    }
    if (part.kind == Unique) {
        UniqueConstraint unique = isNew ? UniqueConstraint() : table.uniques[at];
        unique.columns = columns;
        unique.name = named(name);
        if (isNew)
            table.uniques.push_back(std::move(unique));
        else
            table.uniques[at] = std::move(unique);
        return isNew ? QString() : whatRefers(context().draft, table);
    }
    ForeignKey key = isNew ? ForeignKey() : table.foreignKeys[at];
    key.columns = columns;
    key.name = named(name);
    if (isNew || field == Columns || field == RefersTo)
        if (const QString why = readReference(texts[RefersTo], table, key); !why.isEmpty())
            return why;
    const auto action = [](const QString &word) {
        return word == tr("no action") ? std::nullopt : std::optional(word.toUpper().toStdString());
    };
    key.onDelete = action(texts[OnDelete]);
    key.onUpdate = action(texts[OnUpdate]);
    if (!key.onDelete || *key.onDelete != "SET NULL")
        key.onDeleteColumns.clear();
    if (isNew)
        table.foreignKeys.push_back(std::move(key));
    else
        table.foreignKeys[at] = std::move(key);
    return {};
}

QString KeysModel::erase(Table &table, const Part &part) const
{
    eraseAnyway(table, part);
    return whatRefers(context().draft, table);
}

QString KeysModel::eraseAnyway(Table &table, const Part &part) const
{
    const auto at = static_cast<std::ptrdiff_t>(part.at);
    if (part.kind == Primary)
        table.primaryKey.reset();
    else if (part.kind == Foreign)
        table.foreignKeys.erase(table.foreignKeys.begin() + at);
    else
        table.uniques.erase(table.uniques.begin() + at);
    return {};
}

bool KeysModel::hasDependants(const Part &part) const
{
    Table copy = *context().table;
    return part.at >= 0 && !erase(copy, part).isEmpty();
}

QString KeysModel::restore(Table &table, const Part &part) const
{
    const auto was = static_cast<std::size_t>(part.was);
    const Table &before = *context().before;
    const auto missing = [&](const std::vector<std::string> &names) {
        for (const std::string &name : names)
            if (!table.column(name))
                return tr("Its column %1 is to be dropped or has another name.").arg(toQString(name));
        return QString();
    };
    const std::vector<std::string> &columns = part.kind == Primary   ? before.primaryKey->columns
                                              : part.kind == Foreign ? before.foreignKeys[was].columns
                                                                     : before.uniques[was].columns;
    if (const QString why = missing(columns); !why.isEmpty())
        return why;
    if (part.kind == Primary)
        table.primaryKey = before.primaryKey;
    else if (part.kind == Foreign)
        table.foreignKeys.push_back(before.foreignKeys[was]);
    else
        table.uniques.push_back(before.uniques[was]);
    return {};
}

QStringList KeysModel::choices(const Part &, int field) const
{
    if (field != OnDelete && field != OnUpdate)
        return {};
    return {tr("no action"), QStringLiteral("restrict"), QStringLiteral("cascade"), QStringLiteral("set null"),
            QStringLiteral("set default")};
}

QStringList KeysModel::completions(const Part &, int field) const
{
    if (field == Columns)
        return columnNames();
    if (field != RefersTo)
        return {};
    QStringList all;
    for (const TablePtr &table : context().draft.tables())
        if (table->isBaseTable())
            all << referenceText(table->name, table->keyColumns());
    return all;
}

bool KeysModel::isFieldEditable(const Part &part, int field) const
{
    return part.kind == Foreign || field == Columns || field == Name;
}

} // namespace schemawright::ui
