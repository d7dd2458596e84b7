#include "schemawright/orm/plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace schemawright {

namespace {

/// The keys that any step of the plan waits for.
std::set<std::string> neededKeys(const Plan &plan)
{
    std::set<std::string> needed;
    for (const Step &step : plan.steps)
        for (const Parameter &parameter : step.statement.parameters)
            if (!parameter.name.empty())
                needed.insert(parameter.name);
    return needed;
}

class ScriptWriter
{
public:
    ScriptWriter(const Dialect &dialect, const Plan &plan) : dialect_(dialect), plan_(plan), needed_(neededKeys(plan))
    {}

    std::string write()
    {
        for (const Step &step : plan_.steps) {
            if (step.expectFound) // what is found is of no use to a script
                continue;
            setOpen(step.phase != Phase::Before && step.phase != Phase::After && step.transactional);
            const bool isTaken = std::ranges::any_of(
                step.batch, [&](const BatchRow &row) { return !keptColumns(step, row.target).empty(); });
            if (!isTaken)
                add(step);
            else // each row's key by itself
                for (std::size_t row = 0; row < step.batch.size(); ++row)
                    add(step.rowStep(row));
        }
        if (plan_.steps.empty())
            setOpen(true);
        setOpen(false);
        return std::move(script_);
    }

private:
    void setOpen(bool open)
    {
        if (open == isOpen_)
            return;
        isOpen_ = open;
        if (open) {
            script_ += dialect_.beginSql({}) + ";\n\n";
            return;
        }
        for (const std::string &drop : drops_)
            script_ += drop + ";\n";
        drops_.clear();
        script_ += "\nCOMMIT;\n";
    }

    void add(const Step &step)
    {
        for (const Parameter &parameter : step.statement.parameters)
            if (!parameter.name.empty() && !keys_.contains(parameter.name))
                refuse(step, parameter.name);
        std::string sql = dialect_.literalSql(step.statement, keys_);
        const std::vector<std::string> columns = keptColumns(step, step.target);
        if (columns.empty()) {
            const std::string delimiter = dialect_.bodyDelimiter();
            script_ += delimiter.empty() ? sql + ";\n" : Script{{sql}, {}, delimiter}.text();
            return;
        }
        const auto kept = dialect_.keepKeys(sql, *step.table, columns, ++lastKey_);
        if (!kept)
            refuse(step, keyParameter(step.target.table.name, step.target.newRow, columns.front()));
        for (const std::string &statement : kept->statements)
            script_ += statement + (statement.ends_with("\n/") ? "\n" : ";\n"); // a block of Oracle ends by itself
        for (std::size_t i = 0; i < columns.size(); ++i)
            keys_[keyParameter(step.target.table.name, step.target.newRow, columns[i])] = kept->expressions[i];
        if (!kept->drop.empty())
            drops_.push_back(kept->drop);
    }

    /// Those of a new row's key that others wait for, and that are not kept yet.
    std::vector<std::string> keptColumns(const Step &step, const RowTarget &row) const
    {
        std::vector<std::string> kept;
        if (!row.isNew() || !step.table)
            return kept;
        for (const std::string &column : dialect_.rowIdentity(*step.table).columns) {
            const std::string name = keyParameter(row.table.name, row.newRow, column);
            if (needed_.contains(name) && !keys_.contains(name))
                kept.push_back(column);
        }
        return kept;
    }

    [[noreturn]] void refuse(const Step &step, const std::string &key) const
    {
        throw Error(ErrorKind::Unsupported,
                    fmt::format("the script would need the {}, which only the database can make, and a script for {} "
                                "cannot keep it for later statements",
                                key, dialect_.name()))
            .withSql(previewSql(dialect_, step))
            .withHint("Commit the new rows first, or give them their keys yourself.");
    }

    const Dialect &dialect_;
    const Plan &plan_;
    const std::set<std::string> needed_;
    std::map<std::string, std::string> keys_; ///< by parameter, the SQL that stands for it
    std::vector<std::string> drops_;
    std::string script_;
    int lastKey_ = 0;
    bool isOpen_ = false;
};

} // namespace

std::string previewSql(const Dialect &dialect, const Step &step) { return dialect.literalSql(step.statement); }

const PlanProblem *Plan::scriptProblem() const noexcept
{
    const auto found = std::ranges::find(problems, false, &PlanProblem::isOfCommit);
    return found == problems.end() ? nullptr : &*found;
}

std::string scriptText(const Dialect &dialect, const Plan &plan)
{
    if (const PlanProblem *problem = plan.scriptProblem())
        throw problem->error;
    return ScriptWriter(dialect, plan).write();
}

} // namespace schemawright
