#pragma once

#include "schemawright/driver/driver.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mysql.h>

namespace schemawright::mysql {

/// How the cells of a column become those of a RowBatch.
enum class CellForm : std::uint8_t { Integer, Unsigned, Float, Double, Encoded, Text, Blob, Bits };

/// The columns of a result.
struct ResultColumns
{
    std::shared_ptr<const std::vector<ColumnHead>> heads;
    std::vector<CellForm> forms;
    std::vector<std::size_t> widths; ///< bytes that most cells have room in
};
/// None for a null pointer: a statement without rows.
ResultColumns columnsOf(MYSQL_RES *metadata);

/// Values bound to a statement's parameters. Must live until it has run.
class Parameters
{
public:
    /// Throws Error(Conversion) for a number that the database has no place for.
    void assign(std::span<const Value> values);
    /// The cells of these rows behind one another. Texts and blobs are borrowed from them.
    void assign(const CellRange &cells);
    MYSQL_BIND *binds() noexcept { return binds_.data(); }
    std::size_t count() const noexcept { return binds_.size(); }

private:
    struct Slot;
    void start(std::size_t count);
    void assign(std::size_t at, const Value &value);
    void setInteger(std::size_t at, std::int64_t number, bool isUnsigned);
    void setNumber(std::size_t at, double number);
    void setBytes(std::size_t at, enum_field_types type, std::string_view bytes);

    struct Slot
    {
        std::string text;
        std::int64_t integer = 0;
        double number = 0;
        unsigned long length = 0;
    };
    std::vector<Slot> slots_;
    std::vector<MYSQL_BIND> binds_;
};

/// Where the cells of a statement's row arrive, in the binary protocol: exact for every type.
class BinaryRow
{
public:
    BinaryRow(MYSQL_STMT *statement, const ResultColumns &columns);
    /// To be called once, when the statement has run. False when the client library refuses.
    bool bind() noexcept { return mysql_stmt_bind_result(statement_, binds_.data()) == 0; }
    /// Adds the row that was fetched.
    void addTo(RowBatch &batch);

private:
    struct Cell
    {
        std::string data;
        std::int64_t integer = 0;
        double number = 0;
        float small = 0;
        unsigned long length = 0;
        my_bool isNull = 0, isCut = 0;
    };
    std::string_view bytesOf(std::size_t column);

    MYSQL_STMT *statement_;
    const ResultColumns &columns_;
    std::vector<Cell> cells_;
    std::vector<MYSQL_BIND> binds_;
    std::string scratch_;
};

/// Adds a row of the text protocol, which a few statements give that cannot be prepared.
void addTextRow(RowBatch &batch, const ResultColumns &columns, MYSQL_ROW row, const unsigned long *lengths);

} // namespace schemawright::mysql
