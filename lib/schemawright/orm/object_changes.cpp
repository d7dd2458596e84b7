// What a flush would write, told as the changes of a unit of work.

#include "schemawright/orm/object_cell.h"
#include "schemawright/orm/object_read.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace schemawright {

/// Collects the changes; numbers new rows as it meets them.
class ObjectSession::ChangeList
{
public:
    explicit ChangeList(ObjectSession &session) : session_(session) {}

    Collected take()
    {
        numberNewRows();
        for (Record *record : session_.removed_)
            if (record->state == ObjectState::Deleted && record->held)
                addDelete(*record);
        for (Record *record : session_.new_)
            if (record->state == ObjectState::Pending)
                addInsert(*record);
        session_.pool_.forEach([&](Record &record) {
            if (record.object.expired() || record.isExpired)
                return;
            if (record.state == ObjectState::Persistent && record.isRow())
                addUpdate(record);
            if (record.state == ObjectState::Persistent || record.state == ObjectState::Pending)
                addAssociations(record);
        });
        return {std::move(changes_), std::move(numbers_), std::move(updated_)};
    }

    /// Whether rows are to take unique values that others have until they are written as well, so that the order in
    /// which kinds of statements mostly run does not do.
    bool takesWhatOthersHave(const std::vector<Record *> &dirty)
    {
        std::vector<std::pair<const Record *, const Layout::Unique *>> moved;
        std::vector<ObjectSession::Cell> cells;
        std::string changed;
        for (const Record *record : dirty) {
            const Layout &layout = *record->layout;
            if (layout.hasManyToOne)
                session_.differs(*record, record->address, cells, &changed);
            for (const Layout::Unique &unique : layout.uniques) {
                const auto isChanged = [&](std::size_t column) {
                    return layout.hasManyToOne ? changed[column] == '1' : memberDiffers(*record, column);
                };
                if (std::ranges::any_of(unique.columns, isChanged) || std::ranges::any_of(unique.read, isChanged))
                    moved.emplace_back(record, &unique);
            }
        }
        if (moved.empty())
            return false;
        numberNewRows();
        std::unordered_map<std::uint64_t, const Record *> left; // null: several have them
        const auto leave = [&](const Record &record, const Layout::Unique &unique) {
            if (const auto values = valuesOf(record, unique, false))
                if (const auto [known, isNew] = left.try_emplace(*values, &record); !isNew && known->second != &record)
                    known->second = nullptr;
        };
        const auto isLeft = [&](const Record &record, const Layout::Unique &unique) {
            const auto values = valuesOf(record, unique, true);
            const auto known = values ? left.find(*values) : left.end();
            return known != left.end() && known->second != &record;
        };
        for (const auto &[record, unique] : moved)
            leave(*record, *unique);
        for (const Record *record : session_.new_)
            if (record->state == ObjectState::Pending)
                for (const Layout::Unique &unique : record->layout->uniques)
                    if (isLeft(*record, unique))
                        return true;
        for (const Record *record : session_.removed_) // some of what is dirty is written before these go
            for (const Layout::Unique &unique : record->layout->uniques)
                if (record->state == ObjectState::Deleted && record->isRow())
                    leave(*record, unique);
        return std::ranges::any_of(moved, [&](const auto &each) { return isLeft(*each.first, *each.second); });
    }

private:
    void numberNewRows()
    {
        for (Record *record : session_.new_)
            if (record->state == ObjectState::Pending)
                numbers_.emplace(record, ++rows_);
    }
    static bool memberDiffers(const Record &record, std::size_t column)
    {
        const Layout::Column &place = record.layout->columns[column];
        if (place.isReadOnly || place.field == Layout::none || !record.image.has(column))
            return false;
        const FieldAccess &access = *record.layout->entity->fields[place.field].access;
        return access.isLoaded(record.address) &&
               !access.equals(record.address, record.image.rows(), record.image.row(), record.image.cell(column));
    }
    /// One number for the unique values of a row as it is, or as it is to be; nothing for those that collide with none.
    std::optional<std::uint64_t> valuesOf(const Record &record, const Layout::Unique &unique, bool isAfter) const
    {
        const Layout &layout = *record.layout;
        std::uint64_t seed = unique.id;
        for (std::size_t i = 0; i < unique.columns.size(); ++i) {
            const std::size_t column = unique.columns[i];
            Value value;
            if (!isAfter)
                value = record.image.has(column) ? record.image.value(column) : Value();
            else if (record.isRow() || layout.generatedKey != column || session_.hasKey(layout, record.address)) {
                const schemawright::Cell cell = cellOf(record, column);
                if (const Value *known = std::get_if<Value>(&cell))
                    value = *known;
            }
            if (value.isNull() && !unique.countsNull)
                return std::nullopt;
            if (const std::size_t field = layout.columns[column].field; field != Layout::none && !value.isNull())
                value = layout.entity->fields[field].access->normal(value);
            seed = (seed ^ sameHash(unique.sameness[i], value)) * 0x9e3779b97f4a7c15u;
            seed ^= seed >> 29;
        }
        return seed;
    }
    /// A key that the database has still to make, or its value.
    schemawright::Cell keyCell(const Record &of, std::size_t k) const
    {
        const Layout &layout = *of.layout;
        if (of.isRow())
            return of.image.value(layout.keyColumns[k]);
        if (isToBeMade(layout, of.address, layout.keyColumns[k]) ||
            (layout.generatedKey && !session_.hasKey(layout, of.address)))
            return KeyOf{numbers_.at(&of), layout.columns[layout.keyColumns[k]].name};
        return cellOf(of, layout.keyColumns[k]);
    }
    schemawright::Cell cellOf(const Record &record, std::size_t column) const
    {
        const Layout &layout = *record.layout;
        const EntityMap &entity = *layout.entity;
        bool isEmptied = false;
        for (std::size_t i = entity.relations.size(); i-- > 0;) { // the last has the last word
            const Relation &relation = entity.relations[i];
            const auto &columns = layout.relationColumns[i];
            const auto at = std::ranges::find(columns, column);
            if (at == columns.end() || relation.isViewOnly || !relation.access->isKnown(record.address))
                continue;
            if (relation.access->size(record.address) == 0)
                isEmptied = isEmptied || record.related[i].isLoaded;
            else if (const Record *other = session_.recordOf(relation.access->at(record.address, 0)))
                return keyCell(*other, static_cast<std::size_t>(at - columns.begin()));
            else
                throw detail::unknownObject(entity, layout.columns[column].name);
        }
        if (const std::size_t field = layout.columns[column].field; field != Layout::none) {
            const FieldAccess &access = *entity.fields[field].access;
            return access.isLoaded(record.address) ? access.get(record.address) : record.image.value(column);
        }
        if (column == layout.discriminator)
            return entity.discriminatorValue;
        return record.isRow() && !isEmptied ? record.image.value(column) : Value();
    }
    bool isWritten(const Record &record, std::size_t column) const
    {
        const Layout &layout = *record.layout;
        const std::size_t field = layout.columns[column].field;
        if (layout.columns[column].isReadOnly)
            return false;
        if (field == Layout::none)
            return true;
        const FieldAccess &access = *layout.entity->fields[field].access;
        return access.isLoaded(record.address) || (record.isRow() && record.image.has(column));
    }
    bool isVersion(const Record &record, std::size_t column) const
    {
        const EntityMap &entity = record.entity();
        return entity.version && record.layout->columns[column].field == *entity.version;
    }

    void addInsert(const Record &record)
    {
        const Layout &layout = *record.layout;
        const std::string omitted = omittedColumns(layout, record.address);
        const bool keyed = session_.hasKey(layout, record.address);
        for (std::size_t part = 0; part < layout.entity->parts.size(); ++part) {
            RowImage after;
            for (std::size_t k = 0; part > 0 && k < layout.keyColumns.size(); ++k)
                after[layout.entity->parts[part].keyColumns[k]] = keyCell(record, k);
            for (std::size_t i = 0; i < layout.columns.size(); ++i) {
                if (layout.columns[i].part != part || !isWritten(record, i) || (!keyed && i == layout.generatedKey) ||
                    isToBeMade(layout, record.address, i))
                    continue;
                const schemawright::Cell cell = isVersion(record, i) ? Value(1) : cellOf(record, i);
                if (omitted.empty() || omitted[i] == '0' || cell != schemawright::Cell(Value()))
                    after[layout.columns[i].name] = cell;
            }
            const std::uint64_t number = part == 0 ? numbers_.at(&record) : ++rows_;
            add({layout.entity->parts[part].table->name, {}, number}, std::nullopt, std::move(after));
        }
    }
    void addUpdate(Record &record)
    {
        const Layout &layout = *record.layout;
        const std::size_t known = changes_.size();
        for (std::size_t part = 0; part < layout.entity->parts.size(); ++part) {
            RowImage before, after;
            for (std::size_t i = 0; i < layout.columns.size(); ++i) {
                if (layout.columns[i].part != part || !isWritten(record, i) || isVersion(record, i))
                    continue;
                const Value old = record.image.has(i) ? record.image.value(i) : Value();
                const schemawright::Cell now = cellOf(record, i);
                if (const Value *value = std::get_if<Value>(&now)) {
                    const std::size_t field = layout.columns[i].field;
                    const bool isMember = field != Layout::none && !old.isNull() && record.image.has(i);
                    if (*value == (isMember ? layout.entity->fields[field].access->normal(old) : old))
                        continue;
                }
                before[layout.columns[i].name] = old;
                after[layout.columns[i].name] = now;
            }
            if (!after.empty())
                add(targetOf(record, part), std::move(before), std::move(after), imageOf(record, part));
        }
        if (changes_.size() > known)
            updated_.push_back(&record);
    }
    void addDelete(const Record &record)
    {
        const EntityMap &entity = record.entity();
        for (const Relation &relation : entity.relations)
            if (relation.kind == Relation::Kind::ManyToMany && !relation.isViewOnly)
                addLinksOf(record, relation);
        for (std::size_t part = entity.parts.size(); part-- > 0;)
            add(targetOf(record, part), imageOf(record, part), std::nullopt);
    }
    /// All rows of an association that refer to a removed object, known or not.
    void addLinksOf(const Record &record, const Relation &relation)
    {
        std::vector<Expr> columns, match;
        for (const auto &names : {relation.columns, relation.others})
            for (const std::string &name : names)
                columns.push_back(schemawright::column(relation.association, name));
        for (std::size_t k = 0; k < relation.columns.size(); ++k)
            match.push_back(columns[k] == bind(record.image.value(record.layout->keyColumns[k])));
        session_.ensureTransaction();
        Result result = session_.connection_.execute(
            schemawright::select(columns).from(relation.association).where(and_(std::move(match))));
        for (RowBatch rows; result.fetch(rows);)
            for (std::size_t row = 0; row < rows.rowCount(); ++row)
                addLink(relation, rows.row(row), false);
    }
    void addAssociations(const Record &record)
    {
        for (std::size_t i = 0; i < record.related.size(); ++i) {
            const Relation &relation = record.entity().relations[i];
            if (relation.kind != Relation::Kind::ManyToMany || relation.isViewOnly ||
                !relation.access->isKnown(record.address))
                continue;
            std::set<const Record *> now;
            const std::set<const Record *> before(record.related[i].records.begin(), record.related[i].records.end());
            for (std::size_t k = 0; k < relation.access->size(record.address); ++k)
                if (const Record *other = session_.recordOf(relation.access->at(record.address, k));
                    other && other->state != ObjectState::Deleted)
                    now.insert(other);
            for (const Record *other : now)
                if (!before.contains(other))
                    addLink(relation, linkOf(record, *other), true);
            for (const Record *other : before)
                if (!now.contains(other) && other->isRow())
                    addLink(relation, linkOf(record, *other), false);
        }
    }
    std::vector<schemawright::Cell> linkOf(const Record &record, const Record &other) const
    {
        std::vector<schemawright::Cell> row;
        for (const Record *side : {&record, &other})
            for (std::size_t k = 0; k < side->layout->keyColumns.size(); ++k)
                row.push_back(keyCell(*side, k));
        return row;
    }
    /// Either side may tell of it; it counts once.
    template <class Row> void addLink(const Relation &relation, const Row &row, bool isNew)
    {
        std::vector<std::string> names = relation.columns;
        names.insert(names.end(), relation.others.begin(), relation.others.end());
        RowImage image;
        for (std::size_t i = 0; i < names.size(); ++i)
            image[names[i]] = schemawright::Cell(row[i]);
        std::string known = relation.association->name.text();
        for (const auto &[name, cell] : image) {
            const auto *key = std::get_if<KeyOf>(&cell);
            const std::string text = key ? "new " + std::to_string(key->row) : std::get<Value>(cell).text();
            known += "\n" + name + " " + std::to_string(text.size()) + " " + text;
        }
        if (!links_.insert(std::move(known)).second)
            return;
        RowTarget target{relation.association->name, {}, isNew ? ++rows_ : 0};
        if (!isNew)
            for (const auto &[name, cell] : image)
                target.key.emplace_back(name, std::get<Value>(cell));
        if (isNew)
            add(std::move(target), std::nullopt, std::move(image));
        else
            add(std::move(target), std::move(image), std::nullopt);
    }

    static RowTarget targetOf(const Record &record, std::size_t part)
    {
        RowTarget target{record.entity().parts[part].table->name, {}, 0};
        for (std::size_t k = 0; k < record.layout->keyColumns.size(); ++k)
            target.key.emplace_back(record.entity().parts[part].keyColumns[k],
                                    record.image.value(record.layout->keyColumns[k]));
        return target;
    }
    static RowImage imageOf(const Record &record, std::size_t part)
    {
        RowImage image;
        for (std::size_t i = 0; i < record.layout->columns.size(); ++i)
            if (record.layout->columns[i].part == part && record.image.has(i))
                image[record.layout->columns[i].name] = record.image.value(i);
        return image;
    }
    void add(RowTarget target, std::optional<RowImage> before, std::optional<RowImage> after, RowImage base = {})
    {
        Change change;
        change.id = static_cast<ChangeId>(changes_.size() + 1);
        change.target = std::move(target);
        change.before = std::move(before);
        change.after = std::move(after);
        change.base = std::move(base);
        changes_.push_back(std::move(change));
    }

    ObjectSession &session_;
    std::vector<Change> changes_;
    std::unordered_map<const Record *, std::uint64_t> numbers_; ///< of new rows
    std::vector<Record *> updated_;
    std::set<std::string> links_; ///< association rows that were told of
    std::uint64_t rows_ = 0;
};

std::vector<Change> ObjectSession::changes() { return collect().changes; }

ObjectSession::Collected ObjectSession::collect()
{
    synchronize();
    return ChangeList(*this).take();
}

bool ObjectSession::mustOrder(const std::vector<Record *> &dirty)
{
    const auto hasDefaultKey = [this](const Record *record) {
        return record->state == ObjectState::Pending && !record->layout->generatedKey &&
               !hasKey(*record->layout, record->address);
    };
    return (hasDefaultKeys_ && std::ranges::any_of(new_, hasDefaultKey)) ||
           (!dirty.empty() && ChangeList(*this).takesWhatOthersHave(dirty));
}

Plan ObjectSession::plan() { return planOf(changes()); }

Plan ObjectSession::planOf(const std::vector<Change> &changes) const
{
    std::vector<const Change *> pointers;
    for (const Change &change : changes)
        pointers.push_back(&change);
    std::map<QualifiedName, std::string> versions;
    for (const EntityMap *entity : mappings_.sorted())
        if (entity->version) {
            const MappedField &field = entity->fields[*entity->version];
            versions[entity->parts[field.part].table->name] = field.column;
        }
    return buildPlan(connection_.dialect(), mappings_.metadata(), pointers, versions);
}

} // namespace schemawright
