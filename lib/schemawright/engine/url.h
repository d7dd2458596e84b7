#pragma once

#include "schemawright/driver/driver.h"

#include <string>
#include <string_view>

namespace schemawright {

/// Where a database is: dialect, driver and connect arguments, parsed from one text.
///
///     sqlite:///relative.db   sqlite:////absolute.db   sqlite://  (memory)   some/path.db
///     postgresql://user:password@host:5432/name?sslmode=require   postgresql:///name?host=/socket/dir
///
/// Parts are percent-decoded (RFC 3986). The password is kept but never printed: every printed form redacts it.
class Url
{
public:
    Url() = default;
    /// Throws Error(Misuse), without the text of a password, when `text` is no URL that a backend can use.
    static Url parse(std::string_view text);

    std::string scheme; ///< "sqlite", "postgresql"
    std::string driver; ///< behind a plus: "mysql+odbc"; mostly empty
    ConnectArguments arguments;

    bool isMemory() const noexcept { return scheme == "sqlite" && arguments.database == ":memory:"; }
    bool isFile() const noexcept { return scheme == "sqlite" && !isMemory(); }
    /// The URL with *** for the password; parses again but for that.
    std::string text() const;
    /// The name a person knows it by: "music.db", "shop on db.example.org".
    std::string displayName() const;
};

} // namespace schemawright
