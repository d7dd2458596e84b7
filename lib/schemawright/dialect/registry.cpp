#include "schemawright/dialect/registry.h"

#include <algorithm>

namespace schemawright {

void Registry::add(Backend backend) { backends_.push_back(std::move(backend)); }

const Backend *Registry::find(std::string_view scheme) const noexcept
{
    if (scheme == "postgres")
        scheme = "postgresql";
    const auto found = std::ranges::find(backends_, scheme, &Backend::scheme);
    return found == backends_.end() ? nullptr : &*found;
}

} // namespace schemawright
