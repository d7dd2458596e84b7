#include "schemawright/base/error.h"
#include "schemawright/sql/named_parameters.h"

#include <QTest>

using namespace schemawright;

class tst_NamedParameters : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void replacesNamesOnlyWhereTheyAreParameters_data();
    void replacesNamesOnlyWhereTheyAreParameters();
    void bindsInOrderOfUse();
    void refusesMissingAndUnused();
};

void tst_NamedParameters::replacesNamesOnlyWhereTheyAreParameters_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("expected");
    QTest::newRow("plain") << "SELECT :x"
                           << "SELECT $1";
    QTest::newRow("string") << "SELECT ':x', 'it''s :x', :x"
                            << "SELECT ':x', 'it''s :x', $1";
    QTest::newRow("escape string") << R"(SELECT E'\':x', :x)"
                                   << R"(SELECT E'\':x', $1)";
    QTest::newRow("identifier") << R"(SELECT "a:x", `b:x`, :x)"
                                << R"(SELECT "a:x", `b:x`, $1)";
    QTest::newRow("line comment") << "SELECT 1 -- :x\n, :x"
                                  << "SELECT 1 -- :x\n, $1";
    QTest::newRow("block comment") << "SELECT /* :x */ :x"
                                   << "SELECT /* :x */ $1";
    QTest::newRow("cast") << "SELECT :x::text"
                          << "SELECT $1::text";
    QTest::newRow("dollar quote") << "SELECT $a$ :x $a$, :x"
                                  << "SELECT $a$ :x $a$, $1";
    QTest::newRow("slice") << "SELECT a[1:2], :x"
                           << "SELECT a[1:2], $1";
    QTest::newRow("at the end of an open string") << "SELECT :x, ':x"
                                                  << "SELECT $1, ':x";
}

void tst_NamedParameters::replacesNamesOnlyWhereTheyAreParameters()
{
    QFETCH(QString, sql);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(bindNamed(sql.toStdString(), {{"x", 1}}, '$').sql), expected);
}

void tst_NamedParameters::bindsInOrderOfUse()
{
    const Compiled numbered = bindNamed("SELECT :b, :a, :b", {{"a", 1}, {"b", "two"}}, '$');
    QCOMPARE(numbered.sql, std::string("SELECT $1, $2, $3"));
    QCOMPARE(numbered.values(), (std::vector<Value>{"two", 1, "two"}));
    QCOMPARE(bindNamed("SELECT :b, :a", {{"a", 1}, {"b", 2}}, '?').sql, std::string("SELECT ?, ?"));
}

void tst_NamedParameters::refusesMissingAndUnused()
{
    QVERIFY_EXCEPTION_THROWN(bindNamed("SELECT :x", {}, '?'), Error);
    QVERIFY_EXCEPTION_THROWN(bindNamed("SELECT 1", {{"x", 1}}, '?'), Error);
}

QTEST_GUILESS_MAIN(tst_NamedParameters)
#include "tst_named_parameters.moc"
