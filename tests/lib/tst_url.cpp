#include "schemawright/base/error.h"
#include "schemawright/engine/url.h"

#include <QTest>

using namespace schemawright;

class tst_Url : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void findsSqliteFiles_data();
    void findsSqliteFiles();
    void readsServerUrls();
    void takesASocketFolder();
    void neverPrintsThePassword_data();
    void neverPrintsThePassword();
    void printsWhatItParses_data();
    void printsWhatItParses();
    void refuses_data();
    void refuses();
};

void tst_Url::findsSqliteFiles_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("database");
    QTest::newRow("memory") << "sqlite://"
                            << ":memory:";
    QTest::newRow("memory by name") << "sqlite:///:memory:"
                                    << ":memory:";
    QTest::newRow("relative") << "sqlite:///relative.db"
                              << "relative.db";
    QTest::newRow("absolute") << "sqlite:////tmp/absolute.db"
                              << "/tmp/absolute.db";
    QTest::newRow("bare path") << "/tmp/a b.db"
                               << "/tmp/a b.db";
    QTest::newRow("bare relative path") << "music.sqlite3"
                                        << "music.sqlite3";
    QTest::newRow("percent in a bare path") << "/tmp/100%.db"
                                            << "/tmp/100%.db";
    QTest::newRow("encoded") << "sqlite:////tmp/a%20b%3F.db"
                             << "/tmp/a b?.db";
}

void tst_Url::findsSqliteFiles()
{
    QFETCH(QString, text);
    QFETCH(QString, database);
    const Url url = Url::parse(text.toStdString());
    QCOMPARE(url.scheme, std::string("sqlite"));
    QCOMPARE(QString::fromStdString(url.arguments.database), database);
    QCOMPARE(url.isMemory(), database == QLatin1String(":memory:"));
}

void tst_Url::readsServerUrls()
{
    const Url url = Url::parse("postgresql://an%40na:p%2Fw:x@db.example.org:5433/shop?sslmode=require&mode=ro");
    QCOMPARE(url.scheme, std::string("postgresql"));
    QCOMPARE(url.arguments.user, std::string("an@na"));
    QCOMPARE(url.arguments.password, std::string("p/w:x"));
    QCOMPARE(url.arguments.host, std::string("db.example.org"));
    QCOMPARE(url.arguments.port, 5433);
    QCOMPARE(url.arguments.database, std::string("shop"));
    QCOMPARE(url.arguments.options.at("sslmode"), std::string("require"));
    QVERIFY(url.arguments.readOnly);
    QCOMPARE(Url::parse("postgres://[::1]:77/x").arguments.host, std::string("::1"));
    QCOMPARE(Url::parse("mysql+odbc://h/x").driver, std::string("odbc"));
}

void tst_Url::takesASocketFolder()
{
    const Url url = Url::parse("postgresql:///shop?host=/var/run/pg&port=5999&user=anna");
    QCOMPARE(url.arguments.host, std::string("/var/run/pg"));
    QCOMPARE(url.arguments.port, 5999);
    QCOMPARE(url.arguments.user, std::string("anna"));
    QCOMPARE(url.arguments.database, std::string("shop"));
}

void tst_Url::neverPrintsThePassword_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("in the authority") << "postgresql://u:s3cret@h/d";
    QTest::newRow("in the query") << "postgresql://u@h/d?password=s3cret";
    QTest::newRow("of a certificate") << "postgresql://u@h/d?sslpassword=s3cret";
    QTest::newRow("with a wrong port") << "postgresql://u:s3cret@h:port/d";
    QTest::newRow("with an unfinished escape") << "postgresql://u:s3cret@h/d%2";
    QTest::newRow("with an at sign") << "postgresql://u:s3cret@x@h/d";
}

void tst_Url::neverPrintsThePassword()
{
    QFETCH(QString, text);
    try {
        const Url url = Url::parse(text.toStdString());
        QVERIFY(url.text().find("s3cret") == std::string::npos);
        QVERIFY(url.displayName().find("s3cret") == std::string::npos);
        QVERIFY(url.text().find("***") != std::string::npos);
    } catch (const Error &error) {
        QVERIFY(error.describe().find("s3cret") == std::string::npos);
    }
}

void tst_Url::printsWhatItParses_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text :
         {"sqlite://", "sqlite:///relative.db", "sqlite:////tmp/absolute.db", "postgresql://u@h:5433/d?sslmode=require",
          "postgresql://h/d", "postgresql://:77/d?host=/run/pg", "postgresql://h/d?mode=ro"})
        QTest::newRow(text) << QString::fromLatin1(text);
}

void tst_Url::printsWhatItParses()
{
    QFETCH(QString, text);
    QCOMPARE(QString::fromStdString(Url::parse(text.toStdString()).text()), text);
}

void tst_Url::refuses_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("nothing") << "";
    QTest::newRow("two slashes too few") << "sqlite://file.db";
    QTest::newRow("a port that is none") << "postgresql://h:99999/d";
    QTest::newRow("a broken escape") << "postgresql://h/%zz";
    QTest::newRow("a query without a value") << "postgresql://h/d?sslmode";
}

void tst_Url::refuses()
{
    QFETCH(QString, text);
    bool refused = false;
    try {
        Url::parse(text.toStdString());
    } catch (const Error &error) {
        refused = error.kind == ErrorKind::Misuse && !error.hint.empty();
    }
    QVERIFY(refused);
}

QTEST_GUILESS_MAIN(tst_Url)
#include "tst_url.moc"
