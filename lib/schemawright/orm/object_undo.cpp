// The end of a transaction, or of a part of one: in the database and in the objects.

#include "schemawright/orm/object_cell.h"

#include <algorithm>

namespace schemawright {

using detail::Undo;

void ObjectSession::undoTo(std::size_t mark)
{
    while (undo_.size() > mark) {
        Undo undo = std::move(undo_.back());
        undo_.pop_back();
        Record &record = *undo.record;
        switch (undo.what) {
        case Undo::What::Add: {
            const std::shared_ptr<void> object = record.object.lock();
            if (object && record.isRow() && record.hasMadeKey)
                for (const std::size_t field : record.entity().key)
                    if (const std::size_t column = record.layout->fieldColumns[field];
                        column == record.layout->generatedKey ||
                        std::ranges::find(record.layout->defaultKeys, column) != record.layout->defaultKeys.end()) {
                        const FieldAccess &key = *record.entity().fields[field].access;
                        key.set(object.get(), key.unset());
                    }
            if (!new_.empty() && new_.back() == &record)
                new_.pop_back();
            else
                std::erase(new_, &record);
            forget(record, true);
            break;
        }
        case Undo::What::Update:
            identityOf(record.entity()).erase(keyOf(*record.layout, record.image), &record);
            record.image = std::move(undo.more->before);
            identityOf(record.entity()).insert(keyOf(*record.layout, record.image), &record);
            break;
        case Undo::What::Remove:
            record.state = ObjectState::Persistent;
            record.held.reset();
            std::erase(removed_, &record);
            break;
        case Undo::What::Delete:
            record.object = undo.more->object; // its removal is taken back after this
            record.held = std::move(undo.more->object);
            identityOf(record.entity()).insert(keyOf(*record.layout, record.image), &record);
            break;
        case Undo::What::Relate:
            pin(record.related[undo.more->relation], undo.more->related.records);
            record.related[undo.more->relation].isLoaded = undo.more->related.isLoaded;
            for (Record *each : undo.more->related.records)
                --each->pins;
            break;
        }
    }
}

/// Members whose columns a relationship sets are no change by themselves; here they count.
bool ObjectSession::hasStaleKeys(const Record &record, const void *object)
{
    const Layout &layout = *record.layout;
    for (const auto &columns : layout.relationColumns)
        for (const std::size_t column : columns)
            if (const std::size_t field = layout.columns[column].field;
                field != Layout::none && record.image.has(column) &&
                !layout.entity->fields[field].access->equals(object, record.image.rows(), record.image.row(),
                                                             record.image.cell(column)))
                return true;
    return false;
}

/// Objects hold what their rows do: changes that no flush has seen are taken back as well.
void ObjectSession::restoreAll()
{
    std::vector<Cell> cells;
    Objects kept; // one that goes from list to list is in none for a while
    if (hasRelations_)
        pool_.forEach([&](const Record &record) { kept.push_back(record.object.lock()); });
    pool_.forEach([&](Record &record) {
        const std::shared_ptr<void> object = record.object.lock();
        if (!object || record.state != ObjectState::Persistent || !record.isRow() || record.isExpired)
            return;
        bool isChanged = true;
        try {
            isChanged = differs(record, object.get(), cells, nullptr) || hasStaleKeys(record, object.get());
        } catch (const Error &) { // a member holds what no column can
        }
        if (isChanged)
            readMembers(record, object.get());
        for (std::size_t i = 0; i < record.related.size(); ++i) {
            keepInStep(record.related[i], std::nullopt);
            const Relation &relation = record.entity().relations[i];
            if (!record.related[i].isLoaded || !relation.access->isKnown(object.get()))
                continue;
            if (relation.access->size(object.get()) == record.related[i].records.size() &&
                recordsNow(record, relation) == record.related[i].records)
                continue;
            Objects objects;
            for (Record *each : record.related[i].records)
                objects.push_back(revived(*each));
            relation.access->set(object.get(), std::move(objects));
        }
    });
}

/// One open nested(), known to the session and to who has it.
struct ObjectSession::Nested::Part
{
    ObjectSession *session; ///< null when it is over
    Savepoint savepoint;
    std::size_t mark; ///< how much there was to undo before
};

/// The parts that are open are over, the innermost first.
void ObjectSession::closeParts(bool keep)
{
    while (!parts_.empty()) {
        Nested::Part &part = *parts_.back();
        if (keep)
            part.savepoint.release();
        else
            part.savepoint.rollback();
        part.session = nullptr;
        parts_.pop_back();
    }
}

void ObjectSession::takeBack(const Nested::Part &from)
{
    const std::size_t mark = std::min(from.mark, undo_.size());
    for (bool isLast = false; !isLast;) {
        const std::shared_ptr<Nested::Part> part = std::move(parts_.back());
        parts_.pop_back();
        part->session = nullptr;
        part->savepoint.rollback();
        isLast = part.get() == &from;
    }
    undoTo(mark);
    restoreAll();
    releaseMoved();
}

/// A flush has failed.
void ObjectSession::takeBackFlush()
{
    if (!parts_.empty() && connection_.isUsable() && connection_.inTransaction())
        try {
            return takeBack(*parts_.back());
        } catch (const Error &) { // then nothing of the transaction can be kept
        }
    rollback();
}

void ObjectSession::commit()
{
    flush();
    // Events may have added or removed others; those that always do are not followed for ever.
    for (int round = 0; round < 100 && (!new_.empty() || !removed_.empty()); ++round)
        flush();
    closeParts(true);
    if (within_ && connection_.inTransaction())
        within_->release();
    within_.reset();
    if (transaction_)
        transaction_->commit();
    transaction_.reset();
    // What was deleted is nothing to the session any more.
    std::vector<Record *> gone;
    for (const Undo &undo : undo_)
        if (undo.what == Undo::What::Delete)
            gone.push_back(undo.record);
    for (Undo &undo : undo_)
        if (undo.what == Undo::What::Relate)
            for (Record *each : undo.more->related.records)
                --each->pins;
    undo_.clear();
    for (Record *record : gone)
        forget(*record);
}

void ObjectSession::releaseMoved()
{
    for (Record *record : std::exchange(moved_, {}))
        if (record->state == ObjectState::Persistent)
            record->held.reset();
}

void ObjectSession::rollback()
{
    closeParts(false);
    if (within_)
        within_->rollback();
    within_.reset();
    if (transaction_)
        transaction_->rollback();
    transaction_.reset();
    undoTo(0);
    restoreAll();
    releaseMoved();
}

ObjectSession::Nested ObjectSession::nested()
{
    flush();
    ensureTransaction();
    parts_.push_back(std::make_shared<Nested::Part>(Nested::Part{this, connection_.savepoint(), undo_.size()}));
    return Nested(parts_.back());
}

ObjectSession::Nested::~Nested()
{
    try {
        if (part_)
            rollback();
    } catch (const Error &) { // the transaction is gone, and this with it
    }
}

void ObjectSession::Nested::commit()
{
    const auto mustBeOpen = [&] {
        if (!part_->session)
            throw Error(ErrorKind::Misuse, "a nested part of a transaction is committed that is over");
    };
    mustBeOpen();
    ObjectSession &session = *part_->session;
    session.flush();
    mustBeOpen(); // an event may have ended it
    for (bool isLast = false; !isLast;) { // with those that are open in it
        Part &part = *session.parts_.back();
        isLast = &part == part_.get();
        part.savepoint.release();
        part.session = nullptr;
        session.parts_.pop_back();
    }
}

void ObjectSession::Nested::rollback()
{
    if (part_->session)
        part_->session->takeBack(*part_);
}

} // namespace schemawright
