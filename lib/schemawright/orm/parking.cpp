#include "schemawright/orm/parking.h"

#include "schemawright/orm/row_condition.h"
#include "schemawright/schema/sql_pieces.h"
#include "schemawright/sql/expr_node.h"
#include "schemawright/sql/expression_parser.h"
#include "schemawright/sql/walk.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright {

namespace {

std::size_t characters(std::string_view text)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::vector<Value> texts(const Type &type, const std::string &example, std::int64_t number)
{
    std::vector<Value> all;
    const auto add = [&](std::string text) {
        if (!type.length || static_cast<int>(characters(text)) <= *type.length)
            all.emplace_back(std::move(text));
    };
    add(fmt::format("~{}~", number));
    const std::string digits = std::to_string(number);
    if (const std::size_t length = characters(example); length > digits.size())
        add(std::string(length - digits.size(), '~') + digits);
    if (number < 32)
        add(std::string(1, static_cast<char>(number))); // a control character
    return all;
}

/// The largest of this precision and scale, and below them.
Value decimal(int precision, int scale, std::int64_t number, bool isNegative)
{
    std::string digits(static_cast<std::size_t>(precision), '9');
    for (std::size_t at = digits.size(); number > 1 && at-- > 0; number /= 10)
        digits[at] = static_cast<char>('9' - (number - 1) % 10);
    if (scale > 0)
        digits.insert(digits.size() - static_cast<std::size_t>(scale), scale == precision ? "0." : ".");
    return Value(Decimal((isNegative ? "-" : "") + digits));
}

/// Of the kind that the example is: SQLite keeps times and whatever has no type as it was given.
std::vector<Value> values(const Column &column, const Value &example, std::int64_t number, bool isAnyType,
                          bool isCounted)
{
    const Type &type = column.type;
    const std::string *text = example.as<std::string>();
    const auto asGiven = [&](const auto &value) { return text ? Value(value.text()) : Value(value); };
    const auto bothSides = [&](std::int64_t far) {
        const std::int64_t away = isCounted ? far / 10 : far; // what is counted from it may not fit else
        return std::vector<Value>{Value(-away - number), Value(away + number)};
    };
    switch (type.kind) {
    case TypeKind::SmallInteger:
        return number < 700 ? bothSides(32'000) : std::vector<Value>();
    case TypeKind::Integer:
        return bothSides(2'000'000'000);
    case TypeKind::Numeric:
        if (type.precision && !isAnyType)
            return {decimal(*type.precision, type.scale.value_or(0), number, true),
                    decimal(*type.precision, type.scale.value_or(0), number, false)};
        [[fallthrough]];
    case TypeKind::BigInteger:
        return bothSides(2'000'000'000'000);
    case TypeKind::Real:
    case TypeKind::Double:
        return {Value(-16'000'000.0 - static_cast<double>(number)), Value(16'000'000.0 - static_cast<double>(number))};
    case TypeKind::Char:
    case TypeKind::String:
    case TypeKind::Text:
        return texts(type, text ? *text : std::string(), number);
    case TypeKind::Uuid:
        if (text)
            return {Value(fmt::format("ffffffff-ffff-4fff-bfff-{:012x}", number))};
        break;
    case TypeKind::Date:
        return {asGiven(Date{Date::parse("9000-01-01")->days + static_cast<std::int32_t>(number)})};
    case TypeKind::DateTime: {
        DateTime time = *DateTime::parse("9000-01-01 00:00:00");
        time.microseconds += number * 1'000'000;
        if (const auto *given = example.as<DateTime>(); given && given->offsetSeconds)
            time.offsetSeconds = 0;
        return {asGiven(time)};
    }
    case TypeKind::Enum: {
        std::vector<Value> labels(type.labels.begin(), type.labels.end());
        return labels;
    }
    default:
        break;
    }
    if (const Bytes *bytes = example.as<Bytes>())
        return {Value(Bytes{fmt::format("\xff~{}~", number)}), Value(Bytes{std::string(bytes->data.size(), '\xff')})};
    const bool isFree = isAnyType || samenessOf(column) == Sameness::Folded; // of other types a text may be refused
    if (!isFree)
        return {};
    return text ? texts(type, *text, number) : bothSides(2'000'000'000'000);
}

/// Values that a check speaks of, and whole numbers beside them: some may be free.
class Spoken : public Walker
{
public:
    std::vector<Value> values;

protected:
    bool enter(const ExprNode &node) override
    {
        if (node.kind != ExprKind::Literal && node.kind != ExprKind::Bind)
            return true;
        if (const auto *number = node.value.as<std::int64_t>(); number && std::abs(*number) < 1'000'000'000'000)
            for (const std::int64_t near : {*number + 1, *number, *number - 1})
                values.emplace_back(near);
        else if (node.value.is<std::string>())
            values.push_back(node.value);
        return true;
    }
};

} // namespace

const std::vector<Expr> &Parking::checksOf(const PlanTable &table)
{
    const auto [checks, isNew] = checks_.try_emplace(&table);
    if (isNew)
        for (const CheckConstraint &check : table.table->checks)
            if (auto parsed = ExpressionParser(dialect_.name(), *table.table).parse(check.expression))
                checks->second.push_back(std::move(*parsed));
    return checks->second;
}

std::vector<Expr> Parking::domainChecks(const PlanTable &table, const Column &column) const
{
    std::vector<Expr> checks;
    if (const Domain *domain = metadata_.domainOf(column.type)) {
        const auto names = [&](std::string_view name) {
            return pieces::lower(name) == "value" ? std::optional(schemawright::column(table.table, column.name))
                                                  : std::nullopt;
        };
        for (const CheckConstraint &check : domain->checks)
            if (auto parsed = ExpressionParser(dialect_.name(), *table.table, names).parse(check.expression))
                checks.push_back(std::move(*parsed));
    }
    return checks;
}

bool Parking::keepsTo(const std::vector<Expr> &checks, const RowStep &step, std::uint32_t position,
                      const Value &value) const
{
    const auto valueOf = [&](std::string_view name) -> std::optional<Value> {
        const auto index = step.table->table->columnIndex(name);
        if (!index)
            return std::nullopt;
        if (*index == position)
            return value;
        const Cell *cell = step.oldCell(static_cast<std::uint32_t>(*index));
        const Value *known = cell ? std::get_if<Value>(cell) : nullptr;
        return known ? std::optional(*known) : std::nullopt;
    };
    return std::ranges::all_of(checks, [&](const Expr &check) { return truthOf(check, valueOf) != Truth::False; });
}

std::unordered_set<std::size_t> &Parking::known(const PlanTable &table, std::uint32_t position, Sameness sameness)
{
    const auto [found, isNew] = known_.try_emplace({&table, position});
    if (isNew)
        for (const RowStep &step : steps_)
            if (step.table == &table)
                for (const Cell *cell : {step.oldCell(position), step.newCell(position)})
                    if (const Value *value = cell ? std::get_if<Value>(cell) : nullptr)
                        found->second.insert(sameHash(sameness, *value));
    return found->second;
}

std::optional<Value> Parking::valueFor(const RowStep &step, std::uint32_t position, bool mayBeNull)
{
    const Column *column = step.table->column(position);
    if (!column)
        return std::nullopt;
    std::vector<Expr> checks = checksOf(*step.table);
    const std::vector<Expr> own = domainChecks(*step.table, *column);
    checks.insert(checks.end(), own.begin(), own.end());
    if (mayBeNull && keepsTo(checks, step, position, Value()))
        return Value();
    const Cell *cell = step.oldCell(position);
    const Value *example = cell ? std::get_if<Value>(cell) : nullptr;
    const Table &table = *step.table->table;
    const bool isCounted = std::ranges::any_of(table.columns, [&](const Column &other) {
        return other.generated && std::ranges::count(columnsRead(table, other.generated->expression), column->name) > 0;
    });
    std::vector<Value> candidates =
        values(*column, example ? *example : Value(), ++parked_, dialect_.capabilities().comparesAnyType, isCounted);
    const bool isNumber = samenessOf(*column) == Sameness::Number;
    Spoken spoken;
    for (const Expr &check : checks)
        spoken.walk(check);
    for (Value &value : spoken.values)
        if (value.is<std::int64_t>() == isNumber)
            candidates.push_back(std::move(value));
    const Sameness sameness = samenessOf(*column);
    auto &taken = known(*step.table, position, sameness);
    for (Value &value : candidates)
        if (!taken.contains(sameHash(sameness, value)) && keepsTo(checks, step, position, value)) {
            taken.insert(sameHash(sameness, value));
            return std::move(value);
        }
    return std::nullopt;
}

} // namespace schemawright
