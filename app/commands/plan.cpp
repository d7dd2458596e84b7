#include "app/commands/commands.h"
#include "app/commands/row_writer.h"

#include "schemawright/engine/inspector.h"
#include "schemawright/orm/session.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace schemawright {

namespace {

using Json = nlohmann::ordered_json;

Json readJson(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw Error(ErrorKind::NotFound, "the file cannot be read").withContext("opening " + path);
    try {
        return Json::parse(std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()));
    } catch (const Json::exception &error) {
        throw Error(ErrorKind::Corrupt, error.what()).withContext("reading " + path);
    }
}

/// A value of CHANGES.json for this column: what a person would type into its cell.
Value valueOf(const Dialect &dialect, const Column &column, const Json &json)
{
    if (json.is_null())
        return {};
    if (json.is_boolean())
        return Value(json.get<bool>());
    if (json.is_object() && json.contains("$blob"))
        return Value(Bytes{fromBase64(json["$blob"].get<std::string>())});
    if (json.is_object() && json.contains("$text"))
        return Value(fromBase64(json["$text"].get<std::string>()));
    return dialect.parseCell(column.type, json.is_string() ? json.get<std::string>() : json.dump());
}

RowImage imageOf(const Dialect &dialect, const Table &table, const Json &json)
{
    RowImage image;
    for (const auto &[name, value] : json.items()) {
        const Column *column = table.column(name);
        if (!column)
            throw Error(ErrorKind::NotFound, fmt::format("{} has no column '{}'", table.name.text(), name));
        image[name] = valueOf(dialect, *column, value);
    }
    return image;
}

void putRow(Session &session, Connection &connection, const Json &row)
{
    const Json &name = row.at("table");
    const QualifiedName wanted{name.at(0).is_null() ? std::string() : name.at(0).get<std::string>(),
                               name.at(1).get<std::string>()};
    const TablePtr table = session.baseline().table(wanted);
    if (!table)
        throw Error(ErrorKind::NotFound, "there is no table named " + wanted.text());
    const Json set = row.value("set", Json()), key = row.value("key", Json());
    if (key.is_null()) {
        session.addRow(*table, imageOf(session.dialect(), *table, set.is_null() ? Json::object() : set));
        return;
    }
    const auto now = readRow(connection, table, imageOf(session.dialect(), *table, key));
    if (!now)
        throw Error(ErrorKind::NotFound, fmt::format("{} has no row {}", table->name.text(), key.dump()));
    const RowTarget target = session.target(*table, *now);
    if (set.is_null())
        return session.deleteRow(target, *now);
    for (auto &[column, cell] : imageOf(session.dialect(), *table, set))
        session.setCell(target, column, cell, *now);
}

/// The table as the session shall see it: columns that stay keep their ids.
void putTable(Session &session, Table wanted)
{
    wanted.id = TableId::None;
    for (Column &column : wanted.columns)
        column.id = ColumnId::None;
    if (session.draft().after.table(wanted.name)) {
        const Table now = session.editTable(wanted.name);
        wanted.id = now.id;
        for (Column &column : wanted.columns)
            if (const Column *old = now.column(column.name))
                column.id = old->id;
    }
    session.putTable(std::move(wanted));
}

std::optional<std::string> textOf(const Json &json, const char *name)
{
    const Json value = json.value(name, Json());
    return value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
}

/// A table of CHANGES.json, which says what `inspect --json` says.
Table tableOf(const Dialect &dialect, const Json &json, const std::string &schema)
{
    Table table;
    table.name = {json.value("schema", schema), json.at("name").get<std::string>()};
    table.comment = textOf(json, "comment");
    for (const Json &each : json.at("columns")) {
        Column column;
        column.name = each.at("name").get<std::string>();
        column.type = dialect.parseType(each.at("type").get<std::string>());
        column.nullable = each.value("nullable", true);
        column.defaultSql = textOf(each, "default");
        column.collation = textOf(each, "collation");
        column.comment = textOf(each, "comment");
        column.autoincrement = each.value("autoincrement", false);
        if (const Json made = each.value("generated", Json()); !made.is_null())
            column.generated = Generated{made.at("expression").get<std::string>(), made.value("stored", false)};
        table.columns.push_back(std::move(column));
    }
    const auto columnsOf = [](const Json &each) { return each.at("columns").get<std::vector<std::string>>(); };
    if (const Json key = json.value("primary_key", Json()); !key.is_null())
        table.primaryKey = PrimaryKey{textOf(key, "name"), columnsOf(key), false, false, {}, {}};
    for (const Json &each : json.value("unique", Json::array()))
        table.uniques.push_back({textOf(each, "name"),
                                 columnsOf(each),
                                 each.value("nulls_not_distinct", false),
                                 each.value("deferrable", false),
                                 each.value("initially_deferred", false),
                                 {},
                                 {}});
    for (const Json &each : json.value("checks", Json::array()))
        table.checks.push_back({textOf(each, "name"),
                                each.at("expression").get<std::string>(),
                                each.value("no_inherit", false),
                                each.value("validated", true),
                                {},
                                false});
    for (const Json &each : json.value("foreign_keys", Json::array())) {
        ForeignKey key;
        key.name = textOf(each, "name");
        key.columns = columnsOf(each);
        key.referred = {textOf(each, "referred_schema").value_or(schema), each.at("referred_table").get<std::string>()};
        key.referredColumns = each.at("referred_columns").get<std::vector<std::string>>();
        key.onDelete = textOf(each, "on_delete");
        key.onUpdate = textOf(each, "on_update");
        key.match = textOf(each, "match");
        key.deferrable = each.value("deferrable", false);
        key.initiallyDeferred = each.value("initially_deferred", false);
        table.foreignKeys.push_back(std::move(key));
    }
    if (!json.value("indexes", Json::array()).empty())
        throw Error(ErrorKind::Unsupported, "indexes of " + table.name.text() + " cannot be planned from a file yet")
            .withHint("Give the wanted database as a URL or as a script instead.");
    return table;
}

void putChanges(Session &session, Connection &connection, const Json &changes)
{
    for (const Json &table : changes.value("tables", Json::array()))
        putTable(session, tableOf(session.dialect(), table, session.baseline().defaultSchema));
    for (const Json &row : changes.value("rows", Json::array()))
        putRow(session, connection, row);
}

/// All tables as they are in another database.
void putModel(Session &session, const MetaData &model)
{
    const std::string &own = session.baseline().defaultSchema;
    const auto here = [&](QualifiedName name) {
        if (name.schema.empty() || name.schema == model.defaultSchema)
            name.schema = own;
        return name;
    };
    for (const TablePtr &table : session.baseline().tables())
        if (std::ranges::none_of(model.tables(), [&](const TablePtr &t) { return here(t->name) == table->name; }))
            session.dropTable(table->name);
    for (const TablePtr &table : model.sortedTables().order) {
        Table wanted = *table;
        wanted.name = here(wanted.name);
        for (ForeignKey &key : wanted.foreignKeys)
            key.referred = here(key.referred);
        putTable(session, std::move(wanted));
    }
}

/// A key that an earlier step makes is named by {"$key": …}.
Json parameterOf(const Parameter &parameter)
{
    return parameter.name.empty() ? valueToJson(parameter.value) : Json{{"$key", parameter.name}};
}

std::string jsonOf(const Plan &plan)
{
    Json phases = Json::array();
    for (const Phase phase :
         {Phase::Before, Phase::Expand, Phase::Data, Phase::Contract, Phase::Verify, Phase::After}) {
        Json steps = Json::array();
        for (const Step &step : plan.steps) {
            if (step.phase != phase)
                continue;
            Json parameters = Json::array();
            for (const Parameter &parameter : step.statement.parameters)
                parameters.push_back(parameterOf(parameter));
            Json each = {{"sql", step.statement.sql},
                         {"params", parameters},
                         {"change", static_cast<std::uint64_t>(step.change)},
                         {"transactional", step.transactional},
                         {"expect_rows", step.expectRows ? Json(*step.expectRows) : Json()}};
            if (step.change == ChangeId::None)
                each["change"] = nullptr;
            steps.push_back(std::move(each));
        }
        phases.push_back({{"name", toString(phase)}, {"steps", std::move(steps)}});
    }
    return Json({{"format", 1}, {"phases", std::move(phases)}}).dump(2) + "\n";
}

} // namespace

int plan(const PlanArguments &arguments)
{
    EngineOptions options;
    options.readOnly = true;
    const Engine engine = Engine::open(arguments.source, options);
    Connection connection = engine.connect();
    const InterruptGuard interrupt(connection);
    Session session(engine.sharedDialect(), Inspector(connection).reflect());
    if (arguments.changes.ends_with(".json")) {
        const Json changes = readJson(arguments.changes);
        try {
            putChanges(session, connection, changes);
        } catch (const Json::exception &error) {
            throw Error(ErrorKind::Corrupt, error.what()).withContext("reading " + arguments.changes);
        }
    } else
        putModel(session, readMetaData(arguments.changes, {}));
    const Plan planned = session.plan();
    if (!planned.isRunnable())
        throw planned.problems.front().error;
    writeOutput({}, arguments.json ? jsonOf(planned) : scriptText(session.dialect(), planned));
    return Done;
}

} // namespace schemawright
