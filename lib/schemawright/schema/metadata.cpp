#include "schemawright/schema/metadata.h"

#include "schemawright/base/topological.h"

#include <algorithm>
#include <utility>

namespace schemawright {

QualifiedName MetaData::resolved(const QualifiedName &name) const
{
    return name.schema.empty() ? QualifiedName{defaultSchema, name.name} : name;
}

void MetaData::add(TablePtr table)
{
    const QualifiedName key = resolved(table->name);
    tables_[key] = std::move(table);
}

void MetaData::remove(const QualifiedName &name) { tables_.erase(resolved(name)); }

MetaData MetaData::with(TablePtr table) const
{
    MetaData copy = *this;
    copy.add(std::move(table));
    return copy;
}

MetaData MetaData::without(const QualifiedName &name) const
{
    MetaData copy = *this;
    copy.remove(name);
    return copy;
}

MetaData MetaData::withDefaultSchema(const std::string &name) const
{
    if (name == defaultSchema)
        return *this;
    MetaData copy = *this;
    copy.defaultSchema = name;
    copy.tables_.clear();
    const auto rename = [&](QualifiedName &each) {
        if (each.schema == defaultSchema)
            each.schema = name;
    };
    const auto renameAll = [&](auto &list) {
        for (auto &each : list)
            rename(each.name);
    };
    for (Schema &schema : copy.schemas)
        if (schema.name == defaultSchema)
            schema.name = name;
    renameAll(copy.sequences);
    renameAll(copy.enums);
    renameAll(copy.domains);
    renameAll(copy.functions);
    renameAll(copy.others);
    for (OtherObject &other : copy.others)
        if (other.onTable)
            rename(*other.onTable);
    for (Dependency &dependency : copy.dependencies) {
        rename(dependency.object.name);
        rename(dependency.needs.name);
    }
    for (const auto &[key, table] : tables_) {
        Table moved = *table;
        rename(moved.name);
        for (ForeignKey &foreignKey : moved.foreignKeys)
            rename(foreignKey.referred);
        if (moved.partition.of)
            rename(*moved.partition.of);
        for (QualifiedName &parent : moved.inherits)
            rename(parent);
        for (QualifiedName &read : moved.dependsOn)
            rename(read);
        copy.add(std::move(moved));
    }
    return copy;
}

TablePtr MetaData::table(const QualifiedName &name) const
{
    const auto found = tables_.find(resolved(name));
    return found == tables_.end() ? nullptr : found->second;
}

TablePtr MetaData::table(TableId id) const
{
    for (const auto &[name, table] : tables_)
        if (table->id == id && id != TableId::None)
            return table;
    return nullptr;
}

std::vector<TablePtr> MetaData::tables() const
{
    std::vector<TablePtr> all;
    all.reserve(tables_.size());
    for (const auto &[name, table] : tables_)
        all.push_back(table);
    return all;
}

namespace {

/// The name that a type is called by, quotes taken off; no schema where none is said.
QualifiedName nameIn(std::string_view spelled)
{
    QualifiedName name;
    bool isQuoted = false;
    for (std::size_t i = 0; i < spelled.size(); ++i) {
        const char c = spelled[i];
        if (c == '"' && isQuoted && i + 1 < spelled.size() && spelled[i + 1] == '"')
            name.name += spelled[i++];
        else if (c == '"')
            isQuoted = !isQuoted;
        else if (c == '.' && !isQuoted)
            name.schema = std::exchange(name.name, std::string());
        else
            name.name += c;
    }
    return name;
}

} // namespace

const Domain *MetaData::domainOf(const Type &type) const
{
    if (domains.empty() || type.name.empty())
        return nullptr;
    const QualifiedName name = resolved(nameIn(type.name));
    const auto found = std::ranges::find_if(domains, [&](const Domain &each) {
        return each.name.name == name.name && (each.name.schema == name.schema || name.schema.empty());
    });
    return found == domains.end() ? nullptr : &*found;
}

std::vector<std::pair<TablePtr, const ForeignKey *>> MetaData::referencesTo(const QualifiedName &name) const
{
    const QualifiedName wanted = resolved(name);
    std::vector<std::pair<TablePtr, const ForeignKey *>> found;
    for (const auto &[tableName, table] : tables_)
        for (const ForeignKey &key : table->foreignKeys)
            if (resolved(key.referred) == wanted)
                found.emplace_back(table, &key);
    return found;
}

MetaData::SortedTables MetaData::sortedTables() const
{
    std::vector<TablePtr> base;
    std::map<QualifiedName, std::size_t> position;
    for (const auto &[name, table] : tables_)
        if (table->isBaseTable()) {
            position[name] = base.size();
            base.push_back(table);
        }
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    const auto comesAfter = [&](std::size_t index, const QualifiedName &needed) {
        if (const auto found = position.find(resolved(needed)); found != position.end())
            edges.emplace_back(found->second, index);
    };
    for (std::size_t i = 0; i < base.size(); ++i) {
        for (const ForeignKey &key : base[i]->foreignKeys)
            comesAfter(i, key.referred);
        for (const QualifiedName &parent : base[i]->inherits)
            comesAfter(i, parent);
        if (base[i]->partition.of)
            comesAfter(i, *base[i]->partition.of);
    }
    const TopologicalOrder sorted = topologicalSort(base.size(), edges);
    SortedTables result;
    for (const std::size_t i : sorted.order)
        result.order.push_back(base[i]);
    for (const auto &cycle : sorted.cycles) {
        auto &tables = result.cycles.emplace_back();
        for (const std::size_t i : cycle)
            tables.push_back(base[i]);
    }
    return result;
}

std::vector<TablePtr> MetaData::sortedViews() const
{
    std::vector<TablePtr> views;
    std::map<QualifiedName, std::size_t> position;
    for (const auto &[name, table] : tables_)
        if (table->isView()) {
            position[name] = views.size();
            views.push_back(table);
        }
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    for (std::size_t i = 0; i < views.size(); ++i)
        for (const QualifiedName &needed : views[i]->dependsOn)
            if (const auto found = position.find(resolved(needed)); found != position.end())
                edges.emplace_back(found->second, i);
    std::vector<TablePtr> sorted;
    for (const std::size_t i : topologicalSort(views.size(), edges).order)
        sorted.push_back(views[i]);
    return sorted;
}

} // namespace schemawright
