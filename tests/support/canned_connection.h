#pragma once

// A connection whose answers are written down: for servers that are not at hand, and for queries that fail.

#include "schemawright/base/error.h"
#include "schemawright/driver/driver.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace schemawright::test {

class CannedConnection final : public DriverConnection
{
public:
    using Rows = std::vector<std::vector<Value>>;

    explicit CannedConnection(std::string version) : version_(std::move(version)) {}
    /// Any query that holds `part` is answered by these rows; the first that fits counts, no rows are the rest's.
    void answer(std::string part, Rows rows) { answers_.emplace_back(std::move(part), std::move(rows)); }
    /// Any query that holds `part` fails.
    void fail(std::string part) { failing_.push_back(std::move(part)); }
    std::vector<std::string> asked; ///< in order

    std::unique_ptr<Cursor> execute(std::string_view sql, std::span<const Value>) override
    {
        asked.emplace_back(sql);
        for (const std::string &part : failing_)
            if (sql.find(part) != std::string_view::npos)
                throw Error(ErrorKind::Permission, "no access to " + part);
        for (const auto &[part, rows] : answers_)
            if (sql.find(part) != std::string_view::npos)
                return std::make_unique<Answer>(rows);
        return std::make_unique<Answer>(Rows());
    }
    void executeScript(std::string_view sql) override { execute(sql, {}); }
    std::int64_t executeMany(std::string_view, std::span<const std::vector<Value>>) override { return 0; }
    std::shared_ptr<Canceller> canceller() const override { return nullptr; }
    std::string serverVersion() const override { return version_; }
    bool isUsable() const noexcept override { return true; }
    bool inTransaction() const noexcept override { return false; }

private:
    class Answer final : public Cursor
    {
    public:
        explicit Answer(Rows rows)
            : rows_(std::move(rows)),
              heads_(std::make_shared<std::vector<ColumnHead>>(rows_.empty() ? 0 : rows_.front().size()))
        {}
        const std::vector<ColumnHead> &columns() const override { return *heads_; }
        bool fetch(RowBatch &batch, std::size_t) override
        {
            batch.start(heads_);
            if (std::exchange(isDone_, true))
                return false;
            for (const auto &row : rows_)
                for (const Value &value : row)
                    batch.addValue(value);
            return batch.rowCount() > 0;
        }
        std::int64_t affectedRows() const override { return -1; }

    private:
        Rows rows_;
        std::shared_ptr<std::vector<ColumnHead>> heads_;
        bool isDone_ = false;
    };
    std::string version_;
    std::vector<std::pair<std::string, Rows>> answers_;
    std::vector<std::string> failing_;
};

} // namespace schemawright::test
