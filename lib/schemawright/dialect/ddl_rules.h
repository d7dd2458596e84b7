#pragma once

#include "schemawright/schema/table.h"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace schemawright {

class Expr;

/// What the CREATE statements of one kind of database can say. translate() asks these, never the dialect's name.
struct DdlRules
{
    /// What a foreign key must refer to.
    enum class Referred { Anything, UniqueIndex, Constraint };
    /// Among what a name must be the only one.
    enum class NameScope {
        Free,    ///< may come twice
        Table,   ///< once in its table
        Schema,  ///< once in its schema
        Relation ///< once in its schema, tables and indexes included
    };

    const char *displayName = ""; ///< for remarks: "SQL Server"

    // Tables and schemas.
    bool schemas = true;      ///< else tables of all schemas stand in one namespace
    bool emptyTables = false; ///< a table may have no columns
    bool sequences = true;
    bool comments = true;
    bool indexComments = false;
    NameScope indexNames = NameScope::Relation;
    NameScope keyNames = NameScope::Relation;      ///< of primary keys and unique constraints
    NameScope constraintNames = NameScope::Schema; ///< of foreign keys and checks
    bool namesPrimaryKeys = true;
    bool tablesDifferInCase = true;  ///< a and A are two tables
    bool columnsDifferInCase = true; ///< or two columns of one
    bool plainNames = false;         ///< names end in no blank and hold no character beyond U+FFFF

    // Columns.
    std::set<TypeKind> replacedKinds; ///< what typeSql() can only say as something else
    bool enumTypes = false;           ///< CREATE TYPE … AS ENUM
    bool inlineEnums = false;         ///< ENUM('a', 'b') as a column's type; else a text with a check
    bool booleanChecks = false;       ///< booleans are numbers, held to 0 and 1 by a check
    bool timezones = true;            ///< a time can have an offset
    int unsaidTimePrecision = 0;      ///< digits to write where another database keeps 6 without saying so
    int widestNumeric = 0;            ///< the most digits of a number; 0: no limit
    int widestNumericScale = 0;       ///< of these behind the point, where neither is said
    bool unsaidNumeric = false;       ///< a number without digits takes any
    bool strictTypes = false;         ///< a text is not compared with a number, and nothing else joined to text
    int comparableText = 0;           ///< a text without limit in a check gets this one; 0: it can be compared
    bool emptyTextIsNull = false;     ///< Oracle
    bool storedGenerated = true, virtualGenerated = true;
    bool generatedNotNull = true; ///< a generated column can be NOT NULL
    bool cyclingIdentity = true;
    bool oneAutoincrement = false;      ///< at most one such column in a table
    bool autoincrementNeedsKey = false; ///< which leads an index
    bool autoincrementIsRowId = false;  ///< which is the whole primary key
    bool checksAutoincrement = true;    ///< a check may name that column
    const char *newUuid = "";           ///< a function that makes one
    /// A default as it is written here, from the expression and its SQL; null where nothing is special.
    std::string (*defaultText)(const Column &column, const Expr &expression, std::string sql) = nullptr;

    // Keys and indexes.
    int keyTextLength = 0;      ///< unbounded text cannot be a key: it gets this length; 0: it can
    int keyBytes = 0;           ///< longest key, at 4 bytes for a character; 0: no matter
    int rowBytes = 0;           ///< all short texts of a row together, at 4 bytes for a character; 0: no matter
    bool prefixIndexes = false; ///< an index on the first characters of a long text; else none on such
    bool partialIndexes = false;
    bool expressionIndexes = false;
    bool indexInclude = false;
    bool indexNulls = false; ///< NULLS FIRST and LAST
    bool nullsNotDistinct = false;
    bool nullIsOneValue = false; ///< UNIQUE takes NULL once
    bool deferrableUnique = false;
    bool deferrable = false; ///< foreign keys
    bool onUpdate = true;
    bool restrict = true; ///< RESTRICT; else NO ACTION, which does the same where nothing is deferred
    bool setDefault = true;
    bool actionColumns = false; ///< ON DELETE SET NULL (a, b)
    bool setNullWantsNullable = false;
    bool matchFull = false;
    bool notValidated = false;
    bool oneCascadePath = false; ///< SQL Server
    bool sameKeyTypes = false;   ///< both sides of a foreign key have exactly the same type
    bool anyKeyTypes = false;    ///< SQLite: the types of both sides do not matter
    bool bareNameIsNear = false; ///< REFERENCES t means a t beside the table, not in the default schema
    Referred referred = Referred::UniqueIndex;
};

/// The name without what plainNames forbids.
std::string plainName(std::string_view name);

} // namespace schemawright
