#include "schemawright/engine/inspector.h"
#include "schemawright/orm/plan_runner.h"
#include "schemawright/orm/row_statements.h"
#include "schemawright/schema/table_diff.h"
#include "schemawright/sql/statement.h"

#include <algorithm>
#include <thread>

namespace schemawright {

namespace {

bool matches(const RowImage &row, const RowImage &image)
{
    return std::ranges::all_of(image, [&](const auto &cell) {
        const auto found = row.find(cell.first);
        return !std::holds_alternative<Value>(cell.second) || (found != row.end() && found->second == cell.second);
    });
}

/// What the database remembers of a transaction; nothing when it does not.
std::optional<DoubtOutcome> remembered(Connection &connection, const Report &report, const std::stop_token &stop)
{
    const std::string sql = connection.dialect().transactionStatusSql();
    if (sql.empty() || report.transaction.empty())
        return std::nullopt;
    using namespace std::chrono_literals;
    for (auto wait = 10ms, waited = 0ms; waited < 30s && !stop.stop_requested(); waited += wait) {
        const auto row = connection.execute(sql, {Value(report.transaction)}).first();
        if (!row || (*row)[0].isNull())
            return std::nullopt; // too long ago
        const std::string status = (*row)[0].text();
        if (status == "committed")
            return DoubtOutcome::Committed;
        if (status == "aborted")
            return DoubtOutcome::NotCommitted;
        std::this_thread::sleep_for(wait); // the server is still at it, though we are gone
        wait = std::min(wait * 2, 500ms);
    }
    return DoubtOutcome::Unclear;
}

/// `waits`: for the end of whoever is about to change it.
std::optional<RowImage> rowNow(Connection &connection, const TablePtr &table, const RowImage &key, bool waits)
{
    std::vector<Expr> columns, conditions;
    for (const Column &each : table->columns)
        columns.push_back(column(table, each.name));
    for (const auto &[name, cell] : key)
        if (const Value *value = std::get_if<Value>(&cell))
            conditions.push_back(holds(connection.dialect(), table, name, *value));
    Select query = select(columns).from(table).where(and_(conditions)).limit(2);
    if (waits)
        query = std::move(query).forUpdate({.strength = RowLock::Strength::Share});
    const auto row = connection.execute(query).first();
    if (!row)
        return std::nullopt;
    RowImage image;
    for (std::size_t i = 0; i < table->columns.size(); ++i)
        image[table->columns[i].name] = (*row)[i];
    return image;
}

/// How many changes are found as they were to become, and how many are not.
class Evidence
{
public:
    Evidence(Connection &connection, const MetaData &baseline, const Report &report)
        : connection_(connection), baseline_(baseline), report_(report)
    {}

    void look(const std::vector<Change> &changes)
    {
        std::vector<const Change *> all;
        bool reads = false;
        for (const Change &change : changes) {
            all.push_back(&change);
            reads = reads || change.isTable() || change.isObject();
        }
        draft_ = draftOf(baseline_, all);
        if (reads)
            now_ = Inspector(connection_).reflect();
        for (const Change &change : changes)
            if (change.isTable())
                count(isTableDone(change));
            else if (change.isObject())
                count(isObjectDone(change));
            else if (change.isRow())
                count(isRowDone(change));
    }
    std::size_t done = 0, undone = 0;

private:
    void count(std::optional<bool> isDone)
    {
        if (isDone)
            ++(*isDone ? done : undone);
    }

    /// Nothing when it looks the same before and after.
    std::optional<bool> isTableDone(const Change &change) const
    {
        const DiffRules rules = DiffRules::of(baseline_.dialect, baseline_.defaultSchema);
        const auto is = [&](const TablePtr &wanted) {
            const TablePtr found = wanted ? now_.table(wanted->name) : nullptr;
            return wanted && found && diffTables(found, wanted, rules).isEmpty();
        };
        if (!change.tableAfter)
            return !now_.table(change.tableBefore->name);
        const bool isAfter = is(change.tableAfter), isBefore = is(change.tableBefore);
        return isAfter == isBefore ? std::nullopt : std::optional(isAfter);
    }

    std::optional<bool> isObjectDone(const Change &change) const
    {
        const std::optional<SchemaObject> found = objectOf(now_, std::get<ObjectTarget>(change.target).object);
        const bool isAfter = found == change.objectAfter, isBefore = found == change.objectBefore;
        return isAfter == isBefore ? std::nullopt : std::optional(isAfter);
    }

    std::optional<bool> isRowDone(const Change &change) const
    {
        // The table has its names of before or of after, whichever it was.
        const TablePtr before = baseline_.table(change.row().table), after = draft_.tableOf(change.row().table);
        if (before && after && before->name == after->name &&
            std::ranges::equal(before->columns, after->columns, sameType, &Column::type, &Column::type))
            return isRowDone(change, before);
        return std::nullopt; // told by its table
    }

    std::optional<bool> isRowDone(const Change &change, const TablePtr &table) const
    {
        RowImage oldKey, newKey;
        for (const auto &[name, value] : change.row().key)
            oldKey[name] = value;
        newKey = oldKey;
        if (change.isInsert()) { // found by its key, as it was given or made; else by all that was given
            const RowIdentity identity = connection_.dialect().rowIdentity(*table);
            for (const std::string &name : identity.columns)
                if (const auto made = report_.keys.find({change.row().newRow, name}); made != report_.keys.end())
                    newKey[name] = made->second;
                else if (const auto given = change.after->find(name);
                         given != change.after->end() && std::holds_alternative<Value>(given->second))
                    newKey[name] = given->second;
            if (newKey.size() != identity.columns.size())
                newKey = *change.after;
            newKey.eraseIf([](const auto &cell) { return !std::holds_alternative<Value>(cell.second); });
            if (newKey.empty())
                return std::nullopt;
        }
        if (change.isUpdate())
            for (auto &[name, cell] : newKey)
                if (const auto written = change.after->find(name); written != change.after->end())
                    cell = written->second;
        // A server that does not remember its transactions may still be at it, though we are gone.
        const Dialect &dialect = connection_.dialect();
        const bool waits = dialect.capabilities().schemas && dialect.transactionStatusSql().empty();
        const auto now = rowNow(connection_, table, change.isDelete() ? oldKey : newKey, waits);
        return change.isDelete() ? !now : now && matches(*now, *change.after);
    }

    Connection &connection_;
    const MetaData &baseline_;
    const Report &report_;
    Draft draft_;
    MetaData now_;
};

} // namespace

std::optional<RowImage> readRow(Connection &connection, const TablePtr &table, const RowImage &key)
{
    return rowNow(connection, table, key, false);
}

DoubtOutcome resolveInDoubt(Connection &connection, const MetaData &baseline, const std::vector<Change> &changes,
                            const Report &report, std::stop_token stop)
{
    const auto known = remembered(connection, report, stop);
    if (known && *known != DoubtOutcome::Committed)
        return *known;
    Evidence evidence(connection, baseline, report);
    evidence.look(changes);
    if (known) // which may be said of another: one that is found as it was to become shows that it was this one
        return evidence.done ? DoubtOutcome::Committed : DoubtOutcome::Unclear;
    if (evidence.done && !evidence.undone)
        return DoubtOutcome::Committed;
    return evidence.undone && !evidence.done ? DoubtOutcome::NotCommitted : DoubtOutcome::Unclear;
}

} // namespace schemawright
