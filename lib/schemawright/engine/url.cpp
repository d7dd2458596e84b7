#include "schemawright/engine/url.h"

#include "schemawright/base/error.h"

#include <charconv>

#include <fmt/format.h>

namespace schemawright {

namespace {

[[noreturn]] void refuse(const std::string &why)
{
    throw Error(ErrorKind::Misuse, "the database URL is not right: " + why)
        .withHint(
            "Examples: sqlite:///file.db, postgresql://user@host/name, postgresql:///name?host=/var/run/postgresql, "
            "or the path of a SQLite file.");
}

std::string decoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const auto byte = i + 2 < text.size() ? bytesFromHex(text.substr(i + 1, 2)) : std::nullopt;
        if (!byte)
            refuse("a % must be followed by two hexadecimal digits (write %25 for the sign itself)");
        out += *byte;
        i += 2;
    }
    return out;
}

std::string encoded(std::string_view text, std::string_view alsoPlain = "")
{
    std::string out;
    for (const char c : text) {
        const bool letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letterOrDigit || std::string_view("-._~").find(c) != std::string_view::npos ||
            alsoPlain.find(c) != std::string_view::npos)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

bool isTrue(std::string_view text) { return text == "1" || text == "true" || text == "yes" || text == "on"; }

void parseQuery(std::string_view query, ConnectArguments &arguments)
{
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view pair = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
        const std::size_t equals = pair.find('=');
        if (pair.empty() || equals == std::string_view::npos || equals == 0)
            refuse("what follows the ? must be name=value pairs joined by &");
        const std::string name = decoded(pair.substr(0, equals));
        const std::string value = decoded(pair.substr(equals + 1));
        if (name == "host")
            arguments.host = value;
        else if (name == "port") {
            const auto [rest, error] = std::from_chars(value.data(), value.data() + value.size(), arguments.port);
            if (error != std::errc() || *rest)
                refuse("the port is not a number");
        } else if (name == "user")
            arguments.user = value;
        else if (name == "password")
            arguments.password = value;
        else if (name == "dbname")
            arguments.database = value;
        else if (name == "mode" && value == "ro")
            arguments.readOnly = true;
        else if (name == "readonly")
            arguments.readOnly = isTrue(value);
        else
            arguments.options[name] = value;
    }
}

void parseAuthority(std::string_view authority, ConnectArguments &arguments)
{
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        const std::string_view credentials = authority.substr(0, at);
        authority.remove_prefix(at + 1);
        const std::size_t colon = credentials.find(':');
        arguments.user = decoded(credentials.substr(0, colon));
        if (colon != std::string_view::npos)
            arguments.password = decoded(credentials.substr(colon + 1));
    }
    std::string_view port;
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos)
            refuse("an IPv6 address must end with ]");
        arguments.host = authority.substr(1, close - 1);
        if (close + 1 < authority.size() && authority[close + 1] == ':')
            port = authority.substr(close + 2);
    } else {
        const std::size_t colon = authority.rfind(':');
        arguments.host = decoded(authority.substr(0, colon));
        if (colon != std::string_view::npos)
            port = authority.substr(colon + 1);
    }
    if (!port.empty()) {
        const auto [rest, error] = std::from_chars(port.data(), port.data() + port.size(), arguments.port);
        if (error != std::errc() || rest != port.data() + port.size() || arguments.port < 1 || arguments.port > 65535)
            refuse("the port is not a number from 1 to 65535");
    }
}

} // namespace

Url Url::parse(std::string_view text)
{
    if (text.empty())
        refuse("it is empty");
    Url url;
    const std::size_t separator = text.find("://");
    if (separator == std::string_view::npos) {
        url.scheme = "sqlite";
        url.arguments.database = text;
        return url;
    }
    const std::string_view name = text.substr(0, separator);
    const std::size_t plus = name.find('+');
    url.scheme = name.substr(0, plus);
    if (plus != std::string_view::npos)
        url.driver = name.substr(plus + 1);
    if (url.scheme == "postgres" || url.scheme == "pg")
        url.scheme = "postgresql";
    if (url.scheme == "mariadb")
        url.scheme = "mysql";
    std::string_view rest = text.substr(separator + 3);
    if (const std::size_t question = rest.find('?'); question != std::string_view::npos) {
        parseQuery(rest.substr(question + 1), url.arguments);
        rest = rest.substr(0, question);
    }
    const std::size_t slash = rest.find('/');
    const std::string_view authority = rest.substr(0, slash);
    const std::string path = slash == std::string_view::npos ? std::string() : decoded(rest.substr(slash + 1));
    if (url.scheme == "sqlite") {
        if (!authority.empty())
            refuse("a SQLite path needs three slashes (sqlite:///relative.db), four when it is absolute");
        url.arguments.database = path.empty() ? ":memory:" : path;
        return url;
    }
    const std::string hostOption = url.arguments.host;
    const int portOption = url.arguments.port;
    parseAuthority(authority, url.arguments);
    if (!hostOption.empty())
        url.arguments.host = hostOption;
    if (portOption)
        url.arguments.port = portOption;
    if (!path.empty())
        url.arguments.database = path;
    return url;
}

std::string Url::text() const
{
    std::string out = scheme + (driver.empty() ? "" : "+" + driver) + "://";
    std::string query;
    const auto addOption = [&query](std::string_view name, std::string_view value) {
        query += (query.empty() ? "?" : "&") + encoded(name) + "=" + encoded(value, "/:*");
    };
    if (scheme == "sqlite") {
        if (!isMemory())
            out += "/" + encoded(arguments.database, "/:@+, ()");
    } else {
        const bool socket = arguments.host.starts_with('/');
        if (!arguments.user.empty() || !arguments.password.empty())
            out += encoded(arguments.user) + (arguments.password.empty() ? "" : ":***") + "@";
        if (socket)
            addOption("host", arguments.host);
        else
            out += arguments.host.find(':') != std::string::npos ? "[" + arguments.host + "]" : encoded(arguments.host);
        if (arguments.port)
            out += ":" + std::to_string(arguments.port);
        out += "/" + encoded(arguments.database);
    }
    for (const auto &[name, value] : arguments.options) {
        const bool secret = name.find("pass") != std::string::npos || name.find("secret") != std::string::npos;
        addOption(name, secret ? "***" : value);
    }
    if (arguments.readOnly)
        addOption("mode", "ro");
    return out + query;
}

std::string Url::displayName() const
{
    if (isMemory())
        return "in memory";
    if (scheme == "sqlite")
        return arguments.database.substr(arguments.database.rfind('/') + 1);
    const std::string database = arguments.database.empty() ? arguments.user : arguments.database;
    return arguments.host.empty() || arguments.host.starts_with('/') ? database : database + " on " + arguments.host;
}

} // namespace schemawright
