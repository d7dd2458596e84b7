// A flush whose rows take each other's unique values: written as its plan says, which orders rows one by one and breaks
// rings among them.

#include "schemawright/orm/object_cell.h"
#include "schemawright/orm/plan_runner.h"

#include <algorithm>

namespace schemawright {

using detail::SnapshotHold;
using detail::Undo;

void ObjectSession::flushByPlan(const std::vector<Record *> &dirty)
{
    const auto call = [](const auto &events, const std::shared_ptr<void> &object) {
        for (const auto &event : events)
            event(object.get());
    };
    // An event may add and remove others, which are written as well.
    for (std::size_t i = 0; i < removed_.size(); ++i)
        if (const Record &record = *removed_[i]; record.state == ObjectState::Deleted && record.held)
            call(record.entity().beforeDelete, record.held);
    for (std::size_t i = 0; i < new_.size(); ++i)
        if (const Record &record = *new_[i]; record.state == ObjectState::Pending) {
            call(record.entity().beforeInsert, record.held);
            mustHaveKey(record);
        }
    std::vector<Cell> cells;
    std::string changed;
    for (const Record *record : dirty)
        if (const std::shared_ptr<void> object = record->object.lock()) {
            call(record->entity().beforeUpdate, object);
            // Deferred columns of which some were set come all, so that their old values are known.
            differs(*record, object.get(), cells, &changed);
            if (changed.find('1', record->layout->eager) != std::string::npos)
                loadDeferred(object.get());
        }
    const Collected collected = collect();
    const Report report = runPlanWithin(connection_, planOf(collected.changes));
    if (report.error)
        throw *report.error;
    takeOver(collected, report);
}

/// The objects become what was written.
void ObjectSession::takeOver(const Collected &collected, const Report &report)
{
    std::map<Layout *, std::vector<Image>> gone;
    for (Record *record : std::exchange(removed_, {}))
        if (record->state == ObjectState::Deleted && record->held) {
            gone[record->layout].push_back(record->image);
            noteDeleted(*record);
        }
    for (const auto &[layout, rows] : gone)
        goneWith(*layout, rows);
    if (!gone.empty())
        leaveLists();
    Objects alive;
    std::map<Layout *, std::vector<Record *>> written;
    const auto take = [&](Record &record, std::uint64_t number) {
        Layout &layout = *record.layout;
        const EntityMap &entity = *layout.entity;
        const SnapshotHold known; // its key; the rest is read again
        known.rows().start(layout.heads);
        for (std::size_t i = 0; i < layout.columns.size(); ++i) {
            const auto key = std::ranges::find(layout.keyColumns, i);
            if (key == layout.keyColumns.end()) {
                known.rows().addNull();
                continue;
            }
            const FieldAccess &access = *entity.fields[layout.columns[i].field].access;
            const auto made = report.keys.find({number, layout.columns[i].name});
            if (number != 0 && made != report.keys.end()) {
                access.set(const_cast<void *>(record.address), made->second);
                record.hasMadeKey = true;
            } else
                for (std::size_t r = 0; r < entity.relations.size(); ++r) // the key of what it refers to
                    if (const auto &columns = layout.relationColumns[r];
                        entity.relations[r].access->isKnown(record.address) &&
                        entity.relations[r].access->size(record.address) > 0)
                        if (const auto at = std::ranges::find(columns, i); at != columns.end())
                            if (const Record *other = recordOf(entity.relations[r].access->at(record.address, 0));
                                other && other->isRow())
                                access.set(
                                    const_cast<void *>(record.address),
                                    other->image.value(
                                        other->layout->keyColumns[static_cast<std::size_t>(at - columns.begin())]));
            known.rows().addValue(access.get(record.address));
        }
        Image image(known.get(), 0, 0, layout.columns.size());
        if (record.isRow()) {
            identityOf(entity).erase(keyOf(layout, record.image), &record);
            auto more = std::make_unique<Undo::More>();
            more->before = std::exchange(record.image, std::move(image));
            undo_.push_back({Undo::What::Update, &record, std::move(more)});
        } else
            record.image = std::move(image);
        written[&layout].push_back(&record);
        alive.push_back(record.object.lock());
    };
    std::vector<Record *> added = std::exchange(new_, {});
    std::erase_if(added, [&](const Record *record) { return !collected.numbers.contains(record); });
    for (Record *record : added) {
        take(*record, collected.numbers.at(record));
        record->state = ObjectState::Persistent;
        record->isFlushed = hasRelations_;
        if (hasRelations_)
            moved_.push_back(record); // others may refer to it weakly
    }
    for (Record *record : collected.updated)
        take(*record, 0);
    for (const auto &[layout, records] : written) // all have left their old keys
        for (Record *record : records)
            identityOf(*layout->entity).insert(keyOf(*layout, record->image), record);
    keepRelations();
    for (const auto &[layout, records] : written) {
        refreshRecords(*layout, records);
        if (layout->eager < layout->columns.size())
            for (const Record *record : records)
                loadDeferred(record->address);
    }
    for (Record *record : added) {
        for (const auto &event : record->entity().afterInsert)
            event(record->held.get());
        if (!hasRelations_)
            record->held.reset();
    }
    for (const Record *record : collected.updated)
        if (const std::shared_ptr<void> object = record->object.lock())
            for (const auto &event : record->entity().afterUpdate)
                event(object.get());
}

} // namespace schemawright
