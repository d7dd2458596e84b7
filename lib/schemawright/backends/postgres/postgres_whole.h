#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace schemawright::postgres {

/// All rows of a query, each cell as text, where the client library has them.
class WholeResult
{
public:
    virtual ~WholeResult() = default;
    virtual std::size_t rowCount() const = 0;
    virtual bool isNull(std::size_t row, std::size_t column) const = 0;
    /// Empty for NULL; valid as long as the result.
    virtual std::string_view text(std::size_t row, std::size_t column) const = 0;
};

/// A connection that also gives a result at once: for catalog queries, where that costs half of what rows one by one
/// do.
class WholeResults
{
public:
    virtual ~WholeResults() = default;
    /// Runs a query without parameters. Throws Error.
    virtual std::unique_ptr<WholeResult> readWhole(const std::string &sql) = 0;
};

} // namespace schemawright::postgres
