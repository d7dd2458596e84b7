#include "schemawright/backends/postgres/postgres_migrate_objects.h"

#include "schemawright/backends/postgres/postgres_ddl.h"
#include "schemawright/backends/postgres/postgres_migrate_types.h"
#include "schemawright/backends/postgres/postgres_text.h"
#include "schemawright/base/topological.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace schemawright::postgres {

namespace {

using Stage = ObjectStep::Stage;

/// The order in which objects of different kinds need each other, where no dependency says more.
std::size_t rankOf(const std::string &kind)
{
    static constexpr std::array<std::string_view, 16> order{
        "schema",   "extension", "language",   "access_method",  "collation", "foreign_data_wrapper",
        "server",   "enum",      "range_type", "composite_type", "domain",    "sequence",
        "function", "procedure", "aggregate",  "operator"};
    return static_cast<std::size_t>(std::ranges::find(order, kind) - order.begin());
}

bool isFunction(const std::string &kind) { return kind == "function" || kind == "procedure" || kind == "aggregate"; }

bool isPrivileges(const std::string &kind) { return kind == "privileges" || kind == "default_privileges"; }

template <class List, class Matches> auto *found(const List &list, Matches matches)
{
    const auto at = std::ranges::find_if(list, matches);
    return at == list.end() ? nullptr : &*at;
}

class ObjectMigrator
{
public:
    ObjectMigrator(const Dialect &dialect, const MetaData &before, const MetaData &after,
                   const std::vector<ObjectDiff> &diffs)
        : dialect_(dialect), before_(before), after_(after), diffs_(diffs)
    {}

    ObjectMigration run()
    {
        const std::vector<std::size_t> order = sorted();
        std::set<std::size_t> replaced;
        for (const std::size_t i : order)
            if (diffs_[i].action == DiffAction::Drop && isFunction(diffs_[i].object.kind) &&
                isMadeAgain(diffs_[i].object)) {
                replaced.insert(i);
                dropFirst(i);
            }
        std::vector<std::size_t> ofRoles; // those on schemas first, which let the others be reached
        for (const bool onSchemas : {true, false})
            for (const std::size_t i : order)
                if (isPrivileges(diffs_[i].object.kind) &&
                    diffs_[i].object.name.name.starts_with("SCHEMA ") == onSchemas)
                    ofRoles.push_back(i);
        // What the old owner granted goes before there is a new one, who then grants what is new.
        for (auto i = ofRoles.rbegin(); i != ofRoles.rend(); ++i)
            takeBackPrivileges(*i);
        for (const std::size_t i : order)
            if (isPrivileges(diffs_[i].object.kind))
                continue;
            else if (diffs_[i].action == DiffAction::Add)
                add(i);
            else if (diffs_[i].action == DiffAction::Alter)
                alter(i);
        for (auto i = order.rbegin(); i != order.rend(); ++i)
            if (diffs_[*i].action == DiffAction::Drop && !replaced.contains(*i) &&
                !isPrivileges(diffs_[*i].object.kind))
                drop(*i);
        for (const std::size_t i : ofRoles)
            grantPrivileges(i);
        return std::move(migration_);
    }

private:
    void emit(std::size_t i, Stage stage, std::string sql) { migration_.steps.push_back({stage, std::move(sql), i}); }
    void problem(std::size_t i, const std::string &why) { migration_.problems.push_back({i, why}); }

    QualifiedName resolved(QualifiedName name) const
    {
        if (name.schema.empty())
            name.schema = after_.defaultSchema;
        return name;
    }
    auto isCalled(const ObjectReference &object) const
    {
        return [this, name = object.name](const auto &each) { return resolved(each.name) == name; };
    }

    /// How dependencies call it.
    static ObjectReference reference(const ObjectReference &object)
    {
        if (object.kind == "enum" || object.kind == "domain")
            return {"type", object.name, ""};
        return isFunction(object.kind) ? ObjectReference{"function", object.name, object.arguments}
                                       : ObjectReference{object.kind, object.name, ""};
    }

    std::vector<std::size_t> sorted() const
    {
        std::vector<std::size_t> byRank(diffs_.size());
        for (std::size_t i = 0; i < byRank.size(); ++i)
            byRank[i] = i;
        std::ranges::stable_sort(byRank, {}, [&](std::size_t i) { return rankOf(diffs_[i].object.kind); });
        std::map<ObjectReference, std::size_t> places;
        for (std::size_t i = 0; i < byRank.size(); ++i)
            places.emplace(reference(diffs_[byRank[i]].object), i);
        std::vector<std::pair<std::size_t, std::size_t>> edges;
        for (const MetaData *side : {&before_, &after_})
            for (const Dependency &each : side->dependencies) {
                const auto object = places.find(each.object), needs = places.find(each.needs);
                if (object != places.end() && needs != places.end())
                    edges.emplace_back(needs->second, object->second);
            }
        std::vector<std::size_t> order;
        for (const std::size_t place : topologicalSort(byRank.size(), edges).order)
            order.push_back(byRank[place]);
        return order;
    }

    bool isSchemaOnBothSides(const std::string &name) const
    {
        const auto isIt = [&](const Schema &each) { return each.name == name; };
        return found(before_.schemas, isIt) && found(after_.schemas, isIt);
    }
    static std::string commentOnSchema(const MetaData &side, const std::string &name)
    {
        const Schema *schema = found(side.schemas, [&](const Schema &each) { return each.name == name; });
        return "COMMENT ON SCHEMA " + quoteName(name) + " IS " + commentText(schema ? schema->comment : std::nullopt);
    }

    /// The script of one object alone.
    std::vector<std::string> script(const MetaData &side, const ObjectReference &object, bool drop) const
    {
        MetaData one;
        one.dialect = "postgresql";
        one.defaultSchema = side.defaultSchema;
        const auto keep = [&](const auto &from, auto &to, const auto &also) {
            for (const auto &each : from)
                if (resolved(each.name) == object.name && also(each))
                    to.push_back(each);
        };
        const auto any = [](const auto &) { return true; };
        if (object.kind == "schema") {
            if (isSchemaOnBothSides(object.name.name)) // it is its comment that comes or goes
                return {commentOnSchema(drop ? after_ : side, object.name.name)};
            if (drop)
                return {"DROP SCHEMA " + quoteName(object.name.name)};
            for (const Schema &each : side.schemas)
                if (each.name == object.name.name)
                    one.schemas.push_back(each);
        } else if (object.kind == "sequence")
            keep(side.sequences, one.sequences, any);
        else if (object.kind == "enum")
            keep(side.enums, one.enums, any);
        else if (object.kind == "domain")
            keep(side.domains, one.domains, any);
        else if (isFunction(object.kind))
            keep(side.functions, one.functions,
                 [&](const Function &each) { return each.kind == object.kind && each.arguments == object.arguments; });
        else
            keep(side.others, one.others, [&](const OtherObject &each) {
                return each.kind == object.kind &&
                       (each.onTable ? each.onTable->text() : std::string()) == object.arguments;
            });
        for (Sequence &each : one.sequences)
            each.ownedBy.reset(); // said when the column is there
        return createScript(dialect_, one, {.drop = drop}).statements;
    }

    void add(std::size_t i)
    {
        const ObjectReference &object = diffs_[i].object;
        Stage stage = isOnTables(object.kind) ? Stage::AfterTables : Stage::BeforeTables;
        if (isFunction(object.kind)) {
            allowBodies(i);
            // One that takes or returns rows of a new table comes after it.
            const ObjectReference self = reference(object);
            for (const Dependency &each : after_.dependencies)
                if (each.object == self && each.needs.kind == "table" && !before_.table(each.needs.name))
                    stage = Stage::AfterTables;
        }
        for (std::string &sql : script(after_, object, false))
            emit(i, stage, std::move(sql));
        if (object.kind == "sequence")
            if (const Sequence *sequence = found(after_.sequences, isCalled(object)); sequence && sequence->ownedBy)
                emit(i, Stage::AfterTables,
                     "ALTER SEQUENCE " + quoteName(object.name) + " OWNED BY " + *sequence->ownedBy);
    }

    /// Bodies may name what comes later.
    void allowBodies(std::size_t i)
    {
        if (!std::exchange(bodiesAreFree_, true))
            emit(i, Stage::BeforeTables, "SET LOCAL check_function_bodies = false");
    }

    void drop(std::size_t i)
    {
        const ObjectReference &object = diffs_[i].object;
        const OtherObject *const other = found(before_.others, [&](const OtherObject &each) {
            return each.kind == object.kind && resolved(each.name) == object.name &&
                   (each.onTable ? each.onTable->text() : std::string()) == object.arguments;
        });
        if (object.kind == "security_label") {
            if (other)
                emit(i, Stage::AfterTables, other->definition.substr(0, other->definition.rfind(" IS '")) + " IS NULL");
            return;
        }
        if (object.kind == "owner") {
            const std::size_t to = other ? other->definition.rfind(" OWNER TO ") : std::string::npos;
            if (to != std::string::npos && !goesWithIt(*other))
                emit(i, Stage::AfterTables, other->definition.substr(0, to) + " OWNER TO CURRENT_USER");
            return;
        }
        if (other && other->onTable) { // it goes with its table
            if (after_.table(*other->onTable))
                emit(i, Stage::BeforeTables, dropOnTable(*other));
            return;
        }
        if (object.kind == "statistics")
            return emit(i, Stage::BeforeTables, "DROP STATISTICS IF EXISTS " + quoteName(object.name));
        if (object.kind == "sequence") {
            if (isIdentity(object.name))
                return; // of the column, now
            // The column that owned it may have taken it along.
            return emit(i, Stage::AfterTables, "DROP SEQUENCE IF EXISTS " + quoteName(object.name));
        }
        for (std::string &sql : script(before_, object, true))
            emit(i,
                 object.kind == "publication" || object.kind == "event_trigger" ? Stage::BeforeTables
                                                                                : Stage::AfterTables,
                 std::move(sql));
    }

    /// Is what it is the owner of dropped too?
    bool goesWithIt(const OtherObject &owner) const
    {
        if (owner.onTable)
            return !after_.table(*owner.onTable);
        return std::ranges::any_of(diffs_, [&](const ObjectDiff &each) {
            return each.action == DiffAction::Drop && each.object.kind != "owner" &&
                   owner.definition.find(" " + quoteName(each.object.kind == "schema"
                                                             ? QualifiedName{"", each.object.name.name}
                                                             : each.object.name)) != std::string::npos;
        });
    }

    static std::string dropOnTable(const OtherObject &other)
    {
        const std::string name = quoteName(other.name.name), table = quoteName(*other.onTable);
        if (other.kind == "trigger_state")
            return "ALTER TABLE " + table + " ENABLE TRIGGER " + name;
        return fmt::format("DROP {} {} ON {}", other.kind == "rule" ? "RULE" : "POLICY", name, table);
    }

    bool isIdentity(const QualifiedName &sequence) const
    {
        for (const TablePtr &table : after_.tables())
            for (const Column &column : table->columns)
                if (const auto own = column.options.find("sequence");
                    column.identity && own != column.options.end() && own->second == quoteName(sequence))
                    return true;
        return false;
    }

    void alter(std::size_t i)
    {
        const ObjectReference &object = diffs_[i].object;
        const std::string &kind = object.kind;
        if (kind == "enum")
            return alterEnum({migration_, i}, before_, *found(before_.enums, isCalled(object)),
                             *found(after_.enums, isCalled(object)));
        if (kind == "sequence")
            return alterSequence({migration_, i}, *found(before_.sequences, isCalled(object)),
                                 *found(after_.sequences, isCalled(object)));
        if (kind == "domain")
            return alterDomain({migration_, i}, *found(before_.domains, isCalled(object)),
                               *found(after_.domains, isCalled(object)));
        if (isFunction(kind))
            return alterFunction(i);
        if (kind == "schema")
            return emit(i, Stage::BeforeTables, commentOnSchema(after_, object.name.name));
        if (!isOnTables(kind))
            return alterOther(i);
        if (kind != "trigger_state" && kind != "security_label" && kind != "owner")
            drop(i);
        add(i);
    }

    const OtherObject *other(const MetaData &side, const ObjectReference &object) const
    {
        return found(side.others, [&](const OtherObject &each) {
            return each.kind == object.kind && resolved(each.name) == object.name &&
                   (each.onTable ? each.onTable->text() : std::string()) == object.arguments;
        });
    }

    /// The statements of privileges on one side.
    std::vector<std::string> privileges(const MetaData &side, std::size_t i) const
    {
        const OtherObject *const said = other(side, diffs_[i].object);
        return said ? statementsOf(said->definition) : std::vector<std::string>();
    }
    static bool isIn(const std::vector<std::string> &all, const std::string &one)
    {
        return std::ranges::find(all, one) != all.end();
    }

    /// What was granted and is not any more is taken back, and the other way round.
    void takeBackPrivileges(std::size_t i)
    {
        const OtherObject *const old = other(before_, diffs_[i].object);
        if (old && !other(after_, diffs_[i].object) && isGone(*old))
            return;
        const std::vector<std::string> was = privileges(before_, i), is = privileges(after_, i);
        if (std::ranges::any_of(was, [](const std::string &sql) { return sql.starts_with("SET SESSION"); }))
            return problem(i, "some of its privileges were granted by others than its owner");
        // What is made meanwhile would be granted by default.
        const Stage stage = diffs_[i].object.kind == "default_privileges" ? Stage::BeforeTables : Stage::AfterTables;
        for (auto each = was.rbegin(); each != was.rend(); ++each)
            if (!isIn(is, *each))
                emit(i, stage, takenBack(*each));
    }
    void grantPrivileges(std::size_t i)
    {
        if (std::ranges::find(migration_.problems, i, &ObjectMigration::Problem::diff) != migration_.problems.end())
            return;
        const std::vector<std::string> was = privileges(before_, i);
        for (const std::string &each : privileges(after_, i))
            if (!isIn(was, each))
                emit(i, Stage::AfterTables, each);
    }

    /// Privileges go with the object they are on ("TABLE t", "FUNCTION f(integer)"…).
    bool isGone(const OtherObject &privileges) const
    {
        if (privileges.name.schema == "pg_catalog") // the system's own stay
            return false;
        if (privileges.onTable)
            return !after_.table(*privileges.onTable);
        if (privileges.kind == "default_privileges") // with the schema
            return !privileges.name.schema.empty() &&
                   !found(after_.schemas, [&](const Schema &each) { return each.name == privileges.name.schema; });
        const std::string &name = privileges.name.name;
        if (name.starts_with("SEQUENCE ")) { // it may have gone with its column
            const QualifiedName sequence{privileges.name.schema, name.substr(9)};
            return !found(after_.sequences, [&](const Sequence &each) { return resolved(each.name) == sequence; }) &&
                   !isIdentity(sequence);
        }
        const auto named = [&](const std::string &word, const std::string &kind) {
            return name.starts_with(word + " ") && std::ranges::any_of(diffs_, [&](const ObjectDiff &each) {
                       if (each.action != DiffAction::Drop || !(kind.empty() || each.object.kind == kind))
                           return false;
                       const std::string dropped =
                           isFunction(each.object.kind) ? each.object.name.name + "(" : each.object.name.name;
                       return isFunction(each.object.kind) ? name.find(dropped) != std::string::npos
                                                           : name.substr(word.size() + 1) == dropped;
                   });
        };
        const bool isExtensions = name.starts_with("FUNCTION ") && !found(before_.functions, [&](const Function &each) {
                                      return name.find(each.name.name + "(") != std::string::npos;
                                  });
        if (isExtensions && found(diffs_, [](const ObjectDiff &each) {
                return each.action == DiffAction::Drop && each.object.kind == "extension";
            }))
            return true;
        return named("FUNCTION", "") || named("PROCEDURE", "") || named("TYPE", "") || named("SCHEMA", "schema") ||
               named("LANGUAGE", "language") || named("FOREIGN DATA WRAPPER", "foreign_data_wrapper") ||
               named("FOREIGN SERVER", "server");
    }

    /// Kinds without an ALTER of their own: what was made beside it is said anew, else it is made again where nothing
    /// needs it.
    void alterOther(std::size_t i)
    {
        const ObjectReference &object = diffs_[i].object;
        const OtherObject *const old = other(before_, object), *const now = other(after_, object);
        std::string kind = object.kind;
        std::ranges::replace(kind, '_', ' ');
        if (!old || !now)
            return problem(i, "no statements are made for a changed " + kind);
        const std::vector<std::string> was = statementsOf(old->definition), is = statementsOf(now->definition);
        const auto isIn = [](const std::vector<std::string> &all, const std::string &one) {
            return std::ranges::find(all, one) != all.end();
        };
        const auto isComment = [](const std::string &sql) { return sql.starts_with("COMMENT ON "); };
        const auto commentOnly = [&] {
            for (const std::string &each : was)
                if (isComment(each) && !isIn(is, each)) {
                    const std::string target = each.substr(0, each.find(" IS '"));
                    if (std::ranges::none_of(is,
                                             [&](const std::string &sql) { return sql.starts_with(target + " IS "); }))
                        emit(i, Stage::AfterTables, target + " IS NULL");
                }
            for (const std::string &each : is)
                if (isComment(each) && !isIn(was, each))
                    emit(i, Stage::AfterTables, each);
        };
        const auto withoutComments = [&](std::vector<std::string> all) {
            std::erase_if(all, isComment);
            return all;
        };
        if (withoutComments(was) == withoutComments(is))
            return commentOnly();
        if (object.kind == "extension") {
            const std::size_t schema = is.front().rfind(" WITH SCHEMA ");
            if (schema == std::string::npos)
                return problem(i, "an extension cannot be moved into a schema of the system");
            emit(i, Stage::BeforeTables,
                 "ALTER EXTENSION " + quoteName(object.name.name) + " SET SCHEMA " + is.front().substr(schema + 13));
            return commentOnly();
        }
        if (object.kind == "composite_type" && alterComposite({migration_, i}, object.name, was.front(), is.front()))
            return commentOnly();
        if (const Dependency *user =
                found(before_.dependencies, [&](const Dependency &d) { return d.needs == reference(object); }))
            return problem(i, fmt::format("it would have to be made again, and {} {} uses it", user->object.kind,
                                          user->object.name.text()));
        for (std::string &sql : script(before_, object, true))
            emit(i, Stage::BeforeTables, std::move(sql));
        for (std::string &sql : script(after_, object, false))
            emit(i, Stage::BeforeTables, std::move(sql));
    }

    void alterFunction(std::size_t i)
    {
        const ObjectReference &object = diffs_[i].object;
        const auto same = [&](const Function &each) {
            return each.kind == object.kind && resolved(each.name) == object.name && each.arguments == object.arguments;
        };
        const Function &old = *found(before_.functions, same), &now = *found(after_.functions, same);
        const auto returned = [](const std::string &definition) {
            const std::size_t at = definition.find("\n RETURNS ");
            return at == std::string::npos ? std::string() : definition.substr(at, definition.find('\n', at + 1) - at);
        };
        // A head that changes, be it only a parameter's name or default, is refused by OR REPLACE.
        const auto head = [](const std::string &definition) { return definition.substr(0, definition.find('\n')); };
        const bool replaces = now.definition.starts_with("CREATE OR REPLACE") &&
                              returned(old.definition) == returned(now.definition) &&
                              head(old.definition) == head(now.definition);
        allowBodies(i);
        if (replaces) {
            if (old.definition != now.definition)
                emit(i, Stage::BeforeTables, now.definition);
            return alterComment({migration_, i},
                                upperCase(object.kind) + " " + quoteName(object.name) + "(" + object.arguments + ")",
                                old, now);
        }
        const ObjectReference self = reference(object);
        if (const Dependency *user = found(before_.dependencies, [&](const Dependency &d) { return d.needs == self; }))
            return problem(
                i, fmt::format("its head changes, and {} {} uses it", user->object.kind, user->object.name.text()));
        if (const std::string *trigger = usedByTrigger(object))
            return problem(i, "its head changes, and the trigger " + *trigger + " uses it");
        for (std::string &sql : script(before_, object, true))
            emit(i, Stage::BeforeTables, std::move(sql));
        for (std::string &sql : script(after_, object, false))
            emit(i, Stage::BeforeTables, std::move(sql));
    }

    const std::string *usedByTrigger(const ObjectReference &object) const
    {
        for (const TablePtr &table : before_.tables())
            for (const Trigger &trigger : table->triggers)
                if (trigger.definition.find(quoteName(object.name.name) + "(") != std::string::npos)
                    return &trigger.name;
        return nullptr;
    }

    /// Only its parameters are called otherwise: the server takes it for the same function.
    bool isMadeAgain(const ObjectReference &object) const
    {
        return std::ranges::any_of(diffs_, [&](const ObjectDiff &each) {
            return each.action == DiffAction::Add && each.object.kind == object.kind && each.object.name == object.name;
        });
    }

    void dropFirst(std::size_t i)
    {
        const ObjectReference &object = diffs_[i].object, self = reference(object);
        if (const Dependency *user = found(before_.dependencies, [&](const Dependency &d) { return d.needs == self; }))
            return problem(i, fmt::format("{} {} uses it", user->object.kind, user->object.name.text()));
        for (std::string &sql : script(before_, object, true))
            emit(i, Stage::BeforeTables, std::move(sql));
    }

    const Dialect &dialect_;
    const MetaData &before_, &after_;
    const std::vector<ObjectDiff> &diffs_;
    ObjectMigration migration_;
    bool bodiesAreFree_ = false;
};

} // namespace

bool isOnTables(const std::string &kind)
{
    return kind == "rule" || kind == "policy" || kind == "statistics" || kind == "publication" ||
           kind == "event_trigger" || kind == "trigger_state" || kind == "privileges" || kind == "default_privileges" ||
           kind == "security_label" || kind == "subscription" || kind == "owner";
}

ObjectMigration migrateObjects(const Dialect &dialect, const MetaData &before, const MetaData &after,
                               const std::vector<ObjectDiff> &diffs)
{
    return ObjectMigrator(dialect, before, after, diffs).run();
}

} // namespace schemawright::postgres
