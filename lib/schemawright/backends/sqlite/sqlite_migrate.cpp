#include "schemawright/backends/sqlite/sqlite_migrate.h"

#include "schemawright/backends/sqlite/sqlite_ddl.h"
#include "schemawright/backends/sqlite/sqlite_tokens.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright::sqlite {

namespace {

using Renames = std::map<std::string, std::string>; // folded old name to new name

bool mentions(std::string_view sql, std::string_view name)
{
    return std::ranges::any_of(tokenize(sql), [&](const Token &token) {
        return (token.kind == TokenKind::Word || token.kind == TokenKind::Quoted) &&
               sameName(unquoted(token.text), name);
    });
}

/// The text with every identifier of `renames` written anew.
std::string renamedIn(const Dialect &dialect, const std::string &sql, const Renames &renames)
{
    if (renames.empty())
        return sql;
    std::string out;
    std::size_t done = 0;
    for (const Token &token : tokenize(sql)) {
        if (token.kind != TokenKind::Word && token.kind != TokenKind::Quoted)
            continue;
        const auto found = renames.find(foldedName(unquoted(token.text)));
        if (found == renames.end())
            continue;
        out += sql.substr(done, token.offset - done) + dialect.quote(found->second);
        done = token.end();
    }
    return out + sql.substr(done);
}

class Migrator
{
public:
    Migrator(const Dialect &dialect, const MetaData &before, const MetaData &after, const std::vector<TableDiff> &diffs)
        : dialect_(dialect), before_(before), diffs_(diffs), own_(after), writer_(ddlWriter(dialect, own_, options_))
    {
        own_.dialect = "sqlite"; // what is written here is read as SQLite's own
    }

    Migration run()
    {
        for (current_ = 0; current_ < diffs_.size(); ++current_) {
            const TableDiff &diff = diffs_[current_];
            try {
                if (diff.isCreate())
                    create(*diff.after);
                else if (diff.isDrop())
                    drop(*diff.before);
                else if (!diff.isEmpty())
                    alter(diff);
            } catch (const Error &error) {
                migration_.problems.push_back({current_, error});
            }
        }
        if (needsKeysOff_) {
            current_ = keysOffFor_;
            add(Phase::Before, "PRAGMA foreign_keys = OFF");
            add(Phase::Verify, "PRAGMA foreign_key_check");
            migration_.steps.back().expectNone = true;
            add(Phase::After, "PRAGMA foreign_keys = ON");
        }
        std::ranges::stable_sort(migration_.steps, {}, &MigrationStep::phase);
        return std::move(migration_);
    }

private:
    void add(Phase phase, std::string sql) { migration_.steps.push_back({phase, std::move(sql), current_}); }

    void keysOff()
    {
        if (!needsKeysOff_)
            keysOffFor_ = current_;
        needsKeysOff_ = true;
    }

    std::string quote(const std::string &name) const { return dialect_.quote(name); }

    static std::vector<const ForeignKey *> keysOf(const Table &table)
    {
        std::vector<const ForeignKey *> keys;
        for (const ForeignKey &key : table.foreignKeys)
            keys.push_back(&key);
        return keys;
    }

    void create(const Table &table)
    {
        if (table.kind == TableKind::View || table.kind == TableKind::Virtual) {
            if (!table.definition)
                throw Error(ErrorKind::Unsupported, "there is no text that makes " + table.name.text());
            // A view may read what is altered below.
            add(table.isView() ? Phase::Contract : Phase::Expand, *table.definition);
        } else
            add(Phase::Expand, table.definition ? *table.definition : writer_->createTable(table, keysOf(table)));
        for (const Index &index : table.indexes)
            add(Phase::Expand, writer_->createIndex(table, index));
        for (const Trigger &trigger : table.triggers) // they are not meant for the rows that come with the table
            add(Phase::Contract, trigger.definition);
    }

    void drop(const Table &table)
    {
        // With keys enforced DROP TABLE deletes the rows first, and their children with them.
        if (!table.isView())
            keysOff();
        add(Phase::Contract, (table.isView() ? "DROP VIEW " : "DROP TABLE ") + quote(table.name.name));
    }

    // What ALTER can do.

    static bool isConstant(const std::string &sql)
    {
        const auto tokens = tokenize(sql);
        return !tokens.empty() && !tokens.front().is("(") && !sql.starts_with("CURRENT_") &&
               foldedName(sql).find("current_") == std::string::npos &&
               std::ranges::none_of(tokens, [](const Token &token) { return token.is("("); });
    }

    /// ADD COLUMN takes no key, no stored column, no default that is computed, and nothing that old rows break.
    static bool canAdd(const Table &after, const Column &column)
    {
        if (column.autoincrement || (column.generated && column.generated->stored))
            return false;
        if (column.defaultSql && !isConstant(*column.defaultSql))
            return false;
        if (!column.nullable && (!column.defaultSql || normalisedNull(*column.defaultSql)) && !column.generated)
            return false;
        const auto isIn = [&](const std::vector<std::string> &names) {
            return std::ranges::find(names, column.name) != names.end();
        };
        return !(after.primaryKey && isIn(after.primaryKey->columns)) &&
               std::ranges::none_of(after.uniques, [&](const auto &each) { return isIn(each.columns); }) &&
               std::ranges::none_of(after.foreignKeys, [&](const auto &each) { return isIn(each.columns); });
    }
    static bool normalisedNull(const std::string &sql) { return sameName(sql, "null"); }

    bool canDrop(const Table &before, const Column &column) const
    {
        const auto isIn = [&](const std::vector<std::string> &names) {
            return std::ranges::find(names, column.name) != names.end();
        };
        if ((before.primaryKey && isIn(before.primaryKey->columns)) || column.generated)
            return false;
        for (const UniqueConstraint &each : before.uniques)
            if (isIn(each.columns))
                return false;
        for (const ForeignKey &each : before.foreignKeys)
            if (isIn(each.columns))
                return false;
        for (const CheckConstraint &each : before.checks)
            if (mentions(each.expression, column.name))
                return false;
        for (const Column &each : before.columns)
            if (each.generated && mentions(each.generated->expression, column.name))
                return false;
        // A mention elsewhere makes ALTER fail, or might: the rebuild is for that.
        for (const TablePtr &table : before_.tables()) {
            for (const Trigger &each : table->triggers)
                if (mentions(each.definition, column.name))
                    return false;
            if (table->isView() && table->definition && mentions(*table->definition, column.name))
                return false;
        }
        for (const Index &each : before.indexes)
            for (const IndexElement &element : each.elements)
                if (element.column == column.name || (element.expression && mentions(*element.expression, column.name)))
                    return false;
        return std::ranges::none_of(
            before.indexes, [&](const Index &each) { return each.where && mentions(*each.where, column.name); });
    }

    bool isAppended(const TableDiff &diff) const
    {
        bool addedSeen = false;
        std::set<std::size_t> added;
        for (const DiffItem &item : diff.items)
            if (item.subject == DiffSubject::Column && item.action == DiffAction::Add)
                added.insert(*item.after);
        for (std::size_t i = 0; i < diff.after->columns.size(); ++i) {
            if (addedSeen && !added.contains(i))
                return false;
            addedSeen = addedSeen || added.contains(i);
        }
        return true;
    }

    bool needsRebuild(const TableDiff &diff) const
    {
        if (!isAppended(diff))
            return true;
        for (const DiffItem &item : diff.items)
            switch (item.subject) {
            case DiffSubject::Table:
            case DiffSubject::Index:
            case DiffSubject::Trigger:
            case DiffSubject::Comment:
                break;
            case DiffSubject::Column:
                if (item.action == DiffAction::Add && !canAdd(*diff.after, diff.after->columns[*item.after]))
                    return true;
                if (item.action == DiffAction::Drop && !canDrop(*diff.before, diff.before->columns[*item.before]))
                    return true;
                break;
            default:
                return true;
            }
        return false;
    }

    /// True when rows that were good before may be bad after: then rows are written first.
    static bool tightens(const TableDiff &diff)
    {
        return std::ranges::any_of(diff.items, [](const DiffItem &item) {
            switch (item.subject) {
            case DiffSubject::Nullable:
                return item.to == "false";
            case DiffSubject::PrimaryKey:
            case DiffSubject::ForeignKey:
            case DiffSubject::Unique:
            case DiffSubject::Check:
                return item.action != DiffAction::Drop;
            case DiffSubject::Column:
                return item.action != DiffAction::Rename;
            case DiffSubject::Type:
            case DiffSubject::Options:
            case DiffSubject::Generated:
                return true;
            default:
                return false;
            }
        });
    }

    void alter(const TableDiff &diff)
    {
        const Table &before = *diff.before, &after = *diff.after;
        if (before.isView() && after.isView()) {
            if (!after.definition)
                throw Error(ErrorKind::Unsupported, "there is no text that makes " + after.name.text());
            add(Phase::Expand, "DROP VIEW " + quote(before.name.name));
            add(Phase::Contract, *after.definition);
            for (const Trigger &trigger : after.triggers)
                add(Phase::Contract, trigger.definition);
            return;
        }
        if (before.kind != TableKind::Table || after.kind != TableKind::Table)
            throw Error(ErrorKind::Conflict,
                        fmt::format("{} is a {}, which SQLite cannot change", before.name.name, toString(before.kind)))
                .withHint("Create a new one and copy the rows.");
        const bool rebuilds = needsRebuild(diff);
        Renames renames;
        for (const DiffItem &item : diff.items)
            if (item.action == DiffAction::Rename && item.subject == DiffSubject::Column)
                renames[foldedName(*item.from)] = *item.to;
        const bool isRenamed = before.name.name != after.name.name;
        if (rebuilds && !renames.empty())
            for (const Trigger &trigger : after.triggers)
                for (const auto &[from, to] : renames)
                    if (mentions(trigger.definition, from))
                        throw Error(ErrorKind::Conflict,
                                    fmt::format("the trigger {} names {}, which is renamed while the table is rebuilt",
                                                trigger.name, from))
                            .withHint("Commit the rename first, then the other changes of this table.");

        for (const DiffItem &item : diff.items) {
            if (item.subject == DiffSubject::Index && item.before && item.action != DiffAction::Add)
                add(Phase::Expand, "DROP INDEX " + quote(before.indexes[*item.before].name));
            if (item.subject == DiffSubject::Trigger && item.before && item.action != DiffAction::Add)
                add(Phase::Expand, "DROP TRIGGER " + quote(before.triggers[*item.before].name));
        }
        if (isRenamed)
            add(Phase::Expand,
                fmt::format("ALTER TABLE {} RENAME TO {}", quote(before.name.name), quote(after.name.name)));
        const std::string alterTable = "ALTER TABLE " + quote(after.name.name) + " ";
        renameColumns(diff, alterTable);
        Renames all = renames;
        if (isRenamed)
            all[foldedName(before.name.name)] = after.name.name;

        std::set<std::string> waiting; // columns that only the rebuild can add
        const bool isEarly = rebuilds && !tightens(diff);
        for (const DiffItem &item : diff.items)
            if (item.subject == DiffSubject::Column && item.action == DiffAction::Add) {
                Column column = after.columns[*item.after];
                if (rebuilds && !canAdd(after, column)) {
                    if (column.generated || column.autoincrement) {
                        waiting.insert(column.name);
                        continue;
                    }
                    // Bare for now, so that rows can be filled; the rebuild says the rest.
                    column.nullable = true;
                    if (column.defaultSql && !isConstant(*column.defaultSql)) {
                        add(Phase::Expand, bareColumn(alterTable, column));
                        add(Phase::Expand, fmt::format("UPDATE {} SET {} = {}", quote(after.name.name),
                                                       quote(column.name), *column.defaultSql));
                        continue;
                    }
                }
                add(Phase::Expand, bareColumn(alterTable, column));
            }
        if (rebuilds)
            rebuild(diff, isEarly ? Phase::Expand : Phase::Contract, all, waiting);
        else
            for (const DiffItem &item : diff.items)
                if (item.subject == DiffSubject::Column && item.action == DiffAction::Drop)
                    add(Phase::Contract, alterTable + "DROP COLUMN " + quote(item.name));
        for (const DiffItem &item : diff.items) {
            if (item.subject == DiffSubject::Index && item.after && (!rebuilds || isEarly))
                add(Phase::Contract, createIndex(after, after.indexes[*item.after], all));
            if (item.subject == DiffSubject::Trigger && item.after && (!rebuilds || isEarly))
                add(Phase::Contract, after.triggers[*item.after].definition);
        }
    }

    std::string bareColumn(const std::string &alterTable, const Column &column) const
    {
        Column bare = column;
        if (bare.defaultSql && !isConstant(*bare.defaultSql))
            bare.defaultSql.reset();
        Table none; // without a key, so that the column's line has none
        return alterTable + "ADD COLUMN " + writer_->columnSql(none, bare);
    }

    /// Names that are exchanged go over a third one.
    void renameColumns(const TableDiff &diff, const std::string &alterTable)
    {
        std::vector<std::pair<std::string, std::string>> last;
        std::set<std::string> taken;
        for (const Column &column : diff.before->columns)
            taken.insert(foldedName(column.name));
        for (const auto &[from, to] : diff.renamedColumns()) {
            std::string middle = to;
            if (taken.contains(foldedName(to)) && !sameName(from, to)) {
                middle = "schemawright_" + to;
                last.emplace_back(middle, to);
            }
            add(Phase::Expand, alterTable + "RENAME COLUMN " + quote(from) + " TO " + quote(middle));
        }
        for (const auto &[from, to] : last)
            add(Phase::Expand, alterTable + "RENAME COLUMN " + quote(from) + " TO " + quote(to));
    }

    std::string createIndex(const Table &table, Index index, const Renames &renames) const
    {
        if (index.definition) // the kept text is the old one
            index.definition = renamedIn(dialect_, *index.definition, renames);
        return writer_->createIndex(table, index);
    }

    // The rebuild.

    static std::string rowIdName(const Table &table)
    {
        for (const char *name : {"rowid", "_rowid_", "oid"})
            if (std::ranges::none_of(table.columns, [&](const Column &each) { return sameName(each.name, name); }))
                return name;
        return {};
    }

    static bool hasRowIdKey(const Table &table)
    {
        if (!table.primaryKey || table.primaryKey->columns.size() != 1)
            return false;
        const Column *column = table.column(table.primaryKey->columns.front());
        return column && (foldedName(column->type.native) == "integer" ||
                          (column->type.native.empty() && column->type.isInteger()));
    }

    void rebuild(const TableDiff &diff, Phase phase, const Renames &renames, const std::set<std::string> &waiting)
    {
        const Table &before = *diff.before, &after = *diff.after;
        keysOff();
        Table made = after;
        made.definition.reset();
        std::string temporary = "schemawright_new_" + after.name.name;
        while (before_.table({before.name.schema, temporary}) || own_.table({after.name.schema, temporary}))
            temporary += "_";
        for (ForeignKey &key : made.foreignKeys) // a key to itself is meant for the name that comes back
            if (key.referred.name == before.name.name)
                key.referred.name = after.name.name;
        made.name.name = temporary;
        add(phase, writer_->createTable(made, keysOf(made)));

        std::vector<std::string> columns;
        if (!after.hasOption("without_rowid") && !before.hasOption("without_rowid") && !hasRowIdKey(after) &&
            !hasRowIdKey(before)) {
            const std::string rowId = rowIdName(after);
            const bool isHidden = !rowId.empty() && rowId == rowIdName(before);
            if (isHidden)
                columns.push_back(rowId);
        }
        for (const Column &each : after.columns)
            if (!each.generated && !waiting.contains(each.name))
                columns.push_back(quote(each.name));
        const std::string name = quote(after.name.name), newName = quote(temporary);
        if (!columns.empty())
            add(phase,
                fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM {2}", newName, fmt::join(columns, ", "), name));
        const auto hasMark = [](const Table &table) {
            return std::ranges::any_of(table.columns, [](const Column &each) { return each.autoincrement; });
        };
        if (hasMark(before) && hasMark(after)) {
            add(phase, "DELETE FROM sqlite_sequence WHERE name = " + dialect_.literal(Value(temporary)));
            add(phase, fmt::format("INSERT INTO sqlite_sequence (name, seq) SELECT {}, seq FROM sqlite_sequence WHERE "
                                   "name = {}",
                                   dialect_.literal(Value(temporary)), dialect_.literal(Value(after.name.name))));
        }
        add(phase, "DROP TABLE " + name);
        // So that views and triggers that name the table stay as they are.
        add(phase, "PRAGMA legacy_alter_table = ON");
        add(phase, fmt::format("ALTER TABLE {} RENAME TO {}", newName, name));
        add(phase, "PRAGMA legacy_alter_table = OFF");
        const bool isEarly = phase == Phase::Expand;
        const auto isItem = [&](DiffSubject subject, std::size_t place) {
            return std::ranges::any_of(
                diff.items, [&](const DiffItem &item) { return item.subject == subject && item.after == place; });
        };
        for (std::size_t i = 0; i < after.indexes.size(); ++i)
            if (!isEarly || !isItem(DiffSubject::Index, i))
                add(phase, createIndex(after, after.indexes[i], renames));
        for (std::size_t i = 0; i < after.triggers.size(); ++i)
            if (!isEarly || !isItem(DiffSubject::Trigger, i))
                add(phase, renamedIn(dialect_, after.triggers[i].definition, renames));
        verifyViews(before, after);
        add(Phase::After, "PRAGMA legacy_alter_table = OFF");
    }

    /// Views over the table, and those over them, must still compile.
    void verifyViews(const Table &before, const Table &after)
    {
        std::set<QualifiedName> reached{before.name, after.name};
        for (const TablePtr &view : own_.sortedViews())
            if (std::ranges::any_of(view->dependsOn, [&](const auto &each) { return reached.contains(each); })) {
                reached.insert(view->name);
                add(Phase::Verify, "SELECT 1 FROM " + quote(view->name.name) + " LIMIT 0");
            }
    }

    const Dialect &dialect_;
    const MetaData &before_;
    const std::vector<TableDiff> &diffs_;
    MetaData own_;
    const ScriptOptions options_;
    std::unique_ptr<DdlWriter> writer_;
    Migration migration_;
    std::size_t current_ = 0, keysOffFor_ = 0;
    bool needsKeysOff_ = false;
};

} // namespace

Migration migrate(const Dialect &dialect, const MetaData &before, const MetaData &after,
                  const std::vector<TableDiff> &diffs)
{
    return Migrator(dialect, before, after, diffs).run();
}

} // namespace schemawright::sqlite
