#include "schemawright/backends/sqlite/sqlite_alterable.h"

#include "schemawright/backends/sqlite/sqlite_tokens.h"
#include "schemawright/dialect/migration.h"
#include "schemawright/schema/dependants.h"

#include <algorithm>
#include <set>

namespace schemawright::sqlite {

namespace {

bool mentions(std::string_view sql, std::string_view name) { return mentionsName(sql, name, true); }
bool normalisedNull(const std::string &sql) { return sameName(sql, "null"); }

bool canDrop(const MetaData &all, const Table &before, const Column &column)
{
    const auto isIn = [&](const std::vector<std::string> &names) {
        return std::ranges::find(names, column.name) != names.end();
    };
    if ((before.primaryKey && isIn(before.primaryKey->columns)) || column.generated)
        return false;
    for (const UniqueConstraint &each : before.uniques)
        if (isIn(each.columns))
            return false;
    for (const ForeignKey &each : before.foreignKeys)
        if (isIn(each.columns))
            return false;
    for (const CheckConstraint &each : before.checks)
        if (mentions(each.expression, column.name))
            return false;
    for (const Column &each : before.columns)
        if (each.generated && mentions(each.generated->expression, column.name))
            return false;
    // A mention elsewhere makes ALTER fail, or might: the rebuild is for that.
    for (const TablePtr &table : all.tables()) {
        for (const Trigger &each : table->triggers)
            if (mentions(each.definition, column.name))
                return false;
        if (table->isView() && table->definition && mentions(*table->definition, column.name))
            return false;
    }
    for (const Index &each : before.indexes)
        for (const IndexElement &element : each.elements)
            if (element.column == column.name || (element.expression && mentions(*element.expression, column.name)))
                return false;
    return std::ranges::none_of(before.indexes,
                                [&](const Index &each) { return each.where && mentions(*each.where, column.name); });
}

bool isAppended(const TableDiff &diff)
{
    bool addedSeen = false;
    std::set<std::size_t> added;
    for (const DiffItem &item : diff.items)
        if (item.subject == DiffSubject::Column && item.action == DiffAction::Add)
            added.insert(*item.after);
    for (std::size_t i = 0; i < diff.after->columns.size(); ++i) {
        if (addedSeen && !added.contains(i))
            return false;
        addedSeen = addedSeen || added.contains(i);
    }
    return true;
}

bool mustBeFilled(const Column &column)
{
    return !column.nullable && !column.generated && !column.autoincrement &&
           (!column.defaultSql || normalisedNull(*column.defaultSql));
}

} // namespace

bool isConstant(const std::string &sql)
{
    const auto tokens = tokenize(sql);
    return !tokens.empty() && !tokens.front().is("(") && !sql.starts_with("CURRENT_") &&
           foldedName(sql).find("current_") == std::string::npos &&
           std::ranges::none_of(tokens, [](const Token &token) { return token.is("("); });
}

bool canAdd(const Table &after, const Column &column)
{
    if (column.autoincrement || (column.generated && column.generated->stored))
        return false;
    if (column.defaultSql && !isConstant(*column.defaultSql))
        return false;
    if (!column.nullable && (!column.defaultSql || normalisedNull(*column.defaultSql)) && !column.generated)
        return false;
    const auto isIn = [&](const std::vector<std::string> &names) {
        return std::ranges::find(names, column.name) != names.end();
    };
    return !(after.primaryKey && isIn(after.primaryKey->columns)) &&
           std::ranges::none_of(after.uniques, [&](const auto &each) { return isIn(each.columns); }) &&
           std::ranges::none_of(after.foreignKeys, [&](const auto &each) { return isIn(each.columns); });
}

bool isAdded(const TableDiff &diff, std::size_t place)
{
    return std::ranges::any_of(diff.items, [&](const DiffItem &item) {
        return item.subject == DiffSubject::Column && item.action == DiffAction::Add && item.after == place;
    });
}

bool needsRebuild(const MetaData &before, const TableDiff &diff)
{
    if (!isAppended(diff))
        return true;
    for (const DiffItem &item : diff.items)
        switch (item.subject) {
        case DiffSubject::Table:
        case DiffSubject::Index:
        case DiffSubject::Trigger:
        case DiffSubject::Comment:
            break;
        case DiffSubject::Column:
            if (item.action == DiffAction::Add && !canAdd(*diff.after, diff.after->columns[*item.after]))
                return true;
            if (item.action == DiffAction::Drop && !canDrop(before, *diff.before, diff.before->columns[*item.before]))
                return true;
            break;
        default:
            return true;
        }
    return false;
}

bool tightens(const TableDiff &diff)
{
    return std::ranges::any_of(diff.items, [&](const DiffItem &item) {
        switch (item.subject) {
        case DiffSubject::Nullable:
            return item.to == "false";
        case DiffSubject::PrimaryKey:
        case DiffSubject::ForeignKey:
        case DiffSubject::Unique:
        case DiffSubject::Check:
            return item.action != DiffAction::Drop;
        case DiffSubject::Column:
            return item.action == DiffAction::Drop ||
                   (item.action == DiffAction::Add && mustBeFilled(diff.after->columns[*item.after]));
        case DiffSubject::Type: // values that are typed for the new type are not converted once more
            return diff.writing == TableDiff::Writing::Free
                       ? !diff.after->columns[*item.after].options.contains(conversionOption)
                       : diff.writing == TableDiff::Writing::BeforeTypes;
        case DiffSubject::Options:
        case DiffSubject::Generated:
            return true;
        default:
            return false;
        }
    });
}

} // namespace schemawright::sqlite
