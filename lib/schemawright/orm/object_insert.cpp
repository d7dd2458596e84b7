// How an ObjectSession writes new rows.

#include "schemawright/base/topological.h"
#include "schemawright/orm/made_keys.h"
#include "schemawright/orm/object_cell.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace schemawright {

/// New objects in the order of their rows: what is referred to first, and keys that are given before those that the
/// database makes, which then come after them and not upon them. `given` becomes the number of the former where there
/// are both.
std::vector<ObjectSession::Record *> ObjectSession::insertOrder(std::size_t &given)
{
    std::vector<Record *> records = std::exchange(new_, {});
    const auto isGiven = [this](const Record *record) { return hasKey(*record->layout, record->address); };
    given = 0;
    // One walk: records and objects are too many for the processor's memory, so those to come are asked for early.
    constexpr std::size_t ahead = 16;
    std::size_t count = 0;
    bool isOneKind = !hasRelations_;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (i + 2 * ahead < records.size())
            __builtin_prefetch(records[i + 2 * ahead]);
        if (i + ahead < records.size())
            __builtin_prefetch(records[i + ahead]->address);
        Record *record = records[i];
        if (record->state != ObjectState::Pending)
            continue;
        records[count++] = record;
        isOneKind = isOneKind && record->layout == records.front()->layout;
        given += record->layout->generatedKey && isGiven(record);
    }
    records.resize(count);
    const bool areMixed = given > 0 && given < count;
    if (!areMixed)
        given = 0;
    if (isOneKind) { // as they were added
        if (areMixed)
            std::ranges::stable_partition(records, isGiven);
        return records;
    }
    std::map<const EntityMap *, std::size_t> places;
    for (const EntityMap *entity : mappings_.sorted())
        places.emplace(entity, places.size());
    std::vector<std::size_t> place(records.size()), level(records.size(), 0);
    std::vector<bool> isMade(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        place[i] = places.at(&records[i]->entity());
        isMade[i] = !isGiven(records[i]);
    }
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    if (hasRelations_) {
        std::unordered_map<const Record *, std::size_t> indexes;
        for (std::size_t i = 0; i < records.size(); ++i)
            indexes.emplace(records[i], i);
        for (std::size_t i = 0; i < records.size(); ++i)
            for (const Relation &relation : records[i]->entity().relations)
                if (relation.kind == Relation::Kind::ManyToOne && relation.access->size(records[i]->address))
                    if (const auto at = indexes.find(recordOf(relation.access->at(records[i]->address, 0)));
                        at != indexes.end() && at->second != i)
                        edges.emplace_back(at->second, i);
    }
    bool isAgainstTables = false;
    if (!edges.empty()) {
        std::vector<std::vector<std::size_t>> children(records.size());
        for (const auto &[parent, child] : edges) {
            children[parent].push_back(child);
            isAgainstTables = isAgainstTables || place[parent] > place[child];
        }
        std::vector<bool> done(records.size(), false);
        for (const std::size_t at : topologicalSort(records.size(), edges).order) {
            done[at] = true;
            for (const std::size_t child : children[at])
                if (!done[child])
                    level[child] = std::max(level[child], level[at] + 1);
        }
    }
    std::vector<std::size_t> order(records.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto rank = [&](std::size_t i) {
        const bool made = isMade[i];
        return isAgainstTables ? std::tuple(level[i], place[i], made, records[i]->order)
                               : std::tuple(place[i], level[i], made, records[i]->order);
    };
    if (!std::ranges::is_sorted(order, {}, rank))
        std::ranges::sort(order, {}, rank);
    std::vector<Record *> sorted;
    sorted.reserve(records.size());
    // A row cannot refer to one of the same statement, so levels are told apart by a gap.
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i > 0 && level[order[i]] != level[order[i - 1]])
            sorted.push_back(nullptr);
        sorted.push_back(records[order[i]]);
    }
    return sorted;
}

bool ObjectSession::hasKey(const Layout &layout, const void *object) const
{
    if (layout.generatedKey)
        return !layout.entity->fields[layout.entity->key.front()].access->isUnset(object);
    return std::ranges::none_of(layout.defaultKeys,
                                [&](std::size_t column) { return isToBeMade(layout, object, column); });
}

/// A part of a key that a default of the database fills.
bool ObjectSession::isToBeMade(const Layout &layout, const void *object, std::size_t column)
{
    return std::ranges::find(layout.defaultKeys, column) != layout.defaultKeys.end() &&
           layout.entity->fields[layout.columns[column].field].access->isUnset(object);
}

/// Throws for a new object whose key neither the program nor the database nor what it refers to makes.
void ObjectSession::mustHaveKey(const Record &record) const
{
    const Layout &layout = *record.layout;
    const EntityMap &entity = *layout.entity;
    if (layout.generatedKey)
        return;
    std::vector<Cell> cells;
    for (std::size_t k = 0; k < entity.key.size(); ++k) {
        const FieldAccess &access = *entity.fields[entity.key[k]].access;
        const std::size_t column = layout.keyColumns[k];
        if (!access.unset().isNull() || !access.get(record.address).isNull() ||
            isToBeMade(layout, record.address, column))
            continue;
        if (cells.empty())
            sourcesOf(record, cells);
        const auto &relations = entity.relations;
        const bool isReferring =
            cells[column].from == Cell::From::Key ||
            std::ranges::any_of(relations, [&](const Relation &relation) { // to what is new as well
                const auto index = static_cast<std::size_t>(&relation - relations.data());
                const auto &columns = layout.relationColumns[index];
                return std::ranges::find(columns, column) != columns.end() && relation.access->size(record.address) > 0;
            });
        if (isReferring)
            continue;
        const std::string &name =
            entity.entity ? entity.entity->attributes[entity.key[k]].name : entity.fields[entity.key[k]].column;
        throw Error(ErrorKind::Misuse, "the key " + name + " of a new object of " + entity.name +
                                           " is not set, and the database makes none")
            .withHint("Set it before the flush, or give its column a default.");
    }
}

/// The columns that a new row is written without, for their defaults to fill: 1 for each.
std::string ObjectSession::omittedColumns(const Layout &layout, const void *object)
{
    std::string omitted;
    if (!layout.mayOmit)
        return omitted;
    omitted.assign(layout.columns.size(), '0');
    for (std::size_t i = 0; i < layout.columns.size(); ++i)
        if (const std::size_t field = layout.columns[i].field;
            field != Layout::none && layout.entity->fields[field].access->isOmitted(object))
            omitted[i] = '1';
    return omitted;
}

/// What is new, in order and told that it is to be written; nothing has been sent yet.
std::vector<ObjectSession::Record *> ObjectSession::prepareNew(std::size_t &given)
{
    given = 0;
    if (new_.empty())
        return {};
    std::vector<Record *> records = insertOrder(given);
    for (Record *record : records) {
        if (!record)
            continue;
        for (const auto &event : record->entity().beforeInsert)
            event(record->held.get());
        if (!record->layout->generatedKey)
            mustHaveKey(*record);
    }
    return records;
}

void ObjectSession::insertNew(const std::vector<Record *> &records, std::size_t given)
{
    for (std::size_t start = 0; start < records.size();) {
        if (!records[start]) {
            ++start;
            continue;
        }
        Layout &layout = *records[start]->layout;
        const bool keyed = hasKey(layout, records[start]->address);
        const std::string omitted = omittedColumns(layout, records[start]->address);
        const std::size_t atMost = std::min(records.size(), start + rowsAtOnce(layout));
        std::size_t end = start + 1;
        while (end < atMost && records[end] && records[end]->layout == &layout &&
               hasKey(layout, records[end]->address) == keyed &&
               omittedColumns(layout, records[end]->address) == omitted)
            ++end;
        insertBatch(layout, std::span(records).subspan(start, end - start), keyed, omitted, given);
        start = end;
    }
    for (Record *record : records)
        if (record && !record->entity().afterInsert.empty())
            if (const std::shared_ptr<void> object = record->object.lock()) {
                for (const auto &event : record->entity().afterInsert)
                    event(object.get());
                if (!hasRelations_)
                    record->held.reset();
            }
}

std::size_t ObjectSession::rowsAtOnce(const Layout &layout) const
{
    const Capabilities &can = connection_.dialect().capabilities();
    const std::size_t fitting =
        static_cast<std::size_t>(can.maxParameters) / std::max<std::size_t>(layout.columns.size(), 1);
    // Where each row is a statement anyway, no more than the processor's nearest memory holds.
    return std::clamp<std::size_t>(fitting, 1, can.schemas ? 1000 : 128);
}

void ObjectSession::insertBatch(Layout &layout, std::span<Record *const> records, bool hasKeys, std::string omitted,
                                std::size_t given)
{
    const EntityMap &entity = *layout.entity;
    const detail::SnapshotHold snapshot;
    RowBatch &rows = snapshot.rows();
    rows.start(layout.heads);
    rows.reserve(records.size() * layout.columns.size(), records.size() * layout.bytesOfRow);
    std::vector<Cell> cells;
    for (Record *record : records) {
        if (entity.version)
            entity.fields[*entity.version].access->set(record->held.get(), Value(1));
        if (layout.hasManyToOne)
            record->refersToNew = sourcesOf(*record, cells);
        append(rows, *record, record->held.get(), cells);
    }
    layout.bytesOfRow = rows.arenaSize() / records.size() + 4;
    // What a related object says is written, set or not.
    for (std::size_t i = 0; i < omitted.size() && layout.hasManyToOne; ++i)
        for (std::size_t row = 0; row < records.size() && omitted[i] == '1'; ++row)
            omitted[i] = rows.isNull(row, i) ? '1' : '0';
    if (hasKeys)
        insertRows(layout, rows, true, omitted);
    else
        insertPastGivenKeys(connection_, *entity.parts.front().table, given, [&] {
            insertRows(layout, rows, false, omitted);
            return true;
        });
    detail::IdentityMap &identity = identityOf(entity);
    const FieldAccess *key = hasKeys ? nullptr : entity.fields[entity.key.front()].access.get();
    const bool readsBack = layout.hasReadOnly || omitted.find('1') != std::string::npos;
    Objects alive;
    for (std::size_t i = 0; i < records.size(); ++i) {
        Record &record = *records[i];
        if (key)
            key->read(record.held.get(), rows, i, *layout.generatedKey);
        record.hasMadeKey = key != nullptr;
        record.image = Image(snapshot.get(), i, 0, layout.columns.size());
        record.state = ObjectState::Persistent;
        record.isFlushed = hasRelations_;
        identity.insert(keyOf(layout, record.image), &record);
        if (readsBack)
            alive.push_back(record.held);
        if (hasRelations_)
            moved_.push_back(&record); // others may refer to it weakly, and have not been written yet
        else if (entity.afterInsert.empty())
            record.held.reset();
    }
    if (readsBack)
        refreshRecords(layout, {records.begin(), records.end()});
}

void ObjectSession::insertRows(Layout &layout, RowBatch &rows, bool hasKeys, const std::string &omitted)
{
    for (std::size_t part = 0; part < layout.entity->parts.size(); ++part)
        insertPart(layout, part, rows, hasKeys || part > 0, omitted);
}

namespace {

/// How many rows from the first on are no larger than this together; one at least.
std::size_t rowsWithin(const RowBatch &rows, std::size_t first, std::size_t mostBytes)
{
    const std::size_t all = rows.rowCount() - first;
    if (rows.arenaSize() <= mostBytes)
        return all;
    std::size_t bytes = 0;
    for (std::size_t count = 0; count < all; ++count) {
        for (std::size_t column = 0; column < rows.columnCount(); ++column)
            bytes += rows.bytes(first + count, column).size();
        if (bytes > mostBytes)
            return std::max<std::size_t>(count, 1);
    }
    return all;
}

} // namespace

/// The columns of one table. A server takes all rows in one statement and returns the keys; a database in the process,
/// or one that returns nothing, tells each row's key by itself.
void ObjectSession::insertPart(Layout &layout, std::size_t part, RowBatch &rows, bool hasKeys,
                               const std::string &omitted)
{
    const EntityMap::Part &table = layout.entity->parts[part];
    std::vector<std::string> names;
    std::vector<std::size_t> places;
    if (part > 0)
        for (std::size_t k = 0; k < layout.keyColumns.size(); ++k) {
            names.push_back(table.keyColumns[k]);
            places.push_back(layout.keyColumns[k]);
        }
    for (std::size_t i = 0; i < layout.columns.size(); ++i)
        if (layout.columns[i].part == part && !layout.columns[i].isReadOnly && (omitted.empty() || omitted[i] == '0') &&
            (hasKeys || i != layout.generatedKey)) {
            names.push_back(layout.columns[i].name);
            places.push_back(i);
        }
    const Capabilities &can = connection_.dialect().capabilities();
    const bool isServer = can.schemas, returnsKeys = isServer && !hasKeys && can.returning;
    const std::size_t count = rows.rowCount();
    const auto statementFor = [&](std::size_t atOnce) -> const std::string & {
        std::string &sql = layout.statements["insert " + std::to_string(part) + (hasKeys ? " keyed " : " ") +
                                             std::to_string(atOnce) + omitted];
        if (!sql.empty())
            return sql;
        Insert statement = insert(table.table);
        if (!names.empty())
            statement = std::move(statement).rows(
                names, std::vector<std::vector<Expr>>(atOnce, std::vector<Expr>(names.size(), bind(Value(0)))));
        if (returnsKeys)
            statement = std::move(statement).returning(
                {schemawright::column(table.table, layout.columns[*layout.generatedKey].name)});
        return sql = connection_.dialect().compile(statement).sql;
    };
    const auto mustBe = [&](std::size_t keys) {
        if (keys != count)
            throw Error(ErrorKind::Conflict, "the database made " + std::to_string(keys) + " rows of " +
                                                 std::to_string(count) + " in " + layout.entity->name);
    };
    std::vector<std::int64_t> keys;
    if (!isServer || (!hasKeys && !returnsKeys)) {
        const RowsDone done = connection_.executeEach(statementFor(1), {rows, places, 0, count});
        if (hasKeys)
            return;
        keys = done.keys;
    } else {
        for (std::size_t first = 0, atOnce = 1; first < count; first += atOnce) {
            atOnce = names.empty() ? 1 : rowsWithin(rows, first, can.batchBytes);
            Result result = connection_.executeFlat(statementFor(atOnce), {rows, places, first, atOnce});
            if (hasKeys)
                continue;
            RowBatch returned;
            while (result.fetch(returned, 1000))
                for (std::size_t row = 0; row < returned.rowCount(); ++row)
                    keys.push_back(returned.integer(row, 0));
        }
        if (hasKeys)
            return;
        // It counts upwards in the order of the rows, whatever the order in which it tells.
        std::ranges::sort(keys);
    }
    mustBe(keys.size());
    for (std::size_t row = 0; row < count; ++row)
        rows.setInteger(row, *layout.generatedKey, keys[row]);
}

} // namespace schemawright
