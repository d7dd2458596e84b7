// What MySQL's dialect makes of types, typed cells and the texts of information_schema, without a server.

#include "schemawright/backends/mysql/mysql_dialect.h"
#include "schemawright/backends/mysql/mysql_text.h"
#include "schemawright/base/error.h"
#include "schemawright/schema/table_diff.h"

#include <QTest>

using namespace schemawright;

namespace {

const MysqlDialect dialect;

QString shown(const std::string &utf8) { return QString::fromStdString(utf8); }

} // namespace

class tst_MysqlTypes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTypes_data()
    {
        QTest::addColumn<QString>("native");
        QTest::addColumn<QString>("generic");
        const auto row = [](const char *native, const char *generic) {
            QTest::newRow(native) << QString::fromUtf8(native) << QString::fromUtf8(generic);
        };
        row("tinyint(1)", "SmallInteger");
        row("tinyint(3) unsigned", "SmallInteger");
        row("smallint(5) unsigned", "Integer");
        row("mediumint(8) unsigned", "Integer");
        row("int(8) unsigned zerofill", "BigInteger");
        row("INTEGER", "Integer");
        row("bigint(20) unsigned", "BigInteger");
        row("decimal(10,3)", "Numeric(10, 3)");
        row("DECIMAL (5) UNSIGNED", "Numeric(5, 0)");
        row("dec", "Numeric(10, 0)");
        row("float", "Real");
        row("float(7,3)", "Real");
        row("float(53)", "Double");
        row("double unsigned", "Double");
        row("Double Precision", "Double");
        row("bit(9)", "SmallInteger");
        row("bit(64)", "BigInteger");
        row("char(4)", "Char(4)");
        row("varchar(200)", "String(200)");
        row("national varchar(6)", "String(6)");
        row("longtext /*M!100301 COMPRESSED*/", "Text");
        row("varbinary(30)", "LargeBinary");
        row("longblob", "LargeBinary");
        row("date", "Date");
        row("datetime(6)", "DateTime");
        row("timestamp", "DateTime");
        row("time(2)", "Time");
        row("year(4)", "SmallInteger");
        row("uuid", "Uuid");
        row("json", "Json");
        row("inet6", "");
        row("point", "");
        row("set('a','b')", "");
    }
    void readsTypes()
    {
        QFETCH(QString, native);
        QFETCH(QString, generic);
        const Type type = dialect.parseType(native.toStdString());
        QCOMPARE(shown(type.native), native);
        QCOMPARE(shown(dialect.typeSql(type)), native);
        QVERIFY2(shown(genericName(type)).startsWith(generic), genericName(type).c_str());
        QCOMPARE(genericName(type).empty(), generic.isEmpty());
    }

    void readsLabels()
    {
        const Type type = dialect.parseType(R"(enum('a','b''c','d,e','','ü','x\\y','(z)'))");
        QCOMPARE(type.labels, (std::vector<std::string>{"a", "b'c", "d,e", "", "ü", "x\\y", "(z)"}));
        Type again = type;
        again.native.clear();
        QCOMPARE(shown(dialect.typeSql(again)), shown("ENUM" + type.native.substr(4)));
        QCOMPARE(dialect.parseType("set('p','q')").labels, (std::vector<std::string>{"p", "q"}));
    }

    void readsTypedCells_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("kind"); ///< of the value; null where the text is refused
        QTest::addColumn<QString>("read");
        const auto row = [](const char *type, const char *typed, const char *kind, const char *read = nullptr) {
            QTest::addRow("%s: %s", type, typed) << QString::fromUtf8(type) << QString::fromUtf8(typed)
                                                 << QString::fromUtf8(kind) << QString::fromUtf8(read ? read : typed);
        };
        row("tinyint(1)", "5", "integer");
        row("tinyint(1)", "true", "integer", "1");
        row("tinyint(4)", "-128", "integer");
        row("tinyint(4)", "128", nullptr);
        row("tinyint(3) unsigned", "255", "integer");
        row("tinyint(3) unsigned", "-1", nullptr);
        row("smallint(6)", "32768", nullptr);
        row("mediumint(9)", "-8388608", "integer");
        row("mediumint(9)", "8388608", nullptr);
        row("int(10) unsigned", "4294967295", "integer");
        row("int(10) unsigned", "4294967296", nullptr);
        row("int(11)", " +7 ", "integer", "7");
        row("int(11)", "7.5", nullptr);
        row("bigint(20)", "-9223372036854775808", "integer");
        row("bigint(20)", "9223372036854775808", nullptr);
        row("bigint(20) unsigned", "9223372036854775807", "integer");
        row("bigint(20) unsigned", "18446744073709551615", "decimal");
        row("bigint(20) unsigned", "18446744073709551616", nullptr);
        row("bigint(20) unsigned", "-1", nullptr);
        row("bigint(20) unsigned", "x", nullptr);
        row("year(4)", "2155", "integer");
        row("year(4)", "0", "integer");
        row("year(4)", "70", nullptr); // which the server would take for 1970
        row("decimal(5,2)", "-999.99", "decimal");
        row("decimal(5,2)", "1000", nullptr);
        row("decimal(5,2)", "0001.50", "decimal");
        row("decimal(5,2) unsigned", "-0.01", nullptr);
        row("decimal(5,2) unsigned", "-0", "decimal");
        row("decimal(5,2)", "NaN", nullptr);
        row("double", "1e308", "float", "1e+308");
        row("double", "inf", nullptr);
        row("double unsigned", "-1", nullptr);
        row("float", "1e39", nullptr);
        row("bit(5)", "b'10101'", "integer", "21");
        row("bit(5)", "21", "integer");
        row("bit(5)", "32", nullptr);
        row("bit(5)", "b'100000'", nullptr);
        row("bit(5)", "b'12'", nullptr);
        row("bit(5)", "b'1", nullptr);
        row("bit", "1", "integer");
        row("bit(64)", "18446744073709551615", "decimal");
        row("varbinary(3)", "0x00FF", "blob", "00ff");
        row("varbinary(3)", "00ff0011", nullptr);
        row("binary(3)", "01", "blob", "010000");
        row("longblob", "", "blob");
        row("point", "POINT(1 2)", nullptr);
        row("date", "2024-02-29", "date");
        row("date", "0000-00-00", "text");
        row("date", "2024-02-00", "text");
        row("date", "0000-01-01", "text");
        row("date", "tomorrow", nullptr);
        row("date", "2024-13-01", nullptr);
        row("time", "13:45", "time", "13:45:00");
        row("time", "9:05:07", "time", "09:05:07");
        row("time", "838:59:59", "text");
        row("time", "-838:59:59", "text");
        row("time", "839:00:00", nullptr);
        row("time", "24:00:00", "time");
        row("time", "24:00:01", "text");
        row("time", "13:60:00", nullptr);
        row("time(6)", "-00:00:00.000001", "text");
        row("datetime(6)", "2024-12-31 23:59:59.999999", "timestamp");
        row("datetime", "2024-12-31T23:59", "timestamp", "2024-12-31 23:59:00");
        row("datetime", "2024-12-31", "timestamp", "2024-12-31 00:00:00");
        row("timestamp", "0000-00-00 00:00:00", "text");
        row("datetime", "now", nullptr);
        row("timestamp", "2024-12-31 23:59:59+02", nullptr);
        row("char(3)", "abcd", nullptr);
        row("varchar(3)", "äöü", "text");
        row("text", "NULL", "text");
        row("enum('a','B')", "b", "text", "B");
        row("enum('a','B')", "2", nullptr);
        row("enum('a','B')", "", nullptr);
        row("enum('a','')", "", "text");
        row("set('x','y z','q')", "q,X", "text", "x,q");
        row("set('x','y z','q')", "", "text");
        row("set('x','y z','q')", "x,,q", nullptr);
        row("json", "{\"a\" : 1}", "text");
        row("inet6", "::1", "text");
        row("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "text");
    }
    void readsTypedCells()
    {
        QFETCH(QString, type);
        QFETCH(QString, typed);
        QFETCH(QString, kind);
        QFETCH(QString, read);
        const Type parsed = dialect.parseType(type.toStdString());
        try {
            const Value value = dialect.parseCell(parsed, typed.toStdString());
            QVERIFY2(!kind.isNull(), value.text().c_str());
            QCOMPARE(QString::fromUtf8(value.kindName()), kind);
            QCOMPARE(shown(value.text()), read);
            QVERIFY(dialect.parseCell(parsed, value.text()) == value); // what a cell shows is what it holds
        } catch (const Error &error) {
            QVERIFY2(kind.isNull(), error.what());
            QCOMPARE(error.kind, ErrorKind::Conversion);
        }
    }

    void tellsTypesApart()
    {
        const auto same = [](const char *a, const char *b) {
            return sameType(dialect.parseType(a), dialect.parseType(b));
        };
        QVERIFY(same("int(11)", "int"));
        QVERIFY(same("INTEGER", "int(11)"));
        QVERIFY(sameType(types::boolean(), dialect.parseType("tinyint(1)")));
        QVERIFY(!sameType(types::boolean(), dialect.parseType("tinyint(4)")));
        for (const auto &[a, b] : {std::pair{"tinyint(4)", "smallint(6)"},
                                   {"mediumint(9)", "int(11)"},
                                   {"int(10) unsigned", "bigint(20) unsigned"},
                                   {"int(10) unsigned", "bigint(20)"},
                                   {"tinytext", "longtext"},
                                   {"blob", "mediumblob"},
                                   {"datetime", "timestamp"},
                                   {"datetime", "datetime(3)"},
                                   {"year(4)", "smallint(6)"},
                                   {"bit(5)", "bit(6)"},
                                   {"enum('a')", "enum('a','b')"},
                                   {"set('a')", "set('a','b')"}}) {
            QVERIFY2(!same(a, b), a);
            QVERIFY2(!same(b, a), a);
        }
    }

    void readsDefaultsOfBothServers()
    {
        const auto maria = [](const char *printed) { return mysql::defaultSql(printed, "varchar(9)", "", true); };
        QCOMPARE(maria("'it''s'"), std::optional<std::string>("'it''s'"));
        QCOMPARE(maria("NULL"), std::nullopt);
        QCOMPARE(maria("'NULL'"), std::optional<std::string>("'NULL'"));
        const auto theirs = [](const char *printed, const char *type, const char *extra = "") {
            return mysql::defaultSql(printed, type, extra, false).value_or("(none)");
        };
        QCOMPARE(theirs("it's", "varchar(9)"), std::string("'it''s'"));
        QCOMPARE(theirs("NULL", "varchar(9)"), std::string("'NULL'"));
        QCOMPARE(theirs("5", "varchar(9)"), std::string("'5'"));
        QCOMPARE(theirs("5", "int unsigned"), std::string("5"));
        QCOMPARE(theirs("b'101'", "bit(4)"), std::string("b'101'"));
        QCOMPARE(theirs("2024-02-29", "date"), std::string("'2024-02-29'"));
        QCOMPARE(theirs("CURRENT_TIMESTAMP(3)", "datetime(3)", "DEFAULT_GENERATED"),
                 std::string("CURRENT_TIMESTAMP(3)"));
        QCOMPARE(theirs("concat(_utf8mb4\\'a, (\\',_utf8mb4\\'b\\')", "varchar(50)", "DEFAULT_GENERATED"),
                 std::string("(concat(_utf8mb4'a, (',_utf8mb4'b'))"));
        QCOMPARE(mysql::defaultSql(std::nullopt, "int", "", false), std::nullopt);
    }

    void takesTextsApart()
    {
        using namespace mysql;
        QCOMPARE(withoutParentheses("((`a` > 0))"), std::string("`a` > 0"));
        QCOMPARE(withoutParentheses("(`a`) > (0)"), std::string("(`a`) > (0)"));
        QCOMPARE(withoutParentheses("(`a` <> ')')"), std::string("`a` <> ')'"));
        QCOMPARE(withoutSchema("select `s`.`t`.`a` AS `a`,'`s`.`t`' AS `x` from `s`.`t` join `s2`.`t`", "s"),
                 std::string("select `t`.`a` AS `a`,'`s`.`t`' AS `x` from `t` join `s2`.`t`"));
        QCOMPARE(withoutSchema("select `t`.`s` AS `a` from `s`.`t`", "s"),
                 std::string("select `t`.`s` AS `a` from `t`"));
        const std::string hidden = "select `s`.`id` AS `id` from `s`.`t` `s`"; // an alias of the same name
        QCOMPARE(withoutSchema(hidden, "s"), hidden);
        QCOMPARE(withoutSchema("select 1 from `a``b`.`t`", "a`b"), std::string("select 1 from `t`"));
        const auto options = tableOptions("row_format=PAGE MAX_ROWS=10 partitioned `page_x`='a b'");
        QCOMPARE(options, (std::map<std::string, std::string>{
                              {"row_format", "PAGE"}, {"max_rows", "10"}, {"`page_x`", "'a b'"}}));
        QCOMPARE(definerText("a`b@%", "me@localhost"), std::string("DEFINER=`a``b`@`%` "));
        QCOMPARE(definerText("me@localhost", "me@localhost"), std::string());
    }

    void tellsRowsApart()
    {
        using Kind = RowIdentity::Kind;
        Table table;
        table.name = {"s", "t"};
        table.columns.resize(2);
        table.columns[0].name = "a";
        table.columns[0].nullable = false;
        table.columns[1].name = "b";
        QCOMPARE(dialect.rowIdentity(table).kind, Kind::AllColumns);
        table.uniques.resize(1);
        table.uniques[0].columns = {"b"};
        QCOMPARE(dialect.rowIdentity(table).kind, Kind::AllColumns); // several rows may have no b
        Index index;
        index.name = "i";
        index.unique = true;
        index.elements.resize(1);
        index.elements[0].column = "a";
        index.elements[0].prefix = 5;
        table.indexes = {index};
        QCOMPARE(dialect.rowIdentity(table).columns, std::vector<std::string>{"a"});
        table.columns[1].nullable = false;
        table.primaryKey.emplace().columns = {"a", "b"};
        QCOMPARE(dialect.rowIdentity(table).columns, (std::vector<std::string>{"a", "b"}));
        Table view;
        view.kind = TableKind::View;
        view.columns = table.columns;
        QCOMPARE(dialect.rowIdentity(view).kind, Kind::None);
        QVERIFY(!dialect.rowIdentity(view).why.empty());
        view.options["updatable"] = "true";
        QCOMPARE(dialect.rowIdentity(view).kind, Kind::AllColumns);
    }
};

QTEST_APPLESS_MAIN(tst_MysqlTypes)
#include "tst_mysql_types.moc"
