#include "schemawright/backends/sqlite/sqlite_key_rings.h"

#include "schemawright/backends/sqlite/sqlite_names.h"
#include "schemawright/backends/sqlite/sqlite_tokens.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright::sqlite {

KeyRings::KeyRings(const Dialect &dialect, const MetaData &metadata, const Binds &binds) : dialect_(dialect)
{
    for (const TablePtr &child : metadata.tables())
        for (const ForeignKey &key : child->foreignKeys) {
            const TablePtr parent = metadata.table(key.referred);
            if (!parent || key.onDelete != "CASCADE" || child->kind != TableKind::Table ||
                parent->kind != TableKind::Table || rowName(*child).empty() || rowName(*parent).empty() ||
                !binds(*child, key))
                continue;
            const auto &referred =
                key.referredColumns.empty() && parent->primaryKey ? parent->primaryKey->columns : key.referredColumns;
            if (referred.size() == key.columns.size())
                keys_.push_back({child.get(), parent.get(), key.columns, referred});
        }
    for (const Key &key : keys_) {
        std::vector<const Table *> &all = reached_[key.parent];
        for (std::size_t i = 0; i <= all.size(); ++i) // what is reached grows meanwhile
            for (const Key &next : keys_)
                if (next.parent == (i == 0 ? key.parent : all[i - 1]) &&
                    std::ranges::find(all, next.child) == all.end())
                    all.push_back(next.child);
    }
}

/// A name of the hidden row number that no column has; none for a table without it.
std::string KeyRings::rowName(const Table &table) const
{
    return table.hasOption("without_rowid") ? std::string() : rowIdName(table);
}

bool KeyRings::isTogether(const Table *a, const Table *b) const
{
    const auto reaches = [this](const Table *from, const Table *to) {
        const auto at = reached_.find(from);
        return at != reached_.end() && std::ranges::find(at->second, to) != at->second.end();
    };
    return reaches(a, b) && reaches(b, a);
}

/// A table that only refers to itself is none.
bool KeyRings::has(const Table &child, const Table &parent) const
{
    return std::ranges::any_of(keys_, [&](const Key &key) {
        return isTogether(&child, key.child) && isTogether(key.child, key.parent) && key.child != key.parent &&
               isTogether(&parent, key.child);
    });
}

std::vector<std::pair<std::string, std::string>> KeyRings::deletions() const
{
    std::vector<std::pair<std::string, std::string>> all;
    std::set<const Table *> done;
    for (const Key &key : keys_)
        if (has(*key.child, *key.parent) && done.insert(key.parent).second)
            all.emplace_back(key.parent->name.name, bodyOf(*key.parent));
    return all;
}

std::string KeyRings::bodyOf(const Table &gone) const
{
    const auto quote = [this](const std::string &name) { return dialect_.quote(name); };
    const auto text = [this](const std::string &value) { return dialect_.literal(Value(value)); };
    std::vector<std::string> first, next;
    std::set<const Table *> tables;
    for (const Key &key : keys_) {
        if (!isTogether(&gone, key.child) || !isTogether(&gone, key.parent))
            continue;
        tables.insert({key.child, key.parent});
        std::vector<std::string> ofOld, ofParent;
        for (std::size_t i = 0; i < key.columns.size(); ++i) {
            ofOld.push_back(fmt::format("OLD.{} = c.{}", quote(key.referred[i]), quote(key.columns[i])));
            ofParent.push_back(fmt::format("p.{} = c.{}", quote(key.referred[i]), quote(key.columns[i])));
        }
        const std::string child = quote(key.child->name.name), row = rowName(*key.child);
        if (key.parent == &gone)
            first.push_back(fmt::format("SELECT {}, c.{} FROM {} AS c WHERE {}", text(key.child->name.name), row, child,
                                        fmt::join(ofOld, " AND ")));
        next.push_back(fmt::format("SELECT {}, c.{} FROM g JOIN {} AS p ON g.t = {} AND p.{} = g.r JOIN {} AS c ON {}",
                                   text(key.child->name.name), row, quote(key.parent->name.name),
                                   text(key.parent->name.name), rowName(*key.parent), child,
                                   fmt::join(ofParent, " AND ")));
    }
    const std::string name = text(gone.name.name), row = "OLD." + rowName(gone);
    std::string body = fmt::format("INSERT INTO schemawright_gone SELECT {}, {}, t, r FROM (WITH RECURSIVE g (t, r) AS "
                                   "({} UNION {}) SELECT t, r FROM g)",
                                   name, row, fmt::join(first, " UNION "), fmt::join(next, " UNION "));
    for (const Table *each : tables)
        body += fmt::format("; DELETE FROM {} WHERE {} IN (SELECT r FROM schemawright_gone WHERE o = {} AND n = {} AND "
                            "t = {})",
                            quote(each->name.name), rowName(*each), name, row, text(each->name.name));
    return body + fmt::format("; DELETE FROM schemawright_gone WHERE o = {} AND n = {}", name, row);
}

/// Which row went, and what goes with it.
std::string KeyRings::create() const { return "CREATE TEMP TABLE schemawright_gone (o, n, t, r)"; }
std::string KeyRings::drop() const { return "DROP TABLE temp.schemawright_gone"; }

} // namespace schemawright::sqlite
