#include "schemawright/engine/create_all.h"

#include "schemawright/base/error.h"
#include "schemawright/engine/inspector.h"

#include <algorithm>
#include <optional>

namespace schemawright {

namespace {

/// The model without the tables that are not wanted, and without those that are there (or are not, for a drop).
MetaData narrowed(Connection &connection, MetaData metadata, const CreateOptions &options, bool drops)
{
    for (const QualifiedName &wanted : options.tables)
        if (!metadata.table(wanted))
            throw Error(ErrorKind::NotFound, "the model has no table named " + wanted.text());
    const MetaData there = options.checkFirst ? Inspector(connection).names() : MetaData();
    const auto isThere = [&](const Table &table) {
        const bool isDefault = table.name.schema.empty() || table.name.schema == metadata.defaultSchema;
        return there.table(isDefault ? QualifiedName{there.defaultSchema, table.name.name} : table.name) != nullptr;
    };
    for (const TablePtr &table : metadata.tables()) {
        const bool isWanted = options.tables.empty() || std::ranges::any_of(options.tables, [&](const auto &name) {
                                  return metadata.table(name) == table;
                              });
        if (!isWanted || (options.checkFirst && isThere(*table) != drops))
            metadata.remove(table->name);
    }
    return metadata;
}

Script run(Connection &connection, const MetaData &metadata, const CreateOptions &options, bool drops)
{
    const MetaData wanted = narrowed(connection, metadata, options, drops);
    Script script = connection.dialect().createScript(wanted, {.ifNotExists = options.checkFirst, .drop = drops});
    // SQLite takes these outside of a transaction only, and they must not stay as they are when something fails.
    const auto isSetting = [](const std::string &statement) { return statement.starts_with("PRAGMA foreign_keys"); };
    const bool hasSettings = !script.statements.empty() && isSetting(script.statements.front());
    if (hasSettings)
        connection.executeScript(script.statements.front());
    const auto restore = [&] {
        if (hasSettings)
            connection.executeScript(script.statements.back());
    };
    try {
        std::optional<Transaction> transaction;
        if (connection.dialect().capabilities().transactionalDdl && !connection.inTransaction())
            transaction.emplace(connection.begin());
        for (const std::string &statement : script.statements)
            if (!isSetting(statement))
                connection.executeScript(statement);
        if (transaction)
            transaction->commit();
    } catch (const Error &) {
        restore();
        throw;
    }
    restore();
    return script;
}

} // namespace

Script createAll(Connection &connection, const MetaData &metadata, const CreateOptions &options)
{
    return run(connection, metadata, options, false);
}

Script dropAll(Connection &connection, const MetaData &metadata, const CreateOptions &options)
{
    return run(connection, metadata, options, true);
}

} // namespace schemawright
