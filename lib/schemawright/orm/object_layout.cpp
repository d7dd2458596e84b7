// Where the columns of mapped structs stand, and what their keys are.

#include "schemawright/orm/made_keys.h"
#include "schemawright/orm/object_session.h"
#include "schemawright/orm/unique_key.h"
#include "schemawright/sql/source.h"

#include <algorithm>
#include <cctype>

namespace schemawright {

using detail::ObjectKey;
using detail::ObjectLayout;

namespace {

bool isCounted(const Table &table, const Column &column, bool isSqlite)
{
    std::string native = column.type.native;
    std::ranges::transform(native, native.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
    const bool isRowId = isSqlite && column.type.isInteger() && (native.empty() || native == "INTEGER") &&
                         !table.hasOption("without_rowid");
    return isRowId || isMadeBySequence(column);
}

} // namespace

ObjectLayout &ObjectSession::layoutOf(const EntityMap &entity)
{
    const auto [at, isNew] = layouts_.try_emplace(&entity);
    Layout &layout = at->second;
    if (!isNew)
        return layout;
    layout.entity = &entity;
    layout.identity = &identityOf(entity);
    layout.fieldColumns.resize(entity.fields.size());
    const auto addFields = [&](bool deferred) {
        for (std::size_t i = 0; i < entity.fields.size(); ++i) {
            const MappedField &field = entity.fields[i];
            if (field.access->isDeferred() != deferred)
                continue;
            layout.fieldColumns[i] = layout.columns.size();
            layout.columns.push_back({field.column, field.part, i, field.isReadOnly});
            layout.hasReadOnly = layout.hasReadOnly || field.isReadOnly;
            layout.mayOmit = layout.mayOmit || field.access->mayOmit();
        }
    };
    addFields(false);
    for (const Relation &relation : entity.relations) {
        std::vector<std::size_t> places;
        for (const std::string &column :
             relation.kind == Relation::Kind::ManyToOne ? relation.columns : std::vector<std::string>()) {
            auto found = std::ranges::find(layout.columns, column, &Layout::Column::name);
            const auto place = static_cast<std::size_t>(found - layout.columns.begin());
            if (found == layout.columns.end())
                layout.columns.push_back({column, entity.partOf(column), Layout::none, false});
            places.push_back(place);
        }
        layout.hasManyToOne = layout.hasManyToOne || !places.empty();
        layout.hasLinks = layout.hasLinks || relation.access->isLazy();
        layout.relationColumns.push_back(std::move(places));
    }
    if (!entity.discriminator.empty()) {
        layout.discriminator = layout.columns.size();
        layout.columns.push_back({entity.discriminator, 0, Layout::none, false});
    }
    layout.eager = layout.columns.size();
    addFields(true);
    layout.hasLinks = layout.hasLinks || layout.eager < layout.columns.size();
    for (const std::size_t key : entity.key)
        layout.keyColumns.push_back(layout.fieldColumns[key]);
    if (entity.key.size() == 1) {
        const MappedField &key = entity.fields[entity.key.front()];
        layout.hasIntegerKey = key.access->isInteger();
        const Table &table = *entity.parts.front().table;
        if (isCounted(table, *table.column(key.column), connection_.dialect().name() == "sqlite"))
            layout.generatedKey = layout.keyColumns.front();
    }
    if (!layout.generatedKey)
        for (const std::size_t key : entity.key) {
            const Column &column = *entity.parts.front().table->column(entity.fields[key].column);
            if (column.defaultSql || isMadeBySequence(column))
                layout.defaultKeys.push_back(layout.fieldColumns[key]);
        }
    hasDefaultKeys_ = hasDefaultKeys_ || !layout.defaultKeys.empty();
    for (std::size_t part = 0; part < entity.parts.size(); ++part) {
        const Table &table = *entity.parts[part].table;
        std::uint64_t id = std::hash<const Table *>()(&table);
        for (const UniqueKey &key : uniqueKeys(table)) {
            Layout::Unique unique{++id, {}, {}, key.countsNull || key.isComputed, {}};
            const std::vector<std::string> read =
                key.where ? columnsRead(table, *key.where) : std::vector<std::string>();
            for (std::size_t i = 0; i < layout.columns.size(); ++i) {
                if (layout.columns[i].part != part)
                    continue;
                const std::string &name = layout.columns[i].name;
                if (std::ranges::find(read, name) != read.end())
                    unique.read.push_back(i);
                if (std::ranges::find(key.columns, name) == key.columns.end())
                    continue;
                unique.columns.push_back(i);
                unique.sameness.push_back(
                    sameInKey(key, *table.column(name), connection_.dialect().capabilities().foldsText));
            }
            if (!unique.columns.empty())
                layout.uniques.push_back(std::move(unique));
        }
    }
    for (const EntityMap *other : mappings_.sorted())
        for (const ForeignKey &way : other->table()->foreignKeys)
            if (const TablePtr target = way.onUpdate == "CASCADE" ? mappings_.metadata().table(way.referred) : nullptr)
                layout.handsOnKeys =
                    layout.handsOnKeys ||
                    std::ranges::find(entity.parts, target, &EntityMap::Part::table) != entity.parts.end();
    auto heads = std::make_shared<std::vector<ColumnHead>>();
    for (const Layout::Column &column : layout.columns) {
        ColumnHead head;
        head.name = column.name;
        heads->push_back(std::move(head));
    }
    layout.heads = heads;
    auto longer = std::make_shared<std::vector<ColumnHead>>(*heads);
    longer->resize(heads->size() + entity.key.size() + 1);
    layout.updateHeads = std::move(longer);
    return layout;
}

ObjectLayout &ObjectSession::layoutOf(std::type_index type, std::type_index otherwise)
{
    if (std::pair asked(type, otherwise); !lastLayout_ || lastType_ != asked) {
        lastLayout_ = &layoutOf(mappings_.of(type, mappings_.of(otherwise)));
        lastType_ = asked;
    }
    return *lastLayout_;
}

/// The map of an object whose type is said as its base.
const EntityMap &ObjectSession::entityOf(const EntityMap &entity, const void *object) const
{
    const Record *record = recordOf(object);
    return record && record->entity().isA(entity) ? record->entity() : entity;
}

Expr ObjectSession::columnNamed(const EntityMap &entity, std::string_view name) const
{
    return Source(entity.parts[entity.partOf(name)].table)[name];
}

namespace {

/// Keys of other kinds than one whole number: each value with its kind and length, so that no two are confused.
ObjectKey textKey(const std::vector<Value> &values)
{
    ObjectKey key;
    for (const Value &value : values) {
        const std::string text = value.text();
        key.text += value.kindName();
        key.text += std::to_string(text.size()) + ":" + text;
    }
    return key;
}

} // namespace

ObjectKey ObjectSession::keyOf(const Layout &layout, const Image &image) const
{
    if (layout.hasIntegerKey) {
        const std::size_t cell = image.cell(layout.keyColumns.front());
        if (image.rows().storage(image.row(), cell) == RowBatch::Storage::Integer)
            return {true, image.rows().integer(image.row(), cell), {}};
    }
    return keyOf(layout, keyValues(layout, image));
}

ObjectKey ObjectSession::keyOf(const Layout &layout, const std::vector<Value> &values) const
{
    std::vector<Value> normal;
    for (std::size_t i = 0; i < values.size(); ++i)
        normal.push_back(values[i].isNull() ? Value()
                                            : layout.entity->fields[layout.entity->key[i]].access->normal(values[i]));
    if (layout.hasIntegerKey)
        if (const auto *number = normal.front().as<std::int64_t>())
            return {true, *number, {}};
    return textKey(normal);
}

std::vector<Value> ObjectSession::keyValues(const Layout &layout, const Image &image) const
{
    std::vector<Value> values;
    for (const std::size_t column : layout.keyColumns)
        values.push_back(image.value(column));
    return values;
}

std::vector<Value> ObjectSession::keyValues(const Layout &layout, const void *object) const
{
    std::vector<Value> values;
    for (const std::size_t key : layout.entity->key)
        values.push_back(layout.entity->fields[key].access->get(object));
    return values;
}

} // namespace schemawright
