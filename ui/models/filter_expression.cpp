#include "ui/models/filter_expression.h"

#include "ui/adapt/text.h"

#include "schemawright/base/error.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <vector>

namespace schemawright::ui {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("FilterExpression", text); }

struct Token
{
    enum class Kind { Word, Quoted, Name, Symbol, End } kind = Kind::End;
    QString text;
    int at = 0;
};

struct Problem
{
    QString text;
    int at = 0;
};

std::vector<Token> tokenize(const QString &text)
{
    std::vector<Token> tokens;
    const int size = static_cast<int>(text.size());
    for (int i = 0; i < size;) {
        const QChar c = text[i];
        if (c.isSpace()) {
            ++i;
            continue;
        }
        const int start = i;
        if (c == u'\'' || c == u'"') {
            QString inner;
            for (++i; i < size; ++i) {
                if (text[i] == c && i + 1 < size && text[i + 1] == c)
                    ++i;
                else if (text[i] == c)
                    break;
                inner += text[i];
            }
            if (i >= size)
                throw Problem{tr("The quote is not closed."), start};
            ++i;
            tokens.push_back({c == u'"' ? Token::Kind::Name : Token::Kind::Quoted, inner, start});
            continue;
        }
        static const QStringList symbols{QStringLiteral("<="), QStringLiteral(">="), QStringLiteral("<>"),
                                         QStringLiteral("!="), QStringLiteral("="),  QStringLiteral("<"),
                                         QStringLiteral(">"),  QStringLiteral("~"),  QStringLiteral("("),
                                         QStringLiteral(")"),  QStringLiteral(",")};
        bool isSymbol = false;
        for (const QString &symbol : symbols)
            if (QStringView(text).mid(i).startsWith(symbol)) {
                tokens.push_back({Token::Kind::Symbol, symbol, start});
                i += static_cast<int>(symbol.size());
                isSymbol = true;
                break;
            }
        if (isSymbol)
            continue;
        while (i < size && !text[i].isSpace() && !QStringLiteral("<>=!~(),").contains(text[i]))
            ++i;
        if (i == start) // a lone ! is part of a word
            ++i;
        tokens.push_back({Token::Kind::Word, text.mid(start, i - start), start});
    }
    tokens.push_back({Token::Kind::End, {}, size});
    return tokens;
}

/// What stands behind a date: a time, an offset from UTC, an era.
bool isTimePart(const QString &word)
{
    static const QRegularExpression part(
        QStringLiteral(
            "^(\\d{1,2}:\\d{2}(:\\d{2}([.]\\d+)?)?([+-]\\d{2}(:?\\d{2})?|Z)?|[+-]\\d{2}(:?\\d{2})?|Z|UTC|BC|AD)$"),
        QRegularExpression::CaseInsensitiveOption);
    return part.match(word).hasMatch();
}

bool mayHoldBlanks(const Type &type)
{
    return !type.isNumber() && type.kind != TypeKind::Boolean && type.kind != TypeKind::Uuid &&
           type.kind != TypeKind::LargeBinary;
}

class Parser
{
public:
    Parser(std::vector<Token> tokens, const TablePtr &table, const Dialect &dialect)
        : tokens_(std::move(tokens)), table_(table), dialect_(dialect)
    {}

    Expr parse()
    {
        if (peek().kind == Token::Kind::End)
            return {};
        Expr result = parseOr();
        if (peek().kind != Token::Kind::End)
            throw Problem{tr("“%1” is not expected here.").arg(peek().text), peek().at};
        return result;
    }

private:
    const Token &peek(std::size_t ahead = 0) const { return tokens_[std::min(next_ + ahead, tokens_.size() - 1)]; }
    Token take() { return tokens_[std::min(next_++, tokens_.size() - 1)]; }
    bool isWord(const char *word, std::size_t ahead = 0) const
    {
        return peek(ahead).kind == Token::Kind::Word &&
               peek(ahead).text.compare(QLatin1String(word), Qt::CaseInsensitive) == 0;
    }
    bool isSymbol(const char *symbol, std::size_t ahead = 0) const
    {
        return peek(ahead).kind == Token::Kind::Symbol && peek(ahead).text == QLatin1String(symbol);
    }

    Expr parseOr()
    {
        std::vector<Expr> all{parseAnd()};
        while (isWord("or")) {
            take();
            all.push_back(parseAnd());
        }
        return or_(std::move(all));
    }

    Expr parseAnd()
    {
        std::vector<Expr> all{parseNot()};
        // Words beside each other must all be found, as in any search box.
        while (peek().kind != Token::Kind::End && !isWord("or") && !isSymbol(")")) {
            if (isWord("and"))
                take();
            all.push_back(parseNot());
        }
        return and_(std::move(all));
    }

    Expr parseNot()
    {
        if (isWord("not") && peek(1).kind != Token::Kind::End) {
            take();
            return not_(parseNot());
        }
        if (isSymbol("(")) {
            const int at = take().at;
            Expr inner = parseOr();
            if (!isSymbol(")"))
                throw Problem{tr("The parenthesis is not closed."), at};
            take();
            return inner;
        }
        return parseCondition();
    }

    const Column *columnNamed(const QString &name) const
    {
        for (const Column &each : table_->columns)
            if (toQString(each.name) == name)
                return &each;
        for (const Column &each : table_->columns)
            if (toQString(each.name).compare(name, Qt::CaseInsensitive) == 0)
                return &each;
        return nullptr;
    }

    bool isOperatorAhead() const
    {
        for (const char *symbol : {"=", "!=", "<>", "<", "<=", ">", ">=", "~"})
            if (isSymbol(symbol, 1))
                return true;
        return isWord("is", 1) || isWord("like", 1) || isWord("in", 1) || (isWord("not", 1) && isWord("in", 2)) ||
               (isWord("not", 1) && isWord("like", 2));
    }

    Expr parseCondition()
    {
        const Token first = peek();
        const bool canBeName = first.kind == Token::Kind::Word || first.kind == Token::Kind::Name;
        if (canBeName && isOperatorAhead()) {
            take();
            const Column *known = columnNamed(first.text);
            if (!known)
                throw Problem{tr("There is no column “%1”.").arg(first.text), first.at};
            return parseComparison(*known);
        }
        if (first.kind == Token::Kind::Symbol)
            throw Problem{tr("A column or a word to look for is expected here."), first.at};
        if (first.kind == Token::Kind::End)
            throw Problem{tr("Something is missing at the end."), first.at};
        return anyColumnHolds(take().text);
    }

    Expr anyColumnHolds(const QString &word) const
    {
        std::vector<Expr> all;
        for (const Column &each : table_->columns)
            if (each.type.kind != TypeKind::LargeBinary && !each.hidden)
                all.push_back(schemawright::icontains(asText(each), word.toStdString()));
        return or_(std::move(all));
    }

    Expr asText(const Column &known) const
    {
        const Expr left = column(table_, known.name);
        return known.type.isText() ? left : cast(left, types::text());
    }

    /// Whether the next word belongs to no condition of its own, but stands right behind a value.
    bool isLooseWordAhead() const
    {
        return peek().kind == Token::Kind::Word && !isWord("and") && !isWord("or") && !isWord("not") &&
               !isOperatorAhead();
    }

    /// A value as it is typed. Behind one without quotes there may be the rest of a point in time; any other word there
    /// could be meant as part of the value as well as to be looked for, so it is asked what is meant.
    Token takeValue(const Column &known)
    {
        Token token = take();
        if (token.kind == Token::Kind::End || token.kind == Token::Kind::Symbol)
            throw Problem{tr("A value is missing here."), token.at};
        if (token.kind != Token::Kind::Word || !mayHoldBlanks(known.type))
            return token;
        while (isLooseWordAhead() && isTimePart(peek().text))
            token.text += u' ' + take().text;
        if (!isLooseWordAhead())
            return token;
        QString whole = token.text;
        const int at = peek().at;
        while (isLooseWordAhead())
            whole += u' ' + take().text;
        throw Problem{tr("A value with blanks needs quotes, as in '%1'; or write “and” before “%2”.")
                          .arg(whole, whole.mid(token.text.size() + 1)),
                      at};
    }

    Value value(const Column &known)
    {
        const Token token = takeValue(known);
        try {
            return dialect_.parseCell(known.type, token.text.toStdString());
        } catch (const Error &error) {
            throw Problem{toQString(error.message), token.at};
        }
    }

    Expr parseComparison(const Column &known)
    {
        const Expr left = column(table_, known.name);
        if (isWord("is")) {
            take();
            const bool negated = isWord("not");
            if (negated)
                take();
            if (!isWord("null"))
                throw Problem{tr("Only “is null” and “is not null” are known."), peek().at};
            take();
            return negated ? isNotNull(left) : isNull(left);
        }
        const bool negated = isWord("not");
        if (negated)
            take();
        if (isWord("like")) {
            take();
            const Expr condition = ilike(asText(known), Value(takeValue(known).text.toStdString()));
            return negated ? not_(condition) : condition;
        }
        if (isWord("in")) {
            take();
            if (!isSymbol("("))
                throw Problem{tr("A list in parentheses is expected: in (a, b)."), peek().at};
            take();
            std::vector<Expr> values;
            for (;;) {
                values.push_back(bind(value(known)));
                const Token separator = take();
                if (separator.text == QLatin1String(")") && separator.kind == Token::Kind::Symbol)
                    break;
                if (separator.text != QLatin1String(","))
                    throw Problem{tr("The list is not closed."), separator.at};
            }
            const Expr condition = in(left, std::move(values));
            return negated ? not_(condition) : condition;
        }
        const QString op = take().text;
        if (op == QLatin1String("~"))
            return schemawright::icontains(asText(known), takeValue(known).text.toStdString());
        const Expr right = bind(value(known));
        if (op == QLatin1String("="))
            return left == right;
        if (op == QLatin1String("!=") || op == QLatin1String("<>"))
            return isDistinctFrom(left, right); // rows without a value are different too
        if (op == QLatin1String("<"))
            return left < right;
        if (op == QLatin1String("<="))
            return left <= right;
        return op == QLatin1String(">") ? left > right : left >= right;
    }

    std::vector<Token> tokens_;
    const TablePtr &table_;
    const Dialect &dialect_;
    std::size_t next_ = 0;
};

} // namespace

QString FilterExpression::help()
{
    return tr("<p>A word is looked for in every column.</p>"
              "<p><code>price &gt;= 10 and name ~ rose</code><br>"
              "<code>(kind in (a, b) or note is null) and not done = 1</code><br>"
              "<code>name like 'r%' and planted = 2024-03-31 02:30</code></p>"
              "<p>~ stands for: contains. Values with blanks and names with blanks stand in quotes: "
              "<code>\"full name\" = 'Ana Lee'</code></p>");
}

FilterExpression FilterExpression::parse(const QString &text, const TablePtr &table, const Dialect &dialect)
{
    FilterExpression result;
    try {
        result.condition = Parser(tokenize(text), table, dialect).parse();
    } catch (const Problem &problem) {
        result.error = problem.text;
        result.errorAt = problem.at;
    }
    return result;
}

} // namespace schemawright::ui
