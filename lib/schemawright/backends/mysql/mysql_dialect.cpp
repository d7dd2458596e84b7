#include "schemawright/backends/mysql/mysql_dialect.h"

#include "schemawright/backends/mysql/mysql_ddl.h"
#include "schemawright/backends/mysql/mysql_migrate.h"
#include "schemawright/backends/mysql/mysql_reflect.h"
#include "schemawright/backends/mysql/mysql_types.h"
#include "schemawright/dialect/row_identity.h"
#include "schemawright/sql/literal.h"
#include "schemawright/sql/quoting.h"

#include <charconv>

#include <fmt/format.h>

namespace schemawright {

namespace {

constexpr IdentifierRules identifiers{'`', '`', IdentifierRules::Case::Kept, reserved::inMysql, true};

} // namespace

const Capabilities &MysqlDialect::capabilities() const noexcept
{
    static const Capabilities common = [] {
        Capabilities c;
        c.insertedKey = true;
        c.checksKeysByRow = true;
        c.schemas = true;
        c.comments = true;
        c.defaultKeyword = true;
        c.foldsText = true;
        c.castsReals = true;
        c.infiniteNumbers = false;
        c.virtualColumns = true;
        c.maxIdentifierLength = 64;
        c.countsNameCharacters = true;
        c.maxParameters = 65535;
        return c;
    }();
    static const Capabilities withReturning = [] {
        Capabilities c = common;
        c.returning = true;
        return c;
    }();
    return hasReturning_ ? withReturning : common;
}

std::shared_ptr<const Dialect> MysqlDialect::forServer(std::string_view version) const
{
    static const std::shared_ptr<const Dialect> mariadb = [] {
        auto dialect = std::make_shared<MysqlDialect>();
        dialect->hasReturning_ = true;
        return dialect;
    }();
    int major = 0, minor = 0;
    const char *const end = version.data() + version.size();
    if (const auto read = std::from_chars(version.data(), end, major); read.ptr != end && *read.ptr == '.')
        std::from_chars(read.ptr + 1, end, minor);
    const bool isMariadb = version.find("MariaDB") != std::string_view::npos;
    return isMariadb && (major > 10 || (major == 10 && minor >= 5)) ? mariadb : nullptr;
}

std::string MysqlDialect::literal(const Value &value) const
{
    static constexpr LiteralStyle style{.escapesBackslash = true};
    if (const auto *text = value.as<std::string>(); text && text->find('\0') != std::string::npos)
        return "_utf8mb4 X'" + Value(Bytes{*text}).text() + "'";
    return literalText(value, style);
}

std::string MysqlDialect::typeSql(const Type &type) const
{
    if (!type.native.empty())
        return type.native;
    switch (type.kind) {
    case TypeKind::Boolean:
        return "BOOL";
    case TypeKind::SmallInteger:
        return "SMALLINT";
    case TypeKind::Integer:
        return "INTEGER";
    case TypeKind::BigInteger:
        return "BIGINT";
    case TypeKind::Numeric:
        return type.precision ? fmt::format("NUMERIC({}, {})", *type.precision, type.scale.value_or(0)) : "NUMERIC";
    case TypeKind::Real:
        return "FLOAT";
    case TypeKind::Double:
        return "DOUBLE";
    case TypeKind::Char:
        return fmt::format("CHAR({})", type.length.value_or(1));
    case TypeKind::String:
        if (!type.length || *type.length > 16383) // VARCHAR needs a length, of at most 65,535 bytes
            return type.length && *type.length > 16383 ? "MEDIUMTEXT" : "TEXT";
        return fmt::format("VARCHAR({})", *type.length);
    case TypeKind::LargeBinary:
        return type.length && *type.length < 65536 ? fmt::format("VARBINARY({})", *type.length) : "BLOB";
    case TypeKind::Date:
        return "DATE";
    case TypeKind::Time: // without a number it would keep whole seconds only
        return fmt::format("TIME({})", type.precision.value_or(6));
    case TypeKind::DateTime:
        return fmt::format("DATETIME({})", type.precision.value_or(6));
    case TypeKind::Uuid:
        return "CHAR(36)";
    case TypeKind::Json:
        return "JSON";
    case TypeKind::Enum: {
        std::string labels;
        for (const std::string &label : type.labels)
            labels += (labels.empty() ? "" : ",") + quotedText(label, true);
        return "ENUM(" + labels + ")";
    }
    default:
        return "TEXT";
    }
}

std::string MysqlDialect::quote(std::string_view identifier) const { return quoteIdentifier(identifier, identifiers); }

Script MysqlDialect::createScript(const MetaData &metadata, const ScriptOptions &options) const
{
    return mysql::createScript(*this, metadata, options);
}

Migration MysqlDialect::migrate(const MetaData &before, const MetaData &after,
                                const std::vector<TableDiff> &diffs) const
{
    return mysql::migrate(*this, before, after, diffs);
}

ObjectMigration MysqlDialect::migrateObjects(const MetaData &, const MetaData &after,
                                             const std::vector<ObjectDiff> &diffs) const
{
    return mysql::migrateObjects(*this, after, diffs);
}

Type MysqlDialect::parseType(std::string_view native) const { return mysql::parseType(native); }
Value MysqlDialect::parseCell(const Type &type, std::string_view typed) const { return mysql::parseCell(type, typed); }

MetaData MysqlDialect::reflect(DriverConnection &connection, const ReflectOptions &options) const
{
    return mysql::reflect(*this, connection, options);
}

RowIdentity MysqlDialect::rowIdentity(const Table &table) const
{
    using Kind = RowIdentity::Kind;
    if (table.isView() && !table.hasOption("updatable"))
        return {
            Kind::None, {}, "Rows of this view cannot be changed: the database does not know of which rows they are."};
    if (table.columns.empty())
        return {Kind::None, {}, "This table has no columns."};
    return table.isView() ? identityByAllColumns(table) : identityByKey(table);
}

std::string MysqlDialect::createText(const Table &table) const { return mysql::createText(*this, table); }

std::optional<KeptKeys> MysqlDialect::keepKeys(const std::string &insert, const Table &table,
                                               const std::vector<std::string> &columns, int number) const
{
    if (columns.size() != 1 || !isNumberedByTheDatabase(table, columns.front()))
        return std::nullopt;
    const std::string kept = "@sw_key_" + std::to_string(number);
    return KeptKeys{{insert, "SET " + kept + " = LAST_INSERT_ID()"}, {kept}, {}};
}

std::string MysqlDialect::beginSql(const TransactionOptions &options) const
{
    // Said before, for the next transaction only.
    const std::string level = Dialect::beginSql({.isolation = options.isolation}).substr(sizeof "BEGIN" - 1);
    return (level.empty() ? std::string() : "SET TRANSACTION" + level + "; ") +
           (options.readOnly ? "START TRANSACTION READ ONLY" : "START TRANSACTION");
}

} // namespace schemawright
