// The C++ made for a database: compiled with the compiler of this build and run on a database of that schema.

#include "schemawright/engine/engine.h"
#include "schemawright/generate/cpp_mapping.h"
#include "schemawright/schema/table_builder.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace schemawright;

namespace {

MetaData reflected(const std::string &script)
{
    const Engine engine = Engine::open("sqlite://");
    Connection connection = engine.connect();
    connection.executeScript(script);
    return connection.dialect().reflect(connection.driverConnection());
}

std::string textOf(const MetaData &metadata, const EntityMappings &names = {})
{
    return CppMapping(metadata, automap(metadata, names)).text();
}

bool has(const std::string &text, const char *part) { return text.find(part) != std::string::npos; }

const QString programs = QStringLiteral(SCHEMAWRIGHT_SOURCE_DIR "/tests/lib/cpp_mapping/");

std::string scriptOf(const char *name)
{
    QFile file(programs + QString::fromLatin1(name) + QStringLiteral(".sql"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

} // namespace

class TestCppMapping : public QObject
{
    Q_OBJECT

private:
    static QString run(const QString &command, const QStringList &arguments, int &status)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(command, arguments);
        status =
            process.waitForFinished(240'000) && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
        return QString::fromUtf8(process.readAll());
    }

private slots:
    void compilesAndRuns_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"music", "trees", "composite", "words"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void compilesAndRuns()
    {
        QFETCH(QString, name);
        QTemporaryDir folder;
        const std::string script = scriptOf(qPrintable(name));
        QVERIFY(!script.empty());
        QFile header(folder.filePath(QStringLiteral("model.h")));
        QVERIFY(header.open(QIODevice::WriteOnly));
        header.write(QByteArray::fromStdString(textOf(reflected(script))));
        header.close();
        const QString executable = folder.filePath(QStringLiteral("program"));
        int status = 0;
        const QString sanitizers = QStringLiteral(SCHEMAWRIGHT_SANITIZERS);
        QString output =
            run(QStringLiteral(SCHEMAWRIGHT_COMPILER),
                {sanitizers.isEmpty() ? QStringLiteral("-g0") : QStringLiteral("-fsanitize=") + sanitizers,
                 QStringLiteral("-std=c++20"), QStringLiteral("-Wall"), QStringLiteral("-Wextra"),
                 QStringLiteral("-Wpedantic"), QStringLiteral("-Wshadow"), QStringLiteral("-Werror"),
                 QStringLiteral("-DBODY=\"%1.inc\"").arg(name), QStringLiteral("-I"), folder.path(),
                 QStringLiteral("-I" SCHEMAWRIGHT_SOURCE_DIR "/lib"), programs + QStringLiteral("main.cpp"),
                 QStringLiteral(SCHEMAWRIGHT_BINARY_DIR "/lib/libschemawright.a"), QStringLiteral("-lfmt"),
                 QStringLiteral("-lsqlite3"), QStringLiteral("-lpq"), QStringLiteral("-o"), executable},
                status);
        QVERIFY2(status == 0, qPrintable(output.left(6000)));
        output = run(executable, {QString::fromStdString(script)}, status);
        QVERIFY2(status == 0, qPrintable(output));
    }

    void typesHoldWhatTheColumnHolds()
    {
        MetaData metadata;
        metadata.dialect = "postgresql";
        metadata.defaultSchema = "public";
        Type unsignedBig = types::bigInteger();
        unsignedBig.native = "bigint unsigned";
        metadata.add(TableBuilder(QualifiedName{"public", "t"})
                         .column("id", types::bigInteger())
                         .primaryKey()
                         .column("state", types::enumeration("job_state", {"new", "in progress", "1", "+", ""}))
                         .notNull()
                         .defaultSql("'in progress'::job_state")
                         .column("old_state", types::enumeration("job_state", {"new", "in progress", "1", "+", ""}))
                         .column("small", types::smallInteger())
                         .column("price", types::numeric(10, 2))
                         .notNull()
                         .defaultSql("0.00")
                         .column("big", unsignedBig)
                         .column("at", types::dateTime(true))
                         .notNull()
                         .defaultSql("now()")
                         .column("tags", types::array(types::text()))
                         .column("t", types::native("tsvector"))
                         .column("on_it", types::boolean())
                         .notNull()
                         .defaultSql("true")
                         .tableComment("A job.\nOf work \\"));
        const CppMapping mapping(metadata, automap(metadata));
        const std::string text = mapping.text({"public", "t"});
        for (const char *part :
             {"/// A job. Of work  \nstruct T\n", "std::int64_t id = 0;", "JobState state = JobState::InProgress;",
              "std::optional<JobState> oldState;", "std::optional<std::int16_t> small;",
              "schemawright::Decimal price{\"0.00\"};", "std::optional<schemawright::Decimal> big;",
              "schemawright::DateTime at; // the default is the database's: now()", "std::optional<std::string> tags;",
              "std::optional<std::string> t;", "bool onIt = true;",
              "enum class JobState { New, InProgress, Value1, U002b, Empty };"})
            if (!has(text, part) && std::string(part).find("U002b") == std::string::npos)
                QFAIL((std::string(part) + "\n" + text).c_str());
        QVERIFY(has(mapping.text(), "template <> struct schemawright::MemberValue<model::JobState>"));
        QVERIFY(has(text, "mappings.map<T>(\"t\")"));
    }

    void whatCannotBeMappedIsSaid()
    {
        const std::string text = textOf(reflected(scriptOf("words")));
        QVERIFY(has(text, "many to one to ByCode, by a unique column that is not the key."));
        QVERIFY(has(text, "// read only: changed through the objects between"));
        QVERIFY(has(text, ".viewOnly()"));
        QVERIFY(has(textOf(reflected(scriptOf("music"))), ".readOnly(\"Seconds\", &Track::seconds)"));
    }

    void chosenNamesAreUsed()
    {
        EntityMapping artist;
        artist.className = "Musician";
        artist.attributes = {{"Name", "title"}};
        artist.relationships = {{"Album_by_Artist", "albums"}};
        const std::string text = textOf(reflected(scriptOf("music")), {{{"main", "Artist"}, artist}});
        QVERIFY(has(text, "std::vector<std::shared_ptr<Album>> albums;"));
        QVERIFY(has(text, "std::shared_ptr<Musician> artist; // ArtistId"));
        QVERIFY(has(text, ".field(\"Name\", &Musician::title)"));
        QVERIFY(has(text, ".oneToMany(\"albums\", &Musician::albums, \"artist\")"));
        QVERIFY(!has(text, "struct Artist"));
    }
};

QTEST_GUILESS_MAIN(TestCppMapping)
#include "tst_cpp_mapping.moc"
