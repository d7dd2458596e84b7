#include "schemawright/backends/postgres/postgres_reflect.h"

#include "schemawright/backends/postgres/postgres_text.h"
#include "schemawright/backends/postgres/postgres_types.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright::postgres {

namespace {

TableKind kindOf(char letter, bool isPartition)
{
    switch (letter) {
    case 'v':
        return TableKind::View;
    case 'm':
        return TableKind::MaterializedView;
    case 'p':
        return isPartition ? TableKind::Partition : TableKind::Partitioned;
    case 'f':
        return TableKind::Foreign;
    default:
        return isPartition ? TableKind::Partition : TableKind::Table;
    }
}

constexpr ObjectId defaultCollation = 100;

/// Some servers keep a counter of their own among a column's options; it is none.
std::string hasOwnOptions(const std::string &column)
{
    return fmt::format("({0} IS NOT NULL AND (pg_catalog.cardinality({0}) > 1 OR {0}[1] NOT LIKE 'pg_attver=%'))",
                       column);
}

const char *storageName(char letter)
{
    return letter == 'p' ? "PLAIN" : letter == 'e' ? "EXTERNAL" : letter == 'm' ? "MAIN" : "EXTENDED";
}

} // namespace

/// One plain pass over pg_class; the few tables that have more to say are asked about later.
std::string Reflection::relationsSql() const
{
    std::string names;
    if (narrowed_) {
        names = " AND c.relname IN (";
        for (const std::string &table : options_.tables)
            names += (names.back() == '(' ? "" : ", ") + quoteText(table);
        names += ")";
    }
    return "SELECT c.oid, c.relnamespace, c.relname, c.relkind, c.relpersistence, c.relispartition, c.relreplident, "
           "c.relrowsecurity, c.relforcerowsecurity, c.reloftype, c.relispopulated, c.reltype, c.reloptions, "
           "c.reltablespace, c.relam, c.relnatts, c.reltoastrelid, CASE WHEN c.relowner <> (SELECT "
           "current_user::regrole::oid) THEN pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)) END FROM "
           "pg_catalog.pg_class c "
           "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND (" +
           schemaCondition("c.relnamespace") + " OR c.relnamespace = pg_catalog.pg_my_temp_schema())" + names +
           " OR c.relkind = 't' AND c.reloptions IS NOT NULL";
}

void Reflection::readRelations()
{
    readNames();
    std::unordered_map<ObjectId, ObjectId> toastOwners;
    std::map<ObjectId, std::string> toastOptions;
    catalog_.read("tables", relationsSql(), [&](const CatalogRow &row) {
        const ObjectId id = row.number(0);
        if (row.letter(3) == 't') {
            toastOptions[id] = row.text(12);
            return;
        }
        if (isExtensionMember(catalog::relation, id) || isExtensionMember(catalog::type, row.number(11)))
            return;
        Relation &relation = relations_[id];
        relation.id = id;
        relation.rowType = row.number(11);
        if (row.number(16))
            toastOwners[row.number(16)] = id;
        relation.kind = row.letter(3);
        relation.owner = row.text(17);
        Table &table = relation.table;
        table.temporary = row.letter(4) == 't';
        table.name = {table.temporary ? "pg_temp" : schemaName(row.number(1)), row.text(2)};
        relation.isPartition = row.flag(5);
        table.kind = kindOf(relation.kind, relation.isPartition);
        parts_.push_back({{catalog::relation, id}, id});
        parts_.push_back({{catalog::type, row.number(11)}, id});
        if (row.letter(4) == 'u')
            table.options["unlogged"] = "true";
        if (relation.kind != 'v' && relation.kind != 'f' && (row.letter(6) == 'f' || row.letter(6) == 'n'))
            table.options["replica_identity"] = row.letter(6) == 'f' ? "FULL" : "NOTHING";
        if (row.flag(7))
            table.options["row_security"] = "true";
        if (row.flag(8))
            table.options["force_row_security"] = "true";
        if (row.number(9))
            table.options["of_type"] = std::to_string(row.number(9)); // named with the types of columns
        relation.isPopulated = row.flag(10);
        if (relation.kind == 'm' && !relation.isPopulated)
            table.options["no_data"] = "true";
        addParameters(table.options, row.view(12));
        if (row.number(13))
            table.options["tablespace"] = names_[row.number(13)];
        if (row.number(14) && row.number(14) != defaultAccessMethod_ && relation.kind != 'v')
            table.options["access_method"] = names_[row.number(14)];
        table.columns.reserve(static_cast<std::size_t>(row.number(15)));
    });
    if (options_.namesOnly)
        return;
    for (const auto &[toast, options] : toastOptions)
        if (const auto owner = toastOwners.find(toast); owner != toastOwners.end())
            addParameters(relations_.at(owner->second).table.options, options, "toast.");
    if (has("foreign_table"))
        catalog_.read("foreign tables",
                      "SELECT t.ftrelid, s.srvname, t.ftoptions FROM pg_catalog.pg_foreign_table t JOIN "
                      "pg_catalog.pg_foreign_server s ON s.oid = t.ftserver",
                      [&](const CatalogRow &row) {
                          Relation *const owner = relation(row.number(0));
                          if (!owner)
                              return;
                          owner->table.options["server"] = row.text(1);
                          addParameters(owner->table.options, row.view(2), "foreign.");
                      });
}

void Reflection::readNames()
{
    catalog_.read("tablespaces and access methods",
                  "SELECT oid, spcname, false FROM pg_catalog.pg_tablespace UNION ALL SELECT oid, amname, amname = "
                  "pg_catalog.current_setting('default_table_access_method') FROM pg_catalog.pg_am",
                  [&](const CatalogRow &row) {
                      names_[row.number(0)] = row.text(1);
                      if (row.flag(2))
                          defaultAccessMethod_ = row.number(0);
                  });
}

/// One pass over pg_attribute; the relations are known here and filter the rest.
std::string Reflection::columnsSql() const
{
    // What few columns have (statistics, options, compression, privileges) is only told to be there, and asked about if
    // it is.
    const std::string compression = version_ >= 140000 ? " OR a.attcompression <> ''" : "";
    return "SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attidentity, "
           "a.attgenerated, a.attcollation, a.attislocal, a.attstorage, CASE WHEN a.attstattarget >= 0 OR "
           "a.attfdwoptions IS NOT NULL OR a.attacl IS NOT NULL OR " +
           hasOwnOptions("a.attoptions") + compression +
           " THEN true END FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid WHERE "
           "a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND (" +
           schemaCondition("c.relnamespace") + " OR c.relnamespace = pg_catalog.pg_my_temp_schema())" +
           only("a.attrelid");
}

std::string Reflection::defaultsSql() const
{
    return "SELECT d.adrelid, d.adnum, pg_catalog.pg_get_expr(d.adbin, d.adrelid), d.oid FROM pg_catalog.pg_attrdef d "
           "WHERE true" +
           only("d.adrelid");
}

void Reflection::readColumns()
{
    if (relations_.empty())
        return;
    Relation *current = nullptr;
    std::vector<ObjectId> unusual;
    std::set<Relation *> unordered; // the catalog promises no order, and sorting there costs more than here
    catalog_.read("columns", columnsSql(), [&](const CatalogRow &row) {
        if (!current || current->id != row.number(0))
            current = relation(row.number(0));
        if (!current)
            return;
        const auto attribute = static_cast<std::size_t>(row.number(1));
        if (attribute < current->columnAt.size())
            unordered.insert(current);
        current->columnAt.resize(std::max(current->columnAt.size(), attribute + 1), -1);
        current->columnAt[attribute] = static_cast<int>(current->table.columns.size());
        current->facts.push_back({typeIndex(row.number(3), static_cast<int>(row.number(4))), row.number(8),
                                  row.letter(10), static_cast<int>(attribute)});
        Column &column = current->table.columns.emplace_back();
        column.name = row.view(2);
        column.nullable = !row.flag(5);
        if (const char letter = row.letter(6))
            column.identity.emplace().always = letter == 'a';
        if (const char letter = row.letter(7))
            column.generated.emplace().stored = letter == 's';
        if (!row.flag(9))
            column.options["inherited"] = "true";
        if (!row.isNull(11))
            unusual.push_back(current->id);
        if (!comments_.empty())
            column.comment = comment(catalog::relation, current->id, row.number(1));
    });
    for (Relation *const each : unordered) {
        std::vector<Column> columns;
        std::vector<ColumnFacts> facts;
        std::vector<int> columnAt(each->columnAt.size(), -1);
        for (std::size_t attribute = 0; attribute < columnAt.size(); ++attribute)
            if (const int at = each->columnAt[attribute]; at >= 0) {
                columnAt[attribute] = static_cast<int>(columns.size());
                columns.push_back(std::move(each->table.columns[static_cast<std::size_t>(at)]));
                facts.push_back(each->facts[static_cast<std::size_t>(at)]);
            }
        each->table.columns = std::move(columns);
        each->facts = std::move(facts);
        each->columnAt = std::move(columnAt);
    }
    if (!unusual.empty())
        readUnusualColumns(unusual);
    withColumnPrivileges_ = std::move(unusual);
}

/// What few columns have: statistics, options, compression.
void Reflection::readUnusualColumns(const std::vector<ObjectId> &relations)
{
    const std::string compression = version_ >= 140000 ? "a.attcompression" : "''::text";
    const std::string sql =
        "SELECT a.attrelid, a.attnum, a.attstattarget, CASE WHEN " + hasOwnOptions("a.attoptions") +
        " THEN a.attoptions END, a.attfdwoptions, " + compression +
        " FROM pg_catalog.pg_attribute a WHERE a.attnum > 0 AND (a.attstattarget >= 0 OR a.attfdwoptions IS NOT NULL "
        "OR " +
        hasOwnOptions("a.attoptions") + " OR " + compression + " <> '') AND a.attrelid IN (" + idList(relations) + ")";
    catalog_.read("unusual columns", sql, [&](const CatalogRow &row) {
        Relation *const owner = relation(row.number(0));
        const auto attribute = static_cast<std::size_t>(row.number(1));
        if (!owner || attribute >= owner->columnAt.size() || owner->columnAt[attribute] < 0)
            return;
        Column &column = owner->table.columns[static_cast<std::size_t>(owner->columnAt[attribute])];
        if (!row.isNull(2) && row.number(2) >= 0)
            column.options["statistics"] = std::to_string(row.number(2));
        if (owner->kind != 'v')
            addParameters(column.options, row.view(3), "set.");
        addParameters(column.options, row.view(4), "foreign.");
        if (const char letter = row.letter(5))
            column.options["compression"] = letter == 'l' ? "lz4" : "pglz";
    });
}

std::size_t Reflection::typeIndex(ObjectId type, int modifier)
{
    const auto [found, isNew] = typePlaces_.try_emplace(
        static_cast<std::uint64_t>(type) << 32 | static_cast<std::uint32_t>(modifier), types_.size());
    if (isNew)
        types_.push_back({type, modifier, {}, 0, 'p'});
    return found->second;
}

void Reflection::readTypesOfColumns()
{
    std::set<ObjectId> collations;
    for (const auto &[id, each] : relations_) {
        for (const ColumnFacts &facts : each.facts)
            if (facts.collation != 0 && facts.collation != defaultCollation)
                collations.insert(facts.collation);
        if (const auto type = each.table.options.find("of_type"); type != each.table.options.end())
            typeIndex(std::stoll(type->second), -1);
    }
    if (types_.empty())
        return;
    std::string values;
    for (const TypeFacts &each : types_)
        values += fmt::format("{}({}::bigint, {})", values.empty() ? "" : ", ", each.id, each.modifier);
    // The kind of a domain is that of its base type; a label list belongs to an enum or to an array's element.
    catalog_.read(
        "types of columns",
        "SELECT w.o, w.m, pg_catalog.format_type(w.o::oid, w.m), t.typcollation, t.typstorage, "
        "pg_catalog.format_type(t.typbasetype, t.typtypmod), t.typtype, e.typtype, "
        "pg_catalog.format_type(e.oid, NULL), (SELECT pg_catalog.array_agg(l.enumlabel ORDER BY l.enumsortorder)::text "
        "FROM pg_catalog.pg_enum l WHERE l.enumtypid IN (t.oid, e.oid)) FROM (VALUES " +
            values +
            ") AS w(o, m) JOIN pg_catalog.pg_type t ON t.oid = w.o::oid LEFT JOIN pg_catalog.pg_type e ON e.oid = "
            "t.typelem AND t.typlen = -1",
        [&](const CatalogRow &row) {
            TypeFacts &facts = types_[typeIndex(row.number(0), static_cast<int>(row.number(1)))];
            facts.collation = row.number(3);
            facts.storage = row.letter(4);
            facts.type = parseType(row.view(2));
            const auto asEnum = [&](const std::string &name) {
                Type type;
                type.kind = TypeKind::Enum;
                type.native = type.name = name;
                type.labels = arrayElements(row.view(9));
                return type;
            };
            if (row.letter(6) == 'e')
                facts.type = asEnum(row.text(2));
            else if (row.letter(6) == 'd') {
                facts.type = parseType(row.view(5));
                facts.type.native = facts.type.name = row.view(2);
            } else if (row.letter(7) == 'e' && facts.type.kind == TypeKind::Array)
                facts.type.element = std::make_shared<const Type>(asEnum(row.text(8)));
        });
    catalog_.read("collations",
                  "SELECT c.oid, c.collname, n.nspname, pg_catalog.pg_collation_is_visible(c.oid) FROM "
                  "pg_catalog.pg_collation c JOIN "
                  "pg_catalog.pg_namespace n ON n.oid = c.collnamespace WHERE c.oid IN (" +
                      idList({collations.begin(), collations.end()}) + ") OR c.oid >= 16384 OR c.oid < 13000",
                  [&](const CatalogRow &row) {
                      collations_[row.number(0)] =
                          row.flag(3) ? row.text(1) : quoteAlways(row.view(2)) + "." + quoteAlways(row.view(1));
                  });
    for (auto &[id, each] : relations_) {
        for (std::size_t i = 0; i < each.table.columns.size(); ++i) {
            Column &column = each.table.columns[i];
            const ColumnFacts &own = each.facts[i];
            const TypeFacts &facts = types_[own.type];
            column.type = facts.type;
            if (own.collation != 0 && own.collation != facts.collation)
                column.collation = collations_[own.collation];
            if (own.storage != facts.storage && each.kind != 'v' && each.kind != 'c')
                column.options["storage"] = storageName(own.storage);
        }
        if (const auto type = each.table.options.find("of_type"); type != each.table.options.end())
            type->second = types_[typeIndex(std::stoll(type->second), -1)].type.native;
    }
}

void Reflection::readDefaults()
{
    const auto use = [&](const CatalogRow &row) {
        Relation *const owner = relation(row.number(0));
        const auto attribute = static_cast<std::size_t>(row.number(1));
        if (!owner || attribute >= owner->columnAt.size() || owner->columnAt[attribute] < 0)
            return;
        Column &column = owner->table.columns[static_cast<std::size_t>(owner->columnAt[attribute])];
        if (column.generated)
            column.generated->expression = withoutOuterParentheses(row.view(2));
        else
            column.defaultSql = row.text(2);
    };
    if (!catalog_.isCareful()) {
        catalog_.read("defaults", defaultsSql(), [&](const CatalogRow &row) {
            if (relation(row.number(0)))
                attributeDefaults_.emplace_back(row.number(3), row.number(0));
            use(row);
        });
        return;
    }
    // Who has one is asked of the catalog itself, so that an entry that cannot be read is found by its table.
    std::vector<ObjectId> ids;
    catalog_.read("defaults", "SELECT d.oid, d.adrelid FROM pg_catalog.pg_attrdef d WHERE true" + only("d.adrelid"),
                  [&](const CatalogRow &row) {
                      if (!relation(row.number(1)))
                          return;
                      ids.push_back(row.number(0));
                      attributeDefaults_.emplace_back(row.number(0), row.number(1));
                  });
    const auto name = [&](ObjectId id) {
        for (const auto &[each, table] : attributeDefaults_)
            if (each == id)
                return relation(table)->table.name.text() + ": default of a column";
        return std::string("default of a column");
    };
    catalog_.readFor(
        ids,
        [](const std::string &list) {
            return "SELECT adrelid, adnum, pg_catalog.pg_get_expr(adbin, adrelid) FROM "
                   "pg_catalog.pg_attrdef WHERE oid IN (" +
                   list + ")";
        },
        name, use);
}

void Reflection::readInheritance()
{
    if (has("inheritance"))
        catalog_.read("inheritance",
                      "SELECT i.inhrelid, i.inhparent, c.relname, n.nspname, c.relkind FROM "
                      "pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhparent JOIN "
                      "pg_catalog.pg_namespace n ON n.oid = c.relnamespace ORDER BY i.inhrelid, i.inhseqno",
                      [&](const CatalogRow &row) {
                          if (row.letter(4) == 'I' || row.letter(4) == 'i') {
                              indexParents_[row.number(0)] = row.number(1);
                              return;
                          }
                          Relation *const child = relation(row.number(0));
                          if (!child)
                              return;
                          const QualifiedName parent{row.text(3), row.text(2)};
                          if (child->isPartition) // a foreign table may be one
                              child->table.partition.of = parent;
                          else
                              child->table.inherits.push_back(parent);
                      });
    std::vector<ObjectId> partitioned, partitions;
    for (const auto &[id, each] : relations_) {
        if (each.kind == 'p')
            partitioned.push_back(id);
        if (each.isPartition)
            partitions.push_back(id);
    }
    const auto name = [&](ObjectId id) { return relation(id)->table.name.text(); };
    catalog_.readFor(
        partitioned,
        [](const std::string &list) {
            return "SELECT partrelid, pg_catalog.pg_get_partkeydef(partrelid) FROM "
                   "pg_catalog.pg_partitioned_table WHERE partrelid IN (" +
                   list + ")";
        },
        name, [&](const CatalogRow &row) { relation(row.number(0))->table.partition.by = row.optional(1); });
    catalog_.readFor(
        partitions,
        [](const std::string &list) {
            return "SELECT oid, pg_catalog.pg_get_expr(relpartbound, oid) FROM pg_catalog.pg_class WHERE oid "
                   "IN (" +
                   list + ")";
        },
        name, [&](const CatalogRow &row) { relation(row.number(0))->table.partition.bound = row.optional(1); });
}

void Reflection::readViews()
{
    std::vector<ObjectId> ids;
    for (const auto &[id, each] : relations_)
        if (each.table.isView())
            ids.push_back(id);
    std::ranges::sort(ids);
    catalog_.readFor(
        ids,
        [](const std::string &list) {
            return "SELECT oid, pg_catalog.pg_get_viewdef(oid) FROM pg_catalog.pg_class WHERE oid IN (" + list + ")";
        },
        [&](ObjectId id) { return relation(id)->table.name.text(); },
        [&](const CatalogRow &row) {
            std::string query = withReadableCycles(row.text(1));
            while (!query.empty() && (query.back() == ';' || query.back() == '\n'))
                query.pop_back();
            relation(row.number(0))->table.definition = std::move(query);
        });
    if (ids.empty())
        return;
    catalog_.read(
        "what views read",
        "SELECT DISTINCT r.ev_class, c.relname, n.nspname FROM pg_catalog.pg_rewrite r JOIN "
        "pg_catalog.pg_depend d ON d.classid = 2618 AND d.objid = r.oid AND d.refclassid = 1259 AND d.refobjid "
        "<> r.ev_class JOIN pg_catalog.pg_class c ON c.oid = d.refobjid JOIN pg_catalog.pg_namespace n ON n.oid "
        "= c.relnamespace WHERE r.ev_class IN (" +
            idList(ids) + ") AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 3, 2",
        [&](const CatalogRow &row) {
            relation(row.number(0))->table.dependsOn.push_back({row.text(2), row.text(1)});
        });
}

} // namespace schemawright::postgres
