#include "schemawright/backends/sqlite/sqlite_migrate.h"

#include "schemawright/backends/sqlite/sqlite_alterable.h"
#include "schemawright/backends/sqlite/sqlite_broken.h"
#include "schemawright/backends/sqlite/sqlite_conversion.h"
#include "schemawright/backends/sqlite/sqlite_ddl.h"
#include "schemawright/backends/sqlite/sqlite_former_names.h"
#include "schemawright/backends/sqlite/sqlite_key_actions.h"
#include "schemawright/backends/sqlite/sqlite_key_check.h"
#include "schemawright/backends/sqlite/sqlite_names.h"
#include "schemawright/backends/sqlite/sqlite_table_text.h"
#include "schemawright/backends/sqlite/sqlite_tokens.h"
#include "schemawright/dialect/rename_order.h"
#include "schemawright/schema/dependants.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright::sqlite {

namespace {

bool mentions(std::string_view sql, std::string_view name) { return mentionsName(sql, name, true); }

class Migrator
{
public:
    Migrator(const Dialect &dialect, const MetaData &before, const MetaData &after, const std::vector<TableDiff> &diffs)
        : dialect_(dialect), before_(before), diffs_(diffs), own_(after), names_(dialect, {&before, &after}),
          writer_(ddlWriter(dialect, own_, options_))
    {
        own_.dialect = "sqlite"; // what is written here is read as SQLite's own
    }

    Migration run()
    {
        // Views go before the tables that they read are altered: SQLite alters none while a view makes no sense.
        for (current_ = 0; current_ < diffs_.size(); ++current_)
            if (diffs_[current_].isDrop() && diffs_[current_].before->isView())
                add(Phase::Expand, "DROP VIEW " + names_.table(diffs_[current_].before->name));
        for (current_ = 0; current_ < diffs_.size(); ++current_)
            dropParts(diffs_[current_]);
        for (const std::size_t i : inTheWay_) {
            current_ = i;
            drop(*diffs_[i].before, Phase::Expand);
        }
        renameTables();
        for (current_ = 0; current_ < diffs_.size(); ++current_) {
            const TableDiff &diff = diffs_[current_];
            try {
                refuseWhatDepends(diff);
                if (diff.isCreate())
                    create(*diff.after);
                else if (diff.isDrop()) {
                    if (!inTheWay_.contains(current_))
                        drop(*diff.before, Phase::Contract);
                } else if (!diff.isEmpty())
                    alter(diff);
            } catch (const Error &error) {
                migration_.problems.push_back({current_, error});
            }
        }
        if (needsKeysOff_) {
            current_ = keysOffFor_;
            add(Phase::Before, "PRAGMA foreign_keys = OFF");
            addKeyActions();
            addKeyCheck();
            add(Phase::After, "PRAGMA foreign_keys = ON");
        }
        std::ranges::stable_sort(migration_.steps, {}, &MigrationStep::phase);
        const auto verifying =
            std::ranges::find_if(migration_.steps, [](const auto &step) { return step.phase > Phase::Contract; });
        migration_.steps.insert(verifying, late_.begin(), late_.end());
        return std::move(migration_);
    }

private:
    void add(Phase phase, std::string sql) { migration_.steps.push_back({phase, std::move(sql), current_}); }

    /// ALTER TABLE that looks at all views and triggers: one that made no sense before, anywhere, would keep any table
    /// from being altered. With a writable schema SQLite passes it over; what makes sense is renamed inside all the
    /// same.
    void alterWithViews(Phase phase, std::string sql)
    {
        const bool isAnyBroken = mayHaveBrokenText(before_);
        if (isAnyBroken)
            add(phase, "PRAGMA writable_schema = ON");
        add(phase, std::move(sql));
        if (!isAnyBroken)
            return;
        add(phase, "PRAGMA writable_schema = OFF");
        if (!std::exchange(opensSchema_, true))
            add(Phase::After, "PRAGMA writable_schema = OFF");
    }

    /// What comes when all tables are as they will be.
    void addLate(std::string sql) { late_.push_back({Phase::Contract, std::move(sql), current_}); }

    /// Keys that are off do nothing to the children of rows that are deleted or get another key; triggers do it.
    void addKeyActions()
    {
        const KeyActions actions = keyActions(dialect_, own_, [&](const Table &child, const ForeignKey &key) {
            return std::ranges::none_of(diffs_, [&](const TableDiff &diff) { // one that is new is not in force yet
                return diff.before && diff.after && diff.after->name == child.name &&
                       std::ranges::any_of(diff.items, [&](const DiffItem &item) {
                           return item.subject == DiffSubject::ForeignKey && item.action == DiffAction::Add &&
                                  diff.after->foreignKeys[*item.after] == key;
                       });
            });
        });
        std::vector<MigrationStep> drops;
        for (const std::string &sql : actions.create) {
            add(Phase::Expand, sql);
            migration_.steps.back().onlyWithRows = true;
        }
        for (const std::string &sql : actions.drop) {
            drops.push_back({Phase::Contract, sql, current_});
            drops.back().onlyWithRows = true;
        }
        migration_.steps.insert(migration_.steps.begin(), drops.begin(), drops.end());
    }

    /// Rows that referred to nothing before are not this commit's fault.
    void addKeyCheck()
    {
        for (KeyCheck &check : keyChecks(dialect_, before_, own_, diffs_)) {
            const auto first = std::ranges::find_if(
                migration_.steps, [](const MigrationStep &step) { return step.phase == Phase::Expand; });
            migration_.steps.insert(first, {Phase::Expand, std::move(check.keep), current_});
            add(Phase::Verify, std::move(check.find));
            migration_.steps.back().expectNone = true;
            add(Phase::Verify, std::move(check.forget));
        }
    }

    /// Views and triggers that read what is dropped would be left broken.
    void refuseWhatDepends(const TableDiff &diff) const
    {
        refuseWhatIsNeeded(before_, diff, [&](const Dependant &each) {
            return (each.kind == Dependant::Kind::View || each.kind == Dependant::Kind::Trigger) && isKept(each);
        });
    }

    /// Not dropped or written anew in this migration.
    bool isKept(const Dependant &dependant) const
    {
        for (const TableDiff &diff : diffs_) {
            if (!diff.before || diff.before->name != dependant.table)
                continue;
            if (diff.isDrop() || (dependant.kind == Dependant::Kind::View && diff.has(DiffSubject::Definition)))
                return false;
            if (dependant.kind == Dependant::Kind::Trigger)
                return std::ranges::none_of(diff.items, [&](const DiffItem &item) {
                    return item.subject == DiffSubject::Trigger && item.before &&
                           diff.before->triggers[*item.before].name == dependant.name;
                });
        }
        return true;
    }

    void keysOff()
    {
        if (!needsKeysOff_)
            keysOffFor_ = current_;
        needsKeysOff_ = true;
    }

    std::string quote(const std::string &name) const { return dialect_.quote(name); }
    std::string placed(const std::string &create, const Table &table) const
    {
        return names_.placed(create, table.name);
    }

    static std::vector<const ForeignKey *> keysOf(const Table &table)
    {
        std::vector<const ForeignKey *> keys;
        for (const ForeignKey &key : table.foreignKeys)
            keys.push_back(&key);
        return keys;
    }

    void create(const Table &table)
    {
        if (!table.isView())
            made_.insert(current_);
        if (table.kind == TableKind::View || table.kind == TableKind::Virtual) {
            if (!table.definition)
                throw Error(ErrorKind::Unsupported, "there is no text that makes " + table.name.text());
            // A view may read what is altered below.
            if (table.isView())
                addLate(placed(*table.definition, table));
            else
                add(Phase::Expand, placed(*table.definition, table));
        } else
            add(Phase::Expand,
                table.definition ? placed(*table.definition, table) : writer_->createTable(table, keysOf(table)));
        for (const Index &index : table.indexes)
            add(Phase::Expand, writer_->createIndex(table, index));
        for (const Trigger &trigger : table.triggers) // they are not meant for the rows that come with the table
            addLate(placed(trigger.definition, table));
    }

    void drop(const Table &table, Phase phase)
    {
        if (table.isView())
            return;
        // With keys enforced DROP TABLE deletes the rows first, and their children with them.
        keysOff();
        add(phase, "DROP TABLE " + names_.table(table.name));
    }

    void dropParts(const TableDiff &diff)
    {
        if (!diff.before || diff.before->kind != TableKind::Table)
            return;
        for (const DiffItem &item : diff.items) {
            if (!item.before || item.action == DiffAction::Add)
                continue;
            if (item.subject == DiffSubject::Index)
                add(Phase::Expand,
                    "DROP INDEX " + names_.part(diff.before->name, diff.before->indexes[*item.before].name));
            if (item.subject == DiffSubject::Trigger)
                add(Phase::Expand,
                    "DROP TRIGGER " + names_.part(diff.before->name, diff.before->triggers[*item.before].name));
        }
    }

    void renameTables()
    {
        std::vector<Rename> renames;
        for (std::size_t i = 0; i < diffs_.size(); ++i)
            if (const TableDiff &diff = diffs_[i];
                diff.before && diff.after && !diff.before->isView() && diff.before->name.name != diff.after->name.name)
                renames.push_back({diff.before->name.name, diff.after->name.name, diff.after->name.schema, i});
        renameTables(Phase::Expand, std::move(renames));
    }
    void renameTables(Phase phase, std::vector<Rename> renames)
    {
        const std::size_t current = current_;
        for (const Rename &each : orderedRenames(std::move(renames), {.foldsCase = true, .keepsCaseOfTaken = true})) {
            current_ = each.diff;
            alterWithViews(phase, fmt::format("ALTER TABLE {} RENAME TO {}", names_.table({each.space, each.from}),
                                              quote(each.to)));
        }
        current_ = current;
    }

    void alter(const TableDiff &diff)
    {
        const Table &before = *diff.before, &after = *diff.after;
        if (before.isView() && after.isView()) {
            if (!after.definition)
                throw Error(ErrorKind::Unsupported, "there is no text that makes " + after.name.text());
            add(Phase::Expand, "DROP VIEW " + names_.table(before.name));
            addLate(placed(*after.definition, after));
            for (const Trigger &trigger : after.triggers)
                addLate(placed(trigger.definition, after));
            return;
        }
        if (before.kind != TableKind::Table || after.kind != TableKind::Table)
            throw Error(ErrorKind::Conflict,
                        fmt::format("{} is a {}, which SQLite cannot change", before.name.name, toString(before.kind)))
                .withHint("Create a new one and copy the rows.");
        const bool rebuilds = needsRebuild(before_, diff);
        const std::string alterTable = "ALTER TABLE " + names_.table(after.name) + " ";
        std::vector<Rename> renamed;
        for (const auto &[from, to] : diff.renamedColumns())
            renamed.push_back({from, to, {}, current_});
        renameColumns(Phase::Expand, after, std::move(renamed));
        std::set<std::string> waiting; // columns that the rebuild adds
        const bool isEarly = rebuilds && !tightens(diff);
        if (rebuilds && !isEarly && diff.writing == TableDiff::Writing::AfterTypes)
            throw Error(ErrorKind::Conflict, fmt::format("rows of {} are given values that only its new types hold, "
                                                         "and something else about it changes when rows are written",
                                                         after.name.name))
                .withHint("Commit the new types first, and the rest behind them.");
        for (const DiffItem &item : diff.items)
            if (item.subject == DiffSubject::Column && item.action == DiffAction::Add) {
                Column column = after.columns[*item.after];
                if (isEarly || (rebuilds && (column.generated || column.autoincrement))) {
                    waiting.insert(column.name);
                    continue;
                }
                if (rebuilds && !canAdd(after, column))
                    column.nullable = true; // so that rows can be filled; the rebuild says the rest
                add(Phase::Expand, bareColumn(alterTable, column));
            }
        if (rebuilds)
            rebuild(diff, isEarly ? Phase::Expand : Phase::Contract, waiting);
        else
            for (const DiffItem &item : diff.items)
                if (item.subject == DiffSubject::Column && item.action == DiffAction::Drop)
                    alterWithViews(Phase::Contract, alterTable + "DROP COLUMN " + quote(item.name));
        for (const DiffItem &item : diff.items) {
            if (item.subject == DiffSubject::Index && item.after) {
                Index index = after.indexes[*item.after];
                if (item.before && index.definition == before.indexes[*item.before].definition)
                    index.definition.reset(); // the text says what it was
                add(Phase::Contract, writer_->createIndex(after, index));
            }
            if (item.subject == DiffSubject::Trigger && item.after)
                add(Phase::Contract, placed(after.triggers[*item.after].definition, after));
        }
        if (rebuilds || opensSchema_)
            verify(diff);
    }

    std::string bareColumn(const std::string &alterTable, const Column &column) const
    {
        Column bare = column;
        if (bare.defaultSql && !isConstant(*bare.defaultSql))
            bare.defaultSql.reset();
        Table none; // without a key, so that the column's line has none
        return alterTable + "ADD COLUMN " + writer_->columnSql(none, bare);
    }

    void renameColumns(Phase phase, const Table &table, std::vector<Rename> renames)
    {
        for (const Rename &each : orderedRenames(std::move(renames), {.foldsCase = true}))
            alterWithViews(phase, fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {}", names_.table(table.name),
                                              quote(each.from), quote(each.to)));
    }

    // The rebuild.

    void rebuild(const TableDiff &diff, Phase phase, const std::set<std::string> &waiting)
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
        add(phase,
            placed(
                editedTableText(dialect_, *writer_, diff, temporary).value_or(writer_->createTable(made, keysOf(made))),
                made));

        std::vector<std::string> columns, values;
        if (!after.hasOption("without_rowid") && !before.hasOption("without_rowid") && !hasRowIdKey(after) &&
            !hasRowIdKey(before)) {
            const std::string rowId = rowIdName(after);
            const bool isHidden = !rowId.empty() && rowId == rowIdName(before);
            if (isHidden)
                columns.push_back(rowId);
        }
        values = columns;
        for (std::size_t i = 0; i < after.columns.size(); ++i) {
            const Column &each = after.columns[i];
            if (each.generated || waiting.contains(each.name))
                continue;
            columns.push_back(quote(each.name));
            const auto way = conversion(dialect_, diff, i);
            const bool isUnfilled = isAdded(diff, i) && each.defaultSql && !isConstant(*each.defaultSql);
            values.push_back(way          ? way->expression
                             : isUnfilled ? fmt::format("coalesce({}, {})", columns.back(), *each.defaultSql)
                                          : columns.back());
        }
        const std::string name = names_.table(after.name), newName = names_.table(made.name),
                          marks = names_.part(after.name, "sqlite_sequence");
        if (!columns.empty())
            add(phase, fmt::format("INSERT INTO {} ({}) SELECT {} FROM {}", newName, fmt::join(columns, ", "),
                                   fmt::join(values, ", "), name));
        const auto hasMark = [](const Table &table) {
            return std::ranges::any_of(table.columns, [](const Column &each) { return each.autoincrement; });
        };
        if (hasMark(before) && hasMark(after)) {
            add(phase, "DELETE FROM " + marks + " WHERE name = " + dialect_.literal(Value(temporary)));
            add(phase, fmt::format("INSERT INTO {0} (name, seq) SELECT {1}, seq FROM {0} WHERE name = {2}", marks,
                                   dialect_.literal(Value(temporary)), dialect_.literal(Value(after.name.name))));
        }
        add(phase, "DROP TABLE " + name);
        // So that views and triggers that name the table stay as they are.
        add(phase, "PRAGMA legacy_alter_table = ON");
        add(phase, fmt::format("ALTER TABLE {} RENAME TO {}", newName, quote(after.name.name)));
        add(phase, "PRAGMA legacy_alter_table = OFF");
        restoreParts(diff, phase);
        add(Phase::After, "PRAGMA legacy_alter_table = OFF");
    }

    /// Indexes and triggers that stay are made again from their texts. Those know the old names, and SQLite itself is
    /// the one who can rename inside of them: so the table takes its old names for as long.
    void restoreParts(const TableDiff &diff, Phase phase)
    {
        const Table &after = *diff.after;
        const auto isItem = [&](DiffSubject subject, std::size_t place) {
            return std::ranges::any_of(
                diff.items, [&](const DiffItem &item) { return item.subject == subject && item.after == place; });
        };
        std::vector<std::string> texts, others;
        for (std::size_t i = 0; i < after.indexes.size(); ++i)
            if (!isItem(DiffSubject::Index, i))
                (after.indexes[i].definition ? texts : others).push_back(writer_->createIndex(after, after.indexes[i]));
        for (std::size_t i = 0; i < after.triggers.size(); ++i)
            if (!isItem(DiffSubject::Trigger, i))
                texts.push_back(placed(after.triggers[i].definition, after));
        const auto isThere = [&](std::size_t i) {
            return phase == Phase::Contract ? diffs_[i].isCreate() && !diffs_[i].after->isView() : made_.contains(i);
        };
        const FormerNames former = texts.empty() ? FormerNames() : formerNames(diffs_, diff, texts, isThere);
        for (const auto &[table, columns] : former.columns)
            renameColumns(phase, *table, columns.back);
        renameTables(phase, former.tables.back);
        for (std::string &sql : texts)
            add(phase, std::move(sql));
        renameTables(phase, former.tables.forth);
        for (const auto &[table, columns] : former.columns)
            renameColumns(phase, *table, columns.forth);
        for (std::string &sql : others)
            add(phase, std::move(sql));
    }

    /// Views over the table and those over them must still compile, where they did before: a program may give functions
    /// that are unknown here. So must triggers that name what is dropped.
    void verify(const TableDiff &diff)
    {
        std::set<QualifiedName> reached{diff.before->name, diff.after->name};
        for (const TablePtr &view : own_.sortedViews())
            if (std::ranges::any_of(view->dependsOn, [&](const auto &each) { return reached.contains(each); })) {
                reached.insert(view->name);
                if (!view->columns.empty())
                    addVerify("SELECT 1 FROM " + names_.table(view->name) + " LIMIT 0");
            }
        for (const DiffItem &item : diff.items)
            if (item.subject == DiffSubject::Column && item.action == DiffAction::Drop)
                for (const TablePtr &table : own_.tables())
                    for (const Trigger &trigger : table->triggers)
                        if (mentions(trigger.definition, item.name))
                            verifyTrigger(*table, trigger);
    }

    /// A trigger is compiled with a statement that fires it.
    void verifyTrigger(const Table &table, const Trigger &trigger)
    {
        const std::string name = names_.table(table.name);
        for (const Token &token : tokenize(trigger.definition)) {
            if (token.is("INSERT"))
                return addVerify("EXPLAIN INSERT INTO " + name + " DEFAULT VALUES");
            if (token.is("DELETE"))
                return addVerify("EXPLAIN DELETE FROM " + name);
            if (token.is("UPDATE")) {
                std::vector<std::string> sets;
                for (const Column &column : table.columns)
                    if (!column.generated)
                        sets.push_back(quote(column.name) + " = " + quote(column.name));
                if (!sets.empty())
                    addVerify(fmt::format("EXPLAIN UPDATE {} SET {}", name, fmt::join(sets, ", ")));
                return;
            }
            if (token.is("ON"))
                return;
        }
    }
    void addVerify(std::string sql)
    {
        if (verified_.insert(sql).second)
            add(Phase::Verify, std::move(sql));
    }

    const Dialect &dialect_;
    const MetaData &before_;
    const std::vector<TableDiff> &diffs_;
    const std::set<std::size_t> inTheWay_ = dropsInTheWay(diffs_, true);
    MetaData own_;
    const Names names_;
    const ScriptOptions options_;
    std::unique_ptr<DdlWriter> writer_;
    Migration migration_;
    std::vector<MigrationStep> late_;
    std::set<std::size_t> made_; ///< the diffs whose tables have been created
    std::set<std::string> verified_;
    std::size_t current_ = 0, keysOffFor_ = 0;
    bool needsKeysOff_ = false;
    bool opensSchema_ = false;
};

} // namespace

Migration migrate(const Dialect &dialect, const MetaData &before, const MetaData &after,
                  const std::vector<TableDiff> &diffs)
{
    return Migrator(dialect, before, after, diffs).run();
}

} // namespace schemawright::sqlite
