#include "schemawright/backends/postgres/postgres_reflect.h"

#include "schemawright/backends/postgres/postgres_ddl.h"
#include "schemawright/backends/postgres/postgres_text.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace schemawright::postgres {

namespace {

int versionNumber(const std::string &text) { return std::atoi(text.c_str()) * 10000; }

/// A read-only snapshot for the catalog queries, or the transaction that is open, left as it was found.
class Snapshot
{
public:
    explicit Snapshot(DriverConnection &connection) : connection_(connection), isOurs_(!connection.inTransaction())
    {
        connection_.executeScript(isOurs_ ? "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                                          : "SAVEPOINT sw_reflect");
    }
    Snapshot(const Snapshot &) = delete;
    ~Snapshot()
    {
        try {
            if (connection_.isUsable()) // also undoes the search path
                connection_.executeScript(isOurs_ ? "ROLLBACK"
                                                  : "ROLLBACK TO SAVEPOINT sw_reflect; RELEASE SAVEPOINT sw_reflect");
        } catch (const Error &) { // the connection is lost; whoever uses it next will be told
        }
    }

private:
    DriverConnection &connection_;
    bool isOurs_;
};

} // namespace

MetaData reflect(DriverConnection &connection, const ReflectOptions &options)
{
    // An object that others drop meanwhile can make any query fail: then again, and then with care.
    for (int attempt = 1;; ++attempt) {
        try {
            const Snapshot snapshot(connection);
            return Reflection(connection, options, attempt > 1).run();
        } catch (const Error &error) {
            if (error.kind == ErrorKind::Cancelled || error.kind == ErrorKind::Timeout || !connection.isUsable() ||
                attempt == 3)
                throw;
        }
    }
}

Reflection::Reflection(DriverConnection &connection, const ReflectOptions &options, bool careful)
    : connection_(connection), options_(options), catalog_(connection, options.stop, careful, metadata_.errors),
      narrowed_(!options.tables.empty())
{
    metadata_.dialect = "postgresql";
    metadata_.serverVersion = connection.serverVersion();
    version_ = versionNumber(metadata_.serverVersion);
}

MetaData Reflection::run()
{
    readSchemas();
    readMembers();
    if (!options_.namesOnly)
        takeCensus();
    if (!narrowed_ && !options_.namesOnly) // what takes the server longest, while the rest is taken apart here
        catalog_.prefetch({relationsSql(), columnsSql(), indexesSql(), constraintsSql(), defaultsSql()});
    readRelations();
    if (!options_.namesOnly) {
        readComments();
        readColumns();
        readTypesOfColumns();
        if (!narrowed_)
            readTypes();
        readInheritance();
        readViews();
        readIndexes();
        readConstraints();
        readDefaults();
        readSequences();
        readIndexExpressions();
        placeIndexes();
        readTriggers();
        readRulesAndPolicies();
        readPrivileges();
        readOwners();
        if (!narrowed_) {
            readFunctions();
            readOthers();
            readDefaultPrivileges();
            readSecurityLabels();
            readSubscriptions();
            readUncarried();
            // Plain tables say by themselves what they need.
            const bool hasView =
                std::ranges::any_of(relations_, [](const auto &each) { return each.second.kind == 'v'; });
            if (hasView || !metadata_.functions.empty() || !metadata_.others.empty() || !metadata_.domains.empty())
                readDependencies();
        }
    }
    finish();
    return std::move(metadata_);
}

void Reflection::readSchemas()
{
    metadata_.defaultSchema = options_.defaultSchema;
    metadata_.namesDefaultSchema = options_.nameDefaultSchema;
    if (metadata_.defaultSchema.empty())
        catalog_.read("the default schema", "SELECT pg_catalog.current_schema()", [&](const CatalogRow &row) {
            metadata_.defaultSchema = row.isNull(0) ? "public" : row.text(0);
            metadata_.namesDefaultSchema = metadata_.namesDefaultSchema || row.isNull(0);
        });
    connection_.executeScript("SET LOCAL search_path = " + searchPath(metadata_));
    std::string condition = "nspname !~ '^pg_' AND nspname <> 'information_schema'";
    if (!options_.schemas.empty()) {
        condition = "nspname IN (";
        for (const std::string &schema : options_.schemas)
            condition += (condition.back() == '(' ? "" : ", ") + quoteText(schema);
        condition += ")";
    }
    catalog_.read("schemas",
                  "SELECT oid, nspname, pg_catalog.has_schema_privilege(oid, 'USAGE') FROM pg_catalog.pg_namespace "
                  "WHERE " +
                      condition + " ORDER BY nspname",
                  [&](const CatalogRow &row) {
                      schemas_[row.number(0)] = row.text(1);
                      if (!row.flag(2))
                          closedSchemas_.insert(row.number(0));
                      known_[{catalog::schema, row.number(0)}] = {"schema", {"", row.text(1)}, ""};
                  });
}

void Reflection::readMembers()
{
    catalog_.read("extension members",
                  "SELECT classid, objid FROM pg_catalog.pg_depend WHERE refclassid = 3079 AND deptype = 'e'",
                  [&](const CatalogRow &row) {
                      members_.insert({row.number(0), row.number(1)});
                  });
    for (const auto &[id, name] : schemas_)
        metadata_.schemas.push_back({name, std::nullopt, !closedSchemas_.contains(id)});
}

/// What a database has none of need not be asked for: one query instead of dozens.
void Reflection::takeCensus()
{
    if (catalog_.isCareful())
        return; // one catalog that cannot be read would spoil it
    static constexpr std::pair<const char *, const char *> kinds[] = {
        {"language", "pg_language WHERE oid >= 16384"},
        {"access_method", "pg_am WHERE oid >= 16384"},
        {"transform", "pg_transform"},
        {"conversion", "pg_conversion WHERE oid >= 16384"},
        {"extension", "pg_extension WHERE oid >= 16384"},
        {"collation", "pg_collation WHERE oid >= 16384"},
        {"statistics", "pg_statistic_ext"},
        {"cast", "pg_cast WHERE oid >= 16384"},
        {"event_trigger", "pg_event_trigger"},
        {"operator", "pg_operator WHERE oid >= 16384"},
        {"operator_family", "pg_opfamily WHERE oid >= 16384"},
        {"operator_class", "pg_opclass WHERE oid >= 16384"},
        {"text_search_dictionary", "pg_ts_dict WHERE oid >= 16384"},
        {"text_search_configuration", "pg_ts_config WHERE oid >= 16384"},
        {"text_search_parser", "pg_ts_parser WHERE oid >= 16384"},
        {"text_search_template", "pg_ts_template WHERE oid >= 16384"},
        {"foreign_data_wrapper", "pg_foreign_data_wrapper"},
        {"server", "pg_foreign_server"},
        {"foreign_table", "pg_foreign_table"},
        {"publication", "pg_publication"},
        {"subscription", "pg_subscription"},
        {"default_privileges", "pg_default_acl"},
        {"security_label", "pg_seclabel"},
        {"large_object", "pg_largeobject_metadata"},
        {"function", "pg_proc WHERE oid >= 16384"},
        {"type", "pg_type WHERE oid >= 16384 AND (typtype IN ('d', 'e', 'r', 'm') OR typtype IN ('b', 'p') AND "
                 "typcategory <> 'A')"},
        {"inheritance", "pg_inherits"},
        {"sequence", "pg_sequence"},
        {"policy", "pg_policy"},
        {"rule", "pg_rewrite WHERE oid >= 16384 AND rulename <> '_RETURN'"},
    };
    std::string sql;
    for (const auto &[kind, table] : kinds)
        sql += (sql.empty() ? "SELECT " : ", ") + fmt::format("EXISTS (SELECT 1 FROM pg_catalog.{})", table);
    catalog_.read("what there is", sql, [&](const CatalogRow &row) {
        for (std::size_t i = 0; i < std::size(kinds); ++i)
            if (!row.flag(i))
                absent_.insert(kinds[i].first);
    });
}

void Reflection::readComments()
{
    // Below 16384 are the system's own objects; the schema public is one of them.
    std::string condition = "objoid >= 16384 OR (classoid = 2615 AND objoid = 2200)";
    if (narrowed_) {
        std::vector<ObjectId> ids;
        for (const auto &[id, each] : relations_)
            ids.push_back(id);
        const std::string list = idList(ids);
        condition =
            fmt::format("(classoid = 1259 AND objoid IN ({0})) OR (classoid = 1259 AND objoid IN (SELECT "
                        "indexrelid FROM pg_catalog.pg_index WHERE indrelid IN ({0}))) OR (classoid = 2606 AND "
                        "objoid IN (SELECT oid FROM pg_catalog.pg_constraint WHERE conrelid IN ({0}))) OR "
                        "(classoid = 2620 AND objoid IN (SELECT oid FROM pg_catalog.pg_trigger WHERE tgrelid IN "
                        "({0}))) OR (classoid = 1259 AND objoid IN (SELECT objid FROM pg_catalog.pg_depend WHERE "
                        "classid = 1259 AND refclassid = 1259 AND refobjsubid > 0 AND deptype IN ('a', 'i') AND "
                        "refobjid IN ({0})))",
                        list);
    }
    catalog_.read(
        "comments",
        "SELECT classoid::bigint, objoid::bigint, objsubid, description FROM pg_catalog.pg_description WHERE " +
            condition,
        [&](const CatalogRow &row) {
            comments_[{{row.number(0), row.number(1)}, row.number(2)}] = row.text(3);
        });
    for (auto &[id, relation] : relations_)
        relation.table.comment = comment(catalog::relation, id);
    for (const auto &[id, name] : schemas_)
        for (Schema &schema : metadata_.schemas)
            if (schema.name == name)
                schema.comment = comment(catalog::schema, id);
}

std::optional<std::string> Reflection::comment(ObjectId catalog, ObjectId object, std::int64_t part) const
{
    const auto found = comments_.find({{catalog, object}, part});
    return found == comments_.end() ? std::nullopt : std::optional<std::string>(found->second);
}

std::string Reflection::only(const char *column) const
{
    if (!narrowed_)
        return {};
    std::vector<ObjectId> ids;
    for (const auto &[id, each] : relations_)
        ids.push_back(id);
    return fmt::format(" AND {} IN ({})", column, idList(ids));
}

std::string Reflection::schemaCondition(const char *column) const
{
    std::vector<ObjectId> ids;
    for (const auto &[id, name] : schemas_)
        ids.push_back(id);
    return fmt::format("{} IN ({})", column, idList(ids));
}

std::string Reflection::schemaName(ObjectId id) const
{
    const auto found = schemas_.find(id);
    return found == schemas_.end() ? std::string() : found->second;
}

Reflection::Relation *Reflection::relation(ObjectId id)
{
    const auto found = relations_.find(id);
    return found == relations_.end() ? nullptr : &found->second;
}

const std::string &Reflection::columnName(const Relation &relation, std::int64_t attribute) const
{
    static const std::string none;
    const auto at = static_cast<std::size_t>(attribute);
    if (attribute <= 0 || at >= relation.columnAt.size() || relation.columnAt[at] < 0)
        return none;
    return relation.table.columns[static_cast<std::size_t>(relation.columnAt[at])].name;
}

void Reflection::finish()
{
    for (auto &[id, relation] : relations_)
        if (relation.kind != 'c')
            metadata_.add(std::move(relation.table));
    for (auto &[id, sequence] : sequences_)
        if (!identitySequences_.contains(id))
            metadata_.sequences.push_back(std::move(sequence));
    // By name, not by when the schemas were made: a copy says the same in the same order.
    std::ranges::sort(metadata_.sequences, {}, &Sequence::name);
    std::ranges::stable_sort(metadata_.enums, {}, &EnumType::name);
    std::ranges::stable_sort(metadata_.domains, {}, &Domain::name);
    std::ranges::stable_sort(metadata_.functions, {},
                             [](const Function &each) { return std::tie(each.name, each.arguments); });
    std::ranges::stable_sort(metadata_.others, {}, [](const OtherObject &each) {
        return std::tuple(each.name.schema, each.onTable.value_or(QualifiedName{}), each.name.name);
    });
}

} // namespace schemawright::postgres
