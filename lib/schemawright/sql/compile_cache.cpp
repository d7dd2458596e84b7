#include "schemawright/sql/compile_cache.h"

#include "schemawright/sql/shape.h"

#include <algorithm>

namespace schemawright {

Compiled CompileCache::compile(const Statement &statement, bool limitsAreShape, const Factory &factory)
{
    thread_local Shape shape;
    shapeOf(statement.node(), limitsAreShape, shape);
    if (!shape.isWorthKeeping)
        return factory()->compile(statement);
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = byKey_.find(shape.key); found != byKey_.end()) {
            ++hits_;
            if (found->second != entries_.begin())
                entries_.splice(entries_.begin(), entries_, found->second);
            const Entry &entry = *found->second;
            Compiled compiled;
            compiled.sql = entry.compiled.sql;
            compiled.parameters.reserve(entry.places.size());
            for (std::size_t i = 0; i < entry.places.size(); ++i) {
                if (entry.places[i] < 0) {
                    compiled.parameters.push_back(entry.compiled.parameters[i]);
                    continue;
                }
                const ExprNode &value = *shape.values[static_cast<std::size_t>(entry.places[i])];
                compiled.parameters.push_back(
                    {value.value, value.kind == ExprKind::Parameter ? value.text : std::string()});
            }
            return compiled;
        }
        ++misses_;
    }
    const std::unique_ptr<Compiler> compiler = factory();
    Compiled compiled = compiler->compile(statement);
    if (!compiler->isReusable())
        return compiled;
    std::vector<int> places;
    for (const ExprNode *origin : compiler->origins()) {
        const auto at = std::ranges::find(shape.values, origin);
        places.push_back(!origin || at == shape.values.end() ? -1 : static_cast<int>(at - shape.values.begin()));
        if (origin && at == shape.values.end())
            return compiled; // made on the way from a value: its text is good for this one only
    }
    const std::lock_guard lock(mutex_);
    entries_.push_front({shape.key, statement, compiled, std::move(places)});
    const auto [at, isNew] = byKey_.try_emplace(entries_.front().key, entries_.begin());
    if (!isNew) // another thread was faster
        entries_.pop_front();
    else if (entries_.size() > capacity_) {
        byKey_.erase(entries_.back().key);
        entries_.pop_back();
    }
    return compiled;
}

std::size_t CompileCache::hits() const noexcept
{
    const std::lock_guard lock(mutex_);
    return hits_;
}

std::size_t CompileCache::misses() const noexcept
{
    const std::lock_guard lock(mutex_);
    return misses_;
}

} // namespace schemawright
