#include "schemawright/base/error.h"

#include <string_view>

namespace schemawright {

const char *toString(ErrorKind kind) noexcept
{
    switch (kind) {
    case ErrorKind::Connect:
        return "connect";
    case ErrorKind::Auth:
        return "auth";
    case ErrorKind::Timeout:
        return "timeout";
    case ErrorKind::Busy:
        return "busy";
    case ErrorKind::Cancelled:
        return "cancelled";
    case ErrorKind::Syntax:
        return "syntax";
    case ErrorKind::NotFound:
        return "not found";
    case ErrorKind::Permission:
        return "permission";
    case ErrorKind::Constraint:
        return "constraint";
    case ErrorKind::Conflict:
        return "conflict";
    case ErrorKind::Conversion:
        return "conversion";
    case ErrorKind::Corrupt:
        return "corrupt";
    case ErrorKind::Unsupported:
        return "unsupported";
    case ErrorKind::InDoubt:
        return "in doubt";
    case ErrorKind::Misuse:
        return "misuse";
    case ErrorKind::Internal:
        return "internal";
    }
    return "internal";
}

Error::Error(ErrorKind kind_, std::string message_, std::source_location where_)
    : kind(kind_), message(std::move(message_)), where(where_)
{}

Error &&Error::withSql(std::string_view text) &&
{
    sql = text;
    return std::move(*this);
}

Error &&Error::withHint(std::string text) &&
{
    hint = std::move(text);
    return std::move(*this);
}

Error &&Error::withContext(std::string text) &&
{
    context = std::move(text);
    return std::move(*this);
}

Error &&Error::withCode(std::string code) &&
{
    nativeCode = std::move(code);
    return std::move(*this);
}

std::string Error::describe() const
{
    std::string out;
    if (!context.empty())
        out += context + ": ";
    out += message;
    if (!nativeCode.empty())
        out += " [" + nativeCode + "]";
    if (!constraint.empty() && message.find(constraint) == std::string::npos)
        out += " (constraint " + constraint + ")";
    if (!detail.empty())
        out += "\n" + detail;
    if (!hint.empty())
        out += "\n" + hint;
    return out;
}

} // namespace schemawright
