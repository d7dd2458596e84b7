#pragma once

// SQLite files for tests, made and asked through the C API: no part of the library is trusted here.

#include <QByteArray>
#include <QTemporaryDir>
#include <QTest>

#include <string>

#include <sqlite3.h>

/// So that a comparison that fails says what it compared.
template <> inline char *QTest::toString(const std::string &text) { return qstrdup(text.c_str()); }

namespace schemawright::test {

/// Runs a script; whatever fails in it ends the test.
inline void runSqlite(const std::string &path, const std::string &script)
{
    sqlite3 *database = nullptr;
    sqlite3_open(path.c_str(), &database);
    char *message = nullptr;
    const int code = sqlite3_exec(database, script.c_str(), nullptr, nullptr, &message);
    const QByteArray text(message);
    sqlite3_free(message);
    sqlite3_close(database);
    if (code != SQLITE_OK)
        qFatal("%s", text.constData());
}

/// The one value of a query as text; "NULL" for NULL, "no row" when there is none.
inline std::string sqliteFact(const std::string &path, const char *sql)
{
    sqlite3 *database = nullptr;
    sqlite3_stmt *statement = nullptr;
    std::string text = "no row";
    if (sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK &&
        sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        const auto *value = reinterpret_cast<const char *>(sqlite3_column_text(statement, 0));
        text = value ? value : "NULL";
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return text;
}

/// Another program that holds the file so that nobody else can write.
class SqliteLock
{
public:
    explicit SqliteLock(const std::string &path)
    {
        sqlite3_open(path.c_str(), &database_);
        if (sqlite3_exec(database_, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) != SQLITE_OK)
            qFatal("the file could not be locked");
    }
    SqliteLock(const SqliteLock &) = delete;
    ~SqliteLock() { sqlite3_close(database_); }

private:
    sqlite3 *database_ = nullptr;
};

/// A database file of its own folder, gone with the object.
class SqliteFile
{
public:
    explicit SqliteFile(const char *script = "") : path_(folder_.filePath(QStringLiteral("test.db")).toStdString())
    {
        run(script);
    }

    const std::string &path() const noexcept { return path_; }
    QString folder() const { return folder_.path(); }
    void run(const char *script) const { runSqlite(path_, script); }
    std::string fact(const char *sql) const { return sqliteFact(path_, sql); }

private:
    QTemporaryDir folder_;
    std::string path_;
};

} // namespace schemawright::test
