#include "schemawright/orm/retyping.h"

#include "schemawright/dialect/migration.h"
#include "schemawright/orm/row_statements.h"
#include "schemawright/sql/statement.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace schemawright {

namespace {

std::size_t characters(std::string_view text)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// Whether a number as text has no more digits than the type keeps.
bool hasDigits(const Type &type, std::string_view number)
{
    if (!type.precision)
        return true;
    if (number.find_first_not_of("+-0123456789.") != std::string_view::npos)
        return false;
    const std::size_t first = number.find_first_not_of("+-0");
    number.remove_prefix(std::min(first, number.size()));
    const std::size_t point = number.find('.');
    std::string_view fraction = point == std::string_view::npos ? std::string_view() : number.substr(point + 1);
    while (fraction.ends_with('0'))
        fraction.remove_suffix(1);
    const int scale = type.scale.value_or(0);
    return static_cast<int>(fraction.size()) <= scale &&
           static_cast<int>(std::min(point, number.size())) <= *type.precision - scale;
}

bool isInRange(TypeKind kind, std::int64_t number)
{
    switch (kind) {
    case TypeKind::SmallInteger:
        return number == static_cast<std::int16_t>(number);
    case TypeKind::Integer:
        return number == static_cast<std::int32_t>(number);
    case TypeKind::Real:
        return std::abs(number) < 1 << 24;
    case TypeKind::Double:
        return std::abs(number) < std::int64_t(1) << 53;
    default:
        return true;
    }
}

/// Whether fifteen digits say it.
bool isShort(double number)
{
    const std::string text = fmt::format("{:.15g}", number);
    double again = 0;
    std::from_chars(text.data(), text.data() + text.size(), again);
    return again == number;
}

/// Whether a column of the type keeps the value as it is, so that it is the same when it is converted. False where
/// nobody is sure.
bool keeps(const Type &type, const Value &value)
{
    if (value.isNull())
        return true;
    if (type.isText()) {
        const double *real = value.as<double>();
        const bool isSaid = !value.is<Bytes>() && (!real || isShort(*real));
        const bool isPadded = type.kind == TypeKind::Char && value.text().ends_with(' ');
        return isSaid && !isPadded &&
               (!type.length || characters(value.text()) <= static_cast<std::size_t>(*type.length));
    }
    if (type.kind == TypeKind::Boolean)
        return value.is<bool>();
    if (type.isNumber()) {
        if (const auto *number = value.as<std::int64_t>())
            return isInRange(type.kind, *number) &&
                   (type.kind != TypeKind::Numeric || hasDigits(type, std::to_string(*number)));
        if (const double *number = value.as<double>())
            return type.kind == TypeKind::Double ||
                   (type.kind == TypeKind::Real && *number == static_cast<double>(static_cast<float>(*number)));
        const Decimal *decimal = value.as<Decimal>();
        return decimal && type.kind == TypeKind::Numeric && hasDigits(type, decimal->text());
    }
    if (type.kind == TypeKind::Date)
        return value.is<Date>();
    if (type.kind == TypeKind::DateTime) {
        const DateTime *moment = value.as<DateTime>();
        return moment && !type.precision && moment->offsetSeconds.has_value() == type.timezone;
    }
    if (type.kind == TypeKind::Time)
        return value.is<Time>() && !type.precision && !type.timezone;
    if (type.kind == TypeKind::Enum)
        return value.is<std::string>() && std::ranges::find(type.labels, value.get<std::string>()) != type.labels.end();
    return false;
}

/// A text is what the old column held, unless the new one holds texts as well.
bool isTypedForOld(const Column &now, const Cell &cell)
{
    const Value *value = std::get_if<Value>(&cell);
    return value && value->is<std::string>() &&
           (now.type.isNumber() || now.type.kind == TypeKind::Boolean || now.type.kind == TypeKind::Date ||
            now.type.kind == TypeKind::Time || now.type.kind == TypeKind::DateTime);
}

/// The columns of one table that get another type.
struct Retyped
{
    const Column *before = nullptr, *after = nullptr;
    std::uint32_t place = 0;
    bool hasNewDefault = false;
    bool isSaid() const { return after->options.contains(conversionOption); }
};

std::vector<Retyped> retypedColumns(const TableDiff &diff)
{
    std::vector<Retyped> found;
    if (!diff.before || !diff.after || diff.before->isView())
        return found;
    for (const DiffItem &item : diff.items)
        if (item.subject == DiffSubject::Type && item.before && item.after)
            found.push_back({&diff.before->columns[*item.before], &diff.after->columns[*item.after],
                             static_cast<std::uint32_t>(*item.after),
                             std::ranges::any_of(diff.items, [&](const DiffItem &each) {
                                 return each.subject == DiffSubject::Default && each.after == item.after;
                             })});
    return found;
}

/// What the rows of one table ask for.
struct Wishes
{
    bool touchesOld = false; ///< looks for old values, or takes them away
    const Change *before = nullptr, *after = nullptr;

    void add(const Change &change, const Retyped &column)
    {
        const std::string &name = column.before->name;
        const bool isKey = std::ranges::any_of(change.row().key, [&](const auto &part) { return part.first == name; });
        const Cell *cell = nullptr;
        if (change.after)
            if (const auto found = change.after->find(name); found != change.after->end())
                cell = &found->second;
        touchesOld = touchesOld || change.isDelete() || (!change.isInsert() && (cell || isKey));
        if (change.isDelete())
            return;
        const bool isDefault = cell ? std::holds_alternative<DefaultValue>(*cell) : change.isInsert();
        const Value *value = cell ? std::get_if<Value>(cell) : nullptr;
        if ((isDefault && column.hasNewDefault) || (value && !keeps(column.before->type, *value)) ||
            (value && !value->isNull() && column.isSaid() && !isTypedForOld(*column.after, *cell)))
            after = &change;
        else if (cell && column.isSaid() && isTypedForOld(*column.after, *cell))
            before = &change;
    }
};

} // namespace

std::vector<PlanProblem> orderRetyping(Draft &draft, const std::vector<const Change *> &changes)
{
    std::vector<PlanProblem> problems;
    for (std::size_t i = 0; i < draft.diffs.size(); ++i) {
        TableDiff &diff = draft.diffs[i];
        const std::vector<Retyped> columns = retypedColumns(diff);
        if (columns.empty())
            continue;
        Wishes wishes;
        for (const Change *change : changes)
            if (change->isRow() && draft.tableOf(change->row().table) == draft.after.table(diff.after->name))
                for (const Retyped &column : columns)
                    wishes.add(*change, column);
        if (wishes.after)
            diff.writing = TableDiff::Writing::AfterTypes;
        else if (wishes.touchesOld || wishes.before)
            diff.writing = TableDiff::Writing::BeforeTypes;
        if (wishes.after && wishes.before)
            problems.push_back(
                {wishes.before->id,
                 Error(ErrorKind::Conflict, "this value is of the column's old type, and another row of " +
                                                diff.after->name.text() + " is given one of the new type")
                     .withHint("Give this row a value of the new type, or commit it before the column's type.")});
    }
    return problems;
}

Draft asWritten(const Draft &draft)
{
    Draft written = draft;
    for (const TableDiff &diff : draft.diffs)
        if (diff.writing == TableDiff::Writing::BeforeTypes) {
            Table table = *draft.after.table(diff.after->name);
            for (const Retyped &column : retypedColumns(diff)) {
                table.columns[column.place].type = column.before->type;
                table.columns[column.place].collation = column.before->collation;
            }
            written.after.add(std::move(table));
        }
    return written;
}

std::vector<ConvertedColumn> convertedBefore(const Draft &draft, const QualifiedName &baselineName)
{
    std::vector<ConvertedColumn> converted;
    for (const TableDiff &diff : draft.diffs) {
        if (diff.writing != TableDiff::Writing::AfterTypes ||
            draft.tableOf(baselineName) != draft.after.table(diff.after->name))
            continue;
        for (const Retyped &column : retypedColumns(diff)) {
            const auto &key = diff.before->primaryKey;
            const bool isKey = key && std::ranges::find(key->columns, column.before->name) != key->columns.end();
            const bool mayFail = column.isSaid() || (column.before->type.isText() && !column.after->type.isText());
            converted.push_back({column.before->name, column.place, mayFail && column.before->nullable && !isKey});
        }
    }
    return converted;
}

std::optional<Step> stepBeforeTypes(const Dialect &dialect, const Draft &draft, const Change &change,
                                    const std::vector<ConvertedColumn> &converted)
{
    const TablePtr table = draft.before.table(change.row().table);
    if (!table || change.isInsert())
        return std::nullopt;
    std::vector<Expr> conditions;
    const bool isWhole = dialect.rowIdentity(*table).kind == RowIdentity::Kind::AllColumns;
    for (const auto &[name, value] : change.row().key)
        conditions.push_back(holds(dialect, table, name, value, isWhole));
    Update emptied = update(table);
    bool empties = false, looks = false;
    for (const ConvertedColumn &each : converted) {
        if (const auto old = change.before->find(each.before); old != change.before->end())
            if (const Value *value = std::get_if<Value>(&old->second)) {
                conditions.push_back(holds(dialect, table, each.before, *value, true));
                looks = true;
            }
        if (each.canBeEmptied && (change.isDelete() || change.after->find(each.before) != change.after->end())) {
            emptied = emptied.set(each.before, bind(Value()));
            empties = true;
        }
    }
    if (!empties && !looks)
        return std::nullopt;
    Step step;
    step.phase = Phase::Expand;
    step.change = change.id;
    if (empties) {
        step.statement = dialect.compile(emptied.where(and_(conditions)));
        step.expectRows = 1;
        return step;
    }
    step.expectFound = true;
    const Select found = select({column(table, table->columns.front().name)}).from(table).where(and_(conditions));
    try {
        step.statement = dialect.compile(found.forUpdate());
    } catch (const Error &error) {
        if (error.kind != ErrorKind::Unsupported)
            throw;
        step.statement = dialect.compile(found); // whoever writes has the whole database
    }
    return step;
}

} // namespace schemawright
