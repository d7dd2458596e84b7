#include "schemawright/backends/sqlite/sqlite_broken.h"

#include "schemawright/backends/sqlite/sqlite_tokens.h"

#include <algorithm>
#include <set>

namespace schemawright::sqlite {

namespace {

bool isName(const Token &token) { return token.kind == TokenKind::Word || token.kind == TokenKind::Quoted; }

bool hasColumn(const Table &table, std::string_view name)
{
    return sameName(name, "rowid") || sameName(name, "_rowid_") || sameName(name, "oid") ||
           std::ranges::any_of(table.columns, [&](const Column &column) { return sameName(column.name, name); });
}

/// Looks at the tables behind FROM, JOIN, INTO and UPDATE, and at the columns of OLD and NEW.
bool mayBeBroken(const Trigger &trigger, const Table &table, const std::set<std::string> &tables)
{
    const std::vector<Token> tokens = tokenize(trigger.definition);
    std::set<std::string> own; // names that a WITH gives
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
        if (isName(tokens[i]) && (tokens[i + 1].is("AS") || tokens[i + 1].is("(")))
            own.insert(foldedName(unquoted(tokens[i].text)));
    const auto begin = std::ranges::find_if(tokens, [](const Token &token) { return token.is("BEGIN"); });
    for (auto at = begin; at != tokens.end(); ++at) {
        const auto next = at + 1, after = next == tokens.end() ? next : next + 1;
        if (next == tokens.end() || after == tokens.end())
            break;
        if ((at->is("NEW") || at->is("OLD")) && next->is(".") && isName(*after)) {
            if (!hasColumn(table, unquoted(after->text)))
                return true;
        } else if ((at->is("FROM") || at->is("JOIN") || at->is("INTO") || at->is("UPDATE")) && isName(*next)) {
            auto name = next;
            if (at->is("UPDATE") && next->is("OR")) // UPDATE OR IGNORE t
                name = tokens.end() - after > 1 ? after + 1 : next;
            else if (after->is(".") && tokens.end() - after > 1)
                name = after + 1;
            const std::string folded = foldedName(unquoted(name->text));
            if (!tables.contains(folded) && !own.contains(folded))
                return true;
        }
    }
    return false;
}

} // namespace

bool mayHaveBrokenText(const MetaData &metadata)
{
    std::set<std::string> tables;
    for (const TablePtr &table : metadata.tables())
        tables.insert(foldedName(table->name.name));
    return std::ranges::any_of(metadata.tables(), [&](const TablePtr &table) {
        return (table->kind == TableKind::View && table->columns.empty()) ||
               std::ranges::any_of(table->triggers, [&](const Trigger &trigger) {
                   return mayBeBroken(trigger, *table, tables);
               });
    });
}

} // namespace schemawright::sqlite
