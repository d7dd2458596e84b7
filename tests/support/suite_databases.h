#pragma once

// The databases a suite is asked of. Programs run side by side, so each gets databases that no other program touches.

#include "support/mariadb_database.h"
#include "support/postgres_database.h"

#include "schemawright/engine/engine.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace schemawright::test {

/// One database for each URL in SCHEMAWRIGHT_TEST_URLS (separated by blanks; SQLite alone without): a SQLite file
/// becomes a file of this program, and a PostgreSQL server is given a database of this program. All are gone with the
/// object.
class SuiteDatabases
{
public:
    /// With MariaDB when that is named and wanted: not every suite is about what it can do. Throws Error when a server
    /// can't be reached.
    explicit SuiteDatabases(const std::string &name, bool withMariadb = false)
    {
        std::istringstream given(qgetenv("SCHEMAWRIGHT_TEST_URLS").toStdString());
        for (std::string text; given >> text;) {
            const Url url = Url::parse(text);
            if (url.scheme == "postgresql") {
                servers_.push_back(std::make_unique<PostgresDatabase>(name, url.arguments));
                add("postgresql", Url::parse(servers_.back()->url()));
            } else if (url.scheme == "mysql") {
                if (!withMariadb)
                    continue;
                mariadbs_.push_back(std::make_unique<MariadbDatabase>(name, url.arguments));
                add("mariadb", mariadbs_.back()->url());
            } else if (url.isFile()) {
                addFile();
            } else if (url.isMemory()) {
                add("sqlite in memory", url);
            }
        }
        if (databases_.empty()) {
            add("sqlite in memory", Url::parse("sqlite://"));
            addFile();
        }
    }

    /// For a `_data()` function: the column "database" and a row for each database.
    void addRows() const
    {
        QTest::addColumn<int>("database");
        for (std::size_t i = 0; i < databases_.size(); ++i)
            QTest::newRow(databases_[i].label.c_str()) << static_cast<int>(i);
    }
    /// The database of the row that runs now.
    const Url &current() const
    {
        const int row = *static_cast<const int *>(QTest::qData("database", QMetaType::fromType<int>().id()));
        return databases_.at(static_cast<std::size_t>(row)).url;
    }

private:
    struct Database
    {
        std::string label;
        Url url;
    };

    void add(std::string label, Url url)
    {
        if (url.isFile())
            url.arguments.options["create"] = "true";
        databases_.push_back({std::move(label), std::move(url)});
    }
    void addFile()
    {
        add("sqlite file", Url::parse("sqlite:///" + folder_.filePath(QStringLiteral("suite.db")).toStdString()));
    }

    QTemporaryDir folder_;
    std::vector<std::unique_ptr<PostgresDatabase>> servers_;
    std::vector<std::unique_ptr<MariadbDatabase>> mariadbs_;
    std::vector<Database> databases_;
};

} // namespace schemawright::test
