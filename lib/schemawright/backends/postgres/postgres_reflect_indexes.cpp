#include "schemawright/backends/postgres/postgres_reflect.h"

#include "schemawright/backends/postgres/postgres_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright::postgres {

std::string Reflection::indexesSql() const
{
    const std::string nullsNotDistinct = version_ >= 150000 ? "i.indnullsnotdistinct" : "false";
    return "SELECT i.indexrelid, i.indrelid, c.relname, i.indisunique, i.indisclustered, "
           "i.indisreplident, i.indisvalid, " +
           nullsNotDistinct +
           ", i.indnkeyatts, i.indkey, i.indclass, i.indcollation, i.indoption, "
           "c.relam, c.reloptions, c.reltablespace, c.relnamespace, c.relkind, CASE WHEN i.indexprs IS NOT NULL OR "
           "i.indpred IS NOT NULL THEN true END FROM pg_catalog.pg_index i JOIN "
           "pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE (" +
           schemaCondition("c.relnamespace") + " OR c.relnamespace = pg_catalog.pg_my_temp_schema())" +
           only("i.indrelid");
}

void Reflection::readIndexes()
{
    catalog_.read("indexes", indexesSql(), [&](const CatalogRow &row) {
        Relation *const owner = relation(row.number(1));
        if (!owner)
            return;
        IndexFacts &facts = indexes_[row.number(0)];
        facts.relation = row.number(1);
        facts.name = {schemaName(row.number(16)), row.text(2)};
        facts.isClustered = row.flag(4);
        facts.isReplicaIdentity = row.flag(5);
        facts.isValid = row.flag(6) || row.letter(17) == 'I'; // one on a partitioned table waits for its partitions
        facts.isWaiting = !row.flag(6) && row.letter(17) == 'I';
        if (!row.isNull(18))
            withExpressions_.push_back(row.number(0));
        facts.keys = static_cast<int>(row.number(8));
        facts.columns = numbersIn(row.view(9));
        facts.classes = numbersIn(row.view(10));
        facts.collations = numbersIn(row.view(11));
        const std::vector<std::int64_t> flags = numbersIn(row.view(12));
        Index &index = facts.index;
        index.name = facts.name.name;
        index.unique = row.flag(3);
        index.nullsNotDistinct = row.flag(7);
        index.method = names_[row.number(13)];
        addParameters(index.options, row.view(14));
        if (row.number(15))
            index.options["tablespace"] = names_[row.number(15)];
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
        parts_.push_back({{catalog::relation, row.number(0)}, owner->id});
    });
}

void Reflection::readIndexExpressions()
{
    std::vector<ObjectId> withExpressions, withCondition;
    if (!withExpressions_.empty())
        catalog_.read("index expressions",
                      "SELECT indexrelid, indexprs IS NOT NULL, indpred IS NOT NULL FROM pg_catalog.pg_index WHERE "
                      "indexrelid IN (" +
                          idList(withExpressions_) + ")",
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
            return "SELECT i.indexrelid, k, pg_catalog.pg_get_indexdef(i.indexrelid, k, true), "
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
            return "SELECT indexrelid, pg_catalog.pg_get_expr(indpred, indrelid) FROM pg_catalog.pg_index "
                   "WHERE "
                   "indexrelid IN (" +
                   list + ")";
        },
        name,
        [&](const CatalogRow &row) { indexes_.at(row.number(0)).index.where = withoutOuterParentheses(row.view(1)); });

    // Options of single columns: parameters of an operator class, statistics of an expression. Only these can have
    // some.
    std::vector<ObjectId> withOptions = withExpressions;
    for (const auto &[id, facts] : indexes_)
        if (facts.index.method != "btree" && facts.index.method != "hash")
            withOptions.push_back(id);
    std::map<std::pair<ObjectId, std::int64_t>, std::string> parameters;
    catalog_.readFor(
        withOptions,
        [](const std::string &list) {
            return "SELECT attrelid, attnum, attoptions, coalesce(attstattarget, -1)::int FROM pg_catalog.pg_attribute "
                   "WHERE (attoptions IS NOT NULL OR attstattarget > 0) AND attrelid IN (" +
                   list + ")";
        },
        name,
        [&](const CatalogRow &row) {
            const auto found = indexes_.find(row.number(0));
            if (found == indexes_.end())
                return;
            if (row.number(3) >= 0)
                found->second.index.options["statistics." + std::to_string(row.number(1))] =
                    std::to_string(row.number(3));
            std::string &text = parameters[{row.number(0), row.number(1)}];
            for (const std::string &each : arrayElements(row.view(2))) {
                if (each.starts_with("pg_attver="))
                    continue;
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
                  "SELECT o.oid, o.opcname, n.nspname, o.opcintype, o.opcdefault, "
                  "o.opcmethod, pg_catalog.pg_opclass_is_visible(o.oid) FROM pg_catalog.pg_opclass o JOIN "
                  "pg_catalog.pg_namespace n ON n.oid = "
                  "o.opcnamespace",
                  [&](const CatalogRow &row) {
                      const QualifiedName called{row.flag(6) ? "" : row.text(2), row.text(1)};
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
                columnCollation = owner->facts[at].collation;
                // The default for the column's own type may be another than the default for the type it is read as.
                const auto own = defaults.find({methods[facts.classes[i]], types_[owner->facts[at].type].id});
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
            const auto note = [&](auto &constraint) {
                if (constraint.name != name.name)
                    return;
                if (!attachedTo.empty())
                    constraint.options["attached_to"] = attachedTo;
                if (facts.isWaiting) // some partition has none of its own
                    constraint.options["only"] = "true";
            };
            if (table.primaryKey)
                note(*table.primaryKey);
            for (UniqueConstraint &unique : table.uniques)
                note(unique);
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

} // namespace schemawright::postgres
