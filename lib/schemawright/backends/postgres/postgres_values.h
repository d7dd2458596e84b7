#pragma once

#include "schemawright/value/row_batch.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright::postgres {

using Oid = std::uint32_t;

/// How a cell that came as text is put into a batch.
enum class CellForm : std::uint8_t { Integer, Float, Bytea, Encoded, Text };

struct ColumnForm
{
    CellForm form = CellForm::Text;
    TextDecoder decoder = nullptr; ///< for Encoded
};

/// How values of this type are carried; what is not known here travels as the text that the server prints.
ColumnForm formOf(Oid type) noexcept;

/// Adds a cell. `scratch` is reused from call to call.
void addCell(RowBatch &batch, CellForm form, const char *text, std::size_t length, std::string &scratch);

/// The spelling of a built-in type as format_type() gives it, or empty for one that the catalog must name.
std::string builtinTypeName(Oid type, int modifier);

/// Parameters in the form libpq takes them. Holds the texts; the spans live as long as it does.
class ParameterTexts
{
public:
    /// Throws Error(Conversion) for a text with a NUL, which PostgreSQL cannot hold.
    explicit ParameterTexts(std::span<const Value> values) { assign(values); }
    ParameterTexts() = default;
    ParameterTexts(const ParameterTexts &) = delete;
    void assign(std::span<const Value> values);
    /// The cells of `count` rows behind one another, from the one at `first`.
    void assign(const RowBatch &rows, std::span<const std::size_t> columns, std::size_t first, std::size_t count);

    int count() const noexcept { return static_cast<int>(pointers_.size()); }
    const Oid *types() const noexcept { return types_.data(); }
    const char *const *values() const noexcept { return pointers_.data(); }
    const int *lengths() const noexcept { return lengths_.data(); }
    const int *formats() const noexcept { return formats_.data(); }
    /// True when a statement parsed for these types can take the values; NULL fits any.
    bool fits(const std::vector<Oid> &types) const noexcept;
    const std::vector<Oid> &typeList() const noexcept { return types_; }

private:
    void clear();
    void add(const Value &value);

    std::vector<std::string> texts_;
    std::string flat_; ///< texts of cells, each ended by a NUL
    std::vector<Oid> types_;
    std::vector<const char *> pointers_;
    std::vector<int> lengths_, formats_;
};

} // namespace schemawright::postgres
