#include "schemawright/backends/postgres/postgres_migrate_columns.h"

#include "schemawright/backends/postgres/postgres_conversion.h"
#include "schemawright/backends/postgres/postgres_ddl.h"
#include "schemawright/backends/postgres/postgres_text.h"
#include "schemawright/backends/postgres/postgres_types.h"
#include "schemawright/schema/dependants.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright::postgres {

namespace {

class Alteration
{
public:
    Alteration(const Dialect &dialect, const MetaData &after, const TableDiff &diff)
        : dialect_(dialect), after_(after), diff_(diff)
    {}

    std::vector<ColumnStep> run(std::size_t i, std::size_t j)
    {
        const Table &after = *diff_.after;
        const Column &old = diff_.before->columns[i], &now = after.columns[j];
        const std::string column = "ALTER COLUMN " + quoteName(now.name) + " ";
        if (isChanged(DiffSubject::Generated, j)) {
            if (now.generated) { // there is no way to make a plain column a generated one
                alter(Phase::Contract, after, "DROP COLUMN " + quoteName(now.name));
                alter(Phase::Contract, after, "ADD COLUMN " + ddl::columnDefinition(after, now));
                addPartsOf(j);
                return std::move(steps_);
            }
            alter(Phase::Expand, after, column + "DROP EXPRESSION");
        }
        const bool isRetyped = isChanged(DiffSubject::Type, j) || isChanged(DiffSubject::Collation, j);
        const bool hasNewIdentity = isChanged(DiffSubject::Identity, j);
        const bool hasNewDefault = isChanged(DiffSubject::Default, j);
        const bool isLate = isRetyped && diff_.writing == TableDiff::Writing::BeforeTypes;
        const Phase retyping = isLate ? Phase::Contract : Phase::Expand;
        if (old.identity && hasNewIdentity && (!now.identity || isRetyped))
            alter(retyping, after, column + "DROP IDENTITY");
        if (old.defaultSql && (isRetyped || (hasNewDefault && !now.defaultSql) || (hasNewIdentity && now.identity)))
            alter(retyping, after, column + "DROP DEFAULT");
        // The sequence of a serial column that is one no more; where whole databases are compared it is told apart.
        if (old.autoincrement && !old.identity && !now.autoincrement)
            for (const Sequence &each : after_.sequences)
                if (each.ownedBy == quoteName(diff_.before->name) + "." + quoteName(old.name))
                    step(retyping, "DROP SEQUENCE " + quoteName(each.name));
        if (!old.nullable && now.nullable)
            alter(Phase::Expand, after, column + "DROP NOT NULL");
        if (isRetyped) {
            const std::string type = typeSql(now.type);
            std::string sql = column + "TYPE " + type;
            if (now.collation)
                sql += " COLLATE " + quoteKept(*now.collation);
            if (const auto way = conversion(dialect_, diff_, j))
                sql += " USING " + way->expression;
            alter(retyping, after, sql);
        }
        if (now.defaultSql && (hasNewDefault || isRetyped))
            alter(retyping, after, column + "SET DEFAULT " + *now.defaultSql);
        if (old.nullable && !now.nullable)
            alter(Phase::Contract, after, column + "SET NOT NULL");
        if (hasNewIdentity && now.identity) {
            const std::string always = now.identity->always ? "ALWAYS" : "BY DEFAULT";
            if (old.identity && !isRetyped) {
                std::string sql = column + "SET GENERATED " + always;
                sql += fmt::format(" SET INCREMENT BY {} SET START WITH {} SET CACHE {} SET {}CYCLE",
                                   now.identity->increment, now.identity->start, now.identity->cache,
                                   now.identity->cycle ? "" : "NO ");
                sql += now.identity->min ? fmt::format(" SET MINVALUE {}", *now.identity->min) : " SET NO MINVALUE";
                sql += now.identity->max ? fmt::format(" SET MAXVALUE {}", *now.identity->max) : " SET NO MAXVALUE";
                alter(Phase::Contract, after, sql);
            } else {
                std::string properties = ddl::sequenceProperties(*now.identity);
                alter(Phase::Contract, after,
                      column + "ADD GENERATED " + always + " AS IDENTITY" +
                          (properties.empty() ? properties : " (" + properties.substr(1) + ")"));
                // It goes on behind the keys that are there.
                const std::string name = quoteName(after.name), key = quoteName(now.name);
                step(Phase::Contract,
                     fmt::format("SELECT setval(pg_get_serial_sequence({}, {}), max({})) FROM {} HAVING "
                                 "max({}) IS NOT NULL",
                                 quoteText(name), quoteText(now.name), key, name, key));
            }
        }
        return std::move(steps_);
    }

private:
    void step(Phase phase, std::string sql) { steps_.push_back({phase, std::move(sql)}); }
    void alter(Phase phase, const Table &table, const std::string &what)
    {
        step(phase, "ALTER TABLE " + quoteName(table.name) + " " + what);
    }

    bool isChanged(DiffSubject subject, std::size_t column) const
    {
        return std::ranges::any_of(diff_.items, [&](const DiffItem &item) {
            return item.subject == subject && item.after == column && item.before;
        });
    }

    /// Keys, checks and indexes that went with a column which comes back under its name.
    void addPartsOf(std::size_t j)
    {
        const Table &after = *diff_.after;
        const std::string &name = after.columns[j].name;
        const auto holds = [&](const std::vector<std::string> &columns) {
            return std::ranges::find(columns, name) != columns.end();
        };
        const auto isItem = [&](DiffSubject subject, std::size_t place) { // it is made below
            return std::ranges::any_of(diff_.items, [&](const DiffItem &item) {
                return item.subject == subject && item.after == place && item.action != DiffAction::Rename;
            });
        };
        const auto add = [&](const std::string &sql) { alter(Phase::Contract, after, "ADD " + sql); };
        if (after.primaryKey && holds(after.primaryKey->columns) && !diff_.has(DiffSubject::PrimaryKey))
            add(ddl::primaryKey(*after.primaryKey));
        for (std::size_t i = 0; i < after.uniques.size(); ++i)
            if (holds(after.uniques[i].columns) && !isItem(DiffSubject::Unique, i))
                add(ddl::unique(after.uniques[i]));
        for (std::size_t i = 0; i < after.checks.size(); ++i)
            if (mentionsName(after.checks[i].expression, name, false) && !isItem(DiffSubject::Check, i))
                add(ddl::check(after.checks[i]));
        for (std::size_t i = 0; i < after.foreignKeys.size(); ++i)
            if (holds(after.foreignKeys[i].columns) && !isItem(DiffSubject::ForeignKey, i))
                add(ddl::foreignKey(after.foreignKeys[i]));
        for (std::size_t i = 0; i < after.indexes.size(); ++i) {
            const Index &index = after.indexes[i];
            const bool isOn = holds(index.include) || (index.where && mentionsName(*index.where, name, false)) ||
                              std::ranges::any_of(index.elements, [&](const IndexElement &element) {
                                  return element.column == name ||
                                         (element.expression && mentionsName(*element.expression, name, false));
                              });
            if (isOn && !isItem(DiffSubject::Index, i))
                step(Phase::Contract, ddl::index(after, index, false));
        }
        if (after.columns[j].comment)
            step(Phase::Contract, "COMMENT ON COLUMN " + quoteName(after.name) + "." + quoteName(name) + " IS " +
                                      quoteText(*after.columns[j].comment));
    }

    const Dialect &dialect_;
    const MetaData &after_;
    const TableDiff &diff_;
    std::vector<ColumnStep> steps_;
};

} // namespace

std::vector<ColumnStep> alterColumn(const Dialect &dialect, const MetaData &after, const TableDiff &diff,
                                    std::size_t columnBefore, std::size_t columnAfter)
{
    return Alteration(dialect, after, diff).run(columnBefore, columnAfter);
}

} // namespace schemawright::postgres
