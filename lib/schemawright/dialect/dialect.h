#pragma once

#include "schemawright/dialect/migration.h"
#include "schemawright/driver/driver.h"
#include "schemawright/schema/metadata.h"
#include "schemawright/schema/naming_convention.h"
#include "schemawright/sql/compiled.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

class Statement; // sql/statement.h
class Expr;      // sql/expr.h

/// What a dialect can do; callers ask these, never the dialect's name.
struct Capabilities
{
    bool returning = false;        ///< INSERT … RETURNING
    bool returningInto = false;    ///< it fills variables instead of giving rows
    bool insertedKey = false;      ///< without RETURNING: the client library tells the number that a row was given
    bool transactionalDdl = false; ///< DDL can be rolled back
    bool savepoints = true;
    bool schemas = false; ///< more than one schema in a database that a user makes
    bool deferrableForeignKeys = false;
    bool checksKeysByRow = false; ///< foreign keys are checked row by row: one that refers to itself cannot go as it is
    bool sequences = false;
    bool enums = false;
    bool domains = false;
    bool materializedViews = false;
    bool comments = false;
    bool nullsOrdering = false;        ///< ORDER BY … NULLS FIRST/LAST
    bool defaultKeyword = false;       ///< DEFAULT as a value in INSERT and UPDATE
    bool nullsSortFirst = true;        ///< where NULLs stand in an ascending ORDER BY by default
    bool rowValueComparison = true;    ///< (a, b) > (?, ?)
    bool defersAnyForeignKey = false;  ///< deferConstraintsSql() defers also those that were not declared deferrable
    bool comparesAnyType = false;      ///< = works on values of every type; else odd ones are compared as text
    bool foldsText = false;            ///< text may equal another that differs in case or in blanks at its end
    bool castsReals = false;           ///< a Real column equals only a number that is cast to its type
    bool infiniteNumbers = true;       ///< a double may be infinite
    char placeholder = '?';            ///< '?' by position, '$' numbered: $1
    bool virtualColumns = false;       ///< generated columns that are not stored
    bool storedColumns = true;         ///< generated columns that are
    int maxIdentifierLength = 63;      ///< 0: no limit
    bool countsNameCharacters = false; ///< that is in UTF-16 units, not in bytes
    int maxParameters = 32766;         ///< bound parameters in one statement
    std::size_t batchBytes = 1 << 20;  ///< of texts and blobs that one statement of many rows should hold at most
    NameLimit nameLimit() const { return {static_cast<std::size_t>(maxIdentifierLength), countsNameCharacters}; }
};

/// How rows of a table are told apart.
struct RowIdentity
{
    enum class Kind {
        Key,        ///< a primary key or a unique NOT NULL constraint
        RowId,      ///< a hidden row number: SQLite's rowid, under a name that no column hides
        AllColumns, ///< nothing better: the whole row, which must match exactly one
        None,       ///< rows cannot be told apart and not be edited (a view without a trigger)
    };
    Kind kind = Kind::None;
    std::vector<std::string> columns; ///< for RowId the one name by which it can be selected
    std::string why;                  ///< for None, a sentence for the user
};

/// How a transaction begins; what is left out is the database's default.
struct TransactionOptions
{
    enum class Isolation { Default, ReadUncommitted, ReadCommitted, RepeatableRead, Serializable };
    Isolation isolation = Isolation::Default;
    bool readOnly = false;
    bool immediate = false; ///< take the write lock at once where a database would take it late (SQLite)
};

/// What to reflect.
struct ReflectOptions
{
    std::vector<std::string> schemas; ///< empty: all that are not the system's own
    std::vector<std::string> tables;  ///< names; empty: all
    bool namesOnly = false;           ///< tables with kind and name but no columns: fast, for a first sight
    const std::stop_token *stop = nullptr;
    /// Taken for the default schema, where a connection has a setting for that (PostgreSQL's search path); empty: the
    /// connection's. Printed expressions name what is in it without its name, so that two databases are compared as
    /// seen from one schema.
    std::string defaultSchema;
    /// Printed expressions name what is in the default schema too. So they do without being asked where the search path
    /// of a connection shows no schema: what they say could not be run there else.
    bool nameDefaultSchema = false;
};

/// How large a table is, as far as the database knows without counting.
struct TableSize
{
    QualifiedName table;
    std::optional<std::int64_t> rows;       ///< an estimate
    std::optional<std::int64_t> bytes;      ///< of the table itself
    std::optional<std::int64_t> indexBytes; ///< of its indexes
};

/// What somebody may do with a table or one of its columns.
struct Privilege
{
    QualifiedName table;
    std::optional<std::string> column;
    std::string grantee;
    std::string privilege; ///< "SELECT", "INSERT"…
    bool isGrantable = false;
};

/// What a script of create_all or drop_all should hold.
struct ScriptOptions
{
    bool ifNotExists = false; ///< IF NOT EXISTS on create, IF EXISTS on drop
    bool drop = false;        ///< drop_all instead of create_all
    bool privileges = true;   ///< who may do what, where it was reflected; else named as not carried
};

/// A script as statements, without closing semicolons, in the order in which they run.
struct Script
{
    std::vector<std::string> statements;
    std::vector<Remark> notCarried; ///< what this dialect cannot express; also stands as a comment in text()
    /// What clients cut at instead of a semicolon where a statement holds some (MySQL: DELIMITER); empty: they know.
    std::string bodyDelimiter = {};
    /// The statements with semicolons, one blank line between objects; remarks as comments.
    std::string text() const;
};

/// How a script keeps keys that an INSERT makes, for the statements behind it.
struct KeptKeys
{
    std::vector<std::string> statements;  ///< instead of the INSERT
    std::vector<std::string> expressions; ///< for each column what stands for its value
    std::string drop;                     ///< for the end of the script; empty: it goes by itself
};

/// What one kind of database says differently: names, SQL, reflection, errors. Stateless, shared by all threads.
///
/// A dialect states only its differences. Everything that takes a DriverConnection may block; the rest is pure.
class Dialect
{
public:
    virtual ~Dialect() = default;

    /// "sqlite", "postgresql", "mysql", "mssql", "oracle".
    virtual std::string_view name() const noexcept = 0;
    virtual const Capabilities &capabilities() const noexcept = 0;
    /// The dialect of a server of this version, where that can do other things than this one says; null where it is
    /// the same. It has the same name and goes by the same rules.
    virtual std::shared_ptr<const Dialect> forServer(std::string_view /*version*/) const { return nullptr; }

    // Text.

    /// The identifier, quoted where it must be (reserved, mixed case, spaces…). Throws Error(Misuse) for one with a
    /// NUL.
    virtual std::string quote(std::string_view identifier) const = 0;
    /// "schema"."table", the schema left out when empty.
    std::string quote(const QualifiedName &name) const;
    /// The value as a literal, for scripts and for showing; what runs is bound instead.
    virtual std::string literal(const Value &value) const = 0;
    /// A type's spelling here: the native one when it came from this dialect, else rendered from the kind.
    virtual std::string typeSql(const Type &type) const = 0;
    /// The way back: what a native spelling means. Keeps the spelling in `native`.
    virtual Type parseType(std::string_view native) const = 0;

    // Statements.

    /// Throws Error(Unsupported) that names the construct this dialect lacks.
    virtual Compiled compile(const Statement &statement) const = 0;
    /// The statement written as asked: with literals, for showing, or each clause on its own line.
    virtual Compiled compileAs(const Statement &statement, const CompileOptions &) const { return compile(statement); }
    /// The statement as text with literals, for showing; what runs is compile()'s.
    std::string literalSql(const Statement &statement, bool lines = false) const
    {
        return compileAs(statement, {.literals = true, .lines = lines}).sql;
    }
    /// An expression that stands alone, as in a check, a default or an index. Throws as compile() does.
    virtual std::string expressionSql(const Expr &expression, bool asCondition = false) const = 0;
    /// The compiled statement with its parameters as literals; unnamed parameters only by value, named ones as <name>,
    /// or as the SQL that `named` gives for them.
    virtual std::string literalSql(const Compiled &compiled,
                                   const std::map<std::string, std::string> &named = {}) const = 0;
    /// How a script keeps the values that the database makes for `columns` of the row that `insert` inserts, where
    /// `number` tells several apart. Nothing where there is no way.
    virtual std::optional<KeptKeys> keepKeys(const std::string & /*insert*/, const Table &,
                                             const std::vector<std::string> & /*columns*/, int /*number*/) const
    {
        return std::nullopt;
    }
    virtual Script createScript(const MetaData &metadata, const ScriptOptions &options = {}) const = 0;
    /// The statement(s) that create this one table or view with its indexes, comments and triggers, as a reader wants
    /// to see it.
    virtual std::string createText(const Table &table) const = 0;

    /// What brings tables and views from one state to another, all in one transaction where the database can. `before`
    /// and `after` are the whole databases that the diffs belong to. The base refuses each: Error(Unsupported).
    virtual Migration migrate(const MetaData &before, const MetaData &after, const std::vector<TableDiff> &diffs) const;
    /// How the values of the column at `after` in diff.after become those of its new type; nothing when it keeps its
    /// type, or where the dialect converts by itself only.
    virtual std::optional<Conversion> conversion(const TableDiff & /*diff*/, std::size_t /*after*/) const
    {
        return std::nullopt;
    }
    /// The same for what is no table. The base has a problem with each.
    virtual ObjectMigration migrateObjects(const MetaData &before, const MetaData &after,
                                           const std::vector<ObjectDiff> &diffs) const;
    /// Both together, in one order. The base lets the objects come before the tables, or after them.
    virtual WholeMigration migrateWhole(const MetaData &before, const MetaData &after, const MetaDataDiff &diff) const;

    /// The statement that begins a transaction. Throws Error(Unsupported) for an isolation level that is not there.
    virtual std::string beginSql(const TransactionOptions &options) const;
    /// What takes back after its end what beginSql() set for longer than the transaction; empty when there is nothing.
    virtual std::string afterTransactionSql(const TransactionOptions & /*options*/) const { return {}; }

    /// The statement that defers constraints to the end of the transaction; empty when there is none.
    virtual std::string deferConstraintsSql() const { return {}; }

    /// The statement that checks deferred constraints now instead of at COMMIT; empty when there is none.
    virtual std::string checkConstraintsSql() const { return {}; }

    /// A query for what names the transaction that is under way; NULL while it has written nothing. Empty where nobody
    /// can be asked later what became of it.
    virtual std::string transactionIdSql() const { return {}; }
    /// A query for what became of the transaction of this name: 'committed', 'aborted', 'in progress', or NULL. After a
    /// crash a name may be given once more: 'aborted' is certain, 'committed' may be said of another.
    virtual std::string transactionStatusSql() const { return {}; }

    // Reflection: a fixed number of queries for a schema, never one for each table. What cannot be read is reported in
    // MetaData::errors and the rest is reflected.

    virtual MetaData reflect(DriverConnection &connection, const ReflectOptions &options = {}) const = 0;
    /// Sizes of all tables, or of those that the options name; empty where the database does not say.
    virtual std::vector<TableSize> tableSizes(DriverConnection &, const ReflectOptions & = {}) const { return {}; }
    /// Who may do what; empty where there are no privileges.
    virtual std::vector<Privilege> privileges(DriverConnection &, const ReflectOptions & = {}) const { return {}; }

    // Rows.

    virtual RowIdentity rowIdentity(const Table &table) const = 0;
    /// What a user typed into a cell of this type, as the Value to bind. Throws Error(Conversion) with a message for
    /// the user.
    virtual Value parseCell(const Type &type, std::string_view typed) const = 0;

    /// Script::bodyDelimiter of its scripts.
    virtual std::string bodyDelimiter() const { return {}; }

protected:
    /// What literalSql() writes for a parameter.
    std::string literalOf(const Parameter &parameter, const std::map<std::string, std::string> &named) const;
};

} // namespace schemawright
