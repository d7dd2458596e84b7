#pragma once

#include "schemawright/driver/driver.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace schemawright {

/// One row of a catalog query, read without copies.
class CatalogRow
{
public:
    CatalogRow(const RowBatch &batch, std::size_t row) : batch_(&batch), row_(row) {}
    CatalogRow(const WholeResult &whole, std::size_t row) : whole_(&whole), row_(row) {}
    bool isNull(std::size_t column) const
    {
        return whole_ ? whole_->isNull(row_, column) : batch_->isNull(row_, column);
    }
    /// Of a text.
    std::string_view view(std::size_t column) const
    {
        return whole_ ? whole_->text(row_, column) : batch_->bytes(row_, column);
    }
    /// The value as text, whatever it is; empty for NULL.
    std::string text(std::size_t column) const
    {
        const bool isText = whole_ || batch_->storage(row_, column) >= RowBatch::Storage::Text;
        return isText ? std::string(view(column)) : batch_->value(row_, column).text();
    }
    std::optional<std::string> optional(std::size_t column) const
    {
        return isNull(column) ? std::nullopt : std::optional<std::string>(text(column));
    }
    /// 0 for NULL.
    std::int64_t number(std::size_t column) const
    {
        if (batch_)
            return batch_->isNull(row_, column) ? 0 : batch_->integer(row_, column);
        const std::string_view text = view(column);
        std::int64_t number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number);
        return number;
    }
    /// A boolean that was cast to text: "t", or "YES" of an information schema.
    bool flag(std::size_t column) const { return view(column) == "t" || view(column) == "YES"; }
    char letter(std::size_t column) const
    {
        const std::string_view text = view(column);
        return text.empty() ? '\0' : text.front();
    }

private:
    const RowBatch *batch_ = nullptr;
    const WholeResult *whole_ = nullptr;
    std::size_t row_;
};

} // namespace schemawright
