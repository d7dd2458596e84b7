// Who may do what, labels and subscriptions: carried as the statements that make them so, since they are no part of the
// objects themselves.

#include "schemawright/backends/postgres/postgres_reflect.h"

#include "schemawright/backends/postgres/postgres_ddl.h"
#include "schemawright/backends/postgres/postgres_text.h"

#include <fmt/format.h>

namespace schemawright::postgres {

namespace {

/// One side grants what the other has not; `word` and `object` say on what.
class PrivilegeStatements
{
public:
    /// `grantor` is empty for the owner. `have` and `base`: whether it may be passed on; nothing where it is not
    /// granted.
    void add(const std::string &grantor, const std::string &grantee, const std::string &privilege,
             std::optional<bool> have, std::optional<bool> base)
    {
        if (have == base)
            return;
        const char *form = !have            ? "REVOKE {}{} FROM {}"
                           : !*have && base ? "REVOKE GRANT OPTION FOR {}{} FROM {}"
                           : *have          ? "GRANT {}{} TO {} WITH GRANT OPTION"
                                            : "GRANT {}{} TO {}";
        // What is taken away comes first, then the owner's grants, which those of others rest on.
        std::string &list = lists_[{have && (*have || !base), grantor, form, grantee}];
        list += (list.empty() ? "" : ", ") + privilege;
    }

    /// `before` stands in front of each ("ALTER DEFAULT PRIVILEGES "), `on` behind the privileges (" ON TABLE a.b").
    std::string text(const std::string &before, const std::string &on) const
    {
        std::string sql;
        for (const auto &[how, list] : lists_) {
            const auto &[isGrant, grantor, form, grantee] = how;
            const std::string one = before + fmt::format(fmt::runtime(form), list, on, grantee);
            sql += sql.empty() ? "" : ";\n";
            sql += grantor.empty()
                       ? one
                       : "SET SESSION AUTHORIZATION " + grantor + ";\n" + one + ";\nRESET SESSION AUTHORIZATION";
        }
        return sql;
    }

private:
    std::map<std::tuple<bool, std::string, std::string, std::string>, std::string> lists_;
};

std::string roleName(const std::string &id)
{
    return "CASE WHEN " + id + " = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(" + id +
           ")) END";
}

/// Compares the privileges of `objects` (word, schema, name, part, owner, acl, base) with what a new object of that
/// kind has. The owner is whoever makes the object, and called `owner`.
std::string compared(const std::string &objects, const std::string &owner)
{
    return "SELECT o.word, o.schema, o.name, CASE WHEN x.grantor <> o.owner THEN " + roleName("x.grantor") +
           " ELSE '' END, CASE WHEN x.grantee = o.owner THEN " + owner + " ELSE " + roleName("x.grantee") +
           " END, x.privilege || o.part, x.have, x.base FROM (" + objects +
           ") o CROSS JOIN LATERAL (SELECT coalesce(h.grantor, o.owner) AS grantor, coalesce(h.grantee, b.grantee) AS "
           "grantee, coalesce(h.privilege_type, b.privilege_type) AS privilege, h.is_grantable AS have, b.is_grantable "
           "AS base FROM pg_catalog.aclexplode(o.acl) h FULL JOIN (SELECT CASE WHEN e.grantee = e.grantor THEN o.owner "
           "ELSE e.grantee END AS grantee, e.privilege_type, e.is_grantable, o.owner AS grantor FROM "
           "pg_catalog.aclexplode(o.base) e) b ON h.grantor = b.grantor AND h.grantee = b.grantee AND h.privilege_type "
           "= b.privilege_type) x WHERE x.have IS DISTINCT FROM x.base ORDER BY 1, 2, 3, 4, 5, 6";
}

std::optional<bool> flagOf(const CatalogRow &row, std::size_t column)
{
    return row.isNull(column) ? std::nullopt : std::optional<bool>(row.flag(column));
}

} // namespace

std::string Reflection::privilegesSql() const
{
    // The system's own objects and those of extensions start from what they were installed with. As names, of the type
    // `name`, the texts of long signatures would be cut.
    const auto objects = [](ObjectId catalogId, const std::string &word, const std::string &schema,
                            const std::string &name, const std::string &prefix, const std::string &standard,
                            const std::string &from, const std::string &where) {
        return fmt::format(
            "SELECT {1} AS word, {2}::text AS schema, {3}::text AS name, '' AS part, t.{4}owner AS owner, t.{4}acl AS "
            "acl, coalesce(i.initprivs, pg_catalog.acldefault({5}, t.{4}owner)) AS base FROM {6} LEFT "
            "JOIN pg_catalog.pg_init_privs i ON i.classoid = {0} AND i.objoid = t.oid AND i.objsubid = 0 "
            "WHERE t.{4}acl IS NOT NULL AND t.{4}acl IS DISTINCT FROM i.initprivs{7}",
            catalogId, word, schema, name, prefix, standard, from, where);
    };
    const bool isWhole = options_.schemas.empty();
    const auto inSchemas = [&](const std::string &schema) {
        return " AND (" + schemaCondition((schema + ".oid").c_str()) +
               (isWhole ? " OR " + schema + ".nspname = 'pg_catalog')" : ")");
    };
    std::string all =
        objects(catalog::relation, "CASE t.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END", "n.nspname", "t.relname",
                "rel", "CASE t.relkind WHEN 'S' THEN 's'::\"char\" ELSE 'r'::\"char\" END",
                "pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace",
                " AND t.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')" + inSchemas("n") + only("t.oid"));
    if (narrowed_)
        return all;
    all += " UNION ALL " + objects(catalog::procedure, "CASE t.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END",
                                   "n.nspname", "t.oid::regprocedure::text", "pro", "'f'",
                                   "pg_catalog.pg_proc t JOIN pg_catalog.pg_namespace n ON n.oid = t.pronamespace",
                                   inSchemas("n"));
    all += " UNION ALL " + objects(catalog::type, "'TYPE'", "n.nspname", "t.typname", "typ", "'T'",
                                   "pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace",
                                   inSchemas("n"));
    all += " UNION ALL " + objects(catalog::schema, "'SCHEMA'", "''", "t.nspname", "nsp", "'n'",
                                   "pg_catalog.pg_namespace t", inSchemas("t"));
    if (!isWhole)
        return all;
    all += " UNION ALL " +
           objects(catalog::language, "'LANGUAGE'", "''", "t.lanname", "lan", "'l'", "pg_catalog.pg_language t", "");
    all += " UNION ALL " + objects(catalog::wrapper, "'FOREIGN DATA WRAPPER'", "''", "t.fdwname", "fdw", "'F'",
                                   "pg_catalog.pg_foreign_data_wrapper t", "");
    return all + " UNION ALL " +
           objects(catalog::server, "'FOREIGN SERVER'", "''", "t.srvname", "srv", "'S'",
                   "pg_catalog.pg_foreign_server t", "");
}

void Reflection::readPrivileges()
{
    std::map<std::pair<std::string, QualifiedName>, PrivilegeStatements> all;
    const auto use = [&](const CatalogRow &row) {
        all[{row.text(0), {row.text(1), row.text(2)}}].add(row.text(3), row.text(4), row.text(5), flagOf(row, 6),
                                                           flagOf(row, 7));
    };
    // One who is not the reader is the owner by then: see Builder::afterTables().
    const std::string owner =
        "CASE WHEN o.owner = current_user::regrole::oid THEN 'CURRENT_USER' ELSE " + roleName("o.owner") + " END";
    catalog_.read("privileges", compared(privilegesSql(), owner), use);
    const bool ofSystem = !narrowed_ && options_.schemas.empty();
    if (!withColumnPrivileges_.empty() || ofSystem)
        catalog_.read(
            "privileges on columns",
            compared("SELECT 'TABLE' AS word, n.nspname AS schema, c.relname AS name, ' (' || "
                     "pg_catalog.quote_ident(a.attname) || ')' AS part, c.relowner AS owner, a.attacl AS acl, "
                     "i.initprivs AS base FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = "
                     "a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN "
                     "pg_catalog.pg_init_privs i ON i.classoid = 1259 AND i.objoid = a.attrelid AND i.objsubid = "
                     "a.attnum WHERE a.attacl IS NOT NULL AND a.attacl IS DISTINCT FROM i.initprivs AND NOT "
                     "a.attisdropped AND (a.attrelid IN (" +
                         idList(withColumnPrivileges_) +
                         (ofSystem ? ") OR n.nspname = 'pg_catalog' AND a.attrelid < 16384)" : "))"),
                     owner),
            use);
    for (const auto &[object, statements] : all) {
        const auto &[word, name] = object;
        const bool isRoutine = word == "FUNCTION" || word == "PROCEDURE";
        OtherObject other{"privileges",
                          {name.schema, word + " " + name.name},
                          statements.text("", " ON " + word + " " + (isRoutine ? name.name : quoteName(name))),
                          std::nullopt};
        if (word == "TABLE")
            other.onTable = name;
        metadata_.others.push_back(std::move(other));
    }
}

void Reflection::readDefaultPrivileges()
{
    if (!has("default_privileges"))
        return;
    const std::string role = "pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(d.defaclrole))";
    std::map<std::pair<std::string, QualifiedName>, PrivilegeStatements> all;
    catalog_.read(
        "default privileges",
        compared("SELECT CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN "
                 "'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS word, "
                 "coalesce(n.nspname, '') AS schema, CASE WHEN pg_catalog.pg_get_userbyid(d.defaclrole) = current_user "
                 "THEN '' ELSE " +
                     role +
                     " END AS name, '' AS part, d.defaclrole AS owner, d.defaclacl AS acl, CASE WHEN d.defaclnamespace "
                     "= 0 THEN pg_catalog.acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's'::\"char\" ELSE "
                     "d.defaclobjtype END, d.defaclrole) ELSE NULL::aclitem[] END AS base FROM "
                     "pg_catalog.pg_default_acl d LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace "
                     "WHERE " +
                     schemaCondition("d.defaclnamespace") +
                     (options_.schemas.empty() ? " OR d.defaclnamespace = 0" : ""),
                 "CASE WHEN o.name = '' THEN 'CURRENT_USER' ELSE o.name END"),
        [&](const CatalogRow &row) {
            all[{row.text(0), {row.text(1), row.text(2)}}].add("", row.text(4), row.text(5), flagOf(row, 6),
                                                               flagOf(row, 7));
        });
    for (const auto &[object, statements] : all) {
        const auto &[word, whose] = object;
        std::string before = "ALTER DEFAULT PRIVILEGES ";
        if (!whose.name.empty())
            before += "FOR ROLE " + whose.name + " ";
        if (!whose.schema.empty())
            before += "IN SCHEMA " + quoteName(whose.schema) + " ";
        metadata_.others.push_back({"default_privileges",
                                    {whose.schema, word + (whose.name.empty() ? "" : " FOR ROLE " + whose.name)},
                                    statements.text(before, " ON " + word),
                                    std::nullopt});
    }
}

/// Of what belongs to others than the one who reads: that one will make the copy, and hands it on afterwards.
void Reflection::readOwners()
{
    const auto add = [&](const std::string &words, const QualifiedName &name, const std::string &owner, bool isTable) {
        metadata_.others.push_back({"owner",
                                    {name.schema, words + " " + quoteName(name)},
                                    "ALTER " + words + " " + quoteName(name) + " OWNER TO " + owner,
                                    isTable ? std::optional(name) : std::nullopt});
    };
    for (const auto &[id, each] : relations_)
        if (!each.owner.empty() && !each.table.temporary)
            add(each.kind == 'c' ? "TYPE" : ddl::relationWord(each.table), each.table.name, each.owner,
                each.kind != 'c');
    for (const auto &[id, owner] : sequenceOwners_) // one of a column belongs to whom the table belongs to
        if (const auto found = sequences_.find(id);
            found != sequences_.end() && !found->second.ownedBy && !identitySequences_.contains(id))
            add("SEQUENCE", found->second.name, owner, false);
    if (narrowed_)
        return;
    const std::string isOther = " <> (SELECT current_user::regrole::oid)";
    std::string all;
    const auto read = [&](ObjectId catalogId, const std::string &table, const std::string &prefix,
                          const std::string &schema, const std::string &condition) {
        if (schema.empty() && !options_.schemas.empty())
            return; // belongs to no schema
        all += fmt::format("{}SELECT {} AS class, t.oid AS id, t.{}owner AS owner FROM pg_catalog.{} t WHERE {}{}",
                           all.empty() ? "" : " UNION ALL ", catalogId, prefix, table,
                           schema.empty() ? "t.oid >= 16384" : schemaCondition(("t." + schema).c_str()), condition);
    };
    const auto others = [&](const char *kind, ObjectId catalogId, const std::string &table, const std::string &prefix,
                            const std::string &schema, const std::string &condition = {}) {
        if (has(kind))
            read(catalogId, table, prefix, schema, " AND t." + prefix + "owner" + isOther + condition);
    };
    read(catalog::schema, "pg_namespace", "nsp", "oid", " AND t.oid <> 2200 AND t.nspowner" + isOther);
    if (version_ >= 150000) // whose it is in a new database
        read(catalog::schema, "pg_namespace", "nsp", "oid",
             " AND t.oid = 2200 AND t.nspowner <> 'pg_database_owner'::regrole");
    others("type", catalog::type, "pg_type", "typ", "typnamespace",
           " AND (t.typtype IN ('d', 'e', 'r') OR t.typtype IN ('b', 'p') AND t.typcategory <> 'A')");
    others("function", catalog::procedure, "pg_proc", "pro", "pronamespace",
           " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = 1255 AND d.objid = t.oid AND "
           "d.deptype = 'i')");
    others("operator", catalog::operator_, "pg_operator", "opr", "oprnamespace");
    others("operator_class", catalog::opclass, "pg_opclass", "opc", "opcnamespace");
    others("operator_family", catalog::opfamily, "pg_opfamily", "opf", "opfnamespace");
    others("collation", catalog::collation, "pg_collation", "coll", "collnamespace");
    others("conversion", catalog::conversion, "pg_conversion", "con", "connamespace");
    others("statistics", catalog::statistics, "pg_statistic_ext", "stx", "stxnamespace");
    others("text_search_dictionary", catalog::textDictionary, "pg_ts_dict", "dict", "dictnamespace");
    others("text_search_configuration", catalog::textConfiguration, "pg_ts_config", "cfg", "cfgnamespace");
    others("language", catalog::language, "pg_language", "lan", "");
    others("foreign_data_wrapper", catalog::wrapper, "pg_foreign_data_wrapper", "fdw", "");
    others("server", catalog::server, "pg_foreign_server", "srv", "");
    others("event_trigger", catalog::eventTrigger, "pg_event_trigger", "evt", "");
    others("publication", catalog::publication, "pg_publication", "pub", "");
    others("subscription", catalog::subscription, "pg_subscription", "sub", "",
           " AND t.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = "
           "pg_catalog.current_database())");
    catalog_.read(
        "owners",
        "SELECT o.class, o.id, CASE WHEN i.type IN ('function', 'procedure', 'aggregate') THEN 'ROUTINE' WHEN i.type "
        "= 'statistics object' THEN 'STATISTICS' ELSE upper(replace(i.type, '-', ' ')) END, i.identity, "
        "coalesce(i.schema, ''), CASE WHEN o.owner" +
            isOther +
            " THEN pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(o.owner)) ELSE 'CURRENT_USER' END FROM (" + all +
            ") o CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.class::oid, o.id, 0) i ORDER BY 5, 3, 4",
        [&](const CatalogRow &row) {
            if (!isExtensionMember(row.number(0), row.number(1)))
                metadata_.others.push_back(
                    {"owner",
                     {row.text(4), row.text(2) + " " + row.text(3)},
                     fmt::format("ALTER {} {} OWNER TO {}", row.view(2), row.view(3), row.view(5)),
                     std::nullopt});
        });
}

void Reflection::readSecurityLabels()
{
    if (!has("security_label"))
        return;
    // pg_seclabels has names of columns without the quotes that they need.
    catalog_.read(
        "security labels",
        "SELECT CASE WHEN s.objsubid <> 0 THEN 'COLUMN' WHEN i.type = 'composite type' THEN 'TYPE' ELSE upper(i.type) "
        "END, i.identity, s.provider, s.label FROM pg_catalog.pg_seclabel s CROSS JOIN LATERAL "
        "pg_catalog.pg_identify_object(s.classoid, s.objoid, s.objsubid) i WHERE i.identity IS NOT NULL ORDER BY 1, 2, "
        "3",
        [&](const CatalogRow &row) {
            const std::string target = row.text(0) + " " + row.text(1);
            metadata_.others.push_back({"security_label",
                                        {"", target + " FOR " + row.text(2)},
                                        fmt::format("SECURITY LABEL FOR {} ON {} IS {}", quoteName(row.view(2)), target,
                                                    quoteText(row.view(3))),
                                        std::nullopt});
        });
}

void Reflection::readSubscriptions()
{
    if (!has("subscription"))
        return;
    // Only a superuser may read where a subscription leads to.
    bool isReadable = false;
    std::vector<std::string> names;
    catalog_.read(
        "subscriptions",
        "SELECT s.subname, pg_catalog.has_column_privilege('pg_catalog.pg_subscription', 'subconninfo', "
        "'SELECT') FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid WHERE "
        "d.datname = pg_catalog.current_database() ORDER BY 1",
        [&](const CatalogRow &row) {
            names.push_back(row.text(0));
            isReadable = row.flag(1);
        });
    if (names.empty())
        return;
    if (!isReadable) {
        for (const std::string &name : names)
            metadata_.notCarried.push_back({name, "a subscription, which only a superuser may read"});
        return;
    }
    const auto since = [&](int version, const char *column, const char *otherwise) {
        return version_ >= version * 10000 ? std::string(column) : std::string(otherwise);
    };
    catalog_.read(
        "subscriptions",
        "SELECT s.oid, s.subname, s.subconninfo, s.subpublications, s.subslotname, s.subsynccommit, " +
            since(14, "s.subbinary", "false") + ", " + since(14, "s.substream::text", "'false'") + ", " +
            since(15, "s.subtwophasestate <> 'd'", "false") + ", " + since(15, "s.subdisableonerr", "false") + ", " +
            since(16, "s.suborigin", "'any'") + ", " + since(16, "s.subpasswordrequired", "true") + ", " +
            since(16, "s.subrunasowner", "false") + ", " + since(17, "s.subfailover", "false") +
            " FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid WHERE d.datname = "
            "pg_catalog.current_database() ORDER BY 2",
        [&](const CatalogRow &row) {
            const std::string name = quoteName(row.view(1));
            std::string publications;
            for (const std::string &each : arrayElements(row.view(3)))
                publications += (publications.empty() ? "" : ", ") + quoteName(each);
            // Made without looking for the publisher, and switched off.
            std::string sql = fmt::format("CREATE SUBSCRIPTION {} CONNECTION {} PUBLICATION {} WITH (connect = false, "
                                          "slot_name = {}",
                                          name, quoteText(row.view(2)), publications,
                                          row.isNull(4) ? "NONE" : quoteText(row.view(4)));
            if (row.view(5) != "off")
                sql += ", synchronous_commit = " + quoteText(row.view(5));
            const auto flag = [&](const char *option, std::size_t column) {
                if (row.flag(column))
                    sql += fmt::format(", {} = true", option);
            };
            flag("binary", 6);
            if (const std::string_view streams = row.view(7); streams == "true" || streams == "t")
                sql += ", streaming = on";
            else if (streams == "p")
                sql += ", streaming = parallel";
            flag("two_phase", 8);
            flag("disable_on_error", 9);
            if (row.view(10) != "any")
                sql += ", origin = " + quoteText(row.view(10));
            if (!row.flag(11))
                sql += ", password_required = false";
            flag("run_as_owner", 12);
            flag("failover", 13);
            addOther(catalog::subscription, row.number(0), "subscription", {"", row.text(1)}, sql + ")",
                     "SUBSCRIPTION " + name);
        });
}

} // namespace schemawright::postgres
