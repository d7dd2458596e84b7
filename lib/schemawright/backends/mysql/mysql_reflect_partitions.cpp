#include "schemawright/backends/mysql/mysql_reflect.h"
#include "schemawright/backends/mysql/mysql_text.h"

#include <algorithm>
#include <utility>

namespace schemawright::mysql {

namespace {

/// A partition, or one of the subpartitions of one.
struct Part
{
    std::int64_t position = 0, subposition = 0;
    std::string name, subname, comment;
    std::optional<std::string> description; ///< what is in it
};

/// Whether the server would call them that by itself, so that their number says all.
bool haveUsualNames(const std::vector<Part> &parts)
{
    return std::ranges::all_of(parts, [](const Part &part) {
        return !part.description && part.comment.empty() && part.name == "p" + std::to_string(part.position - 1);
    });
}

bool haveUsualSubnames(const std::vector<Part> &parts)
{
    return std::ranges::all_of(parts, [](const Part &part) {
        return part.subname == part.name + "sp" + std::to_string(part.subposition - 1);
    });
}

/// VALUES LESS THAN (…), VALUES IN (…).
std::string values(const Part &part, const std::string &by)
{
    if (!part.description)
        return {};
    const bool isRange = by.starts_with("RANGE");
    if (*part.description == "MAXVALUE" && !isRange) // how MariaDB calls what is in no list
        return " DEFAULT";
    if (*part.description == "MAXVALUE" && by.starts_with("RANGE ("))
        return " VALUES LESS THAN MAXVALUE";
    return (isRange ? " VALUES LESS THAN (" : " VALUES IN (") + *part.description + ")";
}

} // namespace

void Reflection::readPartitions()
{
    std::map<Table *, std::vector<Part>> parts;
    std::map<Table *, std::string> subpartitions;
    readOfTables(
        "partitions",
        "SELECT TABLE_NAME, PARTITION_NAME, SUBPARTITION_NAME, PARTITION_ORDINAL_POSITION, "
        "SUBPARTITION_ORDINAL_POSITION, PARTITION_METHOD, PARTITION_EXPRESSION, SUBPARTITION_METHOD, "
        "SUBPARTITION_EXPRESSION, PARTITION_DESCRIPTION, PARTITION_COMMENT FROM information_schema.PARTITIONS WHERE "
        "TABLE_SCHEMA = ? AND PARTITION_NAME IS NOT NULL",
        "TABLE_NAME", [&](Table &table, const CatalogRow &row) {
            table.partition.by = row.text(5) + " (" + row.text(6) + ")";
            if (!row.isNull(7))
                subpartitions[&table] = " SUBPARTITION BY " + row.text(7) + " (" + row.text(8) + ")";
            parts[&table].push_back(
                {row.number(3), row.number(4), row.text(1), row.text(2), row.text(10), row.optional(9)});
        });
    for (auto &[table, all] : parts) {
        std::string &by = *table->partition.by;
        if (by.starts_with("SYSTEM_TIME")) { // by what time or number of rows is told nowhere
            metadata_.notCarried.push_back({table->name.text(), "its partitions by the time of its rows"});
            table->partition.by.reset();
            continue;
        }
        std::ranges::sort(all, {}, [](const Part &part) { return std::pair(part.position, part.subposition); });
        const auto comment = [&](const Part &part) {
            return part.comment.empty() ? std::string() : " COMMENT = " + dialect_.literal(Value(part.comment));
        };
        const bool namesSubparts = subpartitions.contains(table) && !haveUsualSubnames(all);
        const std::int64_t number = all.back().position, subnumber = all.back().subposition;
        if (subpartitions.contains(table)) {
            by += subpartitions[table];
            if (!namesSubparts)
                by += " SUBPARTITIONS " + std::to_string(subnumber);
        } else if (haveUsualNames(all)) {
            by += " PARTITIONS " + std::to_string(number);
            continue;
        }
        std::string text;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const Part &part = all[i];
            const bool isFirst = i == 0 || all[i - 1].name != part.name;
            const bool isLast = i + 1 == all.size() || all[i + 1].name != part.name;
            if (isFirst)
                text += (text.empty() ? "PARTITION " : ", PARTITION ") + backquoted(part.name) + values(part, by) +
                        (namesSubparts ? "" : comment(part));
            if (namesSubparts)
                text += (isFirst ? " (SUBPARTITION " : ", SUBPARTITION ") + backquoted(part.subname) + comment(part) +
                        (isLast ? ")" : "");
        }
        table->options["partitions"] = text;
    }
}

} // namespace schemawright::mysql
