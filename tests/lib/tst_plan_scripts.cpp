// Plans as scripts for databases that are only written: rows that need keys which the database makes.

#include "schemawright/backends/dialects.h"
#include "schemawright/base/error.h"
#include "schemawright/orm/session.h"

#include <QProcess>
#include <QTest>

#include <unistd.h>

using namespace schemawright;

namespace {

std::shared_ptr<const Dialect> dialect(const char *name)
{
    return {dialectNamed(name), [](const Dialect *) {}};
}

MetaData tables(const char *dialectName, const Type &key = types::integer())
{
    const auto add = [](Table &table, const char *name, Type type, bool nullable) {
        Column column;
        column.name = name;
        column.type = std::move(type);
        column.nullable = nullable;
        table.columns.push_back(std::move(column));
    };
    Table parent, child;
    parent.name = {"", "parent"};
    add(parent, "id", key, false);
    if (key.isInteger()) {
        parent.columns[0].autoincrement = true;
        parent.columns[0].identity = Identity{};
    } else
        parent.columns[0].defaultSql = "sys_guid()";
    add(parent, "name", types::string(20), true);
    parent.primaryKey = PrimaryKey{{}, {"id"}, false, false, {}, {}};
    child.name = {"", "child"};
    add(child, "id", types::integer(), false);
    add(child, "parent_id", key, false);
    child.primaryKey = PrimaryKey{{}, {"id"}, false, false, {}, {}};
    ForeignKey reference;
    reference.columns = {"parent_id"};
    reference.referred = parent.name;
    reference.referredColumns = {"id"};
    child.foreignKeys.push_back(reference);
    MetaData metadata;
    metadata.dialect = dialectName;
    metadata.add(parent);
    metadata.add(child);
    return metadata;
}

/// Three parents, of which two have children.
Session edited(const char *dialectName, const Type &key = types::integer())
{
    Session session(dialect(dialectName), tables(dialectName, key));
    const TablePtr parent = session.baseline().table({"", "parent"}), child = session.baseline().table({"", "child"});
    for (int i = 0; i < 3; ++i) {
        const RowTarget row = session.addRow(*parent, {{"name", Value("it's " + std::to_string(i))}});
        if (i != 1)
            session.addRow(*child, {{"id", Value(10 + i)}, {"parent_id", KeyOf{row.newRow, "id"}}});
    }
    return session;
}

std::string script(const char *dialectName)
{
    const Session session = edited(dialectName);
    return scriptText(session.dialect(), session.plan());
}

} // namespace

class tst_PlanScripts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mysql()
    {
        const std::string text = script("mysql");
        QVERIFY2(text.starts_with("START TRANSACTION;\n"), text.c_str());
        QVERIFY(text.find("SET @sw_key_1 = LAST_INSERT_ID();\n") != std::string::npos);
        QVERIFY(text.find("(10, @sw_key_1)") != std::string::npos);
        QVERIFY(text.ends_with("\nCOMMIT;\n"));
    }

    void runsOnMariaDb()
    {
        const QString socket = qEnvironmentVariable("MYSQL_SOCKET");
        if (socket.isEmpty())
            QSKIP("no MariaDB: set MYSQL_SOCKET and MYSQL_USER");
        const std::string database = "sw_plan_scripts_" + std::to_string(::getpid());
        const std::string create = dialect("mysql")->createScript(tables("mysql")).text();
        const std::string text = "CREATE DATABASE " + database + "; USE " + database + ";\n" + create +
                                 "\nINSERT INTO parent (name) VALUES ('first');\n" + script("mysql") +
                                 "SELECT CONCAT(parent.id, ' ', parent.name, ' ', COALESCE(child.id, '-')) FROM parent "
                                 "LEFT JOIN child ON parent_id = parent.id ORDER BY parent.id;\nDROP DATABASE " +
                                 database + ";\n";
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QStringLiteral("mariadb"),
                      {QStringLiteral("--no-defaults"), QStringLiteral("--skip-column-names"),
                       QStringLiteral("--user=") + qEnvironmentVariable("MYSQL_USER"),
                       QStringLiteral("--socket=") + socket});
        QVERIFY(process.waitForStarted());
        process.write(QByteArray::fromStdString(text));
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(60'000));
        QCOMPARE(process.readAll(), QByteArray("1 first -\n2 it's 0 10\n3 it's 1 -\n4 it's 2 12\n"));
    }

    void sqlServer()
    {
        const std::string text = script("mssql");
        QVERIFY2(text.starts_with("SET XACT_ABORT ON;\nBEGIN TRANSACTION;\n"), text.c_str());
        QVERIFY2(text.find("DECLARE @sw_key_1 INTEGER = SCOPE_IDENTITY();\n") != std::string::npos, text.c_str());
        QVERIFY(text.find("(10, @sw_key_1)") != std::string::npos);
        QVERIFY(text.ends_with("\nCOMMIT;\n"));
    }

    void oracle() // as SQL*Plus, SQLcl and SQL Developer run it; there is none here to try
    {
        const std::string text = script("oracle");
        const auto has = [&](const char *part) { return text.find(part) != std::string::npos; };
        QVERIFY2(has("VARIABLE sw_key_1_1 NUMBER;\nBEGIN\n  INSERT INTO parent (name) VALUES ('it''s 0')\n"
                     "  RETURNING id INTO :sw_key_1_1;\nEND;\n/\n"),
                 text.c_str());
        QVERIFY2(has("INSERT INTO parent (name) VALUES ('it''s 1');\n"), text.c_str()); // nobody waits for its key
        QVERIFY2(has("SELECT 10, :sw_key_1_1 FROM DUAL UNION ALL SELECT 12, :sw_key_2_1 FROM DUAL;"), text.c_str());
        QVERIFY2(text.find("/;") == std::string::npos && text.ends_with("COMMIT;\n"), text.c_str());
    }

    void oracleSaysWhatItCannot()
    {
        try { // a key that is neither a number nor a text
            const Session session = edited("oracle", types::largeBinary());
            scriptText(session.dialect(), session.plan());
            QFAIL("a script with keys that nobody knows");
        } catch (const Error &error) {
            QCOMPARE(toString(error.kind), toString(ErrorKind::Unsupported));
            QVERIFY2(error.message.find("id of new parent 1") != std::string::npos, error.message.c_str());
            QVERIFY(error.message.find("oracle") != std::string::npos);
        }
        // Without such keys it is a script, of statements that hand nothing back.
        Session session(dialect("oracle"), tables("oracle"));
        const TablePtr child = session.baseline().table({"", "child"});
        for (int i = 0; i < 3; ++i)
            session.addRow(*child, {{"id", Value(i)}, {"parent_id", Value(i)}});
        const std::string text = scriptText(session.dialect(), session.plan());
        QVERIFY2(text.starts_with("SET TRANSACTION READ WRITE;\n"), text.c_str());
        QVERIFY2(text.find("RETURNING") == std::string::npos, text.c_str());
    }
};

QTEST_GUILESS_MAIN(tst_PlanScripts)
#include "tst_plan_scripts.moc"
