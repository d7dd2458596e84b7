// What a database does by itself to rows that refer to others, done to their objects as well: new keys that it hands on,
// rows that it deletes along with those they refer to, references that it empties.

#include "schemawright/orm/object_cell.h"

#include <algorithm>

namespace schemawright {

using detail::SnapshotHold;
using detail::Undo;

/// A row that refers to one of some others by a foreign key with an action.
struct ObjectSession::Referring
{
    Record *record = nullptr;
    std::size_t row = 0;                          ///< which of the others
    std::vector<std::size_t> columns, referred;   ///< positions in both layouts
    const std::vector<std::string> *emptied = {}; ///< of SET NULL: not all columns
};

namespace {

/// Values as one text, each with its length; nothing where one is NULL or was not read.
std::optional<std::string> valuesOf(const detail::Image &image, const std::vector<std::size_t> &columns)
{
    std::string text;
    for (const std::size_t column : columns) {
        if (!image.has(column) || image.isNull(column))
            return std::nullopt;
        const std::string value = image.value(column).text();
        text += std::to_string(value.size()) + ":" + value;
    }
    return text;
}

/// Where columns of one of a struct's tables stand; nothing when one of them is not mapped.
std::optional<std::vector<std::size_t>> placesOf(const detail::ObjectLayout &layout, std::size_t part,
                                                 const std::vector<std::string> &names)
{
    std::vector<std::size_t> places;
    for (const std::string &name : names) {
        const auto &keys = layout.entity->parts[part].keyColumns;
        const auto key = std::ranges::find(keys, name);
        if (key != keys.end()) {
            places.push_back(layout.keyColumns[static_cast<std::size_t>(key - keys.begin())]);
            continue;
        }
        const auto found = std::ranges::find_if(layout.columns, [&](const detail::ObjectLayout::Column &column) {
            return column.part == part && column.name == name;
        });
        if (found == layout.columns.end())
            return std::nullopt;
        places.push_back(static_cast<std::size_t>(found - layout.columns.begin()));
    }
    return places;
}

struct Way
{
    std::vector<std::size_t> columns, referred;
    const std::vector<std::string> *emptied;
    std::unordered_map<std::string, std::size_t> rows;
};

} // namespace

bool ObjectSession::enforcesKeys()
{
    return connection_.dialect().name() != "sqlite" ||
           connection_.execute("PRAGMA foreign_keys").scalar() == Value(1);
}

/// Known rows that refer to one of `rows` by a foreign key whose rule (of update or of deletion) is `action`.
std::vector<ObjectSession::Referring> ObjectSession::referringTo(const Layout &layout, const std::vector<Image> &rows,
                                                                 std::optional<std::string> ForeignKey::*rule,
                                                                 std::string_view action)
{
    std::map<const Layout *, std::vector<Way>> ways;
    for (const auto &[entity, other] : layouts_)
        for (std::size_t part = 0; part < entity->parts.size(); ++part)
            for (const ForeignKey &key : entity->parts[part].table->foreignKeys) {
                if (key.*rule != action)
                    continue;
                const TablePtr target = mappings_.metadata().table(key.referred);
                for (std::size_t to = 0; target && to < layout.entity->parts.size(); ++to) {
                    if (layout.entity->parts[to].table != target)
                        continue;
                    const auto &names = key.referredColumns.empty() ? target->keyColumns() : key.referredColumns;
                    auto columns = placesOf(other, part, key.columns), referred = placesOf(layout, to, names);
                    if (!columns || !referred || columns->size() != referred->size())
                        continue;
                    Way way{std::move(*columns), std::move(*referred), &key.onDeleteColumns, {}};
                    for (std::size_t row = 0; row < rows.size(); ++row)
                        if (auto values = valuesOf(rows[row], way.referred))
                            way.rows.emplace(std::move(*values), row);
                    ways[&other].push_back(std::move(way));
                }
            }
    std::vector<Referring> found;
    if (ways.empty() || !enforcesKeys())
        return found;
    pool_.forEach([&](Record &record) {
        const auto at = ways.find(record.layout);
        if (at == ways.end() || !record.isRow() || record.state != ObjectState::Persistent)
            return;
        for (const Way &way : at->second)
            if (const auto values = valuesOf(record.image, way.columns))
                if (const auto row = way.rows.find(*values); row != way.rows.end())
                    found.push_back({&record, row->second, way.columns, way.referred, way.emptied});
    });
    return found;
}

/// Some cells of a row are others now; a member follows where it has not been changed.
void ObjectSession::setCells(Record &record, const std::vector<std::pair<std::size_t, Value>> &cells)
{
    const Layout &layout = *record.layout;
    const Image before = record.image;
    const SnapshotHold now;
    now.rows().start(layout.heads);
    for (std::size_t i = 0; i < layout.columns.size(); ++i) {
        const auto set = std::ranges::find(cells, i, [](const auto &each) { return each.first; });
        if (set != cells.end())
            now.rows().addValue(set->second);
        else if (before.has(i))
            now.rows().addCell(before.rows(), before.row(), before.cell(i));
        else
            now.rows().addNull();
    }
    identityOf(record.entity()).erase(keyOf(layout, before), &record);
    record.image = Image(now.get(), 0, 0, before.width());
    identityOf(record.entity()).insert(keyOf(layout, record.image), &record);
    auto more = std::make_unique<Undo::More>();
    more->before = before;
    undo_.push_back({Undo::What::Update, &record, std::move(more)});
    if (const std::shared_ptr<void> object = record.object.lock())
        for (const auto &[column, value] : cells)
            if (const std::size_t field = layout.columns[column].field; field != Layout::none && before.has(column)) {
                const FieldAccess &access = *layout.entity->fields[field].access;
                if (access.isLoaded(object.get()) &&
                    access.equals(object.get(), before.rows(), before.row(), before.cell(column)))
                    access.set(object.get(), value);
            }
}

/// Rows have other keys; by ON UPDATE CASCADE so have those that refer to them.
void ObjectSession::handOnKeys(const Layout &layout, const std::vector<std::pair<Image, Image>> &keys)
{
    std::vector<Image> old;
    for (const auto &[before, now] : keys)
        old.push_back(before);
    std::map<Layout *, std::vector<std::pair<Image, Image>>> next;
    for (const Referring &each : referringTo(layout, old, &ForeignKey::onUpdate, "CASCADE")) {
        std::vector<std::pair<std::size_t, Value>> cells;
        for (std::size_t k = 0; k < each.columns.size(); ++k)
            if (Value value = keys[each.row].second.value(each.referred[k]);
                value != each.record->image.value(each.columns[k]))
                cells.emplace_back(each.columns[k], std::move(value));
        if (cells.empty())
            continue;
        const Image before = each.record->image;
        setCells(*each.record, cells);
        next[each.record->layout].emplace_back(before, each.record->image);
    }
    for (const auto &[other, changed] : next)
        handOnKeys(*other, changed);
}

/// A row is gone without the session's doing.
void ObjectSession::noteGone(Record &record)
{
    identityOf(record.entity()).erase(keyOf(*record.layout, record.image), &record);
    record.state = ObjectState::Deleted;
    undo_.push_back({Undo::What::Remove, &record});
    auto more = std::make_unique<Undo::More>();
    more->object = record.object.lock();
    undo_.push_back({Undo::What::Delete, &record, std::move(more)});
}

/// Rows were deleted; by ON DELETE others went along, or refer to nothing now.
void ObjectSession::goneWith(const Layout &layout, const std::vector<Image> &rows)
{
    std::map<Layout *, std::vector<Image>> next;
    for (const Referring &each : referringTo(layout, rows, &ForeignKey::onDelete, "CASCADE"))
        if (each.record->state == ObjectState::Persistent) {
            next[each.record->layout].push_back(each.record->image);
            noteGone(*each.record);
        }
    for (const auto &[other, gone] : next)
        goneWith(*other, gone);
    const Value nothing;
    for (const Referring &each : referringTo(layout, rows, &ForeignKey::onDelete, "SET NULL")) {
        Record &record = *each.record;
        std::vector<std::pair<std::size_t, Value>> cells;
        for (const std::size_t column : each.columns)
            if (each.emptied->empty() ||
                std::ranges::find(*each.emptied, record.layout->columns[column].name) != each.emptied->end())
                cells.emplace_back(column, nothing);
        setCells(record, cells);
        const std::shared_ptr<void> object = record.object.lock();
        for (std::size_t i = 0; object && i < record.related.size(); ++i) {
            const Relation &relation = record.entity().relations[i];
            const auto &columns = record.layout->relationColumns[i];
            if (relation.kind != Relation::Kind::ManyToOne || columns != each.columns ||
                !relation.access->isKnown(object.get()))
                continue;
            const std::vector<Record *> now = recordsNow(record, relation);
            if (now.empty() || now.front()->state != ObjectState::Deleted)
                continue; // another was put in its place
            relation.access->set(object.get(), {});
            keepRelated(record, i, true);
        }
    }
}

/// A row refers to others than before: so does its object, and the lists of both know.
void ObjectSession::followRow(Record &record, const Image &before)
{
    const std::shared_ptr<void> object = record.object.lock();
    for (std::size_t i = 0; i < record.related.size(); ++i) {
        const Relation &relation = record.entity().relations[i];
        const auto &columns = record.layout->relationColumns[i];
        if (relation.kind != Relation::Kind::ManyToOne ||
            std::ranges::all_of(columns, [&](std::size_t each) { return before.value(each) == record.image.value(each); }))
            continue;
        const auto ownerOf = [&](const Image &image) -> Record * {
            std::vector<Value> key;
            for (const std::size_t column : columns)
                key.push_back(image.value(column));
            if (std::ranges::any_of(key, &Value::isNull))
                return nullptr;
            const Layout &target = layoutOf(*relation.other);
            Record *owner = target.identity->find(keyOf(target, key));
            return owner && !owner->isExpired && !owner->object.expired() ? owner : nullptr;
        };
        Record *const old = ownerOf(before), *const now = ownerOf(record.image);
        const bool isKnown = now || std::ranges::any_of(columns, [&](auto each) { return record.image.isNull(each); });
        relation.access->set(object.get(), now ? Objects{now->object.lock()} : Objects());
        keepRelated(record, i, isKnown);
        if (!relation.inverse)
            continue;
        if (old)
            takeFrom(*old, *relation.inverse, object.get());
        if (now)
            addTo(*now, *relation.inverse, object);
        for (Record *owner : {old, now})
            if (owner)
                keepRelated(*owner, *relation.inverse, owner->related[*relation.inverse].isLoaded);
    }
}

/// Lists in memory lose what was deleted, so that it does not come back with them.
void ObjectSession::leaveLists()
{
    if (!hasRelations_)
        return;
    pool_.forEach([&](Record &record) {
        const std::shared_ptr<void> owner = record.state == ObjectState::Deleted ? nullptr : record.object.lock();
        for (std::size_t i = 0; owner && i < record.related.size(); ++i) {
            const Relation &relation = record.entity().relations[i];
            if (relation.kind == Relation::Kind::ManyToOne || !relation.access->isKnown(owner.get()))
                continue;
            Objects left;
            const std::size_t size = relation.access->size(owner.get());
            for (std::size_t k = 0; k < size; ++k) {
                const Record *other = recordOf(relation.access->at(owner.get(), k));
                if (!other || other->state != ObjectState::Deleted)
                    left.push_back(relation.access->share(owner.get(), k));
            }
            if (left.size() < size)
                relation.access->set(owner.get(), std::move(left));
        }
    });
}

} // namespace schemawright
