#include "schemawright/backends/qtsql/mysql_values.h"

#include "schemawright/base/error.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <type_traits>

#include <fmt/format.h>

namespace schemawright::mysql {

namespace {

constexpr unsigned binaryCharset = 63; // of bytes that are no text
constexpr std::size_t widestKept = 1024;

Value decodeDecimal(std::string_view text) { return Value(Decimal::trusted(std::string(text))); }

/// A fraction's trailing zeros say nothing.
std::string_view withoutTrailingZeros(std::string_view text)
{
    if (text.find('.') == std::string_view::npos)
        return text;
    text.remove_suffix(text.size() - text.find_last_not_of('0') - 1);
    return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
}

/// The parsed value when it prints as what it was read from. What no calendar has (0000-00-00, 838:59:59) stays text.
template <class T> Value decodeExact(std::string_view text)
{
    if (const auto parsed = T::parse(text); parsed && parsed->text() == withoutTrailingZeros(text))
        return Value(*parsed);
    return Value(text);
}

std::string attribute(const MYSQL_FIELD &field, mariadb_field_attr_t which)
{
    MARIADB_CONST_STRING text{};
    return mariadb_field_attr(&text, &field, which) == 0 ? std::string(text.str, text.length) : std::string();
}

std::string typeName(const MYSQL_FIELD &field)
{
    // MariaDB says the name of a type that the protocol does not know.
    if (const std::string name = attribute(field, MARIADB_FIELD_ATTR_DATA_TYPE_NAME); !name.empty())
        return name;
    if (attribute(field, MARIADB_FIELD_ATTR_FORMAT_NAME) == "json")
        return "json";
    const bool isBinary = field.charsetnr == binaryCharset;
    const std::string number = field.flags & UNSIGNED_FLAG ? " unsigned" : "";
    const std::string fraction =
        field.decimals > 0 && field.decimals <= 6 ? fmt::format("({})", field.decimals) : std::string();
    const unsigned long characters = field.length / (isBinary ? 1 : 4); // of utf8mb4
    switch (field.type) {
    case MYSQL_TYPE_TINY:
        return "tinyint" + number;
    case MYSQL_TYPE_SHORT:
        return "smallint" + number;
    case MYSQL_TYPE_INT24:
        return "mediumint" + number;
    case MYSQL_TYPE_LONG:
        return "int" + number;
    case MYSQL_TYPE_LONGLONG:
        return "bigint" + number;
    case MYSQL_TYPE_YEAR:
        return "year";
    case MYSQL_TYPE_FLOAT:
        return "float" + number;
    case MYSQL_TYPE_DOUBLE:
        return "double" + number;
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL: // the length counts sign and point as well
        return fmt::format("decimal({},{})", field.length - (field.decimals > 0) - !(field.flags & UNSIGNED_FLAG),
                           field.decimals) +
               number;
    case MYSQL_TYPE_BIT:
        return fmt::format("bit({})", field.length);
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
        return "date";
    case MYSQL_TYPE_TIME:
        return "time" + fraction;
    case MYSQL_TYPE_DATETIME:
        return "datetime" + fraction;
    case MYSQL_TYPE_TIMESTAMP:
        return "timestamp" + fraction;
    case MYSQL_TYPE_JSON:
        return "json";
    case MYSQL_TYPE_GEOMETRY:
        return "geometry";
    case MYSQL_TYPE_NULL:
        return {};
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB:
    case MYSQL_TYPE_BLOB: {
        const char *size = field.length <= 255 * (isBinary ? 1u : 4u)          ? "tiny"
                           : field.length <= 65535 * (isBinary ? 1u : 4u)      ? ""
                           : field.length <= 16777215ul * (isBinary ? 1u : 4u) ? "medium"
                                                                               : "long";
        return size + std::string(isBinary ? "blob" : "text");
    }
    case MYSQL_TYPE_STRING:
        if (field.flags & ENUM_FLAG)
            return "enum";
        if (field.flags & SET_FLAG)
            return "set";
        return fmt::format("{}({})", isBinary ? "binary" : "char", characters);
    default:
        return fmt::format("{}({})", isBinary ? "varbinary" : "varchar", characters);
    }
}

CellForm formOf(const MYSQL_FIELD &field, TextDecoder &decoder)
{
    switch (field.type) {
    case MYSQL_TYPE_LONGLONG:
        if (field.flags & UNSIGNED_FLAG) {
            decoder = decodeDecimal;
            return CellForm::Unsigned;
        }
        return CellForm::Integer;
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_YEAR:
        return CellForm::Integer;
    case MYSQL_TYPE_FLOAT:
        return CellForm::Float;
    case MYSQL_TYPE_DOUBLE:
        return CellForm::Double;
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
        decoder = decodeDecimal;
        return CellForm::Encoded;
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
        decoder = decodeExact<Date>;
        return CellForm::Encoded;
    case MYSQL_TYPE_TIME:
        decoder = decodeExact<Time>;
        return CellForm::Encoded;
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_TIMESTAMP:
        decoder = decodeExact<DateTime>;
        return CellForm::Encoded;
    case MYSQL_TYPE_BIT:
        decoder = decodeDecimal;
        return CellForm::Bits;
    case MYSQL_TYPE_GEOMETRY:
        return CellForm::Blob;
    case MYSQL_TYPE_JSON:
        return CellForm::Text;
    default:
        return field.charsetnr == binaryCharset ? CellForm::Blob : CellForm::Text;
    }
}

void addUnsigned(RowBatch &batch, std::uint64_t number)
{
    if (number <= static_cast<std::uint64_t>(INT64_MAX))
        return batch.addInteger(static_cast<std::int64_t>(number));
    const std::string text = std::to_string(number);
    batch.addBytes(RowBatch::Storage::Encoded, text.data(), text.size());
}

void addBits(RowBatch &batch, std::string_view bytes)
{
    std::uint64_t number = 0;
    for (const char byte : bytes)
        number = number << 8 | static_cast<unsigned char>(byte);
    addUnsigned(batch, number);
}

RowBatch::Storage storageOf(CellForm form)
{
    return form == CellForm::Text   ? RowBatch::Storage::Text
           : form == CellForm::Blob ? RowBatch::Storage::Blob
                                    : RowBatch::Storage::Encoded;
}

/// The double that prints with the same digits as the float: 0.1, not 0.10000000149011612.
double widened(float number)
{
    char text[64];
    const auto [end, error] = std::to_chars(text, text + sizeof text, number);
    double wide = static_cast<double>(number);
    std::from_chars(text, end, wide);
    return wide;
}

} // namespace

ResultColumns columnsOf(MYSQL_RES *metadata)
{
    ResultColumns columns;
    auto heads = std::make_shared<std::vector<ColumnHead>>();
    const unsigned count = metadata ? mysql_num_fields(metadata) : 0;
    for (unsigned i = 0; i < count; ++i) {
        const MYSQL_FIELD &field = *mysql_fetch_field_direct(metadata, i);
        ColumnHead &head = heads->emplace_back();
        const auto text = [](const char *said, unsigned length) { return said ? std::string(said, length) : ""; };
        head.name = text(field.name, field.name_length);
        head.typeName = typeName(field);
        head.table = text(field.org_table, field.org_table_length);
        head.column = text(field.org_name, field.org_name_length);
        if (!head.table.empty())
            head.schema = text(field.db, field.db_length);
        else
            head.column.clear();
        columns.forms.push_back(formOf(field, head.decoder));
        columns.widths.push_back(std::min<std::size_t>(field.length + 1, widestKept));
    }
    columns.heads = std::move(heads);
    return columns;
}

void Parameters::start(std::size_t count)
{
    slots_.resize(count);
    binds_.assign(count, MYSQL_BIND{});
}

void Parameters::setInteger(std::size_t at, std::int64_t number, bool isUnsigned)
{
    slots_[at].integer = number;
    binds_[at].buffer_type = MYSQL_TYPE_LONGLONG;
    binds_[at].buffer = &slots_[at].integer;
    binds_[at].is_unsigned = isUnsigned;
}

void Parameters::setNumber(std::size_t at, double number)
{
    if (!std::isfinite(number))
        throw Error(ErrorKind::Conversion, "MySQL has no place for " + doubleText(number));
    slots_[at].number = number;
    binds_[at].buffer_type = MYSQL_TYPE_DOUBLE;
    binds_[at].buffer = &slots_[at].number;
}

void Parameters::setBytes(std::size_t at, enum_field_types type, std::string_view bytes)
{
    slots_[at].length = bytes.size();
    binds_[at].buffer_type = type;
    binds_[at].buffer = const_cast<char *>(bytes.data()); // only read
    binds_[at].buffer_length = slots_[at].length;
    binds_[at].length = &slots_[at].length;
}

void Parameters::assign(const CellRange &cells)
{
    start(cells.count * cells.columns.size());
    std::size_t at = 0;
    for (std::size_t row = cells.first; row < cells.first + cells.count; ++row)
        for (const std::size_t column : cells.columns) {
            switch (cells.rows.storage(row, column)) {
            case RowBatch::Storage::Null:
                binds_[at].buffer_type = MYSQL_TYPE_NULL;
                break;
            case RowBatch::Storage::Integer:
                setInteger(at, cells.rows.integer(row, column), false);
                break;
            case RowBatch::Storage::Float:
                setNumber(at, cells.rows.number(row, column));
                break;
            case RowBatch::Storage::Text:
                setBytes(at, MYSQL_TYPE_STRING, cells.rows.bytes(row, column));
                break;
            case RowBatch::Storage::Blob:
                setBytes(at, MYSQL_TYPE_BLOB, cells.rows.bytes(row, column));
                break;
            case RowBatch::Storage::Encoded:
                assign(at, cells.rows.value(row, column));
                break;
            }
            ++at;
        }
}

void Parameters::assign(std::span<const Value> values)
{
    start(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        assign(i, values[i]);
}

void Parameters::assign(std::size_t at, const Value &value)
{
    const auto asText = [&](enum_field_types type, std::string text) {
        slots_[at].text = std::move(text);
        setBytes(at, type, slots_[at].text);
    };
    value.visit([&](const auto &held) {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, Null>)
            binds_[at].buffer_type = MYSQL_TYPE_NULL;
        else if constexpr (std::is_same_v<Held, bool> || std::is_same_v<Held, std::int64_t>)
            setInteger(at, held, false);
        else if constexpr (std::is_same_v<Held, double>)
            setNumber(at, held);
        else if constexpr (std::is_same_v<Held, Decimal>) {
            const std::string &text = held.text();
            std::uint64_t number = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
            if (error == std::errc() && end == text.data() + text.size())
                setInteger(at, static_cast<std::int64_t>(number), true);
            else
                asText(MYSQL_TYPE_NEWDECIMAL, text);
        } else if constexpr (std::is_same_v<Held, std::string>)
            asText(MYSQL_TYPE_STRING, held);
        else if constexpr (std::is_same_v<Held, Bytes>)
            asText(MYSQL_TYPE_BLOB, held.data);
        else
            asText(MYSQL_TYPE_STRING, held.text());
    });
}

BinaryRow::BinaryRow(MYSQL_STMT *statement, const ResultColumns &columns)
    : statement_(statement), columns_(columns), cells_(columns.forms.size()), binds_(columns.forms.size())
{
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        Cell &cell = cells_[i];
        MYSQL_BIND &bind = binds_[i] = {};
        bind.length = &cell.length;
        bind.is_null = &cell.isNull;
        bind.error = &cell.isCut;
        switch (columns.forms[i]) {
        case CellForm::Integer:
        case CellForm::Unsigned:
            bind.buffer_type = MYSQL_TYPE_LONGLONG;
            bind.buffer = &cell.integer;
            bind.is_unsigned = columns.forms[i] == CellForm::Unsigned;
            break;
        case CellForm::Float:
            bind.buffer_type = MYSQL_TYPE_FLOAT;
            bind.buffer = &cell.small;
            break;
        case CellForm::Double:
            bind.buffer_type = MYSQL_TYPE_DOUBLE;
            bind.buffer = &cell.number;
            break;
        default:
            cell.data.resize(std::max<std::size_t>(columns.widths[i], 40));
            bind.buffer_type = columns.forms[i] == CellForm::Blob || columns.forms[i] == CellForm::Bits
                                   ? MYSQL_TYPE_BLOB
                                   : MYSQL_TYPE_STRING;
            bind.buffer = cell.data.data();
            bind.buffer_length = cell.data.size();
        }
    }
}

std::string_view BinaryRow::bytesOf(std::size_t column)
{
    Cell &cell = cells_[column];
    if (cell.length <= cell.data.size())
        return {cell.data.data(), cell.length};
    scratch_.resize(cell.length);
    MYSQL_BIND whole = binds_[column];
    whole.buffer = scratch_.data();
    whole.buffer_length = scratch_.size();
    mysql_stmt_fetch_column(statement_, &whole, static_cast<unsigned>(column), 0);
    return scratch_;
}

void BinaryRow::addTo(RowBatch &batch)
{
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        const Cell &cell = cells_[i];
        if (cell.isNull) {
            batch.addNull();
            continue;
        }
        switch (columns_.forms[i]) {
        case CellForm::Integer:
            batch.addInteger(cell.integer);
            break;
        case CellForm::Unsigned:
            addUnsigned(batch, static_cast<std::uint64_t>(cell.integer));
            break;
        case CellForm::Float:
            batch.addFloat(widened(cell.small));
            break;
        case CellForm::Double:
            batch.addFloat(cell.number);
            break;
        case CellForm::Bits:
            addBits(batch, bytesOf(i));
            break;
        default: {
            const std::string_view bytes = bytesOf(i);
            batch.addBytes(storageOf(columns_.forms[i]), bytes.data(), bytes.size());
        }
        }
    }
}

void addTextRow(RowBatch &batch, const ResultColumns &columns, MYSQL_ROW row, const unsigned long *lengths)
{
    for (std::size_t i = 0; i < columns.forms.size(); ++i) {
        if (!row[i]) {
            batch.addNull();
            continue;
        }
        const char *const end = row[i] + lengths[i];
        switch (columns.forms[i]) {
        case CellForm::Integer: {
            std::int64_t number = 0;
            std::from_chars(row[i], end, number);
            batch.addInteger(number);
            break;
        }
        case CellForm::Unsigned: {
            std::uint64_t number = 0;
            std::from_chars(row[i], end, number);
            addUnsigned(batch, number);
            break;
        }
        case CellForm::Float:
        case CellForm::Double: {
            double number = 0;
            std::from_chars(row[i], end, number);
            batch.addFloat(number);
            break;
        }
        case CellForm::Bits:
            addBits(batch, {row[i], lengths[i]});
            break;
        default:
            batch.addBytes(storageOf(columns.forms[i]), row[i], lengths[i]);
        }
    }
}

} // namespace schemawright::mysql
