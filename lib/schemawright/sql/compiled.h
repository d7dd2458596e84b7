#pragma once

#include "schemawright/value/value.h"

#include <string>
#include <vector>

namespace schemawright {

/// A parameter of a compiled statement, in the order of its placeholders. One with a name is filled by who runs
/// the statement (a key that an earlier statement makes, a parameter that a user types); `value` is what it has unless
/// another is given.
struct Parameter
{
    Value value;
    std::string name;
    friend bool operator==(const Parameter &, const Parameter &) = default;
};

/// How a statement is written.
struct CompileOptions
{
    /// Values as literals in the text, for showing; nothing is bound then.
    bool literals = false;
    /// Each clause on a line of its own.
    bool lines = false;
};

/// A statement in one dialect: text with that driver's placeholders, and the parameters.
struct Compiled
{
    std::string sql;
    std::vector<Parameter> parameters;
    friend bool operator==(const Compiled &, const Compiled &) = default;

    /// The values alone, in order.
    std::vector<Value> values() const
    {
        std::vector<Value> all;
        all.reserve(parameters.size());
        for (const Parameter &parameter : parameters)
            all.push_back(parameter.value);
        return all;
    }
};

} // namespace schemawright
