#pragma once

// A PostgreSQL cluster of a test's own, which may be killed and started again.

#include "schemawright/engine/url.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

namespace schemawright::test {

/// Where initdb and pg_ctl are; empty when they are not installed.
inline QString postgresBinaries()
{
    const QDir versions(QStringLiteral("/usr/lib/postgresql"));
    const QStringList names = versions.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    int newest = 0;
    for (const QString &name : names)
        if (QFile::exists(versions.filePath(name + QStringLiteral("/bin/initdb"))))
            newest = std::max(newest, name.toInt());
    if (newest > 0)
        return versions.filePath(QStringLiteral("%1/bin").arg(newest));
    QProcess config;
    config.start(QStringLiteral("pg_config"), {QStringLiteral("--bindir")});
    const QString folder = config.waitForFinished() ? QString::fromUtf8(config.readAll()).trimmed() : QString();
    return QFile::exists(folder + QStringLiteral("/initdb")) ? folder : QString();
}

/// Listens on a socket only. Runs as another user when the test is root, as the server insists on. Gone with the
/// object. Throws std::runtime_error.
class OwnPostgres
{
public:
    explicit OwnPostgres(QString binaries) : binaries_(std::move(binaries))
    {
        if (!folder_.isValid())
            throw std::runtime_error("no temporary folder");
        const QString place = folder_.path();
        if (::geteuid() == 0) {
            run(QStringLiteral("chown"), {QStringLiteral("postgres:"), place});
            ::chmod(place.toUtf8().constData(), 0711);
        }
        server(QStringLiteral("initdb"), {QStringLiteral("-D"), data(), QStringLiteral("-U"), QStringLiteral("tester"),
                                          QStringLiteral("--auth=trust"), QStringLiteral("-E"), QStringLiteral("UTF8"),
                                          QStringLiteral("--locale=C"), QStringLiteral("-N")});
        start();
    }
    OwnPostgres(const OwnPostgres &) = delete;
    ~OwnPostgres()
    {
        try {
            kill();
        } catch (const std::exception &) { // it was not running
        }
    }

    /// Waits until it answers. `options` are settings for this run: "-c name=value".
    void start(const QString &options = {})
    {
        // What a process dies with is written before it dies; only the disk itself is not waited for.
        const QString all = QStringLiteral("-c listen_addresses='' -c unix_socket_directories='%1' -c fsync=off -c "
                                           "shared_buffers=16MB -c max_connections=20 %2")
                                .arg(folder_.path(), options);
        for (int trial = 0;; ++trial)
            try {
                return server(QStringLiteral("pg_ctl"), {QStringLiteral("-D"), data(), QStringLiteral("-l"),
                                                         folder_.filePath(QStringLiteral("log")), QStringLiteral("-w"),
                                                         QStringLiteral("-o"), all, QStringLiteral("start")});
            } catch (const std::runtime_error &) { // its killed children may still be there
                if (trial == 20)
                    throw;
                std::this_thread::sleep_for(std::chrono::milliseconds(250));
            }
    }
    /// All at once, as by a power cut; returns when nothing of it is left.
    void kill()
    {
        QFile file(data() + QStringLiteral("/postmaster.pid"));
        if (!file.open(QIODevice::ReadOnly))
            throw std::runtime_error("the server is not running");
        const pid_t pid = file.readLine().trimmed().toInt();
        if (pid <= 1 || ::kill(pid, SIGKILL) != 0)
            throw std::runtime_error("the server cannot be killed");
        for (int i = 0; i < 400 && ::kill(pid, 0) == 0; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }

    Url url() const
    {
        Url url = Url::parse("postgresql:///postgres");
        url.arguments.host = folder_.path().toStdString();
        url.arguments.user = "tester";
        url.arguments.database = "postgres";
        return url;
    }

private:
    QString data() const { return folder_.filePath(QStringLiteral("data")); }
    void server(const QString &program, QStringList arguments)
    {
        const QString path = binaries_ + QLatin1Char('/') + program;
        if (::geteuid() != 0)
            return run(path, arguments);
        arguments =
            QStringList{QStringLiteral("-u"), QStringLiteral("postgres"), QStringLiteral("--"), path} + arguments;
        run(QStringLiteral("runuser"), arguments);
    }
    void run(const QString &program, const QStringList &arguments)
    {
        QProcess process;
        process.setWorkingDirectory(folder_.path());
        process.setStandardOutputFile(QProcess::nullDevice()); // a server that stays would hold a pipe open
        process.setStandardErrorFile(QProcess::nullDevice());
        process.start(program, arguments);
        if (!process.waitForFinished(60'000) || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
            throw std::runtime_error(program.toStdString() + " failed");
    }

    QString binaries_;
    // A socket's path is short, and another user must be able to walk to it.
    QTemporaryDir folder_{QStringLiteral("/tmp/sw-crash-XXXXXX")};
};

} // namespace schemawright::test
