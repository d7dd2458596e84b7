#pragma once

#include "schemawright/backends/postgres/postgres_values.h"
#include "schemawright/base/error.h"
#include "schemawright/driver/running_statement.h"

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <libpq-fe.h>

namespace schemawright::postgres {

struct ClearResult
{
    void operator()(PGresult *result) const noexcept { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

struct PostgresCancelState final : CancelState
{
    ~PostgresCancelState() override { PQfreeCancel(handle); }
    void kill() noexcept override
    {
        char why[256];
        PQcancel(handle, why, sizeof why);
    }
    PGcancel *handle = nullptr;
};

/// A statement that the server has parsed. One without a name lasts until the next.
struct Prepared
{
    struct RawColumn
    {
        std::string name;
        Oid type = 0, relation = 0;
        int modifier = -1, attribute = 0;
    };
    std::string sql, name;
    bool isKept = false; ///< worth keeping for the next of the same text
    std::vector<Oid> parameterTypes;
    std::vector<RawColumn> columns;
    std::shared_ptr<const std::vector<ColumnHead>> heads;
    std::uint64_t namesGeneration = 0; ///< of the catalog names in `heads`
};

/// One libpq connection with its statement cache and the catalog names it has met. Shared by the connection and its
/// cursors, so that a cursor may be destroyed after its connection. For one thread at a time.
class Session
{
public:
    /// Throws Error(Connect, Auth, NotFound, Permission, Timeout, Busy, Misuse).
    explicit Session(const ConnectArguments &arguments);
    Session(const Session &) = delete;
    ~Session();

    PGconn *raw() const noexcept { return connection_; }
    const std::shared_ptr<PostgresCancelState> &cancelState() const noexcept { return cancel_; }

    /// To be called before a statement is sent: finishes what is under way, and an earlier cancel does not concern it.
    void begin(std::string_view sql);
    /// The statement is over.
    void end() noexcept;
    /// Who is told when another statement begins.
    CurrentReader &reader() noexcept { return reader_; }

    /// The Error in a result, or of the connection when there is none.
    Error failure(const PGresult *result, std::string_view sql);
    /// Throws failure() when a call that sends has failed.
    void mustSend(int sent, std::string_view sql)
    {
        if (!sent)
            throw failure(nullptr, sql);
    }
    /// The next result of the running statement, or null at its end. A COPY is ended, and becomes an error result.
    ResultPtr next();
    /// Waits until next() would not block; false when the time is up.
    bool waitForResult(std::chrono::steady_clock::time_point deadline) noexcept;
    /// Reads what is left of the running statement and throws it away; the first error is kept if wanted.
    void drain() noexcept;

    /// Runs a text of many statements by the simple protocol; throws at the first that fails. Returns the last result.
    ResultPtr runScript(std::string_view sql);

    /// A parsed statement, from the cache or made now. `fromCache` tells which.
    /// With `forMany` it has a name in any case, so that others may run between its uses.
    Prepared take(const std::string &sql, const std::vector<Oid> &parameterTypes, bool &fromCache,
                  bool forMany = false);
    /// Takes it back when it is done, for the next one of the same text.
    void giveBack(Prepared statement) noexcept;
    /// The statement failed and is not to be used again.
    void release(Prepared statement) noexcept;
    /// Forgets statements and names, after a change of the schema.
    void forget() noexcept;
    /// Looks whether the statement may have changed the schema or the session, and then forgets.
    void noteRun(std::string_view sql) noexcept;
    bool mayPrepare() const noexcept { return cacheSize_ > 0; }

    /// The heads for columns. With `mayAsk` it may ask the catalog for names that it has not met.
    std::shared_ptr<const std::vector<ColumnHead>> heads(const std::vector<Prepared::RawColumn> &columns, bool mayAsk);
    static std::vector<Prepared::RawColumn> columnsOf(const PGresult *result);

    bool isUsable() const noexcept;
    PGTransactionStatusType transactionStatus() const noexcept;
    std::string serverVersion() const;
    bool isReadOnly() const noexcept { return readOnly_; }

private:
    struct Relation
    {
        std::string schema, name;
        std::map<int, std::string> columns;
    };
    void connect(const ConnectArguments &arguments);
    void configure();
    void describe(Prepared &statement);
    void askForNames(const std::vector<Prepared::RawColumn> &columns);
    void releaseStatements();

    PGconn *connection_ = nullptr;
    std::shared_ptr<PostgresCancelState> cancel_ = std::make_shared<PostgresCancelState>();
    std::string password_; // to keep it out of messages
    bool readOnly_ = false;
    bool lost_ = false;
    std::uint64_t number_ = 0;
    CurrentReader reader_;
    PGTransactionStatusType statusBefore_ = PQTRANS_IDLE;

    std::size_t cacheSize_ = 64;
    std::uint64_t made_ = 0;
    std::list<Prepared> cache_;         // the last used first
    std::vector<std::string> released_; // names of statements that the server still holds

    std::uint64_t namesGeneration_ = 1;
    std::chrono::steady_clock::time_point namesSince_{};
    std::map<Oid, Relation> relations_;
    std::map<std::pair<Oid, int>, std::string> types_;
};

} // namespace schemawright::postgres
