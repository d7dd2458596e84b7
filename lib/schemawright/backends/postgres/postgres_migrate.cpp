#include "schemawright/backends/postgres/postgres_migrate.h"

#include "schemawright/backends/postgres/postgres_ddl.h"
#include "schemawright/backends/postgres/postgres_migrate_columns.h"
#include "schemawright/backends/postgres/postgres_migrate_parts.h"
#include "schemawright/backends/postgres/postgres_text.h"
#include "schemawright/dialect/rename_order.h"
#include "schemawright/schema/dependants.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace schemawright::postgres {

namespace {

class Migrator
{
public:
    Migrator(const MetaData &before, const MetaData &after, const std::vector<TableDiff> &diffs, const Dialect &dialect)
        : dialect_(dialect), before_(before), after_(after), diffs_(diffs)
    {}

    Migration run()
    {
        findDependants();
        const auto each = [&](const auto &work) {
            for (current_ = 0; current_ < diffs_.size(); ++current_)
                try {
                    work(diffs_[current_]);
                } catch (const Error &error) {
                    migration_.problems.push_back({current_, error});
                }
        };
        each([&](const TableDiff &diff) { refuseWhatDepends(diff); });
        if (!migration_.problems.empty())
            return std::move(migration_);
        dropViews();
        const auto isAltered = [](const TableDiff &diff) { return diff.before && diff.after && !isView(diff); };
        // Keys go before what they refer to.
        each([&](const TableDiff &diff) {
            if (diff.before && !isView(diff))
                dropKeys(diff);
        });
        dropTables(Phase::Expand);
        each([&](const TableDiff &diff) {
            if (isAltered(diff))
                dropParts(diff);
        });
        renameConstraints();
        each([&](const TableDiff &diff) {
            if (isAltered(diff))
                leaveParents(diff);
        });
        renameRelations();
        each([&](const TableDiff &diff) {
            if (isAltered(diff))
                expand(diff);
        });
        createTables();
        each([&](const TableDiff &diff) {
            if (isAltered(diff))
                contract(diff);
        });
        dropTables(Phase::Contract);
        each([&](const TableDiff &diff) {
            if (diff.after && !isView(diff))
                addKeys(diff);
        });
        createViews();
        each([&](const TableDiff &diff) {
            if (diff.after && !isView(diff))
                finish(diff);
        });
        std::ranges::stable_sort(migration_.steps, {}, &MigrationStep::phase);
        const auto contracting = std::ranges::find(migration_.steps, Phase::Contract, &MigrationStep::phase);
        if (contracting != migration_.steps.end()) // else "pending trigger events"
            migration_.steps.insert(contracting, {Phase::Contract, "SET CONSTRAINTS ALL IMMEDIATE", contracting->diff});
        return std::move(migration_);
    }

private:
    static bool isView(const TableDiff &diff)
    {
        return (diff.before && diff.before->isView()) || (diff.after && diff.after->isView());
    }

    void add(Phase phase, std::string sql) { migration_.steps.push_back({phase, std::move(sql), current_}); }
    void alter(Phase phase, const Table &table, const std::string &what)
    {
        add(phase, "ALTER TABLE " + quoteName(table.name) + " " + what);
    }

    // Views.

    void findDependants()
    {
        std::map<QualifiedName, std::vector<std::string>> columns; // that views may not use meanwhile
        std::set<QualifiedName> gone;
        for (std::size_t i = 0; i < diffs_.size(); ++i) {
            const TableDiff &diff = diffs_[i];
            if (isView(diff)) {
                if (diff.before) {
                    redone_.emplace(diff.before->name, i);
                    gone.insert(diff.before->name);
                }
                continue;
            }
            if (diff.isDrop())
                gone.insert(diff.before->name);
            for (const DiffItem &item : diff.items)
                if (item.subject == DiffSubject::Type || item.subject == DiffSubject::Collation ||
                    item.subject == DiffSubject::Generated ||
                    (item.subject == DiffSubject::Column && item.action == DiffAction::Drop)) {
                    columns[diff.before->name].push_back(item.name);
                    byTable_.emplace(diff.before->name, i);
                } else if (isKeyGone(item))
                    for (const Dependency &each : before_.dependencies)
                        if (each.needs == ObjectReference{"primary_key", diff.before->name, ""}) {
                            gone.insert(each.object.name);
                            redone_.emplace(each.object.name, i);
                        }
            if (diff.isDrop())
                byTable_.emplace(diff.before->name, i);
        }
        for (const TablePtr &view : before_.sortedViews())
            for (const QualifiedName &read : view->dependsOn) {
                const auto found = columns.find(read);
                const bool uses = found != columns.end() && view->definition &&
                                  std::ranges::any_of(found->second, [&](const std::string &column) {
                                      return mentionsName(*view->definition, column, false);
                                  });
                if (!uses && !gone.contains(read))
                    continue;
                gone.insert(view->name);
                const auto why = byTable_.find(read);
                const auto over = redone_.find(read);
                redone_.emplace(view->name, why != byTable_.end()   ? why->second
                                            : over != redone_.end() ? over->second
                                                                    : 0);
            }
    }

    /// A view that reads what is dropped could not be made again, and a generated column or trigger goes or fails.
    void refuseWhatDepends(const TableDiff &diff) const
    {
        if (diff.before && isView(diff))
            return;
        const auto stays = [&](const Dependant &each) {
            const TablePtr now = after_.table(each.table), then = before_.table(each.table);
            return each.kind == Dependant::Kind::View && now && then && now->definition == then->definition;
        };
        const bool losesKey = diff.before && std::ranges::any_of(diff.items, isKeyGone);
        refuseWhatIsNeeded(before_, diff, stays,
                           losesKey ? keysLeftWithout(before_, asCalledBefore(diff)) : std::vector<Dependant>());
    }

    void dropViews()
    {
        std::vector<TablePtr> views = before_.sortedViews();
        std::ranges::reverse(views);
        std::string kept;
        for (const TablePtr &view : views)
            if (redone_.contains(view->name) && after_.table(view->name)) {
                current_ = redone_.at(view->name);
                kept += (kept.empty() ? "" : ", ") + quoteText(quoteName(view->name)) + "::regclass";
            }
        if (!kept.empty()) {
            keepsGrants_ = true;
            add(Phase::Expand, keepGrants(kept));
        }
        for (const TablePtr &view : views)
            if (const auto found = redone_.find(view->name); found != redone_.end()) {
                current_ = found->second;
                add(Phase::Expand, std::string("DROP ") + ddl::relationWord(*view) + " " + quoteName(view->name));
            }
    }

    void createViews()
    {
        std::map<QualifiedName, std::size_t> made;
        for (std::size_t i = 0; i < diffs_.size(); ++i)
            if (diffs_[i].after && isView(diffs_[i]))
                made.emplace(diffs_[i].after->name, i);
        for (const TablePtr &view : after_.sortedViews()) {
            const auto redone = redone_.find(view->name);
            const auto isNew = made.find(view->name);
            if (redone == redone_.end() && isNew == made.end())
                continue;
            current_ = isNew != made.end() ? isNew->second : redone->second;
            if (isNew == made.end())
                migration_.remadeViews.push_back({current_, view->name});
            if (!view->definition) {
                migration_.problems.push_back(
                    {current_, Error(ErrorKind::Unsupported, "the query of " + view->name.text() + " is not known")});
                continue;
            }
            add(Phase::Contract, ddl::view(*view, false));
            for (const Index &index : view->indexes)
                add(Phase::Contract, ddl::index(*view, index, false));
            for (const Trigger &trigger : view->triggers)
                add(Phase::Contract, trigger.definition);
            for (std::string &sql : ddl::settings(*view))
                add(Phase::Contract, std::move(sql));
            for (std::string &sql : ddl::comments(*view))
                add(Phase::Contract, std::move(sql));
        }
        if (keepsGrants_)
            add(Phase::Contract, giveGrants());
    }

    // Whole tables.

    void createTables()
    {
        std::map<QualifiedName, std::size_t> made;
        for (std::size_t i = 0; i < diffs_.size(); ++i)
            if (diffs_[i].isCreate() && !isView(diffs_[i]))
                made.emplace(diffs_[i].after->name, i);
        if (made.empty())
            return;
        for (const TablePtr &table : after_.sortedTables().order) {
            const auto found = made.find(table->name);
            if (found == made.end())
                continue;
            current_ = found->second;
            Table bare = *table; // keys and triggers come when all rows are there
            bare.foreignKeys.clear();
            bare.triggers.clear();
            MetaData one;
            one.defaultSchema = after_.defaultSchema;
            one.add(std::move(bare));
            for (std::string &sql : dialect_.createScript(one).statements)
                add(Phase::Expand, std::move(sql));
        }
    }

    /// When rows have been written, but for those whose names something else gets.
    void dropTables(Phase phase)
    {
        std::map<QualifiedName, std::size_t> gone;
        for (std::size_t i = 0; i < diffs_.size(); ++i)
            if (diffs_[i].isDrop() && !isView(diffs_[i]) && inTheWay_.contains(i) == (phase == Phase::Expand))
                gone.emplace(diffs_[i].before->name, i);
        if (gone.empty())
            return;
        std::vector<TablePtr> tables = before_.sortedTables().order;
        std::ranges::reverse(tables);
        for (const TablePtr &table : tables)
            if (const auto found = gone.find(table->name); found != gone.end()) {
                current_ = found->second;
                add(phase, std::string("DROP ") + ddl::relationWord(*table) + " " + quoteName(table->name));
            }
    }

    // One table.

    static bool isGone(const DiffItem &item) { return item.before && item.action != DiffAction::Add; }

    void dropKeys(const TableDiff &diff)
    {
        if (diff.isDrop()) { // two that are dropped may refer to each other
            const bool isFirst = inTheWay_.contains(current_);
            for (const ForeignKey &key : diff.before->foreignKeys)
                if (!key.inherited && key.referred != diff.before->name)
                    alter(isFirst ? Phase::Expand : Phase::Contract, *diff.before,
                          "DROP CONSTRAINT " + quoteName(nameOr(key.name, *diff.before, key.columns, "_fkey")));
            return;
        }
        for (const DiffItem &item : diff.items)
            if (item.subject == DiffSubject::ForeignKey && isGone(item)) {
                const ForeignKey &key = diff.before->foreignKeys[*item.before];
                if (item.action != DiffAction::Rename)
                    alter(Phase::Expand, *diff.before,
                          "DROP CONSTRAINT " + quoteName(nameOr(key.name, *diff.before, key.columns, "_fkey")));
            }
    }

    void dropParts(const TableDiff &diff)
    {
        const Table &table = *diff.before;
        for (const DiffItem &item : diff.items) {
            const bool isKey = item.subject == DiffSubject::PrimaryKey && item.action != DiffAction::Add;
            if ((!isKey && !isGone(item)) || item.action == DiffAction::Rename ||
                item.subject == DiffSubject::ForeignKey)
                continue;
            if (item.subject == DiffSubject::Trigger)
                add(Phase::Expand,
                    "DROP TRIGGER " + quoteName(table.triggers[*item.before].name) + " ON " + quoteName(table.name));
            else if (item.subject == DiffSubject::Index)
                add(Phase::Expand,
                    "DROP INDEX " + quoteName(QualifiedName{table.name.schema, table.indexes[*item.before].name}));
            else if (const auto name = partName(diff, item))
                alter(Phase::Expand, table, "DROP CONSTRAINT " + quoteName(*name));
            else if (item.subject == DiffSubject::Check)
                throw Error(ErrorKind::Conflict,
                            "a check without a name cannot be dropped: " + table.checks[*item.before].expression);
        }
    }

    /// Constraints without an index have the names of their table.
    void renameConstraints()
    {
        std::vector<Rename> constraints;
        eachRenamedPart([&](const TableDiff &diff, const DiffItem &item, std::string name) {
            if (item.subject == DiffSubject::ForeignKey || item.subject == DiffSubject::Check)
                constraints.push_back({std::move(name), *item.to, diff.before->name.text(), current_});
        });
        for (const Rename &each : orderedRenames(std::move(constraints), {})) {
            current_ = each.diff;
            alter(Phase::Expand, *diffs_[each.diff].before,
                  "RENAME CONSTRAINT " + quoteName(each.from) + " TO " + quoteName(each.to));
        }
    }

    /// Tables, indexes and constraints with one share the names of their schema.
    void renameRelations()
    {
        std::vector<Rename> relations;
        eachRenamedPart([&](const TableDiff &diff, const DiffItem &item, std::string name) {
            if (item.subject != DiffSubject::ForeignKey && item.subject != DiffSubject::Check)
                relations.push_back({std::move(name), *item.to, diff.after->name.schema, current_, "INDEX"});
        });
        for (std::size_t i = 0; i < diffs_.size(); ++i)
            if (const TableDiff &diff = diffs_[i];
                diff.before && diff.after && !isView(diff) && diff.before->name.name != diff.after->name.name)
                relations.push_back(
                    {diff.before->name.name, diff.after->name.name, diff.after->name.schema, i, "TABLE"});
        for (const Rename &each : orderedRenames(std::move(relations), {})) {
            current_ = each.diff;
            add(Phase::Expand,
                "ALTER " + each.what + " " + quoteName({each.space, each.from}) + " RENAME TO " + quoteName(each.to));
        }
    }

    template <class Use> void eachRenamedPart(Use use)
    {
        for (current_ = 0; current_ < diffs_.size(); ++current_)
            for (const DiffItem &item : diffs_[current_].items)
                if (item.action == DiffAction::Rename && !isView(diffs_[current_]))
                    if (auto name = partName(diffs_[current_], item))
                        use(diffs_[current_], item, std::move(*name));
    }

    void expand(const TableDiff &diff)
    {
        const Table &before = *diff.before, &after = *diff.after;
        renameColumns(diff);
        for (const DiffItem &item : diff.items)
            if (item.subject == DiffSubject::Column && item.action == DiffAction::Add) {
                Column column = after.columns[*item.after];
                if (!column.identity && !column.generated && !column.defaultSql)
                    column.nullable = true; // NOT NULL when the rows have been filled
                alter(Phase::Expand, after, "ADD COLUMN " + ddl::columnDefinition(after, column));
            }
        for (const DiffItem &item : diff.items) // new rows are written without what is dropped behind them
            if (item.subject == DiffSubject::Column && item.action == DiffAction::Drop)
                if (const Column &gone = before.columns[*item.before]; !gone.nullable && !gone.identity)
                    alter(Phase::Expand, after, "ALTER COLUMN " + quoteName(gone.name) + " DROP NOT NULL");
        std::set<std::size_t> done;
        for (const DiffItem &item : diff.items)
            if (item.before && item.after && isColumnItem(item) && done.insert(*item.after).second)
                for (ColumnStep &step : alterColumn(dialect_, after_, diff, *item.before, *item.after))
                    add(step.phase, std::move(step.sql));
    }

    void leaveParents(const TableDiff &diff)
    {
        const Table &before = *diff.before, &after = *diff.after;
        if (const DiffItem *item = kindItem(diff); item && !canBecome(before, after))
            throw Error(ErrorKind::Unsupported,
                        fmt::format("what kind of table {} is cannot be altered in place: {} to {}", before.name.text(),
                                    item->from.value_or(""), item->to.value_or("")));
        const auto has = [](const Table &table, const QualifiedName &parent) {
            return std::ranges::find(table.inherits, parent) != table.inherits.end();
        };
        for (const QualifiedName &parent : before.inherits)
            if (!before.partition.of && !has(after, parent))
                alter(Phase::Expand, before, "NO INHERIT " + quoteName(parent));
        if (before.partition.of && before.partition != after.partition)
            add(Phase::Expand,
                "ALTER TABLE " + quoteName(*before.partition.of) + " DETACH PARTITION " + quoteName(before.name));
        if (before.hasOption("unlogged") != after.hasOption("unlogged"))
            alter(Phase::Expand, before, after.hasOption("unlogged") ? "SET UNLOGGED" : "SET LOGGED");
        if (before.name.schema != after.name.schema && !before.name.schema.empty() && !after.name.schema.empty())
            alter(Phase::Expand, before, "SET SCHEMA " + quoteName(after.name.schema));
    }

    void joinParents(const TableDiff &diff)
    {
        const Table &before = *diff.before, &after = *diff.after;
        for (const QualifiedName &parent : after.inherits)
            if (!after.partition.of && std::ranges::find(before.inherits, parent) == before.inherits.end())
                alter(Phase::Contract, after, "INHERIT " + quoteName(parent));
        if (after.partition.of && before.partition != after.partition)
            add(Phase::Contract, "ALTER TABLE " + quoteName(*after.partition.of) + " ATTACH PARTITION " +
                                     quoteName(after.name) + " " + after.partition.bound.value_or("DEFAULT"));
    }

    void renameColumns(const TableDiff &diff)
    {
        std::vector<Rename> renames;
        for (const auto &[from, to] : diff.renamedColumns())
            renames.push_back({from, to, {}, current_});
        for (const Rename &each : orderedRenames(std::move(renames), {}))
            alter(Phase::Expand, *diff.after, "RENAME COLUMN " + quoteName(each.from) + " TO " + quoteName(each.to));
    }

    void contract(const TableDiff &diff)
    {
        const Table &after = *diff.after;
        for (const DiffItem &item : diff.items) {
            if (item.subject == DiffSubject::Column && item.action == DiffAction::Drop)
                alter(Phase::Contract, after, "DROP COLUMN " + quoteName(item.name));
            if (item.subject == DiffSubject::Column && item.action == DiffAction::Add) {
                const Column &column = after.columns[*item.after];
                if (!column.nullable && !column.identity && !column.generated && !column.defaultSql)
                    alter(Phase::Contract, after, "ALTER COLUMN " + quoteName(column.name) + " SET NOT NULL");
            }
        }
        for (const DiffItem &item : diff.items) {
            if (item.action == DiffAction::Rename || item.action == DiffAction::Drop)
                continue;
            if (item.subject == DiffSubject::PrimaryKey)
                alter(Phase::Contract, after, "ADD " + ddl::primaryKey(*after.primaryKey));
            else if (!item.after)
                continue;
            else if (item.subject == DiffSubject::Unique)
                alter(Phase::Contract, after, "ADD " + ddl::unique(after.uniques[*item.after]));
            else if (item.subject == DiffSubject::Check)
                alter(Phase::Contract, after, "ADD " + ddl::check(after.checks[*item.after]));
            else if (item.subject == DiffSubject::Exclusion)
                alter(Phase::Contract, after, "ADD " + ddl::exclusion(after.exclusions[*item.after]));
            else if (item.subject == DiffSubject::Index)
                add(Phase::Contract, ddl::index(after, after.indexes[*item.after], false));
        }
    }

    void addKeys(const TableDiff &diff)
    {
        const Table &after = *diff.after;
        if (diff.isCreate())
            for (const ForeignKey &key : after.foreignKeys)
                if (!key.inherited)
                    alter(Phase::Contract, after, "ADD " + ddl::foreignKey(key));
        for (const DiffItem &item : diff.items)
            if (item.subject == DiffSubject::ForeignKey && item.after && item.action != DiffAction::Rename)
                alter(Phase::Contract, after, "ADD " + ddl::foreignKey(after.foreignKeys[*item.after]));
    }

    void finish(const TableDiff &diff)
    {
        const Table &after = *diff.after;
        if (diff.isCreate()) {
            for (const Trigger &trigger : after.triggers)
                add(Phase::Contract, trigger.definition);
            return;
        }
        bool hasSettings = false;
        for (const DiffItem &item : diff.items) {
            if (item.subject == DiffSubject::Trigger && item.after)
                add(Phase::Contract, after.triggers[*item.after].definition);
            if (item.subject == DiffSubject::Comment) {
                const std::string what =
                    item.after ? "COLUMN " + quoteName(after.name) + "." + quoteName(after.columns[*item.after].name)
                               : "TABLE " + quoteName(after.name);
                add(Phase::Contract, "COMMENT ON " + what + " IS " + (item.to ? quoteText(*item.to) : "NULL"));
            }
            hasSettings = hasSettings || item.subject == DiffSubject::Options;
        }
        joinParents(diff);
        if (hasSettings)
            for (std::string &sql : ddl::settings(after))
                add(Phase::Contract, std::move(sql));
    }

    const Dialect &dialect_;
    const MetaData &before_, &after_;
    const std::vector<TableDiff> &diffs_;
    const std::set<std::size_t> inTheWay_ = dropsInTheWay(diffs_, false);
    std::map<QualifiedName, std::size_t> redone_;  ///< views that are dropped and made again, and for which diff
    std::map<QualifiedName, std::size_t> byTable_; ///< the diff of a table whose views must go
    Migration migration_;
    std::size_t current_ = 0;
    bool keepsGrants_ = false;
};

} // namespace

Migration migrate(const Dialect &dialect, const MetaData &before, const MetaData &after,
                  const std::vector<TableDiff> &diffs)
{
    return Migrator(before, after, diffs, dialect).run();
}

} // namespace schemawright::postgres
