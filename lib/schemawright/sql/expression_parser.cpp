#include "schemawright/sql/expression_parser.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/expr_node.h"
#include "schemawright/sql/expression_leaves.h"
#include "schemawright/sql/expression_lexer.h"
#include "schemawright/sql/functions.h"

#include <algorithm>

namespace schemawright {

namespace {

using namespace expression;

/// The recursive descent over one expression. Throws NotPortable.
class Descent
{
public:
    Descent(std::vector<Token> tokens, const std::string &dialect, const Table &table,
            const ExpressionParser::Names &names)
        : tokens_(std::move(tokens)), dialect_(dialect), table_(table), names_(names)
    {}

    Expr whole()
    {
        Expr e = disjunction();
        if (at_ != tokens_.size())
            throw NotPortable();
        return e;
    }

private:
    const Token &peek(std::size_t ahead = 0) const
    {
        static const Token end;
        return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead] : end;
    }
    bool isWord(std::string_view word, std::size_t ahead = 0) const
    {
        return peek(ahead).kind == Token::Kind::Word && peek(ahead).text == word;
    }
    bool isSymbol(std::string_view symbol, std::size_t ahead = 0) const
    {
        return peek(ahead).kind == Token::Kind::Symbol && peek(ahead).text == symbol;
    }
    bool takeWord(std::string_view word) { return isWord(word) && (++at_, true); }
    bool takeSymbol(std::string_view symbol) { return isSymbol(symbol) && (++at_, true); }
    void mustSymbol(std::string_view symbol)
    {
        if (!takeSymbol(symbol))
            throw NotPortable();
    }

    Expr disjunction()
    {
        std::vector<Expr> parts{conjunction()};
        while (takeWord("or"))
            parts.push_back(conjunction());
        return parts.size() == 1 ? parts.front() : or_(std::move(parts));
    }

    Expr conjunction()
    {
        std::vector<Expr> parts{negation()};
        while (takeWord("and"))
            parts.push_back(negation());
        return parts.size() == 1 ? parts.front() : and_(std::move(parts));
    }

    Expr negation() { return takeWord("not") ? not_(negation()) : comparison(); }

    Expr comparison()
    {
        Expr left = sum();
        while (true) {
            if (takeWord("is")) {
                const bool isNegated = takeWord("not");
                if (takeWord("null"))
                    left = isNegated ? isNotNull(left) : isNull(left);
                else if (takeWord("true"))
                    left = isNegated ? isDistinctFrom(left, true_()) : isNotDistinctFrom(left, true_());
                else if (takeWord("false"))
                    left = isNegated ? isDistinctFrom(left, false_()) : isNotDistinctFrom(left, false_());
                else if (takeWord("distinct") && takeWord("from"))
                    left = isNegated ? isNotDistinctFrom(left, sum()) : isDistinctFrom(left, sum());
                else
                    throw NotPortable();
                continue;
            }
            if (takeWord("notnull")) {
                left = isNotNull(left);
                continue;
            }
            if (takeWord("isnull")) {
                left = isNull(left);
                continue;
            }
            const bool isNegated =
                isWord("not") && (isWord("in", 1) || isWord("like", 1) || isWord("between", 1) || isWord("ilike", 1));
            at_ += isNegated ? 1 : 0;
            if (takeWord("in")) {
                mustSymbol("(");
                std::vector<Expr> values;
                do
                    values.push_back(fitted(disjunction(), left));
                while (takeSymbol(","));
                mustSymbol(")");
                left = isNegated ? notIn(left, std::move(values)) : in(left, std::move(values));
            } else if (takeWord("between")) {
                const Expr low = fitted(sum(), left);
                if (!takeWord("and"))
                    throw NotPortable();
                const Expr high = fitted(sum(), left);
                left = isNegated ? notBetween(left, low, high) : between(left, low, high);
            } else if (isWord("like") || isSymbol("~~") || isSymbol("!~~")) {
                const bool isNot = isNegated || isSymbol("!~~");
                ++at_;
                const Expr pattern = sum();
                std::string escape;
                if (takeWord("escape")) {
                    if (peek().kind != Token::Kind::String)
                        throw NotPortable();
                    escape = peek().text;
                    ++at_;
                }
                left = isNot ? notLike(left, pattern, escape) : like(left, pattern, escape);
            } else if (isWord("ilike") || isSymbol("~~*") || isSymbol("!~~*")) {
                const bool isNot = isNegated || isSymbol("!~~*");
                ++at_;
                left = isNot ? notIlike(left, sum()) : ilike(left, sum());
            } else if (const auto op = comparisonOperator()) {
                left = compared(left, *op);
            } else
                return left;
        }
    }

    std::optional<Operator> comparisonOperator()
    {
        static const std::map<std::string, Operator, std::less<>> operators{
            {"=", Operator::Equal},     {"==", Operator::Equal},        {"<>", Operator::NotEqual},
            {"!=", Operator::NotEqual}, {"<", Operator::Less},          {"<=", Operator::LessEqual},
            {">", Operator::Greater},   {">=", Operator::GreaterEqual},
        };
        if (peek().kind != Token::Kind::Symbol)
            return std::nullopt;
        const auto found = operators.find(peek().text);
        if (found == operators.end())
            return std::nullopt;
        ++at_;
        return found->second;
    }

    Expr compared(const Expr &left, Operator op)
    {
        // PostgreSQL prints x IN (…) as x = ANY (ARRAY[…]) and NOT IN as x <> ALL (ARRAY[…]).
        if ((isWord("any") || isWord("all")) && isSymbol("(", 1)) {
            const bool isAny = isWord("any");
            at_ += 2;
            std::vector<Expr> values;
            arrayValues(values);
            mustSymbol(")");
            for (Expr &each : values)
                each = fitted(each, left);
            if (isAny && op == Operator::Equal)
                return in(left, std::move(values));
            if (!isAny && op == Operator::NotEqual)
                return notIn(left, std::move(values));
            throw NotPortable();
        }
        const Expr right = sum();
        return compareExpr(op, fitted(left, right), fitted(right, left));
    }

    /// ARRAY['a'::text, 'b'], perhaps in parentheses and cast to an array type.
    void arrayValues(std::vector<Expr> &values)
    {
        if (takeSymbol("(")) {
            arrayValues(values);
            mustSymbol(")");
        } else {
            if (!takeWord("array"))
                throw NotPortable();
            mustSymbol("[");
            do
                values.push_back(sum());
            while (takeSymbol(","));
            mustSymbol("]");
        }
        while (takeSymbol("::"))
            typeName();
    }

    Expr sum()
    {
        Expr left = product();
        while (true) {
            if (takeSymbol("+")) {
                const Expr right = product();
                if (isTextKind(left.node().yields) || isTextKind(right.node().yields)) {
                    if (dialect_ != "mssql")
                        throw NotPortable();
                    left = concat({left, right});
                } else
                    left = left + right;
            } else if (takeSymbol("-"))
                left = left - product();
            else if (takeSymbol("||")) {
                if (dialect_ == "mysql")
                    throw NotPortable(); // OR, unless it was set otherwise
                left = concat({left, product()});
            } else
                return left;
        }
    }

    Expr product()
    {
        Expr left = sign();
        while (true) {
            if (takeSymbol("*"))
                left = left * sign();
            else if (takeSymbol("%"))
                left = left % sign();
            else if (takeSymbol("/")) {
                const Expr right = sign();
                // Of whole numbers the quotient is cut off here and exact there.
                const auto isFraction = [](const Expr &e) {
                    const TypeKind kind = e.node().yields;
                    return kind == TypeKind::Numeric || kind == TypeKind::Double || kind == TypeKind::Real;
                };
                if (!isFraction(left) && !isFraction(right))
                    throw NotPortable();
                left = left / right;
            } else
                return left;
        }
    }

    Expr sign()
    {
        if (takeSymbol("-")) {
            const Expr inner = sign();
            if (isLiteral(inner)) {
                if (const auto *number = inner.node().value.as<std::int64_t>())
                    return inlined(Value(-*number));
                if (const auto *number = inner.node().value.as<Decimal>())
                    return numberOf("-" + number->text());
            }
            return -inner;
        }
        if (takeSymbol("+"))
            return sign();
        Expr e = primary();
        while (true) {
            if (takeSymbol("::"))
                e = castOf(e, typeName());
            else if (isWord("collate"))
                throw NotPortable();
            else
                return e;
        }
    }

    std::string typeName()
    {
        std::string name;
        while (peek().kind == Token::Kind::Word || peek().kind == Token::Kind::Quoted) {
            static const std::vector<std::string> following{"varying", "precision", "without", "with", "time", "zone"};
            if (!name.empty() && !name.ends_with('.') && std::ranges::find(following, peek().text) == following.end())
                break;
            name += (name.empty() || name.ends_with('.') ? "" : " ") + peek().text;
            ++at_;
            if (takeSymbol("."))
                name += ".";
        }
        if (name.empty())
            throw NotPortable();
        if (takeSymbol("("))
            while (!takeSymbol(")")) {
                if (at_ >= tokens_.size())
                    throw NotPortable();
                ++at_;
            }
        while (takeSymbol("[")) {
            mustSymbol("]");
            name += "[]";
        }
        // timestamp(3) without time zone
        for (const char *tail : {"without", "with"})
            if (isWord(tail) && isWord("time", 1) && isWord("zone", 2)) {
                name += std::string(" ") + tail + " time zone";
                at_ += 3;
            }
        return name;
    }

    Expr primary()
    {
        const Token token = peek();
        switch (token.kind) {
        case Token::Kind::End:
            throw NotPortable();
        case Token::Kind::String: {
            ++at_;
            ExprNode node;
            node.kind = ExprKind::Literal;
            node.value = Value(token.text);
            node.yields = TypeKind::Text;
            return makeExpr(std::move(node));
        }
        case Token::Kind::Bytes:
            ++at_;
            return inlined(Value(bytesOf("\\x" + token.text)));
        case Token::Kind::Number:
            ++at_;
            return numberOf(token.text);
        case Token::Kind::Symbol:
            if (takeSymbol("(")) {
                const Expr inner = disjunction();
                mustSymbol(")");
                return inner;
            }
            throw NotPortable();
        case Token::Kind::Quoted:
            ++at_;
            return named(token, true);
        case Token::Kind::Word:
            break;
        }
        ++at_;
        if (token.text == "null")
            return null();
        if (token.text == "true" || token.text == "false")
            return token.text == "true" ? true_() : false_();
        if (token.text == "case")
            return caseOf_();
        if (token.text == "cast" && takeSymbol("(")) {
            const Expr inner = disjunction();
            if (!takeWord("as"))
                throw NotPortable();
            const std::string type = typeName();
            mustSymbol(")");
            return castOf(inner, type);
        }
        if (isSymbol("("))
            return call(token.text);
        if (const auto moment = momentNamed(token.text); moment && !columnOf(token.written, false))
            return *moment;
        return named(token, false);
    }

    const Column *columnOf(const std::string &name, bool isExact) const
    {
        if (const Column *column = table_.column(name))
            return column;
        if (isExact && dialect_ != "sqlite" && dialect_ != "mysql")
            return nullptr;
        const Column *found = nullptr;
        for (const Column &column : table_.columns)
            if (lower(column.name) == lower(name)) {
                if (found)
                    return nullptr;
                found = &column;
            }
        return found;
    }

    Expr named(const Token &token, bool isQuoted)
    {
        Token last = token;
        while (takeSymbol(".")) { // table.column
            if (peek().kind != Token::Kind::Word && peek().kind != Token::Kind::Quoted)
                throw NotPortable();
            last = peek();
            ++at_;
        }
        const std::string name = last.kind == Token::Kind::Quoted ? last.text : last.written;
        if (names_)
            if (const auto other = names_(name))
                return *other;
        if (const Column *column = columnOf(name, isQuoted))
            return columnNamed(*column);
        if (isQuoted && token.written == "\"" && dialect_ == "sqlite")
            return inlined(Value(token.text)); // SQLite takes an unknown name in quotes as a text
        throw NotPortable();
    }

    Expr call(const std::string &name)
    {
        mustSymbol("(");
        std::vector<Expr> arguments;
        if (!takeSymbol(")")) {
            do
                arguments.push_back(disjunction());
            while (takeSymbol(","));
            mustSymbol(")");
        }
        const auto literalText = [&](std::size_t i) -> std::string {
            const std::string *text =
                i < arguments.size() && isLiteral(arguments[i]) ? arguments[i].node().value.as<std::string>() : nullptr;
            return text ? *text : std::string();
        };
        const std::size_t count = arguments.size();
        if (count == 0 &&
            (name == "now" || name == "getdate" || name == "sysdatetime" || name == "transaction_timestamp" ||
             name == "statement_timestamp" || name == "clock_timestamp"))
            return func::currentTimestamp();
        if (count == 0 && (name == "curdate" || name == "curtime"))
            return name == "curdate" ? func::currentDate() : func::currentTime();
        if (const auto moment = momentNamed(name); moment && count <= 1)
            return *moment;
        if (count == 1 && literalText(0) == "now") {
            if (name == "datetime")
                return func::currentTimestamp();
            if (name == "date")
                return func::currentDate();
            if (name == "time")
                return func::currentTime();
        }
        if (count == 1) {
            const Expr &a = arguments.front();
            const std::map<std::string, Expr (*)(const Expr &), std::less<>> simple{
                {"lower", func::lower}, {"upper", func::upper}, {"abs", func::abs},
                {"trim", func::trim},   {"btrim", func::trim},
            };
            if (const auto found = simple.find(name); found != simple.end())
                return found->second(a);
            const bool countsCharacters = dialect_ != "mysql" || name != "length"; // there it counts bytes
            if ((name == "length" || name == "char_length" || name == "character_length" || name == "len") &&
                countsCharacters && a.node().yields != TypeKind::LargeBinary)
                return func::charLength(a);
            if (name == "round")
                return func::round(a);
        }
        if (count == 2 && name == "round")
            return func::round(arguments[0], arguments[1]);
        if (count == 2 && name == "nullif")
            return func::nullif(arguments[0], arguments[1]);
        if (count >= 2 && (name == "coalesce" || (count == 2 && (name == "ifnull" || name == "nvl"))))
            return func::coalesce(std::move(arguments));
        if (count == 3 && name == "replace")
            return function("replace", std::move(arguments));
        throw NotPortable();
    }

    Expr caseOf_()
    {
        Expr operand;
        if (!isWord("when"))
            operand = disjunction();
        std::vector<Branch> branches;
        while (takeWord("when")) {
            const Expr when = disjunction();
            if (!takeWord("then"))
                throw NotPortable();
            branches.emplace_back(when, disjunction());
        }
        Expr otherwise;
        if (takeWord("else"))
            otherwise = disjunction();
        if (!takeWord("end") || branches.empty())
            throw NotPortable();
        if (operand.isEmpty())
            return otherwise.isEmpty() ? case_(std::move(branches)) : case_(std::move(branches), otherwise);
        return otherwise.isEmpty() ? caseOf(operand, std::move(branches))
                                   : caseOf(operand, std::move(branches), otherwise);
    }

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    const std::string &dialect_;
    const Table &table_;
    const ExpressionParser::Names &names_;
};

} // namespace

std::optional<Expr> ExpressionParser::parse(std::string_view sql) const
{
    try {
        Lexer lexer(sql, dialect_ == "mysql", dialect_ == "mssql" || dialect_ == "sqlite");
        return Descent(lexer.all(), dialect_, table_, names_).whole();
    } catch (const NotPortable &) {
        return std::nullopt;
    } catch (const Error &) { // the language refuses what does not fit together
        return std::nullopt;
    }
}

} // namespace schemawright
