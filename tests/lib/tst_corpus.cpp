// Public schemas, held against what the databases themselves and another system say of them.

#include "support/corpus.h"

#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
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

    static Run run(const char *command)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QStringLiteral("python3"),
                      {checker(), QString::fromUtf8(command), QStringLiteral("--show"), QStringLiteral("100000"),
                       QStringLiteral("--program"), QStringLiteral(SCHEMAWRIGHT_BINARY_DIR "/bin/schemawright")});
        if (!process.waitForFinished(280'000))
            process.kill();
        return {QString::fromUtf8(process.readAll()), process.exitCode()};
    }

    static void mustPass(const char *command)
    {
        if (checker().isEmpty())
            QSKIP("skipped: the corpus is not there");
        const Run done = run(command);
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
        QString schema;
        int differences = 0;
        QStringList unknown;
        std::set<std::size_t> used;
        const QStringList lines = run("golden").output.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QVERIFY(lines.size() > 10);
        for (const QString &line : lines) {
            static const QRegularExpression head(QStringLiteral("^(ok|FAIL|skip) +([a-z_]+\\.(?:pg|sqlite))"));
            if (const auto match = head.match(line); match.hasMatch()) {
                schema = match.captured(2);
                continue;
            }
            if (!line.startsWith(QLatin1Char(' ')))
                continue;
            ++differences;
            const std::set<std::size_t> rules = allowedBy(schema, line);
            used.insert(rules.begin(), rules.end());
            if (rules.empty())
                unknown << schema + QStringLiteral(": ") + line.trimmed();
        }
        QVERIFY2(unknown.isEmpty(), qPrintable(unknown.join(QLatin1Char('\n'))));
        QVERIFY(differences > 0);
        // A rule that nothing needs is a rule too many; without a server half of them are idle.
        if (!qEnvironmentVariable("PGHOST").isEmpty())
            for (std::size_t i = 0; i < allowed_.size(); ++i)
                QVERIFY2(used.contains(i), allowed_[i]["reason"].get<std::string>().c_str());
    }
};

QTEST_GUILESS_MAIN(tst_Corpus)
#include "tst_corpus.moc"
