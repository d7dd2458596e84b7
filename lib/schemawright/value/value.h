#pragma once

#include "schemawright/value/datetime.h"
#include "schemawright/value/decimal.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace schemawright {

/// SQL NULL. Equal to itself here, because "did this cell change?" is a question of sameness.
struct Null
{
    friend bool operator==(Null, Null) = default;
};

/// Bytes that are no text: a BLOB or bytea.
struct Bytes
{
    std::string data;
    friend bool operator==(const Bytes &, const Bytes &) = default;
};

/// One datum as a database holds it: the storage class. What it means (a uuid, json, an enum) is said by a Type beside
/// it, and such values travel as text.
///
/// Text is UTF-8 by convention but may hold any bytes, NUL included; nothing is repaired or cut. `==` is sameness, not
/// SQL's three-valued equality: NULL is NULL, 1 is not 1.0, a NaN is the same NaN and -0.0 is not 0.0.
class Value
{
public:
    using Storage = std::variant<Null, bool, std::int64_t, double, Decimal, std::string, Bytes, Date, Time, DateTime>;

    Value() = default;
    Value(Null) {}
    Value(std::nullptr_t) {}
    Value(bool value) : storage_(value) {}
    Value(int value) : storage_(static_cast<std::int64_t>(value)) {}
    Value(std::int64_t value) : storage_(value) {}
    Value(double value) : storage_(value) {}
    Value(Decimal value) : storage_(std::move(value)) {}
    Value(std::string value) : storage_(std::move(value)) {}
    Value(std::string_view value) : storage_(std::string(value)) {}
    Value(const char *value) : storage_(std::string(value)) {}
    Value(Bytes value) : storage_(std::move(value)) {}
    Value(Date value) : storage_(value) {}
    Value(Time value) : storage_(value) {}
    Value(DateTime value) : storage_(value) {}

    bool isNull() const noexcept { return std::holds_alternative<Null>(storage_); }
    template <class T> bool is() const noexcept { return std::holds_alternative<T>(storage_); }
    /// Null when it holds something else.
    template <class T> const T *as() const noexcept { return std::get_if<T>(&storage_); }
    /// Throws Error(Conversion) when it holds something else.
    template <class T> const T &get() const
    {
        if (const T *held = as<T>())
            return *held;
        throwWrongKind();
    }
    const Storage &storage() const noexcept { return storage_; }
    template <class Visitor> decltype(auto) visit(Visitor &&visitor) const
    {
        return std::visit(std::forward<Visitor>(visitor), storage_);
    }

    /// The value as plain text, exact: 64-bit integers in full, the shortest text that reads back to the same double,
    /// true or false, ISO dates, blobs as lower-case hex, NULL as nothing. Not SQL: see Dialect::literal for that.
    std::string text() const;
    /// "integer", "text", "blob"… for messages.
    const char *kindName() const noexcept;

    friend bool operator==(const Value &a, const Value &b) noexcept;
    std::size_t hash() const noexcept;

private:
    [[noreturn]] void throwWrongKind() const;
    Storage storage_;
};

/// The shortest text that reads back to the same double; "Infinity", "-Infinity", "NaN".
std::string doubleText(double value);
/// Lower-case hex, two digits a byte.
std::string hexText(std::string_view bytes);
/// The reverse of hexText; nothing when a character is no hex digit or one is missing.
std::optional<std::string> bytesFromHex(std::string_view hex);
/// True when `text` is well-formed UTF-8 (RFC 3629).
bool isUtf8(std::string_view text) noexcept;

} // namespace schemawright

template <> struct std::hash<schemawright::Value>
{
    std::size_t operator()(const schemawright::Value &value) const noexcept { return value.hash(); }
};
