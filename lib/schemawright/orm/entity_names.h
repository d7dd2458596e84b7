#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

/// How names of a database become names of a program. Words are told apart by anything that is no letter or digit, and
/// by capitals: "order_details", "OrderDetails" and "Order Details" are the words order and details, "HTMLPage" is html
/// and page. Letters with accents lose them, other letters are written by their number. Pure.
std::vector<std::string> wordsOf(std::string_view name);

/// "order_details" is OrderDetails; nothing is made singular. `fallback` stands before a digit and in place of nothing.
std::string className(std::string_view name, std::string_view fallback = "Table");
/// "author_id" is authorId. A word that C++ keeps for itself, or that a common header defines, gets a trailing
/// underscore.
std::string memberName(std::string_view name, std::string_view fallback = "column");

bool isReservedWord(std::string_view word);

/// Why a name that a person typed cannot be one in C++, as a sentence; empty when it can.
std::string whyNoName(std::string_view name);

/// The name, or with the first number from 2 on that makes it one which is not taken; taken from now on.
std::string claimName(std::set<std::string> &taken, const std::string &name);

} // namespace schemawright
