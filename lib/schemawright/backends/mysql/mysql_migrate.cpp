#include "schemawright/backends/mysql/mysql_migrate.h"

#include "schemawright/backends/mysql/mysql_ddl.h"
#include "schemawright/sql/literal.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright::mysql {

namespace {

class Migrator
{
public:
    Migrator(const Dialect &dialect, const MetaData &before, const MetaData &after, const std::vector<TableDiff> &diffs)
        : dialect_(dialect), before_(before), after_(after), diffs_(diffs)
    {}

    Migration run()
    {
        for (std::size_t i = 0; i < diffs_.size(); ++i)
            if (isChanged(i))
                findKeys(i);
        dropViewsAndTriggers();
        for (const auto &[table, names] : keysToDrop_)
            add(names.begin()->second, alter(table) + joined(names, "DROP FOREIGN KEY "));
        dropTables();
        createTables();
        for (std::size_t i = 0; i < diffs_.size(); ++i)
            if (isChanged(i))
                alterTable(i);
        for (const auto &[diff, table, key] : keysToAdd_)
            add(diff, alter(table->name) + "ADD " + writer(*table)->foreignKeySql(*key));
        createViewsAndTriggers();
        return std::move(out_);
    }

private:
    using Names = std::map<std::string, std::size_t>; ///< of keys, with the diff for which they go

    void add(std::size_t diff, std::string sql)
    {
        if (std::ranges::find(out_.problems, diff, &MigrationProblem::diff) == out_.problems.end())
            out_.steps.push_back({Phase::Expand, std::move(sql), diff, false});
    }
    void refuse(std::size_t diff, std::string why)
    {
        std::erase_if(out_.steps, [&](const MigrationStep &step) { return step.diff == diff; });
        out_.problems.push_back({diff, Error(ErrorKind::Unsupported, std::move(why))});
    }

    /// A table that was and is one.
    bool isChanged(std::size_t i) const { return diffs_[i].before && diffs_[i].after && !diffs_[i].before->isView(); }
    std::string quote(std::string_view name) const { return dialect_.quote(name); }
    std::string quote(const QualifiedName &name) const
    {
        return name.schema == after_.defaultSchema ? dialect_.quote(name.name) : dialect_.quote(name);
    }
    std::string alter(const QualifiedName &name) const { return "ALTER TABLE " + quote(name) + " "; }
    std::string joined(const Names &names, const char *before) const
    {
        std::string text;
        for (const auto &[name, diff] : names)
            text += (text.empty() ? "" : ", ") + (before + quote(name));
        return text;
    }
    std::unique_ptr<DdlWriter> writer(const Table &table) const
    {
        const bool isNear = table.name.schema.empty() || table.name.schema == after_.defaultSchema;
        return tableWriter(dialect_, after_, options_, isNear ? after_.defaultSchema : table.name.schema);
    }

    void dropKey(std::size_t diff, const Table &table, const ForeignKey &key)
    {
        if (!key.name || key.name->empty())
            return refuse(diff, "a foreign key of " + table.name.text() + " has no name by which it could be dropped");
        keysToDrop_[table.name].emplace(*key.name, diff);
    }
    void addKey(std::size_t diff, const TablePtr &table, const ForeignKey &key)
    {
        if (std::ranges::none_of(keysToAdd_, [&](const auto &each) { return std::get<2>(each) == &key; }))
            keysToAdd_.emplace_back(diff, table, &key);
    }

    /// Keys that change go first and come last; so do those on columns whose type changes, which they would keep from
    /// it.
    void findKeys(std::size_t i)
    {
        const TableDiff &diff = diffs_[i];
        std::set<std::string> retyped;
        for (const DiffItem &item : diff.items) {
            if (item.subject == DiffSubject::ForeignKey) {
                if (item.before)
                    dropKey(i, *diff.before, diff.before->foreignKeys[*item.before]);
                if (item.after)
                    addKey(i, diff.after, diff.after->foreignKeys[*item.after]);
            } else if (item.subject == DiffSubject::Type || item.subject == DiffSubject::Collation ||
                       item.subject == DiffSubject::Nullable)
                retyped.insert(item.name);
        }
        const auto isOn = [&](const std::vector<std::string> &columns) {
            return std::ranges::any_of(columns, [&](const std::string &column) { return retyped.contains(column); });
        };
        const auto again = [&](const TablePtr &was, const ForeignKey &key) {
            const TablePtr is = was == diff.before ? diff.after : after_.table(was->name);
            if (!is)
                return; // dropped, and its keys with it
            dropKey(i, *was, key);
            for (const ForeignKey &now : is->foreignKeys)
                if (now.name == key.name)
                    addKey(i, is, now);
        };
        for (const ForeignKey &key : diff.before->foreignKeys)
            if (isOn(key.columns))
                again(diff.before, key);
        for (const auto &[table, key] : before_.referencesTo(diff.before->name))
            if (isOn(key->referredColumns))
                again(table, *key);
    }

    void dropViewsAndTriggers()
    {
        const auto views = before_.sortedViews();
        for (auto view = views.rbegin(); view != views.rend(); ++view)
            for (std::size_t i = 0; i < diffs_.size(); ++i)
                if (diffs_[i].before == *view &&
                    (diffs_[i].isDrop() || diffs_[i].before->name != diffs_[i].after->name))
                    add(i, "DROP VIEW " + quote((*view)->name));
        for (std::size_t i = 0; i < diffs_.size(); ++i)
            for (const DiffItem &item : diffs_[i].items)
                if (item.subject == DiffSubject::Trigger && item.before)
                    add(i, "DROP TRIGGER " +
                               quote({diffs_[i].before->name.schema, diffs_[i].before->triggers[*item.before].name}));
    }

    void dropTables()
    {
        const auto sorted = before_.sortedTables();
        const auto dropped = [&](const TablePtr &table) {
            return std::ranges::find_if(diffs_,
                                        [&](const TableDiff &diff) { return diff.isDrop() && diff.before == table; });
        };
        for (const auto &ring : sorted.cycles)
            for (const TablePtr &table : ring)
                if (const auto diff = dropped(table); diff != diffs_.end())
                    for (const ForeignKey &key : table->foreignKeys)
                        if (key.name && key.referred != table->name)
                            add(static_cast<std::size_t>(diff - diffs_.begin()),
                                alter(table->name) + "DROP FOREIGN KEY " + quote(*key.name));
        for (auto table = sorted.order.rbegin(); table != sorted.order.rend(); ++table)
            if (const auto diff = dropped(*table); diff != diffs_.end())
                add(static_cast<std::size_t>(diff - diffs_.begin()), "DROP TABLE " + quote((*table)->name));
    }

    /// Their keys come when all tables are there and are what they become.
    void createTables()
    {
        for (const TablePtr &table : after_.sortedTables().order)
            for (std::size_t i = 0; i < diffs_.size(); ++i)
                if (diffs_[i].isCreate() && diffs_[i].after == table) {
                    add(i, writer(*table)->createTable(*table, {}));
                    for (const ForeignKey &key : table->foreignKeys)
                        addKey(i, table, key);
                }
    }

    /// A key needs an index that begins with its columns: the server made one, and lets go of it only for another.
    static bool isNeeded(const Table &after, const std::vector<std::string> &columns)
    {
        const auto leads = [](const std::vector<std::string> &index, const std::vector<std::string> &key) {
            return index.size() >= key.size() && std::equal(key.begin(), key.end(), index.begin());
        };
        return std::ranges::any_of(after.foreignKeys, [&](const ForeignKey &key) {
            if (!leads(columns, key.columns))
                return false;
            const auto does = [&](const UniqueConstraint &each) { return leads(each.columns, key.columns); };
            return !(after.primaryKey && leads(after.primaryKey->columns, key.columns)) &&
                   std::ranges::none_of(after.uniques, does) &&
                   std::ranges::none_of(after.indexes,
                                        [&](const Index &index) { return leads(columnsOf(index), key.columns); });
        });
    }
    static std::vector<std::string> columnsOf(const Index &index)
    {
        std::vector<std::string> columns;
        for (const IndexElement &element : index.elements)
            columns.push_back(element.column.value_or(""));
        return columns;
    }

    /// The parts of the one ALTER TABLE.
    void alterTable(std::size_t i)
    {
        const TableDiff &diff = diffs_[i];
        const Table &before = *diff.before, &after = *diff.after;
        if (before.partition != after.partition ||
            before.hasOption("system_versioning") != after.hasOption("system_versioning"))
            return refuse(i,
                          "partitions and versions of " + before.name.text() + " are not changed here: say it in SQL");
        const auto made = writer(after);
        const auto renamed = diff.renamedColumns();
        std::vector<std::string> drops, adds;
        std::set<std::size_t> columns; ///< of after, to be said anew
        const auto drop = [&](const std::string &what) { drops.push_back("DROP " + what); };
        const auto sayAgain = [&](const std::string &nameBefore) {
            const auto now = renamed.find(nameBefore);
            if (const auto at = after.columnIndex(now == renamed.end() ? nameBefore : now->second))
                columns.insert(*at);
        };
        for (const DiffItem &item : diff.items)
            switch (item.subject) {
            case DiffSubject::Table:
                adds.push_back("RENAME TO " + quote(after.name));
                break;
            case DiffSubject::Column:
                if (item.action == DiffAction::Drop)
                    drop("COLUMN " + quote(item.name));
                else if (item.action == DiffAction::Add)
                    adds.push_back("ADD COLUMN " + made->columnSql(after, after.columns[*item.after]) +
                                   (*item.after ? " AFTER " + quote(after.columns[*item.after - 1].name) : " FIRST"));
                else
                    columns.insert(*item.after);
                break;
            case DiffSubject::Comment:
                if (item.name.empty())
                    adds.push_back("COMMENT = " + quotedText(after.comment.value_or(""), true));
                else
                    sayAgain(item.name);
                break;
            case DiffSubject::Options:
                if (item.name.empty())
                    adds.push_back(optionsSql(after).substr(1));
                else
                    sayAgain(item.name);
                break;
            case DiffSubject::Type:
            case DiffSubject::Nullable:
            case DiffSubject::Default:
            case DiffSubject::Identity:
            case DiffSubject::Autoincrement:
            case DiffSubject::Generated:
            case DiffSubject::Collation:
                sayAgain(item.name);
                break;
            case DiffSubject::PrimaryKey:
                if (item.action == DiffAction::Rename)
                    break;
                if (before.primaryKey)
                    drop("PRIMARY KEY");
                if (after.primaryKey)
                    adds.push_back("ADD " + made->primaryKeySql(after, *after.primaryKey));
                break;
            case DiffSubject::Unique:
                if (item.before && !isNeeded(after, before.uniques[*item.before].columns))
                    drop("INDEX " + quote(before.uniques[*item.before].name.value_or("")));
                if (item.after)
                    adds.push_back("ADD " + made->uniqueSql(after.uniques[*item.after]));
                break;
            case DiffSubject::Index:
                if (item.before && !isNeeded(after, columnsOf(before.indexes[*item.before])))
                    drop("INDEX " + quote(before.indexes[*item.before].name));
                if (item.after)
                    adds.push_back("ADD " + made->createIndex(after, after.indexes[*item.after]));
                break;
            case DiffSubject::Check:
                if (item.before) {
                    const CheckConstraint &check = before.checks[*item.before];
                    check.column ? sayAgain(*check.column) : drop("CONSTRAINT " + quote(check.name.value_or("")));
                }
                if (item.after) {
                    const CheckConstraint &check = after.checks[*item.after];
                    if (!check.column)
                        adds.push_back("ADD " + made->checkSql(check));
                    else if (const auto at = after.columnIndex(*check.column))
                        columns.insert(*at);
                }
                break;
            default: // keys, triggers and views have statements of their own
                break;
            }
        std::vector<std::string> parts = std::move(drops);
        for (const std::size_t at : columns) {
            const std::string &name = after.columns[at].name;
            const auto was = std::ranges::find_if(renamed, [&](const auto &each) { return each.second == name; });
            parts.push_back((was == renamed.end() ? "MODIFY COLUMN " : "CHANGE COLUMN " + quote(was->first) + " ") +
                            made->columnSql(after, after.columns[at]));
        }
        std::ranges::move(adds, std::back_inserter(parts));
        if (!parts.empty())
            add(i, fmt::format("{}{}", alter(before.name), fmt::join(parts, ", ")));
    }

    void createViewsAndTriggers()
    {
        for (std::size_t i = 0; i < diffs_.size(); ++i) {
            if (diffs_[i].isCreate() && !diffs_[i].after->isView())
                for (const Trigger &trigger : diffs_[i].after->triggers)
                    add(i, trigger.definition);
            for (const DiffItem &item : diffs_[i].items)
                if (item.subject == DiffSubject::Trigger && item.after)
                    add(i, diffs_[i].after->triggers[*item.after].definition);
        }
        for (const TablePtr &view : after_.sortedViews())
            for (std::size_t i = 0; i < diffs_.size(); ++i) {
                const TableDiff &diff = diffs_[i];
                if (diff.after != view)
                    continue;
                std::string definition = view->definition.value_or("");
                if (!definition.starts_with("CREATE ")) {
                    refuse(i, "the view " + view->name.text() + " has no statement that makes it");
                    continue;
                }
                if (diff.before && diff.before->name == diff.after->name)
                    definition.insert(7, "OR REPLACE ");
                add(i, std::move(definition));
            }
    }

    const Dialect &dialect_;
    const MetaData &before_, &after_;
    const std::vector<TableDiff> &diffs_;
    const ScriptOptions options_;
    Migration out_;
    std::map<QualifiedName, Names> keysToDrop_; ///< by their tables
    std::vector<std::tuple<std::size_t, TablePtr, const ForeignKey *>> keysToAdd_;
};

} // namespace

Migration migrate(const Dialect &dialect, const MetaData &before, const MetaData &after,
                  const std::vector<TableDiff> &diffs)
{
    return Migrator(dialect, before, after, diffs).run();
}

ObjectMigration migrateObjects(const Dialect &dialect, const MetaData &after, const std::vector<ObjectDiff> &diffs)
{
    using Stage = ObjectStep::Stage;
    ObjectMigration migration;
    for (std::size_t i = 0; i < diffs.size(); ++i) {
        const ObjectDiff &diff = diffs[i];
        const std::string &kind = diff.object.kind;
        const bool isNear = diff.object.name.schema == after.defaultSchema;
        const std::string name = isNear ? dialect.quote(diff.object.name.name) : dialect.quote(diff.object.name);
        std::string word = kind;
        for (char &c : word)
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        std::string definition;
        for (const Function &each : after.functions)
            if (each.name == diff.object.name && each.kind == kind)
                definition = each.definition;
        for (const OtherObject &each : after.others)
            if (each.name == diff.object.name && each.kind == kind)
                definition = each.definition;
        for (const Sequence &each : after.sequences)
            if (each.name == diff.object.name && kind == "sequence")
                definition = sequenceSql(each, name, false);
        const bool isText = kind == "function" || kind == "procedure" || kind == "event";
        if (kind == "schema" && diff.action == DiffAction::Add)
            migration.steps.push_back(
                {Stage::BeforeTables, "CREATE SCHEMA " + dialect.quote(diff.object.name.name), i});
        else if (diff.action == DiffAction::Drop && (isText || kind == "sequence"))
            migration.steps.push_back({Stage::AfterTables, "DROP " + word + " " + name, i});
        else if (diff.action != DiffAction::Drop && !definition.empty() && (isText || diff.action == DiffAction::Add)) {
            if (diff.action == DiffAction::Alter)
                migration.steps.push_back({Stage::BeforeTables, "DROP " + word + " " + name, i});
            migration.steps.push_back({Stage::BeforeTables, std::move(definition), i});
        } else // a sequence would begin again, a schema take all that is in it
            migration.problems.push_back({i, "no statements are made for a " + kind + " that is " +
                                                 (diff.action == DiffAction::Drop ? "dropped" : "changed")});
    }
    return migration;
}

} // namespace schemawright::mysql
