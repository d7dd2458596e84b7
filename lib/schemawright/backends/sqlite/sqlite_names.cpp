#include "schemawright/backends/sqlite/sqlite_names.h"

#include "schemawright/backends/sqlite/sqlite_tokens.h"

#include <algorithm>

namespace schemawright::sqlite {

Names::Names(const Dialect &dialect, std::initializer_list<const MetaData *> known) : dialect_(dialect)
{
    for (const MetaData *metadata : known)
        hasTemporary_ = hasTemporary_ || std::ranges::any_of(metadata->schemas, [](const Schema &schema) {
                            return sameName(schema.name, "temp");
                        });
}

std::string Names::prefix(const std::string &schema) const
{
    const bool isMain = schema.empty() || sameName(schema, "main");
    return isMain ? (hasTemporary_ ? "main." : "") : quote(schema) + ".";
}

std::string Names::placed(std::string create, const QualifiedName &table) const
{
    const std::string schema = prefix(table.schema);
    if (schema.empty())
        return create;
    const std::vector<Token> tokens = tokenize(create);
    const auto isObject = [](const Token &token) {
        return token.is("TABLE") || token.is("INDEX") || token.is("VIEW") || token.is("TRIGGER");
    };
    auto at = std::ranges::find_if(tokens, isObject);
    if (at == tokens.end())
        return create;
    ++at;
    if (tokens.end() - at > 3 && at->is("IF") && at[1].is("NOT") && at[2].is("EXISTS"))
        at += 3;
    const bool isPlaced = tokens.end() - at > 1 && at[1].is(".");
    if (at != tokens.end() && !isPlaced)
        create.insert(at->offset, schema);
    return create;
}

std::string rowIdName(const Table &table)
{
    for (const char *name : {"rowid", "_rowid_", "oid"})
        if (std::ranges::none_of(table.columns, [&](const Column &each) { return sameName(each.name, name); }))
            return name;
    return {};
}

bool hasRowIdKey(const Table &table)
{
    if (!table.primaryKey || table.primaryKey->columns.size() != 1)
        return false;
    const Column *column = table.column(table.primaryKey->columns.front());
    return column &&
           (foldedName(column->type.native) == "integer" || (column->type.native.empty() && column->type.isInteger()));
}

} // namespace schemawright::sqlite
