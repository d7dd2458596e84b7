#include "schemawright/backends/postgres/postgres_reflect.h"

#include "schemawright/backends/postgres/postgres_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright::postgres {

namespace {

std::optional<std::string> actionOf(char letter)
{
    switch (letter) {
    case 'c':
        return "CASCADE";
    case 'n':
        return "SET NULL";
    case 'd':
        return "SET DEFAULT";
    case 'r':
        return "RESTRICT";
    default:
        return std::nullopt;
    }
}

} // namespace

std::string Reflection::constraintsSql() const
{
    const std::string setColumns = version_ >= 150000 ? "k.confdelsetcols" : "NULL::text";
    return "SELECT k.oid, k.conname, k.conrelid, k.contype, k.condeferrable, k.condeferred, k.convalidated, "
           "k.conindid, "
           "k.confrelid, k.confupdtype, k.confdeltype, k.confmatchtype, k.conkey, k.confkey, k.conislocal, "
           "k.connoinherit, "
           "k.conparentid, " +
           setColumns +
           " FROM pg_catalog.pg_constraint k WHERE k.conrelid <> 0 AND k.contype IN ('p', 'u', 'f', 'c', 'x')" +
           only("k.conrelid");
}

void Reflection::readConstraints()
{
    std::vector<ObjectId> checks, exclusions;
    std::unordered_map<ObjectId, std::pair<Relation *, std::size_t>> places; // of checks and exclusions
    struct PendingKey
    {
        Relation *owner;
        std::size_t at;
        ObjectId referred;
        std::vector<std::int64_t> columns;
        ObjectId parent;
    };
    std::vector<PendingKey> pendingKeys;
    std::unordered_map<ObjectId, Relation *> ownerOfKey;
    const auto namesOf = [&](const Relation &owner, std::string_view attributes) {
        std::vector<std::string> names;
        for (const std::int64_t attribute : numbersIn(attributes))
            names.push_back(columnName(owner, attribute));
        return names;
    };
    catalog_.read("constraints", constraintsSql(), [&](const CatalogRow &row) {
        Relation *const owner = relation(row.number(2));
        if (!owner)
            return;
        Table &table = owner->table;
        const ObjectId id = row.number(0);
        const std::optional<std::string> text = comment(catalog::constraint, id);
        parts_.push_back({{catalog::constraint, id}, owner->id});
        // What the index says of a constraint that it implements.
        const auto takeIndex = [&](auto &constraint) {
            const auto found = indexes_.find(row.number(7));
            if (found == indexes_.end())
                return;
            found->second.isConstraint = true;
            constraint.include = found->second.index.include;
            constraint.options = found->second.index.options;
            if (found->second.index.comment)
                constraint.options["index_comment"] = *found->second.index.comment;
            if (text)
                constraint.options["comment"] = *text;
        };
        switch (row.letter(3)) {
        case 'p': {
            PrimaryKey &key = table.primaryKey.emplace();
            key.name = row.text(1);
            key.columns = namesOf(*owner, row.view(12));
            key.deferrable = row.flag(4);
            key.initiallyDeferred = row.flag(5);
            takeIndex(key);
            break;
        }
        case 'u': {
            UniqueConstraint &unique = table.uniques.emplace_back();
            unique.name = row.text(1);
            unique.columns = namesOf(*owner, row.view(12));
            unique.deferrable = row.flag(4);
            unique.initiallyDeferred = row.flag(5);
            takeIndex(unique);
            if (const auto found = indexes_.find(row.number(7)); found != indexes_.end())
                unique.nullsNotDistinct = found->second.index.nullsNotDistinct;
            break;
        }
        case 'f': {
            ForeignKey &key = table.foreignKeys.emplace_back();
            key.name = row.text(1);
            key.columns = namesOf(*owner, row.view(12));
            key.onUpdate = actionOf(row.letter(9));
            key.onDelete = actionOf(row.letter(10));
            key.onDeleteColumns = namesOf(*owner, row.view(17));
            if (row.letter(11) == 'f')
                key.match = "FULL";
            key.deferrable = row.flag(4);
            key.initiallyDeferred = row.flag(5);
            key.validated = row.flag(6);
            key.comment = text;
            key.inherited = row.number(16) != 0;
            pendingKeys.push_back(
                {owner, table.foreignKeys.size() - 1, row.number(8), numbersIn(row.view(13)), row.number(16)});
            ownerOfKey[id] = owner;
            break;
        }
        case 'c': {
            CheckConstraint &check = table.checks.emplace_back();
            check.name = row.text(1);
            check.noInherit = row.flag(15);
            check.validated = row.flag(6);
            check.comment = text;
            check.inherited = !row.flag(14);
            places[id] = {owner, table.checks.size() - 1};
            checks.push_back(id);
            break;
        }
        default: {
            ExclusionConstraint &exclusion = table.exclusions.emplace_back();
            exclusion.name = row.text(1);
            exclusion.comment = text;
            if (const auto found = indexes_.find(row.number(7)); found != indexes_.end()) {
                found->second.isConstraint = true;
                if (found->second.index.comment)
                    exclusion.options["index_comment"] = *found->second.index.comment;
            }
            places[id] = {owner, table.exclusions.size() - 1};
            exclusions.push_back(id);
        }
        }
    });

    // One that was not reflected is asked for by name.
    struct Stranger
    {
        QualifiedName name;
        std::map<std::int64_t, std::string> columns;
    };
    std::map<ObjectId, Stranger> strangers;
    std::vector<ObjectId> wanted;
    for (const PendingKey &key : pendingKeys)
        if (!relation(key.referred))
            wanted.push_back(key.referred);
    if (!wanted.empty())
        catalog_.read(
            "referred tables",
            "SELECT a.attrelid, n.nspname, c.relname, a.attnum, a.attname FROM pg_catalog.pg_attribute a JOIN "
            "pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = "
            "c.relnamespace WHERE a.attnum > 0 AND a.attrelid IN (" +
                idList(wanted) + ")",
            [&](const CatalogRow &row) {
                Stranger &stranger = strangers[row.number(0)];
                stranger.name = {row.text(1), row.text(2)};
                stranger.columns[row.number(3)] = row.text(4);
            });
    std::set<Relation *> withCopies;
    for (const PendingKey &key : pendingKeys) {
        ForeignKey &described = key.owner->table.foreignKeys[key.at];
        const Relation *const referred = relation(key.referred);
        described.referred = referred ? referred->table.name : strangers[key.referred].name;
        for (const std::int64_t attribute : key.columns)
            described.referredColumns.push_back(referred ? columnName(*referred, attribute)
                                                         : strangers[key.referred].columns[attribute]);
        // A key that refers to a partitioned table has a hidden copy for each partition: its parent is on the same
        // table.
        if (const auto parent = ownerOfKey.find(key.parent);
            parent != ownerOfKey.end() && parent->second == key.owner) {
            described.columns.clear();
            withCopies.insert(key.owner);
        }
    }
    for (Relation *const each : withCopies)
        std::erase_if(each->table.foreignKeys, [](const ForeignKey &key) { return key.columns.empty(); });

    const auto nameOf = [&](ObjectId id) { return places.at(id).first->table.name.text() + ": a constraint"; };
    catalog_.readFor(
        checks,
        [](const std::string &list) {
            return "SELECT oid, pg_catalog.pg_get_expr(conbin, conrelid, true) FROM pg_catalog.pg_constraint "
                   "WHERE oid IN (" +
                   list + ")";
        },
        nameOf,
        [&](const CatalogRow &row) {
            const auto &[owner, at] = places.at(row.number(0));
            owner->table.checks[at].expression = withoutOuterParentheses(row.view(1));
        });
    catalog_.readFor(
        exclusions,
        [](const std::string &list) {
            return "SELECT oid, pg_catalog.pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint WHERE oid "
                   "IN (" +
                   list + ")";
        },
        nameOf,
        [&](const CatalogRow &row) {
            const auto &[owner, at] = places.at(row.number(0));
            owner->table.exclusions[at].definition = row.text(1);
        });
    for (auto &[id, each] : relations_) {
        std::ranges::sort(each.table.foreignKeys, {}, &ForeignKey::name);
        std::ranges::sort(each.table.uniques, {}, &UniqueConstraint::name);
        std::ranges::sort(each.table.checks, {}, &CheckConstraint::name);
        std::ranges::sort(each.table.exclusions, {}, &ExclusionConstraint::name);
    }
}

void Reflection::readTriggers()
{
    std::vector<ObjectId> ids;
    std::map<ObjectId, std::string> names;
    catalog_.read("triggers",
                  std::string("SELECT t.oid, t.tgname, t.tgrelid FROM pg_catalog.pg_trigger t WHERE "
                              "NOT t.tgisinternal") +
                      (version_ >= 130000 ? " AND t.tgparentid = 0" : "") + only("t.tgrelid") + " ORDER BY 3, 2",
                  [&](const CatalogRow &row) {
                      if (const Relation *owner = relation(row.number(2))) {
                          ids.push_back(row.number(0));
                          names[row.number(0)] = owner->table.name.text() + ": trigger " + row.text(1);
                          known_[{catalog::trigger, row.number(0)}] = {"table", owner->table.name, ""};
                      }
                  });
    catalog_.readFor(
        ids,
        [](const std::string &list) {
            return "SELECT oid, tgname, tgrelid, pg_catalog.pg_get_triggerdef(oid), "
                   "tgenabled "
                   "FROM pg_catalog.pg_trigger WHERE oid IN (" +
                   list + ") ORDER BY 3, 2";
        },
        [&](ObjectId id) { return names.at(id); },
        [&](const CatalogRow &row) {
            if (row.isNull(3))
                return;
            Trigger &trigger = relation(row.number(2))->table.triggers.emplace_back();
            trigger.name = row.text(1);
            trigger.definition = row.text(3);
            trigger.comment = comment(catalog::trigger, row.number(0));
            if (const char enabled = row.letter(4); enabled != 'O')
                trigger.options["enabled"] = enabled == 'D'   ? "DISABLE"
                                             : enabled == 'R' ? "ENABLE REPLICA"
                                                              : "ENABLE ALWAYS";
        });
    if (version_ < 130000 || std::ranges::none_of(relations_, [](const auto &each) { return each.second.isPartition; }))
        return;
    // A partition's copy of a trigger is made with its parent's; only that it is switched otherwise is its own.
    catalog_.read(
        "triggers of partitions",
        "SELECT t.tgrelid, t.tgname, t.tgenabled FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_trigger p ON "
        "p.oid = t.tgparentid WHERE NOT p.tgisinternal AND t.tgenabled <> p.tgenabled" +
            only("t.tgrelid") + " ORDER BY 1, 2",
        [&](const CatalogRow &row) {
            const Relation *const owner = relation(row.number(0));
            if (!owner)
                return;
            const char enabled = row.letter(2);
            metadata_.others.push_back({"trigger_state",
                                        {owner->table.name.schema, row.text(1)},
                                        fmt::format("ALTER TABLE {} {} TRIGGER {}", quoteName(owner->table.name),
                                                    enabled == 'D'   ? "DISABLE"
                                                    : enabled == 'R' ? "ENABLE REPLICA"
                                                    : enabled == 'A' ? "ENABLE ALWAYS"
                                                                     : "ENABLE",
                                                    quoteName(row.view(1))),
                                        owner->table.name});
        });
}

void Reflection::readRulesAndPolicies()
{
    const auto add = [&](const CatalogRow &row, const char *kind, ObjectId catalog, std::string definition) {
        Relation *const owner = relation(row.number(2));
        if (!owner)
            return;
        OtherObject object;
        object.kind = kind;
        object.name = {owner->table.name.schema, row.text(1)};
        object.onTable = owner->table.name;
        object.definition = std::move(definition);
        if (const auto text = comment(catalog, row.number(0)))
            object.definition +=
                fmt::format(";\nCOMMENT ON {} {} ON {} IS {}", catalog == catalog::policy ? "POLICY" : "RULE",
                            quoteName(row.view(1)), quoteName(owner->table.name), quoteText(*text));
        metadata_.others.push_back(std::move(object));
    };
    if (has("rule"))
        catalog_.read(
            "rules",
            "SELECT r.oid, r.rulename, r.ev_class, pg_catalog.pg_get_ruledef(r.oid), "
            "r.ev_enabled FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class WHERE "
            "r.rulename <> '_RETURN' AND c.relnamespace <> 'pg_catalog'::regnamespace" +
                only("r.ev_class") + " ORDER BY 3, 2",
            [&](const CatalogRow &row) {
                std::string definition = row.text(3);
                while (definition.ends_with(';'))
                    definition.pop_back();
                const Relation *const owner = relation(row.number(2));
                if (const char enabled = row.letter(4); owner && enabled != 'O')
                    definition += fmt::format(";\nALTER TABLE {} {} RULE {}", quoteName(owner->table.name),
                                              enabled == 'D'   ? "DISABLE"
                                              : enabled == 'R' ? "ENABLE REPLICA"
                                                               : "ENABLE ALWAYS",
                                              quoteName(row.view(1)));
                add(row, "rule", catalog::rewrite, std::move(definition));
            });
    if (has("policy"))
        catalog_.read(
            "policies",
            "SELECT p.oid, p.polname, p.polrelid, p.polcmd, p.polpermissive, "
            "(SELECT pg_catalog.string_agg(CASE WHEN r = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident("
            "pg_catalog.pg_get_userbyid(r)) END, ', ') FROM pg_catalog.unnest(p.polroles) r), "
            "pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) FROM "
            "pg_catalog.pg_policy p WHERE true" +
                only("p.polrelid") + " ORDER BY 3, 2",
            [&](const CatalogRow &row) {
                const Relation *const owner = relation(row.number(2));
                if (!owner)
                    return;
                std::string sql =
                    fmt::format("CREATE POLICY {} ON {}", quoteName(row.view(1)), quoteName(owner->table.name));
                if (!row.flag(4))
                    sql += " AS RESTRICTIVE";
                const char command = row.letter(3);
                sql += command == 'r'   ? " FOR SELECT"
                       : command == 'a' ? " FOR INSERT"
                       : command == 'w' ? " FOR UPDATE"
                       : command == 'd' ? " FOR DELETE"
                                        : "";
                if (!row.isNull(5) && row.view(5) != "PUBLIC")
                    sql += " TO " + row.text(5);
                if (!row.isNull(6))
                    sql += " USING (" + withoutOuterParentheses(row.view(6)) + ")";
                if (!row.isNull(7))
                    sql += " WITH CHECK (" + withoutOuterParentheses(row.view(7)) + ")";
                add(row, "policy", catalog::policy, std::move(sql));
            });
}

} // namespace schemawright::postgres
