#pragma once

#include "schemawright/backends/postgres/postgres_catalog.h"
#include "schemawright/dialect/dialect.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace schemawright::postgres {

/// Reflects what `options` ask for in one repeatable-read transaction (or in the one that is open), under the search
/// path of the default schema alone, so that printed expressions name everything else in full.
MetaData reflect(DriverConnection &connection, const ReflectOptions &options);

/// One reflection under way. Each read… function runs its catalog queries and fills in what it is about; the order of
/// the calls is that of run().
class Reflection
{
public:
    Reflection(DriverConnection &connection, const ReflectOptions &options, bool careful);
    MetaData run();

private:
    struct TypeFacts
    {
        ObjectId id;
        int modifier;
        Type type;
        ObjectId collation = 0;
        char storage = 'p';
    };
    struct ColumnFacts
    {
        std::size_t type; ///< position in types_
        ObjectId collation;
        char storage;
        int attribute;
    };
    struct Relation
    {
        ObjectId id = 0, rowType = 0;
        char kind = 'r';
        std::string owner; ///< of another than the one who reads
        Table table;
        std::vector<int> columnAt;      ///< attnum -> position in table.columns, -1 for none
        std::vector<ColumnFacts> facts; ///< of each column
        bool isPopulated = true, isPartition = false;
    };
    struct IndexFacts
    {
        ObjectId relation = 0;
        QualifiedName name;
        Index index;
        bool isConstraint = false, isValid = true, isWaiting = false, isReplicaIdentity = false, isClustered = false;
        std::vector<std::int64_t> columns, classes, collations;
        int keys = 0;
    };
    using Key = std::pair<ObjectId, ObjectId>; ///< catalog and object

    // postgres_reflect.cpp
    void readSchemas();
    void readMembers();
    void takeCensus();
    /// Whether there may be objects of this kind at all; a kind of takeCensus().
    bool has(const std::string &kind) const { return !absent_.contains(kind); }
    void readComments();
    void finish();
    std::optional<std::string> comment(ObjectId catalog, ObjectId object, std::int64_t part = 0) const;
    /// "" for all, or " AND column IN (…)" when only some tables are asked for.
    std::string only(const char *column) const;
    bool isExtensionMember(ObjectId catalog, ObjectId object) const { return members_.contains({catalog, object}); }
    Relation *relation(ObjectId id);
    const std::string &columnName(const Relation &relation, std::int64_t attribute) const;
    std::string schemaCondition(const char *column) const;
    std::string schemaName(ObjectId id) const;

    // postgres_reflect_tables.cpp
    std::string relationsSql() const;
    void readRelations();
    void readNames();
    std::size_t typeIndex(ObjectId type, int modifier);
    std::string columnsSql() const;
    std::string defaultsSql() const;
    void readColumns();
    void readUnusualColumns(const std::vector<ObjectId> &relations);
    void readTypesOfColumns();
    void readDefaults();
    void readInheritance();
    void readViews();

    // postgres_reflect_sequences.cpp
    void readSequences();

    // postgres_reflect_constraints.cpp
    std::string constraintsSql() const;
    void readConstraints();
    void readTriggers();
    void readRulesAndPolicies();

    // postgres_reflect_indexes.cpp
    std::string indexesSql() const;
    void readIndexes();
    void readIndexExpressions();
    void placeIndexes();

    // postgres_reflect_objects.cpp
    void readTypes();
    void readCompositeTypes();
    void readBaseTypes();
    void readFunctions();
    void readAggregates();

    // postgres_reflect_others.cpp
    void readOthers();
    void readExtensionsAndCollations();
    void readStatistics();
    void readCasts();
    void readEventTriggers();
    void readOperators();
    void readOperatorClasses();
    void readTextSearch();
    void addOther(ObjectId catalog, ObjectId id, std::string kind, QualifiedName name, std::string definition,
                  std::string commentTarget);

    // postgres_reflect_servers.cpp
    void readLanguages();
    void readTextSearchParts();
    void readForeignServers();
    void readPublications();
    void readUncarried();

    // postgres_reflect_privileges.cpp
    std::string privilegesSql() const;
    void readPrivileges();
    void readDefaultPrivileges();
    void readOwners();
    void readSecurityLabels();
    void readSubscriptions();

    void readDependencies();
    std::optional<ObjectReference> reference(ObjectId catalog, ObjectId object) const;

    DriverConnection &connection_;
    const ReflectOptions &options_;
    MetaData metadata_;
    CatalogReader catalog_;
    int version_ = 0; ///< 150004 as major * 10000
    bool narrowed_ = false;

    std::map<ObjectId, std::string> schemas_;
    std::set<ObjectId> closedSchemas_; ///< that the user may not use
    std::set<Key> members_;            ///< objects that belong to an extension
    std::set<std::string> absent_;
    std::map<std::pair<Key, std::int64_t>, std::string> comments_;
    std::unordered_map<ObjectId, Relation> relations_;
    std::vector<TypeFacts> types_;                              ///< those that columns have
    std::unordered_map<std::uint64_t, std::size_t> typePlaces_; ///< type and modifier -> position in types_
    std::unordered_map<ObjectId, std::string> names_;           ///< of tablespaces and access methods
    ObjectId defaultAccessMethod_ = 0;
    std::map<ObjectId, std::string> collations_;
    std::map<ObjectId, std::size_t> domainAt_; ///< position in metadata_.domains
    std::unordered_map<ObjectId, IndexFacts> indexes_;
    std::unordered_map<ObjectId, ObjectId> indexParents_;
    std::map<ObjectId, Sequence> sequences_; ///< by class id; those of identity columns are taken out
    std::set<ObjectId> identitySequences_;
    std::map<ObjectId, std::string> sequenceOwners_;               ///< those of others than the one who reads
    std::vector<ObjectId> withExpressions_;                        ///< indexes
    std::vector<ObjectId> withColumnPrivileges_;                   ///< relations
    std::map<Key, ObjectReference> known_;                         ///< what dependencies may name
    std::vector<std::pair<Key, ObjectId>> parts_;                  ///< of relations: indexes, constraints, row types
    std::map<ObjectId, ObjectId> ownerOfType_;                     ///< array -> element, multirange -> range
    std::set<ObjectId> shellTypes_;                                ///< base types, which begin as a shell
    std::vector<std::pair<ObjectId, ObjectId>> attributeDefaults_; ///< pg_attrdef id -> relation
};

/// The catalogs by the number that pg_depend and pg_description call them.
namespace catalog {
inline constexpr ObjectId type = 1247, procedure = 1255, relation = 1259, constraint = 2606, attributeDefault = 2604,
                          cast = 2605, language = 2612, schema = 2615, opclass = 2616, operator_ = 2617, rewrite = 2618,
                          trigger = 2620, opfamily = 2753, extension = 3079, policy = 3256, statistics = 3381,
                          collation = 3456, eventTrigger = 3466, textDictionary = 3600, textConfiguration = 3602,
                          wrapper = 2328, server = 1417, publication = 6104, accessMethod = 2601, transform = 3576,
                          conversion = 2607, textParser = 3601, textTemplate = 3764, userMapping = 1418,
                          subscription = 6100;
} // namespace catalog

} // namespace schemawright::postgres
