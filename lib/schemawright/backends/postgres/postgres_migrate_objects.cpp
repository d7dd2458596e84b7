#include "schemawright/backends/postgres/postgres_migrate_objects.h"

#include "schemawright/backends/postgres/postgres_ddl.h"
#include "schemawright/backends/postgres/postgres_text.h"
#include "schemawright/backends/postgres/postgres_tokens.h"
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

/// Stands on a table and is made when the tables are as they shall be.
bool isOnTables(const std::string &kind)
{
    return kind == "rule" || kind == "policy" || kind == "statistics" || kind == "publication" ||
           kind == "event_trigger" || kind == "trigger_state" || kind == "privileges" || kind == "default_privileges" ||
           kind == "security_label" || kind == "subscription" || kind == "owner";
}

bool isPrivileges(const std::string &kind) { return kind == "privileges" || kind == "default_privileges"; }

/// The attributes of a composite type as its definition has them: the name as written, and what follows it.
std::vector<std::pair<std::string, std::string>> attributesOf(const std::string &definition)
{
    std::vector<std::pair<std::string, std::string>> attributes;
    std::size_t begin = std::string::npos;
    std::string name;
    int depth = 0;
    for (const Token &token : tokenize(definition)) {
        const std::string_view text = token.in(definition);
        const bool ends = (depth == 1 && (text == "," || text == ")"));
        depth += text == "(" ? 1 : text == ")" ? -1 : 0;
        if (ends && !name.empty()) {
            std::string rest = definition.substr(begin, token.offset - begin);
            rest.erase(rest.find_last_not_of(" \n") + 1);
            attributes.emplace_back(name, rest);
            name.clear();
            if (depth == 0)
                break;
        } else if (depth == 1 && name.empty() &&
                   (token.kind == TokenKind::Word || token.kind == TokenKind::QuotedName)) {
            if (text == "CREATE" || text == "TYPE" || text == "AS")
                continue;
            name = text;
            begin = token.end() + 1;
        }
    }
    return attributes;
}

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
        for (const std::size_t i : order)
            if (diffs_[i].action == DiffAction::Add)
                add(i);
            else if (diffs_[i].action == DiffAction::Alter)
                alter(i);
        for (auto i = order.rbegin(); i != order.rend(); ++i)
            if (diffs_[*i].action == DiffAction::Drop && !replaced.contains(*i))
                drop(*i);
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
        if (isPrivileges(object.kind))
            return alterPrivileges(i);
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
            return alterEnum(i);
        if (kind == "sequence")
            return alterSequence(i);
        if (kind == "domain")
            return alterDomain(i);
        if (isFunction(kind))
            return alterFunction(i);
        if (kind == "schema") {
            const Schema *schema = found(after_.schemas, [&](const Schema &s) { return s.name == object.name.name; });
            return emit(i, Stage::BeforeTables,
                        "COMMENT ON SCHEMA " + quoteName(object.name.name) + " IS " +
                            commentText(schema ? schema->comment : std::nullopt));
        }
        if (isPrivileges(kind))
            return alterPrivileges(i);
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

    /// What was granted and is not any more is taken back, and the other way round; then comes what is new.
    void alterPrivileges(std::size_t i)
    {
        const ObjectReference &object = diffs_[i].object;
        const OtherObject *const old = other(before_, object), *const now = other(after_, object);
        if (!now && old && isGone(*old))
            return;
        const std::vector<std::string> was = old ? statementsOf(old->definition) : std::vector<std::string>(),
                                       is = now ? statementsOf(now->definition) : std::vector<std::string>();
        const auto isIn = [](const std::vector<std::string> &all, const std::string &one) {
            return std::ranges::find(all, one) != all.end();
        };
        if (std::ranges::any_of(was, [](const std::string &sql) { return sql.starts_with("SET SESSION"); }))
            return problem(i, "some of its privileges were granted by others than its owner");
        for (auto each = was.rbegin(); each != was.rend(); ++each)
            if (!isIn(is, *each))
                emit(i, Stage::AfterTables, takenBack(*each));
        for (const std::string &each : is)
            if (!isIn(was, each))
                emit(i, Stage::AfterTables, each);
    }

    /// Privileges go with the object they are on ("TABLE t", "FUNCTION f(integer)"…).
    bool isGone(const OtherObject &privileges) const
    {
        if (privileges.onTable)
            return !after_.table(*privileges.onTable);
        const std::string &name = privileges.name.name;
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
        return named("SEQUENCE", "sequence") || named("FUNCTION", "") || named("PROCEDURE", "") || named("TYPE", "") ||
               named("SCHEMA", "schema") || named("LANGUAGE", "language") ||
               named("FOREIGN DATA WRAPPER", "foreign_data_wrapper") || named("FOREIGN SERVER", "server");
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
        if (object.kind == "composite_type" && alterComposite(i, was.front(), is.front()))
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

    /// False where the attributes would not come into the wanted order.
    bool alterComposite(std::size_t i, const std::string &was, const std::string &is)
    {
        const auto old = attributesOf(was), now = attributesOf(is);
        const auto named = [](const auto &all, const std::string &name) {
            return std::ranges::find(all, name, [](const auto &each) { return each.first; });
        };
        std::vector<std::string> order;
        for (const auto &[name, rest] : old)
            if (named(now, name) != now.end())
                order.push_back(name);
        for (const auto &[name, rest] : now)
            if (named(old, name) == old.end())
                order.push_back(name);
        const bool isInOrder = std::ranges::equal(order, now, {}, {}, [](const auto &each) { return each.first; });
        if (!isInOrder)
            return false;
        std::string changes;
        const auto change = [&](const std::string &sql) { changes += (changes.empty() ? " " : ", ") + sql; };
        for (const auto &[name, rest] : old)
            if (named(now, name) == now.end())
                change("DROP ATTRIBUTE " + name);
        for (const auto &[name, rest] : now)
            if (const auto same = named(old, name); same == old.end())
                change("ADD ATTRIBUTE " + name + " " + rest);
            else if (same->second != rest)
                change("ALTER ATTRIBUTE " + name + " TYPE " + rest);
        emit(i, Stage::BeforeTables, "ALTER TYPE " + quoteName(diffs_[i].object.name) + changes);
        return true;
    }

    static std::string commentText(const std::optional<std::string> &text) { return text ? quoteText(*text) : "NULL"; }

    template <class Object>
    void alterComment(std::size_t i, const std::string &what, const Object &old, const Object &now)
    {
        if (old.comment != now.comment)
            emit(i, Stage::AfterTables, "COMMENT ON " + what + " IS " + commentText(now.comment));
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
            std::string word = object.kind;
            std::ranges::transform(word, word.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
            return alterComment(i, word + " " + quoteName(object.name) + "(" + object.arguments + ")", old, now);
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

    void alterSequence(std::size_t i)
    {
        const ObjectReference &object = diffs_[i].object;
        const Sequence &old = *found(before_.sequences, isCalled(object));
        const Sequence &now = *found(after_.sequences, isCalled(object));
        const std::string name = quoteName(object.name), alter = "ALTER SEQUENCE " + name;
        if (old.type != now.type || !(old.properties == now.properties)) {
            const Identity &p = now.properties;
            std::string sql = alter;
            if (old.type != now.type)
                sql += " AS " + now.type;
            sql += fmt::format(" INCREMENT BY {}{}{} START WITH {} CACHE {}{}", p.increment,
                               p.min ? fmt::format(" MINVALUE {}", *p.min) : " NO MINVALUE",
                               p.max ? fmt::format(" MAXVALUE {}", *p.max) : " NO MAXVALUE", p.start, p.cache,
                               p.cycle ? " CYCLE" : " NO CYCLE");
            emit(i, Stage::BeforeTables, sql);
        }
        if (old.ownedBy != now.ownedBy)
            emit(i, Stage::AfterTables, alter + " OWNED BY " + now.ownedBy.value_or("NONE"));
        alterComment(i, "SEQUENCE " + name, old, now);
    }

    void alterDomain(std::size_t i)
    {
        const ObjectReference &object = diffs_[i].object;
        const Domain &old = *found(before_.domains, isCalled(object)), &now = *found(after_.domains, isCalled(object));
        const std::string name = quoteName(object.name), alter = "ALTER DOMAIN " + name;
        if (old.type != now.type || old.collation != now.collation)
            return problem(i, "the type under a domain cannot be changed in place");
        if (old.defaultSql != now.defaultSql)
            emit(i, Stage::BeforeTables,
                 alter + (now.defaultSql ? " SET DEFAULT " + *now.defaultSql : std::string(" DROP DEFAULT")));
        if (old.nullable != now.nullable)
            emit(i, now.nullable ? Stage::BeforeTables : Stage::AfterTables,
                 alter + (now.nullable ? " DROP NOT NULL" : " SET NOT NULL"));
        const auto isIn = [](const std::vector<CheckConstraint> &all, const CheckConstraint &check) {
            return std::ranges::any_of(all, [&](const CheckConstraint &each) {
                return each.name == check.name && each.expression == check.expression &&
                       each.validated == check.validated;
            });
        };
        for (const CheckConstraint &each : old.checks)
            if (!isIn(now.checks, each) && each.name)
                emit(i, Stage::BeforeTables, alter + " DROP CONSTRAINT " + quoteName(*each.name));
        for (const CheckConstraint &each : now.checks)
            if (!isIn(old.checks, each))
                emit(i, Stage::AfterTables, alter + " ADD " + ddl::check(each));
        alterComment(i, "DOMAIN " + name, old, now);
    }

    void alterEnum(std::size_t i)
    {
        const ObjectReference &object = diffs_[i].object;
        const EnumType &old = *found(before_.enums, isCalled(object)), &now = *found(after_.enums, isCalled(object));
        const std::string name = quoteName(object.name);
        const auto has = [](const std::vector<std::string> &labels, const std::string &label) {
            return std::ranges::find(labels, label) != labels.end();
        };
        std::vector<std::string> kept;
        std::ranges::copy_if(now.labels, std::back_inserter(kept), [&](const auto &l) { return has(old.labels, l); });
        alterComment(i, "TYPE " + name, old, now);
        if (kept == old.labels) {
            for (std::size_t at = 0; at < now.labels.size(); ++at) {
                if (has(old.labels, now.labels[at]))
                    continue;
                std::string place;
                if (at > 0)
                    place = " AFTER " + quoteText(now.labels[at - 1]);
                else if (!old.labels.empty())
                    place = " BEFORE " + quoteText(old.labels.front());
                emit(i, Stage::BeforeTransaction,
                     "ALTER TYPE " + name + " ADD VALUE " + quoteText(now.labels[at]) + place);
            }
            return;
        }
        // As many labels with others at some places: those are called otherwise, and the rows keep them.
        bool isRenamed = old.labels.size() == now.labels.size();
        for (std::size_t at = 0; isRenamed && at < old.labels.size(); ++at)
            isRenamed = old.labels[at] == now.labels[at] ||
                        (!has(now.labels, old.labels[at]) && !has(old.labels, now.labels[at]));
        if (!isRenamed)
            return rewriteEnum(i, name, now);
        for (std::size_t at = 0; at < old.labels.size(); ++at)
            if (old.labels[at] != now.labels[at])
                emit(i, Stage::BeforeTables,
                     fmt::format("ALTER TYPE {} RENAME VALUE {} TO {}", name, quoteText(old.labels[at]),
                                 quoteText(now.labels[at])));
    }

    /// A label is gone or stands elsewhere: a new type, and every column rewritten. Rows with the lost label make it
    /// fail and leave all as it was.
    void rewriteEnum(std::size_t i, const std::string &name, const EnumType &now)
    {
        const QualifiedName &self = diffs_[i].object.name;
        struct Use
        {
            TablePtr table;
            const Column *column;
            bool isArray;
        };
        std::vector<Use> uses;
        const auto isSelf = [&](const Type &type) {
            return type.kind == TypeKind::Enum &&
                   (type.name == name || (self.schema == before_.defaultSchema && type.name == quoteName(self.name)));
        };
        for (const TablePtr &table : before_.tables()) {
            if (table->isView())
                continue;
            for (const Column &column : table->columns) {
                const bool isArray =
                    column.type.kind == TypeKind::Array && column.type.element && isSelf(*column.type.element);
                if (isArray || isSelf(column.type))
                    uses.push_back({table, &column, isArray});
            }
        }
        for (const Dependency &each : before_.dependencies)
            if (each.needs == ObjectReference{"type", self, ""} && each.object.kind != "table")
                return problem(i, fmt::format("labels can only be taken away by a new type, and {} {} uses this one",
                                              each.object.kind, each.object.name.text()));
        for (const Use &use : uses)
            if (const std::optional<std::string> user = holds(*use.table, *use.column))
                return problem(i, fmt::format("labels can only be taken away by a new type, and {} uses {}.{}", *user,
                                              use.table->name.text(), use.column->name));
        const std::string old = quoteName(self.name + "_before");
        emit(i, Stage::BeforeTables, "ALTER TYPE " + name + " RENAME TO " + old);
        emit(i, Stage::BeforeTables, ddl::enumType(now));
        for (const Use &use : uses) {
            if (use.column->options.contains("inherited") || use.table->partition.of)
                continue; // changes with the parent's
            const std::string column = quoteName(use.column->name), suffix = use.isArray ? "[]" : "",
                              alter = "ALTER TABLE " + quoteName(use.table->name) + " ALTER COLUMN " + column;
            if (use.column->defaultSql)
                emit(i, Stage::BeforeTables, alter + " DROP DEFAULT");
            emit(i, Stage::BeforeTables,
                 fmt::format("{0} TYPE {1}{2} USING {3}::text{2}::{1}{2}", alter, name, suffix, column));
            if (use.column->defaultSql)
                emit(i, Stage::BeforeTables, alter + " SET DEFAULT " + *use.column->defaultSql);
        }
        emit(i, Stage::BeforeTables, "DROP TYPE " + quoteName(QualifiedName{self.schema, self.name + "_before"}));
        if (now.comment)
            emit(i, Stage::AfterTables, "COMMENT ON TYPE " + name + " IS " + quoteText(*now.comment));
    }

    /// What keeps the column's type from being changed, if anything does.
    std::optional<std::string> holds(const Table &table, const Column &column) const
    {
        const auto mentions = [&](const std::string &sql) {
            return sql.find(quoteName(column.name)) != std::string::npos;
        };
        for (const CheckConstraint &each : table.checks)
            if (mentions(each.expression))
                return "the check " + each.name.value_or("without a name");
        for (const Index &each : table.indexes) {
            bool isUsed = each.where && mentions(*each.where);
            for (const IndexElement &element : each.elements)
                isUsed = isUsed || (element.expression && mentions(*element.expression));
            if (isUsed)
                return "the index " + each.name;
        }
        for (const Column &other : table.columns)
            if (other.generated && mentions(other.generated->expression))
                return "the generated column " + other.name;
        for (const Trigger &each : table.triggers)
            if (mentions(each.definition))
                return "the trigger " + each.name;
        for (const OtherObject &each : before_.others)
            if (each.onTable == table.name && mentions(each.definition))
                return "the " + each.kind + " " + each.name.name;
        for (const TablePtr &view : before_.tables())
            if (view->isView() && std::ranges::find(view->dependsOn, table.name) != view->dependsOn.end())
                return "the view " + view->name.text();
        return std::nullopt;
    }

    const Dialect &dialect_;
    const MetaData &before_, &after_;
    const std::vector<ObjectDiff> &diffs_;
    ObjectMigration migration_;
    bool bodiesAreFree_ = false;
};

} // namespace

ObjectMigration migrateObjects(const Dialect &dialect, const MetaData &before, const MetaData &after,
                               const std::vector<ObjectDiff> &diffs)
{
    return ObjectMigrator(dialect, before, after, diffs).run();
}

} // namespace schemawright::postgres
