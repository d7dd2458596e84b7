#include "schemawright/backends/postgres/postgres_values.h"

#include "schemawright/base/error.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>

namespace schemawright::postgres {

namespace {

// Of pg_type.dat; these never change.
enum : Oid {
    boolOid = 16,
    byteaOid = 17,
    charOid = 18,
    nameOid = 19,
    int8Oid = 20,
    int2Oid = 21,
    int4Oid = 23,
    textOid = 25,
    oidOid = 26,
    jsonOid = 114,
    xmlOid = 142,
    pointOid = 600,
    float4Oid = 700,
    float8Oid = 701,
    moneyOid = 790,
    macaddrOid = 829,
    inetOid = 869,
    cidrOid = 650,
    bpcharOid = 1042,
    varcharOid = 1043,
    dateOid = 1082,
    timeOid = 1083,
    timestampOid = 1114,
    timestamptzOid = 1184,
    intervalOid = 1186,
    timetzOid = 1266,
    bitOid = 1560,
    varbitOid = 1562,
    numericOid = 1700,
    uuidOid = 2950,
    jsonbOid = 3802,
    unknownOid = 705,
    voidOid = 2278,
    recordOid = 2249,
};

Value decodeBool(std::string_view text) { return text == "t" ? Value(true) : text == "f" ? Value(false) : Value(text); }
Value decodeDecimal(std::string_view text) { return Value(Decimal::trusted(std::string(text))); }

/// The parsed value when it prints as the very text it was read from; else that text.
template <class T> Value decodeExact(std::string_view text)
{
    if (const auto parsed = T::parse(text); parsed && parsed->text() == text)
        return Value(*parsed);
    return Value(text);
}

/// "(n)" for a time's precision, from its modifier.
std::string precisionText(int modifier) { return modifier < 0 ? std::string() : fmt::format("({})", modifier); }

std::string numericName(int modifier)
{
    if (modifier < 4)
        return "numeric";
    const int packed = modifier - 4;
    const int scale = ((packed & 0x7ff) ^ 1024) - 1024; // eleven bits with a sign since version 15
    return fmt::format("numeric({},{})", (packed >> 16) & 0xffff, scale);
}

std::string intervalName(int modifier)
{
    // Low half: precision, or 0xffff for none. High half: a mask of the fields.
    if (modifier < 0)
        return "interval";
    static constexpr std::pair<int, const char *> fields[] = {
        {1 << 2, " year"},
        {1 << 1, " month"},
        {1 << 3, " day"},
        {1 << 10, " hour"},
        {1 << 11, " minute"},
        {1 << 12, " second"},
        {(1 << 2) | (1 << 1), " year to month"},
        {(1 << 3) | (1 << 10), " day to hour"},
        {(1 << 3) | (1 << 10) | (1 << 11), " day to minute"},
        {(1 << 3) | (1 << 10) | (1 << 11) | (1 << 12), " day to second"},
        {(1 << 10) | (1 << 11), " hour to minute"},
        {(1 << 10) | (1 << 11) | (1 << 12), " hour to second"},
        {(1 << 11) | (1 << 12), " minute to second"},
    };
    std::string name = "interval";
    for (const auto &[mask, text] : fields)
        if (mask == ((modifier >> 16) & 0x7fff))
            name += text;
    const int precision = modifier & 0xffff;
    return precision == 0xffff ? name : name + precisionText(precision);
}

Oid elementOf(Oid array) noexcept
{
    static constexpr std::pair<Oid, Oid> arrays[] = {
        {199, jsonOid},         {1000, boolOid},     {1001, byteaOid},     {1002, charOid},   {1003, nameOid},
        {1005, int2Oid},        {1007, int4Oid},     {1009, textOid},      {1014, bpcharOid}, {1015, varcharOid},
        {1016, int8Oid},        {1021, float4Oid},   {1022, float8Oid},    {1028, oidOid},    {1040, macaddrOid},
        {1041, inetOid},        {651, cidrOid},      {1115, timestampOid}, {1182, dateOid},   {1183, timeOid},
        {1185, timestamptzOid}, {1187, intervalOid}, {1231, numericOid},   {1270, timetzOid}, {1561, bitOid},
        {1563, varbitOid},      {2951, uuidOid},     {3807, jsonbOid},     {143, xmlOid},     {791, moneyOid},
    };
    for (const auto &[each, element] : arrays)
        if (each == array)
            return element;
    return 0;
}

} // namespace

ColumnForm formOf(Oid type) noexcept
{
    switch (type) {
    case int2Oid:
    case int4Oid:
    case int8Oid:
    case oidOid:
        return {CellForm::Integer, nullptr};
    case float4Oid:
    case float8Oid:
        return {CellForm::Float, nullptr};
    case byteaOid:
        return {CellForm::Bytea, nullptr};
    case boolOid:
        return {CellForm::Encoded, decodeBool};
    case numericOid:
        return {CellForm::Encoded, decodeDecimal};
    case dateOid:
        return {CellForm::Encoded, decodeExact<Date>};
    case timeOid:
    case timetzOid:
        return {CellForm::Encoded, decodeExact<Time>};
    case timestampOid:
    case timestamptzOid:
        return {CellForm::Encoded, decodeExact<DateTime>};
    default:
        return {};
    }
}

void addCell(RowBatch &batch, CellForm form, const char *text, std::size_t length, std::string &scratch)
{
    const char *const end = text + length;
    switch (form) {
    case CellForm::Integer: {
        std::int64_t number = 0;
        if (const auto [rest, error] = std::from_chars(text, end, number); error == std::errc() && rest == end)
            return batch.addInteger(number);
        break;
    }
    case CellForm::Float: {
        double number = 0;
        const auto [rest, error] = std::from_chars(text, end, number);
        if (rest == end && error == std::errc())
            return batch.addFloat(number);
        if (rest == end && error == std::errc::result_out_of_range) // from_chars refuses subnormal numbers
            return batch.addFloat(std::strtod(std::string(text, length).c_str(), nullptr));
        break;
    }
    case CellForm::Bytea:
        if (length >= 2 && text[0] == '\\' && text[1] == 'x') {
            static constexpr auto digit = [](char c) {
                return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
            };
            scratch.resize((length - 2) / 2);
            for (std::size_t i = 0; i < scratch.size(); ++i)
                scratch[i] = static_cast<char>(digit(text[2 + 2 * i]) << 4 | digit(text[3 + 2 * i]));
            return batch.addBytes(RowBatch::Storage::Blob, scratch.data(), scratch.size());
        }
        break;
    case CellForm::Encoded:
        return batch.addBytes(RowBatch::Storage::Encoded, text, length);
    case CellForm::Text:
        break;
    }
    batch.addBytes(RowBatch::Storage::Text, text, length);
}

std::string builtinTypeName(Oid type, int modifier)
{
    const auto sized = [modifier](const char *name, int extra) {
        return modifier < extra ? std::string(name) : fmt::format("{}({})", name, modifier - extra);
    };
    switch (type) {
    case boolOid:
        return "boolean";
    case byteaOid:
        return "bytea";
    case charOid:
        return "\"char\"";
    case nameOid:
        return "name";
    case int8Oid:
        return "bigint";
    case int2Oid:
        return "smallint";
    case int4Oid:
        return "integer";
    case unknownOid: // a literal without a type
    case textOid:
        return "text";
    case oidOid:
        return "oid";
    case jsonOid:
        return "json";
    case jsonbOid:
        return "jsonb";
    case xmlOid:
        return "xml";
    case pointOid:
        return "point";
    case float4Oid:
        return "real";
    case float8Oid:
        return "double precision";
    case moneyOid:
        return "money";
    case macaddrOid:
        return "macaddr";
    case inetOid:
        return "inet";
    case cidrOid:
        return "cidr";
    case bpcharOid:
        return modifier < 4 ? "bpchar" : sized("character", 4);
    case varcharOid:
        return sized("character varying", 4);
    case bitOid:
        return modifier < 0 ? "\"bit\"" : sized("bit", 0);
    case varbitOid:
        return sized("bit varying", 0);
    case dateOid:
        return "date";
    case timeOid:
        return "time" + precisionText(modifier) + " without time zone";
    case timetzOid:
        return "time" + precisionText(modifier) + " with time zone";
    case timestampOid:
        return "timestamp" + precisionText(modifier) + " without time zone";
    case timestamptzOid:
        return "timestamp" + precisionText(modifier) + " with time zone";
    case intervalOid:
        return intervalName(modifier);
    case numericOid:
        return numericName(modifier);
    case uuidOid:
        return "uuid";
    case voidOid:
        return "void";
    case recordOid:
        return "record";
    default:
        if (const Oid element = elementOf(type))
            return builtinTypeName(element, modifier) + "[]";
        return {};
    }
}

void ParameterTexts::clear()
{
    texts_.clear();
    types_.clear();
    pointers_.clear();
    lengths_.clear();
    formats_.clear();
    flat_.clear();
}

namespace {

void mustFit(std::string_view text, bool isBytes)
{
    if (!isBytes && text.find('\0') != std::string_view::npos)
        throw Error(ErrorKind::Conversion, "PostgreSQL cannot store a text that holds a NUL character")
            .withHint("Store it in a bytea column, or without the NUL.");
    if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        throw Error(ErrorKind::Conversion, "the value is too long for PostgreSQL (1 GB at most)");
}

} // namespace

void ParameterTexts::add(const Value &value)
{
    const Bytes *bytes = value.as<Bytes>();
    texts_.push_back(bytes ? bytes->data : value.text());
    const std::string &text = texts_.back();
    mustFit(text, bytes);
    // Type 0 lets the server infer it from where the parameter stands, as it does for a quoted literal: a number
    // compares with real, numeric or money columns exactly. Only bytes know better, and go as they are.
    types_.push_back(bytes ? static_cast<Oid>(byteaOid) : Oid{0});
    pointers_.push_back(value.isNull() ? nullptr : text.c_str());
    lengths_.push_back(static_cast<int>(text.size()));
    formats_.push_back(bytes ? 1 : 0);
}

void ParameterTexts::assign(std::span<const Value> values)
{
    clear();
    texts_.reserve(values.size());
    for (const Value &value : values)
        add(value);
}

void ParameterTexts::assign(const RowBatch &rows, std::span<const std::size_t> columns, std::size_t first,
                            std::size_t count)
{
    using Storage = RowBatch::Storage;
    clear();
    constexpr std::size_t widestNumber = 32;
    std::size_t size = 0; // of flat_ at most, so that it stays where it is
    for (std::size_t row = first; row < first + count; ++row)
        for (const std::size_t column : columns)
            size += rows.bytes(row, column).size() + widestNumber;
    flat_.resize(size);
    texts_.reserve(count * columns.size());
    char *next = flat_.data();
    for (std::size_t row = first; row < first + count; ++row)
        for (const std::size_t column : columns) {
            const Storage storage = rows.storage(row, column);
            if (storage == Storage::Encoded || storage == Storage::Blob || storage == Storage::Float) {
                add(rows.value(row, column));
                continue;
            }
            char *const start = next;
            if (storage == Storage::Integer)
                next = std::to_chars(next, next + widestNumber, rows.integer(row, column)).ptr;
            else if (storage == Storage::Text) {
                const std::string_view bytes = rows.bytes(row, column);
                mustFit(bytes, false);
                next = std::copy(bytes.begin(), bytes.end(), next);
            }
            types_.push_back(0);
            pointers_.push_back(storage == Storage::Null ? nullptr : start);
            lengths_.push_back(static_cast<int>(next - start));
            formats_.push_back(0);
            *next++ = '\0';
        }
}

bool ParameterTexts::fits(const std::vector<Oid> &types) const noexcept
{
    if (types.size() != types_.size())
        return false;
    for (std::size_t i = 0; i < types.size(); ++i)
        if (pointers_[i] && types[i] != types_[i])
            return false;
    return true;
}

} // namespace schemawright::postgres
