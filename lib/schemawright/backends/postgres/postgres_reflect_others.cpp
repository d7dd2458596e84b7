// What the model has no class for: carried as the statements that make it, or named as not carried.

#include "schemawright/backends/postgres/postgres_reflect.h"

#include "schemawright/backends/postgres/postgres_text.h"

#include <fmt/format.h>

namespace schemawright::postgres {

void Reflection::readOthers()
{
    readLanguages();
    readExtensionsAndCollations();
    readStatistics();
    readCasts();
    readEventTriggers();
    readOperators();
    if (has("operator_family") || has("operator_class"))
        readOperatorClasses();
    if (has("text_search_dictionary") || has("text_search_configuration"))
        readTextSearch();
    if (has("text_search_parser") || has("text_search_template"))
        readTextSearchParts();
    if (has("foreign_data_wrapper"))
        readForeignServers();
    if (has("publication"))
        readPublications();
}

void Reflection::readExtensionsAndCollations()
{
    if (has("extension"))
        catalog_.read("extensions",
                      "SELECT e.oid, e.extname, n.nspname FROM pg_catalog.pg_extension e JOIN "
                      "pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.oid >= 16384 ORDER BY 2",
                      [&](const CatalogRow &row) {
                          const std::string name = quoteName(row.view(1));
                          const bool isOurs = row.view(2) != "pg_catalog";
                          addOther(catalog::extension, row.number(0), "extension", {"", row.text(1)},
                                   "CREATE EXTENSION IF NOT EXISTS " + name +
                                       (isOurs ? " WITH SCHEMA " + quoteName(row.view(2)) : std::string()),
                                   "EXTENSION " + name);
                      });
    if (!has("collation"))
        return;
    const std::string icuLocale = version_ >= 170000   ? "c.colllocale"
                                  : version_ >= 150000 ? "c.colliculocale"
                                                       : "NULL::text";
    catalog_.read("own collations",
                  "SELECT c.oid, c.collnamespace, c.collname, c.collprovider, "
                  "c.collisdeterministic, c.collcollate::text, c.collctype::text, " +
                      icuLocale + "::text FROM pg_catalog.pg_collation c WHERE " + schemaCondition("c.collnamespace") +
                      " ORDER BY 2, 3",
                  [&](const CatalogRow &row) {
                      if (isExtensionMember(catalog::collation, row.number(0)))
                          return;
                      const QualifiedName name{schemaName(row.number(1)), row.text(2)};
                      const char provider = row.letter(3);
                      std::string sql = fmt::format("CREATE COLLATION {} (provider = {}", quoteName(name),
                                                    provider == 'i'   ? "icu"
                                                    : provider == 'b' ? "builtin"
                                                                      : "libc");
                      if (!row.flag(4))
                          sql += ", deterministic = false";
                      if (!row.isNull(7))
                          sql += ", locale = " + quoteText(row.view(7));
                      else if (row.view(5) == row.view(6))
                          sql += ", locale = " + quoteText(row.view(5));
                      else
                          sql += ", lc_collate = " + quoteText(row.view(5)) + ", lc_ctype = " + quoteText(row.view(6));
                      addOther(catalog::collation, row.number(0), "collation", name, sql + ")",
                               "COLLATION " + quoteName(name));
                  });
}

void Reflection::readStatistics()
{
    if (!has("statistics"))
        return;
    std::vector<ObjectId> statistics;
    std::map<ObjectId, std::pair<QualifiedName, std::string>> extra; // name, and what follows the definition
    catalog_.read("statistics objects",
                  "SELECT oid, stxnamespace, stxname, coalesce(stxstattarget, -1)::int FROM "
                  "pg_catalog.pg_statistic_ext WHERE " +
                      schemaCondition("stxnamespace") + " ORDER BY 2, 3",
                  [&](const CatalogRow &row) {
                      if (isExtensionMember(catalog::statistics, row.number(0)))
                          return;
                      statistics.push_back(row.number(0));
                      auto &[name, after] = extra[row.number(0)];
                      name = {schemaName(row.number(1)), row.text(2)};
                      if (row.number(3) >= 0)
                          after =
                              fmt::format(";\nALTER STATISTICS {} SET STATISTICS {}", quoteName(name), row.number(3));
                  });
    catalog_.readFor(
        statistics,
        [](const std::string &list) {
            return "SELECT oid, pg_catalog.pg_get_statisticsobjdef(oid) FROM pg_catalog.pg_statistic_ext WHERE "
                   "oid "
                   "IN (" +
                   list + ") ORDER BY stxnamespace, stxname";
        },
        [&](ObjectId id) { return extra.at(id).first.text(); },
        [&](const CatalogRow &row) {
            const auto &[name, after] = extra.at(row.number(0));
            addOther(catalog::statistics, row.number(0), "statistics", name, row.text(1) + after,
                     "STATISTICS " + quoteName(name));
        });
}

void Reflection::readCasts()
{
    if (!has("cast"))
        return;
    catalog_.read(
        "casts",
        "SELECT c.oid, pg_catalog.format_type(c.castsource, NULL), pg_catalog.format_type(c.casttarget, "
        "NULL), CASE WHEN c.castfunc <> 0 THEN c.castfunc::regprocedure::text END, c.castcontext, "
        "c.castmethod FROM pg_catalog.pg_cast c WHERE c.oid >= 16384 AND NOT EXISTS (SELECT 1 FROM "
        "pg_catalog.pg_depend d WHERE d.classid = 2605 AND d.objid = c.oid AND d.deptype = 'i') ORDER BY 2, 3",
        [&](const CatalogRow &row) {
            if (isExtensionMember(catalog::cast, row.number(0)))
                return;
            const std::string types = fmt::format("({} AS {})", row.view(1), row.view(2));
            std::string sql = "CREATE CAST " + types;
            sql += row.letter(5) == 'i'   ? " WITH INOUT"
                   : row.letter(5) == 'b' ? " WITHOUT FUNCTION"
                                          : " WITH FUNCTION " + row.text(3);
            sql += row.letter(4) == 'a' ? " AS ASSIGNMENT" : row.letter(4) == 'i' ? " AS IMPLICIT" : "";
            addOther(catalog::cast, row.number(0), "cast", {"", types}, sql, "CAST " + types);
        });
}

void Reflection::readEventTriggers()
{
    if (!has("event_trigger"))
        return;
    catalog_.read("event triggers",
                  "SELECT e.oid, e.evtname, e.evtevent, e.evtfoid::regproc::text, e.evtenabled, "
                  "e.evttags FROM pg_catalog.pg_event_trigger e ORDER BY 2",
                  [&](const CatalogRow &row) {
                      if (isExtensionMember(catalog::eventTrigger, row.number(0)))
                          return;
                      const std::string name = quoteName(row.view(1));
                      std::string sql = "CREATE EVENT TRIGGER " + name + " ON " + row.text(2), tags;
                      for (const std::string &tag : arrayElements(row.view(5)))
                          tags += (tags.empty() ? "" : ", ") + quoteText(tag);
                      if (!tags.empty())
                          sql += " WHEN TAG IN (" + tags + ")";
                      sql += " EXECUTE FUNCTION " + row.text(3) + "()";
                      if (const char enabled = row.letter(4); enabled != 'O')
                          sql += ";\nALTER EVENT TRIGGER " + name +
                                 (enabled == 'D'   ? " DISABLE"
                                  : enabled == 'R' ? " ENABLE REPLICA"
                                                   : " ENABLE ALWAYS");
                      addOther(catalog::eventTrigger, row.number(0), "event_trigger", {"", row.text(1)}, sql,
                               "EVENT TRIGGER " + name);
                  });
}

void Reflection::readOperators()
{
    if (!has("operator"))
        return;
    catalog_.read(
        "operators",
        "SELECT o.oid, o.oprnamespace, o.oprname, CASE WHEN o.oprleft <> 0 THEN "
        "pg_catalog.format_type(o.oprleft, NULL) END, CASE WHEN o.oprright <> 0 THEN "
        "pg_catalog.format_type(o.oprright, "
        "NULL) END, NULLIF(o.oprcode, 0)::regproc::text, NULLIF(o.oprrest, 0)::regproc::text, NULLIF(o.oprjoin, "
        "0)::regproc::text, "
        "o.oprcanmerge, o.oprcanhash, c.oprname, cn.nspname, g.oprname, gn.nspname FROM "
        "pg_catalog.pg_operator o LEFT JOIN pg_catalog.pg_operator c ON c.oid = o.oprcom LEFT JOIN "
        "pg_catalog.pg_namespace "
        "cn ON cn.oid = c.oprnamespace LEFT JOIN pg_catalog.pg_operator g ON g.oid = o.oprnegate LEFT JOIN "
        "pg_catalog.pg_namespace gn ON gn.oid = g.oprnamespace WHERE (o.oprcode <> 0 OR EXISTS (SELECT 1 "
        "FROM pg_catalog.pg_operator p WHERE p.oid >= 16384 AND o.oid IN (p.oprcom, p.oprnegate))) AND " +
            schemaCondition("o.oprnamespace") + " AND o.oid >= 16384 ORDER BY 2, 3, 4, 5",
        [&](const CatalogRow &row) {
            if (isExtensionMember(catalog::operator_, row.number(0)))
                return;
            const std::string symbol = quoteName(schemaName(row.number(1))) + "." + row.text(2);
            const std::string arguments =
                fmt::format("({}, {})", row.isNull(3) ? "NONE" : row.view(3), row.isNull(4) ? "NONE" : row.view(4));
            if (row.isNull(5)) { // only named by another one as what undoes it: made with that one
                addOther(catalog::operator_, row.number(0), "operator",
                         {schemaName(row.number(1)), row.text(2) + arguments}, "", "");
                return;
            }
            std::string sql = "CREATE OPERATOR " + symbol + " (FUNCTION = " + row.text(5);
            const auto add = [&](const char *key, std::size_t column) {
                if (!row.isNull(column))
                    sql += fmt::format(", {} = {}", key, row.view(column));
            };
            add("LEFTARG", 3);
            add("RIGHTARG", 4);
            if (!row.isNull(10))
                sql += fmt::format(", COMMUTATOR = OPERATOR({}.{})", quoteName(row.view(11)), row.view(10));
            if (!row.isNull(12))
                sql += fmt::format(", NEGATOR = OPERATOR({}.{})", quoteName(row.view(13)), row.view(12));
            add("RESTRICT", 6);
            add("JOIN", 7);
            if (row.flag(8))
                sql += ", MERGES";
            if (row.flag(9))
                sql += ", HASHES";
            addOther(catalog::operator_, row.number(0), "operator",
                     {schemaName(row.number(1)), row.text(2) + arguments}, sql + ")",
                     "OPERATOR " + symbol + " " + arguments);
        });
}

void Reflection::readOperatorClasses()
{
    // Members that belong to a class; those that hang loose in a family are added to the family afterwards.
    std::map<Key, std::string> members;
    const auto read = [&](const char *table, ObjectId catalogId, const char *number, const char *text) {
        catalog_.read(
            "members of operator classes",
            fmt::format("SELECT d.refclassid, d.refobjid, {} FROM pg_catalog.{} m JOIN "
                        "pg_catalog.pg_depend d ON d.classid = {} AND d.objid = m.oid AND d.refclassid IN (2616, "
                        "2753) AND d.deptype IN ('i', 'a') WHERE m.oid >= 16384 ORDER BY 1, 2, m.{}, m.oid",
                        text, table, catalogId, number),
            [&](const CatalogRow &row) {
                std::string &list = members[{row.number(0), row.number(1)}];
                list += (list.empty() ? "\n    " : ",\n    ") + row.text(2);
            });
    };
    read("pg_amop", 2602, "amopstrategy",
         "'OPERATOR ' || m.amopstrategy || ' ' || m.amopopr::regoperator || CASE WHEN m.amopsortfamily <> 0 THEN ' FOR "
         "ORDER "
         "BY ' || (SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(f.opfname) FROM "
         "pg_catalog.pg_opfamily f JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace WHERE f.oid = "
         "m.amopsortfamily) ELSE '' END");
    read("pg_amproc", 2603, "amprocnum",
         "'FUNCTION ' || m.amprocnum || ' (' || pg_catalog.format_type(m.amproclefttype, NULL) || ', ' || "
         "pg_catalog.format_type(m.amprocrighttype, NULL) || ') ' || m.amproc::regprocedure");
    catalog_.read("operator families",
                  "SELECT f.oid, f.opfnamespace, f.opfname, a.amname FROM "
                  "pg_catalog.pg_opfamily f JOIN pg_catalog.pg_am a ON a.oid = f.opfmethod WHERE " +
                      schemaCondition("f.opfnamespace") + " ORDER BY 2, 3, 4",
                  [&](const CatalogRow &row) {
                      if (isExtensionMember(catalog::opfamily, row.number(0)))
                          return;
                      const QualifiedName name{schemaName(row.number(1)), row.text(2)};
                      const std::string target = quoteName(name) + " USING " + quoteName(row.view(3));
                      addOther(catalog::opfamily, row.number(0), "operator_family",
                               {name.schema, name.name + " USING " + row.text(3)}, "CREATE OPERATOR FAMILY " + target,
                               "OPERATOR FAMILY " + target);
                      if (const auto loose = members.find({catalog::opfamily, row.number(0)}); loose != members.end())
                          metadata_.others.push_back({"operator_family_member",
                                                      {name.schema, name.name + " USING " + row.text(3)},
                                                      "ALTER OPERATOR FAMILY " + target + " ADD" + loose->second,
                                                      std::nullopt});
                  });
    catalog_.read(
        "own operator classes",
        "SELECT o.oid, o.opcnamespace, o.opcname, a.amname, o.opcdefault, "
        "pg_catalog.format_type(o.opcintype, NULL), CASE WHEN o.opckeytype <> 0 THEN "
        "pg_catalog.format_type(o.opckeytype, NULL) END, f.opfname, n.nspname FROM "
        "pg_catalog.pg_opclass o JOIN pg_catalog.pg_am a ON a.oid = o.opcmethod JOIN pg_catalog.pg_opfamily f ON "
        "f.oid = o.opcfamily JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace WHERE " +
            schemaCondition("o.opcnamespace") + " ORDER BY 2, 3, 4",
        [&](const CatalogRow &row) {
            if (isExtensionMember(catalog::opclass, row.number(0)))
                return;
            const QualifiedName name{schemaName(row.number(1)), row.text(2)};
            std::string sql = fmt::format("CREATE OPERATOR CLASS {}{} FOR TYPE {} USING {} FAMILY {} AS",
                                          quoteName(name), row.flag(4) ? " DEFAULT" : "", row.view(5),
                                          quoteName(row.view(3)), quoteName({row.text(8), row.text(7)}));
            std::string list = members[{catalog::opclass, row.number(0)}];
            if (!row.isNull(6) || list.empty())
                list += (list.empty() ? "\n    " : ",\n    ") + ("STORAGE " + row.text(row.isNull(6) ? 5 : 6));
            addOther(catalog::opclass, row.number(0), "operator_class",
                     {name.schema, name.name + " USING " + row.text(3)}, sql + list,
                     "OPERATOR CLASS " + quoteName(name) + " USING " + quoteName(row.view(3)));
        });
}

void Reflection::readTextSearch()
{
    catalog_.read("text search dictionaries",
                  "SELECT d.oid, d.dictnamespace, d.dictname, n.nspname, t.tmplname, "
                  "d.dictinitoption FROM pg_catalog.pg_ts_dict d JOIN pg_catalog.pg_ts_template t ON t.oid = "
                  "d.dicttemplate JOIN pg_catalog.pg_namespace n ON n.oid = t.tmplnamespace WHERE " +
                      schemaCondition("d.dictnamespace") + " ORDER BY 2, 3",
                  [&](const CatalogRow &row) {
                      if (isExtensionMember(catalog::textDictionary, row.number(0)))
                          return;
                      const QualifiedName name{schemaName(row.number(1)), row.text(2)};
                      std::string sql = fmt::format("CREATE TEXT SEARCH DICTIONARY {} (TEMPLATE = {}", quoteName(name),
                                                    quoteName({row.text(3), row.text(4)}));
                      if (!row.isNull(5))
                          sql += ", " + row.text(5);
                      addOther(catalog::textDictionary, row.number(0), "text_search_dictionary", name, sql + ")",
                               "TEXT SEARCH DICTIONARY " + quoteName(name));
                  });
    std::map<ObjectId, std::string> mappings;
    catalog_.read(
        "text search mappings",
        "SELECT m.mapcfg, t.alias, pg_catalog.string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY "
        "m.mapseqno) FROM pg_catalog.pg_ts_config_map m JOIN pg_catalog.pg_ts_config c ON c.oid = m.mapcfg, "
        "LATERAL pg_catalog.ts_token_type(c.cfgparser) t WHERE t.tokid = m.maptokentype AND m.mapcfg >= 16384 "
        "GROUP BY 1, 2, m.maptokentype ORDER BY 1, m.maptokentype",
        [&](const CatalogRow &row) { mappings[row.number(0)] += "\n" + row.text(1) + "\t" + row.text(2); });
    catalog_.read("text search configurations",
                  "SELECT c.oid, c.cfgnamespace, c.cfgname, n.nspname, p.prsname FROM "
                  "pg_catalog.pg_ts_config c JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser JOIN "
                  "pg_catalog.pg_namespace n ON n.oid = p.prsnamespace WHERE " +
                      schemaCondition("c.cfgnamespace") + " ORDER BY 2, 3",
                  [&](const CatalogRow &row) {
                      if (isExtensionMember(catalog::textConfiguration, row.number(0)))
                          return;
                      const QualifiedName name{schemaName(row.number(1)), row.text(2)};
                      std::string sql = fmt::format("CREATE TEXT SEARCH CONFIGURATION {} (PARSER = {})",
                                                    quoteName(name), quoteName({row.text(3), row.text(4)}));
                      const std::string &all = mappings[row.number(0)];
                      for (std::size_t at = 0; at < all.size();) {
                          const std::size_t end = std::min(all.find('\n', at + 1), all.size());
                          const std::string line = all.substr(at + 1, end - at - 1);
                          const std::size_t tab = line.find('\t');
                          sql += fmt::format(";\nALTER TEXT SEARCH CONFIGURATION {} ADD MAPPING FOR {} WITH {}",
                                             quoteName(name), line.substr(0, tab), line.substr(tab + 1));
                          at = end;
                      }
                      addOther(catalog::textConfiguration, row.number(0), "text_search_configuration", name, sql,
                               "TEXT SEARCH CONFIGURATION " + quoteName(name));
                  });
}

} // namespace schemawright::postgres
