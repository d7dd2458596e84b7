#pragma once

#include <exception>
#include <source_location>
#include <string>
#include <vector>

namespace schemawright {

/// What sort of trouble an Error reports; decides what a program can do about it.
enum class ErrorKind {
    Connect,     ///< the server or file could not be reached
    Auth,        ///< the server refused who we are
    Timeout,     ///< a limit of time was reached
    Busy,        ///< locked by somebody else; trying again may work
    Cancelled,   ///< stopped because somebody asked for it
    Syntax,      ///< the database does not understand the statement
    NotFound,    ///< a table, column, file or database that is not there
    Permission,  ///< not allowed, or opened read-only
    Constraint,  ///< a constraint of the schema was violated
    Conflict,    ///< the row changed meanwhile, or an expectation about rows failed
    Conversion,  ///< a value cannot be represented as asked
    Corrupt,     ///< not a database, truncated or damaged
    Unsupported, ///< this dialect or driver cannot do it
    InDoubt,     ///< the connection was lost during COMMIT: it may or may not have happened
    Misuse,      ///< the calling program is wrong
    Internal,    ///< anything else, or a fault of ours
};

const char *toString(ErrorKind kind) noexcept;

/// The only exception type of the library: one class, the useful facts as properties.
///
/// `message` is the database's own text, untouched. Copyable and safe to hand to another thread.
class Error : public std::exception
{
public:
    Error(ErrorKind kind, std::string message, std::source_location where = std::source_location::current());

    ErrorKind kind;
    std::string message;    ///< the database's own words
    std::string detail;     ///< more of its words, or empty
    std::string hint;       ///< what the user can do, or empty
    std::string sql;        ///< the statement that failed, or empty
    std::string nativeCode; ///< "SQLITE_BUSY (5)" or an SQLSTATE like "23505"; empty when there is none
    std::string constraint; ///< name or description of the violated constraint, or empty
    std::string context;    ///< what was being done: "opening /tmp/a.db", or empty
    int position = 0;       ///< 1-based character position in `sql`, 0 when unknown
    std::source_location where;

    Error &&withSql(std::string_view text) &&;
    Error &&withHint(std::string text) &&;
    Error &&withContext(std::string text) &&;
    Error &&withCode(std::string code) &&;

    /// One readable paragraph: context, message, code, detail, hint. Never holds a password or parameters.
    std::string describe() const;
    /// The message.
    const char *what() const noexcept override { return message.c_str(); }
};

} // namespace schemawright
