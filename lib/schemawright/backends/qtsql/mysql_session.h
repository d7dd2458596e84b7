#pragma once

#include "schemawright/base/error.h"
#include "schemawright/driver/driver.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <QSqlDatabase>
#include <mysql.h>

namespace schemawright::mysql {

/// What a session and its cancellers share, so that a cancel may come from any thread and after the end.
struct CancelState
{
    std::mutex firing;                        ///< held while a cancel is on its way
    std::atomic<std::uint64_t> running = 0;   ///< the number of the running statement, 0 when idle
    std::atomic<std::uint64_t> cancelled = 0; ///< the number of the last statement that was to be cancelled
    unsigned long connection = 0;             ///< by which the server knows it
    ConnectArguments arguments;               ///< for the connection that cancels

    /// Ends what runs. Blocks while it connects.
    void kill() noexcept;
};

/// Whoever reads the rows of the running statement; asked to take them all when another statement wants the connection.
class RowReader
{
public:
    virtual void takeAll() = 0;

protected:
    ~RowReader() = default;
};

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
    const std::shared_ptr<CancelState> &cancelState() const noexcept { return cancel_; }

    /// To be called before a statement is sent: the rows of one before are taken, and an earlier cancel does not
    /// concern it.
    void begin();
    /// The statement is over.
    void end() noexcept;
    void attach(RowReader *reader) noexcept { reader_ = reader; }
    void detach(const RowReader *reader) noexcept
    {
        if (reader_ == reader)
            reader_ = nullptr;
    }

    /// The Error of the statement, or of the connection without one. Ends what is under way.
    Error failure(std::string_view sql, MYSQL_STMT *statement = nullptr);
    /// Runs a text of many statements, rows thrown away; throws at the first that fails.
    void runScript(std::string_view sql);
    /// Reads and throws away what a text statement still has to say. Throws its errors.
    void drain(std::string_view sql);

    bool isUsable() const noexcept { return !lost_; }
    bool inTransaction() const noexcept { return !lost_ && (raw_->server_status & SERVER_STATUS_IN_TRANS); }
    std::string serverVersion() const;
    bool isReadOnly() const noexcept { return cancel_->arguments.readOnly; }

private:
    QSqlDatabase database_;
    MYSQL *raw_ = nullptr;
    std::shared_ptr<CancelState> cancel_ = std::make_shared<CancelState>();
    RowReader *reader_ = nullptr;
    std::uint64_t number_ = 0;
    bool lost_ = false;
};

} // namespace schemawright::mysql
