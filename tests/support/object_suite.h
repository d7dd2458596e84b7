#pragma once

// What the suites of mapped objects have in common: a database of the test's row with some tables in it.

#include "support/suite_databases.h"

#include "schemawright/base/error.h"
#include "schemawright/engine/create_all.h"
#include "schemawright/engine/engine.h"
#include "schemawright/orm/object_session.h"
#include "schemawright/schema/table_builder.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace schemawright::test {

/// The error of some work, if there is one.
template <class Work> std::optional<Error> errorOf(Work work)
{
    try {
        work();
    } catch (const Error &error) {
        return error;
    }
    return std::nullopt;
}
template <class Work> std::optional<ErrorKind> kindOf(Work work)
{
    const std::optional<Error> error = errorOf(std::move(work));
    return error ? std::optional(error->kind) : std::nullopt;
}

class ObjectSuite
{
protected:
    void start(const char *name) { databases_ = std::make_unique<SuiteDatabases>(name, true); }
    void stop() { databases_.reset(); }
    /// The database of the row, in which these tables stand new, foreign keys enforced.
    void open(MetaData tables)
    {
        tables_ = std::move(tables);
        engine_ = std::make_unique<Engine>(Engine::open(databases_->current()));
        connection_ = std::make_unique<Connection>(engine_->connect());
        if (engine_->dialect().name() == "sqlite")
            connection_->executeScript("PRAGMA foreign_keys = ON");
        dropAll(*connection_, tables_);
        createAll(*connection_, tables_);
        engine_->log().observe([this](const StatementEvent &event) {
            reads_ += event.sql.starts_with("SELECT");
            for (const char *verb : {"INSERT", "UPDATE", "DELETE"})
                writes_ += event.sql.starts_with(verb);
        });
    }
    void close()
    {
        dropAll(*connection_, tables_);
        connection_.reset();
        engine_.reset();
    }

    Value fact(const std::string &sql) { return connection_->execute(sql).scalar(); }
    /// All rows: values apart by blanks, NULL as "-", each row ended by "|".
    QString rows(const std::string &sql)
    {
        std::string text;
        for (const Row &row : connection_->execute(sql).all()) {
            for (std::size_t i = 0; i < row.size(); ++i)
                text += (i ? " " : "") + (row[i].isNull() ? std::string("-") : row[i].text());
            text += "|";
        }
        return QString::fromStdString(text);
    }

    std::unique_ptr<SuiteDatabases> databases_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Connection> connection_;
    int reads_ = 0, writes_ = 0; ///< statements that were run

private:
    MetaData tables_;
};

} // namespace schemawright::test
