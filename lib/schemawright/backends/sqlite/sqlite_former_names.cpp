#include "schemawright/backends/sqlite/sqlite_former_names.h"

#include "schemawright/backends/sqlite/sqlite_tokens.h"
#include "schemawright/schema/dependants.h"

#include <algorithm>
#include <map>
#include <set>

namespace schemawright::sqlite {

FormerNames formerNames(const std::vector<TableDiff> &diffs, const TableDiff &self,
                        const std::vector<std::string> &texts, const std::function<bool(std::size_t)> &isThere)
{
    const auto areMentioned = [&](const std::string &name) {
        return std::ranges::any_of(texts, [&](const std::string &text) { return mentionsName(text, name, true); });
    };
    const auto isAltered = [](const TableDiff &diff) {
        return diff.before && diff.after && !diff.before->isView() && !diff.after->isView();
    };
    const auto spare = [](const std::string &name) { return "schemawright_" + name; };
    FormerNames former;
    std::vector<std::pair<std::string, std::string>> wanted; // names by schema
    std::set<std::size_t> moved;
    for (bool isMore = true; std::exchange(isMore, false);)
        for (std::size_t i = 0; i < diffs.size(); ++i) {
            const TableDiff &diff = diffs[i];
            const auto isWanted = [&](const Table &table) {
                return std::ranges::any_of(wanted, [&](const auto &each) {
                    return each.first == table.name.schema && sameName(each.second, table.name.name);
                });
            };
            const bool isRenamed = isAltered(diff) && diff.before->name.name != diff.after->name.name;
            const bool isInTheWay = isThere(i) && isWanted(*diff.after);
            if (!(isRenamed && (&diff == &self || areMentioned(diff.before->name.name) || isWanted(*diff.after))) &&
                !isInTheWay)
                continue;
            if (!moved.insert(i).second)
                continue;
            isMore = true;
            const std::string &now = diff.after->name.name, &schema = diff.after->name.schema;
            former.tables.add({isRenamed ? diff.before->name.name : spare(now), now, schema, i});
            if (isRenamed)
                wanted.emplace_back(schema, diff.before->name.name);
        }
    for (std::size_t i = 0; i < diffs.size(); ++i) {
        const TableDiff &diff = diffs[i];
        const auto renamed = isAltered(diff) ? diff.renamedColumns() : std::map<std::string, std::string>();
        if (renamed.empty() || (&diff != &self && !areMentioned(diff.before->name.name)))
            continue;
        Exchange &columns = former.columns.emplace_back(diff.after, Exchange()).second;
        for (const auto &[was, now] : renamed) {
            columns.add({was, now, {}, i});
            const Column *taken = diff.after->column(was);
            if (taken && std::ranges::none_of(renamed, [&](const auto &each) { return each.second == was; }))
                columns.add({spare(was), was, {}, i});
        }
    }
    return former;
}

} // namespace schemawright::sqlite
