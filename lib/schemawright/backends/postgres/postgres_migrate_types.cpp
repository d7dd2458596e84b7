// Types and sequences that change in place.

#include "schemawright/backends/postgres/postgres_migrate_types.h"

#include "schemawright/backends/postgres/postgres_ddl.h"
#include "schemawright/backends/postgres/postgres_text.h"
#include "schemawright/backends/postgres/postgres_tokens.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright::postgres {

namespace {

using Stage = ObjectStep::Stage;

/// The attributes of a composite type as its definition has them: the name as written, and what follows it.
std::vector<std::pair<std::string, std::string>> attributesOf(const std::string &definition)
{
    std::vector<std::pair<std::string, std::string>> attributes;
    std::size_t begin = std::string::npos;
    std::string name;
    int depth = 0;
    for (const Token &token : tokenize(definition)) {
        const std::string_view text = token.in(definition);
        const bool ends = (depth == 1 && (text == "," || text == ")"));
        depth += text == "(" ? 1 : text == ")" ? -1 : 0;
        if (ends && !name.empty()) {
            std::string rest = definition.substr(begin, token.offset - begin);
            rest.erase(rest.find_last_not_of(" \n") + 1);
            attributes.emplace_back(name, rest);
            name.clear();
            if (depth == 0)
                break;
        } else if (depth == 1 && name.empty() &&
                   (token.kind == TokenKind::Word || token.kind == TokenKind::QuotedName)) {
            if (text == "CREATE" || text == "TYPE" || text == "AS")
                continue;
            name = text;
            begin = token.end() + 1;
        }
    }
    return attributes;
}

/// What keeps the column's type from being changed, if anything does.
std::optional<std::string> holds(const MetaData &before, const Table &table, const Column &column)
{
    const auto mentions = [&](const std::string &sql) { return sql.find(quoteName(column.name)) != std::string::npos; };
    for (const CheckConstraint &each : table.checks)
        if (mentions(each.expression))
            return "the check " + each.name.value_or("without a name");
    for (const Index &each : table.indexes) {
        bool isUsed = each.where && mentions(*each.where);
        for (const IndexElement &element : each.elements)
            isUsed = isUsed || (element.expression && mentions(*element.expression));
        if (isUsed)
            return "the index " + each.name;
    }
    for (const Column &other : table.columns)
        if (other.generated && mentions(other.generated->expression))
            return "the generated column " + other.name;
    for (const Trigger &each : table.triggers)
        if (mentions(each.definition))
            return "the trigger " + each.name;
    for (const OtherObject &each : before.others)
        if (each.onTable == table.name && mentions(each.definition))
            return "the " + each.kind + " " + each.name.name;
    for (const TablePtr &view : before.tables())
        if (view->isView() && std::ranges::find(view->dependsOn, table.name) != view->dependsOn.end())
            return "the view " + view->name.text();
    return std::nullopt;
}

/// A label is gone or stands elsewhere: a new type, and every column rewritten. Rows with the lost label make it
/// fail and leave all as it was.
void rewriteEnum(ObjectSteps steps, const MetaData &before, const EnumType &now)
{
    const QualifiedName &self = now.name;
    const std::string name = quoteName(self);
    struct Use
    {
        TablePtr table;
        const Column *column;
        bool isArray;
    };
    std::vector<Use> uses;
    const auto isSelf = [&](const Type &type) {
        return type.kind == TypeKind::Enum &&
               (type.name == name || (self.schema == before.defaultSchema && type.name == quoteName(self.name)));
    };
    for (const TablePtr &table : before.tables()) {
        if (table->isView())
            continue;
        for (const Column &column : table->columns) {
            const bool isArray =
                column.type.kind == TypeKind::Array && column.type.element && isSelf(*column.type.element);
            if (isArray || isSelf(column.type))
                uses.push_back({table, &column, isArray});
        }
    }
    for (const Dependency &each : before.dependencies)
        if (each.needs == ObjectReference{"type", self, ""} && each.object.kind != "table")
            return steps.problem(fmt::format("labels can only be taken away by a new type, and {} {} uses this one",
                                             each.object.kind, each.object.name.text()));
    for (const Use &use : uses)
        if (const std::optional<std::string> user = holds(before, *use.table, *use.column))
            return steps.problem(fmt::format("labels can only be taken away by a new type, and {} uses {}.{}", *user,
                                             use.table->name.text(), use.column->name));
    const std::string old = quoteName(self.name + "_before");
    steps.emit(Stage::BeforeTables, "ALTER TYPE " + name + " RENAME TO " + old);
    steps.emit(Stage::BeforeTables, ddl::enumType(now));
    for (const Use &use : uses) {
        if (use.column->options.contains("inherited") || use.table->partition.of)
            continue; // changes with the parent's
        const std::string column = quoteName(use.column->name), suffix = use.isArray ? "[]" : "",
                          alter = "ALTER TABLE " + quoteName(use.table->name) + " ALTER COLUMN " + column;
        if (use.column->defaultSql)
            steps.emit(Stage::BeforeTables, alter + " DROP DEFAULT");
        steps.emit(Stage::BeforeTables,
                   fmt::format("{0} TYPE {1}{2} USING {3}::text{2}::{1}{2}", alter, name, suffix, column));
        if (use.column->defaultSql)
            steps.emit(Stage::BeforeTables, alter + " SET DEFAULT " + *use.column->defaultSql);
    }
    steps.emit(Stage::BeforeTables, "DROP TYPE " + quoteName(QualifiedName{self.schema, self.name + "_before"}));
    if (now.comment)
        steps.emit(Stage::AfterTables, "COMMENT ON TYPE " + name + " IS " + quoteText(*now.comment));
}

} // namespace

bool alterComposite(ObjectSteps steps, const QualifiedName &type, const std::string &was, const std::string &is)
{
    const auto old = attributesOf(was), now = attributesOf(is);
    const auto named = [](const auto &all, const std::string &name) {
        return std::ranges::find(all, name, [](const auto &each) { return each.first; });
    };
    std::vector<std::string> order;
    for (const auto &[name, rest] : old)
        if (named(now, name) != now.end())
            order.push_back(name);
    for (const auto &[name, rest] : now)
        if (named(old, name) == old.end())
            order.push_back(name);
    const bool isInOrder = std::ranges::equal(order, now, {}, {}, [](const auto &each) { return each.first; });
    if (!isInOrder)
        return false;
    std::string changes;
    const auto change = [&](const std::string &sql) { changes += (changes.empty() ? " " : ", ") + sql; };
    for (const auto &[name, rest] : old)
        if (named(now, name) == now.end())
            change("DROP ATTRIBUTE " + name);
    for (const auto &[name, rest] : now)
        if (const auto same = named(old, name); same == old.end())
            change("ADD ATTRIBUTE " + name + " " + rest);
        else if (same->second != rest)
            change("ALTER ATTRIBUTE " + name + " TYPE " + rest);
    steps.emit(Stage::BeforeTables, "ALTER TYPE " + quoteName(type) + changes);
    return true;
}

std::string commentText(const std::optional<std::string> &text) { return text ? quoteText(*text) : "NULL"; }

void alterSequence(ObjectSteps steps, const Sequence &old, const Sequence &now)
{
    const std::string name = quoteName(now.name), alter = "ALTER SEQUENCE " + name;
    if (old.type != now.type || !(old.properties == now.properties)) {
        const Identity &p = now.properties;
        std::string sql = alter;
        if (old.type != now.type)
            sql += " AS " + now.type;
        sql += fmt::format(" INCREMENT BY {}{}{} START WITH {} CACHE {}{}", p.increment,
                           p.min ? fmt::format(" MINVALUE {}", *p.min) : " NO MINVALUE",
                           p.max ? fmt::format(" MAXVALUE {}", *p.max) : " NO MAXVALUE", p.start, p.cache,
                           p.cycle ? " CYCLE" : " NO CYCLE");
        steps.emit(Stage::BeforeTables, sql);
    }
    if (old.ownedBy != now.ownedBy)
        steps.emit(Stage::AfterTables, alter + " OWNED BY " + now.ownedBy.value_or("NONE"));
    alterComment(steps, "SEQUENCE " + name, old, now);
}

void alterDomain(ObjectSteps steps, const Domain &old, const Domain &now)
{
    const std::string name = quoteName(now.name), alter = "ALTER DOMAIN " + name;
    if (old.type != now.type || old.collation != now.collation)
        return steps.problem("the type under a domain cannot be changed in place");
    if (old.defaultSql != now.defaultSql)
        steps.emit(Stage::BeforeTables,
                   alter + (now.defaultSql ? " SET DEFAULT " + *now.defaultSql : std::string(" DROP DEFAULT")));
    if (old.nullable != now.nullable)
        steps.emit(now.nullable ? Stage::BeforeTables : Stage::AfterTables,
                   alter + (now.nullable ? " DROP NOT NULL" : " SET NOT NULL"));
    const auto isIn = [](const std::vector<CheckConstraint> &all, const CheckConstraint &check) {
        return std::ranges::any_of(all, [&](const CheckConstraint &each) {
            return each.name == check.name && each.expression == check.expression && each.validated == check.validated;
        });
    };
    for (const CheckConstraint &each : old.checks)
        if (!isIn(now.checks, each) && each.name)
            steps.emit(Stage::BeforeTables, alter + " DROP CONSTRAINT " + quoteName(*each.name));
    for (const CheckConstraint &each : now.checks)
        if (!isIn(old.checks, each))
            steps.emit(Stage::AfterTables, alter + " ADD " + ddl::check(each));
    alterComment(steps, "DOMAIN " + name, old, now);
}

void alterEnum(ObjectSteps steps, const MetaData &before, const EnumType &old, const EnumType &now)
{
    const std::string name = quoteName(now.name);
    const auto has = [](const std::vector<std::string> &labels, const std::string &label) {
        return std::ranges::find(labels, label) != labels.end();
    };
    std::vector<std::string> kept;
    std::ranges::copy_if(now.labels, std::back_inserter(kept), [&](const auto &l) { return has(old.labels, l); });
    alterComment(steps, "TYPE " + name, old, now);
    if (kept == old.labels) {
        for (std::size_t at = 0; at < now.labels.size(); ++at) {
            if (has(old.labels, now.labels[at]))
                continue;
            std::string place;
            if (at > 0)
                place = " AFTER " + quoteText(now.labels[at - 1]);
            else if (!old.labels.empty())
                place = " BEFORE " + quoteText(old.labels.front());
            steps.emit(Stage::BeforeTransaction,
                       "ALTER TYPE " + name + " ADD VALUE " + quoteText(now.labels[at]) + place);
        }
        return;
    }
    // As many labels with others at some places: those are called otherwise, and the rows keep them.
    bool isRenamed = old.labels.size() == now.labels.size();
    for (std::size_t at = 0; isRenamed && at < old.labels.size(); ++at)
        isRenamed =
            old.labels[at] == now.labels[at] || (!has(now.labels, old.labels[at]) && !has(old.labels, now.labels[at]));
    if (!isRenamed)
        return rewriteEnum(steps, before, now);
    for (std::size_t at = 0; at < old.labels.size(); ++at)
        if (old.labels[at] != now.labels[at])
            steps.emit(Stage::BeforeTables, fmt::format("ALTER TYPE {} RENAME VALUE {} TO {}", name,
                                                        quoteText(old.labels[at]), quoteText(now.labels[at])));
}

} // namespace schemawright::postgres
