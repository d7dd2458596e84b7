#include "schemawright/engine/inspector.h"

#include "schemawright/base/error.h"

#include <algorithm>

namespace schemawright {

MetaData Inspector::names()
{
    ReflectOptions options;
    options.namesOnly = true;
    return reflect(options);
}

MetaData Inspector::reflect(const ReflectOptions &options)
{
    return connection_.dialect().reflect(connection_.driverConnection(), options);
}

void Inspector::forget()
{
    known_.reset();
    all_.reset();
    tables_.clear();
}

const MetaData &Inspector::known()
{
    if (all_)
        return *all_;
    if (!known_)
        known_ = names();
    return *known_;
}

const MetaData &Inspector::all()
{
    if (!all_)
        all_ = reflect();
    return *all_;
}

std::vector<std::string> Inspector::schemaNames()
{
    std::vector<std::string> names;
    for (const Schema &schema : known().schemas)
        names.push_back(schema.name);
    return names;
}

std::vector<std::string> Inspector::namesOf(std::string_view schema, bool (*isWanted)(const Table &))
{
    const std::string wanted = schemaOr(schema);
    std::vector<std::string> names;
    for (const TablePtr &table : known().tables())
        if (table->name.schema == wanted && isWanted(*table))
            names.push_back(table->name.name);
    return names;
}

std::vector<std::string> Inspector::tableNames(std::string_view schema)
{
    return namesOf(schema, [](const Table &table) { return table.isBaseTable() && !table.temporary; });
}

std::vector<std::string> Inspector::temporaryTableNames()
{
    std::vector<std::string> names;
    for (const TablePtr &table : known().tables())
        if (table->temporary && table->isBaseTable())
            names.push_back(table->name.name);
    return names;
}

std::vector<std::string> Inspector::viewNames(std::string_view schema)
{
    return namesOf(schema, [](const Table &table) { return table.kind == TableKind::View; });
}

std::vector<std::string> Inspector::materializedViewNames(std::string_view schema)
{
    return namesOf(schema, [](const Table &table) { return table.kind == TableKind::MaterializedView; });
}

std::vector<std::string> Inspector::sequenceNames(std::string_view schema)
{
    const std::string wanted = schemaOr(schema);
    std::vector<std::string> names;
    for (const Sequence &sequence : all().sequences)
        if (sequence.name.schema == wanted)
            names.push_back(sequence.name.name);
    return names;
}

TablePtr Inspector::table(const QualifiedName &name)
{
    if (all_)
        return all_->table(name);
    if (const auto found = tables_.find(name); found != tables_.end())
        return found->second;
    ReflectOptions options;
    if (!name.schema.empty())
        options.schemas = {name.schema};
    options.tables = {name.name};
    TablePtr table = reflect(options).table(name);
    if (table)
        tables_[name] = table;
    return table;
}

const Table &Inspector::existing(const QualifiedName &name)
{
    const TablePtr found = table(name);
    if (!found)
        throw Error(ErrorKind::NotFound, "there is no table or view named " + name.text());
    return *found; // kept by tables_ or all_
}

bool Inspector::hasSchema(std::string_view name)
{
    return std::ranges::any_of(known().schemas, [&](const Schema &schema) { return schema.name == name; });
}

bool Inspector::hasColumn(const QualifiedName &name, std::string_view column)
{
    const TablePtr found = table(name);
    return found && found->column(column);
}

bool Inspector::hasIndex(const QualifiedName &name, std::string_view index)
{
    const TablePtr found = table(name);
    return found && std::ranges::any_of(found->indexes, [&](const Index &each) { return each.name == index; });
}

bool Inspector::hasSequence(const QualifiedName &name)
{
    return std::ranges::any_of(sequenceNames(name.schema), [&](const std::string &each) { return each == name.name; });
}

std::vector<EnumType> Inspector::enums(std::string_view schema)
{
    std::vector<EnumType> found = all().enums;
    std::erase_if(found, [wanted = schemaOr(schema)](const EnumType &each) { return each.name.schema != wanted; });
    return found;
}

std::vector<Domain> Inspector::domains(std::string_view schema)
{
    std::vector<Domain> found = all().domains;
    std::erase_if(found, [wanted = schemaOr(schema)](const Domain &each) { return each.name.schema != wanted; });
    return found;
}

std::vector<TableSize> Inspector::sizes(const ReflectOptions &options)
{
    return connection_.dialect().tableSizes(connection_.driverConnection(), options);
}

std::vector<Privilege> Inspector::privileges(const ReflectOptions &options)
{
    return connection_.dialect().privileges(connection_.driverConnection(), options);
}

} // namespace schemawright
