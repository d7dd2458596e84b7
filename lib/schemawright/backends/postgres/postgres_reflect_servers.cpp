// Languages, methods, servers and publications: what stands around a schema. Carried as the statements that make it, or
// named as not carried.

#include "schemawright/backends/postgres/postgres_reflect.h"

#include "schemawright/backends/postgres/postgres_text.h"

#include <fmt/format.h>

namespace schemawright::postgres {

namespace {

/// "{a=1,b=x y}" as " OPTIONS (a '1', b 'x y')", or nothing.
std::string optionsClause(std::string_view array)
{
    std::string sql;
    for (const std::string &each : arrayElements(array)) {
        const std::size_t equals = each.find('=');
        sql += (sql.empty() ? " OPTIONS (" : ", ") + quoteName(each.substr(0, equals)) + " " +
               quoteText(each.substr(equals + 1));
    }
    return sql.empty() ? sql : sql + ")";
}

} // namespace

void Reflection::readLanguages()
{
    if (has("language"))
        catalog_.read(
            "languages",
            "SELECT l.oid, l.lanname, l.lanpltrusted, NULLIF(l.lanplcallfoid, 0)::regproc::text, "
            "NULLIF(l.laninline, 0)::regproc::text, NULLIF(l.lanvalidator, 0)::regproc::text FROM "
            "pg_catalog.pg_language l WHERE l.lanispl AND l.oid >= 16384 ORDER BY 2",
            [&](const CatalogRow &row) {
                if (isExtensionMember(catalog::language, row.number(0)))
                    return;
                const std::string name = quoteName(row.view(1));
                std::string sql = std::string("CREATE ") + (row.flag(2) ? "TRUSTED " : "") + "LANGUAGE " + name;
                if (!row.isNull(3))
                    sql += " HANDLER " + row.text(3);
                if (!row.isNull(4))
                    sql += " INLINE " + row.text(4);
                if (!row.isNull(5))
                    sql += " VALIDATOR " + row.text(5);
                addOther(catalog::language, row.number(0), "language", {"", row.text(1)}, sql, "LANGUAGE " + name);
            });
    if (has("access_method"))
        catalog_.read(
            "access methods",
            "SELECT a.oid, a.amname, a.amtype, a.amhandler::regproc::text FROM pg_catalog.pg_am a WHERE a.oid >= "
            "16384 ORDER BY 2",
            [&](const CatalogRow &row) {
                if (isExtensionMember(catalog::accessMethod, row.number(0)))
                    return;
                const std::string name = quoteName(row.view(1));
                addOther(catalog::accessMethod, row.number(0), "access_method", {"", row.text(1)},
                         fmt::format("CREATE ACCESS METHOD {} TYPE {} HANDLER {}", name,
                                     row.letter(2) == 't' ? "TABLE" : "INDEX", row.view(3)),
                         "ACCESS METHOD " + name);
            });
    if (has("transform"))
        catalog_.read(
            "transforms",
            "SELECT t.oid, pg_catalog.format_type(t.trftype, NULL), l.lanname, NULLIF(t.trffromsql, "
            "0)::regprocedure::text, NULLIF(t.trftosql, 0)::regprocedure::text FROM pg_catalog.pg_transform t "
            "JOIN pg_catalog.pg_language l ON l.oid = t.trflang ORDER BY 2, 3",
            [&](const CatalogRow &row) {
                if (isExtensionMember(catalog::transform, row.number(0)))
                    return;
                const std::string target = fmt::format("FOR {} LANGUAGE {}", row.view(1), quoteName(row.view(2)));
                std::string parts;
                if (!row.isNull(3))
                    parts = "FROM SQL WITH FUNCTION " + row.text(3);
                if (!row.isNull(4))
                    parts += (parts.empty() ? "" : ", ") + ("TO SQL WITH FUNCTION " + row.text(4));
                addOther(catalog::transform, row.number(0), "transform", {"", target},
                         "CREATE TRANSFORM " + target + " (" + parts + ")", "TRANSFORM " + target);
            });
    if (has("conversion"))
        catalog_.read(
            "conversions",
            "SELECT c.oid, c.connamespace, c.conname, c.condefault, "
            "pg_catalog.pg_encoding_to_char(c.conforencoding), pg_catalog.pg_encoding_to_char(c.contoencoding), "
            "c.conproc::regproc::text FROM pg_catalog.pg_conversion c WHERE " +
                schemaCondition("c.connamespace") + " ORDER BY 2, 3",
            [&](const CatalogRow &row) {
                if (isExtensionMember(catalog::conversion, row.number(0)))
                    return;
                const QualifiedName name{schemaName(row.number(1)), row.text(2)};
                addOther(catalog::conversion, row.number(0), "conversion", name,
                         fmt::format("CREATE {}CONVERSION {} FOR {} TO {} FROM {}", row.flag(3) ? "DEFAULT " : "",
                                     quoteName(name), quoteText(row.view(4)), quoteText(row.view(5)), row.view(6)),
                         "CONVERSION " + quoteName(name));
            });
}

void Reflection::readTextSearchParts()
{
    const auto read = [&](const char *what, ObjectId catalogId, const char *kind, const std::string &word,
                          const std::string &sql, std::initializer_list<const char *> roles) {
        catalog_.read(what, sql, [&](const CatalogRow &row) {
            if (isExtensionMember(catalogId, row.number(0)))
                return;
            const QualifiedName name{schemaName(row.number(1)), row.text(2)};
            std::string parts;
            std::size_t column = 3;
            for (const char *role : roles) {
                if (!row.isNull(column))
                    parts += (parts.empty() ? "" : ", ") + fmt::format("{} = {}", role, row.view(column));
                ++column;
            }
            addOther(catalogId, row.number(0), kind, name, "CREATE " + word + quoteName(name) + " (" + parts + ")",
                     word + quoteName(name));
        });
    };
    read("text search parsers", catalog::textParser, "text_search_parser", "TEXT SEARCH PARSER ",
         "SELECT p.oid, p.prsnamespace, p.prsname, p.prsstart::regproc::text, p.prstoken::regproc::text, "
         "p.prsend::regproc::text, NULLIF(p.prsheadline, 0)::regproc::text, p.prslextype::regproc::text FROM "
         "pg_catalog.pg_ts_parser p WHERE " +
             schemaCondition("p.prsnamespace") + " ORDER BY 2, 3",
         {"START", "GETTOKEN", "END", "HEADLINE", "LEXTYPES"});
    read("text search templates", catalog::textTemplate, "text_search_template", "TEXT SEARCH TEMPLATE ",
         "SELECT t.oid, t.tmplnamespace, t.tmplname, NULLIF(t.tmplinit, 0)::regproc::text, "
         "t.tmpllexize::regproc::text FROM pg_catalog.pg_ts_template t WHERE " +
             schemaCondition("t.tmplnamespace") + " ORDER BY 2, 3",
         {"INIT", "LEXIZE"});
}

void Reflection::readForeignServers()
{
    catalog_.read("foreign-data wrappers",
                  "SELECT w.oid, w.fdwname, NULLIF(w.fdwhandler, 0)::regproc::text, NULLIF(w.fdwvalidator, "
                  "0)::regproc::text, w.fdwoptions FROM pg_catalog.pg_foreign_data_wrapper w ORDER BY 2",
                  [&](const CatalogRow &row) {
                      if (isExtensionMember(catalog::wrapper, row.number(0)))
                          return;
                      const std::string name = quoteName(row.view(1));
                      std::string sql = "CREATE FOREIGN DATA WRAPPER " + name;
                      if (!row.isNull(2))
                          sql += " HANDLER " + row.text(2);
                      if (!row.isNull(3))
                          sql += " VALIDATOR " + row.text(3);
                      addOther(catalog::wrapper, row.number(0), "foreign_data_wrapper", {"", row.text(1)},
                               sql + optionsClause(row.view(4)), "FOREIGN DATA WRAPPER " + name);
                  });
    if (!has("server"))
        return;
    catalog_.read(
        "foreign servers",
        "SELECT s.oid, s.srvname, s.srvtype, s.srvversion, w.fdwname, s.srvoptions FROM "
        "pg_catalog.pg_foreign_server s JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw ORDER BY 2",
        [&](const CatalogRow &row) {
            if (isExtensionMember(catalog::server, row.number(0)))
                return;
            const std::string name = quoteName(row.view(1));
            std::string sql = "CREATE SERVER " + name;
            if (!row.isNull(2))
                sql += " TYPE " + quoteText(row.view(2));
            if (!row.isNull(3))
                sql += " VERSION " + quoteText(row.view(3));
            sql += " FOREIGN DATA WRAPPER " + quoteName(row.view(4)) + optionsClause(row.view(5));
            addOther(catalog::server, row.number(0), "server", {"", row.text(1)}, sql, "SERVER " + name);
        });
    catalog_.read("user mappings",
                  "SELECT u.umid, u.umuser, pg_catalog.quote_ident(u.usename), u.srvname, u.umoptions FROM "
                  "pg_catalog.pg_user_mappings u ORDER BY 4, 3",
                  [&](const CatalogRow &row) {
                      const std::string target = fmt::format("FOR {} SERVER {}", row.number(1) ? row.view(2) : "PUBLIC",
                                                             quoteName(row.view(3)));
                      addOther(catalog::userMapping, row.number(0), "user_mapping", {"", target},
                               "CREATE USER MAPPING " + target + optionsClause(row.view(4)), "");
                  });
}

void Reflection::readPublications()
{
    std::map<ObjectId, std::string> tables;
    const std::string rowFilter = version_ >= 150000 ? "pg_catalog.pg_get_expr(r.prqual, r.prrelid)" : "NULL";
    const std::string columns =
        version_ >= 150000
            ? "(SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM "
              "pg_catalog.pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs))"
            : "NULL";
    catalog_.read("published tables",
                  "SELECT r.prpubid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), " +
                      columns + ", " + rowFilter +
                      " FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_class c ON c.oid = r.prrelid JOIN "
                      "pg_catalog.pg_namespace n ON n.oid = c.relnamespace ORDER BY 1, 2",
                  [&](const CatalogRow &row) {
                      std::string &list = tables[row.number(0)];
                      list += (list.empty() ? " FOR TABLE ONLY " : ", TABLE ONLY ") + row.text(1);
                      if (!row.isNull(2))
                          list += " (" + row.text(2) + ")";
                      if (!row.isNull(3))
                          list += " WHERE (" + withoutOuterParentheses(row.view(3)) + ")";
                  });
    if (version_ >= 150000)
        catalog_.read("published schemas",
                      "SELECT s.pnpubid, pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_publication_namespace "
                      "s JOIN pg_catalog.pg_namespace n ON n.oid = s.pnnspid ORDER BY 1, 2",
                      [&](const CatalogRow &row) {
                          std::string &list = tables[row.number(0)];
                          list += (list.empty() ? " FOR TABLES IN SCHEMA " : ", TABLES IN SCHEMA ") + row.text(1);
                      });
    catalog_.read("publications",
                  "SELECT p.oid, p.pubname, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, "
                  "p.pubtruncate, p.pubviaroot FROM pg_catalog.pg_publication p ORDER BY 2",
                  [&](const CatalogRow &row) {
                      if (isExtensionMember(catalog::publication, row.number(0)))
                          return;
                      std::string sql = "CREATE PUBLICATION " + quoteName(row.view(1)), actions;
                      sql += row.flag(2) ? std::string(" FOR ALL TABLES") : tables[row.number(0)];
                      static constexpr const char *names[] = {"insert", "update", "delete", "truncate"};
                      for (std::size_t i = 0; i < 4; ++i)
                          if (row.flag(3 + i))
                              actions += (actions.empty() ? "" : ", ") + std::string(names[i]);
                      sql += " WITH (publish = '" + actions + "'";
                      if (row.flag(7))
                          sql += ", publish_via_partition_root = true";
                      addOther(catalog::publication, row.number(0), "publication", {"", row.text(1)}, sql + ")",
                               "PUBLICATION " + quoteName(row.view(1)));
                  });
}

void Reflection::readUncarried()
{
    if (has("large_object"))
        catalog_.read("large objects", "SELECT oid FROM pg_catalog.pg_largeobject_metadata ORDER BY 1",
                      [&](const CatalogRow &row) {
                          metadata_.notCarried.push_back({row.text(0), "a large object"});
                      });
}

} // namespace schemawright::postgres
