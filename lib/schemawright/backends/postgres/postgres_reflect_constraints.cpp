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

void Reflection::readIndexes()
{
    const std::string nullsNotDistinct = version_ >= 150000 ? "i.indnullsnotdistinct" : "false";
    const std::string sql =
        "SELECT i.indexrelid::bigint, i.indrelid::bigint, c.relname::text, i.indisunique, i.indisclustered, "
        "i.indisreplident, i.indisvalid, " +
        nullsNotDistinct +
        ", i.indnkeyatts::int, i.indkey::text, i.indclass::text, i.indcollation::text, i.indoption::text, "
        "a.amname::text, "
        "c.reloptions::text, s.spcname::text, c.relnamespace::bigint, c.relkind::text FROM pg_catalog.pg_index i JOIN "
        "pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am a ON a.oid = c.relam LEFT JOIN "
        "pg_catalog.pg_tablespace s ON s.oid = c.reltablespace WHERE (" +
        schemaCondition("c.relnamespace") + " OR c.relnamespace = pg_catalog.pg_my_temp_schema())" + only("i.indrelid");
    catalog_.read("indexes", sql, [&](const CatalogRow &row) {
        Relation *const owner = relation(row.number(1));
        if (!owner)
            return;
        IndexFacts &facts = indexes_[row.number(0)];
        facts.relation = row.number(1);
        facts.name = {schemaName(row.number(16)), row.text(2)};
        facts.isClustered = row.flag(4);
        facts.isReplicaIdentity = row.flag(5);
        facts.isValid = row.flag(6) || row.letter(17) == 'I'; // one on a partitioned table waits for its partitions
        facts.keys = static_cast<int>(row.number(8));
        facts.columns = numbersIn(row.view(9));
        facts.classes = numbersIn(row.view(10));
        facts.collations = numbersIn(row.view(11));
        const std::vector<std::int64_t> flags = numbersIn(row.view(12));
        Index &index = facts.index;
        index.name = facts.name.name;
        index.unique = row.flag(3);
        index.nullsNotDistinct = row.flag(7);
        index.method = row.text(13);
        addParameters(index.options, row.view(14));
        if (!row.isNull(15))
            index.options["tablespace"] = row.text(15);
        index.comment = comment(catalog::relation, row.number(0));
        for (std::size_t i = 0; i < facts.columns.size(); ++i) {
            const std::string &column = columnName(*owner, facts.columns[i]);
            if (i >= static_cast<std::size_t>(facts.keys)) {
                index.include.push_back(column);
                continue;
            }
            IndexElement &element = index.elements.emplace_back();
            if (facts.columns[i] > 0)
                element.column = column;
            const std::int64_t flag = i < flags.size() ? flags[i] : 0;
            element.descending = flag & 1;
            if (element.descending != ((flag & 2) != 0))
                element.nulls = flag & 2 ? "first" : "last";
        }
        known_[{catalog::relation, row.number(0)}] = {"table", owner->table.name, ""};
    });
}

void Reflection::readConstraints()
{
    const std::string setColumns = version_ >= 150000 ? "confdelsetcols::text" : "NULL::text";
    // A key that refers to a partitioned table has a hidden copy for each partition: conparentid on the same table.
    const std::string sql =
        "SELECT k.oid::bigint, k.conname::text, k.conrelid::bigint, k.contype::text, k.condeferrable, k.condeferred, "
        "k.convalidated, k.conindid::bigint, k.confrelid::bigint, k.confupdtype::text, k.confdeltype::text, "
        "k.confmatchtype::text, k.conkey::text, k.confkey::text, k.conislocal, k.connoinherit, k.conparentid::bigint, "
        "k." +
        setColumns +
        ", f.relname::text, n.nspname::text FROM pg_catalog.pg_constraint k LEFT JOIN pg_catalog.pg_class f ON f.oid = "
        "k.confrelid LEFT JOIN pg_catalog.pg_namespace n ON n.oid = f.relnamespace WHERE k.conrelid <> 0 AND k.contype "
        "IN "
        "('p', 'u', 'f', 'c', 'x') AND (k.conparentid = 0 OR k.contype <> 'f' OR NOT EXISTS (SELECT 1 FROM "
        "pg_catalog.pg_constraint p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid))" +
        only("k.conrelid") + " ORDER BY k.conrelid, k.conname";
    std::vector<ObjectId> checks, exclusions;
    std::unordered_map<ObjectId, std::pair<Relation *, std::size_t>> places; // of checks and exclusions
    std::map<ObjectId, std::set<std::int64_t>> referredColumns;
    struct PendingKey
    {
        Relation *owner;
        std::size_t at;
        ObjectId referred;
        std::vector<std::int64_t> columns;
    };
    std::vector<PendingKey> pendingKeys;
    const auto namesOf = [&](const Relation &owner, std::string_view attributes) {
        std::vector<std::string> names;
        for (const std::int64_t attribute : numbersIn(attributes))
            names.push_back(columnName(owner, attribute));
        return names;
    };
    catalog_.read("constraints", sql, [&](const CatalogRow &row) {
        Relation *const owner = relation(row.number(2));
        if (!owner)
            return;
        Table &table = owner->table;
        const ObjectId id = row.number(0);
        const std::optional<std::string> text = comment(catalog::constraint, id);
        known_[{catalog::constraint, id}] = {"table", table.name, ""};
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
            key.referred = {row.text(19), row.text(18)};
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
            pendingKeys.push_back({owner, table.foreignKeys.size() - 1, row.number(8), numbersIn(row.view(13))});
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
            if (const auto found = indexes_.find(row.number(7)); found != indexes_.end())
                found->second.isConstraint = true;
            places[id] = {owner, table.exclusions.size() - 1};
            exclusions.push_back(id);
        }
        }
    });

    // Columns of referred tables; one that was not reflected is asked for by name.
    std::set<ObjectId> strangers;
    for (const PendingKey &key : pendingKeys)
        if (!relation(key.referred))
            strangers.insert(key.referred);
    std::map<std::pair<ObjectId, std::int64_t>, std::string> strangeColumns;
    if (!strangers.empty())
        catalog_.read(
            "referred columns",
            "SELECT attrelid::bigint, attnum::int, attname::text FROM pg_catalog.pg_attribute WHERE attnum > 0 "
            "AND attrelid IN (" +
                idList({strangers.begin(), strangers.end()}) + ")",
            [&](const CatalogRow &row) {
                strangeColumns[{row.number(0), row.number(1)}] = row.text(2);
            });
    for (const PendingKey &key : pendingKeys)
        for (const std::int64_t attribute : key.columns) {
            Relation *const referred = relation(key.referred);
            key.owner->table.foreignKeys[key.at].referredColumns.push_back(
                referred ? columnName(*referred, attribute) : strangeColumns[{key.referred, attribute}]);
        }

    const auto nameOf = [&](ObjectId id) { return places.at(id).first->table.name.text() + ": a constraint"; };
    catalog_.readFor(
        checks,
        [](const std::string &list) {
            return "SELECT oid::bigint, pg_catalog.pg_get_expr(conbin, conrelid, true) FROM pg_catalog.pg_constraint "
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
            return "SELECT oid::bigint, pg_catalog.pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint WHERE oid "
                   "IN (" +
                   list + ")";
        },
        nameOf,
        [&](const CatalogRow &row) {
            const auto &[owner, at] = places.at(row.number(0));
            owner->table.exclusions[at].definition = row.text(1);
        });
}

void Reflection::readIndexExpressions()
{
    std::vector<ObjectId> withExpressions, withCondition;
    catalog_.read("index expressions",
                  "SELECT indexrelid::bigint, indexprs IS NOT NULL, indpred IS NOT NULL FROM pg_catalog.pg_index WHERE "
                  "(indexprs IS NOT NULL OR indpred IS NOT NULL)" +
                      only("indrelid"),
                  [&](const CatalogRow &row) {
                      const auto found = indexes_.find(row.number(0));
                      if (found == indexes_.end() || found->second.isConstraint)
                          return;
                      if (row.flag(1))
                          withExpressions.push_back(row.number(0));
                      if (row.flag(2))
                          withCondition.push_back(row.number(0));
                  });
    const auto name = [&](ObjectId id) { return indexes_.at(id).name.text(); };
    std::set<ObjectId> withCollation;
    catalog_.readFor(
        withExpressions,
        [](const std::string &list) {
            return "SELECT i.indexrelid::bigint, k, pg_catalog.pg_get_indexdef(i.indexrelid, k, true), "
                   "pg_catalog.pg_get_indexdef(i.indexrelid) ~ ' COLLATE ' FROM pg_catalog.pg_index i, "
                   "pg_catalog.generate_series(1, i.indnkeyatts::int) k WHERE i.indkey[k - 1] = 0 AND i.indexrelid IN "
                   "(" +
                   list + ")";
        },
        name,
        [&](const CatalogRow &row) {
            IndexFacts &facts = indexes_.at(row.number(0));
            facts.index.elements[static_cast<std::size_t>(row.number(1)) - 1].expression =
                withoutOuterParentheses(row.view(2));
            if (row.flag(3))
                withCollation.insert(row.number(0));
        });
    catalog_.readFor(
        withCondition,
        [](const std::string &list) {
            return "SELECT indexrelid::bigint, pg_catalog.pg_get_expr(indpred, indrelid) FROM pg_catalog.pg_index "
                   "WHERE "
                   "indexrelid IN (" +
                   list + ")";
        },
        name,
        [&](const CatalogRow &row) { indexes_.at(row.number(0)).index.where = withoutOuterParentheses(row.view(1)); });

    // Options of single columns: parameters of an operator class, statistics of an expression.
    std::map<std::pair<ObjectId, std::int64_t>, std::string> parameters;
    catalog_.read(
        "index columns",
        "SELECT a.attrelid::bigint, a.attnum::int, a.attoptions::text, coalesce(a.attstattarget, -1)::int FROM "
        "pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid WHERE c.relkind IN ('i', 'I') "
        "AND (a.attoptions IS NOT NULL OR a.attstattarget > 0)",
        [&](const CatalogRow &row) {
            const auto found = indexes_.find(row.number(0));
            if (found == indexes_.end())
                return;
            if (row.number(3) >= 0)
                found->second.index.options["statistics." + std::to_string(row.number(1))] =
                    std::to_string(row.number(3));
            std::string &text = parameters[{row.number(0), row.number(1)}];
            for (const std::string &each : arrayElements(row.view(2))) {
                const std::size_t equals = each.find('=');
                text += (text.empty() ? "" : ", ") + quoteName(each.substr(0, equals)) + "=" +
                        quoteText(each.substr(equals + 1));
            }
        });

    struct OperatorClass
    {
        std::string name;
        ObjectId inputType;
        bool isDefault;
    };
    std::map<ObjectId, OperatorClass> classes;
    std::map<std::pair<ObjectId, ObjectId>, ObjectId> defaults; // (method, type) -> class
    std::map<ObjectId, ObjectId> methods;
    catalog_.read("operator classes",
                  "SELECT o.oid::bigint, o.opcname::text, n.nspname::text, o.opcintype::bigint, o.opcdefault, "
                  "o.opcmethod::bigint FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_namespace n ON n.oid = "
                  "o.opcnamespace",
                  [&](const CatalogRow &row) {
                      const bool isPlain = row.view(2) == "pg_catalog" || row.view(2) == metadata_.defaultSchema;
                      const QualifiedName called{isPlain ? "" : row.text(2), row.text(1)};
                      classes[row.number(0)] = {quoteName(called), row.number(3), row.flag(4)};
                      methods[row.number(0)] = row.number(5);
                      if (row.flag(4))
                          defaults[{row.number(5), row.number(3)}] = row.number(0);
                  });
    for (auto &[id, facts] : indexes_) {
        const Relation *owner = relation(facts.relation);
        for (std::size_t i = 0; owner && i < facts.index.elements.size() && i < facts.classes.size(); ++i) {
            IndexElement &element = facts.index.elements[i];
            const auto used = classes.find(facts.classes[i]);
            const auto given = parameters.find({id, static_cast<std::int64_t>(i) + 1});
            bool isDefault = used == classes.end() || used->second.isDefault;
            ObjectId columnCollation = 0;
            if (element.column) {
                const std::size_t at =
                    static_cast<std::size_t>(owner->columnAt[static_cast<std::size_t>(facts.columns[i])]);
                columnCollation = owner->collationOf[at];
                // The default for the column's own type may be another than the default for the type it is read as.
                const auto own = defaults.find({methods[facts.classes[i]], owner->typeOf[at].first});
                isDefault = isDefault && (own == defaults.end() || own->second == facts.classes[i]);
            }
            if (used != classes.end() && (!isDefault || (given != parameters.end() && !given->second.empty()))) {
                element.operatorClass = used->second.name;
                if (given != parameters.end() && !given->second.empty())
                    *element.operatorClass += " (" + given->second + ")";
            }
            const ObjectId collation = i < facts.collations.size() ? facts.collations[i] : 0;
            if (collation != 0 && (element.column ? collation != columnCollation : withCollation.contains(id)))
                element.collation = collations_[collation];
        }
    }
}

void Reflection::placeIndexes()
{
    std::vector<std::pair<QualifiedName, ObjectId>> sorted;
    for (const auto &[id, facts] : indexes_)
        sorted.emplace_back(facts.name, id);
    std::ranges::sort(sorted);
    for (const auto &[name, id] : sorted) {
        IndexFacts &facts = indexes_.at(id);
        Table &table = relation(facts.relation)->table;
        std::string attachedTo;
        if (const auto parent = indexParents_.find(id); parent != indexParents_.end())
            if (const auto found = indexes_.find(parent->second); found != indexes_.end())
                attachedTo = quoteName(found->second.name);
        if (facts.isClustered)
            table.options["cluster_on"] = name.name;
        if (facts.isReplicaIdentity)
            table.options["replica_identity"] = "USING INDEX " + quoteName(name.name);
        if (facts.isConstraint) {
            if (attachedTo.empty())
                continue;
            if (table.primaryKey && table.primaryKey->name == name.name)
                table.primaryKey->options["attached_to"] = attachedTo;
            for (UniqueConstraint &unique : table.uniques)
                if (unique.name == name.name)
                    unique.options["attached_to"] = attachedTo;
            continue;
        }
        if (!facts.isValid) {
            metadata_.notCarried.push_back({name.text(), "an invalid index, left behind by a failed CREATE INDEX"});
            continue;
        }
        if (!attachedTo.empty())
            facts.index.options["attached_to"] = attachedTo;
        table.indexes.push_back(std::move(facts.index));
    }
}

void Reflection::readTriggers()
{
    std::vector<ObjectId> ids;
    std::map<ObjectId, std::string> names;
    catalog_.read(
        "triggers",
        std::string("SELECT t.oid::bigint, t.tgname::text, t.tgrelid::bigint FROM pg_catalog.pg_trigger t WHERE "
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
            return "SELECT oid::bigint, tgname::text, tgrelid::bigint, pg_catalog.pg_get_triggerdef(oid), "
                   "tgenabled::text "
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
    catalog_.read(
        "rules",
        "SELECT r.oid::bigint, r.rulename::text, r.ev_class::bigint, pg_catalog.pg_get_ruledef(r.oid), "
        "r.ev_enabled::text FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class WHERE "
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
    catalog_.read(
        "policies",
        "SELECT p.oid::bigint, p.polname::text, p.polrelid::bigint, p.polcmd::text, p.polpermissive, "
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
