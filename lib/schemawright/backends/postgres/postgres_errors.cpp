#include "schemawright/backends/postgres/postgres_errors.h"

#include <algorithm>
#include <utility>

namespace schemawright::postgres {

namespace {

bool isSqlState(std::string_view text)
{
    return text.size() == 5 &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string trimmed(std::string_view text)
{
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.remove_suffix(1);
    return std::string(text);
}

const char *hintFor(ErrorKind kind, std::string_view sqlstate)
{
    switch (kind) {
    case ErrorKind::Busy:
        return sqlstate == "40P01"   ? "Two transactions waited for each other and this one was ended. Try again."
               : sqlstate == "55P03" ? "Another transaction holds a lock on it. Try again when it has ended."
                                     : "";
    case ErrorKind::Timeout:
        return "The statement ran longer than statement_timeout allows.";
    case ErrorKind::Connect:
        return "The connection to the server is lost.";
    default:
        return sqlstate == "25006" ? "The connection or the server is read-only." : "";
    }
}

} // namespace

ErrorKind kindOf(std::string_view sqlstate)
{
    // The exceptions from their class first.
    static constexpr std::pair<std::string_view, ErrorKind> states[] = {
        {"21000", ErrorKind::Conflict},   // a subquery gave more than one row
        {"25006", ErrorKind::Permission}, // read-only transaction
        {"25P03", ErrorKind::Connect},    // idle in transaction for too long: the session is gone
        {"26000", ErrorKind::NotFound},   // prepared statement
        {"2BP01", ErrorKind::Constraint}, // others depend on it
        {"34000", ErrorKind::NotFound},   // cursor
        {"3D000", ErrorKind::NotFound},   // database
        {"3F000", ErrorKind::NotFound},   // schema
        {"40001", ErrorKind::Conflict},   // could not serialize
        {"40002", ErrorKind::Constraint},
        {"40P01", ErrorKind::Busy},
        {"42501", ErrorKind::Permission},
        {"42701", ErrorKind::Conflict}, // a thing of that name exists: column, then alias…
        {"42702", ErrorKind::Syntax},   // ambiguous
        {"42703", ErrorKind::NotFound}, // column
        {"42704", ErrorKind::NotFound}, // object
        {"42710", ErrorKind::Conflict},
        {"42723", ErrorKind::Conflict},
        {"42804", ErrorKind::Conversion},  // datatype mismatch
        {"42809", ErrorKind::Unsupported}, // wrong object type
        {"42846", ErrorKind::Conversion},  // cannot cast
        {"42883", ErrorKind::NotFound},    // function
        {"42P01", ErrorKind::NotFound},    // table
        {"42P04", ErrorKind::Conflict},
        {"42P06", ErrorKind::Conflict},
        {"42P07", ErrorKind::Conflict},
        {"44000", ErrorKind::Constraint}, // WITH CHECK OPTION
        {"53300", ErrorKind::Busy},       // too many connections
        {"55006", ErrorKind::Busy},       // object in use
        {"55P03", ErrorKind::Busy},       // lock not available
        {"57014", ErrorKind::Cancelled},
        {"57P03", ErrorKind::Busy},       // starting up or shutting down
        {"58P01", ErrorKind::NotFound},   // file
        {"P0001", ErrorKind::Constraint}, // RAISE EXCEPTION: a rule of the schema said no
    };
    for (const auto &[state, kind] : states)
        if (state == sqlstate)
            return kind;
    static constexpr std::pair<std::string_view, ErrorKind> classes[] = {
        {"08", ErrorKind::Connect},    {"0A", ErrorKind::Unsupported}, {"22", ErrorKind::Conversion},
        {"23", ErrorKind::Constraint}, {"25", ErrorKind::Misuse},      {"28", ErrorKind::Auth},
        {"42", ErrorKind::Syntax},     {"54", ErrorKind::Unsupported}, {"55", ErrorKind::Misuse},
        {"57", ErrorKind::Connect},    {"P0", ErrorKind::Constraint},
    };
    for (const auto &[begin, kind] : classes)
        if (sqlstate.starts_with(begin))
            return kind;
    return sqlstate == "XX001" || sqlstate == "XX002" ? ErrorKind::Corrupt : ErrorKind::Internal;
}

Error makeError(const ServerError &said)
{
    ErrorKind kind = said.sqlstate.empty() ? ErrorKind::Connect : kindOf(said.sqlstate);
    // One SQLSTATE for all that ends a statement; the message may be in any language.
    if (said.sqlstate == "57014" && !said.cancelAsked && !holds(said.message, "user request"))
        kind = ErrorKind::Timeout;
    Error error(kind, trimmed(said.message));
    error.nativeCode = said.sqlstate;
    error.detail = said.detail;
    if (!said.context.empty())
        error.detail += (error.detail.empty() ? "" : "\n") + said.context;
    error.hint = said.hint.empty() ? hintFor(kind, said.sqlstate) : said.hint;
    error.constraint = said.constraint;
    if (said.sqlstate == "23502" && error.constraint.empty())
        error.constraint = said.table.empty() ? said.column : said.table + "." + said.column;
    error.position = said.position;
    return error;
}

Error makeConnectError(std::string_view text)
{
    // With several hosts or a second try without SSL there are several messages; the last one that has a code counts.
    std::string code, message = trimmed(text);
    for (std::size_t at = text.find(":  "); at != std::string_view::npos; at = text.find(":  ", at + 1)) {
        const std::string_view rest = text.substr(at + 3);
        if (rest.size() > 7 && isSqlState(rest.substr(0, 5)) && rest.substr(5, 2) == ": ") {
            code = rest.substr(0, 5);
            message = trimmed(rest.substr(7, rest.find('\n') == std::string_view::npos ? std::string_view::npos
                                                                                       : rest.find('\n') - 7));
        }
    }
    if (!code.empty()) {
        ErrorKind kind = kindOf(code);
        if (code == "42501") // no CONNECT privilege
            kind = ErrorKind::Permission;
        else if (kind != ErrorKind::Auth && kind != ErrorKind::NotFound && kind != ErrorKind::Busy)
            kind = ErrorKind::Connect;
        Error error(kind, message);
        error.nativeCode = code;
        return error;
    }
    ErrorKind kind = ErrorKind::Connect;
    std::string hint = "Is the server running there, and does it accept such connections?";
    if (holds(text, "no password supplied") || holds(text, "authentication")) {
        kind = ErrorKind::Auth;
        hint = "The server wants a password.";
    } else if (holds(text, "timeout expired")) {
        kind = ErrorKind::Timeout;
    } else if (holds(text, "invalid connection option") || holds(text, "invalid sslmode") ||
               holds(text, "invalid port")) {
        kind = ErrorKind::Misuse;
        hint.clear();
    }
    return Error(kind, message).withHint(hint);
}

} // namespace schemawright::postgres
