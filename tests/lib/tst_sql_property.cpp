// Builds random expressions, lets SQLite and PostgreSQL compute them, bound and as literals, and compares with an
// evaluator of its own: precedence, parentheses, three-valued logic, types of parameters. The seed is printed;
// SCHEMAWRIGHT_SEED repeats a run.

#include "schemawright/backends/dialects.h"
#include "schemawright/backends/postgres/postgres_driver.h"
#include "schemawright/base/error.h"
#include "schemawright/engine/engine.h"
#include "schemawright/sql/statement.h"

#include <QTest>

#include <cmath>
#include <functional>
#include <optional>
#include <random>

using namespace schemawright;

namespace {

/// NULL, a truth, a number or a text.
struct Datum
{
    enum class Kind { Null, Truth, Number, Text } kind = Kind::Null;
    bool truth = false;
    double number = 0;
    std::string text;

    static Datum of(bool b) { return {Kind::Truth, b, 0, {}}; }
    static Datum of(double n) { return {Kind::Number, false, n, {}}; }
    static Datum of(std::string t) { return {Kind::Text, false, 0, std::move(t)}; }
    bool isNull() const { return kind == Kind::Null; }
};

struct Facts
{
    std::optional<int> a, b;
    std::optional<std::string> s, t;
    std::optional<bool> p;
};

using Evaluate = std::function<Datum(const Facts &)>;
struct Built
{
    Expr expr;
    Evaluate value;
};

Datum compared(const Datum &x, const Datum &y, int op)
{
    if (x.isNull() || y.isNull())
        return {};
    int order = 0;
    if (x.kind == Datum::Kind::Number)
        order = std::abs(x.number - y.number) < 1e-9 ? 0 : x.number < y.number ? -1 : 1;
    else if (x.kind == Datum::Kind::Text)
        order = x.text.compare(y.text) < 0 ? -1 : x.text == y.text ? 0 : 1;
    else
        order = int(x.truth) - int(y.truth);
    const bool results[] = {order == 0, order != 0, order<0, order <= 0, order> 0, order >= 0};
    return Datum::of(results[op]);
}

Datum both(const Datum &x, const Datum &y)
{
    if ((!x.isNull() && !x.truth) || (!y.isNull() && !y.truth))
        return Datum::of(false);
    return x.isNull() || y.isNull() ? Datum() : Datum::of(true);
}

Datum negated(const Datum &x) { return x.isNull() ? x : Datum::of(!x.truth); }
Datum either(const Datum &x, const Datum &y) { return negated(both(negated(x), negated(y))); }

const std::vector<Facts> &rows();

class Generator
{
public:
    explicit Generator(unsigned seed) : random_(seed)
    {
        auto table = std::make_shared<Table>();
        table->name.name = "facts";
        for (const auto &[name, type] : {std::pair{"id", types::integer()},
                                         {"a", types::integer()},
                                         {"b", types::integer()},
                                         {"s", types::text()},
                                         {"t", types::text()},
                                         {"p", types::boolean()}}) {
            Column column;
            column.name = name;
            column.type = type;
            table->columns.push_back(std::move(column));
        }
        facts = Source(TablePtr(std::move(table)));
    }

    Source facts;

    /// Leaves texts out.
    bool hasTexts = true;

    Built number(int depth)
    {
        switch (depth <= 0 ? pick(4) : pick(hasTexts ? 19 : 18)) {
        case 0:
            return {facts["a"], [](const Facts &r) { return r.a ? Datum::of(double(*r.a)) : Datum(); }};
        case 1:
            return {facts["b"], [](const Facts &r) { return r.b ? Datum::of(double(*r.b)) : Datum(); }};
        case 2:
        case 3: {
            const int n = int(pick(19)) - 9;
            return {bind(n), [n](const Facts &) { return Datum::of(double(n)); }};
        }
        case 4:
        case 5:
            return arithmetic(
                number(depth - 1), number(depth - 1), [](const Expr &x, const Expr &y) { return x + y; },
                [](double x, double y) { return x + y; });
        case 6:
        case 7:
            return arithmetic(
                number(depth - 1), number(depth - 1), [](const Expr &x, const Expr &y) { return x - y; },
                [](double x, double y) { return x - y; });
        case 8:
            return arithmetic(
                number(depth - 2), number(depth - 2), [](const Expr &x, const Expr &y) { return x * y; },
                [](double x, double y) { return x * y; });
        case 9: {
            const Built x = number(depth - 1);
            return {-x.expr, [v = x.value](const Facts &r) {
                        const Datum d = v(r);
                        return d.isNull() ? d : Datum::of(-d.number);
                    }};
        }
        case 10: {
            const Built c = condition(depth - 1), x = number(depth - 1), y = number(depth - 1);
            return {case_({{c.expr, x.expr}}, y.expr), [c = c.value, x = x.value, y = y.value](const Facts &r) {
                        const Datum d = c(r);
                        return !d.isNull() && d.truth ? x(r) : y(r);
                    }};
        }
        case 11: {
            const Built x = number(depth - 1), y = number(depth - 1);
            return {func::coalesce({x.expr, y.expr}), [x = x.value, y = y.value](const Facts &r) {
                        const Datum d = x(r);
                        return d.isNull() ? y(r) : d;
                    }};
        }
        case 12: {
            const Built x = number(depth - 1), y = number(depth - 1);
            return {func::nullif(x.expr, y.expr), [x = x.value, y = y.value](const Facts &r) {
                        const Datum p = x(r), same = compared(p, y(r), 0);
                        return !same.isNull() && same.truth ? Datum() : p;
                    }};
        }
        case 13: {
            const Built x = number(depth - 1);
            return {func::abs(x.expr), [x = x.value](const Facts &r) {
                        const Datum d = x(r);
                        return d.isNull() ? d : Datum::of(std::abs(d.number));
                    }};
        }
        case 14: {
            const Built x = number(depth - 1), w = number(depth - 2), y = number(depth - 1);
            return {caseOf(x.expr, {{w.expr, y.expr}}), [x = x.value, w = w.value, y = y.value](const Facts &r) {
                        const Datum same = compared(x(r), w(r), 0);
                        return !same.isNull() && same.truth ? y(r) : Datum();
                    }};
        }
        case 15: {
            const int n = int(pick(15)), kind = int(pick(4));
            const Built x = {func::abs(facts["a"]),
                             [](const Facts &r) { return r.a ? Datum::of(double(std::abs(*r.a))) : Datum(); }};
            const Expr e = kind == 0   ? bitAnd(x.expr, n)
                           : kind == 1 ? bitOr(x.expr, n)
                           : kind == 2 ? shiftLeft(x.expr, n % 4)
                                       : shiftRight(x.expr, n % 4);
            return {e, [x = x.value, n, kind](const Facts &r) {
                        const Datum d = x(r);
                        if (d.isNull())
                            return d;
                        const int v = int(d.number);
                        return Datum::of(double(kind == 0   ? v & n
                                                : kind == 1 ? v | n
                                                : kind == 2 ? v << n % 4
                                                            : v >> n % 4));
                    }};
        }
        case 16: {
            // How many rows have a smaller a: a query of its own that looks at the row around it.
            const Source other = facts.alias("other");
            return {select({count()}).from(other).where(other["a"] < facts["a"]).scalar(), [](const Facts &r) {
                        return Datum::of(double(std::ranges::count_if(
                            rows(), [&](const Facts &each) { return each.a && r.a && *each.a < *r.a; })));
                    }};
        }
        case 17: {
            const int n = int(pick(5)) + 1;
            return {floorDivide(func::abs(facts["a"]), n),
                    [n](const Facts &r) { return r.a ? Datum::of(double(std::abs(*r.a) / n)) : Datum(); }};
        }
        default: {
            const Built x = text(depth - 1);
            return {func::length(x.expr), [x = x.value](const Facts &r) {
                        const Datum d = x(r);
                        return d.isNull() ? d : Datum::of(double(d.text.size()));
                    }};
        }
        }
    }

    /// A quotient: no whole number, so only at the top or in a comparison.
    Built quotient(int depth)
    {
        const Built x = number(depth - 1), y = number(depth - 1);
        return {x.expr / func::nullif(y.expr, 0), [x = x.value, y = y.value](const Facts &r) {
                    const Datum n = x(r), d = y(r);
                    return n.isNull() || d.isNull() || d.number == 0 ? Datum() : Datum::of(n.number / d.number);
                }};
    }

    Built remainder(int depth)
    {
        const Built x = number(depth - 1);
        const int n = int(pick(7)) + 1;
        return {x.expr % n, [x = x.value, n](const Facts &r) {
                    const Datum d = x(r);
                    return d.isNull() ? d : Datum::of(std::fmod(d.number, n));
                }};
    }

    Built text(int depth)
    {
        switch (depth <= 0 ? pick(3) : pick(9)) {
        case 0:
            return {facts["s"], [](const Facts &r) { return r.s ? Datum::of(*r.s) : Datum(); }};
        case 1:
            return {facts["t"], [](const Facts &r) { return r.t ? Datum::of(*r.t) : Datum(); }};
        case 2: {
            static const char *const words[] = {"", "a", "ab", "it's", "50%", "x_y", "a/b", "q\\r", "--"};
            const std::string word = words[pick(9)];
            return {bind(word), [word](const Facts &) { return Datum::of(word); }};
        }
        case 3:
        case 4: {
            const Built x = text(depth - 1), y = text(depth - 1);
            return {concat({x.expr, y.expr}), [x = x.value, y = y.value](const Facts &r) {
                        const Datum p = x(r), q = y(r);
                        return p.isNull() || q.isNull() ? Datum() : Datum::of(p.text + q.text);
                    }};
        }
        case 5: {
            const Built c = condition(depth - 1), x = text(depth - 1), y = text(depth - 1);
            return {case_({{c.expr, x.expr}}, y.expr), [c = c.value, x = x.value, y = y.value](const Facts &r) {
                        const Datum d = c(r);
                        return !d.isNull() && d.truth ? x(r) : y(r);
                    }};
        }
        case 6: {
            const Built x = text(depth - 1);
            return {function("substr", x.expr, 2, 2), [x = x.value](const Facts &r) {
                        Datum d = x(r);
                        d.text = d.text.size() < 2 ? std::string() : d.text.substr(1, 2);
                        return d;
                    }};
        }
        case 7:
            return {cast(facts["a"], types::text()),
                    [](const Facts &r) { return r.a ? Datum::of(std::to_string(*r.a)) : Datum(); }};
        default: {
            const Built x = text(depth - 1), y = text(depth - 1);
            return {func::coalesce({x.expr, y.expr}), [x = x.value, y = y.value](const Facts &r) {
                        const Datum d = x(r);
                        return d.isNull() ? y(r) : d;
                    }};
        }
        }
    }

    Built condition(int depth)
    {
        switch (depth <= 0 ? pick(3) : pick(20)) {
        case 0:
            return {facts["p"], [](const Facts &r) { return r.p ? Datum::of(*r.p) : Datum(); }};
        case 1:
        case 2:
        case 3:
            return comparison(number(depth - 1), number(depth - 1), int(pick(6)));
        case 4:
            return hasTexts ? comparison(text(depth - 1), text(depth - 1), int(pick(2)))
                            : comparison(condition(depth - 1), condition(depth - 1), int(pick(2)));
        case 5:
        case 6: {
            const Built x = condition(depth - 1), y = condition(depth - 1);
            return {x.expr && y.expr, [x = x.value, y = y.value](const Facts &r) { return both(x(r), y(r)); }};
        }
        case 7:
        case 8: {
            const Built x = condition(depth - 1), y = condition(depth - 1);
            return {x.expr || y.expr, [x = x.value, y = y.value](const Facts &r) { return either(x(r), y(r)); }};
        }
        case 9:
        case 10: {
            const Built x = condition(depth - 1);
            return {!x.expr, [x = x.value](const Facts &r) { return negated(x(r)); }};
        }
        case 11: {
            const Built x = number(depth - 1), low = number(depth - 2), high = number(depth - 2);
            return {between(x.expr, low.expr, high.expr),
                    [x = x.value, low = low.value, high = high.value](const Facts &r) {
                        return both(compared(x(r), low(r), 5), compared(x(r), high(r), 3));
                    }};
        }
        case 12: {
            const Built x = number(depth - 1);
            std::vector<Expr> list;
            std::vector<Evaluate> values;
            for (std::size_t n = pick(4); n-- > 0;) {
                const Built item = number(depth - 2);
                list.push_back(item.expr);
                values.push_back(item.value);
            }
            return {in(x.expr, list), [x = x.value, values](const Facts &r) {
                        Datum any = Datum::of(false);
                        for (const Evaluate &value : values)
                            any = either(any, compared(x(r), value(r), 0));
                        return any;
                    }};
        }
        case 13: {
            const Built x = pick(2) || !hasTexts ? number(depth - 1) : text(depth - 1);
            const bool wantsNull = pick(2);
            return {wantsNull ? x.expr == nullptr : x.expr != nullptr,
                    [x = x.value, wantsNull](const Facts &r) { return Datum::of(x(r).isNull() == wantsNull); }};
        }
        case 14: {
            if (!hasTexts)
                return condition(depth - 1);
            const Built x = text(depth - 1);
            static const char *const parts[] = {"a", "50%", "_", "/", "'", "b"};
            const std::string part = parts[pick(6)];
            const int kind = int(pick(3));
            const Expr e = kind == 0   ? contains(x.expr, part)
                           : kind == 1 ? startsWith(x.expr, part)
                                       : endsWith(x.expr, part);
            return {e, [x = x.value, part, kind](const Facts &r) {
                        const Datum d = x(r);
                        if (d.isNull())
                            return d;
                        return Datum::of(kind == 0   ? d.text.find(part) != std::string::npos
                                         : kind == 1 ? d.text.starts_with(part)
                                                     : d.text.ends_with(part));
                    }};
        }
        case 15: {
            // Rows: the first difference decides.
            const Built x = number(depth - 2), y = number(depth - 2), v = number(depth - 2), w = number(depth - 2);
            const int op = int(pick(6));
            const Built whole = comparison({tuple({x.expr, y.expr}), {}}, {tuple({v.expr, w.expr}), {}}, op);
            return {whole.expr, [x = x.value, y = y.value, v = v.value, w = w.value, op](const Facts &r) {
                        const Datum same = compared(x(r), v(r), 0), rest = compared(y(r), w(r), op);
                        if (op == 0)
                            return both(same, rest);
                        if (op == 1)
                            return either(negated(same), rest);
                        return either(compared(x(r), v(r), op < 4 ? 2 : 4), both(same, rest));
                    }};
        }
        case 16: {
            const Built x = number(depth - 1), y = number(depth - 2), z = number(depth - 2);
            return {notIn(x.expr, {y.expr, z.expr}), [x = x.value, y = y.value, z = z.value](const Facts &r) {
                        return negated(either(compared(x(r), y(r), 0), compared(x(r), z(r), 0)));
                    }};
        }
        case 17: {
            const Source other = facts.alias("other");
            const Built x = number(depth - 2);
            return {in(x.expr, select({other["b"]}).from(other)), [x = x.value](const Facts &r) {
                        Datum any = Datum::of(false);
                        for (const Facts &each : rows())
                            any = either(any, compared(x(r), each.b ? Datum::of(double(*each.b)) : Datum(), 0));
                        return any;
                    }};
        }
        case 18: {
            const Source other = facts.alias("other");
            const int n = int(pick(9)) - 4;
            return {exists(select({star()}).from(other).where(other["a"] > facts["b"] + n)), [n](const Facts &r) {
                        return Datum::of(std::ranges::any_of(
                            rows(), [&](const Facts &each) { return each.a && r.b && *each.a > *r.b + n; }));
                    }};
        }
        default: {
            const Built x = number(depth - 1), y = number(depth - 1);
            const bool same = pick(2);
            return {same ? isNotDistinctFrom(x.expr, y.expr) : isDistinctFrom(x.expr, y.expr),
                    [x = x.value, y = y.value, same](const Facts &r) {
                        const Datum p = x(r), q = y(r);
                        const bool isSame =
                            p.isNull() || q.isNull() ? p.isNull() && q.isNull() : compared(p, q, 0).truth;
                        return Datum::of(isSame == same);
                    }};
        }
        }
    }

    Built any(int depth)
    {
        switch (pick(8)) {
        case 0:
        case 1:
            return number(depth);
        case 2:
            return text(depth);
        case 3:
            return quotient(depth);
        case 4:
            return remainder(depth);
        default:
            return condition(depth);
        }
    }

private:
    std::size_t pick(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }

    template <class Join, class Compute> Built arithmetic(const Built &x, const Built &y, Join join, Compute compute)
    {
        return {join(x.expr, y.expr), [x = x.value, y = y.value, compute](const Facts &r) {
                    const Datum p = x(r), q = y(r);
                    return p.isNull() || q.isNull() ? Datum() : Datum::of(compute(p.number, q.number));
                }};
    }

    Built comparison(const Built &x, const Built &y, int op)
    {
        const Expr e = op == 0   ? x.expr == y.expr
                       : op == 1 ? x.expr != y.expr
                       : op == 2 ? x.expr < y.expr
                       : op == 3 ? x.expr <= y.expr
                       : op == 4 ? x.expr > y.expr
                                 : x.expr >= y.expr;
        return {e, [x = x.value, y = y.value, op](const Facts &r) { return compared(x(r), y(r), op); }};
    }

    std::mt19937 random_;
};

const std::vector<Facts> &rows()
{
    static const std::vector<Facts> all{{1, 2, "ab", "a", true},
                                        {0, -3, "it's", "", false},
                                        {std::nullopt, 5, "50%", "x_y", std::nullopt},
                                        {7, std::nullopt, "", "b", true},
                                        {-4, 0, std::nullopt, "a/b", false},
                                        {9, 9, "a", std::nullopt, true},
                                        {std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt}};
    return all;
}

std::string shown(const Datum &d)
{
    return d.isNull()                      ? "NULL"
           : d.kind == Datum::Kind::Truth  ? (d.truth ? "true" : "false")
           : d.kind == Datum::Kind::Number ? std::to_string(d.number)
                                           : "'" + d.text + "'";
}

bool agrees(const Datum &expected, const Value &actual)
{
    if (expected.isNull() || actual.isNull())
        return expected.isNull() && actual.isNull();
    if (expected.kind == Datum::Kind::Text)
        return actual.text() == expected.text;
    const std::string text = actual.text();
    const double number = text == "true" ? 1 : text == "false" ? 0 : std::strtod(text.c_str(), nullptr);
    const double wanted = expected.kind == Datum::Kind::Truth ? double(expected.truth) : expected.number;
    return std::abs(number - wanted) <= 1e-9 * std::max(1.0, std::abs(wanted));
}

} // namespace

class tst_SqlProperty : public QObject
{
    Q_OBJECT

private:
    /// With `other` the queries are written for another database, with literals, and hold no texts.
    void hold(Engine &engine, const Dialect &dialect, int rounds, const Dialect *other = nullptr);

private Q_SLOTS:
    /// What the cache gives is what a compiler says afresh, for shapes that are alike but for one thing.
    void theCacheConfusesNothing()
    {
        const unsigned seed = std::random_device{}();
        qInfo("seed %u", seed);
        Generator generator(seed);
        std::mt19937 random(seed);
        const auto pick = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
        // Few shapes, so that each is met again soon, with other values or the same.
        const auto key = [&]() -> Expr {
            const int n = pick(2) + 1;
            return pick(4) == 0 ? generator.facts["a"] : pick(2) ? generator.facts["a"] + n : generator.facts["a"] % n;
        };
        for (int round = 0; round < 4000; ++round) {
            Expr x = key();
            if (pick(3) == 0)
                x = x.label("x");
            const Expr y = pick(2) ? x : key(), z = pick(2) ? x : key();
            Select query = select({x, count()}).from(generator.facts);
            if (pick(4))
                query = query.groupBy({y});
            if (pick(3) == 0)
                query = query.having(key() > pick(2));
            if (pick(2))
                query = query.orderBy({z});
            if (pick(4) == 0)
                query = query.distinct();
            if (pick(4) == 0)
                query = query.limit(pick(2));
            if (pick(10) == 0)
                query = query.where(generator.condition(1).expr);
            for (const Dialect *dialect : allDialects()) {
                std::optional<Compiled> fresh, cached;
                try {
                    fresh = dialect->compileAs(query, {});
                } catch (const Error &) {
                }
                try {
                    cached = dialect->compile(query);
                } catch (const Error &) {
                }
                QCOMPARE(cached.has_value(), fresh.has_value());
                if (!fresh)
                    continue;
                QCOMPARE(cached->sql, fresh->sql);
                QVERIFY2(cached->parameters == fresh->parameters, fresh->sql.c_str());
            }
        }
    }
    /// Conditions as SQL Server takes them where a value stands. SQLite understands that SQL as well, so it says
    /// whether what is neither true nor false stays so.
    void conditionsOfSqlServerAsValues()
    {
        Engine engine = Engine::open("sqlite://");
        hold(engine, *dialectNamed("sqlite"), 600, dialectNamed("mssql"));
    }
    void onSqlite()
    {
        Engine engine = Engine::open("sqlite://");
        hold(engine, *dialectNamed("sqlite"), 1500);
    }

    void onPostgres()
    {
        const QByteArray url = qgetenv("SCHEMAWRIGHT_TEST_PG_URL");
        if (url.isEmpty())
            QSKIP("no PostgreSQL (SCHEMAWRIGHT_TEST_PG_URL is not set)");
        Engine engine = Engine::open(url.toStdString());
        hold(engine, *dialectNamed("postgresql"), 1500);
    }
};

void tst_SqlProperty::hold(Engine &engine, const Dialect &dialect, int rounds, const Dialect *other)
{
    const QByteArray given = qgetenv("SCHEMAWRIGHT_SEED");
    const unsigned seed = given.isEmpty() ? std::random_device{}() : given.toUInt();
    qInfo("seed %u", seed);
    Connection connection = engine.connect();
    connection.executeScript("DROP TABLE IF EXISTS facts");
    connection.executeScript(
        "CREATE TABLE facts (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, s TEXT, t TEXT, p BOOLEAN)");
    Generator generator(seed);
    generator.hasTexts = !other;
    const auto optional = [](const auto &v) { return v ? Value(*v) : Value(); };
    int id = 0;
    for (const Facts &row : rows())
        connection.execute(dialect.compile(insert(generator.facts)
                                               .values({{"id", ++id},
                                                        {"a", optional(row.a)},
                                                        {"b", optional(row.b)},
                                                        {"s", optional(row.s)},
                                                        {"t", optional(row.t)},
                                                        {"p", optional(row.p)}})));
    for (int round = 0; round < rounds; ++round) {
        const Built built = other ? generator.condition(1 + round % 5) : generator.any(1 + round % 5);
        const Select query = select({built.expr}).from(generator.facts).orderBy({generator.facts["id"]});
        const std::string literal = (other ? *other : dialect).literalSql(query);
        const std::string bound = other ? literal : dialect.compile(query).sql;
        try {
            const std::vector<Value> fromBound =
                (other ? connection.execute(literal) : connection.execute(dialect.compile(query))).scalars();
            const std::vector<Value> fromLiteral = connection.execute(literal).scalars();
            QCOMPARE(fromBound.size(), rows().size());
            for (std::size_t i = 0; i < rows().size(); ++i) {
                const Datum expected = built.value(rows()[i]);
                QVERIFY2(agrees(expected, fromBound[i]),
                         ("row " + std::to_string(i + 1) + ": " + fromBound[i].text() + " instead of " +
                          shown(expected) + "\n" + literal + "\n" + bound)
                             .c_str());
                QVERIFY2(agrees(expected, fromLiteral[i]),
                         ("row " + std::to_string(i + 1) + ", with literals: " + fromLiteral[i].text() +
                          " instead of " + shown(expected) + "\n" + literal)
                             .c_str());
            }
            // As a condition it chooses the rows for which it is true.
            if (other || built.expr.isEmpty() || built.value(rows()[0]).kind != Datum::Kind::Truth)
                continue;
            const auto chosen = connection
                                    .execute(dialect.compile(select({generator.facts["id"]})
                                                                 .from(generator.facts)
                                                                 .where(built.expr)
                                                                 .orderBy({generator.facts["id"]})))
                                    .scalars();
            std::vector<Value> expected;
            for (std::size_t i = 0; i < rows().size(); ++i)
                if (const Datum d = built.value(rows()[i]); !d.isNull() && d.truth)
                    expected.push_back(Value(static_cast<std::int64_t>(i + 1)));
            QVERIFY2(chosen == expected, literal.c_str());
        } catch (const Error &error) {
            QFAIL((error.describe() + "\n" + bound + "\n" + literal).c_str());
        }
    }
}

QTEST_GUILESS_MAIN(tst_SqlProperty)
#include "tst_sql_property.moc"
