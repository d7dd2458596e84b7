#include "schemawright/backends/sqlite/sqlite_errors.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>

namespace schemawright::sqlite {

namespace {

struct CodeName
{
    int code;
    const char *name; ///< without SQLITE_
};

// SQLite offers no function for this. Sorted by code.
constexpr CodeName codeNames[] = {
    {1, "ERROR"},
    {2, "INTERNAL"},
    {3, "PERM"},
    {4, "ABORT"},
    {5, "BUSY"},
    {6, "LOCKED"},
    {7, "NOMEM"},
    {8, "READONLY"},
    {9, "INTERRUPT"},
    {10, "IOERR"},
    {11, "CORRUPT"},
    {12, "NOTFOUND"},
    {13, "FULL"},
    {14, "CANTOPEN"},
    {15, "PROTOCOL"},
    {16, "EMPTY"},
    {17, "SCHEMA"},
    {18, "TOOBIG"},
    {19, "CONSTRAINT"},
    {20, "MISMATCH"},
    {21, "MISUSE"},
    {22, "NOLFS"},
    {23, "AUTH"},
    {24, "FORMAT"},
    {25, "RANGE"},
    {26, "NOTADB"},
    {257, "ERROR_MISSING_COLLSEQ"},
    {261, "BUSY_RECOVERY"},
    {262, "LOCKED_SHAREDCACHE"},
    {264, "READONLY_RECOVERY"},
    {266, "IOERR_READ"},
    {267, "CORRUPT_VTAB"},
    {270, "CANTOPEN_NOTEMPDIR"},
    {275, "CONSTRAINT_CHECK"},
    {279, "AUTH_USER"},
    {513, "ERROR_RETRY"},
    {516, "ABORT_ROLLBACK"},
    {517, "BUSY_SNAPSHOT"},
    {518, "LOCKED_VTAB"},
    {520, "READONLY_CANTLOCK"},
    {522, "IOERR_SHORT_READ"},
    {523, "CORRUPT_SEQUENCE"},
    {526, "CANTOPEN_ISDIR"},
    {531, "CONSTRAINT_COMMITHOOK"},
    {769, "ERROR_SNAPSHOT"},
    {773, "BUSY_TIMEOUT"},
    {776, "READONLY_ROLLBACK"},
    {778, "IOERR_WRITE"},
    {779, "CORRUPT_INDEX"},
    {782, "CANTOPEN_FULLPATH"},
    {787, "CONSTRAINT_FOREIGNKEY"},
    {1032, "READONLY_DBMOVED"},
    {1034, "IOERR_FSYNC"},
    {1038, "CANTOPEN_CONVPATH"},
    {1043, "CONSTRAINT_FUNCTION"},
    {1288, "READONLY_CANTINIT"},
    {1290, "IOERR_DIR_FSYNC"},
    {1294, "CANTOPEN_DIRTYWAL"},
    {1299, "CONSTRAINT_NOTNULL"},
    {1544, "READONLY_DIRECTORY"},
    {1546, "IOERR_TRUNCATE"},
    {1550, "CANTOPEN_SYMLINK"},
    {1555, "CONSTRAINT_PRIMARYKEY"},
    {1802, "IOERR_FSTAT"},
    {1811, "CONSTRAINT_TRIGGER"},
    {2058, "IOERR_UNLOCK"},
    {2067, "CONSTRAINT_UNIQUE"},
    {2314, "IOERR_RDLOCK"},
    {2323, "CONSTRAINT_VTAB"},
    {2570, "IOERR_DELETE"},
    {2579, "CONSTRAINT_ROWID"},
    {2826, "IOERR_BLOCKED"},
    {2835, "CONSTRAINT_PINNED"},
    {3082, "IOERR_NOMEM"},
    {3091, "CONSTRAINT_DATATYPE"},
    {3338, "IOERR_ACCESS"},
    {3594, "IOERR_CHECKRESERVEDLOCK"},
    {3850, "IOERR_LOCK"},
    {4106, "IOERR_CLOSE"},
    {4362, "IOERR_DIR_CLOSE"},
    {4618, "IOERR_SHMOPEN"},
    {4874, "IOERR_SHMSIZE"},
    {5130, "IOERR_SHMLOCK"},
    {5386, "IOERR_SHMMAP"},
    {5642, "IOERR_SEEK"},
    {5898, "IOERR_DELETE_NOENT"},
    {6154, "IOERR_MMAP"},
    {6410, "IOERR_GETTEMPPATH"},
    {6666, "IOERR_CONVPATH"},
    {6922, "IOERR_VNODE"},
    {7178, "IOERR_AUTH"},
    {7434, "IOERR_BEGIN_ATOMIC"},
    {7690, "IOERR_COMMIT_ATOMIC"},
    {7946, "IOERR_ROLLBACK_ATOMIC"},
    {8202, "IOERR_DATA"},
    {8458, "IOERR_CORRUPTFS"},
};

// Primary result codes, which are the low byte of the extended ones.
enum Primary {
    Generic = 1,
    NotPermitted = 3,
    Busy = 5,
    Locked = 6,
    NoMemory = 7,
    ReadOnly = 8,
    Interrupted = 9,
    InputOutput = 10,
    Damaged = 11,
    Full = 13,
    CannotOpen = 14,
    SchemaChanged = 17,
    TooBig = 18,
    ConstraintFailed = 19,
    Mismatch = 20,
    Misused = 21,
    NotAuthorized = 23,
    WrongFormat = 24,
    OutOfRange = 25,
    NotADatabase = 26,
};

bool startsWithOne(std::string_view text, std::initializer_list<std::string_view> prefixes)
{
    return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return text.starts_with(prefix); });
}

ErrorKind kindOf(int code, std::string_view message)
{
    switch (code & 0xFF) {
    case Generic: // the one code for all that has no code of its own: only the words tell
        if (startsWithOne(message, {"no such ", "unknown database", "no tables specified"}))
            return ErrorKind::NotFound;
        if (startsWithOne(message, {"malformed JSON", "integer overflow", "JSON"}))
            return ErrorKind::Conversion;
        if (startsWithOne(message, {"not authorized", "unsafe use of"}))
            return ErrorKind::Permission;
        return ErrorKind::Syntax;
    case NotPermitted:
    case ReadOnly:
    case NotAuthorized:
        return ErrorKind::Permission;
    case Busy:
    case Locked:
        return ErrorKind::Busy;
    case Interrupted:
        return ErrorKind::Cancelled;
    case Damaged:
    case WrongFormat:
    case NotADatabase:
        return ErrorKind::Corrupt;
    case CannotOpen:
        return ErrorKind::Connect;
    case SchemaChanged:
        return ErrorKind::Conflict;
    case TooBig:
    case Mismatch:
        return ErrorKind::Conversion;
    case ConstraintFailed:
        return ErrorKind::Constraint;
    case Misused:
    case OutOfRange:
        return ErrorKind::Misuse;
    default:
        return ErrorKind::Internal;
    }
}

std::string hintOf(int code)
{
    switch (code & 0xFF) {
    case Busy:
        return "Another program holds a lock on the file. Nothing was written; try again when it has finished.";
    case Locked:
        return "Another statement of this connection still reads or writes the same table.";
    case ReadOnly:
        return "The file or its folder is not writable, or it was opened read-only.";
    case InputOutput:
        return "Check the disk, the network share and the permissions of the file's folder.";
    case Damaged:
        return "The file is damaged or was cut short. Restore a copy, or try the recover command of the sqlite3 shell.";
    case Full:
        return "The disk, or the size that the database may have, is full.";
    case CannotOpen:
        return "Check that the path names a file and that its folder may be read and written.";
    case WrongFormat:
    case NotADatabase:
        return "The file holds something else, or is encrypted.";
    default:
        return {};
    }
}

} // namespace

std::string codeName(int extendedCode)
{
    const auto find = [](int code) {
        const auto found = std::ranges::lower_bound(codeNames, code, {}, &CodeName::code);
        return found != std::end(codeNames) && found->code == code ? found->name : nullptr;
    };
    const char *name = find(extendedCode);
    if (!name)
        name = find(extendedCode & 0xFF); // a newer SQLite's extension of a code we know
    return std::string("SQLITE_") + (name ? name : "UNKNOWN") + " (" + std::to_string(extendedCode) + ")";
}

Error makeError(int extendedCode, std::string_view message)
{
    Error error(kindOf(extendedCode, message), std::string(message));
    error.nativeCode = codeName(extendedCode);
    error.hint = hintOf(extendedCode);
    // "UNIQUE constraint failed: t.a, t.b", "CHECK constraint failed: name or expression"
    constexpr std::string_view failed = "constraint failed: ";
    if (const std::size_t at = message.find(failed); at != std::string_view::npos)
        error.constraint = message.substr(at + failed.size());
    return error;
}

} // namespace schemawright::sqlite
