#include "app/commands/commands.h"

#include "schemawright/backends/dialects.h"
#include "schemawright/dialect/migration.h"
#include "schemawright/schema/metadata_diff.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace schemawright {

namespace {

using Json = nlohmann::ordered_json;

Json jsonOf(const std::optional<std::string> &text) { return text ? Json(*text) : Json(); }

Json objectOf(const QualifiedName &name, const std::string &part)
{
    Json object = Json::array({name.schema, name.name});
    if (!part.empty())
        object.push_back(part);
    return object;
}

/// What one TableDiff makes the dialect run, in order.
struct Direction
{
    Migration migration;
    std::vector<std::string> of(std::size_t diff) const
    {
        std::vector<std::string> sql;
        for (const MigrationStep &step : migration.steps)
            if (step.diff == diff)
                sql.push_back(step.sql);
        return sql;
    }
    const Error *problem(std::size_t diff) const
    {
        const auto found = std::ranges::find(migration.problems, diff, &MigrationProblem::diff);
        return found == migration.problems.end() ? nullptr : &found->error;
    }
};

std::vector<std::string> lintOf(const DiffItem &item, const TableDiff &diff)
{
    std::vector<std::string> lint;
    if (item.action == DiffAction::Drop && item.subject == DiffSubject::Column)
        lint.push_back("drop-column: the values of " + item.name + " are lost");
    if (item.subject == DiffSubject::Type)
        lint.push_back(
            fmt::format("retype: rows whose {} does not convert to {} make it fail", item.name, item.to.value_or("")));
    if (item.subject == DiffSubject::Nullable && item.to == "false")
        lint.push_back("not-null: rows without " + item.name + " make it fail");
    if (item.action == DiffAction::Add && item.subject == DiffSubject::Column) {
        const Column &column = diff.after->columns[*item.after];
        if (!column.nullable && !column.defaultSql && !column.identity && !column.generated && !column.autoincrement)
            lint.push_back("not-null-without-default: existing rows need a value for " + item.name);
    }
    if (item.action == DiffAction::Add && (item.subject == DiffSubject::Unique || item.subject == DiffSubject::Check ||
                                           item.subject == DiffSubject::ForeignKey))
        lint.push_back(std::string("new-") + toString(item.subject) + ": existing rows that break it make it fail");
    return lint;
}

std::vector<std::string> statementsOf(const ObjectMigration &migration, std::size_t diff)
{
    std::vector<std::string> sql;
    for (const ObjectStep &step : migration.steps)
        if (step.diff == diff)
            sql.push_back(step.sql);
    return sql;
}

const std::string *problemOf(const ObjectMigration &migration, std::size_t diff)
{
    const auto found = std::ranges::find(migration.problems, diff, &ObjectMigration::Problem::diff);
    return found == migration.problems.end() ? nullptr : &found->why;
}

/// The way back of each.
std::vector<ObjectDiff> reversed(std::vector<ObjectDiff> diffs)
{
    for (ObjectDiff &each : diffs) {
        std::swap(each.from, each.to);
        if (each.action != DiffAction::Alter)
            each.action = each.action == DiffAction::Add ? DiffAction::Drop : DiffAction::Add;
    }
    return diffs;
}

bool isDestructive(const DiffItem &item)
{
    return (item.action == DiffAction::Drop && item.subject == DiffSubject::Column) ||
           item.subject == DiffSubject::Type;
}

} // namespace

int diff(const DiffArguments &arguments)
{
    const auto &[start, end] =
        arguments.down ? std::pair(arguments.to, arguments.from) : std::pair(arguments.from, arguments.to);
    const MetaData from = readMetaData(start, {});    // where the script is run, and its names must be found
    const MetaData to = readMetaData(end, {}, &from); // else expressions differ by what they leave out
    const Dialect *dialect = dialectNamed(arguments.dialect.empty() ? from.dialect : arguments.dialect);
    if (!dialect)
        throw Error(ErrorKind::Misuse, "there is no dialect named '" + arguments.dialect + "'")
            .withHint("There are sqlite, postgresql, mysql, mssql and oracle.");
    const MetaDataDiff found = diffMetaData(from, to);
    std::vector<TableDiff> back;
    for (const TableDiff &each : found.tables)
        back.push_back(diffTables(each.after, each.before, DiffRules::of(from.dialect, from.defaultSchema)));
    const WholeMigration whole = dialect->migrateWhole(from, to, found);
    const Direction up{whole.tables}, down{dialect->migrate(to, from, back)};
    const ObjectMigration &objectsUp = whole.objects,
                          objectsDown = dialect->migrateObjects(to, from, reversed(found.objects));

    Json changes = Json::array(), cannot = Json::array();
    std::vector<std::string> lints;
    const auto change = [&](Json object, const char *kind, const std::string &what, Json before, Json after,
                            bool destructive, Json ups, Json downs, const std::vector<std::string> &lint) {
        changes.push_back({{"object", std::move(object)},
                           {"kind", kind},
                           {"what", what},
                           {"from", std::move(before)},
                           {"to", std::move(after)},
                           {"destructive", destructive},
                           {"up", std::move(ups)},
                           {"down", std::move(downs)},
                           {"lint", lint}});
        lints.insert(lints.end(), lint.begin(), lint.end());
    };
    for (std::size_t i = 0; i < found.tables.size(); ++i) {
        const TableDiff &each = found.tables[i];
        const Table &table = each.before ? *each.before : *each.after;
        if (const Error *error = up.problem(i))
            cannot.push_back({{"object", objectOf(table.name, {})}, {"what", "alter"}, {"why", error->message}});
        // What a table's items do is one plan; it stands with the first of them.
        Json ups = up.of(i), downs = down.problem(i) ? Json() : Json(down.of(i));
        const char *what = table.isView() ? "view" : "table";
        if (each.isCreate())
            change(objectOf(table.name, {}), "add", what, {}, toString(table.kind), false, ups, downs, {});
        else if (each.isDrop())
            change(objectOf(table.name, {}), "drop", what, toString(table.kind), {}, !table.isView(), ups, downs,
                   table.isView()
                       ? std::vector<std::string>()
                       : std::vector<std::string>{"drop-table: the rows of " + table.name.text() + " are lost"});
        for (const DiffItem &item : each.items) {
            change(objectOf(table.name, item.name), toString(item.action), toString(item.subject), jsonOf(item.from),
                   jsonOf(item.to), isDestructive(item), std::move(ups), std::move(downs), lintOf(item, each));
            ups = Json::array();
            downs = Json::array();
        }
    }
    for (std::size_t i = 0; i < found.objects.size(); ++i) {
        const ObjectDiff &each = found.objects[i];
        const std::string *const problem = problemOf(objectsUp, i);
        change(objectOf(each.object.name, each.object.arguments), toString(each.action), each.object.kind,
               jsonOf(each.from), jsonOf(each.to), each.action == DiffAction::Drop,
               problem ? Json::array() : Json(statementsOf(objectsUp, i)),
               problemOf(objectsDown, i) ? Json() : Json(statementsOf(objectsDown, i)), {});
        if (problem)
            cannot.push_back({{"object", objectOf(each.object.name, each.object.arguments)},
                              {"what", each.object.kind},
                              {"why", *problem}});
    }

    std::string text;
    if (arguments.json)
        text = Json({{"format", 1}, {"changes", changes}, {"cannot_compare", cannot}})
                   .dump(2, ' ', false, Json::error_handler_t::replace) +
               "\n";
    else {
        for (const Json &each : cannot)
            text += fmt::format("-- {}: {}\n", each["object"].dump(), each["why"].get<std::string>());
        if (arguments.lint)
            for (const std::string &each : lints)
                text += "-- " + each + "\n";
        bool isOpen = false;
        for (const auto &[sql, isInside] : whole.script) {
            if (isInside && !isOpen)
                text += "BEGIN;\n";
            if (!isInside && isOpen)
                text += "COMMIT;\n";
            isOpen = isInside;
            text += Script{{sql}, {}, dialect->bodyDelimiter()}.text();
        }
        if (isOpen)
            text += "COMMIT;\n";
    }
    writeOutput({}, text);
    return arguments.exitCode && !found.isEmpty() ? Differences : Done;
}

} // namespace schemawright
