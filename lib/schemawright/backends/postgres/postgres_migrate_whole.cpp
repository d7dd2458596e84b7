#include "schemawright/backends/postgres/postgres_migrate_whole.h"

#include "schemawright/backends/postgres/postgres_builder.h"
#include "schemawright/backends/postgres/postgres_migrate.h"
#include "schemawright/backends/postgres/postgres_migrate_objects.h"
#include "schemawright/backends/postgres/postgres_put_aside.h"
#include "schemawright/backends/postgres/postgres_text.h"
#include "schemawright/schema/dependants.h"

#include <algorithm>
#include <set>

namespace schemawright::postgres {

namespace {

using Stage = ObjectStep::Stage;

/// Some tables and objects of one side, the objects as an ObjectDiff calls them.
struct Part
{
    std::set<QualifiedName> tables;
    std::set<ObjectReference> objects;
    std::set<ObjectReference> apart; ///< what stands on these tables and does not belong to the part

    bool hasTable(const QualifiedName &name) const { return tables.contains(name); }
    /// The same for what a dependency names.
    bool has(const ObjectReference &reference) const
    {
        if (reference.kind == "table" || reference.kind == "index")
            return tables.contains(reference.name);
        const auto named = [&](const char *kind, const std::string &arguments) {
            return objects.contains({kind, reference.name, arguments});
        };
        if (reference.kind == "type")
            return named("enum", "") || named("domain", "");
        if (reference.kind == "function")
            return named("function", reference.arguments) || named("procedure", reference.arguments) ||
                   named("aggregate", reference.arguments);
        return std::ranges::any_of(objects, [&](const ObjectReference &each) {
            return each.kind == reference.kind && each.name == reference.name;
        });
    }
};

class WholeMigrator
{
public:
    WholeMigrator(const Dialect &dialect, const MetaData &before, const MetaData &after, const MetaDataDiff &diff)
        : dialect_(dialect), before_(before), after_(after), diff_(diff)
    {}

    WholeMigration run()
    {
        result_.tables = migrate(dialect_, before_, after_, diff_.tables);
        result_.objects = migrateObjects(dialect_, before_, after_, diff_.objects);
        chooseTables();
        chooseObjects();
        while (remakeReaders()) {
        }
        std::erase_if(result_.objects.problems, [&](const auto &each) { return isHandled(each.diff); });
        write();
        return std::move(result_);
    }

private:
    QualifiedName resolved(const QualifiedName &name) const
    {
        return name.schema.empty() ? QualifiedName{before_.defaultSchema, name.name} : name;
    }
    ObjectReference called(const OtherObject &other) const
    {
        return {other.kind, resolved(other.name), other.onTable ? other.onTable->text() : std::string()};
    }
    bool isHandled(std::size_t object) const
    {
        const ObjectReference &name = diff_.objects[object].object;
        return made_.objects.contains(name) || gone_.objects.contains(name);
    }

    // What is made, what goes.

    static bool isRemade(const TableDiff &diff)
    {
        if (diff.before->isView() != diff.after->isView())
            return true;
        return diff.before->isView() && std::ranges::any_of(diff.items, [](const DiffItem &item) {
                   return item.subject != DiffSubject::Comment && item.subject != DiffSubject::Index &&
                          item.subject != DiffSubject::Trigger && item.subject != DiffSubject::Options;
               });
    }

    void chooseTables()
    {
        for (std::size_t i = 0; i < diff_.tables.size(); ++i) {
            const TableDiff &each = diff_.tables[i];
            const bool isRefused =
                std::ranges::find(result_.tables.problems, i, &MigrationProblem::diff) != result_.tables.problems.end();
            if (isRefused || (each.before && each.after && !isRemade(each)))
                continue;
            if (each.before)
                gone_.tables.insert(resolved(each.before->name));
            if (each.after)
                made_.tables.insert(resolved(each.after->name));
        }
    }

    static bool isAboutRoles(const std::string &kind)
    {
        return kind == "privileges" || kind == "default_privileges" || kind == "owner";
    }

    void chooseObjects()
    {
        for (const ObjectDiff &each : diff_.objects) {
            const ObjectReference &object = each.object;
            if (each.action == DiffAction::Alter)
                continue;
            const bool isMade = each.action == DiffAction::Add;
            Part &part = isMade ? made_ : gone_;
            // What hangs on a table is made and goes with it, or is altered with it.
            const bool isOnOne = std::ranges::any_of(
                part.tables, [&](const QualifiedName &table) { return table.text() == object.arguments; });
            // Who may do what is said when all is there: one grant may rest on another's.
            if (isAboutRoles(object.kind))
                continue;
            if (isOnTables(object.kind) ? isOnOne : !staysWithItsOwner(object, isMade))
                part.objects.insert(object);
        }
    }

    /// A schema that is on both sides and has a comment on one; a sequence that belongs to a table that stays.
    bool staysWithItsOwner(const ObjectReference &object, bool isMade) const
    {
        if (object.kind == "schema")
            return std::ranges::find((isMade ? before_ : after_).schemas, object.name.name, &Schema::name) !=
                   (isMade ? before_ : after_).schemas.end();
        if (object.kind != "sequence")
            return false;
        const MetaData &side = isMade ? after_ : before_;
        const auto sequence = std::ranges::find_if(
            side.sequences, [&](const Sequence &each) { return resolved(each.name) == object.name; });
        if (isMade || sequence == side.sequences.end() || !sequence->ownedBy)
            return false;
        return std::ranges::none_of(gone_.tables, [&](const QualifiedName &table) {
            return sequence->ownedBy->starts_with(quoteName(table) + ".");
        });
    }

    /// What reads a view that is made again, and was and stays, is made again with it.
    bool remakeReaders()
    {
        bool isMore = false;
        const auto isAgain = [&](const QualifiedName &table) { return gone_.hasTable(table) && made_.hasTable(table); };
        for (const TablePtr &view : before_.tables()) {
            const QualifiedName name = resolved(view->name);
            const bool reads = std::ranges::any_of(view->dependsOn,
                                                   [&](const QualifiedName &each) { return isAgain(resolved(each)); });
            if (view->isView() && reads)
                isMore = again(name) || isMore;
        }
        for (const Dependency &each : before_.dependencies) {
            if (!(gone_.has(each.needs) && made_.has(each.needs)))
                continue;
            if (each.object.kind == "table") {
                if (const TablePtr view = before_.table(each.object.name); view && view->isView())
                    isMore = again(each.object.name) || isMore;
            } else if (each.object.kind != "index")
                for (const ObjectReference &object : namesOf(each.object))
                    if (!isOnTables(object.kind) && !(gone_.objects.contains(object) && made_.objects.contains(object)))
                        isMore = gone_.objects.insert(object).second | made_.objects.insert(object).second | isMore;
        }
        return isMore;
    }
    bool again(const QualifiedName &table)
    {
        return after_.table(table) && (gone_.tables.insert(table).second | made_.tables.insert(table).second);
    }

    /// How diffs call what a dependency names, where it is on both sides.
    std::vector<ObjectReference> namesOf(const ObjectReference &reference) const
    {
        std::vector<ObjectReference> names;
        const auto isIn = [&](const MetaData &side, const ObjectReference &object) {
            return std::ranges::any_of(side.functions,
                                       [&](const Function &each) {
                                           return each.kind == object.kind && resolved(each.name) == object.name &&
                                                  each.arguments == object.arguments;
                                       }) ||
                   std::ranges::any_of(side.others, [&](const OtherObject &each) { return called(each) == object; }) ||
                   (object.kind == "domain" && std::ranges::any_of(side.domains, [&](const Domain &each) {
                        return resolved(each.name) == object.name;
                    }));
        };
        for (const char *kind : {"function", "procedure", "aggregate", "domain"}) {
            const bool isFunction = reference.kind == "function" && std::string_view(kind) != "domain";
            if (isFunction || (reference.kind == "type" && std::string_view(kind) == "domain"))
                names.push_back({kind, reference.name, isFunction ? reference.arguments : ""});
        }
        if (reference.kind != "function" && reference.kind != "type")
            names.push_back({reference.kind, reference.name, ""});
        std::erase_if(names, [&](const ObjectReference &each) { return !isIn(before_, each) || !isIn(after_, each); });
        return names;
    }

    // The order.

    /// Something that stays, as it is before, needs what goes: then it must be altered first.
    bool isNeeded() const
    {
        for (const Dependency &each : before_.dependencies)
            if (gone_.has(each.needs) && !gone_.has(each.object) && !isDroppedApart(each.object))
                return true;
        for (const TablePtr &table : before_.tables()) {
            if (gone_.hasTable(resolved(table->name)))
                continue;
            const auto goes = [&](const QualifiedName &name) { return gone_.hasTable(resolved(name)); };
            if (std::ranges::any_of(table->dependsOn, goes) || std::ranges::any_of(table->inherits, goes) ||
                (table->partition.of && goes(*table->partition.of)) ||
                std::ranges::any_of(table->foreignKeys, [&](const ForeignKey &key) { return goes(key.referred); }) ||
                std::ranges::any_of(table->columns, [&](const Column &each) { return isOfWhatGoes(each); }))
                return true;
        }
        return false;
    }
    /// By its type or default; one too many only makes that go late.
    bool isOfWhatGoes(const Column &column) const
    {
        return std::ranges::any_of(gone_.objects, [&](const ObjectReference &object) {
            if (object.kind == "sequence") // named by a text: nextval('…'::regclass)
                return column.defaultSql && column.defaultSql->find(object.name.name) != std::string::npos;
            return (object.kind == "enum" || object.kind == "domain" || isTypeKind(object.kind)) &&
                   mentionsName(column.type.native, object.name.name, false);
        });
    }
    bool isDroppedApart(const ObjectReference &reference) const
    {
        return std::ranges::any_of(diff_.objects, [&](const ObjectDiff &each) {
            return each.action == DiffAction::Drop && each.object.kind == reference.kind &&
                   each.object.name == reference.name && !gone_.objects.contains(each.object);
        });
    }

    MetaData partOf(const MetaData &side, const Part &part) const
    {
        MetaData one;
        one.dialect = side.dialect;
        one.defaultSchema = side.defaultSchema;
        one.dependencies = side.dependencies;
        const auto keep = [&](const auto &from, auto &to, auto kindOf) {
            for (const auto &each : from)
                if (part.objects.contains(kindOf(each)))
                    to.push_back(each);
        };
        const auto named = [&](const char *kind) {
            return [this, kind](const auto &each) { return ObjectReference{kind, resolved(each.name), ""}; };
        };
        keep(side.schemas, one.schemas, [](const Schema &each) {
            return ObjectReference{"schema", {each.name, each.name}, ""};
        });
        keep(side.sequences, one.sequences, named("sequence"));
        keep(side.enums, one.enums, named("enum"));
        keep(side.domains, one.domains, named("domain"));
        keep(side.functions, one.functions, [&](const Function &each) {
            return ObjectReference{each.kind, resolved(each.name), each.arguments};
        });
        for (const OtherObject &each : side.others)
            if (!isAboutRoles(each.kind) && !part.apart.contains(called(each)) &&
                (part.objects.contains(called(each)) || (each.onTable && part.hasTable(resolved(*each.onTable)))))
                one.others.push_back(each);
        for (const TablePtr &table : side.tables())
            if (part.hasTable(resolved(table->name)))
                one.add(table);
        return one;
    }

    /// Of what goes, the views and what needs them.
    Part readersThatGo() const
    {
        Part readers;
        for (const QualifiedName &name : gone_.tables)
            if (const TablePtr table = before_.table(name); table && table->isView())
                readers.tables.insert(name);
        for (const ObjectReference &each : gone_.objects) // they may name such a view
            if (each.kind == "rule" || each.kind == "policy")
                readers.objects.insert(each);
        for (bool isMore = true; isMore;) {
            isMore = false;
            for (const Dependency &each : before_.dependencies)
                if (readers.has(each.needs))
                    for (const ObjectReference &object : gone_.objects)
                        if (Part{{}, {object}, {}}.has(each.object))
                            isMore = readers.objects.insert(object).second || isMore;
        }
        return readers;
    }

    void drop(const MetaData &one)
    {
        const ScriptOptions options{.drop = true};
        for (std::string &sql : Builder(one, options).drop().statements)
            add(std::move(sql));
    }

    /// What refers from what goes to what stays would hold its keys meanwhile.
    void untie()
    {
        for (const QualifiedName &name : gone_.tables)
            if (const TablePtr table = before_.table(name))
                for (const ForeignKey &key : table->foreignKeys)
                    if (!key.inherited && key.name && !gone_.hasTable(resolved(key.referred)))
                        add("ALTER TABLE " + quoteName(table->name) + " DROP CONSTRAINT " + quoteName(*key.name));
    }

    void add(std::string sql, bool transactional = true)
    {
        static const std::string bodies = "SET LOCAL check_function_bodies = false";
        if (sql == bodies && std::exchange(bodiesAreFree_, true))
            return;
        result_.script.push_back({std::move(sql), transactional});
    }
    template <class Wants> void addObjects(Stage stage, Wants wants)
    {
        for (const ObjectStep &step : result_.objects.steps) {
            const bool isRefused = std::ranges::find(result_.objects.problems, step.diff,
                                                     &ObjectMigration::Problem::diff) != result_.objects.problems.end();
            if (step.stage == stage && !isHandled(step.diff) && !sequencesAside_.contains(step.diff) && !isRefused &&
                wants(diff_.objects[step.diff]))
                add(step.sql, stage != Stage::BeforeTransaction);
        }
    }

    /// What is made again belongs to whom it did, who grants what was granted.
    void addRolesOfRemade()
    {
        for (const char *kind : {"owner", "privileges"})
            for (const OtherObject &each : after_.others)
                if (each.kind == kind && each.onTable && gone_.hasTable(resolved(*each.onTable)) &&
                    made_.hasTable(resolved(*each.onTable)) && isTheSameBefore(each))
                    for (std::string &sql : statementsOf(each.definition))
                        add(std::move(sql));
    }
    bool isTheSameBefore(const OtherObject &other) const
    {
        return std::ranges::find(before_.others, other) != before_.others.end();
    }

    void write()
    {
        const auto goes = [](const ObjectDiff &each) {
            return each.action == DiffAction::Drop || each.object.kind == "default_privileges";
        };
        const auto stays = [&](const ObjectDiff &each) { return !goes(each); };
        const auto any = [](const ObjectDiff &) { return true; };
        const bool isLate = isNeeded();
        const Part early = isLate ? readersThatGo() : gone_;
        Part late = gone_;
        for (const QualifiedName &each : early.tables)
            late.tables.erase(each);
        for (const ObjectReference &each : early.objects)
            late.objects.erase(each);
        late.apart = early.objects;
        const MetaData goingLate = isLate ? partOf(before_, late) : MetaData();
        const PutAside aside(goingLate, after_);

        MetaData remaining = before_;
        for (const QualifiedName &each : early.tables)
            remaining.remove(each);
        std::vector<TableDiff> altered;
        for (const TableDiff &each : diff_.tables)
            if (each.before && each.after && !made_.hasTable(resolved(each.after->name)))
                altered.push_back(each);
        for (TableDiff &each : altered)
            each.before = std::make_shared<const Table>(aside.called(*each.before));
        remaining = aside.called(remaining);
        // An enum is not rewritten in tables that are gone by then.
        result_.objects = migrateObjects(dialect_, remaining, after_, diff_.objects);
        std::erase_if(result_.objects.problems, [&](const auto &each) { return isHandled(each.diff); });
        Migration between = migrate(dialect_, remaining, after_, altered);
        // What altered tables lose, or call otherwise, may have a name that something new gets.
        const auto losing = std::find_if_not(between.steps.begin(), between.steps.end(), isLoss);
        const auto renaming = std::stable_partition(losing, between.steps.end(), [](const MigrationStep &step) {
            return step.phase == Phase::Expand && step.sql.starts_with("ALTER INDEX ");
        });
        const auto keys = std::ranges::find_if(between.steps, [](const MigrationStep &step) {
            return step.sql.find(" FOREIGN KEY ") != std::string::npos && step.sql.find(" ADD ") != std::string::npos;
        });
        const MetaData fresh = partOf(after_, made_);
        const ScriptOptions options;
        Builder builder(fresh, options);
        std::vector<std::string> create = builder.create().statements;
        const auto addMade = [&](std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to; ++i)
                add(std::move(create[i]));
        };

        addObjects(Stage::BeforeTransaction, any);
        if (!fresh.functions.empty())
            add("SET LOCAL check_function_bodies = false");
        addObjects(Stage::BeforeTables, goes);
        drop(partOf(before_, early));
        if (isLate)
            untie();
        for (const std::string &sql : aside.statements())
            add(sql);
        putSequencesAside();
        for (auto step = between.steps.begin(); step != renaming; ++step)
            add(step->sql);
        addMade(0, builder.beforeTables());
        addObjects(Stage::BeforeTables, stays);
        for (auto step = renaming; step != keys; ++step)
            add(step->sql);
        addMade(builder.beforeTables(), builder.beforeViews());
        for (auto step = keys; step != between.steps.end(); ++step)
            add(step->sql);
        addMade(builder.beforeViews(), create.size());
        addRolesOfRemade();
        addObjects(Stage::AfterTables, any);
        for (const auto &[object, sql] : sequencesAside_)
            add(sql);
        drop(aside.called(goingLate));
    }

    static bool isLoss(const MigrationStep &step)
    {
        return step.phase == Phase::Expand &&
               (step.sql.starts_with("DROP ") || step.sql.starts_with("CREATE TEMPORARY ") ||
                step.sql.find(" DROP CONSTRAINT ") != std::string::npos);
    }

    /// Those that go with a column of a table that stays, and whose names something new has before.
    void putSequencesAside()
    {
        const std::set<QualifiedName> taken = namesOfRelationsAndTypes(after_);
        for (std::size_t i = 0; i < diff_.objects.size(); ++i) {
            const ObjectDiff &each = diff_.objects[i];
            if (each.object.kind != "sequence" || each.action != DiffAction::Drop || isHandled(i) ||
                !taken.contains(each.object.name))
                continue;
            const QualifiedName aside{each.object.name.schema, "schemawright_" + each.object.name.name};
            add("ALTER SEQUENCE " + quoteName(each.object.name) + " RENAME TO " + quoteName(aside.name));
            sequencesAside_.emplace(i, "DROP SEQUENCE IF EXISTS " + quoteName(aside));
        }
    }

    const Dialect &dialect_;
    const MetaData &before_, &after_;
    const MetaDataDiff &diff_;
    Part made_, gone_;
    WholeMigration result_;
    std::map<std::size_t, std::string> sequencesAside_; ///< by their diff: what drops them
    bool bodiesAreFree_ = false;
};

} // namespace

WholeMigration migrateWhole(const Dialect &dialect, const MetaData &before, const MetaData &after,
                            const MetaDataDiff &diff)
{
    return WholeMigrator(dialect, before, after, diff).run();
}

} // namespace schemawright::postgres
