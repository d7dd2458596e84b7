#include "app/commands/row_writer.h"
#include "schemawright/base/error.h"

#include <QTest>

#include <limits>
#include <sstream>

using namespace schemawright;

class tst_RowWriter : public QObject
{
    Q_OBJECT

private:
    static std::string printed(const char *format, const std::vector<std::string> &names,
                               const std::vector<std::vector<Value>> &rows)
    {
        auto heads = std::make_shared<std::vector<ColumnHead>>();
        for (const std::string &name : names)
            heads->emplace_back().name = name;
        RowBatch batch;
        batch.start(heads);
        for (const auto &row : rows)
            for (const Value &value : row)
                batch.addValue(value);
        std::ostringstream out;
        const auto writer = RowWriter::make(format, out);
        writer->begin(*heads);
        writer->write(batch);
        writer->end();
        return out.str();
    }

private Q_SLOTS:
    void csvTellsNullFromEmpty()
    {
        QCOMPARE(printed("csv", {"a", "b,c"}, {{nullptr, ""}, {"say \"hi\"", "two\nlines"}, {Bytes{"\x01\xff"}, 8}}),
                 std::string("a,\"b,c\"\r\n,\"\"\r\n\"say \"\"hi\"\"\",\"two\nlines\"\r\n\\x01ff,8\r\n"));
    }
    void tsvEscapes()
    {
        QCOMPARE(printed("tsv", {"a", "b"}, {{"x\ty", nullptr}, {"back\\slash", "new\nline"}, {"", "\\N"}}),
                 std::string("a\tb\nx\\ty\t\\N\nback\\\\slash\tnew\\nline\n\t\\\\N\n"));
    }
    void jsonKeepsWhatNumbersWouldLose()
    {
        const std::int64_t exact = std::int64_t{1} << 53;
        QCOMPARE(
            printed("jsonl", {"n"}, {{exact}, {exact + 1}, {std::numeric_limits<std::int64_t>::min()}}),
            std::string("{\"n\":9007199254740992}\n{\"n\":\"9007199254740993\"}\n{\"n\":\"-9223372036854775808\"}\n"));
        QCOMPARE(printed("jsonl", {"d"}, {{Decimal("8.30")}, {0.1}, {std::numeric_limits<double>::infinity()}, {true}}),
                 std::string("{\"d\":\"8.30\"}\n{\"d\":0.1}\n{\"d\":\"Infinity\"}\n{\"d\":true}\n"));
        QCOMPARE(
            printed("jsonl", {"b"}, {{Bytes{"abcd"}}, {"caf\xc3\xa9"}, {"bad\xff"}, {nullptr}}),
            std::string("{\"b\":{\"$blob\":\"YWJjZA==\"}}\n{\"b\":\"caf\xc3\xa9\"}\n{\"b\":{\"$text\":\"YmFk/w==\"}}\n"
                        "{\"b\":null}\n"));
    }
    void jsonIsOneArray()
    {
        QCOMPARE(printed("json", {"n"}, {}), std::string("[]\n"));
        QCOMPARE(printed("json", {"n", "n"}, {{1, 2}, {3, 4}}),
                 std::string("[\n  {\"n\":1,\"n_2\":2},\n  {\"n\":3,\"n_2\":4}\n]\n"));
    }
    void tableLinesUp()
    {
        QCOMPARE(printed("table", {"id", "name"}, {{1, "\xe6\x97\xa5\xe6\x9c\xac"}, {20, nullptr}}),
                 std::string("id  name\n--  ----\n 1  \xe6\x97\xa5\xe6\x9c\xac\n20  NULL\n(2 rows)\n"));
        QCOMPARE(printed("markdown", {"id", "a|b"}, {{1, "x|y"}}),
                 std::string("|  id | a\\|b |\n| --: | ---- |\n|   1 | x\\|y |\n"));
    }
    void refusesAnUnknownFormat()
    {
        std::ostringstream out;
        QVERIFY_EXCEPTION_THROWN(RowWriter::make("xml", out), Error);
    }
};

QTEST_GUILESS_MAIN(tst_RowWriter)
#include "tst_row_writer.moc"
