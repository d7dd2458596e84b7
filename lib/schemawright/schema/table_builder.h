#pragma once

#include "schemawright/schema/table.h"
#include "schemawright/value/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

/// Describes a table in code, part by part. What follows column() is about that column, what follows references() or
/// foreignKey() is about that key.
///
///     MetaData music;
///     music.add(TableBuilder("artist")
///                   .column("id", types::integer()).primaryKey()
///                   .column("name", types::string(120)).notNull().unique());
///     music.add(TableBuilder("album")
///                   .column("id", types::integer()).primaryKey()
///                   .column("artist_id", types::integer()).notNull().index().references("artist").onDelete("CASCADE")
///                   .column("price", types::numeric(10, 2)).defaultTo(0).check("price >= 0"));
///
/// A primary key of one whole-number column that refers to nothing counts by itself, unless counted(false) says
/// otherwise. build() throws Error(Misuse) for what cannot be a table: no such column, one name twice.
class TableBuilder
{
public:
    explicit TableBuilder(std::string name) { table_.name.name = std::move(name); }
    explicit TableBuilder(QualifiedName name) { table_.name = std::move(name); }

    TableBuilder &column(std::string name, Type type);

    // About the last column.

    TableBuilder &notNull();
    /// A value that the database fills in.
    TableBuilder &defaultTo(const Value &value);
    /// The same as SQL: "now()", "(1 + 2)".
    TableBuilder &defaultSql(std::string sql);
    /// Part of the primary key, which is NOT NULL.
    TableBuilder &primaryKey();
    TableBuilder &identity(Identity identity = {});
    TableBuilder &counted(bool isCounted = true);
    TableBuilder &generatedAs(std::string sql, bool stored = true);
    TableBuilder &collation(std::string name);
    TableBuilder &comment(std::string text);
    TableBuilder &unique();
    TableBuilder &index();
    /// A foreign key from this column; to the other table's primary key when no column is named.
    TableBuilder &references(QualifiedName table, std::string column = {});
    TableBuilder &references(std::string table, std::string column = {})
    {
        return references(QualifiedName{"", std::move(table)}, std::move(column));
    }

    // About the last foreign key.

    /// "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT".
    TableBuilder &onDelete(std::string action);
    TableBuilder &onUpdate(std::string action);
    TableBuilder &deferrable(bool initiallyDeferred = false);
    TableBuilder &matchFull();

    // About the table.

    TableBuilder &primaryKey(std::vector<std::string> columns, std::string name = {});
    TableBuilder &unique(std::vector<std::string> columns, std::string name = {});
    TableBuilder &foreignKey(std::vector<std::string> columns, QualifiedName table,
                             std::vector<std::string> referredColumns = {}, std::string name = {});
    TableBuilder &check(std::string sql, std::string name = {});
    /// Elements that are no column names are taken as expressions.
    TableBuilder &index(std::vector<std::string> elements, std::string name = {}, bool isUnique = false,
                        std::string where = {});
    TableBuilder &tableComment(std::string text);
    /// What only one dialect has: option("strict", "true").
    TableBuilder &option(std::string name, std::string value);

    Table build() const;
    operator Table() const { return build(); }

private:
    Column &last();
    ForeignKey &lastKey();
    Table table_;
    std::vector<std::string> uncounted_;
};

} // namespace schemawright
