#include "schemawright/orm/row_order.h"

#include "schemawright/orm/row_condition.h"
#include "schemawright/schema/sql_pieces.h"
#include "schemawright/sql/expression_parser.h"

#include <algorithm>
#include <bit>
#include <optional>

namespace schemawright {

namespace {

std::uint64_t mixed(std::uint64_t seed, std::uint64_t value) noexcept
{
    std::uint64_t x = seed ^ (value + 0x9e3779b97f4a7c15u + (seed << 6) + (seed >> 2));
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

std::uint64_t keyHash(std::uint64_t seed, std::uint64_t row, const std::string &column) noexcept
{
    return mixed(mixed(seed, ~row), std::hash<std::string>()(column));
}

/// One number for the values of some columns. That two differ and share it is not worth asking for: it would only put
/// one row before another without need.
///
/// Nothing when a column is unknown, NULL (which mostly neither refers nor collides) or left to the database.
template <class CellOf>
std::optional<std::uint64_t> valuesHash(std::uint32_t list, const std::vector<std::uint32_t> &columns,
                                        const std::vector<Sameness> &sameness, CellOf cellOf, bool countsNull = false)
{
    std::uint64_t seed = mixed(0, list);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const Cell *cell = cellOf(columns[i]);
        if (!cell || std::holds_alternative<DefaultValue>(*cell))
            return std::nullopt;
        if (const KeyOf *key = std::get_if<KeyOf>(cell))
            seed = keyHash(seed, key->row, key->column);
        else if (const Value &value = std::get<Value>(*cell); value.isNull() && !countsNull)
            return std::nullopt;
        else
            seed = mixed(seed, sameHash(sameness[i], value));
    }
    return seed;
}
template <class CellOf> std::optional<std::uint64_t> valuesHash(const PlanTable::Columns &list, CellOf cellOf)
{
    return valuesHash(list.number, list.columns, list.sameness, cellOf, list.countsNull);
}

/// A cell that a new row is given nothing for, and gets NULL.
bool isNullByDefault(const PlanTable &table, std::uint32_t column)
{
    const Column *known = table.column(column);
    return known && known->nullable && !known->defaultSql && !known->identity && !known->autoincrement &&
           !known->generated;
}

/// What the values of a new row will be: a column that is left to the database makes a key that others wait for by the
/// number of the row.
std::optional<std::uint64_t> madeHash(const RowStep &step, const PlanTable::Columns &list)
{
    std::uint64_t seed = mixed(0, list.number);
    for (std::size_t i = 0; i < list.columns.size(); ++i) {
        const std::uint32_t column = list.columns[i];
        const Cell *cell = step.newCell(column);
        const Value *value = cell ? std::get_if<Value>(cell) : nullptr;
        const KeyOf *key = cell ? std::get_if<KeyOf>(cell) : nullptr;
        const bool isNull = value ? value->isNull() : !key && isNullByDefault(*step.table, column);
        if (list.countsNull && isNull)
            seed = mixed(seed, sameHash(list.sameness[i], Value()));
        else if (value && !value->isNull())
            seed = mixed(seed, sameHash(list.sameness[i], *value));
        else if (key)
            seed = keyHash(seed, key->row, key->column);
        else if (value && std::ranges::find(step.table->identityColumns, column) == step.table->identityColumns.end())
            return std::nullopt; // NULL, which only a key turns into a value
        else
            seed = keyHash(seed, step.change->row().newRow, step.table->columnName(column));
    }
    return seed;
}

/// False where a row is none of those that an index over some rows is about.
bool isAmong(const RowStep &step, const PlanTable::Columns &list, bool isAfter)
{
    if (!list.where)
        return true;
    const PlanTable &table = *step.table;
    const auto valueOf = [&](std::string_view name) -> std::optional<Value> {
        const auto index = table.table->columnIndex(name);
        if (!index)
            return std::nullopt;
        const auto column = static_cast<std::uint32_t>(*index);
        const Sameness sameness = samenessOf(table.table->columns[*index]);
        const Cell *cell = isAfter ? step.newCell(column) : step.oldCell(column);
        const Value *value = cell ? std::get_if<Value>(cell) : nullptr;
        if (!cell && step.kind == RowStep::Kind::Insert && isNullByDefault(table, column))
            return Value();
        const bool isCompared = sameness != Sameness::Folded && sameness != Sameness::Padded;
        return value && (isCompared || value->isNull()) ? std::optional(*value) : std::nullopt;
    };
    const Truth known = truthOf(*list.where, valueOf);
    return known == Truth::True || known == Truth::Unknown;
}

bool writesAny(const RowStep &step, const std::vector<std::uint32_t> &columns)
{
    return step.kind != RowStep::Kind::Update ||
           std::ranges::any_of(columns, [&](std::uint32_t column) { return step.set.contains(column); });
}

/// Whether it may take or give up values of these columns.
bool moves(const RowStep &step, const PlanTable::Columns &list)
{
    return writesAny(step, list.columns) || (!list.read.empty() && writesAny(step, list.read));
}

/// Which steps make values and which give them up, by the number of the values. Chains in one array: no allocation for
/// each step.
class Holders
{
public:
    explicit Holders(std::size_t expected) : heads_(std::bit_ceil(expected + 16), none) { entries_.reserve(expected); }

    void add(std::uint64_t hash, std::size_t step, bool isMade)
    {
        std::uint32_t &head = heads_[hash & (heads_.size() - 1)];
        entries_.push_back({hash, static_cast<std::uint32_t>(step), head, isMade});
        head = static_cast<std::uint32_t>(entries_.size() - 1);
    }
    template <class Found> void each(std::uint64_t hash, bool isMade, Found found) const
    {
        for (std::uint32_t at = heads_[hash & (heads_.size() - 1)]; at != none; at = entries_[at].next)
            if (entries_[at].hash == hash && entries_[at].isMade == isMade)
                found(entries_[at].step);
    }

private:
    static constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);
    struct Entry
    {
        std::uint64_t hash;
        std::uint32_t step, next;
        bool isMade;
    };
    std::vector<std::uint32_t> heads_;
    std::vector<Entry> entries_;
};

std::vector<std::uint32_t> positionsOf(const Table &table, const std::vector<std::string> &names)
{
    std::vector<std::uint32_t> positions;
    for (const std::string &name : names)
        if (const auto index = table.columnIndex(name))
            positions.push_back(static_cast<std::uint32_t>(*index));
        else
            return {};
    return positions;
}

bool isBeforeInsert(const std::string &trigger)
{
    const std::string text = pieces::lower(trigger);
    const std::string head = text.substr(0, text.find(" on "));
    return head.find("before ") != std::string::npos && head.find("insert") != std::string::npos;
}

} // namespace

std::pmr::vector<RowCells::Entry>::iterator RowCells::place(std::uint32_t column)
{
    return std::ranges::lower_bound(entries_, column, {}, &Entry::column);
}

const Cell *RowCells::find(std::uint32_t column) const noexcept
{
    const auto found = std::ranges::lower_bound(entries_, column, {}, &Entry::column);
    return found != entries_.end() && found->column == column ? found->cell : nullptr;
}

void RowCells::set(std::uint32_t column, const Cell *cell)
{
    const auto at = place(column);
    if (at != entries_.end() && at->column == column)
        at->cell = cell;
    else
        entries_.insert(at, {column, cell});
}

void RowCells::add(std::uint32_t column, const Cell *cell)
{
    const auto at = place(column);
    if (at == entries_.end() || at->column != column)
        entries_.insert(at, {column, cell});
}

void RowCells::erase(std::uint32_t column)
{
    std::erase_if(entries_, [column](const Entry &entry) { return entry.column == column; });
}

bool RowStep::makesKey() const noexcept
{
    if (kind != Kind::Insert || table->identity.kind == RowIdentity::Kind::AllColumns)
        return false;
    return std::ranges::any_of(table->identityColumns, [&](std::uint32_t column) {
        const Cell *cell = set.find(column);
        return !cell || std::holds_alternative<DefaultValue>(*cell);
    });
}

PlanTable::Position PlanTable::position(std::string_view name, std::size_t &next) const
{
    if (next < positions.size() && positions[next].first == name)
        return positions[next++].second;
    const auto found = std::ranges::lower_bound(positions, name, {}, &std::pair<std::string_view, Position>::first);
    if (found == positions.end() || found->first != name)
        return {};
    next = static_cast<std::size_t>(found - positions.begin()) + 1;
    return found->second;
}

PlanTable::Position PlanTable::position(std::string_view name) const
{
    std::size_t next = positions.size();
    return position(name, next);
}

const std::string &PlanTable::columnName(std::uint32_t column) const
{
    return column < table->columns.size() ? table->columns[column].name : identity.columns.front();
}

const Column *PlanTable::column(std::uint32_t position) const
{
    return position < table->columns.size() ? &table->columns[position] : nullptr;
}

const PlanTable *PlanTables::find(const QualifiedName &name)
{
    if (lastName_ && *lastName_ == name)
        return last_;
    const auto [entry, isNew] = tables_.try_emplace(name);
    if (isNew && (entry->second = make(name))) {
        inOrder_.push_back(entry->second.get());
        entry->second->number = static_cast<std::uint32_t>(inOrder_.size());
    }
    lastName_ = &entry->first;
    return last_ = entry->second.get();
}

std::unique_ptr<PlanTable> PlanTables::make(const QualifiedName &name) const
{
    const TablePtr table = draft_.tableOf(name);
    if (!table)
        return nullptr;
    auto made = std::make_unique<PlanTable>();
    made->table = table;
    made->identity = dialect_.rowIdentity(*table);
    const auto hidden = static_cast<std::uint32_t>(table->columns.size());
    const auto renamed = draft_.columnNames.find(name);
    std::map<std::string_view, PlanTable::Position> positions;
    for (std::uint32_t i = 0; i < hidden; ++i)
        positions[table->columns[i].name] = {i, renamed == draft_.columnNames.end()};
    if (renamed != draft_.columnNames.end())
        for (const auto &[before, now] : renamed->second) {
            const auto index = now.empty() ? std::nullopt : table->columnIndex(now);
            positions[before] = {index ? static_cast<std::uint32_t>(*index) : PlanTable::dropped, true};
        }
    if (made->identity.kind == RowIdentity::Kind::RowId)
        positions.try_emplace(made->identity.columns.front(), PlanTable::Position{hidden, true});
    made->positions.assign(positions.begin(), positions.end());
    if (made->identity.kind == RowIdentity::Kind::Key || made->identity.kind == RowIdentity::Kind::RowId) {
        for (const std::string &column : made->identity.columns) {
            const auto index = table->columnIndex(column);
            made->identityColumns.push_back(index ? static_cast<std::uint32_t>(*index) : hidden);
        }
        const Capabilities &can = dialect_.capabilities();
        const Column *only = made->identityColumns.size() == 1 ? made->column(made->identityColumns.front()) : nullptr;
        made->keyIsTold = can.insertedKey && !can.returning && only && (only->autoincrement || only->identity);
        if (((can.returning && !can.returningInto) || made->keyIsTold) && !table->isView())
            made->returning = made->identity.columns;
        made->mayReplaceKeys = !made->returning.empty() && !made->keyIsTold &&
                               std::ranges::any_of(table->triggers, isBeforeInsert, &Trigger::definition);
    }
    if (const auto version = versions_.find(name); version != versions_.end())
        if (const auto position = made->position(version->second); position.column < hidden)
            made->version = position.column;
    return made;
}

PlanTable::Columns &PlanTables::listOf(PlanTable &table, const std::vector<std::string> &columns)
{
    PlanTable::Columns list;
    list.columns = positionsOf(*table.table, columns);
    for (PlanTable::Columns &known : table.lists)
        if (known.columns == list.columns && known.isPlain())
            return known;
    for (const std::uint32_t column : list.columns)
        list.sameness.push_back(samenessOf(table.table->columns[column], dialect_.capabilities().foldsText));
    list.number = ++lists_;
    table.lists.push_back(std::move(list));
    return table.lists.back();
}

void PlanTables::addUnique(PlanTable &table, const UniqueKey &key)
{
    if (positionsOf(*table.table, key.columns).empty())
        return;
    if (key.isPlain()) {
        PlanTable::Columns &list = listOf(table, key.columns);
        list.isDeferrable = list.isUnique ? list.isDeferrable && key.isDeferrable : key.isDeferrable;
        list.isUnique = true;
        return;
    }
    PlanTable::Columns list;
    list.columns = positionsOf(*table.table, key.columns);
    for (const std::uint32_t column : list.columns)
        list.sameness.push_back(sameInKey(key, table.table->columns[column], dialect_.capabilities().foldsText));
    list.number = ++lists_;
    list.isUnique = true;
    list.isPartial = key.where.has_value();
    list.countsNull = key.countsNull || key.isComputed; // coalesce()
    list.isDeferrable = key.isDeferrable;
    if (key.where)
        if (auto where = ExpressionParser(dialect_.name(), *table.table).parse(*key.where)) {
            list.read = positionsOf(*table.table, columnsRead(*table.table, *key.where));
            list.where = std::move(where);
        }
    table.lists.push_back(std::move(list));
}

std::vector<PlanReference> PlanTables::link()
{
    std::vector<PlanReference> late;
    std::map<const Table *, PlanTable *> byTable;
    for (PlanTable *table : inOrder_) {
        byTable[table->table.get()] = table;
        for (const UniqueKey &key : uniqueKeys(*table->table))
            addUnique(*table, key);
    }
    const Capabilities &can = dialect_.capabilities();
    for (const TablePtr &any : draft_.after.tables())
        for (std::size_t i = 0; i < any->foreignKeys.size(); ++i) {
            const ForeignKey &key = any->foreignKeys[i];
            const TablePtr referred = draft_.after.table(key.referred);
            const auto parent = byTable.find(referred.get());
            if (parent != byTable.end())
                parent->second->isReferred = true;
            if (referred && (can.defersAnyForeignKey || key.deferrable) &&
                (parent != byTable.end() || byTable.contains(any.get())))
                late.push_back({any, referred, i});
        }
    for (PlanTable *table : inOrder_)
        for (const ForeignKey &key : table->table->foreignKeys) {
            const auto parent = byTable.find(draft_.after.table(key.referred).get());
            if (parent == byTable.end()) // its rows are not touched
                continue;
            // A key without columns refers to the parent's primary key.
            const auto &named = key.referredColumns.empty() && parent->first->primaryKey
                                    ? parent->first->primaryKey->columns
                                    : key.referredColumns;
            PlanTable::Reference reference;
            reference.key = &key;
            reference.columns = positionsOf(*table->table, key.columns);
            if (reference.columns.empty() || reference.columns.size() != named.size() ||
                positionsOf(*parent->first, named).empty())
                continue;
            const PlanTable::Columns &list = listOf(*parent->second, named);
            reference.number = list.number;
            reference.sameness = list.sameness;
            table->references.push_back(std::move(reference));
        }
    return late;
}

void leaveToCascades(std::vector<RowStep> &steps)
{
    const auto writesHandedOn = [](const RowStep &step, const PlanTable::Reference &reference) {
        return step.kind == RowStep::Kind::Update && reference.key->onUpdate == "CASCADE" &&
               writesAny(step, reference.columns);
    };
    if (std::ranges::none_of(steps, [&](const RowStep &step) {
            return std::ranges::any_of(step.table->references,
                                       [&](const auto &reference) { return writesHandedOn(step, reference); });
        }))
        return;
    struct Parent
    {
        const RowStep *step;
        const PlanTable::Columns *list;
    };
    std::unordered_map<std::uint64_t, Parent> parents; // whose keys become others, by the old ones
    for (const RowStep &step : steps)
        for (const PlanTable::Columns &list : step.table->lists)
            if (step.kind == RowStep::Kind::Update && list.isPlain() && writesAny(step, list.columns))
                if (const auto old = valuesHash(list, [&](std::uint32_t column) { return step.oldCell(column); }))
                    parents.emplace(*old, Parent{&step, &list});
    for (RowStep &step : steps)
        for (const PlanTable::Reference &reference : step.table->references) {
            if (!writesHandedOn(step, reference))
                continue;
            const auto old = valuesHash(reference.number, reference.columns, reference.sameness,
                                        [&](std::uint32_t column) { return step.oldCell(column); });
            const auto parent = old ? parents.find(*old) : parents.end();
            if (parent == parents.end())
                continue;
            const auto &columns = parent->second.list->columns;
            bool isSame = columns.size() == reference.columns.size();
            for (std::size_t k = 0; isSame && k < columns.size(); ++k) {
                const Cell *mine = step.newCell(reference.columns[k]);
                const Cell *theirs = parent->second.step->newCell(columns[k]);
                isSame = mine && theirs && *mine == *theirs;
            }
            for (const std::uint32_t column : isSame ? reference.columns : std::vector<std::uint32_t>()) {
                step.set.erase(column);
                step.match.erase(column);
            }
        }
    std::erase_if(steps, [](const RowStep &step) { return step.kind == RowStep::Kind::Update && step.set.empty(); });
}

std::vector<const PlanTable::Reference *> referencesToItself(const RowStep &step)
{
    std::vector<const PlanTable::Reference *> found;
    if (step.kind == RowStep::Kind::Insert)
        return found;
    const auto oldCell = [&](std::uint32_t column) { return step.oldCell(column); };
    for (const PlanTable::Reference &reference : step.table->references) {
        const auto list = std::ranges::find(step.table->lists, reference.number, &PlanTable::Columns::number);
        if (list == step.table->lists.end() || !writesAny(step, list->columns)) // of another table, or it stays
            continue;
        const auto &action = reference.key->onDelete;
        if (step.kind == RowStep::Kind::Delete && action && (*action == "CASCADE" || *action == "SET NULL"))
            continue;
        const auto own = valuesHash(*list, oldCell);
        if (own && own == valuesHash(reference.number, reference.columns, reference.sameness, oldCell))
            found.push_back(&reference);
    }
    return found;
}

std::vector<RowEdge> rowEdges(const std::vector<RowStep> &steps)
{
    Holders holders(2 * steps.size());
    std::unordered_map<std::uint64_t, std::size_t> makers; // steps that insert, where any key is waited for
    const auto isKey = [](const RowCells::Entry &entry) { return std::holds_alternative<KeyOf>(*entry.cell); };
    if (std::ranges::any_of(steps, [&](const RowStep &step) { return std::ranges::any_of(step.set, isKey); }))
        for (std::size_t i = 0; i < steps.size(); ++i)
            if (steps[i].kind == RowStep::Kind::Insert)
                makers.emplace(steps[i].change->row().newRow, i);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const RowStep &step = steps[i];
        for (const PlanTable::Columns &list : step.table->lists) {
            if (!moves(step, list))
                continue;
            const auto newCell = [&](std::uint32_t column) { return step.newCell(column); };
            const auto oldCell = [&](std::uint32_t column) { return step.oldCell(column); };
            if (step.kind == RowStep::Kind::Insert) {
                if (const auto made = madeHash(step, list))
                    holders.add(*made, i, true);
            } else if (step.kind == RowStep::Kind::Update) {
                if (const auto made = valuesHash(list, newCell))
                    holders.add(*made, i, true);
            }
            if (step.kind != RowStep::Kind::Insert && isAmong(step, list, false))
                if (const auto given = valuesHash(list, oldCell))
                    holders.add(*given, i, false);
        }
    }

    std::vector<RowEdge> edges;
    // Two steps of one change have their order already, and a row may well refer to itself.
    const auto isOther = [&](std::size_t a, std::size_t b) { return steps[a].change != steps[b].change; };
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const RowStep &step = steps[i];
        const auto newCell = [&](std::uint32_t column) { return step.newCell(column); };
        const auto oldCell = [&](std::uint32_t column) { return step.oldCell(column); };
        for (const PlanTable::Reference &reference : step.table->references) {
            const bool isHandedOn = reference.key->onUpdate == "CASCADE"; // the row is another when its parent's key is
            if (!writesAny(step, reference.columns) && !isHandedOn)
                continue;
            if (step.kind != RowStep::Kind::Delete && writesAny(step, reference.columns))
                if (const auto needed = valuesHash(reference.number, reference.columns, reference.sameness, newCell))
                    holders.each(*needed, true, [&](std::size_t maker) {
                        if (isOther(maker, i))
                            edges.push_back({maker, i, RowEdge::Reason::Reference, &reference, nullptr, 0});
                    });
            if (step.kind != RowStep::Kind::Insert)
                if (const auto left = valuesHash(reference.number, reference.columns, reference.sameness, oldCell))
                    holders.each(*left, false, [&](std::size_t remover) {
                        if (isOther(remover, i) &&
                            (writesAny(step, reference.columns) || steps[remover].kind == RowStep::Kind::Update))
                            edges.push_back({i, remover, RowEdge::Reason::Release, &reference, nullptr, 0});
                    });
        }
        if (step.kind == RowStep::Kind::Delete)
            continue;
        if (!makers.empty())
            for (const auto &[column, cell] : step.set)
                if (const KeyOf *key = std::get_if<KeyOf>(cell))
                    if (const auto maker = makers.find(key->row); maker != makers.end())
                        edges.push_back({maker->second, i, RowEdge::Reason::Key, nullptr, nullptr, column});
        for (const PlanTable::Columns &list : step.table->lists) {
            if (!list.isUnique || !moves(step, list) || !isAmong(step, list, true))
                continue;
            const auto taken = list.countsNull && step.kind == RowStep::Kind::Insert ? madeHash(step, list)
                                                                                     : valuesHash(list, newCell);
            if (taken)
                holders.each(*taken, false, [&](std::size_t giver) {
                    if (isOther(giver, i))
                        edges.push_back({giver, i, RowEdge::Reason::Unique, nullptr, &list, 0});
                });
        }
    }
    return edges;
}

} // namespace schemawright
