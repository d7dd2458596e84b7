// Planning a large unit of work, and comparing two large schemas: pure work, no database.
#include "bench/bench.h"

#include "schemawright/backends/dialects.h"
#include "schemawright/base/error.h"
#include "schemawright/orm/session.h"
#include "schemawright/schema/metadata_diff.h"

#include <memory>

namespace schemawright::bench {

namespace {

Table numberedTable(int number, bool refers)
{
    Table table;
    table.name = {"main", "table_" + std::to_string(number)};
    const auto add = [&](const char *name, Type type, bool nullable) {
        Column column;
        column.name = name;
        column.type = std::move(type);
        column.nullable = nullable;
        table.columns.push_back(std::move(column));
    };
    add("id", types::integer(), false);
    add("name", types::string(50), false);
    add("amount", types::numeric(10, 2), true);
    add("parent_id", types::integer(), true);
    table.primaryKey = PrimaryKey{{}, {"id"}, false, false, {}, {}};
    table.checks.push_back({"check_" + std::to_string(number), "amount > 0 AND name <> ''", false, true, {}, false});
    Index index;
    index.name = "ix_" + std::to_string(number);
    IndexElement element;
    element.column = "name";
    index.elements.push_back(std::move(element));
    table.indexes.push_back(std::move(index));
    if (refers) {
        ForeignKey key;
        key.columns = {"parent_id"};
        key.referred = {"main", "table_" + std::to_string(number - 1)};
        key.referredColumns = {"id"};
        table.foreignKeys.push_back(std::move(key));
    }
    return table;
}

MetaData numberedTables(int count)
{
    MetaData metadata;
    metadata.dialect = "sqlite";
    metadata.defaultSchema = "main";
    for (int i = 0; i < count; ++i)
        metadata.add(numberedTable(i, i > 0));
    return metadata;
}

/// `count` changes over 50 tables: a third each of inserts, updates and deletes.
Benchmark plan100k(const Size &size)
{
    const int count = size.rows(100'000);
    const auto dialect = std::shared_ptr<const Dialect>(dialectNamed("sqlite"), [](const Dialect *) {});
    const auto session = std::make_shared<Session>(dialect, numberedTables(50));
    for (int i = 0; i < count; ++i) {
        const TablePtr table = session->baseline().table({"main", "table_" + std::to_string(i % 50)});
        const RowImage row = {{"id", Value(i)},
                              {"name", Value("n" + std::to_string(i))},
                              {"amount", Value(5)},
                              {"parent_id", Value(i - 1)}};
        if (i % 3 == 0)
            session->addRow(*table, row);
        else if (i % 3 == 1)
            session->setCell(session->target(*table, row), "name", Value("changed"), row);
        else
            session->deleteRow(session->target(*table, row), row);
    }
    Benchmark benchmark;
    benchmark.note = std::to_string(count) + " changes over 50 tables to a plan; the goal is 300 ms";
    benchmark.ours = [session] {
        const Plan plan = session->plan();
        if (!plan.isRunnable() || plan.steps.empty())
            throw Error(ErrorKind::Internal, "planned otherwise");
    };
    return benchmark;
}

Benchmark diff5000(const Size &size)
{
    const int count = size.rows(5'000);
    const auto before = std::make_shared<MetaData>(numberedTables(count));
    const auto after = std::make_shared<MetaData>(numberedTables(count));
    Table changed = numberedTable(count / 2, true);
    changed.columns[1].nullable = true;
    after->add(changed);
    Benchmark benchmark;
    benchmark.note = std::to_string(count) + " tables, read twice, one of them changed";
    benchmark.ours = [before, after] {
        if (diffMetaData(*before, *after).tables.size() != 1)
            throw Error(ErrorKind::Internal, "found otherwise");
    };
    return benchmark;
}

} // namespace

std::vector<Entry> planBenchmarks() { return {{"plan_100k", plan100k}, {"diff_5000", diff5000}}; }

} // namespace schemawright::bench
