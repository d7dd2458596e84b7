// Public schemas, held against what the databases themselves and another system say of them.

#include "support/corpus.h"
#include "support/sqlite_file.h"

#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/schema/metadata_json.h"

#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <set>

#include <nlohmann/json.hpp>

class tst_Corpus : public QObject
{
    Q_OBJECT

private:
    struct Run
    {
        QString output;
        int exitCode = -1;
    };

    static QString checker()
    {
        const QString sources = schemawright::test::corpusFile("SOURCES.md");
        const QString script = QFileInfo(sources).path() + QStringLiteral("/../check/check.py");
        return !sources.isEmpty() && QFile::exists(script) ? script : QString();
    }

    static Run run(const QStringList &arguments, const QString &program = ownProgram())
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QStringLiteral("python3"), QStringList{checker()} + arguments +
                                                     QStringList{QStringLiteral("--show"), QStringLiteral("100000"),
                                                                 QStringLiteral("--program"), program});
        if (!process.waitForFinished(280'000))
            process.kill();
        return {QString::fromUtf8(process.readAll()), process.exitCode()};
    }
    static QString ownProgram() { return QStringLiteral(SCHEMAWRIGHT_BINARY_DIR "/bin/schemawright"); }

    /// A corpus of one schema, for the checker; what it is held against is `golden`.
    struct OneSchema
    {
        OneSchema(const QString &name, const std::string &script, const nlohmann::json &golden)
        {
            const QDir dir(folder.path());
            dir.mkdir(QStringLiteral("schemas"));
            dir.mkdir(QStringLiteral("goldens"));
            write(dir.filePath(QStringLiteral("schemas/%1.sql").arg(name)), script);
            write(dir.filePath(QStringLiteral("goldens/%1.json").arg(name)), golden.dump());
        }
        static void write(const QString &path, const std::string &text)
        {
            QFile file(path);
            if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), qint64(text.size())) < 0)
                qFatal("%s cannot be written", qPrintable(path));
        }
        QStringList compared() const { return {QStringLiteral("golden"), QStringLiteral("--corpus"), folder.path()}; }
        QTemporaryDir folder;
    };

    static nlohmann::json golden(const char *name)
    {
        return nlohmann::json::parse(schemawright::test::corpusText(name));
    }

    static void mustPass(const char *command)
    {
        if (checker().isEmpty())
            QSKIP("skipped: the corpus is not there");
        const Run done = run({QString::fromUtf8(command)});
        QVERIFY2(done.exitCode == 0, qPrintable(done.output.right(6000)));
        QVERIFY(done.output.contains(QStringLiteral("0 failed")));
    }

    nlohmann::json allowed_;

    /// The rules that allow a difference.
    std::set<std::size_t> allowedBy(const QString &schema, const QString &line) const
    {
        const auto text = [](const nlohmann::json &value) { return QString::fromStdString(value.get<std::string>()); };
        std::set<std::size_t> rules;
        for (std::size_t i = 0; i < allowed_.size(); ++i)
            if (QRegularExpression(text(allowed_[i]["schemas"])).match(schema).hasMatch() &&
                QRegularExpression(text(allowed_[i]["difference"])).match(line.simplified()).hasMatch())
                rules.insert(i);
        return rules;
    }

    std::set<std::size_t> used_; ///< rules

    /// How many differences there are, each of which a rule must allow; the checker must have looked at `schemas`.
    int compare(const Run &done, int schemas)
    {
        QString schema;
        int differences = 0, seen = 0;
        QStringList unknown;
        for (const QString &line : done.output.split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
            static const QRegularExpression head(QStringLiteral("^(ok|FAIL|skip) +([a-z_]+\\.(?:pg|sqlite))"));
            if (const auto match = head.match(line); match.hasMatch()) {
                schema = match.captured(2);
                ++seen;
                continue;
            }
            if (!line.startsWith(QLatin1Char(' ')))
                continue;
            ++differences;
            const std::set<std::size_t> rules = allowedBy(schema, line);
            used_.insert(rules.begin(), rules.end());
            if (rules.empty())
                unknown << schema + QStringLiteral(": ") + line.trimmed();
        }
        [&] {
            QVERIFY2(unknown.isEmpty(), qPrintable(unknown.join(QLatin1Char('\n'))));
            QVERIFY2(seen >= schemas, qPrintable(done.output));
        }();
        return differences;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QFile file(QStringLiteral(SCHEMAWRIGHT_SOURCE_DIR "/tests/lib/golden_allowed.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        allowed_ = nlohmann::json::parse(file.readAll().toStdString());
        // One schema grants to a role of this name; a server has it or not.
        if (!checker().isEmpty() && !qEnvironmentVariable("PGHOST").isEmpty())
            QProcess::execute(
                QStringLiteral("psql"),
                {QStringLiteral("-q"), QStringLiteral("-d"), QStringLiteral("postgres"), QStringLiteral("-c"),
                 QStringLiteral(
                     "DO $$ BEGIN CREATE ROLE postgres; EXCEPTION WHEN duplicate_object THEN NULL; END $$")});
    }

    void comesBackTheSame() { mustPass("roundtrip"); }
    void standsInOrder() { mustPass("order"); }

    /// What would be a loss is none of the allowed differences.
    void allowsNoLoss()
    {
        const auto isLet = [this](const char *schema, const char *line) {
            return !allowedBy(QString::fromUtf8(schema), QString::fromUtf8(line)).empty();
        };
        QVERIFY(isLet("zoo.pg", "missing ('fk', 'sales', 'node', ('public_node',), 'sales', 'node', ('id',)) = (None, "
                                "None, False, False)"));
        for (const auto &[schema, line] : std::initializer_list<std::pair<const char *, const char *>>{
                 {"musicbrainz.pg", "missing ('fk', 'musicbrainz', 'release', ('artist_credit',), 'musicbrainz', "
                                    "'artist_credit', ('id',)) = (None, None, False, False)"},
                 {"zoo.pg", "missing ('fk', 'sales', 'order', ('node',), 'sales', 'node', ('id',)) = (None, None, "
                            "False, False)"},
                 {"pagila.pg", "other ('default', 'public', 'film', 'rental_rate'): golden '4.99', here None"},
                 {"pagila.pg", "other ('nullable', 'public', 'film', 'title'): golden False, here True"},
                 {"zoo.pg", "other ('type', 'public', 'types', 'c_varchar20'): golden 'varchar(20)', here 'varchar'"},
                 {"zoo.pg", "other ('fk', 'public', 'comp_child', ('p', 'q'), 'public', 'comp_parent', ('u1', 'u2')): "
                            "golden ('SET NULL (Q)', None, False, False), here (None, None, False, False)"},
                 {"zoo.sqlite", "missing ('check', 'main', 'checks', 'a>0') = True"},
                 {"zoo.sqlite", "other ('type', 'main', 'types', 't'): golden 'text(20)', here 'varchar(10)'"},
                 {"zoo.sqlite", "other ('type', 'main', 'types', 'i'): golden 'integer', here 'text'"},
                 {"mediawiki.sqlite", "other ('type', 'main', 'user', 'user_id'): golden 'integer', here None"},
                 {"chinook.sqlite", "missing ('table', 'main', 'Album') = True"}})
            QVERIFY2(!isLet(schema, line), line);
    }

    void saysWhatThePeerSaysOrMore()
    {
        if (checker().isEmpty())
            QSKIP("skipped: the corpus is not there");
        const int differences = compare(run({QStringLiteral("golden")}), 11);
        QVERIFY(differences > 0);
    }

    /// The schema as it is seen under another search path. The other system then lists what is in public as if it were
    /// in the first schema of the path; that it says of public as well.
    void saysTheSameUnderAnotherSearchPath()
    {
        if (checker().isEmpty() || qEnvironmentVariable("PGHOST").isEmpty())
            QSKIP("skipped: the corpus or PostgreSQL (PGHOST) is not there");
        nlohmann::json seen = golden("goldens/zoo_path.pg.json");
        const nlohmann::json own = golden("goldens/zoo.pg.json");
        for (const char *kind : {"tables", "views"}) {
            nlohmann::json &sales = seen["schemas"]["sales"][kind];
            const nlohmann::json all = sales;
            for (const auto &[name, each] : all.items())
                if (!own["schemas"]["sales"][kind].contains(name))
                    sales.erase(name);
            QVERIFY(sales.size() > 0 && sales.size() < all.size());
        }
        const OneSchema path(QStringLiteral("zoo_path.pg"),
                             schemawright::test::corpusText("schemas/zoo.pg.sql") +
                                 "\nDO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = sales, public', "
                                 "current_database()); END $$;\n",
                             seen);
        QVERIFY(compare(run(path.compared()), 1) > 0);
    }

    /// Databases beside the main one, and the temporary one.
    void saysTheSameOfAttachedDatabases()
    {
        if (checker().isEmpty())
            QSKIP("skipped: the corpus is not there");
        using schemawright::test::corpusText;
        const QTemporaryDir folder;
        const auto made = [&](const char *name, const std::string &script) {
            const std::string file = folder.filePath(QString::fromUtf8(name)).toStdString();
            schemawright::test::runSqlite(file, script);
            return file;
        };
        const std::string file = made("zoo.db", corpusText("schemas/zoo.sqlite.sql")),
                          beside = made("aux.db", corpusText("schemas/zoo_aux.sqlite.sql"));
        schemawright::Connection connection = schemawright::Engine::open("sqlite:///" + file).connect();
        connection.executeScript("ATTACH '" + beside + "' AS \"aux db\"");
        connection.executeScript(corpusText("schemas/zoo_temp.sqlite.sql"));
        OneSchema::write(folder.filePath(QStringLiteral("said.json")),
                         schemawright::toJson(schemawright::Inspector(connection).reflect()));
        // The session is this one, so that its answer stands in for the program's.
        const QString program = folder.filePath(QStringLiteral("inspect"));
        OneSchema::write(program,
                         "#!/bin/sh\ncat " + folder.filePath(QStringLiteral("said.json")).toStdString() + "\n");
        QFile::setPermissions(program, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        nlohmann::json seen = golden("goldens/zoo_attached.sqlite.json");
        for (auto &[schema, each] : seen["schemas"].items())
            for (auto &[table, facts] : each["tables"].items())
                for (auto &[kind, answer] : facts.items())
                    if (answer.is_object() && answer.contains("error")) // where the other system fails
                        answer = nullptr;
        const OneSchema attached(QStringLiteral("zoo_attached.sqlite"), corpusText("schemas/zoo.sqlite.sql"), seen);
        QVERIFY(compare(run(attached.compared(), program), 1) > 0);
    }

    void needsEachRule()
    {
        if (checker().isEmpty())
            QSKIP("skipped: the corpus is not there");
        // A rule that nothing needs is a rule too many; without a server half of them are idle.
        if (!qEnvironmentVariable("PGHOST").isEmpty())
            for (std::size_t i = 0; i < allowed_.size(); ++i)
                QVERIFY2(used_.contains(i), allowed_[i]["reason"].get<std::string>().c_str());
    }
};

QTEST_GUILESS_MAIN(tst_Corpus)
#include "tst_corpus.moc"
