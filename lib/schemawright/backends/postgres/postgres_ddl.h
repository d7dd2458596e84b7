#pragma once

#include "schemawright/dialect/dialect.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace schemawright::postgres {

/// The script of create_all, in an order in which each statement finds what it needs, or of drop_all: the reverse,
/// without CASCADE.
Script createScript(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options);
/// One table or view for a reader.
std::string createText(const Dialect &dialect, const Table &table);

/// The search path under which the texts of `metadata` say what they say, as SET takes it.
std::string searchPath(const MetaData &metadata);
/// Splits a script at semicolons outside of strings and parentheses.
std::vector<std::string> statementsOf(const std::string &sql);
/// The statement that takes back a GRANT or REVOKE, also of default privileges.
std::string takenBack(const std::string &sql);

/// How single parts are written; used by the scripts and by whoever alters tables. All names qualified.
namespace ddl {

std::string columnDefinition(const Table &table, const Column &column, bool withDefault = true);
std::string columnList(const std::vector<std::string> &columns);
std::string primaryKey(const PrimaryKey &key);
std::string unique(const UniqueConstraint &unique);
std::string check(const CheckConstraint &check);
std::string exclusion(const ExclusionConstraint &exclusion);
std::string foreignKey(const ForeignKey &key);
std::string sequence(const Sequence &sequence, bool ifNotExists);
std::string enumType(const EnumType &type);
std::string domain(const Domain &domain);
std::string index(const Table &table, const Index &index, bool ifNotExists);
std::string view(const Table &table, bool replace);
/// "START WITH 5 INCREMENT BY 2…", what differs from the defaults, each with a blank before.
std::string sequenceProperties(const Identity &properties);
/// "TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE".
const char *relationWord(const Table &table);
/// COMMENT ON … for the table, its columns, constraints, indexes and triggers.
std::vector<std::string> comments(const Table &table);
/// What follows CREATE TABLE for what its grammar has no place for: storage, statistics, row security…
std::vector<std::string> settings(const Table &table);

} // namespace ddl

} // namespace schemawright::postgres
