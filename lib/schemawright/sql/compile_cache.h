#pragma once

#include "schemawright/sql/compiler.h"

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace schemawright {

/// Remembers compiled statements by their shape, so that the same statement with other values costs a lookup.
///
/// The key is the whole structure, written out so that no two shapes read alike: kinds, operators, names, tables,
/// types, the kinds of the values but not the values, and which parameter stands at which places. Tables count by
/// identity; an entry keeps the statement it was made from, so that no other table can come to stand at the same
/// address. Safe to use from any thread. Holds the `capacity` shapes used last.
class CompileCache
{
public:
    using Factory = std::function<std::unique_ptr<Compiler>()>;

    explicit CompileCache(std::size_t capacity = 500) : capacity_(capacity) {}
    /// As a new compiler would compile it.
    template <class SomeCompiler> Compiled compile(const Statement &statement)
    {
        return compile(statement, SomeCompiler().inlinesLimit(), [] { return std::make_unique<SomeCompiler>(); });
    }
    Compiled compile(const Statement &statement, bool limitsAreShape, const Factory &factory);

    std::size_t hits() const noexcept;
    std::size_t misses() const noexcept;

private:
    struct Entry
    {
        std::string key;
        Statement statement; ///< keeps alive what the key names by address
        Compiled compiled;
        std::vector<int> places; ///< for each parameter, which of the statement's values it takes; -1 for its own
    };

    mutable std::mutex mutex_;
    std::size_t capacity_;
    std::list<Entry> entries_; ///< the last used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> byKey_;
    std::size_t hits_ = 0, misses_ = 0;
};

} // namespace schemawright
