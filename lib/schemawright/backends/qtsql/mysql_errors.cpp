#include "schemawright/backends/qtsql/mysql_errors.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace schemawright::mysql {

namespace {

struct Meaning
{
    unsigned code;
    ErrorKind kind;
    const char *hint = "";
};

constexpr const char *retry = "Try again when the other transaction has ended.";

// Numbers of MySQL's and MariaDB's error reference; those of the client library begin at 2000.
constexpr Meaning meanings[] = {
    {1006, ErrorKind::Conflict},
    {1007, ErrorKind::Conflict},
    {1008, ErrorKind::NotFound},
    {1022, ErrorKind::Constraint},
    {1040, ErrorKind::Busy, "The server has no connection left. Try again later."},
    {1044, ErrorKind::Permission},
    {1045, ErrorKind::Auth, "Check the user's name and password, and from where that user may connect."},
    {1046, ErrorKind::NotFound, "No database is chosen: name one in the URL or before the table."},
    {1048, ErrorKind::Constraint},
    {1049, ErrorKind::NotFound},
    {1050, ErrorKind::Conflict},
    {1051, ErrorKind::NotFound},
    {1052, ErrorKind::Syntax},
    {1053, ErrorKind::Connect, "The server is shutting down."},
    {1054, ErrorKind::NotFound},
    {1060, ErrorKind::Conflict},
    {1061, ErrorKind::Conflict},
    {1062, ErrorKind::Constraint},
    {1064, ErrorKind::Syntax},
    {1091, ErrorKind::NotFound},
    {1094, ErrorKind::NotFound},
    {1099, ErrorKind::Busy},
    {1100, ErrorKind::Busy},
    {1109, ErrorKind::NotFound},
    {1130, ErrorKind::Auth, "The server takes no connections from this machine."},
    {1142, ErrorKind::Permission},
    {1143, ErrorKind::Permission},
    {1146, ErrorKind::NotFound},
    {1169, ErrorKind::Constraint},
    {1203, ErrorKind::Busy},
    {1205, ErrorKind::Busy, retry},
    {1213, ErrorKind::Busy, "Two transactions waited for each other and this one was ended. Try again."},
    {1216, ErrorKind::Constraint},
    {1217, ErrorKind::Constraint},
    {1226, ErrorKind::Busy},
    {1227, ErrorKind::Permission},
    {1235, ErrorKind::Unsupported},
    {1242, ErrorKind::Conflict},
    {1264, ErrorKind::Conversion},
    {1265, ErrorKind::Conversion},
    {1290, ErrorKind::Permission, "The server runs with a setting that forbids this, such as read-only."},
    {1292, ErrorKind::Conversion},
    {1295, ErrorKind::Unsupported},
    {1305, ErrorKind::NotFound},
    {1317, ErrorKind::Cancelled},
    {1364, ErrorKind::Constraint, "The column has no default: give a value."},
    {1366, ErrorKind::Conversion},
    {1367, ErrorKind::Conversion},
    {1370, ErrorKind::Permission},
    {1406, ErrorKind::Conversion, "The value is longer than the column."},
    {1411, ErrorKind::Conversion},
    {1426, ErrorKind::Conversion},
    {1451, ErrorKind::Constraint},
    {1452, ErrorKind::Constraint},
    {1525, ErrorKind::Conversion},
    {1557, ErrorKind::Constraint},
    {1586, ErrorKind::Constraint},
    {1644, ErrorKind::Constraint}, // SIGNAL: a rule of the schema said no
    {1690, ErrorKind::Conversion},
    {1698, ErrorKind::Auth},
    {1699, ErrorKind::Permission},
    {1701, ErrorKind::Constraint},
    {1792, ErrorKind::Permission, "The connection is read-only."},
    {1836, ErrorKind::Permission, "The server is read-only."},
    {1906, ErrorKind::Constraint, "A generated column takes no value."},
    {1969, ErrorKind::Timeout, "The statement ran longer than max_statement_time allows."},
    {3024, ErrorKind::Timeout, "The statement ran longer than max_execution_time allows."},
    {3105, ErrorKind::Constraint, "A generated column takes no value."},
    {3140, ErrorKind::Conversion},
    {3572, ErrorKind::Busy, retry},
    {3819, ErrorKind::Constraint},
    {4025, ErrorKind::Constraint},
    {2002, ErrorKind::Connect, "Is the server running, and is host, port or socket right?"},
    {2003, ErrorKind::Connect, "Is the server running, and are host and port right?"},
    {2005, ErrorKind::Connect, "There is no machine of that name."},
    {2026, ErrorKind::Connect},
    {1184, ErrorKind::Connect},
    {1927, ErrorKind::Connect, "The connection was ended by the server."},
    {2006, ErrorKind::Connect, "The connection to the server is lost."},
    {2013, ErrorKind::Connect, "The connection to the server is lost."},
    {2055, ErrorKind::Connect, "The connection to the server is lost."},
};

const Meaning *meaningOf(unsigned code)
{
    const auto found = std::ranges::find(meanings, code, &Meaning::code);
    return found == std::end(meanings) ? nullptr : found;
}

/// What stands between two marks, the second one looked for behind the first; empty when they are not there.
std::string between(std::string_view text, std::string_view open, std::string_view close)
{
    const std::size_t begin = text.find(open);
    if (begin == std::string_view::npos)
        return {};
    const std::size_t start = begin + open.size(), end = text.find(close, start);
    return end == std::string_view::npos ? std::string() : std::string(text.substr(start, end - start));
}

std::string constraintOf(unsigned code, std::string_view message)
{
    switch (code) {
    case 1062: // Duplicate entry '…' for key 'name': the entry may hold quotes itself
        if (const std::size_t key = message.rfind(" for key '"); key != std::string_view::npos)
            return between(message.substr(key), " for key '", "'");
        return {};
    case 1451:
    case 1452:
    case 4025:
        return between(message, "CONSTRAINT `", "`");
    case 3819:
        return between(message, "constraint '", "'");
    default:
        return {};
    }
}

/// In characters, from 1: a syntax error says "near 'what follows' at line 2". 0 when that is in no one place.
int positionOf(std::string_view message, std::string_view sql)
{
    const std::size_t at = message.find(" near '"), line = message.rfind("' at line ");
    if (at == std::string_view::npos || line == std::string_view::npos || line <= at + 7)
        return 0;
    const std::string_view near = message.substr(at + 7, line - at - 7);
    std::size_t number = 1, start = 0;
    const std::string_view digits = message.substr(line + 10);
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    for (; number > 1 && start != std::string_view::npos; --number)
        start = sql.find('\n', start) == std::string_view::npos ? std::string_view::npos : sql.find('\n', start) + 1;
    std::size_t found = start == std::string_view::npos ? start : sql.find(near, start);
    if (found == std::string_view::npos) // the line may be the one where the text ends
        found = sql.find(near);
    if (found == std::string_view::npos)
        return 0;
    const auto isCharacter = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    return static_cast<int>(std::ranges::count_if(sql.substr(0, found), isCharacter)) + 1;
}

} // namespace

ErrorKind kindOf(unsigned code)
{
    const Meaning *meaning = meaningOf(code);
    return meaning ? meaning->kind : ErrorKind::Internal;
}

bool endsConnection(unsigned code)
{
    static constexpr unsigned ends[] = {1053, 1080, 1152, 1153, 1158, 1159, 1160, 1161, 1184, 1927, 2006, 2013, 2055};
    return std::ranges::find(ends, code) != std::end(ends);
}

Error makeError(unsigned code, std::string_view sqlstate, std::string_view message, std::string_view sql)
{
    const Meaning *meaning = meaningOf(code);
    Error error(meaning ? meaning->kind : ErrorKind::Internal, std::string(message));
    if (!meaning && sqlstate == "23000")
        error.kind = ErrorKind::Constraint;
    else if (!meaning && (sqlstate == "42000" || sqlstate == "22000"))
        error.kind = sqlstate == "42000" ? ErrorKind::Syntax : ErrorKind::Conversion;
    else if (!meaning && sqlstate == "45000")
        error.kind = ErrorKind::Constraint;
    if (meaning)
        error.hint = meaning->hint;
    error.nativeCode =
        sqlstate.empty() || sqlstate == "00000" ? std::to_string(code) : fmt::format("{} ({})", code, sqlstate);
    error.constraint = constraintOf(code, message);
    error.sql = sql;
    if (error.kind == ErrorKind::Syntax)
        error.position = positionOf(message, sql);
    return error;
}

} // namespace schemawright::mysql
