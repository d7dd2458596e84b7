#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

/// What a column's values mean, apart from how a database spells it.
enum class TypeKind {
    Unknown, ///< opaque: only the native spelling is known
    Boolean,
    SmallInteger,
    Integer,
    BigInteger,
    Numeric,
    Real,   ///< 32-bit float
    Double, ///< 64-bit float
    Char,   ///< fixed length, `length`
    String, ///< varying length, `length`
    Text,
    LargeBinary,
    Date,
    Time,     ///< `timezone`, `precision`
    DateTime, ///< `timezone`, `precision`
    Interval,
    Uuid,
    Json,
    Enum,  ///< `name` and `labels`
    Array, ///< `element`
};

/// A column's type: its kind, its parameters, and the native spelling verbatim, so an unknown type survives a round
/// trip.
///
/// A value, freely copied. A type built in code has an empty `native` and is rendered by each dialect; a reflected one
/// is emitted as it was found on its own dialect.
struct Type
{
    TypeKind kind = TypeKind::Unknown;
    std::optional<int> length;    ///< characters or bytes
    std::optional<int> precision; ///< digits in all, or fractional digits of a time
    std::optional<int> scale;
    bool timezone = false;
    std::string native; ///< as the database prints it: "character varying(50)", "VARCHAR (50)"; may be empty
    std::string name;   ///< of an enum
    std::vector<std::string> labels; ///< of an enum
    std::shared_ptr<const Type> element;

    friend bool operator==(const Type &a, const Type &b);

    bool isInteger() const noexcept;
    /// Integer, numeric or float.
    bool isNumber() const noexcept;
    bool isText() const noexcept;
};

/// The generic name as a program would write it, "String(50)", "Numeric(10, 2)", "DateTime(timezone)"; empty for
/// Unknown.
std::string genericName(const Type &type);

namespace types {
Type boolean();
Type smallInteger();
Type integer();
Type bigInteger();
Type numeric(std::optional<int> precision = {}, std::optional<int> scale = {});
Type real();
Type doublePrecision();
Type character(int length);
Type string(std::optional<int> length = {});
Type text();
Type largeBinary();
Type date();
Type time(bool timezone = false, std::optional<int> precision = {});
Type dateTime(bool timezone = false, std::optional<int> precision = {});
Type interval();
Type uuid();
Type json();
Type enumeration(std::string name, std::vector<std::string> labels);
Type array(Type element);
/// A type of one database that has no generic kind, by its native spelling.
Type native(std::string spelling);
} // namespace types

} // namespace schemawright
