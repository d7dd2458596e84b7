#include "schemawright/schema/naming_convention.h"

#include "schemawright/base/error.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace schemawright {

namespace {

/// Where the longest beginning of `name` ends that is within the limit and holds whole characters only.
std::size_t fittingLength(std::string_view name, std::size_t most, bool countsCharacters)
{
    std::size_t at = 0, used = 0;
    while (at < name.size()) {
        std::size_t next = at + 1;
        while (next < name.size() && (static_cast<unsigned char>(name[next]) & 0xC0) == 0x80)
            ++next;
        const std::size_t bytes = next - at;
        used += !countsCharacters ? bytes : bytes == 4 ? 2 : 1;
        if (used > most)
            break;
        at = next;
    }
    return at;
}

} // namespace

std::string shortenedName(std::string_view name, NameLimit limit)
{
    if (limit.length == 0 || fittingLength(name, limit.length, limit.countsCharacters) == name.size())
        return std::string(name);
    std::uint32_t hash = 2166136261u; // FNV-1a
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    const std::string tail = fmt::format("_{:08x}", hash);
    const std::size_t most = limit.length > tail.size() ? limit.length - tail.size() : 0;
    return std::string(name.substr(0, fittingLength(name, most, limit.countsCharacters))) + tail;
}

namespace {

/// What the tokens of one name stand for.
struct Facts
{
    const Table &table;
    std::vector<std::string> columns;
    const ForeignKey *key = nullptr;
    std::string given; ///< the name that it has
};

std::string joined(const std::vector<std::string> &parts, const char *between)
{
    std::string text;
    for (const std::string &part : parts)
        text += (text.empty() ? "" : between) + part;
    return text;
}

/// column_0_name, column_0N_name, column_0_N_label, referred_column_1_name…; nothing for another token.
std::optional<std::string> columnToken(std::string_view token, const Facts &facts)
{
    const bool isReferred = token.starts_with("referred_");
    if (isReferred)
        token.remove_prefix(9);
    if (!token.starts_with("column_"))
        return std::nullopt;
    token.remove_prefix(7);
    std::size_t number = 0, digits = 0;
    while (digits < token.size() && token[digits] >= '0' && token[digits] <= '9')
        number = number * 10 + static_cast<std::size_t>(token[digits++] - '0');
    if (!digits)
        return std::nullopt;
    token.remove_prefix(digits);
    const bool isRun = token.starts_with("N_"), isParted = token.starts_with("_N_");
    token.remove_prefix(isRun ? 2 : isParted ? 3 : token.starts_with("_") ? 1 : 0);
    const bool isLabel = token == "label";
    if (!isLabel && token != "name" && token != "key")
        return std::nullopt;
    std::vector<std::string> columns = facts.columns;
    if (isReferred)
        columns = facts.key ? facts.key->referredColumns : std::vector<std::string>();
    const std::string table = isReferred && facts.key ? facts.key->referred.name : facts.table.name.name;
    if (isLabel)
        for (std::string &column : columns)
            column = table + "_" + column;
    if (number >= columns.size())
        throw Error(ErrorKind::Misuse, fmt::format("a naming rule asks for column {} of a key of {} that has {}",
                                                   number, facts.table.name.text(), columns.size()));
    if (!isRun && !isParted)
        return columns[number];
    return joined({columns.begin() + static_cast<std::ptrdiff_t>(number), columns.end()}, isParted ? "_" : "");
}

std::string filled(const std::string &rule, const Facts &facts)
{
    std::string name;
    for (std::size_t at = 0; at < rule.size();) {
        if (rule.compare(at, 2, "%(") != 0) {
            name += rule[at++];
            continue;
        }
        const std::size_t end = rule.find(")s", at);
        const std::string token = end == std::string::npos ? rule.substr(at) : rule.substr(at + 2, end - at - 2);
        if (token == "table_name")
            name += facts.table.name.name;
        else if (token == "referred_table_name" && facts.key)
            name += facts.key->referred.name;
        else if (token == "constraint_name") {
            if (facts.given.empty())
                throw Error(ErrorKind::Misuse, "a naming rule asks for the name of a constraint of " +
                                                   facts.table.name.text() + " that has none");
            name += facts.given;
        } else if (const auto columns = columnToken(token, facts); columns && end != std::string::npos)
            name += *columns;
        else
            throw Error(ErrorKind::Misuse, "there is no '" + token + "' for names")
                .withHint("There are table_name, referred_table_name, constraint_name, column_0_name, column_0_N_name, "
                          "column_0_label and the like.");
        at = end + 2;
    }
    return name;
}

/// False for a table that has all the names it needs, so that it is not copied.
bool lacksNames(const Table &table, bool hasRules, NameLimit limit)
{
    const auto isLong = [&](const std::optional<std::string> &name) {
        return name && limit.length && name->size() > limit.length; // no more characters than bytes
    };
    const auto anyLong = [&](const auto &constraints) {
        return std::ranges::any_of(constraints, [&](const auto &each) { return isLong(each.name); });
    };
    return hasRules || anyLong(table.uniques) || anyLong(table.foreignKeys) || anyLong(table.checks) ||
           (table.primaryKey && isLong(table.primaryKey->name)) ||
           std::ranges::any_of(table.indexes,
                               [&](const Index &each) { return each.name.empty() || isLong(each.name); });
}

} // namespace

MetaData withNames(const MetaData &metadata, NameLimit limit)
{
    MetaData out = metadata;
    const auto rule = [&](const char *kind) {
        const auto found = metadata.naming.find(kind);
        return found == metadata.naming.end() ? std::string() : found->second;
    };
    const std::string pk = rule("pk"), fk = rule("fk"), uq = rule("uq"), ck = rule("ck");
    const std::string ix = rule("ix").empty() ? "ix_%(table_name)s_%(column_0_N_name)s" : rule("ix");
    const bool wrapsChecks = ck.find("%(constraint_name)s") != std::string::npos;
    for (const TablePtr &table : metadata.tables()) {
        if (table->isView() || !lacksNames(*table, !metadata.naming.empty(), limit))
            continue;
        Table made = *table;
        const auto name = [&](std::optional<std::string> &given, const std::string &by,
                              const std::vector<std::string> &columns, const ForeignKey *key = nullptr) {
            if (!by.empty() && (!given || given->empty()))
                given = filled(by, {*table, columns, key, ""});
            if (given)
                given = shortenedName(*given, limit);
        };
        if (made.primaryKey)
            name(made.primaryKey->name, pk, made.primaryKey->columns);
        for (UniqueConstraint &each : made.uniques)
            name(each.name, uq, each.columns);
        for (ForeignKey &each : made.foreignKeys) {
            if (each.referredColumns.empty())
                if (const TablePtr referred = metadata.table(each.referred); referred && referred->primaryKey)
                    each.referredColumns = referred->primaryKey->columns;
            name(each.name, fk, each.columns, &each);
        }
        for (CheckConstraint &each : made.checks)
            if (wrapsChecks && each.name)
                each.name = shortenedName(filled(ck, {*table, {}, nullptr, *each.name}), limit);
            else
                name(each.name, wrapsChecks ? "" : ck, {});
        for (Index &each : made.indexes) {
            if (!each.name.empty()) {
                each.name = shortenedName(each.name, limit);
                continue;
            }
            std::vector<std::string> columns;
            for (const IndexElement &element : each.elements)
                columns.push_back(element.column.value_or("expression"));
            each.name = shortenedName(filled(ix, {*table, columns, nullptr, ""}), limit);
        }
        out.add(std::move(made));
    }
    return out;
}

} // namespace schemawright
