#include "schemawright/dialect/dialect.h"

namespace schemawright {

std::string Dialect::quote(const QualifiedName &name) const
{
    return name.schema.empty() ? quote(name.name) : quote(name.schema) + "." + quote(name.name);
}

std::string Script::text() const
{
    std::string out;
    for (const Remark &remark : notCarried) {
        out += "-- not carried: " + remark.object + ": ";
        for (const char c : remark.what) // a remark may hold SQL of several lines
            out += c == '\n' ? std::string("\n--   ") : std::string(1, c);
        out += '\n';
    }
    for (const std::string &statement : statements) {
        if (!out.empty())
            out += '\n';
        // A statement that ends in a line comment would swallow its semicolon.
        const std::size_t lastLine = statement.rfind('\n') + 1;
        out += statement;
        out += statement.find("--", lastLine) == std::string::npos ? ";\n" : "\n;\n";
    }
    return out;
}

} // namespace schemawright
