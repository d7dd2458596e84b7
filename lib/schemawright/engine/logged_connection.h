#pragma once

#include "schemawright/driver/driver.h"
#include "schemawright/engine/statement_log.h"

namespace schemawright {

/// A driver's connection that tells a log of what runs through it, as reflection's. Borrows both. A query may run on a
/// thread of the reflection's own: observers are called there.
class LoggedConnection final : public DriverConnection
{
public:
    LoggedConnection(DriverConnection &connection, const StatementLog &log) : connection_(connection), log_(log) {}

    std::unique_ptr<Cursor> execute(std::string_view sql, std::span<const Value> parameters) override;
    void executeScript(std::string_view sql) override;
    std::int64_t executeMany(std::string_view sql, std::span<const std::vector<Value>> rows) override;
    std::unique_ptr<Cursor> executeFlat(std::string_view sql, const CellRange &cells) override;
    RowsDone executeEach(std::string_view sql, const CellRange &cells) override;
    bool hasWholeResults() const noexcept override { return connection_.hasWholeResults(); }
    std::unique_ptr<WholeResult> readWhole(const std::string &sql) override;

    std::shared_ptr<Canceller> canceller() const override { return connection_.canceller(); }
    std::string serverVersion() const override { return connection_.serverVersion(); }
    bool isUsable() const noexcept override { return connection_.isUsable(); }
    bool inTransaction() const noexcept override { return connection_.inTransaction(); }
    bool hasBrokenKeys() const noexcept override { return connection_.hasBrokenKeys(); }

private:
    template <class Run> auto told(std::string_view sql, std::span<const Value> parameters, Run run);

    DriverConnection &connection_;
    const StatementLog &log_;
};

} // namespace schemawright
