#pragma once

#include "schemawright/base/error.h"
#include "schemawright/value/value.h"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace schemawright {

/// How a member of a mapped struct becomes a Value and back. Specialise it for a type of your own, or give the mapper
/// two functions. `from` throws Error(Conversion) for what the member cannot hold.
template <class M> struct MemberValue;

template <> struct MemberValue<bool>
{
    static Value to(bool member) { return Value(member); }
    static bool from(const Value &value)
    {
        if (const bool *truth = value.as<bool>())
            return *truth;
        if (const auto *number = value.as<std::int64_t>())
            return *number != 0;
        throw Error(ErrorKind::Conversion, "'" + value.text() + "' is no truth value");
    }
};

template <std::integral M> struct MemberValue<M>
{
    static Value to(M member)
    {
        if (!std::in_range<std::int64_t>(member))
            throw Error(ErrorKind::Conversion, "a number beyond 64 bits with sign");
        return Value(static_cast<std::int64_t>(member));
    }
    static M from(const Value &value)
    {
        const auto *number = value.as<std::int64_t>();
        if (!number || !std::in_range<M>(*number))
            throw Error(ErrorKind::Conversion, "'" + value.text() + "' does not fit into a member of " +
                                                   std::to_string(8 * sizeof(M)) + " bits");
        return static_cast<M>(*number);
    }
};

template <std::floating_point M> struct MemberValue<M>
{
    static Value to(M member) { return Value(static_cast<double>(member)); }
    static M from(const Value &value)
    {
        if (const double *number = value.as<double>())
            return static_cast<M>(*number);
        if (const auto *number = value.as<std::int64_t>())
            return static_cast<M>(*number);
        if (const auto *number = value.as<Decimal>())
            return static_cast<M>(std::stod(number->text()));
        throw Error(ErrorKind::Conversion, "'" + value.text() + "' is no number");
    }
};

/// Types that a Value holds as they are; text and decimals also take what prints as them.
template <class M>
requires std::same_as<M, std::string> || std::same_as<M, Decimal> || std::same_as<M, Date> || std::same_as<M, Time> ||
    std::same_as<M, DateTime> || std::same_as<M, Bytes>
struct MemberValue<M>
{
    static Value to(const M &member) { return Value(member); }
    static M from(const Value &value)
    {
        if (const M *held = value.as<M>())
            return *held;
        if constexpr (std::same_as<M, std::string>) {
            if (!value.isNull())
                return value.text();
        } else if constexpr (!std::same_as<M, Bytes>) {
            if (!value.isNull()) // SQLite keeps dates and exact numbers as text
                if (auto parsed = M::parse(value.text()))
                    return *parsed;
        }
        throw Error(ErrorKind::Conversion, value.isNull()
                                               ? std::string("NULL in a member that cannot be empty; use std::optional")
                                               : "'" + value.text() + "' is not what the member holds");
    }
};

template <> struct MemberValue<Value>
{
    static Value to(const Value &member) { return member; }
    static Value from(const Value &value) { return value; }
};

/// NULL is nothing.
template <class M> struct MemberValue<std::optional<M>>
{
    static Value to(const std::optional<M> &member) { return member ? MemberValue<M>::to(*member) : Value(); }
    static std::optional<M> from(const Value &value)
    {
        return value.isNull() ? std::nullopt : std::optional<M>(MemberValue<M>::from(value));
    }
};

/// Enums as their numbers; Mapper::enumeration() maps them by name.
template <class M>
requires std::is_enum_v<M>
struct MemberValue<M>
{
    using Number = std::underlying_type_t<M>;
    static Value to(M member) { return MemberValue<Number>::to(static_cast<Number>(member)); }
    static M from(const Value &value) { return static_cast<M>(MemberValue<Number>::from(value)); }
};

} // namespace schemawright
