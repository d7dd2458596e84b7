#include "schemawright/orm/row_statements.h"

#include "schemawright/orm/sameness.h"
#include "schemawright/sql/functions.h"
#include "schemawright/sql/statement.h"

#include <algorithm>

namespace schemawright {

namespace {

using Kind = RowStep::Kind;

/// A cell that an INSERT leaves out, so that the database fills it.
bool isLeftOut(const Cell &cell) { return std::holds_alternative<DefaultValue>(cell); }

bool isOdd(const Type &type)
{
    return type.kind == TypeKind::Unknown || type.kind == TypeKind::Json ||
           (type.kind == TypeKind::Array && (!type.element || isOdd(*type.element)));
}

/// A generated value follows from others and is no condition; a hidden one (the rank of a full-text table) is no value.
bool isCompared(const PlanTable &table, std::uint32_t position, const Cell &cell)
{
    const Column *column = table.column(position);
    return !std::holds_alternative<DefaultValue>(cell) && !(column && (column->generated || column->hidden));
}

/// The collation that tells all texts apart which differ in any byte; empty where every text would need another.
std::string binaryCollation(const Dialect &dialect)
{
    return dialect.name() == "sqlite" ? "BINARY" : dialect.name() == "postgresql" ? "C" : "";
}

/// Of a text or a blob.
std::size_t bytesOf(const Cell &cell)
{
    const Value *value = std::get_if<Value>(&cell);
    const std::string *text = value ? value->as<std::string>() : nullptr;
    const Bytes *bytes = value ? value->as<Bytes>() : nullptr;
    return text ? text->size() : bytes ? bytes->data.size() : 0;
}

/// What about a cell makes another SQL text: its kind, and that of its value.
std::uint32_t kindOf(const Cell &cell)
{
    if (const Value *value = std::get_if<Value>(&cell))
        return static_cast<std::uint32_t>(value->storage().index());
    return std::holds_alternative<KeyOf>(cell) ? 30 : 31;
}

} // namespace

Expr holds(const Dialect &dialect, const TablePtr &table, const std::string &name, const Value &value, bool exactly)
{
    Expr left = column(table, name);
    if (value.isNull())
        return isNull(left);
    const Capabilities &can = dialect.capabilities();
    const Column *known = table->column(name);
    if (known && known->type.kind == TypeKind::Real && can.castsReals && value.is<double>())
        return left == cast(bind(value), types::real());
    if (known && value.is<std::string>()) {
        const Sameness sameness = samenessOf(*known, can.foldsText);
        const bool isLoose = exactly && sameness == Sameness::Folded;
        if (isLoose && can.foldsText)
            left = cast(cast(left, types::text()), types::largeBinary()); // byte for byte, in the connection's charset
        else if ((isOdd(known->type) || (isLoose && !known->collation)) && !can.comparesAnyType)
            left = function("concat", {left}); // as it is printed, which a cast is not for all types
        else if (const std::string binary = binaryCollation(dialect);
                 known->collation && !binary.empty() && exactly && sameness != Sameness::Text)
            left = collate(left, binary);
    }
    if (value.is<bool>()) // `==` would write it as a constant, and one text serves for rows with either
        return op(left, "=", bind(value));
    return left == bind(value);
}

std::size_t RowStatements::ShapeHash::operator()(const Shape &shape) const noexcept
{
    std::uint64_t seed = 14695981039346656037u;
    for (const std::uint32_t part : shape)
        seed = (seed ^ part) * 1099511628211u;
    return seed ^ (seed >> 29);
}

const RowStatements::Shape &RowStatements::shapeOf(const RowStep &row)
{
    const auto address = reinterpret_cast<std::uintptr_t>(row.table);
    shape_.clear();
    shape_.insert(shape_.end(), {static_cast<std::uint32_t>(address), static_cast<std::uint32_t>(address >> 32),
                                 static_cast<std::uint32_t>(row.kind)});
    constexpr std::uint32_t separator = static_cast<std::uint32_t>(-1);
    for (const RowCells *cells : {&row.set, &row.key, &row.match}) {
        for (const auto &[column, cell] : *cells)
            shape_.push_back(column << 5 | kindOf(*cell));
        shape_.push_back(separator);
    }
    return shape_;
}

Step RowStatements::stepFor(const RowStep &row) const
{
    Step step;
    step.change = row.change->id;
    step.target = row.change->row();
    step.table = row.table->table;
    // What an INSTEAD OF trigger does is counted by no database alike.
    if (!row.table->table->isView())
        step.expectRows = 1;
    step.mayBeGone = row.mayBeGone;
    if (row.kind == Kind::Insert) {
        step.returning = row.table->returning;
        step.makesKey = row.makesKey();
    } else if (row.kind == Kind::Update &&
               std::ranges::any_of(row.key, [&](const auto &cell) { return row.set.contains(cell.column); }))
        for (const auto &[column, cell] : row.key) {
            const Cell *written = row.set.find(column);
            if (const Value *value = std::get_if<Value>(written ? written : cell))
                step.movedKey.emplace_back(row.table->columnName(column), *value);
        }
    return step;
}

Step RowStatements::compile(const RowStep &row)
{
    Step step = stepFor(row);
    addParameters(row, step.statement.parameters);
    const auto [shared, isNew] = shared_.try_emplace(shapeOf(row));
    if (isNew) {
        try {
            shared->second = sqlOf(compileFresh(row), step.statement.parameters.size());
        } catch (...) {
            shared_.erase(shared);
            throw;
        }
    }
    step.statement.sql = shared->second;
    return step;
}

bool RowStatements::join(std::vector<const RowStep *> &rows, const RowStep &next)
{
    std::size_t bytes = 0;
    for (const auto &[column, cell] : next.set)
        bytes += bytesOf(*cell);
    const auto add = [&] {
        batchBytes_ = rows.empty() ? bytes : batchBytes_ + bytes;
        rows.push_back(&next);
        if (next.kind == Kind::Insert)
            newRows_[next.change->row().newRow].batch = lastBatch_;
        return true;
    };
    if (rows.empty()) {
        ++lastBatch_;
        return add();
    }
    const RowStep &first = *rows.front();
    if (first.kind != Kind::Insert || next.kind != Kind::Insert || first.table != next.table ||
        first.table->table->isView() || (first.table->keyIsTold && next.makesKey()))
        return false;
    const auto isSameColumn = [](const RowCells::Entry &a, const RowCells::Entry &b) {
        return a.column == b.column && isLeftOut(*a.cell) == isLeftOut(*b.cell);
    };
    if (first.set.empty() || !std::ranges::equal(first.set, next.set, isSameColumn))
        return false;
    std::size_t columns = 0;
    for (const auto &[column, cell] : next.set) {
        columns += !isLeftOut(*cell);
        // A key that a row of this statement makes is only known behind it.
        if (const KeyOf *key = std::get_if<KeyOf>(cell))
            if (const auto maker = newRows_.find(key->row);
                maker != newRows_.end() && maker->second.batch == lastBatch_)
                return false;
    }
    // More rows at once cost a server less for each; an embedded database gains nothing beyond a few.
    const Capabilities &can = dialect_.capabilities();
    const std::size_t most = can.schemas ? 1000 : 100;
    if (batchBytes_ + bytes > can.batchBytes)
        return false;
    if (columns == 0 || rows.size() >= std::min(most, static_cast<std::size_t>(can.maxParameters) / columns))
        return false;
    return add();
}

Step RowStatements::compileBatch(const std::vector<const RowStep *> &rows)
{
    Step step = stepFor(*rows.front());
    if (step.expectRows)
        step.expectRows = static_cast<std::int64_t>(rows.size());
    const Step single = compile(*rows.front());
    step.rowSql = single.statement.sql;
    step.statement.parameters.reserve(rows.size() * single.statement.parameters.size());
    for (const RowStep *row : rows) {
        addParameters(*row, step.statement.parameters);
        step.batch.push_back({row->change->id, row->change->row()});
    }
    Shape shape = shapeOf(*rows.front());
    for (const RowStep *row : rows) // kinds of values may differ from row to row
        for (const auto &[column, cell] : row->set)
            shape.push_back(kindOf(*cell));
    std::string &sql = batches_[std::move(shape)];
    if (sql.empty())
        sql = sqlOf(compileInsert(rows), step.statement.parameters.size());
    step.statement.sql = sql;
    return step;
}

Compiled RowStatements::compileFresh(const RowStep &row) const
{
    if (row.kind == Kind::Insert)
        return compileInsert({&row});
    if (row.kind == Kind::Delete)
        return dialect_.compile(delete_(row.table->table).where(condition(row)));
    Update statement = update(row.table->table);
    for (const auto &[position, cell] : row.set)
        if (const Column *column = row.table->column(position))
            statement = statement.set(column->name, expression(*column, *cell));
    return dialect_.compile(statement.where(condition(row)));
}

Compiled RowStatements::compileInsert(const std::vector<const RowStep *> &rows) const
{
    const PlanTable &table = *rows.front()->table;
    Insert statement = insert(table.table);
    std::vector<std::string> names;
    std::vector<std::vector<Expr>> values;
    for (const RowStep *row : rows) {
        std::vector<Expr> &cells = values.emplace_back();
        for (const auto &[position, cell] : row->set)
            if (const Column *known = table.column(position); known && !isLeftOut(*cell)) {
                if (row == rows.front())
                    names.push_back(known->name);
                cells.push_back(expression(*known, *cell));
            }
    }
    if (rows.size() > 1)
        statement = statement.rows(names, values);
    else
        for (std::size_t i = 0; i < names.size(); ++i)
            statement = statement.value(names[i], values.front()[i]);
    if (!table.returning.empty() && !table.keyIsTold) {
        std::vector<Expr> columns;
        for (const std::string &name : table.returning)
            columns.push_back(column(table.table, name));
        statement = statement.returning(columns);
    }
    return dialect_.compile(statement);
}

void RowStatements::addParameters(const RowStep &row, std::vector<Parameter> &parameters) const
{
    if (parameters.empty())
        parameters.reserve(row.set.size() + row.key.size() + row.match.size());
    for (const auto &[column, cell] : row.set)
        if (!isLeftOut(*cell))
            parameters.push_back(parameterOf(*cell));
        else if (row.kind == Kind::Update && !dialect_.capabilities().defaultKeyword &&
                 !row.table->column(column)->defaultSql)
            parameters.push_back({}); // no default: NULL
    if (row.kind == Kind::Insert)
        return;
    for (const RowCells *cells : {&row.key, &row.match})
        for (const auto &[column, cell] : *cells)
            if (isCompared(*row.table, column, *cell)) {
                const Value *value = std::get_if<Value>(cell);
                if (!value || !value->isNull())
                    parameters.push_back(parameterOf(*cell));
            }
}

Parameter RowStatements::parameterOf(const Cell &cell) const
{
    if (const Value *value = std::get_if<Value>(&cell))
        return {*value, {}};
    const KeyOf &key = std::get<KeyOf>(cell);
    const auto made = newRows_.find(key.row);
    if (made == newRows_.end())
        throw Error(ErrorKind::NotFound, "the new row that this refers to is not pending any more");
    return {{}, keyParameter(*made->second.table, key.row, key.column)};
}

Expr RowStatements::expression(const Column &column, const Cell &cell) const
{
    if (const Value *value = std::get_if<Value>(&cell))
        return bind(*value);
    if (const KeyOf *key = std::get_if<KeyOf>(&cell))
        return keyExpression(*key);
    if (dialect_.capabilities().defaultKeyword)
        return defaultValue();
    return column.defaultSql ? text("(" + *column.defaultSql + ")") : bind(Value());
}

Expr RowStatements::keyExpression(const KeyOf &key) const
{
    // One text serves for rows with other keys: a key that stands twice in this one is not to be one parameter.
    return parameter(parameterOf(Cell(key)).name + " " + std::to_string(++lastKey_));
}

std::string RowStatements::sqlOf(const Compiled &compiled, std::size_t parameters)
{
    if (compiled.parameters.size() != parameters)
        throw Error(ErrorKind::Internal, "the statement has other parameters than were given").withSql(compiled.sql);
    return compiled.sql;
}

Expr RowStatements::condition(const RowStep &row) const
{
    // A key is looked for by its index, as the database compares it; what else is known must be the very same.
    const bool isKeyExact = row.table->identity.kind == RowIdentity::Kind::AllColumns;
    std::vector<Expr> conditions;
    for (const RowCells *cells : {&row.key, &row.match})
        for (const auto &[position, cell] : *cells)
            if (isCompared(*row.table, position, *cell))
                conditions.push_back(equality(row, position, *cell, isKeyExact || cells == &row.match));
    return and_(std::move(conditions));
}

Expr RowStatements::equality(const RowStep &row, std::uint32_t position, const Cell &cell, bool exactly) const
{
    const std::string &name = row.table->columnName(position);
    if (const Value *value = std::get_if<Value>(&cell))
        return holds(dialect_, row.table->table, name, *value, exactly);
    return column(row.table->table, name) == keyExpression(std::get<KeyOf>(cell));
}

} // namespace schemawright
