#include "schemawright/orm/structure_drift.h"

#include "schemawright/engine/inspector.h"
#include "schemawright/schema/table_diff.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright {

namespace {

/// What is otherwise than planned; empty for nothing.
std::string differenceOf(const TablePtr &planned, const TablePtr &found, const DiffRules &rules)
{
    if (!found)
        return planned->name.text() + " is not there any more";
    const TableDiff diff = diffTables(planned, found, rules);
    std::string text;
    for (const DiffItem &item : diff.items)
        text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", toString(item.action), toString(item.subject),
                            item.name);
    return text.empty() ? text : planned->name.text() + " was changed by others meanwhile: " + text;
}

} // namespace

std::vector<StepReport> structureDrift(Connection &connection, const Plan &plan)
{
    if (plan.baselines.empty())
        return {};
    // What is inherited is told only where the parents are read too.
    const bool readsAll = std::ranges::any_of(plan.baselines, [](const PlanBaseline &each) {
        return !each.table || !each.table->inherits.empty() || each.table->partition.of;
    });
    ReflectOptions options;
    for (const PlanBaseline &each : plan.baselines)
        if (!readsAll)
            options.tables.push_back(each.table->name.name);
    const MetaData now = Inspector(connection).reflect(options);
    const DiffRules rules = DiffRules::of(connection.dialect().name(), plan.defaultSchema);
    std::vector<StepReport> reports;
    for (const PlanBaseline &each : plan.baselines) {
        std::string what;
        if (each.table)
            what = differenceOf(each.table, now.table(each.table->name), rules);
        else if (const auto object = referenceTo(*each.object, plan.defaultSchema);
                 objectOf(now, object) != each.object)
            what = object.name.text() + " was changed or dropped by others meanwhile";
        if (!what.empty())
            reports.push_back({each.change,
                               -1,
                               {},
                               Error(ErrorKind::Conflict, what)
                                   .withHint("Read the schema again: this change is then laid upon what is "
                                             "there now.")});
    }
    return reports;
}

} // namespace schemawright
