#pragma once

#include "schemawright/dialect/dialect.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

/// One kind of database that can be opened: its dialect, its driver, its default name in URLs.
struct Backend
{
    std::string scheme; ///< of URLs: "sqlite", "postgresql"
    std::shared_ptr<const Dialect> dialect;
    std::shared_ptr<const Driver> driver; ///< null for a dialect that can only be written, not connected to
};

/// The backends of a program, registered by an explicit call; no static-init tricks. Not locked: fill it before threads
/// start.
class Registry
{
public:
    void add(Backend backend);
    /// Null when there is none of that scheme. "postgres" finds "postgresql".
    const Backend *find(std::string_view scheme) const noexcept;
    const std::vector<Backend> &backends() const noexcept { return backends_; }

private:
    std::vector<Backend> backends_;
};

} // namespace schemawright
