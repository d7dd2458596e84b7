#include "schemawright/value/row_batch.h"

#include "schemawright/base/error.h"

#include <charconv>

namespace schemawright {

namespace {

/// Kinds without a storage class of their own are kept by addValue as text behind one byte that names the kind.
enum class Tag : char { Bool = 'b', Decimal = 'n', Date = 'd', Time = 't', DateTime = 's' };

Value decodeTagged(std::string_view bytes)
{
    const std::string_view text = bytes.substr(1);
    switch (static_cast<Tag>(bytes.front())) {
    case Tag::Bool:
        return Value(text == "true");
    case Tag::Decimal:
        return Value(Decimal::trusted(std::string(text)));
    case Tag::Date:
        return Value(Date::parse(text).value_or(Date{}));
    case Tag::Time:
        return Value(Time::parse(text).value_or(Time{}));
    case Tag::DateTime:
        break;
    }
    return Value(DateTime::parse(text).value_or(DateTime{}));
}

template <class Number> Number parsed(const Value &held, const char *wanted)
{
    const std::string text = held.text();
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (held.isNull() || error != std::errc() || end != text.data() + text.size())
        throw Error(ErrorKind::Conversion, std::string("a ") + held.kindName() + " is not " + wanted);
    return number;
}

} // namespace

const std::vector<ColumnHead> &RowBatch::noColumns()
{
    static const std::vector<ColumnHead> none;
    return none;
}

Value RowBatch::value(std::size_t row, std::size_t column) const
{
    const Cell &cell = at(row, column);
    switch (cell.storage) {
    case Storage::Null:
        return {};
    case Storage::Integer:
        return Value(cell.payload.integer);
    case Storage::Float:
        return Value(cell.payload.number);
    case Storage::Text:
        return Value(std::string(bytes(row, column)));
    case Storage::Blob:
        return Value(Bytes{std::string(bytes(row, column))});
    case Storage::Encoded:
        break;
    }
    const TextDecoder decoder = columns()[column].decoder;
    return decoder ? decoder(bytes(row, column)) : decodeTagged(bytes(row, column));
}

std::vector<Value> RowBatch::row(std::size_t row) const
{
    std::vector<Value> values;
    values.reserve(width_);
    for (std::size_t column = 0; column < width_; ++column)
        values.push_back(value(row, column));
    return values;
}

void RowBatch::addValue(const Value &value)
{
    const auto addTagged = [&](Tag tag) {
        const std::string bytes = static_cast<char>(tag) + value.text();
        addBytes(Storage::Encoded, bytes.data(), bytes.size());
    };
    if (value.isNull())
        addNull();
    else if (const auto *integer = value.as<std::int64_t>())
        addInteger(*integer);
    else if (const auto *number = value.as<double>())
        addFloat(*number);
    else if (const auto *text = value.as<std::string>())
        addBytes(Storage::Text, text->data(), text->size());
    else if (const auto *blob = value.as<Bytes>())
        addBytes(Storage::Blob, blob->data.data(), blob->data.size());
    else if (value.is<bool>())
        addTagged(Tag::Bool);
    else if (value.is<Decimal>())
        addTagged(Tag::Decimal);
    else if (value.is<Date>())
        addTagged(Tag::Date);
    else if (value.is<Time>())
        addTagged(Tag::Time);
    else
        addTagged(Tag::DateTime);
}

void RowBatch::addCell(const RowBatch &from, std::size_t row, std::size_t column)
{
    const Cell &cell = from.at(row, column);
    if (cell.storage < Storage::Text)
        cells_.push_back(cell);
    else if (cell.storage == Storage::Encoded && from.columns()[column].decoder)
        addValue(from.value(row, column)); // only its own column could read it
    else
        addBytes(cell.storage, from.arena_.data() + cell.payload.offset, cell.length);
}

std::int64_t RowBatch::parseInteger(std::size_t row, std::size_t column) const
{
    return parsed<std::int64_t>(value(row, column), "an integer");
}

double RowBatch::parseNumber(std::size_t row, std::size_t column) const
{
    return parsed<double>(value(row, column), "a number");
}

} // namespace schemawright
