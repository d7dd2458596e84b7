#include "schemawright/backends/postgres/postgres_reflect.h"

#include "schemawright/backends/postgres/postgres_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright::postgres {

void Reflection::addOther(ObjectId catalogId, ObjectId id, std::string kind, QualifiedName name, std::string definition,
                          std::string commentTarget)
{
    if (const auto text = comment(catalogId, id); text && !commentTarget.empty())
        definition += ";\nCOMMENT ON " + commentTarget + " IS " + quoteText(*text);
    known_[{catalogId, id}] = {kind, name, ""};
    metadata_.others.push_back({std::move(kind), std::move(name), std::move(definition), std::nullopt});
}

void Reflection::readTypes()
{
    readCompositeTypes();
    if (!has("type"))
        return;
    catalog_.read(
        "enums",
        "SELECT t.oid, t.typnamespace, t.typname, (SELECT "
        "pg_catalog.array_agg(e.enumlabel ORDER BY e.enumsortorder)::text FROM pg_catalog.pg_enum e WHERE "
        "e.enumtypid = t.oid) FROM pg_catalog.pg_type t WHERE t.typtype = 'e' AND " +
            schemaCondition("t.typnamespace") + " ORDER BY 2, 3",
        [&](const CatalogRow &row) {
            if (isExtensionMember(catalog::type, row.number(0)))
                return;
            const QualifiedName name{schemaName(row.number(1)), row.text(2)};
            metadata_.enums.push_back({name, arrayElements(row.view(3)), comment(catalog::type, row.number(0))});
            known_[{catalog::type, row.number(0)}] = {"type", name, ""};
        });
    catalog_.read(
        "domains",
        "SELECT t.oid, t.typnamespace, t.typname, pg_catalog.format_type(t.typbasetype, "
        "t.typtypmod), t.typnotnull, pg_catalog.pg_get_expr(t.typdefaultbin, 0), t.typdefault, CASE WHEN "
        "t.typcollation <> b.typcollation THEN c.collname END, n.nspname, "
        "pg_catalog.pg_collation_is_visible(c.oid) FROM pg_catalog.pg_type t "
        "JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype LEFT JOIN pg_catalog.pg_collation c ON c.oid = "
        "t.typcollation LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace WHERE t.typtype = 'd' AND " +
            schemaCondition("t.typnamespace") + " ORDER BY 2, 3",
        [&](const CatalogRow &row) {
            if (isExtensionMember(catalog::type, row.number(0)))
                return;
            Domain domain;
            domain.name = {schemaName(row.number(1)), row.text(2)};
            domain.type = row.text(3);
            domain.nullable = !row.flag(4);
            domain.defaultSql = row.optional(5);
            if (!domain.defaultSql && !row.isNull(6))
                domain.defaultSql = quoteText(row.view(6));
            if (!row.isNull(7))
                domain.collation =
                    row.flag(9) ? row.text(7) : quoteAlways(row.view(8)) + "." + quoteAlways(row.view(7));
            domain.comment = comment(catalog::type, row.number(0));
            known_[{catalog::type, row.number(0)}] = {"type", domain.name, ""};
            domainAt_[row.number(0)] = metadata_.domains.size();
            metadata_.domains.push_back(std::move(domain));
        });
    catalog_.read("domain constraints",
                  "SELECT oid, contypid, conname, pg_catalog.pg_get_expr(conbin, 0, true), "
                  "convalidated FROM pg_catalog.pg_constraint WHERE contypid <> 0 AND contype = 'c' ORDER BY 2, 3",
                  [&](const CatalogRow &row) {
                      const auto found = domainAt_.find(row.number(1));
                      if (found == domainAt_.end())
                          return;
                      Domain &domain = metadata_.domains[found->second];
                      CheckConstraint check;
                      check.name = row.text(2);
                      check.expression = withoutOuterParentheses(row.view(3));
                      check.validated = row.flag(4);
                      check.comment = comment(catalog::constraint, row.number(0));
                      domain.checks.push_back(std::move(check));
                      known_[{catalog::constraint, row.number(0)}] = {"type", domain.name, ""};
                  });
    catalog_.read(
        "range types",
        "SELECT t.oid, t.typnamespace, t.typname, pg_catalog.format_type(r.rngsubtype, NULL), "
        "CASE "
        "WHEN NOT o.opcdefault THEN pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(o.opcname) END, "
        "CASE WHEN r.rngcollation <> s.typcollation THEN r.rngcollation::regcollation::text END, "
        "NULLIF(r.rngcanonical, 0)::regproc::text, NULLIF(r.rngsubdiff, 0)::regproc::text, " +
            std::string(version_ >= 140000 ? "m.typname, m.typnamespace, m.oid" : "NULL, NULL, 0") +
            " FROM pg_catalog.pg_range r JOIN pg_catalog.pg_type t ON t.oid = r.rngtypid JOIN pg_catalog.pg_type s ON "
            "s.oid = r.rngsubtype JOIN pg_catalog.pg_opclass o ON o.oid = r.rngsubopc JOIN pg_catalog.pg_namespace n "
            "ON "
            "n.oid = o.opcnamespace " +
            (version_ >= 140000 ? "LEFT JOIN pg_catalog.pg_type m ON m.oid = r.rngmultitypid " : "") + "WHERE " +
            schemaCondition("t.typnamespace") + " ORDER BY 2, 3",
        [&](const CatalogRow &row) {
            if (isExtensionMember(catalog::type, row.number(0)))
                return;
            const QualifiedName name{schemaName(row.number(1)), row.text(2)};
            std::string sql = "CREATE TYPE " + quoteName(name) + " AS RANGE (subtype = " + row.text(3);
            const auto add = [&](const char *key, std::size_t column) {
                if (!row.isNull(column))
                    sql += fmt::format(", {} = {}", key, row.view(column));
            };
            add("subtype_opclass", 4);
            add("collation", 5);
            add("canonical", 6);
            add("subtype_diff", 7);
            if (!row.isNull(8))
                sql += ", multirange_type_name = " + quoteName({schemaName(row.number(9)), row.text(8)});
            addOther(catalog::type, row.number(0), "range_type", name, sql + ")", "TYPE " + quoteName(name));
            if (!row.isNull(6))
                shellTypes_.insert(row.number(0));
            if (row.number(10))
                ownerOfType_[row.number(10)] = row.number(0);
        });
    readBaseTypes();
}

void Reflection::readCompositeTypes()
{
    std::vector<Relation *> composites;
    for (auto &[id, each] : relations_)
        if (each.kind == 'c')
            composites.push_back(&each);
    std::ranges::sort(composites, {}, [](const Relation *each) { return each->table.name; });
    for (const Relation *each : composites) {
        const std::string name = quoteName(each->table.name);
        std::string sql = "CREATE TYPE " + name + " AS (", comments;
        for (const Column &column : each->table.columns) {
            sql += (sql.back() == '(' ? "\n    " : ",\n    ") + quoteName(column.name) + " " + column.type.native;
            if (column.collation)
                sql += " COLLATE " + quoteKept(*column.collation);
            if (column.comment)
                comments += fmt::format(";\nCOMMENT ON COLUMN {}.{} IS {}", name, quoteName(column.name),
                                        quoteText(*column.comment));
        }
        sql += "\n)" + comments;
        OtherObject object{"composite_type", each->table.name, std::move(sql), std::nullopt};
        // The comment hangs on the type, not on its hidden relation.
        if (const auto text = comment(catalog::type, each->rowType))
            object.definition += ";\nCOMMENT ON TYPE " + name + " IS " + quoteText(*text);
        metadata_.others.push_back(std::move(object));
    }
}

void Reflection::readBaseTypes()
{
    const std::string subscript = version_ >= 140000 ? "NULLIF(t.typsubscript, 0)::regproc::text" : "NULL::text";
    catalog_.read(
        "base types",
        "SELECT t.oid, t.typnamespace, t.typname, t.typlen, t.typbyval, t.typalign, "
        "t.typstorage, t.typcategory, t.typispreferred, t.typdelim, t.typdefault, "
        "t.typinput::regproc::text, t.typoutput::regproc::text, NULLIF(t.typreceive, 0)::regproc::text, "
        "NULLIF(t.typsend, 0)::regproc::text, NULLIF(t.typmodin, 0)::regproc::text, NULLIF(t.typmodout, "
        "0)::regproc::text, NULLIF(t.typanalyze, 0)::regproc::text, " +
            subscript +
            ", CASE WHEN t.typelem <> 0 THEN pg_catalog.format_type(t.typelem, NULL) END, t.typcollation <> 0, "
            "t.typisdefined FROM pg_catalog.pg_type t WHERE t.typtype IN ('b', 'p') AND t.typcategory <> 'A' AND " +
            schemaCondition("t.typnamespace") + " ORDER BY 2, 3",
        [&](const CatalogRow &row) {
            if (isExtensionMember(catalog::type, row.number(0)))
                return;
            const QualifiedName name{schemaName(row.number(1)), row.text(2)};
            shellTypes_.insert(row.number(0));
            if (!row.flag(21)) {
                addOther(catalog::type, row.number(0), "base_type", name, "", "");
                return;
            }
            std::string sql =
                "CREATE TYPE " + quoteName(name) + " (INPUT = " + row.text(11) + ", OUTPUT = " + row.text(12);
            const auto add = [&](const char *key, std::size_t column) {
                if (!row.isNull(column))
                    sql += fmt::format(", {} = {}", key, row.view(column));
            };
            add("RECEIVE", 13);
            add("SEND", 14);
            add("TYPMOD_IN", 15);
            add("TYPMOD_OUT", 16);
            add("ANALYZE", 17);
            add("SUBSCRIPT", 18);
            sql += ", INTERNALLENGTH = " + (row.number(3) < 0 ? "VARIABLE" : std::to_string(row.number(3)));
            if (row.flag(4))
                sql += ", PASSEDBYVALUE";
            const char align = row.letter(5), storage = row.letter(6);
            sql += fmt::format(", ALIGNMENT = {}, STORAGE = {}",
                               align == 'c'   ? "char"
                               : align == 's' ? "int2"
                               : align == 'd' ? "double"
                                              : "int4",
                               storage == 'p'   ? "plain"
                               : storage == 'e' ? "external"
                               : storage == 'm' ? "main"
                                                : "extended");
            if (row.view(7) != "U")
                sql += ", CATEGORY = " + quoteText(row.view(7));
            if (row.flag(8))
                sql += ", PREFERRED = true";
            if (!row.isNull(10))
                sql += ", DEFAULT = " + quoteText(row.view(10));
            add("ELEMENT", 19);
            if (row.view(9) != ",")
                sql += ", DELIMITER = " + quoteText(row.view(9));
            if (row.flag(20))
                sql += ", COLLATABLE = true";
            addOther(catalog::type, row.number(0), "base_type", name, sql + ")", "TYPE " + quoteName(name));
        });
}

void Reflection::readFunctions()
{
    if (!has("function"))
        return;
    std::vector<ObjectId> ids;
    std::map<ObjectId, std::size_t> places;
    catalog_.read(
        "functions",
        "SELECT p.oid, p.pronamespace, p.proname, p.prokind, "
        "pg_catalog.pg_get_function_identity_arguments(p.oid) FROM pg_catalog.pg_proc p WHERE " +
            schemaCondition("p.pronamespace") +
            " AND p.oid >= 16384 AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = 1255 "
            "AND d.objid = p.oid AND d.deptype = 'i') ORDER BY 2, 3, 5",
        [&](const CatalogRow &row) {
            const ObjectId id = row.number(0);
            if (isExtensionMember(catalog::procedure, id))
                return;
            Function function;
            function.name = {schemaName(row.number(1)), row.text(2)};
            function.arguments = row.text(4);
            function.kind = row.letter(3) == 'p' ? "procedure" : row.letter(3) == 'a' ? "aggregate" : "function";
            function.comment = comment(catalog::procedure, id);
            known_[{catalog::procedure, id}] = {"function", function.name, function.arguments};
            places[id] = metadata_.functions.size();
            if (row.letter(3) != 'a')
                ids.push_back(id);
            metadata_.functions.push_back(std::move(function));
        });
    catalog_.readFor(
        ids,
        [](const std::string &list) {
            return "SELECT oid, pg_catalog.pg_get_functiondef(oid) FROM pg_catalog.pg_proc WHERE oid IN (" + list + ")";
        },
        [&](ObjectId id) { return metadata_.functions[places.at(id)].name.text(); },
        [&](const CatalogRow &row) {
            std::string definition = row.text(1);
            while (definition.ends_with('\n'))
                definition.pop_back();
            metadata_.functions[places.at(row.number(0))].definition = std::move(definition);
        });
    readAggregates();
    // One whose definition cannot be read has been reported.
    std::erase_if(metadata_.functions, [](const Function &each) { return each.definition.empty(); });
}

void Reflection::readAggregates()
{
    catalog_.read(
        "aggregates",
        "SELECT p.pronamespace, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid), "
        "a.aggkind, a.aggtransfn::text, pg_catalog.format_type(a.aggtranstype, NULL), a.aggtransspace, "
        "NULLIF(a.aggfinalfn, 0)::regproc::text, a.aggfinalextra, a.aggfinalmodify, NULLIF(a.aggcombinefn, "
        "0)::regproc::text, NULLIF(a.aggserialfn, 0)::regproc::text, NULLIF(a.aggdeserialfn, 0)::regproc::text, "
        "a.agginitval, NULLIF(a.aggmtransfn, 0)::regproc::text, NULLIF(a.aggminvtransfn, 0)::regproc::text, CASE WHEN "
        "a.aggmtranstype <> 0 THEN pg_catalog.format_type(a.aggmtranstype, NULL) END, a.aggmtransspace, "
        "NULLIF(a.aggmfinalfn, 0)::regproc::text, a.aggmfinalextra, a.aggmfinalmodify, a.aggminitval, CASE WHEN "
        "a.aggsortop <> 0 THEN (SELECT 'OPERATOR(' || pg_catalog.quote_ident(n.nspname) || '.' || o.oprname || ')' "
        "FROM "
        "pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace WHERE o.oid = a.aggsortop) "
        "END, p.proparallel FROM pg_catalog.pg_aggregate a JOIN pg_catalog.pg_proc p ON p.oid = a.aggfnoid "
        "WHERE " +
            schemaCondition("p.pronamespace") + " AND p.oid >= 16384",
        [&](const CatalogRow &row) {
            const QualifiedName name{schemaName(row.number(0)), row.text(1)};
            const std::string arguments = row.text(2);
            const auto found = std::ranges::find_if(metadata_.functions, [&](const Function &each) {
                return each.kind == "aggregate" && each.name == name && each.arguments == arguments;
            });
            if (found == metadata_.functions.end())
                return;
            std::string sql = fmt::format("CREATE AGGREGATE {}({}) (\n    SFUNC = {},\n    STYPE = {}", quoteName(name),
                                          arguments.empty() ? "*" : arguments, row.view(4), row.view(5));
            const auto add = [&](const char *key, std::size_t column) {
                if (!row.isNull(column))
                    sql += fmt::format(",\n    {} = {}", key, row.view(column));
            };
            const auto addText = [&](const char *key, std::size_t column) {
                if (!row.isNull(column))
                    sql += fmt::format(",\n    {} = {}", key, quoteText(row.view(column)));
            };
            const auto modify = [&](const char *key, char letter) {
                // The default depends on the kind of the aggregate, so it is always written.
                if (letter)
                    sql += fmt::format(",\n    {} = {}", key,
                                       letter == 's'   ? "SHAREABLE"
                                       : letter == 'w' ? "READ_WRITE"
                                                       : "READ_ONLY");
            };
            if (row.number(6))
                sql += fmt::format(",\n    SSPACE = {}", row.number(6));
            add("FINALFUNC", 7);
            if (row.flag(8))
                sql += ",\n    FINALFUNC_EXTRA";
            if (!row.isNull(7))
                modify("FINALFUNC_MODIFY", row.letter(9));
            add("COMBINEFUNC", 10);
            add("SERIALFUNC", 11);
            add("DESERIALFUNC", 12);
            addText("INITCOND", 13);
            add("MSFUNC", 14);
            add("MINVFUNC", 15);
            add("MSTYPE", 16);
            if (row.number(17))
                sql += fmt::format(",\n    MSSPACE = {}", row.number(17));
            add("MFINALFUNC", 18);
            if (row.flag(19))
                sql += ",\n    MFINALFUNC_EXTRA";
            if (!row.isNull(18))
                modify("MFINALFUNC_MODIFY", row.letter(20));
            addText("MINITCOND", 21);
            add("SORTOP", 22);
            if (row.letter(3) == 'h')
                sql += ",\n    HYPOTHETICAL";
            if (row.letter(23) != 'u')
                sql += fmt::format(",\n    PARALLEL = {}", row.letter(23) == 's' ? "safe" : "restricted");
            found->definition = sql + "\n)";
        });
}

void Reflection::readDependencies()
{
    // What the description says by itself (columns of tables, keys, triggers, policies) is left out.
    struct Row
    {
        Key object, needs;
    };
    std::vector<Row> rows;
    catalog_.read(
        "dependencies",
        "SELECT classid, objid, refclassid, refobjid FROM pg_catalog.pg_depend WHERE (refclassid NOT IN (1259, 2606, "
        "2615) OR classid IN (1255, 2618)) AND objid >= 16384 AND refobjid >= 16384 AND deptype IN ('n', 'a', 'i') AND "
        "NOT (classid = 1247 AND refclassid = 1247 AND deptype = 'i') AND classid NOT IN (2620, 3256)",
        [&](const CatalogRow &row) {
            rows.push_back({{row.number(0), row.number(1)}, {row.number(2), row.number(3)}});
        });
    for (const auto &[part, owner] : parts_)
        if (const Relation *whole = relation(owner))
            known_.try_emplace(part, ObjectReference{whole->kind == 'c'               ? "composite_type"
                                                     : indexes_.contains(part.second) ? "index"
                                                                                      : "table",
                                                     whole->table.name, ""});
    std::set<ObjectId> arrays; // known by their elements
    for (const Row &row : rows)
        for (const Key &key : {row.object, row.needs})
            if (key.first == catalog::type && !known_.contains(key) && !ownerOfType_.contains(key.second))
                arrays.insert(key.second);
    if (!arrays.empty())
        catalog_.read("array types",
                      "SELECT oid, typelem FROM pg_catalog.pg_type WHERE typelem <> 0 AND oid IN (" +
                          idList({arrays.begin(), arrays.end()}) + ")",
                      [&](const CatalogRow &row) { ownerOfType_[row.number(0)] = row.number(1); });
    for (const auto &[id, table] : attributeDefaults_)
        if (const Relation *owner = relation(table))
            known_[{catalog::attributeDefault, id}] = {"table", owner->table.name, ""};
    catalog_.read("rules of views",
                  "SELECT r.oid, r.ev_class FROM pg_catalog.pg_rewrite r WHERE r.rulename = '_RETURN' AND "
                  "r.oid >= 16384",
                  [&](const CatalogRow &row) {
                      if (const Relation *owner = relation(row.number(1)))
                          known_[{catalog::rewrite, row.number(0)}] = {"table", owner->table.name, ""};
                  });
    std::set<std::pair<ObjectReference, ObjectReference>> seen;
    std::set<std::pair<ObjectId, ObjectId>> ofShells; // type and function
    for (const Row &row : rows)
        if (row.object.first == catalog::type && shellTypes_.contains(row.object.second))
            ofShells.emplace(row.object.second, row.needs.second);
    for (const Row &row : rows) {
        // The functions of a base type take the shell that is made first.
        if (row.object.first == catalog::procedure && row.needs.first == catalog::type &&
            ofShells.contains({row.needs.second, row.object.second}))
            continue;
        const auto object = reference(row.object.first, row.object.second);
        auto needs = reference(row.needs.first, row.needs.second);
        if (needs && row.object.first == catalog::rewrite && row.needs.first == catalog::constraint)
            needs->kind = "primary_key"; // by which the query groups
        if (object && needs && *object != *needs && seen.insert({*object, *needs}).second)
            metadata_.dependencies.push_back({*object, *needs});
    }
    std::ranges::sort(metadata_.dependencies, {},
                      [](const Dependency &each) { return std::tie(each.object, each.needs); });
}

std::optional<ObjectReference> Reflection::reference(ObjectId catalogId, ObjectId object) const
{
    if (const auto found = known_.find({catalogId, object}); found != known_.end())
        return found->second;
    if (catalogId == catalog::type)
        if (const auto owner = ownerOfType_.find(object); owner != ownerOfType_.end() && owner->second != object)
            return reference(catalogId, owner->second);
    return std::nullopt;
}

} // namespace schemawright::postgres
