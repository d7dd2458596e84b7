#pragma once

// A fresh database of the kind that a test's row names, with a Session on it, as a window has one.

#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/orm/session.h"
#include "schemawright/sql/statement.h"

#include "support/mariadb_database.h"
#include "support/postgres_database.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace schemawright::test {

/// A SQLite file, a PostgreSQL or a MariaDB database of the test's own, gone with the object.
class FreshDatabase
{
public:
    FreshDatabase(bool isServer, const std::string &name)
    {
        if (!isServer) {
            QFile file(folder_.filePath(QStringLiteral("fresh.db"))); // no database is made by a wrong name
            if (!file.open(QIODevice::WriteOnly))
                throw Error(ErrorKind::Permission, "no temporary file can be made");
            url_ = Url::parse("sqlite:///" + file.fileName().toStdString());
            return;
        }
        server_.emplace(name);
        url_ = Url::parse("postgresql:///x");
        url_.arguments = server_->arguments();
    }
    explicit FreshDatabase(std::unique_ptr<MariadbDatabase> mariadb)
        : mariadb_(std::move(mariadb)), url_(mariadb_->url())
    {}
    const Url &url() const noexcept { return url_; }
    Engine open() const { return Engine::open(url_); }

private:
    QTemporaryDir folder_;
    std::optional<PostgresDatabase> server_;
    std::unique_ptr<MariadbDatabase> mariadb_;
    Url url_;
};

/// Rows "sqlite" and, with a server, "postgresql" for a test's function; `isServer` tells them apart.
inline void bothDatabases()
{
    QTest::addColumn<bool>("isServer");
    QTest::newRow("sqlite") << false;
    if (postgresServer())
        QTest::newRow("postgresql") << true;
}

/// One user at one database. A second one at the same is made of the first.
class SessionWorld
{
public:
    SessionWorld(bool isServer, const std::string &script, const std::string &name = "session")
        : SessionWorld(std::make_shared<FreshDatabase>(isServer, name), script)
    {}
    SessionWorld(std::shared_ptr<FreshDatabase> at, const std::string &script)
        : database(std::move(at)), engine(database->open()), connection(engine.connect())
    {
        if (!script.empty())
            connection.executeScript(script);
        session = std::make_unique<Session>(engine.sharedDialect(), reflect());
    }
    explicit SessionWorld(const SessionWorld &other)
        : database(other.database), engine(database->open()), connection(engine.connect())
    {
        session = std::make_unique<Session>(engine.sharedDialect(), reflect());
    }

    bool isServer() const { return engine.dialect().capabilities().schemas; }
    MetaData reflect() { return Inspector(connection).reflect(); }
    QualifiedName name(const std::string &table) const { return {session->baseline().defaultSchema, table}; }
    TablePtr table(const std::string &named) const { return session->baseline().table(name(named)); }

    /// All rows as a grid reads them: the columns, and what tells the rows apart.
    std::vector<RowImage> rows(const TablePtr &from)
    {
        std::vector<std::string> names;
        for (const Column &each : from->columns)
            names.push_back(each.name);
        for (const std::string &each : session->identity(*from).columns)
            if (!from->column(each))
                names.push_back(each);
        std::vector<Expr> columns;
        for (const std::string &each : names)
            columns.push_back(column(from, each));
        std::vector<RowImage> all;
        for (const Row &row : connection.execute(select(columns).from(from)).all()) {
            RowImage &image = all.emplace_back();
            for (std::size_t i = 0; i < names.size(); ++i)
                image[names[i]] = row[i];
        }
        return all;
    }
    /// The first row with this value. Throws Error(NotFound).
    RowImage row(const TablePtr &from, const std::string &column, const Value &value)
    {
        for (RowImage &image : rows(from))
            if (image.at(column) == Cell(value))
                return std::move(image);
        throw Error(ErrorKind::NotFound, "no row has that " + column);
    }
    RowImage row(const std::string &from, const std::string &column, const Value &value)
    {
        return row(table(from), column, value);
    }
    void set(const TablePtr &in, const RowImage &row, const std::string &column, Cell cell)
    {
        session->setCell(session->target(*in, row), column, std::move(cell), row);
    }
    void set(const std::string &in, const RowImage &row, const std::string &column, Cell cell)
    {
        set(table(in), row, column, std::move(cell));
    }
    /// Of the row whose `id` is this.
    void set(const std::string &in, int id, const std::string &column, Cell cell)
    {
        set(in, row(in, "id", Value(id)), column, std::move(cell));
    }
    void remove(const std::string &in, const RowImage &row)
    {
        session->deleteRow(session->target(*table(in), row), row);
    }
    RowTarget add(const std::string &in, RowImage cells = {}) { return session->addRow(*table(in), std::move(cells)); }
    std::size_t pending() const { return session->unitOfWork().size(); }

    Report flush() { return session->flush(connection); }
    /// Throws std::runtime_error with what the database says.
    Report commit()
    {
        const Plan plan = session->plan();
        if (!plan.isRunnable())
            throw std::runtime_error(plan.problems.front().error.describe());
        Report report = flush();
        if (report.error)
            throw std::runtime_error(report.error->describe() + " " + report.error->sql);
        return report;
    }
    /// The statements of the plan, with literals.
    std::vector<std::string> statements() const
    {
        std::vector<std::string> all;
        for (const Step &step : session->plan().steps)
            all.push_back(previewSql(engine.dialect(), step));
        return all;
    }
    /// What a query finds: values divided by blanks, rows by " / ", NULL as "-".
    std::string read(const std::string &sql)
    {
        std::string text;
        for (const Row &row : connection.execute(sql).all()) {
            for (const Value &value : row.values())
                text += (value.isNull() ? "-" : value.text()) + " ";
            text += "/ ";
        }
        return text;
    }

    std::shared_ptr<FreshDatabase> database;
    Engine engine;
    Connection connection;
    std::unique_ptr<Session> session;
};

} // namespace schemawright::test
