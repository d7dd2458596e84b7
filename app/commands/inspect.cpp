#include "app/commands/commands.h"

#include "schemawright/schema/metadata_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright {

namespace {

std::string describe(const Column &column)
{
    std::string line = fmt::format("    {}  {}", column.name, column.type.native);
    if (!column.nullable)
        line += "  not null";
    if (column.generated)
        line += fmt::format("  generated as ({}){}", column.generated->expression,
                            column.generated->stored ? " stored" : "");
    else if (column.identity)
        line += column.identity->always ? "  identity always" : "  identity";
    else if (column.defaultSql)
        line += "  default " + *column.defaultSql;
    return line + '\n';
}

std::string describe(const ForeignKey &key)
{
    std::string line = fmt::format("    foreign key ({}) -> {} ({})", fmt::join(key.columns, ", "), key.referred.text(),
                                   fmt::join(key.referredColumns, ", "));
    if (key.onDelete)
        line += "  on delete " + *key.onDelete;
    if (key.onUpdate)
        line += "  on update " + *key.onUpdate;
    return line + '\n';
}

std::string describe(const Index &index)
{
    std::vector<std::string> elements;
    for (const IndexElement &element : index.elements)
        elements.push_back(element.column.value_or(element.expression.value_or("")) +
                           (element.descending ? " desc" : ""));
    return fmt::format("    {}index {} ({}){}\n", index.unique ? "unique " : "", index.name, fmt::join(elements, ", "),
                       index.where ? " where " + *index.where : std::string());
}

std::string describe(const Table &table)
{
    std::string text = fmt::format("{} {}\n", toString(table.kind), table.name.text());
    for (const Column &column : table.columns)
        text += describe(column);
    if (table.primaryKey)
        text += fmt::format("    primary key ({})\n", fmt::join(table.primaryKey->columns, ", "));
    for (const UniqueConstraint &unique : table.uniques)
        text += fmt::format("    unique ({})\n", fmt::join(unique.columns, ", "));
    for (const ForeignKey &key : table.foreignKeys)
        text += describe(key);
    for (const CheckConstraint &check : table.checks)
        text += fmt::format("    check ({})\n", check.expression);
    for (const Index &index : table.indexes)
        text += describe(index);
    for (const Trigger &trigger : table.triggers)
        text += fmt::format("    trigger {}\n", trigger.name);
    return text + '\n';
}

} // namespace

int inspect(const InspectArguments &arguments)
{
    const MetaData metadata = readMetaData(arguments.source, arguments.selection);
    std::string text;
    if (arguments.json)
        text = toJson(metadata) + '\n';
    else {
        text = fmt::format("{} {}\n\n", metadata.dialect, metadata.serverVersion);
        for (const TablePtr &table : metadata.tables())
            text += describe(*table);
    }
    writeOutput({}, text);
    return reportRemarks(metadata) ? DoneInPart : Done;
}

} // namespace schemawright
