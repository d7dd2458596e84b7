#include "schemawright/dialect/rename_order.h"

#include "schemawright/schema/sql_pieces.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace schemawright {

namespace {

using Key = std::pair<std::string, std::string>; ///< the space, and the name as it is compared

std::string compared(const std::string &name, bool foldsCase) { return foldsCase ? pieces::lower(name) : name; }

/// What a table brings into its schema's space of names.
std::set<Key> namesOf(const Table &table, bool foldsCase)
{
    std::set<Key> names;
    const auto add = [&](const std::optional<std::string> &name) {
        if (name)
            names.emplace(table.name.schema, compared(*name, foldsCase));
    };
    add(table.name.name);
    if (table.primaryKey)
        add(table.primaryKey->name);
    for (const auto &each : table.uniques)
        add(each.name);
    for (const auto &each : table.exclusions)
        add(each.name);
    for (const auto &each : table.indexes)
        add(each.name);
    for (const auto &each : table.triggers)
        add(each.name);
    return names;
}

} // namespace

std::vector<Rename> orderedRenames(std::vector<Rename> renames, const NameRules &rules)
{
    const auto key = [&](const Rename &each, const std::string &name) {
        return Key{each.space, compared(name, rules.foldsCase)};
    };
    std::set<Key> held;
    for (const Rename &each : renames)
        held.insert(key(each, each.from));
    const auto isFree = [&](const Rename &each) {
        const Key wanted = key(each, each.to);
        return !held.contains(wanted) || (!rules.keepsCaseOfTaken && wanted == key(each, each.from));
    };
    std::vector<Rename> ordered;
    const auto give = [&](Rename &each, const std::string &name) {
        held.erase(key(each, each.from));
        ordered.push_back({each.from, name, each.space, each.diff, each.what});
        each.from = name;
        held.insert(key(each, name));
    };
    while (!renames.empty()) {
        const auto next = std::ranges::find_if(renames, isFree);
        if (next == renames.end()) {
            give(renames.front(), "schemawright_" + renames.front().to);
            continue;
        }
        give(*next, next->to);
        held.erase(key(*next, next->to));
        renames.erase(next);
    }
    return ordered;
}

std::set<std::size_t> dropsInTheWay(const std::vector<TableDiff> &diffs, bool foldsCase)
{
    std::set<Key> wanted;
    for (const TableDiff &diff : diffs)
        if (diff.after)
            wanted.merge(namesOf(*diff.after, foldsCase));
    std::set<std::size_t> found;
    for (std::size_t i = 0; i < diffs.size(); ++i)
        if (diffs[i].isDrop() && std::ranges::any_of(namesOf(*diffs[i].before, foldsCase),
                                                     [&](const Key &each) { return wanted.contains(each); }))
            found.insert(i);
    return found;
}

} // namespace schemawright
