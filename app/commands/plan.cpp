#include "app/commands/changes_file.h"
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
        putWantedTable(session, std::move(wanted));
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
        putModel(session, readMetaData(arguments.changes, {}, &session.baseline()));
    const Plan planned = session.plan();
    if (const PlanProblem *problem = planned.scriptProblem())
        throw problem->error;
    writeOutput({}, arguments.json ? jsonOf(planned) : scriptText(session.dialect(), planned));
    return Done;
}

} // namespace schemawright
