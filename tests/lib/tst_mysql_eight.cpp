// What MySQL 8 says of itself differently from MariaDB, in answers that were written down; and queries that fail.

#include "support/canned_connection.h"

#include "schemawright/backends/mysql/mysql_dialect.h"

#include <QTest>

using namespace schemawright;

namespace {

const MysqlDialect dialect;

/// A table `t` with what the two print in other ways.
test::CannedConnection connectionToEight()
{
    test::CannedConnection eight("8.0.36");
    eight.answer("VERSION()", {{"8.0.36", "shop", "me@localhost"}});
    eight.answer("SCHEMATA", {{"information_schema", "utf8mb3_general_ci", {}},
                              {"shop", "utf8mb4_0900_ai_ci", {}},
                              {"other", "latin1_swedish_ci", {}}});
    eight.answer("information_schema.TABLES", {{"t", "BASE TABLE", "InnoDB", "utf8mb4_0900_ai_ci", 7, "", "it's"},
                                               {"v", "VIEW", {}, {}, {}, {}, "VIEW"}});
    const char *none = "";
    eight.answer("information_schema.COLUMNS",
                 {{"t", "twice", 4, "int", "YES", {}, "VIRTUAL GENERATED", {}, none, "(`a` * 2)", {}},
                  {"t", "id", 1, "bigint unsigned", "NO", {}, "auto_increment", {}, none, none, {}},
                  {"t", "a", 2, "int", "NO", "5", "INVISIBLE", {}, none, none, {}},
                  {"t", "s", 3, "varchar(20)", "YES", "it's", none, "utf8mb4_bin", "c", none, {}},
                  {"t",
                   "at",
                   5,
                   "timestamp(3)",
                   "NO",
                   "CURRENT_TIMESTAMP(3)",
                   "DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3)",
                   {},
                   none,
                   none,
                   {}},
                  {"t",
                   "u",
                   6,
                   "char(36)",
                   "YES",
                   "concat(_utf8mb4\\'x\\',uuid())",
                   "DEFAULT_GENERATED",
                   "utf8mb4_0900_ai_ci",
                   none,
                   none,
                   {}},
                  {"t", "p", 7, "point", "NO", {}, none, {}, none, none, 4326},
                  {"v", "id", 1, "bigint unsigned", "NO", "0", none, {}, none, none, {}}});
    eight.answer("information_schema.STATISTICS",
                 {{"t", "PRIMARY", 1, "id", 0, "A", {}, "BTREE", none, "YES", {}},
                  {"t", "lowered", 1, {}, 0, "A", {}, "BTREE", none, "YES", "lower(concat(`s`,_utf8mb4\\'x\\'))"},
                  {"t", "hidden", 1, "a", 1, "D", {}, "BTREE", "of a", "NO", {}},
                  {"t", "where_it_is", 1, "p", 1, "A", 32, "SPATIAL", none, "YES", {}}});
    eight.answer("information_schema.CHECK_CONSTRAINTS",
                 {{"t", "t_chk_1", "(`s` <> _utf8mb4\\'it\\\\\\'s\\')", "YES"}, {"t", "off", "(`a` > 0)", "NO"}});
    eight.answer("information_schema.VIEWS",
                 {{"v", "select `shop`.`t`.`id` AS `id` from `shop`.`t`", "NONE", "YES", "you@%", "DEFINER", {}}});
    return eight;
}

} // namespace

class tst_MysqlEight : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsItsOwnWay()
    {
        test::CannedConnection eight = connectionToEight();
        const MetaData metadata = dialect.reflect(eight, {});
        QVERIFY2(metadata.errors.empty(), metadata.errors.empty() ? "" : metadata.errors.front().what.c_str());
        QCOMPARE(metadata.defaultSchema, std::string("shop"));
        QCOMPARE(metadata.schemas.size(), std::size_t(1)); // the one that was chosen
        const char *expected = "CREATE TABLE t (\n"
                               "    id bigint unsigned NOT NULL AUTO_INCREMENT,\n"
                               "    a int NOT NULL DEFAULT 5 INVISIBLE,\n"
                               "    s varchar(20) COLLATE utf8mb4_bin DEFAULT 'it''s' COMMENT 'c',\n"
                               "    twice int GENERATED ALWAYS AS (`a` * 2) VIRTUAL,\n"
                               "    at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE "
                               "CURRENT_TIMESTAMP(3),\n"
                               "    u char(36) DEFAULT (concat(_utf8mb4'x',uuid())),\n"
                               "    p point SRID 4326 NOT NULL,\n"
                               "    PRIMARY KEY (id),\n"
                               "    CONSTRAINT off CHECK (`a` > 0) NOT ENFORCED,\n"
                               "    CONSTRAINT t_chk_1 CHECK (`s` <> _utf8mb4'it\\'s'),\n"
                               "    KEY hidden (a DESC) COMMENT 'of a' INVISIBLE,\n"
                               "    UNIQUE KEY lowered ((lower(concat(`s`,_utf8mb4'x')))),\n"
                               "    SPATIAL KEY where_it_is (p)\n"
                               ") AUTO_INCREMENT=7 CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci ENGINE=InnoDB "
                               "COMMENT='it''s';\n\n"
                               "CREATE DEFINER=`you`@`%` VIEW `v` AS select `t`.`id` AS `id` from `t`;\n";
        QCOMPARE(QString::fromStdString(dialect.createScript(metadata, {}).text()), QString::fromUtf8(expected));
        QCOMPARE(metadata.table({"shop", "v"})->dependsOn, (std::vector<QualifiedName>{{"shop", "t"}}));
    }

    void readsAllThatAreNotTheServersOwn()
    {
        test::CannedConnection eight = connectionToEight();
        test::CannedConnection none("8.0.36");
        none.answer("VERSION()", {{"8.0.36", {}, "me@localhost"}});
        none.answer("SCHEMATA", {{"mysql", "c", {}}, {"shop", "c", {}}, {"sys", "c", {}}, {"other", "c", {}}});
        const MetaData all = dialect.reflect(none, {});
        QCOMPARE(all.defaultSchema, std::string());
        QCOMPARE(all.schemas.size(), std::size_t(2));
        QCOMPARE(all.schemas.front().name, std::string("other"));
        ReflectOptions options;
        options.schemas = {"other", "gone"};
        const MetaData named = dialect.reflect(eight, options);
        QCOMPARE(named.schemas.size(), std::size_t(1));
        QCOMPARE(named.schemas.front().name, std::string("other"));
    }

    /// What cannot be read is told, and the rest is there.
    void goesOnWithoutWhatFails()
    {
        for (const char *part : {"CHECK_CONSTRAINTS", "STATISTICS", "TRIGGERS", "ROUTINES", "EVENTS", "VIEWS"}) {
            test::CannedConnection eight = connectionToEight();
            eight.fail(part);
            const MetaData metadata = dialect.reflect(eight, {});
            QVERIFY2(!metadata.errors.empty(), part);
            QVERIFY(metadata.errors.front().what.find(part) != std::string::npos);
            QCOMPARE(metadata.table({"shop", "t"})->columns.size(), std::size_t(7));
        }
    }

    /// As many queries for a hundred tables as for one, each about one schema.
    void asksTheSameForAnyNumberOfTables()
    {
        const auto asked = [](int tables) {
            test::CannedConnection many("8.0.36");
            many.answer("VERSION()", {{"8.0.36", "shop", "me@localhost"}});
            many.answer("SCHEMATA", {{"shop", "c", {}}});
            test::CannedConnection::Rows rows, columns;
            for (int i = 0; i < tables; ++i) {
                rows.push_back({"t" + std::to_string(i), "BASE TABLE", "InnoDB", "c", {}, "partitioned", ""});
                columns.push_back({"t" + std::to_string(i), "id", 1, "int", "NO", {}, "", {}, "", "", {}});
            }
            many.answer("information_schema.TABLES", rows);
            many.answer("information_schema.COLUMNS", columns);
            const MetaData metadata = dialect.reflect(many, {});
            [&] { QCOMPARE(metadata.tableCount(), std::size_t(tables)); }();
            return many.asked;
        };
        const auto one = asked(1);
        QCOMPARE(asked(100), one);
        QVERIFY(one.size() < 20);
        for (std::size_t i = 2; i < one.size(); ++i)
            QVERIFY2(one[i].find("_SCHEMA = ?") != std::string::npos, one[i].c_str());
    }
};

QTEST_APPLESS_MAIN(tst_MysqlEight)
#include "tst_mysql_eight.moc"
