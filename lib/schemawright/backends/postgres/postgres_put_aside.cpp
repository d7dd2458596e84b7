#include "schemawright/backends/postgres/postgres_put_aside.h"

#include "schemawright/backends/postgres/postgres_ddl.h"
#include "schemawright/backends/postgres/postgres_text.h"

#include <algorithm>

namespace schemawright::postgres {

namespace {

/// Calls `use` with each name of an index of the table, be it a constraint's.
template <class TableLike, class Use> void eachIndexName(TableLike &table, Use use)
{
    if (table.primaryKey && table.primaryKey->name)
        use(*table.primaryKey->name);
    for (auto &each : table.uniques)
        if (each.name)
            use(*each.name);
    for (auto &each : table.exclusions)
        if (!each.name.empty())
            use(each.name);
    for (auto &each : table.indexes)
        use(each.name);
}

QualifiedName resolved(const MetaData &metadata, const QualifiedName &name)
{
    return name.schema.empty() ? QualifiedName{metadata.defaultSchema, name.name} : name;
}

bool isRelationOrType(const std::string &kind)
{
    return kind == "table" || kind == "sequence" || kind == "type" || kind == "primary_key" || kind == "index" ||
           isTypeKind(kind);
}

} // namespace

bool isTypeKind(const std::string &kind) { return kind.ends_with("_type"); }

std::set<QualifiedName> namesOfRelationsAndTypes(const MetaData &metadata)
{
    std::set<QualifiedName> names;
    for (const TablePtr &table : metadata.tables()) {
        const QualifiedName own = resolved(metadata, table->name);
        names.insert(own);
        eachIndexName(*table, [&](const std::string &name) { names.insert({own.schema, name}); });
    }
    const auto addAll = [&](const auto &list) {
        for (const auto &each : list)
            names.insert(resolved(metadata, each.name));
    };
    addAll(metadata.sequences);
    addAll(metadata.enums);
    addAll(metadata.domains);
    for (const OtherObject &each : metadata.others)
        if (isTypeKind(each.kind))
            names.insert(resolved(metadata, each.name));
    return names;
}

PutAside::PutAside(const MetaData &going, const MetaData &after)
{
    const std::set<QualifiedName> taken = namesOfRelationsAndTypes(after);
    const auto giveAll = [&](const std::string &what, const auto &list) {
        for (const auto &each : list)
            if (const QualifiedName name = resolved(going, each.name); taken.contains(name))
                give(what, name);
    };
    for (const TablePtr &table : going.tables()) {
        const QualifiedName own = resolved(going, table->name);
        eachIndexName(*table, [&](const std::string &name) {
            if (taken.contains({own.schema, name}))
                give("INDEX", {own.schema, name});
        });
        if (taken.contains(own))
            give(ddl::relationWord(*table), own);
    }
    giveAll("SEQUENCE", going.sequences);
    giveAll("TYPE", going.enums);
    giveAll("DOMAIN", going.domains);
    for (const OtherObject &each : going.others)
        if (const QualifiedName name = resolved(going, each.name); isTypeKind(each.kind) && taken.contains(name))
            give("TYPE", name);
}

void PutAside::give(const std::string &what, const QualifiedName &name)
{
    const QualifiedName aside{name.schema, "schemawright_" + name.name};
    if (names_.emplace(name, aside).second)
        statements_.push_back("ALTER " + what + " " + quoteName(name) + " RENAME TO " + quoteName(aside.name));
}

void PutAside::follow(QualifiedName &name) const
{
    if (const auto found = names_.find(name); found != names_.end())
        name = found->second;
}

Table PutAside::called(Table table) const
{
    const std::string schema = table.name.schema;
    eachIndexName(table, [&](std::string &name) {
        if (const auto found = names_.find({schema, name}); found != names_.end())
            name = found->second.name;
    });
    follow(table.name);
    for (ForeignKey &key : table.foreignKeys)
        follow(key.referred);
    if (table.partition.of)
        follow(*table.partition.of);
    for (QualifiedName &parent : table.inherits)
        follow(parent);
    for (QualifiedName &read : table.dependsOn)
        follow(read);
    return table;
}

MetaData PutAside::called(const MetaData &going) const
{
    MetaData named = going;
    for (const TablePtr &table : going.tables()) {
        named.remove(table->name);
        named.add(called(*table));
    }
    const auto followAll = [&](auto &list) {
        for (auto &each : list)
            follow(each.name);
    };
    followAll(named.sequences);
    followAll(named.enums);
    followAll(named.domains);
    for (OtherObject &other : named.others) {
        if (isTypeKind(other.kind))
            follow(other.name);
        if (other.onTable)
            follow(*other.onTable);
    }
    for (Dependency &dependency : named.dependencies)
        for (ObjectReference *each : {&dependency.object, &dependency.needs})
            if (isRelationOrType(each->kind))
                follow(each->name);
    return named;
}

} // namespace schemawright::postgres
