#include "schemawright/dialect/dialect.h"

#include <algorithm>

namespace schemawright {

std::string Dialect::quote(const QualifiedName &name) const
{
    return name.schema.empty() ? quote(name.name) : quote(name.schema) + "." + quote(name.name);
}

std::string Dialect::literalOf(const Parameter &parameter, const std::map<std::string, std::string> &named) const
{
    if (const auto given = named.find(parameter.name); given != named.end())
        return given->second;
    const bool isValue = parameter.name.empty() || !parameter.value.isNull();
    return isValue ? literal(parameter.value) : "<" + parameter.name + ">";
}

Migration Dialect::migrate(const MetaData &, const MetaData &, const std::vector<TableDiff> &diffs) const
{
    Migration migration;
    for (std::size_t i = 0; i < diffs.size(); ++i)
        migration.problems.push_back(
            {i, Error(ErrorKind::Unsupported, "tables cannot be changed on " + std::string(name()) + " yet")});
    return migration;
}

ObjectMigration Dialect::migrateObjects(const MetaData &, const MetaData &, const std::vector<ObjectDiff> &diffs) const
{
    ObjectMigration migration;
    for (std::size_t i = 0; i < diffs.size(); ++i)
        migration.problems.push_back({i, "no statements are made for a changed " + diffs[i].object.kind + " yet"});
    return migration;
}

WholeMigration Dialect::migrateWhole(const MetaData &before, const MetaData &after, const MetaDataDiff &diff) const
{
    WholeMigration whole{migrate(before, after, diff.tables), migrateObjects(before, after, diff.objects), {}};
    const auto addObjects = [&](ObjectStep::Stage stage) {
        for (const ObjectStep &step : whole.objects.steps)
            if (step.stage == stage &&
                std::ranges::find(whole.objects.problems, step.diff, &ObjectMigration::Problem::diff) ==
                    whole.objects.problems.end())
                whole.script.push_back(
                    {step.sql, capabilities().transactionalDdl && stage != ObjectStep::Stage::BeforeTransaction});
    };
    const auto addTables = [&](auto takes) {
        for (const MigrationStep &step : whole.tables.steps)
            if (takes(step.phase))
                whole.script.push_back(
                    {step.sql, step.transactional && step.phase != Phase::Before && step.phase != Phase::After});
    };
    addTables([](Phase phase) { return phase == Phase::Before; });
    addObjects(ObjectStep::Stage::BeforeTransaction);
    addObjects(ObjectStep::Stage::BeforeTables);
    addTables([](Phase phase) { return phase != Phase::Before && phase != Phase::After; });
    addObjects(ObjectStep::Stage::AfterTables);
    addTables([](Phase phase) { return phase == Phase::After; });
    return whole;
}

const char *toString(Phase phase) noexcept
{
    static constexpr const char *names[] = {"Before", "Expand", "Data", "Contract", "Verify", "After"};
    return names[static_cast<int>(phase)];
}

std::string Dialect::beginSql(const TransactionOptions &options) const
{
    using Isolation = TransactionOptions::Isolation;
    std::string sql = "BEGIN";
    switch (options.isolation) {
    case Isolation::Default:
        break;
    case Isolation::ReadUncommitted:
        sql += " ISOLATION LEVEL READ UNCOMMITTED";
        break;
    case Isolation::ReadCommitted:
        sql += " ISOLATION LEVEL READ COMMITTED";
        break;
    case Isolation::RepeatableRead:
        sql += " ISOLATION LEVEL REPEATABLE READ";
        break;
    case Isolation::Serializable:
        sql += " ISOLATION LEVEL SERIALIZABLE";
        break;
    }
    return options.readOnly ? sql + " READ ONLY" : sql;
}

namespace {

/// True when a semicolon stands in the statement outside of quotes, as in the body of a trigger.
bool holdsSemicolon(std::string_view statement)
{
    char quote = 0;
    for (std::size_t i = 0; i < statement.size(); ++i) {
        const char c = statement[i];
        if (quote && c == '\\' && quote != '`')
            ++i;
        else if (quote)
            quote = c == quote ? char(0) : quote;
        else if (c == '\'' || c == '"' || c == '`')
            quote = c;
        else if (c == ';')
            return true;
    }
    return false;
}

} // namespace

std::string Script::text() const
{
    std::string out;
    std::size_t size = 0;
    for (const std::string &statement : statements)
        size += statement.size() + 4;
    out.reserve(size);
    for (const Remark &remark : notCarried) {
        out += "-- not carried: " + remark.object + ": ";
        for (const char c : remark.what) // a remark may hold SQL of several lines
            out += c == '\n' ? std::string("\n--   ") : std::string(1, c);
        out += '\n';
    }
    for (const std::string &statement : statements) {
        if (!out.empty())
            out += '\n';
        if (!bodyDelimiter.empty() && holdsSemicolon(statement)) {
            out += "DELIMITER " + bodyDelimiter + "\n" + statement + "\n" + bodyDelimiter + "\nDELIMITER ;\n";
            continue;
        }
        // A statement that ends in a line comment would swallow its semicolon.
        const std::size_t lastLine = statement.rfind('\n') + 1;
        out += statement;
        out += statement.find("--", lastLine) == std::string::npos ? ";\n" : "\n;\n";
    }
    return out;
}

} // namespace schemawright
