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

const char *storageName(char letter)
{
    return letter == 'p' ? "PLAIN" : letter == 'e' ? "EXTERNAL" : letter == 'm' ? "MAIN" : "EXTENDED";
}

/// The limits that a sequence of this type has when none are written.
std::pair<std::int64_t, std::int64_t> limitsOf(std::string_view type, bool ascending)
{
    const std::int64_t most = type == "smallint" ? INT16_MAX : type == "integer" ? INT32_MAX : INT64_MAX;
    return ascending ? std::pair<std::int64_t, std::int64_t>{1, most}
                     : std::pair<std::int64_t, std::int64_t>{-most - 1, -1};
}

} // namespace

void Reflection::readRelations()
{
    std::string names;
    if (narrowed_) {
        names = " AND c.relname IN (";
        for (const std::string &table : options_.tables)
            names += (names.back() == '(' ? "" : ", ") + quoteText(table);
        names += ")";
    }
    const std::string sql =
        "SELECT c.oid::bigint, c.relnamespace::bigint, c.relname::text, c.relkind::text, c.relpersistence::text, "
        "c.relispartition, c.relreplident::text, c.relrowsecurity, c.relforcerowsecurity, c.reloftype::bigint, "
        "c.relispopulated, c.reltype::bigint, c.reloptions::text, t.reloptions::text, s.spcname::text, a.amname::text, "
        "a.amname = current_setting('default_table_access_method'), c.relacl IS NOT NULL, f.srvname::text, "
        "ft.ftoptions::text FROM pg_catalog.pg_class c "
        "LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid AND t.reloptions IS NOT NULL "
        "LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace "
        "LEFT JOIN pg_catalog.pg_am a ON a.oid = c.relam AND c.relkind IN ('r', 'm', 'p') "
        "LEFT JOIN pg_catalog.pg_foreign_table ft ON ft.ftrelid = c.oid "
        "LEFT JOIN pg_catalog.pg_foreign_server f ON f.oid = ft.ftserver "
        "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND (" +
        schemaCondition("c.relnamespace") + " OR c.relnamespace = pg_catalog.pg_my_temp_schema())" + names;
    catalog_.read("tables", sql, [&](const CatalogRow &row) {
        const ObjectId id = row.number(0);
        if (isExtensionMember(catalog::relation, id))
            return;
        Relation &relation = relations_[id];
        relation.id = id;
        relation.rowType = row.number(11);
        relation.kind = row.letter(3);
        Table &table = relation.table;
        table.temporary = row.letter(4) == 't';
        table.name = {table.temporary ? "pg_temp" : schemaName(row.number(1)), row.text(2)};
        table.kind = kindOf(relation.kind, row.flag(5));
        known_[{catalog::relation, id}] = {relation.kind == 'c' ? "composite_type" : "table", table.name, ""};
        known_[{catalog::type, row.number(11)}] = known_[{catalog::relation, id}];
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
        addParameters(table.options, row.view(13), "toast.");
        if (!row.isNull(14))
            table.options["tablespace"] = row.text(14);
        if (!row.isNull(15) && !row.flag(16))
            table.options["access_method"] = row.text(15);
        if (row.flag(17) && !options_.namesOnly)
            metadata_.notCarried.push_back({table.name.text(), "privileges"});
        if (!row.isNull(18))
            table.options["server"] = row.text(18);
        addParameters(table.options, row.view(19), "foreign.");
    });
}

void Reflection::readColumns()
{
    if (relations_.empty())
        return;
    const std::string compression = version_ >= 140000 ? "a.attcompression::text" : "''::text";
    // One pass over pg_attribute; the relations are known here and filter the rest.
    const std::string sql =
        "SELECT a.attrelid::bigint, a.attnum::int, a.attname::text, a.atttypid::bigint, a.atttypmod, a.attnotnull, "
        "a.attidentity::text, a.attgenerated::text, a.attcollation::bigint, a.attstorage::text, a.attislocal, "
        "coalesce(a.attstattarget, -1)::int, a.attoptions::text, a.attfdwoptions::text, " +
        compression +
        " FROM pg_catalog.pg_attribute a WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid IN (SELECT c.oid "
        "FROM "
        "pg_catalog.pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND (" +
        schemaCondition("c.relnamespace") + " OR c.relnamespace = pg_catalog.pg_my_temp_schema()))" +
        only("a.attrelid") + " ORDER BY a.attrelid, a.attnum";
    Relation *current = nullptr;
    catalog_.read("columns", sql, [&](const CatalogRow &row) {
        if (!current || current->id != row.number(0))
            current = relation(row.number(0));
        if (!current)
            return;
        const auto attribute = static_cast<std::size_t>(row.number(1));
        current->columnAt.resize(std::max(current->columnAt.size(), attribute + 1), -1);
        current->columnAt[attribute] = static_cast<int>(current->table.columns.size());
        current->typeOf.emplace_back(row.number(3), static_cast<int>(row.number(4)));
        current->collationOf.push_back(row.number(8));
        Column &column = current->table.columns.emplace_back();
        column.name = row.view(2);
        column.nullable = !row.flag(5);
        if (const char letter = row.letter(6))
            column.identity.emplace().always = letter == 'a';
        if (const char letter = row.letter(7))
            column.generated.emplace().stored = letter == 's';
        column.options["storage"] = row.view(9); // kept only where it is not the type's own
        if (!row.flag(10))
            column.options["inherited"] = "true";
        if (row.number(11) >= 0)
            column.options["statistics"] = std::to_string(row.number(11));
        if (current->kind != 'v')
            addParameters(column.options, row.view(12), "set.");
        addParameters(column.options, row.view(13), "foreign.");
        if (const char letter = row.letter(14))
            column.options["compression"] = letter == 'l' ? "lz4" : "pglz";
        if (!comments_.empty())
            column.comment = comment(catalog::relation, current->id, row.number(1));
    });
}

void Reflection::readTypesOfColumns()
{
    std::set<std::pair<ObjectId, int>> wanted;
    std::set<ObjectId> collations;
    for (const auto &[id, each] : relations_) {
        wanted.insert(each.typeOf.begin(), each.typeOf.end());
        collations.insert(each.collationOf.begin(), each.collationOf.end());
        if (const auto type = each.table.options.find("of_type"); type != each.table.options.end())
            wanted.insert({std::stoll(type->second), -1});
    }
    if (wanted.empty())
        return;
    std::string values;
    for (const auto &[type, modifier] : wanted)
        values += fmt::format("{}({}::bigint, {})", values.empty() ? "" : ", ", type, modifier);
    std::map<ObjectId, std::vector<std::string>> labels; // of enums, for a narrowed reflection that read no types
    // The kind of a domain is that of its base type; a label list belongs to an enum or to an array's element.
    catalog_.read(
        "types of columns",
        "SELECT w.o, w.m, pg_catalog.format_type(w.o::oid, w.m), t.typcollation::bigint, t.typstorage::text, "
        "pg_catalog.format_type(t.typbasetype, t.typtypmod), t.typtype::text, e.typtype::text, "
        "pg_catalog.format_type(e.oid, NULL), (SELECT pg_catalog.array_agg(l.enumlabel ORDER BY l.enumsortorder)::text "
        "FROM pg_catalog.pg_enum l WHERE l.enumtypid IN (t.oid, e.oid)) FROM (VALUES " +
            values +
            ") AS w(o, m) JOIN pg_catalog.pg_type t ON t.oid = w.o::oid LEFT JOIN pg_catalog.pg_type e ON e.oid = "
            "t.typelem AND t.typlen = -1",
        [&](const CatalogRow &row) {
            TypeFacts &facts = types_[{row.number(0), static_cast<int>(row.number(1))}];
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
                facts.type.native = row.view(2);
            } else if (row.letter(7) == 'e' && facts.type.kind == TypeKind::Array)
                facts.type.element = std::make_shared<const Type>(asEnum(row.text(8)));
        });
    catalog_.read("collations",
                  "SELECT c.oid::bigint, c.collname::text, n.nspname::text FROM pg_catalog.pg_collation c JOIN "
                  "pg_catalog.pg_namespace n ON n.oid = c.collnamespace WHERE c.oid IN (" +
                      idList({collations.begin(), collations.end()}) + ") OR c.oid >= 16384 OR c.oid < 13000",
                  [&](const CatalogRow &row) {
                      const bool isPlain = row.view(2) == "pg_catalog" || row.view(2) == metadata_.defaultSchema;
                      collations_[row.number(0)] =
                          isPlain ? row.text(1) : quoteAlways(row.view(2)) + "." + quoteAlways(row.view(1));
                  });
    for (auto &[id, each] : relations_) {
        for (std::size_t i = 0; i < each.table.columns.size(); ++i) {
            Column &column = each.table.columns[i];
            const TypeFacts &facts = types_[each.typeOf[i]];
            column.type = facts.type;
            if (each.collationOf[i] != 0 && each.collationOf[i] != facts.collation)
                column.collation = collations_[each.collationOf[i]];
            const auto storage = column.options.find("storage");
            if (storage->second.front() == facts.storage || each.table.isView() || each.kind == 'c')
                column.options.erase(storage);
            else
                storage->second = storageName(storage->second.front());
        }
        if (const auto type = each.table.options.find("of_type"); type != each.table.options.end())
            type->second = types_[{std::stoll(type->second), -1}].type.native;
    }
}

void Reflection::readDefaults()
{
    // Who has one is asked of the catalog itself, so that an entry that cannot be read is found by its table.
    std::vector<ObjectId> ids;
    catalog_.read("defaults",
                  "SELECT d.oid::bigint, d.adrelid::bigint FROM pg_catalog.pg_attrdef d WHERE true" + only("d.adrelid"),
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
            return "SELECT adrelid::bigint, adnum::int, pg_catalog.pg_get_expr(adbin, adrelid) FROM "
                   "pg_catalog.pg_attrdef WHERE oid IN (" +
                   list + ")";
        },
        name,
        [&](const CatalogRow &row) {
            Relation *const owner = relation(row.number(0));
            const auto attribute = static_cast<std::size_t>(row.number(1));
            if (!owner || attribute >= owner->columnAt.size() || owner->columnAt[attribute] < 0)
                return;
            Column &column = owner->table.columns[static_cast<std::size_t>(owner->columnAt[attribute])];
            if (column.generated)
                column.generated->expression = withoutOuterParentheses(row.view(2));
            else
                column.defaultSql = row.text(2);
        });
}

void Reflection::readInheritance()
{
    catalog_.read(
        "inheritance",
        "SELECT i.inhrelid::bigint, i.inhparent::bigint, c.relname::text, n.nspname::text, c.relkind::text FROM "
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
            if (child->table.kind == TableKind::Partition)
                child->table.partition.of = parent;
            else
                child->table.inherits.push_back(parent);
        });
    std::vector<ObjectId> partitioned, partitions;
    for (const auto &[id, each] : relations_) {
        if (each.kind == 'p')
            partitioned.push_back(id);
        if (each.table.kind == TableKind::Partition)
            partitions.push_back(id);
    }
    const auto name = [&](ObjectId id) { return relation(id)->table.name.text(); };
    catalog_.readFor(
        partitioned,
        [](const std::string &list) {
            return "SELECT partrelid::bigint, pg_catalog.pg_get_partkeydef(partrelid) FROM "
                   "pg_catalog.pg_partitioned_table WHERE partrelid IN (" +
                   list + ")";
        },
        name, [&](const CatalogRow &row) { relation(row.number(0))->table.partition.by = row.optional(1); });
    catalog_.readFor(
        partitions,
        [](const std::string &list) {
            return "SELECT oid::bigint, pg_catalog.pg_get_expr(relpartbound, oid) FROM pg_catalog.pg_class WHERE oid "
                   "IN (" +
                   list + ")";
        },
        name, [&](const CatalogRow &row) { relation(row.number(0))->table.partition.bound = row.optional(1); });
}

void Reflection::readSequences()
{
    std::string condition = schemaCondition("c.relnamespace");
    if (narrowed_) // those that belong to a column of the tables asked for
        condition += " AND true" + only("d.refobjid");
    catalog_.read(
        "sequences",
        "SELECT c.oid::bigint, c.relnamespace::bigint, c.relname::text, c.relpersistence::text, "
        "pg_catalog.format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle, "
        "s.seqcache, d.refobjid::bigint, d.refobjsubid, d.deptype::text FROM pg_catalog.pg_class c JOIN "
        "pg_catalog.pg_sequence s ON s.seqrelid = c.oid LEFT JOIN pg_catalog.pg_depend d ON d.classid = 1259 AND "
        "d.objid "
        "= c.oid AND d.objsubid = 0 AND d.refclassid = 1259 AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i') WHERE "
        "c.relkind = 'S' AND " +
            condition,
        [&](const CatalogRow &row) {
            const ObjectId id = row.number(0);
            if (isExtensionMember(catalog::relation, id))
                return;
            Sequence sequence;
            sequence.name = {schemaName(row.number(1)), row.text(2)};
            sequence.type = row.text(4);
            sequence.comment = comment(catalog::relation, id);
            Identity &properties = sequence.properties;
            properties.increment = row.number(6);
            properties.start = row.number(5);
            const auto [least, most] = limitsOf(sequence.type, properties.increment > 0);
            if (row.number(7) != least)
                properties.min = row.number(7);
            if (row.number(8) != most)
                properties.max = row.number(8);
            properties.cycle = row.flag(9);
            properties.cache = row.number(10);
            if (row.letter(3) == 'u')
                sequence.options["unlogged"] = "true";
            known_[{catalog::relation, id}] = {"sequence", sequence.name, ""};
            Relation *const owner = relation(row.number(11));
            const std::string column = owner ? columnName(*owner, row.number(12)) : std::string();
            if (!column.empty()) {
                Column &owning = owner->table.columns[*owner->table.columnIndex(column)];
                if (row.letter(13) == 'i' && owning.identity) {
                    properties.always = owning.identity->always;
                    owning.identity = properties;
                    owning.options["sequence"] = quoteName(sequence.name);
                    if (row.letter(3) == 'u' && !owner->table.hasOption("unlogged"))
                        owning.options["sequence_unlogged"] = "true";
                    identitySequences_.insert(id);
                } else {
                    sequence.ownedBy = quoteName(owner->table.name) + "." + quoteName(column);
                    owning.autoincrement = owning.defaultSql && owning.defaultSql->starts_with("nextval(");
                }
            }
            sequences_[id] = std::move(sequence);
        });
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
            return "SELECT oid::bigint, pg_catalog.pg_get_viewdef(oid) FROM pg_catalog.pg_class WHERE oid IN (" + list +
                   ")";
        },
        [&](ObjectId id) { return relation(id)->table.name.text(); },
        [&](const CatalogRow &row) {
            std::string query = row.text(1);
            while (!query.empty() && (query.back() == ';' || query.back() == '\n'))
                query.pop_back();
            relation(row.number(0))->table.definition = std::move(query);
        });
    if (ids.empty())
        return;
    catalog_.read(
        "what views read",
        "SELECT DISTINCT r.ev_class::bigint, c.relname::text, n.nspname::text FROM pg_catalog.pg_rewrite r JOIN "
        "pg_catalog.pg_depend d ON d.classid = 2618 AND d.objid = r.oid AND d.refclassid = 1259 AND d.refobjid "
        "<> r.ev_class JOIN pg_catalog.pg_class c ON c.oid = d.refobjid JOIN pg_catalog.pg_namespace n ON n.oid "
        "= c.relnamespace WHERE r.ev_class IN (" +
            idList(ids) + ") AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 3, 2",
        [&](const CatalogRow &row) {
            relation(row.number(0))->table.dependsOn.push_back({row.text(2), row.text(1)});
        });
}

} // namespace schemawright::postgres
