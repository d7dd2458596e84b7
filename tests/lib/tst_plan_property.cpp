// Random schemas and random edits, committed and compared with a plain model of what the edits mean.

#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/orm/session.h"

#include "support/postgres_database.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>

using namespace schemawright;

namespace {

using Cells = std::map<std::string, std::optional<int>>;

struct ModelRow
{
    Cells cells;
    RowTarget target;
    RowImage baseline; ///< empty for a new row
};

struct ModelTable
{
    std::string name;
    bool isComposite = false;
    std::string parent; ///< whose id the column r refers to
    std::vector<ModelRow> rows;

    std::vector<std::string> key() const
    {
        return isComposite ? std::vector<std::string>{"a", "b"} : std::vector<std::string>{"id"};
    }
    std::vector<std::string> columns() const
    {
        std::vector<std::string> all = key();
        all.insert(all.end(), {"u", "n", "r"});
        if (isComposite)
            all.insert(all.end(), {"ra", "rb"});
        return all;
    }
};

/// A database as a plain list of rows: what it must hold after the commit, and whether it may.
struct Model
{
    std::vector<ModelTable> tables;

    bool isValid() const
    {
        std::map<std::string, std::set<std::vector<int>>> keys;
        for (const ModelTable &table : tables) {
            std::set<int> uniques;
            for (const ModelRow &row : table.rows) {
                std::vector<int> key;
                for (const std::string &column : table.key())
                    key.push_back(row.cells.at(column).value());
                if (!keys[table.name].insert(key).second)
                    return false;
                if (const auto u = row.cells.at("u"); u && !uniques.insert(*u).second)
                    return false;
            }
        }
        for (const ModelTable &table : tables)
            for (const ModelRow &row : table.rows) {
                if (const auto r = row.cells.at("r"); r && !keys[table.parent].contains({*r}))
                    return false;
                if (table.isComposite && row.cells.at("ra") && row.cells.at("rb") &&
                    !keys[table.name].contains({*row.cells.at("ra"), *row.cells.at("rb")}))
                    return false;
            }
        return true;
    }

    std::string text() const
    {
        std::string text;
        for (const ModelTable &table : tables) {
            std::vector<std::string> lines;
            for (const ModelRow &row : table.rows) {
                std::string line;
                for (const std::string &column : table.columns())
                    line += row.cells.at(column) ? std::to_string(*row.cells.at(column)) + " " : "- ";
                lines.push_back(line);
            }
            std::ranges::sort(lines);
            text += table.name + ":";
            for (const std::string &line : lines)
                text += " / " + line;
            text += "\n";
        }
        return text;
    }
};

class Run
{
public:
    Run(Connection &connection, const Engine &engine, unsigned seed)
        : connection_(connection), engine_(engine), random_(seed)
    {
        makeSchema();
        session_.emplace(engine.sharedDialect(), Inspector(connection).reflect());
    }

    /// Some commits one after the other; throws std::runtime_error with the story of what went wrong.
    void go()
    {
        for (int commit = 0; commit < 4; ++commit) {
            const Model before = model_;
            const std::string database = read();
            for (int edit = number(1, 12); edit > 0; --edit)
                this->edit();
            const bool mustSucceed = model_.isValid();
            std::string sql;
            const Plan plan = session_->plan();
            for (const PlanProblem &problem : plan.problems)
                sql += problem.error.describe() + "\n";
            for (const Step &step : plan.steps)
                sql += previewSql(engine_.dialect(), step) + "\n";
            const std::size_t pending = session_->unitOfWork().size();
            const Report report = session_->flush(connection_);
            const std::string story = "before:\n" + database + "wanted:\n" + model_.text() + "plan:\n" + sql +
                                      (report.error ? report.error->describe() : "");
            if (report.committed != mustSucceed)
                throw std::runtime_error((mustSucceed ? "refused what is right\n" : "did what is wrong\n") + story);
            if (!report.committed) {
                if (read() != database || session_->unitOfWork().size() != pending || connection_.inTransaction())
                    throw std::runtime_error("a refused commit left something\n" + story);
                session_->unitOfWork().discardAll();
                model_ = before;
                continue;
            }
            ++committed;
            if (read() != model_.text())
                throw std::runtime_error("the rows differ\n" + story + "\nnow:\n" + read());
            adopt();
        }
    }

    int committed = 0;

private:
    int number(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }
    template <class T> T &pick(std::vector<T> &from)
    {
        return from[static_cast<std::size_t>(number(0, static_cast<int>(from.size()) - 1))];
    }

    void makeSchema()
    {
        const bool isServer = engine_.dialect().capabilities().schemas;
        std::string references;
        const int count = number(1, 4);
        std::vector<std::string> simple;
        for (int i = 0; i < count; ++i) {
            ModelTable table;
            table.name = "t" + std::to_string(i);
            table.isComposite = i > 0 && number(0, 2) == 0;
            if (!table.isComposite)
                simple.push_back(table.name);
            model_.tables.push_back(table);
        }
        for (ModelTable &table : model_.tables) {
            table.parent = pick(simple); // itself, an earlier or a later one: rings come by themselves
            std::string sql = "CREATE TABLE " + table.name + " (";
            for (const std::string &column : table.columns())
                sql += column + " INTEGER" + (column == "u" ? " UNIQUE" : "") + ", ";
            sql += table.isComposite ? "PRIMARY KEY (a, b))" : "PRIMARY KEY (id))";
            connection_.executeScript(sql);
        }
        for (const ModelTable &table : model_.tables) {
            std::vector<std::string> keys{"FOREIGN KEY (r) REFERENCES " + table.parent + " (id)"};
            if (table.isComposite)
                keys.push_back("FOREIGN KEY (ra, rb) REFERENCES " + table.name + " (a, b)");
            for (const std::string &key : keys)
                if (isServer)
                    connection_.executeScript("ALTER TABLE " + table.name + " ADD " + key + " DEFERRABLE");
                else
                    references += ", " + key;
            if (!isServer) { // SQLite has no ALTER for it: made again
                std::string sql = "DROP TABLE " + table.name + "; CREATE TABLE " + table.name + " (";
                for (const std::string &column : table.columns())
                    sql += column + " INTEGER" + (column == "a" || column == "b" ? " NOT NULL" : "") +
                           (column == "u" ? " UNIQUE" : "") + ", ";
                connection_.executeScript(sql + (table.isComposite ? "PRIMARY KEY (a, b)" : "PRIMARY KEY (id)") +
                                          references + ")");
                references.clear();
            }
        }
    }

    std::optional<int> someValue(const ModelTable &table, const std::string &column)
    {
        const std::vector<std::string> key = table.key();
        const bool isKey = std::ranges::find(key, column) != key.end();
        if (!isKey && number(0, 4) == 0)
            return std::nullopt;
        if (column == "r") { // mostly a row that is there
            for (ModelTable &parent : model_.tables)
                if (parent.name == table.parent && !parent.rows.empty() && number(0, 9) > 0)
                    return pick(parent.rows).cells.at("id");
            return std::nullopt;
        }
        if (column == "ra" || column == "rb")
            return number(0, 2) == 0 ? std::optional(number(1, 4)) : std::nullopt;
        return number(1, isKey && table.isComposite ? 4 : 12);
    }

    void set(const ModelTable &, ModelRow &row, const std::string &column, std::optional<int> value)
    {
        session_->setCell(row.target, column, value ? Cell(Value(*value)) : Cell(Value()), row.baseline);
        row.cells[column] = value;
    }

    void edit()
    {
        ModelTable &table = pick(model_.tables);
        const int what = number(0, 9);
        if (what < 4 || table.rows.empty()) {
            ModelRow row;
            RowImage image;
            for (const std::string &column : table.columns()) {
                row.cells[column] = someValue(table, column);
                if (row.cells[column] || number(0, 1))
                    image[column] = row.cells[column] ? Value(*row.cells[column]) : Value();
            }
            row.target = session_->addRow(*session_->baseline().table({schema(), table.name}), image);
            table.rows.push_back(row);
        } else if (what < 6) {
            const auto at = table.rows.begin() + number(0, static_cast<int>(table.rows.size()) - 1);
            session_->deleteRow(at->target, at->baseline);
            table.rows.erase(at);
        } else if (what < 8 && table.rows.size() > 1) { // two rows swap unique values
            ModelRow &first = pick(table.rows), &second = pick(table.rows);
            const std::string column = number(0, 2) ? "u" : pick(keyOf(table));
            const auto mine = first.cells[column], theirs = second.cells[column];
            set(table, first, column, theirs);
            set(table, second, column, mine);
        } else {
            std::vector<std::string> columns = table.columns();
            const std::string column = pick(columns);
            ModelRow &row = pick(table.rows);
            set(table, row, column, someValue(table, column));
        }
    }

    std::vector<std::string> &keyOf(const ModelTable &table) { return key_ = table.key(); }
    std::string schema() const { return session_->baseline().defaultSchema; }

    std::string read()
    {
        Model now;
        for (const ModelTable &table : model_.tables) {
            ModelTable copy = table;
            copy.rows.clear();
            for (const Row &row : connection_.execute("SELECT * FROM " + table.name).all()) {
                ModelRow each;
                const std::vector<std::string> columns = table.columns();
                for (std::size_t i = 0; i < columns.size(); ++i)
                    each.cells[columns[i]] =
                        row[i].isNull() ? std::nullopt : std::optional(static_cast<int>(row[i].get<std::int64_t>()));
                copy.rows.push_back(std::move(each));
            }
            now.tables.push_back(std::move(copy));
        }
        return now.text();
    }

    /// What was committed is what the next edits start from.
    void adopt()
    {
        for (ModelTable &table : model_.tables)
            for (ModelRow &row : table.rows) {
                row.baseline.clear();
                for (const auto &[column, value] : row.cells)
                    row.baseline[column] = value ? Cell(Value(*value)) : Cell(Value());
                row.target = session_->target(*session_->baseline().table({schema(), table.name}), row.baseline);
            }
    }

    Connection &connection_;
    const Engine &engine_;
    std::mt19937 random_;
    std::optional<Session> session_;
    Model model_;
    std::vector<std::string> key_;
};

int sequences(int normal)
{
    const char *wanted = std::getenv("SCHEMAWRIGHT_TEST_SEQUENCES"); // 10,000 at night
    return wanted && *wanted ? std::atoi(wanted) : normal;
}

} // namespace

class tst_PlanProperty : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sqlite()
    {
        int committed = 0;
        for (unsigned seed = 1; seed <= static_cast<unsigned>(sequences(300)); ++seed) {
            const Engine engine = Engine::open("sqlite://");
            Connection connection = engine.connect();
            go(connection, engine, seed, committed);
            if (QTest::currentTestFailed())
                return;
        }
        QVERIFY2(committed > sequences(300) / 2, "hardly any sequence was right: the test tests little");
    }

    void postgres()
    {
        if (!test::postgresServer())
            QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
        const test::PostgresDatabase database("plan_property");
        Url url = Url::parse("postgresql:///x");
        url.arguments = database.arguments();
        const Engine engine = Engine::open(url);
        Connection connection = engine.connect();
        int committed = 0;
        for (unsigned seed = 1; seed <= static_cast<unsigned>(sequences(300)) / 10; ++seed) {
            connection.executeScript("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
            go(connection, engine, seed, committed);
            if (QTest::currentTestFailed())
                return;
        }
        QVERIFY(committed > 0);
    }

private:
    static void go(Connection &connection, const Engine &engine, unsigned seed, int &committed)
    {
        try {
            Run run(connection, engine, seed);
            run.go();
            committed += run.committed;
        } catch (const std::exception &error) {
            QFAIL(("seed " + std::to_string(seed) + ": " + error.what()).c_str());
        }
    }
};

QTEST_GUILESS_MAIN(tst_PlanProperty)
#include "tst_plan_property.moc"
