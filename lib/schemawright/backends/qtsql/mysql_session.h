#pragma once

#include "schemawright/base/error.h"
#include "schemawright/driver/running_statement.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <QSqlDatabase>
#include <mysql.h>

namespace schemawright::mysql {

struct MysqlCancelState final : CancelState
{
    void kill() noexcept override;

    unsigned long connection = 0; ///< by which the server knows it
    ConnectArguments arguments;   ///< for the connection that cancels
};

/// Closed by the last who holds it.
using StatementPtr = std::shared_ptr<MYSQL_STMT>;

/// One connection that Qt SQL has opened, and its native handle. Shared by the connection and its cursors, so that a
/// cursor may be destroyed after its connection. For one thread at a time.
class Session
{
public:
    /// Throws Error(Connect, Auth, NotFound, Permission, Timeout, Busy, Misuse, Unsupported).
    explicit Session(const ConnectArguments &arguments);
    Session(const Session &) = delete;
    ~Session();

    MYSQL *raw() const noexcept { return raw_; }
    const std::shared_ptr<MysqlCancelState> &cancelState() const noexcept { return cancel_; }

    /// To be called before a statement is sent: the rows of one before are taken, and an earlier cancel does not
    /// concern it.
    void begin();
    /// The statement is over.
    void end() noexcept;
    /// Who is told when another statement begins.
    CurrentReader &reader() noexcept { return reader_; }

    /// The Error of the statement, or of the connection without one. Ends what is under way.
    Error failure(std::string_view sql, MYSQL_STMT *statement = nullptr);
    /// Runs a text of many statements, rows thrown away; throws at the first that fails.
    void runScript(std::string_view sql);
    /// Reads and throws away what a text statement still has to say. Throws its errors.
    void drain(std::string_view sql);

    /// The last statement of many rows, with its text: kept, since the next is mostly the same.
    std::pair<std::string, StatementPtr> &lastMany() noexcept { return lastMany_; }

    bool isUsable() const noexcept { return !lost_; }
    bool inTransaction() const noexcept { return !lost_ && (raw_->server_status & SERVER_STATUS_IN_TRANS); }
    std::string serverVersion() const;
    bool isReadOnly() const noexcept { return cancel_->arguments.readOnly; }

private:
    QSqlDatabase database_;
    MYSQL *raw_ = nullptr;
    std::shared_ptr<MysqlCancelState> cancel_ = std::make_shared<MysqlCancelState>();
    CurrentReader reader_;
    std::pair<std::string, StatementPtr> lastMany_;
    std::uint64_t number_ = 0;
    bool lost_ = false;
};

} // namespace schemawright::mysql
