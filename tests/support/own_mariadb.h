#pragma once

// A MariaDB server of a test's own, which may be killed and started again.

#include "schemawright/backends/qtsql/mysql_driver.h"
#include "schemawright/base/error.h"
#include "schemawright/engine/url.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QStringList>
#include <QTemporaryDir>

#include <csignal>
#include <stdexcept>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace schemawright::test {

/// The server's program; empty when it is not installed.
inline QString mariadbProgram()
{
    const QString found = QStandardPaths::findExecutable(QStringLiteral("mariadbd"));
    return found.isEmpty() ? QStandardPaths::findExecutable(QStringLiteral("mariadbd"), {QStringLiteral("/usr/sbin")})
                           : found;
}

/// Listens on a socket only, and keeps a log of transactions. Runs as another user when the test is root. Gone with the
/// object. Throws std::runtime_error.
class OwnMariadb
{
public:
    explicit OwnMariadb(QString program) : program_(std::move(program))
    {
        if (!folder_.isValid())
            throw std::runtime_error("no temporary folder");
        if (isRoot()) {
            run(QStringLiteral("chown"), {QStringLiteral("mysql:"), folder_.path()});
            ::chmod(folder_.path().toUtf8().constData(), 0711);
        }
        run(QStringLiteral("mariadb-install-db"),
            common() + QStringList{QStringLiteral("--auth-root-authentication-method=normal"),
                                   QStringLiteral("--skip-test-db"), QStringLiteral("--skip-name-resolve")});
        start();
        addQtSqlBackends();
        MysqlDriver().open(arguments({}))->execute("CREATE DATABASE crash CHARACTER SET utf8mb4");
    }
    OwnMariadb(const OwnMariadb &) = delete;
    ~OwnMariadb()
    {
        kill();
        process_.waitForFinished();
    }

    /// Waits until it answers. `options` are settings for this run.
    void start(const QStringList &options = {})
    {
        kill();
        process_.waitForFinished();
        process_.setStandardOutputFile(QProcess::nullDevice());
        process_.setStandardErrorFile(folder_.filePath(QStringLiteral("log")));
        // What a process dies with is written before it dies; only the disk itself is not waited for.
        process_.start(program_,
                       common() + options +
                           QStringList{QStringLiteral("--socket=") + socket(), QStringLiteral("--skip-networking"),
                                       QStringLiteral("--log-bin=log_of_changes"),
                                       QStringLiteral("--innodb-flush-log-at-trx-commit=2"),
                                       QStringLiteral("--innodb-flush-method=nosync"),
                                       QStringLiteral("--innodb-buffer-pool-size=16M"),
                                       QStringLiteral("--innodb-log-file-size=8M")});
        for (int trial = 0; trial < 600; ++trial) {
            if (process_.waitForFinished(50))
                break;
            try {
                MysqlDriver().open(arguments({}));
                return;
            } catch (const Error &) { // not yet
            }
        }
        throw std::runtime_error("mariadbd does not start");
    }
    /// All at once, as by a power cut. Any thread.
    void kill()
    {
        if (const auto pid = process_.processId(); pid > 0)
            ::kill(static_cast<pid_t>(pid), SIGKILL);
    }

    Url url() const
    {
        Url url;
        url.scheme = "mysql";
        url.arguments = arguments("crash");
        return url;
    }

private:
    static bool isRoot() { return ::geteuid() == 0; }
    QString socket() const { return folder_.filePath(QStringLiteral("s")); }
    ConnectArguments arguments(const std::string &database) const
    {
        ConnectArguments arguments;
        arguments.host = socket().toStdString();
        arguments.user = "root";
        arguments.database = database;
        return arguments;
    }
    QStringList common() const
    {
        QStringList all{QStringLiteral("--no-defaults"),
                        QStringLiteral("--datadir=") + folder_.filePath(QStringLiteral("data"))};
        if (isRoot())
            all += QStringLiteral("--user=mysql");
        return all;
    }
    static void run(const QString &program, const QStringList &arguments)
    {
        QProcess process;
        process.setStandardOutputFile(QProcess::nullDevice());
        process.setStandardErrorFile(QProcess::nullDevice());
        process.start(program, arguments);
        if (!process.waitForFinished(60'000) || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
            throw std::runtime_error(program.toStdString() + " failed");
    }

    QString program_;
    // A socket's path is short, and another user must be able to walk to it.
    QTemporaryDir folder_{QStringLiteral("/tmp/sw-maria-XXXXXX")};
    QProcess process_;
};

} // namespace schemawright::test
