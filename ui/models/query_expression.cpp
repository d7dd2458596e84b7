#include "ui/models/query_expression.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/expr_node.h"
#include "schemawright/sql/functions.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>

namespace schemawright::ui {

namespace {

struct Token
{
    enum class Kind { End, Word, Name, String, Number, Symbol };
    Kind kind = Kind::End;
    std::string text;
};

std::string lower(std::string text)
{
    for (char &c : text)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return text;
}

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::vector<Token> tokenize(const std::string &text)
{
    std::vector<Token> tokens;
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        if (c == ' ' || c == '\t' || c == '\n') {
            ++i;
            continue;
        }
        if (c == '\'' || c == '"' || c == '`' || c == '[') {
            const char close = c == '[' ? ']' : c;
            std::string inner;
            for (++i;; ++i) {
                if (i >= text.size())
                    throw std::string("A quote is not closed.");
                if (text[i] != close)
                    inner += text[i];
                else if (i + 1 < text.size() && text[i + 1] == close && close != ']')
                    inner += text[i++];
                else
                    break;
            }
            ++i;
            tokens.push_back({c == '\'' ? Token::Kind::String : Token::Kind::Name, inner});
        } else if (isDigit(c) || (c == '.' && i + 1 < text.size() && isDigit(text[i + 1]))) {
            const std::size_t start = i;
            while (i < text.size() && (isDigit(text[i]) || text[i] == '.'))
                ++i;
            tokens.push_back({Token::Kind::Number, text.substr(start, i - start)});
        } else if (isLetter(c)) {
            const std::size_t start = i;
            while (i < text.size() && (isLetter(text[i]) || isDigit(text[i])))
                ++i;
            tokens.push_back({Token::Kind::Word, text.substr(start, i - start)});
        } else {
            static constexpr std::string_view pairs[] = {"<=", ">=", "<>", "!=", "||"};
            std::string symbol(1, c);
            for (const std::string_view pair : pairs)
                if (text.compare(i, 2, pair) == 0)
                    symbol = pair;
            i += symbol.size();
            tokens.push_back({Token::Kind::Symbol, symbol});
        }
    }
    return tokens;
}

class Parser
{
public:
    Parser(std::vector<Token> tokens, const QueryScope &scope, bool binds)
        : tokens_(std::move(tokens)), scope_(scope), binds_(binds)
    {}

    Expr expression()
    {
        Expr e = either();
        mustEnd();
        return e;
    }

    Expr condition(const Expr &left)
    {
        Expr e = conditions(left);
        mustEnd();
        return e;
    }

private:
    const Token &peek(std::size_t ahead = 0) const
    {
        static const Token end;
        return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead] : end;
    }
    bool isWord(const char *word, std::size_t ahead = 0) const
    {
        return peek(ahead).kind == Token::Kind::Word && lower(peek(ahead).text) == word;
    }
    bool takeWord(const char *word) { return isWord(word) && (++at_, true); }
    bool isSymbol(const char *symbol, std::size_t ahead = 0) const
    {
        return peek(ahead).kind == Token::Kind::Symbol && peek(ahead).text == symbol;
    }
    bool takeSymbol(const char *symbol) { return isSymbol(symbol) && (++at_, true); }
    void must(const char *symbol)
    {
        if (!takeSymbol(symbol))
            throw "“" + std::string(symbol) + "” is missing" + here();
    }
    void mustEnd() const
    {
        if (at_ < tokens_.size())
            throw "“" + peek().text + "” is not expected here.";
    }
    std::string here() const
    {
        return peek().kind == Token::Kind::End ? " at the end." : " before “" + peek().text + "”.";
    }

    Expr conditions(const Expr &left)
    {
        std::vector<Expr> any;
        do {
            std::vector<Expr> all;
            do
                all.push_back(one(left));
            while (takeWord("and"));
            any.push_back(and_(std::move(all)));
        } while (takeWord("or"));
        return or_(std::move(any));
    }

    static std::optional<Operator> comparison(const Token &token)
    {
        static const std::map<std::string, Operator> all{{"=", Operator::Equal},        {"<>", Operator::NotEqual},
                                                         {"!=", Operator::NotEqual},    {"<", Operator::Less},
                                                         {"<=", Operator::LessEqual},   {">", Operator::Greater},
                                                         {">=", Operator::GreaterEqual}};
        const auto found = token.kind == Token::Kind::Symbol ? all.find(token.text) : all.end();
        return found == all.end() ? std::nullopt : std::optional(found->second);
    }

    Expr one(const Expr &left)
    {
        const bool isNegated = takeWord("not");
        if (const auto test = maybeTest(left, isNegated))
            return *test;
        if (const auto op = comparison(peek())) {
            ++at_;
            const Expr e = compareExpr(*op, left, fitted(sum(), left));
            return isNegated ? not_(e) : e;
        }
        // Nothing but a value is what people write for "equal to it"; several words are one text.
        std::string words;
        std::size_t count = 0;
        while (peek(count).kind == Token::Kind::Word || peek(count).kind == Token::Kind::Number) {
            words += (words.empty() ? "" : " ") + peek(count).text;
            ++count;
        }
        const bool isText = count && at_ + count == tokens_.size() && !isColumn(words) && !isNumberAlone(count);
        const Expr value = isText ? (at_ += count, bind(Value(words))) : fitted(sum(), left);
        const Expr e = left == value;
        return isNegated ? not_(e) : e;
    }

    bool isNumberAlone(std::size_t count) const { return count == 1 && peek().kind == Token::Kind::Number; }
    bool isColumn(const std::string &name) const
    {
        return std::ranges::any_of(scope_, [&](const auto &each) { return columnIn(each.second, name).has_value(); });
    }

    /// is null, between, in, like behind `left`, when they stand here.
    std::optional<Expr> maybeTest(const Expr &left, bool isNegated)
    {
        if (takeWord("is")) {
            const bool isNot = takeWord("not") != isNegated;
            if (!takeWord("null"))
                throw std::string("Only “is null” and “is not null” are known.");
            return isNot ? isNotNull(left) : isNull(left);
        }
        if (takeWord("between")) {
            const Expr low = fitted(sum(), left);
            if (!takeWord("and"))
                throw "“and” is missing" + here();
            const Expr high = fitted(sum(), left);
            return isNegated ? notBetween(left, low, high) : between(left, low, high);
        }
        if (takeWord("in")) {
            must("(");
            std::vector<Expr> values;
            do
                values.push_back(fitted(sum(), left));
            while (takeSymbol(","));
            must(")");
            return isNegated ? notIn(left, std::move(values)) : in(left, std::move(values));
        }
        if (takeWord("like")) {
            const Expr pattern = sum();
            return isNegated ? notLike(left, pattern) : like(left, pattern);
        }
        if (takeWord("contains")) {
            if (peek().kind == Token::Kind::End)
                throw std::string("What it should contain is missing.");
            const Expr e = icontains(left, peek().text);
            ++at_;
            return isNegated ? not_(e) : e;
        }
        return std::nullopt;
    }

    /// A number that is compared with a text is meant as one.
    static Expr fitted(const Expr &value, const Expr &other)
    {
        const ExprNode &node = value.node();
        const TypeKind kind = other.node().yields;
        const bool isText = kind == TypeKind::Text || kind == TypeKind::String || kind == TypeKind::Char;
        if (isText && node.kind == ExprKind::Bind && !node.value.is<std::string>())
            return bind(Value(node.value.text()));
        return value;
    }

    Expr either()
    {
        std::vector<Expr> all;
        do
            all.push_back(both());
        while (takeWord("or"));
        return all.size() == 1 ? all.front() : or_(std::move(all));
    }
    Expr both()
    {
        std::vector<Expr> all;
        do
            all.push_back(negation());
        while (takeWord("and"));
        return all.size() == 1 ? all.front() : and_(std::move(all));
    }
    Expr negation()
    {
        if (takeWord("not"))
            return not_(negation());
        const Expr left = sum();
        const bool isNegated = isWord("not") && (++at_, true);
        if (const auto test = maybeTest(left, isNegated))
            return *test;
        if (const auto op = comparison(peek())) {
            ++at_;
            return compareExpr(*op, left, sum());
        }
        return left;
    }
    Expr sum()
    {
        Expr left = product();
        while (true) {
            if (takeSymbol("+"))
                left = left + product();
            else if (takeSymbol("-"))
                left = left - product();
            else if (takeSymbol("||"))
                left = concat({left, product()});
            else
                return left;
        }
    }
    Expr product()
    {
        Expr left = sign();
        while (true) {
            if (takeSymbol("*"))
                left = left * sign();
            else if (takeSymbol("/"))
                left = left / sign();
            else if (takeSymbol("%"))
                left = left % sign();
            else
                return left;
        }
    }
    Expr sign() { return takeSymbol("-") ? -sign() : primary(); }

    Expr constant(Value value) const { return binds_ ? bind(std::move(value)) : inlined(std::move(value)); }

    Expr primary()
    {
        const Token token = peek();
        switch (token.kind) {
        case Token::Kind::End:
            throw std::string("Something is missing at the end.");
        case Token::Kind::String:
            ++at_;
            return constant(Value(token.text));
        case Token::Kind::Number: {
            ++at_;
            std::int64_t number = 0;
            const char *end = token.text.data() + token.text.size();
            if (const auto [stop, error] = std::from_chars(token.text.data(), end, number);
                error == std::errc() && stop == end)
                return constant(Value(number));
            if (const auto decimal = Decimal::parse(token.text))
                return constant(Value(*decimal));
            throw "“" + token.text + "” is no number.";
        }
        case Token::Kind::Symbol:
            if (takeSymbol("(")) {
                const Expr inner = either();
                must(")");
                return inner;
            }
            if (takeSymbol("*"))
                return star();
            throw "“" + token.text + "” is not expected here.";
        case Token::Kind::Name:
            ++at_;
            return named(token.text);
        case Token::Kind::Word:
            break;
        }
        ++at_;
        const std::string word = lower(token.text);
        if (isSymbol("("))
            return call(word);
        if (word == "null")
            return null();
        if (word == "true" || word == "false")
            return word == "true" ? true_() : false_();
        if (word == "case")
            return caseWhen();
        return named(token.text);
    }

    Expr caseWhen()
    {
        std::vector<Branch> branches;
        while (takeWord("when")) {
            const Expr when = either();
            if (!takeWord("then"))
                throw "“then” is missing" + here();
            branches.emplace_back(when, either());
        }
        if (branches.empty())
            throw "“when” is missing" + here();
        Expr otherwise;
        if (takeWord("else"))
            otherwise = either();
        if (!takeWord("end"))
            throw "“end” is missing" + here();
        return otherwise.isEmpty() ? case_(std::move(branches)) : case_(std::move(branches), otherwise);
    }

    static std::optional<Expr> columnIn(const Source &source, const std::string &name)
    {
        for (const Expr &column : source.columns())
            if (column.node().text == name)
                return column;
        for (const Expr &column : source.columns())
            if (lower(column.node().text) == lower(name))
                return column;
        return std::nullopt;
    }

    Expr named(const std::string &first)
    {
        if (takeSymbol(".")) {
            const Token second = peek();
            if (second.kind != Token::Kind::Word && second.kind != Token::Kind::Name)
                throw "A column of “" + first + "” is missing.";
            ++at_;
            for (const auto &[alias, source] : scope_)
                if (alias == first || lower(alias) == lower(first)) {
                    if (const auto column = columnIn(source, second.text))
                        return *column;
                    throw "“" + alias + "” has no column “" + second.text + "”.";
                }
            throw "There is no table “" + first + "” in this query.";
        }
        std::optional<Expr> found;
        std::string owner;
        for (const auto &[alias, source] : scope_)
            if (const auto column = columnIn(source, first)) {
                if (found)
                    throw "“" + first + "” is a column of both “" + owner + "” and “" + alias + "”: write " + owner +
                        "." + first + ".";
                found = column;
                owner = alias;
            }
        if (!found)
            throw "There is no column “" + first + "”. A text stands in single quotes.";
        return *found;
    }

    Expr call(const std::string &name)
    {
        must("(");
        if (name == "count" && takeSymbol("*")) {
            must(")");
            return func::count();
        }
        const bool isDistinct = takeWord("distinct");
        std::vector<Expr> arguments;
        if (!isSymbol(")"))
            do
                arguments.push_back(either());
            while (takeSymbol(","));
        must(")");
        const auto wants = [&](std::size_t least, std::size_t most) {
            if (arguments.size() < least || arguments.size() > most)
                throw name + "() takes another number of values.";
        };
        const std::map<std::string, Expr (*)(const Expr &)> one{
            {"count", func::count}, {"sum", func::sum},          {"avg", func::avg},     {"min", func::min},
            {"max", func::max},     {"lower", func::lower},      {"upper", func::upper}, {"trim", func::trim},
            {"abs", func::abs},     {"length", func::charLength}};
        if (const auto found = one.find(name); found != one.end()) {
            wants(1, 1);
            return found->second(isDistinct ? distinct(arguments.front()) : arguments.front());
        }
        for (const char *field : {"year", "month", "day", "hour", "minute", "second"})
            if (name == field) {
                wants(1, 1);
                return extract(field, arguments.front());
            }
        if (name == "round") {
            wants(1, 2);
            return arguments.size() == 1 ? func::round(arguments[0]) : func::round(arguments[0], arguments[1]);
        }
        if (name == "div") {
            wants(2, 2);
            return floorDivide(arguments[0], arguments[1]);
        }
        if (name == "coalesce") {
            wants(2, 99);
            return func::coalesce(std::move(arguments));
        }
        if (name == "nullif") {
            wants(2, 2);
            return func::nullif(arguments[0], arguments[1]);
        }
        if (name == "concat") {
            wants(1, 99);
            return concat(std::move(arguments));
        }
        if (name == "now") {
            wants(0, 0);
            return func::now();
        }
        return function(name, std::move(arguments));
    }

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    const QueryScope &scope_;
    const bool binds_;
};

template <class Work> Expr told(Work work)
{
    try {
        return work();
    } catch (const Error &error) {
        throw error.message;
    }
}

} // namespace

Expr parseExpression(const std::string &text, const QueryScope &scope)
{
    return told([&] { return Parser(tokenize(text), scope, false).expression(); });
}

Expr parseCondition(const std::string &text, const Expr &left, const QueryScope &scope)
{
    return told([&] { return Parser(tokenize(text), scope, true).condition(left); });
}

} // namespace schemawright::ui
