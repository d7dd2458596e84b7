#include "schemawright/driver/driver.h"

#include "schemawright/base/error.h"

namespace schemawright {

std::vector<Value> CellRange::row(std::size_t at) const
{
    std::vector<Value> values;
    values.reserve(columns.size());
    for (const std::size_t column : columns)
        values.push_back(rows.value(first + at, column));
    return values;
}

std::vector<Value> CellRange::flat() const
{
    std::vector<Value> values;
    values.reserve(count * columns.size());
    for (std::size_t at = 0; at < count; ++at)
        for (const std::size_t column : columns)
            values.push_back(rows.value(first + at, column));
    return values;
}

std::unique_ptr<Cursor> DriverConnection::executeFlat(std::string_view sql, const CellRange &cells)
{
    return execute(sql, cells.flat());
}

std::unique_ptr<WholeResult> DriverConnection::readWhole(const std::string &sql)
{
    throw Error(ErrorKind::Unsupported, "this client library gives one row after another").withSql(sql);
}

RowsDone DriverConnection::executeEach(std::string_view sql, const CellRange &cells)
{
    RowsDone done;
    RowBatch unread;
    for (std::size_t at = 0; at < cells.count; ++at) {
        const std::unique_ptr<Cursor> cursor = execute(sql, cells.row(at));
        while (!cursor->columns().empty() && cursor->fetch(unread, 1000)) {
        }
        done.affected.push_back(cursor->affectedRows());
    }
    return done;
}

} // namespace schemawright
