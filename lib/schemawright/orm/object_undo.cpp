// The end of a transaction, or of a part of one: in the database and in the objects.

#include "schemawright/orm/object_cell.h"

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
            if (object && record.isRow() && record.layout->generatedKey) {
                const FieldAccess &key = *record.entity().fields[record.entity().key.front()].access;
                key.set(object.get(), key.unset());
            }
            if (!new_.empty() && new_.back() == &record)
                new_.pop_back();
            else
                std::erase(new_, &record);
            forget(record);
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

/// Objects hold what their rows do: changes that no flush has seen are taken back as well.
void ObjectSession::restoreAll()
{
    std::vector<Cell> cells;
    pool_.forEach([&](Record &record) {
        const std::shared_ptr<void> object = record.object.lock();
        if (!object || record.state != ObjectState::Persistent || !record.isRow() || record.isExpired)
            return;
        if (differs(record, object.get(), cells, nullptr))
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

void ObjectSession::commit()
{
    flush();
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

void ObjectSession::rollback()
{
    if (transaction_)
        transaction_->rollback();
    transaction_.reset();
    undoTo(0);
    restoreAll();
    for (Record *record : std::exchange(moved_, {}))
        if (record->state == ObjectState::Persistent)
            record->held.reset();
}

ObjectSession::Nested ObjectSession::nested()
{
    flush();
    ensureTransaction();
    return Nested(*this, connection_.savepoint(), undo_.size());
}

ObjectSession::Nested::Nested(Nested &&other) noexcept
    : session_(std::exchange(other.session_, nullptr)), savepoint_(std::move(other.savepoint_)), mark_(other.mark_)
{}

ObjectSession::Nested::~Nested()
{
    try {
        rollback();
    } catch (const Error &) { // the transaction is gone, and this with it
    }
}

void ObjectSession::Nested::commit()
{
    ObjectSession *session = session_;
    if (!session)
        return;
    session->flush();
    savepoint_->release();
    session_ = nullptr;
}

void ObjectSession::Nested::rollback()
{
    ObjectSession *session = std::exchange(session_, nullptr);
    if (!session)
        return;
    savepoint_->rollback();
    session->undoTo(std::min(mark_, session->undo_.size()));
    session->restoreAll();
}

} // namespace schemawright
