#pragma once

// SQLite files for tests, made and asked through the C API: no part of the library is trusted here.

#include <QByteArray>
#include <QTemporaryDir>
#include <QTest>

#include <string>

#include <sqlite3.h>

namespace schemawright::test {

/// A database file of its own folder, gone with the object.
class SqliteFile
{
public:
    explicit SqliteFile(const char *script = "")
        : path_(folder_.filePath(QStringLiteral("test.db")).toStdString())
    {
        run(script);
    }

    const std::string &path() const noexcept { return path_; }
    QString folder() const { return folder_.path(); }

    void run(const char *script) const
    {
        sqlite3 *database = nullptr;
        sqlite3_open(path_.c_str(), &database);
        char *message = nullptr;
        const int code = sqlite3_exec(database, script, nullptr, nullptr, &message);
        const QByteArray text(message);
        sqlite3_free(message);
        sqlite3_close(database);
        if (code != SQLITE_OK)
            qFatal("%s", text.constData());
    }

    /// The one value of a query as text; "NULL" for NULL, "no row" when there is none.
    std::string fact(const char *sql) const
    {
        sqlite3 *database = nullptr;
        sqlite3_stmt *statement = nullptr;
        std::string text = "no row";
        if (sqlite3_open_v2(path_.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK &&
            sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK &&
            sqlite3_step(statement) == SQLITE_ROW) {
            const auto *value = reinterpret_cast<const char *>(sqlite3_column_text(statement, 0));
            text = value ? value : "NULL";
        }
        sqlite3_finalize(statement);
        sqlite3_close(database);
        return text;
    }

private:
    QTemporaryDir folder_;
    std::string path_;
};

} // namespace schemawright::test
