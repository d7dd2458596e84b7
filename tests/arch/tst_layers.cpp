// The rules that keep the project an onion, read from the sources: which folder may include which, and what may be
// written where. The table below is the documentation; whoever needs a new arrow changes it here, in plain sight.

#include <QDirIterator>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

namespace {

/// One folder and what its files may include besides the folder itself. The longest path that fits a file counts.
struct Layer
{
    const char *path;
    const char *mayInclude; ///< folders, separated by blanks; all that is below them is meant
};

#define L "lib/schemawright/"
#define BELOW_SCHEMA L "value " L "base "
#define BELOW_SQL L "schema " BELOW_SCHEMA
#define BELOW_DIALECT L "driver " L "sql " BELOW_SQL
#define BELOW_ENGINE L "dialect " BELOW_DIALECT
#define BELOW_ORM L "engine " BELOW_ENGINE
#define UI_PARTS "ui/async ui/adapt ui/theme ui/workspace ui/models ui/widgets ui/dialogs "

const Layer layers[] = {
    {L "base", ""},
    {L "value", L "base"},
    {L "schema", BELOW_SCHEMA},
    {L "sql", BELOW_SQL},
    {L "driver", BELOW_SCHEMA}, // what a database client can do; knows no statement
    {L "dialect", BELOW_DIALECT},
    {L "backends/sqlite", BELOW_ENGINE},
    {L "backends/postgres", BELOW_ENGINE},
    {L "backends/qtsql", BELOW_ENGINE L "backends/mysql " L "backends/builtin.h"}, // a driver for that dialect
    {L "backends", BELOW_ENGINE L "backends/sqlite " L "backends/postgres"},       // builtin: the list of those two
    {L "engine", BELOW_ENGINE L "backends/builtin.h"},                             // never a backend by name
    {L "orm", BELOW_ORM},
    {L "transfer", BELOW_ORM},
    {L "generate", L "orm " BELOW_ORM},
    {L "schemawright.h", L}, // the umbrella header
    {"ui/async", L},
    {"ui/adapt", L},
    {"ui/theme", L " ui/adapt"},
    {"ui/workspace", L " ui/async ui/adapt"},
    {"ui/models", L " " UI_PARTS},
    {"ui/widgets", L " " UI_PARTS},
    {"ui/dialogs", L " " UI_PARTS},
    // A panel works through the workspace and its lane: no engine, driver or backend.
    {"ui/panels", UI_PARTS L "orm " L "transfer " L "generate " L "dialect " L "sql " BELOW_SQL},
    {"app", L " ui"},
};

/// Headers of other people's that only one folder may know. Any other system header is free for all.
const Layer guardedHeaders[] = {
    {"^sqlite3\\.h$", L "backends/sqlite"},
    {"^(libpq-fe|postgres_ext|libpq/.*)\\.h$", L "backends/postgres"},
    {"^mysql\\.h$", L "backends/qtsql"},
    {"^(Q[A-Z].*|Qt.*|Qsci/.*)$", L "backends/qtsql ui app"},
};

/// The top of the repository, and nothing else.
const char topLevel[] = ".ci .clang-format .clang-tidy .editorconfig .gitignore CMakeLists.txt LICENSE README.md app "
                        "lib resources tests ui";

// In two pieces each, so that this file does not hold what it forbids.
const char *const foreignWords[] = {"/wo"
                                    "rk/",
                                    "deb.deb"
                                    "ian.org",
                                    "regis"
                                    "try.npmjs",
                                    "py"
                                    "pi.org",
                                    "crat"
                                    "es.io",
                                    "proxy.go"
                                    "lang",
                                    "gh"
                                    "cr.io",
                                    "dock"
                                    "er.io"};

bool isUnder(const QString &path, const QString &folder)
{
    return path == folder || path.startsWith(folder.endsWith('/') ? folder : folder + '/');
}

bool isUnderOne(const QString &path, const char *folders)
{
    const QStringList list = QString::fromLatin1(folders).split(' ', Qt::SkipEmptyParts);
    return std::any_of(list.begin(), list.end(), [&](const QString &folder) { return isUnder(path, folder); });
}

const Layer *layerOf(const QString &path)
{
    const Layer *found = nullptr;
    for (const Layer &layer : layers)
        if (isUnder(path, layer.path) && (!found || qstrlen(layer.path) > qstrlen(found->path)))
            found = &layer;
    return found;
}

/// C++ text taken apart: the code with blanks in place of comments and of what stands inside quotes, and the literals.
struct Parts
{
    QString code;
    QList<QPair<int, QString>> literals; ///< line, content
    QList<QPair<int, QString>> includes; ///< line, the name with its < or "
};

Parts takeApart(const QString &text)
{
    // Tried in this order at each place: comment, raw string, string, character (an apostrophe in 1'000 is none).
    // No raw strings here: moc of Qt 6.4 loses its way in some of them.
    static const QRegularExpression token("(?<comment>//[^\\n]*|/\\*.*?\\*/)"
                                          "|R\"(?<tag>[^(\\s]*)\\((?<raw>.*?)\\)\\k<tag>\""
                                          "|\"(?<string>(?:[^\"\\\\\\n]|\\\\.)*)\""
                                          "|(?<![0-9A-Fa-f])'(?:[^'\\\\\\n]|\\\\.)*'",
                                          QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression include("^[ \\t]*#[ \\t]*include[ \\t]*([\"<][^\">\\n]+)",
                                            QRegularExpression::MultilineOption);
    const auto lineOf = [&](qsizetype position) { return int(text.left(position).count('\n')) + 1; };
    Parts parts;
    qsizetype end = 0;
    for (auto it = token.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        parts.code += text.mid(end, match.capturedStart() - end);
        if (match.hasCaptured("comment"))
            parts.code += QString(match.captured().count('\n'), '\n') + ' ';
        else if (parts.code.section('\n', -1).trimmed().startsWith('#')) // "name" of an #include
            parts.code += match.captured();
        else {
            const QString literal = match.hasCaptured("raw") ? match.captured("raw") : match.captured("string");
            parts.literals.append({lineOf(match.capturedStart()), literal});
            parts.code += '"' + QString(match.captured().count('\n'), '\n') + '"';
        }
        end = match.capturedEnd();
    }
    parts.code += text.mid(end);
    for (auto it = include.globalMatch(parts.code); it.hasNext();) {
        const auto match = it.next();
        parts.includes.append({int(parts.code.left(match.capturedStart(1)).count('\n')) + 1, match.captured(1)});
    }
    return parts;
}

/// What is wrong with one source file, as "path:line: what".
QStringList faultsOf(const QString &path, const QString &text)
{
    QStringList faults;
    const auto fault = [&](int line, const QString &what) {
        faults += QString("%1:%2: %3").arg(path).arg(line).arg(what);
    };
    const Layer *layer = layerOf(path);
    if (!layer) {
        fault(1, "this folder has no row in the table of layers");
        return faults;
    }
    const QString folder = path.section('/', 0, -2);
    const Parts parts = takeApart(text);
    for (const auto &[line, written] : parts.includes) {
        const QString name = written.mid(1);
        for (const Layer &header : guardedHeaders)
            if (QRegularExpression(header.path).match(name).hasMatch() && !isUnderOne(path, header.mayInclude))
                fault(line, QString("only %1 may include %2").arg(header.mayInclude, name));
        if (written.startsWith('<') && !name.startsWith("schemawright/"))
            continue;
        QString target = name.startsWith("schemawright/") ? "lib/" + name : name;
        if (!name.contains('/'))
            target = folder + '/' + name;
        const bool panelOfAnother = isUnder(target, "ui/panels") && target.count('/') > 2 &&
                                    isUnder(path, "ui/panels") && target.section('/', 0, 2) != path.section('/', 0, 2);
        if (panelOfAnother)
            fault(line, "a panel never meets another panel: " + name);
        else if (layerOf(target) != layer && !isUnderOne(target, layer->mayInclude))
            fault(line, QString("%1 may not include %2").arg(layer->path, name));
    }
    const auto forbid = [&](const char *pattern, const QString &what) {
        for (auto it = QRegularExpression(pattern).globalMatch(parts.code); it.hasNext();)
            fault(int(parts.code.left(it.next().capturedStart()).count('\n')) + 1, what);
    };
    if (!isUnder(path, "ui/dialogs") && !isUnder(path, "app")) {
        forbid("\\bQMessageBox\\b", "QMessageBox belongs in ui/dialogs or app");
        if (isUnder(path, "ui"))
            forbid("(\\.|->)\\s*exec\\s*\\(", "a nested event loop (exec) belongs in ui/dialogs or app");
    }
    if (isUnder(path, "ui")) {
        static const QRegularExpression sql("^\\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP)\\s");
        for (const auto &[line, literal] : parts.literals)
            if (sql.match(literal).hasMatch())
                fault(line, "SQL is made by lib, not in ui: \"" + literal.left(40) + '"');
    }
    return faults;
}

QStringList foreignWordsOf(const QString &path, const QByteArray &content)
{
    QStringList faults;
    if (!content.left(8000).contains('\0'))
        for (const char *word : foreignWords)
            if (content.contains(word))
                faults += path + " holds " + word;
    return faults;
}

/// Files of the repository, by git where there is one, else all but what builds leave behind.
QStringList repositoryFiles(const QString &root)
{
    QProcess git;
    git.setWorkingDirectory(root);
    git.start("git", {"-c", "safe.directory=*", "ls-files", "-z"});
    if (git.waitForFinished() && git.exitStatus() == QProcess::NormalExit && git.exitCode() == 0) {
        QStringList files = QString::fromUtf8(git.readAllStandardOutput()).split(QChar(0), Qt::SkipEmptyParts);
        files.removeIf([&](const QString &file) { return !QFile::exists(root + '/' + file); });
        return files;
    }
    static const QRegularExpression left("^(build[^/]*|\\.git|\\.cache)(/|$)");
    QStringList files;
    for (QDirIterator it(root, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories); it.hasNext();) {
        const QString file = QDir(root).relativeFilePath(it.next());
        if (!left.match(file).hasMatch())
            files += file;
    }
    return files;
}

QByteArray contentOf(const QString &file)
{
    QFile in(file);
    return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
}

const QString root = QStringLiteral(SCHEMAWRIGHT_SOURCE_DIR);

} // namespace

class TestLayers : public QObject
{
    Q_OBJECT
private slots:
    void sourcesKeepTheRules()
    {
        QStringList faults;
        int files = 0;
        for (const char *top : {"lib", "ui", "app"})
            for (QDirIterator it(root + '/' + top, {"*.h", "*.cpp"}, QDir::Files, QDirIterator::Subdirectories);
                 it.hasNext();) {
                const QString file = it.next();
                faults += faultsOf(QDir(root).relativeFilePath(file), QString::fromUtf8(contentOf(file)));
                ++files;
            }
        QVERIFY2(files > 20, "the sources were not found");
        QVERIFY2(faults.isEmpty(), qPrintable('\n' + faults.join('\n')));
    }

    void topOfTheRepositoryIsTidy()
    {
        QSet<QString> names;
        for (const QString &file : repositoryFiles(root))
            names += file.section('/', 0, 0);
        QStringList found(names.begin(), names.end());
        found.sort();
        QCOMPARE(found.join(' '), QString(topLevel));
    }

    void filesSpeakOfNoMachine()
    {
        QStringList faults;
        for (const QString &file : repositoryFiles(root))
            faults += foreignWordsOf(file, contentOf(root + '/' + file));
        QVERIFY2(faults.isEmpty(), qPrintable('\n' + faults.join('\n')));
    }

    /// The rules are worth nothing unless they can be broken: each planted line must be found, at its line.
    void plantedFaultsAreFound_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected"); // a part of the one complaint; empty: none

        const auto row = [](const char *name, const char *path, const char *text, const char *expected) {
            QTest::newRow(name) << QString(path) << QString(text) << QString(expected);
        };
        row("downwards", L "sql/a.h", "#include \"schemawright/schema/table.h\"\n", "");
        row("upwards", L "schema/a.h", "\n#include \"schemawright/sql/select.h\"\n",
            "a.h:2: " L "schema may not include");
        row("by angle brackets", L "value/a.h", "#include <schemawright/engine/pool.h>", "may not include");
        row("same folder", L "sql/a.h", "#include \"schemawright/sql/b.h\"\n#include \"c.h\"", "");
        row("driver knows no statement", L "driver/a.h", "#include \"schemawright/sql/select.h\"", "may not include");
        row("backend by name", L "engine/a.cpp", "#include \"schemawright/backends/sqlite/sqlite_driver.h\"",
            "may not");
        row("backend by list", L "engine/a.cpp", "#include \"schemawright/backends/builtin.h\"", "");
        row("backend to backend", L "backends/sqlite/a.cpp", "#include \"schemawright/backends/postgres/b.h\"",
            "may not");
        row("orm to backend", L "orm/a.cpp", "#include \"schemawright/backends/builtin.h\"", "may not include");
        row("umbrella from within", L "orm/a.cpp", "#include \"schemawright/schemawright.h\"", "may not include");
        row("unknown folder", L "misc/a.cpp", "", "no row");
        row("folder of nobody", "tools/a.cpp", "", "no row");
        row("lib to ui", L "orm/a.cpp", "#include \"ui/models/rows_model.h\"", "may not include");
        row("Qt in lib", L "base/a.h", "#include <QString>", "may include QString");
        row("Qt module in lib", L "base/a.h", "#include <QtCore/qstring.h>", "may include QtCore");
        row("Qt where it belongs", L "backends/qtsql/a.cpp", "#include <QSqlDatabase>", "");
        row("sqlite3 astray", L "engine/a.cpp", "#include <sqlite3.h>", "may include sqlite3.h");
        row("sqlite3 at home", L "backends/sqlite/a.cpp", "#include <sqlite3.h>", "");
        row("libpq astray", "app/a.cpp", "#include <libpq-fe.h>", "may include libpq-fe.h");
        row("panel to panel", "ui/panels/log/a.cpp", "#include \"ui/panels/pending/pending_panel.h\"", "another panel");
        row("panel to itself", "ui/panels/log/a.cpp", "#include \"ui/panels/log/b.h\"\n#include \"ui/panels/panel.h\"",
            "");
        row("panel to engine", "ui/panels/log/a.cpp", "#include \"schemawright/engine/engine.h\"", "may not include");
        row("model to panel", "ui/models/a.cpp", "#include \"ui/panels/log/b.h\"", "may not include");
        row("commented out", L "base/a.h", "// #include <QString>\n/*\n#include <QString>\n*/", "");
        row("message box", "ui/widgets/a.cpp", "\n\nint b = QMessageBox::warning(this);", "a.cpp:3: QMessageBox");
        row("message box in a dialog", "ui/dialogs/a.cpp", "#include <QMessageBox>\nQMessageBox box;", "");
        row("exec", "ui/panels/log/a.cpp", "menu.exec(position);", "exec");
        row("exec by pointer", "ui/widgets/a.cpp", "dialog -> exec ();", "exec");
        row("execute is another word", "ui/widgets/a.cpp", "connection.execute(statement); // menu.exec()", "");
        row("SQL", "ui/models/a.cpp", "auto s = \"SELECT * FROM t\";", "SQL is made by lib");
        row("SQL after a quote", "ui/models/a.cpp", "f('\"', 1'000, \"a\\\"b\", \" DELETE FROM t\");",
            "SQL is made by lib");
        row("SQL, raw", "ui/models/a.cpp", "auto s = R\"(\n  DROP TABLE t)\";", "SQL is made by lib");
        row("words of people", "ui/models/a.cpp",
            "tr(\"Select All\"); tr(\"Delete row\"); \"UPDATE\"; // \"DROP TABLE t\"", "");
        row("SQL in lib", L "sql/a.cpp", "auto s = \"SELECT 1\";", "");
    }
    void plantedFaultsAreFound()
    {
        QFETCH(QString, path);
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const QStringList faults = faultsOf(path, text);
        if (expected.isEmpty())
            QVERIFY2(faults.isEmpty(), qPrintable(faults.join('\n')));
        else {
            QVERIFY2(faults.size() == 1, qPrintable(QString("%1 complaints").arg(faults.size()) + faults.join('\n')));
            QVERIFY2(faults[0].contains(expected), qPrintable(faults[0]));
        }
    }

    void plantedForeignWordIsFound()
    {
        for (const char *word : foreignWords)
            QCOMPARE(foreignWordsOf("a.txt", QByteArray("see ") + word).size(), 1);
        QCOMPARE(foreignWordsOf("a.txt", "a network/path and a workshop").size(), 0);
        QCOMPARE(foreignWordsOf("a.png", QByteArray("\0", 1) + foreignWords[0]).size(), 0);
    }
};

QTEST_GUILESS_MAIN(TestLayers)
#include "tst_layers.moc"
