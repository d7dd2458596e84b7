#include "schemawright/orm/session.h"

#include "schemawright/schema/dependants.h"
#include "schemawright/schema/table_diff.h"
#include "schemawright/schema/table_merge.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright {

Session::Session(std::shared_ptr<const Dialect> dialect, MetaData baseline)
    : dialect_(std::move(dialect)), baseline_(std::move(baseline))
{}

void Session::setBaseline(MetaData baseline)
{
    baseline_ = std::move(baseline);
    identities_.clear();
    identified_.clear();
    draft_.reset();
}

void Session::rebaseStructure()
{
    keepIdsApart();
    const DiffRules rules = DiffRules::of(baseline_.dialect, baseline_.defaultSchema);
    for (const Change *change : unitOfWork_.structureChanges()) {
        if (change->objectBefore) {
            const auto now = objectOf(baseline_, std::get<ObjectTarget>(change->target).object);
            if (now != change->objectBefore)
                unitOfWork_.rebaseObject(change->id, now);
            continue;
        }
        const TablePtr base = change->tableBefore;
        if (!base)
            continue;
        const TablePtr found = baseline_.table(base->name);
        if (!found) {
            TablePtr after = change->tableAfter;
            if (after && !after->isView()) { // its text is that of the table that is gone
                Table made = *after;
                made.definition.reset();
                after = std::make_shared<const Table>(std::move(made));
            }
            unitOfWork_.rebaseTable(change->id, nullptr, std::move(after));
            continue;
        }
        Table now = *found;
        now.id = base->id;
        for (Column &column : now.columns) {
            const Column *const known = base->column(column.name);
            column.id = known ? known->id : static_cast<ColumnId>(++lastId_);
        }
        const auto before = std::make_shared<const Table>(std::move(now));
        identified_[before->name] = before;
        if (diffTables(base, before, rules).isEmpty())
            continue;
        unitOfWork_.rebaseTable(change->id, before,
                                change->tableAfter
                                    ? std::make_shared<const Table>(mergeTables(*base, *change->tableAfter, *before))
                                    : nullptr);
    }
}

const Draft &Session::draft() const
{
    if (!draft_ || draftRevision_ != unitOfWork_.tableRevision()) {
        draft_ = draftOf(baseline_, unitOfWork_.structureChanges());
        draftRevision_ = unitOfWork_.tableRevision();
    }
    return *draft_;
}

void Session::keepIdsApart() const
{
    for (const Change *change : unitOfWork_.structureChanges())
        for (const TablePtr &table : {change->tableBefore, change->tableAfter})
            if (table) {
                lastId_ = std::max(lastId_, static_cast<std::uint64_t>(table->id));
                for (const Column &column : table->columns)
                    lastId_ = std::max(lastId_, static_cast<std::uint64_t>(column.id));
            }
}

TablePtr Session::identified(const TablePtr &baselineTable) const
{
    TablePtr &known = identified_[baselineTable->name];
    if (!known) {
        keepIdsApart();
        Table copy = *baselineTable;
        copy.id = static_cast<TableId>(++lastId_);
        for (Column &column : copy.columns)
            column.id = static_cast<ColumnId>(++lastId_);
        known = std::make_shared<const Table>(std::move(copy));
    }
    return known;
}

Table Session::editTable(const QualifiedName &draftName) const
{
    const TablePtr found = draft().after.table(draftName);
    if (!found)
        throw Error(ErrorKind::NotFound, "there is no table named " + draftName.text());
    if (found->id != TableId::None)
        return *found;
    // Untouched so far, but for references that follow a rename.
    Table table = *identified(baseline_.table(found->name));
    table.foreignKeys = found->foreignKeys;
    return table;
}

TableId Session::putTable(Table after)
{
    std::set<std::string> names;
    for (const Column &column : after.columns)
        if (column.name.empty() || !names.insert(column.name).second)
            throw Error(ErrorKind::Misuse, "a column's name is empty or stands twice: '" + column.name + "'");
    if (after.name.name.empty() || (after.columns.empty() && !after.isView()))
        throw Error(ErrorKind::Misuse, "a table needs a name and columns");
    if (after.name.schema.empty())
        after.name.schema = baseline_.defaultSchema;
    if (const TablePtr other = draft().after.table(after.name);
        other && (other->id == TableId::None || other->id != after.id)) {
        const auto own = identified_.find(other->name);
        if (own == identified_.end() || own->second->id != after.id)
            throw Error(ErrorKind::Constraint, "there is a table named " + after.name.text() + " already");
    }
    keepIdsApart();
    TableTarget target{after.id, after.name};
    TablePtr before, earlier;
    if (after.id == TableId::None)
        target.id = after.id = static_cast<TableId>(++lastId_);
    else if (const Change *pending = unitOfWork_.find(ChangeTarget(target))) {
        target = std::get<TableTarget>(pending->target);
        before = pending->tableBefore;
        earlier = pending->tableAfter;
    } else
        for (const auto &[name, known] : identified_)
            if (known->id == after.id) {
                before = known;
                target.name = name;
            }
    for (Column &column : after.columns)
        if (column.id == ColumnId::None)
            column.id = static_cast<ColumnId>(++lastId_);
    if (const TablePtr &old = earlier ? earlier : before) {
        std::map<std::string, std::string> renamed;
        for (const Column &column : old->columns)
            if (const auto now = std::ranges::find(after.columns, column.id, &Column::id);
                now != after.columns.end() && now->name != column.name)
                renamed[column.name] = now->name;
        followRenames(after, renamed);
        for (const Column &column : old->columns)
            if (std::ranges::find(after.columns, column.id, &Column::id) == after.columns.end() &&
                !after.column(column.name))
                leaveWithColumn(after, column.name);
    }
    // The text of an index is its own only while it says what the index is.
    for (Index &index : after.indexes) {
        index.definition.reset();
        if (before)
            for (Index old : before->indexes) {
                const auto definition = std::exchange(old.definition, std::nullopt);
                if (old == index) {
                    index.definition = definition;
                    break;
                }
            }
    }
    const UnitOfWork::Group group(unitOfWork_);
    if (earlier) // cells of new columns go by their draft names
        for (const Column &old : earlier->columns) {
            const bool isNew =
                !before || std::ranges::find(before->columns, old.id, &Column::id) == before->columns.end();
            const auto now = std::ranges::find(after.columns, old.id, &Column::id);
            if (isNew && now != after.columns.end() && now->name != old.name)
                unitOfWork_.renameCells(target.name, old.name, now->name);
        }
    const TableId id = after.id;
    unitOfWork_.putTable(target, std::move(before), std::make_shared<const Table>(std::move(after)));
    return id;
}

void Session::dropTable(const QualifiedName &draftName)
{
    const Table table = editTable(draftName);
    TableTarget target{table.id, table.name};
    TablePtr before;
    if (const Change *pending = unitOfWork_.find(ChangeTarget(target))) {
        target = std::get<TableTarget>(pending->target);
        before = pending->tableBefore;
    } else
        before = identified(baseline_.table(table.name));
    const UnitOfWork::Group group(unitOfWork_);
    for (const Change *change : unitOfWork_.changes())
        if (change->isRow() && change->row().table == target.name)
            unitOfWork_.revert(change->id);
    unitOfWork_.putTable(target, std::move(before), nullptr);
}

SchemaObject Session::editObject(const ObjectReference &object) const
{
    std::optional<SchemaObject> found = objectOf(draft().after, object);
    if (!found)
        throw Error(ErrorKind::NotFound, "there is no " + object.kind + " named " + object.name.text());
    return *std::move(found);
}

void Session::putObject(SchemaObject after)
{
    const ObjectTarget target{referenceTo(after, baseline_.defaultSchema)};
    if (target.object.name.name.empty())
        throw Error(ErrorKind::Misuse, "an object needs a name");
    unitOfWork_.putObject(target, objectOf(baseline_, target.object), std::move(after));
}

void Session::dropObject(const ObjectReference &object)
{
    const ObjectTarget target{referenceTo(editObject(object), baseline_.defaultSchema)};
    unitOfWork_.putObject(target, objectOf(baseline_, target.object), std::nullopt);
}

const RowIdentity &Session::identity(const Table &table) const
{
    // One that is being changed may have other columns than the database's table of that name.
    if (table.id != TableId::None)
        return draftIdentities_.insert_or_assign(table.id, dialect_->rowIdentity(table)).first->second;
    const auto known = identities_.find(table.name);
    return known != identities_.end() ? known->second
                                      : identities_.emplace(table.name, dialect_->rowIdentity(table)).first->second;
}

RowTarget Session::target(const Table &table, const RowImage &row) const
{
    const RowIdentity &by = identity(table);
    if (by.kind == RowIdentity::Kind::None)
        throw Error(ErrorKind::Unsupported, by.why);
    RowTarget target;
    target.table = table.name;
    for (const std::string &column : by.columns) {
        const auto cell = row.find(column);
        if (cell == row.end() || !std::holds_alternative<Value>(cell->second))
            throw Error(ErrorKind::Misuse, "the row lacks its identity column " + column);
        target.key.emplace_back(column, std::get<Value>(cell->second));
    }
    return target;
}

std::string Session::whyNotEditable(const Table &table, const std::string &column) const
{
    const RowIdentity &by = identity(table);
    if (by.kind == RowIdentity::Kind::None)
        return by.why;
    const Column *known = table.column(column);
    if (!known)
        return fmt::format("{} is no column of {}.", column, table.name.name);
    if (known->generated)
        return fmt::format("{} is generated from other columns: {}", column, known->generated->expression);
    if (known->identity && known->identity->always)
        return fmt::format("{} is always generated by the database.", column);
    return {};
}

void Session::setCell(const RowTarget &target, const std::string &column, Cell cell, const RowImage &baselineRow)
{
    const TablePtr table = draft().tableOf(target.table);
    if (!table)
        throw Error(ErrorKind::NotFound, "the table " + target.table.text() + " is not there any more");
    const std::string draftColumn = draft().columnOf(target.table, column);
    if (draftColumn.empty())
        throw Error(ErrorKind::Unsupported, column + " is to be dropped.");
    if (const std::string why = whyNotEditable(*table, draftColumn); !why.empty())
        throw Error(ErrorKind::Unsupported, why);
    const Column &known = *table->column(draftColumn);
    const TablePtr inDatabase = baseline_.table(target.table);
    const bool isNewColumn = !inDatabase || !inDatabase->column(column);
    const Value *value = std::get_if<Value>(&cell);
    if (value && value->isNull() && !known.nullable && !known.autoincrement && !table->isView())
        throw Error(ErrorKind::Constraint, fmt::format("{} must not be NULL", column));

    const Change *existing = change(target);
    if (target.isNew()) {
        if (!existing)
            throw Error(ErrorKind::Misuse, "the new row is not pending any more");
        RowImage after = *existing->after;
        if (std::holds_alternative<DefaultValue>(cell))
            after.erase(column);
        else
            after[column] = std::move(cell);
        unitOfWork_.put(ChangeTarget(target), std::nullopt, std::move(after));
        return;
    }
    if (existing && existing->isDelete())
        throw Error(ErrorKind::Misuse, "the row is to be deleted").withHint("Revert the deletion first.");
    RowImage before, after = existing ? *existing->after : RowImage();
    const auto old = baselineRow.find(column);
    if (old == baselineRow.end() && !isNewColumn)
        throw Error(ErrorKind::Misuse, "the row was read without its column " + column);
    before[column] = old == baselineRow.end() ? Cell(Value()) : old->second;
    after[column] = std::move(cell);
    unitOfWork_.put(ChangeTarget(target), std::move(before), std::move(after), baselineRow);
}

RowTarget Session::addRow(const Table &table, RowImage cells)
{
    if (const RowIdentity &by = identity(table); by.kind == RowIdentity::Kind::None)
        throw Error(ErrorKind::Unsupported, by.why);
    RowTarget target;
    target.table = table.name;
    for (const auto &[first, now] : draft().tableNames) // rows go by the name that the table had first
        if (now == table.name)
            target.table = first;
    target.newRow = unitOfWork_.nextNewRow();
    unitOfWork_.put(ChangeTarget(target), std::nullopt, std::move(cells));
    return target;
}

void Session::deleteRow(const RowTarget &target, const RowImage &baselineRow)
{
    if (target.isNew())
        unitOfWork_.put(ChangeTarget(target), std::nullopt, std::nullopt);
    else {
        RowImage before;
        const TablePtr table = baseline_.table(target.table);
        for (const auto &[column, cell] : baselineRow)
            if (table && table->column(column)) // a hidden row number is in the key, and no column
                before[column] = cell;
        unitOfWork_.put(ChangeTarget(target), std::move(before), std::nullopt, baselineRow);
    }
}

RowTarget Session::duplicateRow(const Table &table, const RowImage &row)
{
    std::set<std::string> mustDiffer;
    if (table.primaryKey)
        mustDiffer.insert(table.primaryKey->columns.begin(), table.primaryKey->columns.end());
    RowImage cells;
    for (const Column &column : table.columns) {
        const auto cell = row.find(column.name);
        const bool isMade = column.generated || column.identity || column.autoincrement;
        // A composite key mostly keeps a part: the user changes the other.
        const bool isWholeKey = mustDiffer.size() == 1 && mustDiffer.contains(column.name);
        if (cell != row.end() && !isMade && !isWholeKey)
            cells[column.name] = cell->second;
    }
    return addRow(table, std::move(cells));
}

std::size_t Session::pendingCount(const QualifiedName &table) const
{
    const auto counts = unitOfWork_.counts();
    const auto found = counts.find(table);
    return found == counts.end() ? 0 : found->second.rows;
}

std::string Session::versionColumn(const QualifiedName &table) const
{
    if (const Change *pending = unitOfWork_.find(ChangeTarget(EntityTarget{table})))
        return pending->mappingAfter ? pending->mappingAfter->versionColumn : std::string();
    const auto mapping = mappings_.find(table);
    return mapping == mappings_.end() ? std::string() : mapping->second.versionColumn;
}

std::map<QualifiedName, std::string> Session::versionColumns() const
{
    std::map<QualifiedName, std::string> versions;
    const auto look = [&](const QualifiedName &table) {
        if (std::string column = versionColumn(table); !column.empty())
            versions[table] = std::move(column);
    };
    for (const auto &[table, mapping] : mappings_)
        look(table);
    for (const Change *change : unitOfWork_.structureChanges())
        if (change->isMapping())
            look(change->table());
    return versions;
}

Plan Session::plan() const { return buildPlan(*dialect_, baseline_, unitOfWork_.changes(), versionColumns()); }

void Session::settle(const Report &report)
{
    if (report.committed) {
        std::vector<std::pair<Change, std::optional<Error>>> mappings;
        for (const Change *change : unitOfWork_.structureChanges())
            if (change->isMapping() && mappingStore_)
                try {
                    mappingStore_->write(change->table(), change->mappingAfter);
                    mappings_[change->table()] = change->mappingAfter.value_or(EntityMapping());
                } catch (const Error &error) {
                    mappings.emplace_back(*change, error);
                }
        unitOfWork_.clear();
        for (auto &[change, error] : mappings) { // what could not be written stays pending
            const auto &target = std::get<EntityTarget>(change.target);
            unitOfWork_.putMapping(target, change.mappingBefore, change.mappingAfter);
            unitOfWork_.setError(unitOfWork_.find(ChangeTarget(target))->id, *error);
        }
        return;
    }
    unitOfWork_.clearErrors();
    for (const StepReport &step : report.steps)
        if (step.error && step.change != ChangeId::None)
            unitOfWork_.setError(step.change, *step.error);
}

Report Session::flush(Connection &connection)
{
    const Plan planned = plan();
    const Report report = runPlan(connection, planned, RunMode::Commit);
    settle(report);
    return report;
}

DoubtOutcome Session::settleDoubt(Connection &connection, Report report)
{
    std::vector<Change> changes;
    for (const Change *change : unitOfWork_.changes())
        changes.push_back(*change);
    const DoubtOutcome outcome = resolveInDoubt(connection, baseline_, changes, report);
    report.committed = outcome == DoubtOutcome::Committed;
    if (report.committed)
        report.error.reset();
    settle(report);
    return outcome;
}

void Session::keepMine(ChangeId id, const std::optional<RowImage> &theirs)
{
    const Change *found = unitOfWork_.find(id);
    if (!found || !found->isRow() || found->isInsert())
        return;
    const Change mine = *found;
    const UnitOfWork::Group group(unitOfWork_);
    unitOfWork_.revert(id);
    if (!theirs) {
        if (mine.isUpdate()) { // gone meanwhile: what I wanted is a row like the one I knew, with my edits
            RowImage cells = mine.base;
            for (const auto &[column, cell] : *mine.after)
                cells[column] = cell;
            if (const TablePtr table = baseline_.table(mine.row().table)) {
                cells.eraseIf([&](const auto &cell) {
                    const Column *column = table->column(cell.first);
                    return !column || column->generated;
                });
                addRow(*table, std::move(cells));
            }
        }
        return;
    }
    RowImage before;
    if (mine.isDelete())
        before = *theirs;
    else
        for (const auto &[column, cell] : *mine.after)
            if (const auto now = theirs->find(column); now != theirs->end())
                before[column] = now->second;
    unitOfWork_.put(mine.target, std::move(before), mine.after, *theirs);
}

std::vector<Session::ConflictColumn> Session::conflict(ChangeId id, const RowImage &theirs) const
{
    const Change *change = unitOfWork_.find(id);
    if (!change || !change->isUpdate())
        throw Error(ErrorKind::Misuse, "only the update of a row has columns in conflict");
    const auto cell = [](const RowImage &image, const std::string &column) {
        const auto found = image.find(column);
        return found == image.end() ? std::nullopt : std::optional(found->second);
    };
    std::vector<ConflictColumn> columns;
    for (const auto &[column, now] : theirs) {
        ConflictColumn each{column, cell(*change->before, column), cell(*change->after, column), now};
        if (!each.base)
            each.base = cell(change->base, column);
        if (each.mine || (each.base && each.base != each.theirs))
            columns.push_back(std::move(each));
    }
    return columns;
}

void Session::resolve(ChangeId id, const std::string &column, Resolution how, const RowImage &theirs, Cell edited)
{
    const Change *change = unitOfWork_.find(id);
    const auto now = theirs.find(column);
    if (!change || !change->isUpdate() || now == theirs.end())
        throw Error(ErrorKind::Misuse, "there is no conflict in the column " + column);
    RowImage before = *change->before, after = *change->after, base = change->base;
    before[column] = base[column] = now->second;
    if (const auto version = theirs.find(versionColumn(change->table())); version != theirs.end())
        base[version->first] = version->second; // the row has been seen as it is now
    if (how == Resolution::TakeTheirs)
        after.erase(column);
    else if (how == Resolution::Edit)
        after[column] = std::move(edited);
    unitOfWork_.rebase(id, std::move(before), std::move(after), std::move(base));
}

} // namespace schemawright
