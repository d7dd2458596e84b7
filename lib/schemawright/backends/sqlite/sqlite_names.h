#pragma once

#include "schemawright/dialect/dialect.h"

#include <initializer_list>
#include <string>

namespace schemawright::sqlite {

/// How tables, indexes and triggers are called among the databases of one connection: by the name alone in main, with
/// the schema's in an attached or the temporary database, and in main too where temporary ones could hide it.
class Names
{
public:
    Names(const Dialect &dialect, std::initializer_list<const MetaData *> known);

    std::string table(const QualifiedName &table) const { return with(table.schema, table.name); }
    /// An index or trigger of the table.
    std::string part(const QualifiedName &table, const std::string &name) const { return with(table.schema, name); }
    /// The CREATE statement of this table, or of an index or trigger of it, with the schema in front of its name.
    std::string placed(std::string create, const QualifiedName &table) const;

private:
    std::string with(const std::string &schema, const std::string &name) const { return prefix(schema) + quote(name); }
    std::string prefix(const std::string &schema) const;
    std::string quote(const std::string &name) const { return dialect_.quote(name); }

    const Dialect &dialect_;
    bool hasTemporary_ = false;
};

/// A name of the hidden row number that no column has; empty when columns have all three.
std::string rowIdName(const Table &table);
/// Whether its key is the row number itself.
bool hasRowIdKey(const Table &table);

} // namespace schemawright::sqlite
