// What counts as a change of a table, and what is one thing said in two ways.
#include "schemawright/schema/metadata_diff.h"

#include <QTest>

#include <functional>

using namespace schemawright;

namespace {

Table base()
{
    Table table;
    table.name = {"public", "t"};
    for (const auto &[name, type] : {std::pair<const char *, Type>("id", types::integer()),
                                     {"a", types::string(20)},
                                     {"b", types::numeric(10, 2)},
                                     {"c", types::dateTime(false, 3)}}) {
        Column column;
        column.name = name;
        column.type = type;
        table.columns.push_back(std::move(column));
    }
    table.columns[0].nullable = false;
    table.columns[1].defaultSql = "'x'::character varying";
    table.columns[1].collation = "C";
    table.primaryKey = PrimaryKey{"t_pkey", {"id"}, false, false, {}, {}};
    ForeignKey key;
    key.name = "t_fk";
    key.columns = {"id", "a"};
    key.referred = {"", "p"};
    key.referredColumns = {"x", "y"};
    key.onDelete = "CASCADE";
    table.foreignKeys.push_back(key);
    UniqueConstraint unique;
    unique.columns = {"a", "b"};
    table.uniques.push_back(unique);
    table.checks.push_back({"t_check", "b > 0", false, true, {}, false});
    Index index;
    index.name = "t_ix";
    IndexElement element;
    element.column = "a";
    index.elements.push_back(element);
    index.where = "b > 5";
    table.indexes.push_back(index);
    return table;
}

using Edit = std::function<void(Table &)>;
using Items = std::vector<DiffItem>;

Items itemsOf(const Edit &edit)
{
    Table table = base();
    edit(table);
    return diffTables(std::make_shared<const Table>(base()), std::make_shared<const Table>(table),
                      DiffRules::of("postgresql", "public"))
        .items;
}

} // namespace

class tst_TableDiff : public QObject
{
    Q_OBJECT

private slots:
    void isNoChange()
    {
        QVERIFY(itemsOf([](Table &) {}).empty());
        QVERIFY(itemsOf([](Table &t) { t.columns[1].defaultSql = "('x')"; }).empty());
        QVERIFY(itemsOf([](Table &t) { t.foreignKeys[0].referred.schema = "public"; }).empty());
        QVERIFY(itemsOf([](Table &t) { t.foreignKeys[0].name.reset(); }).empty());
        QVERIFY(itemsOf([](Table &t) { t.foreignKeys[0].match = "SIMPLE"; }).empty());
        QVERIFY(itemsOf([](Table &t) {
                    std::swap(t.foreignKeys[0].columns[0], t.foreignKeys[0].columns[1]);
                    std::swap(t.foreignKeys[0].referredColumns[0], t.foreignKeys[0].referredColumns[1]);
                }).empty());
        QVERIFY(itemsOf([](Table &t) { t.checks[0].expression = "(b) >  0"; }).empty());
        QVERIFY(itemsOf([](Table &t) { t.indexes[0].method = "btree"; }).empty());
        QVERIFY(itemsOf([](Table &t) { t.columns[2].defaultSql = "NULL"; }).empty());
    }

    void isOneChange_data()
    {
        QTest::addColumn<Edit>("edit");
        QTest::addColumn<DiffAction>("action");
        QTest::addColumn<DiffSubject>("subject");
        const auto row = [](const char *name, DiffAction action, DiffSubject subject, Edit edit) {
            QTest::newRow(name) << edit << action << subject;
        };
        using A = DiffAction;
        using S = DiffSubject;
        row("varchar(20) to varchar", A::Alter, S::Type, [](Table &t) { t.columns[1].type = types::string(); });
        row("numeric(10,2) to numeric", A::Alter, S::Type, [](Table &t) { t.columns[2].type = types::numeric(); });
        row("timestamp(3) to timestamp", A::Alter, S::Type, [](Table &t) { t.columns[3].type = types::dateTime(); });
        row("collation", A::Alter, S::Collation, [](Table &t) { t.columns[1].collation.reset(); });
        row("default", A::Alter, S::Default, [](Table &t) { t.columns[1].defaultSql = "'X'"; });
        row("not null", A::Alter, S::Nullable, [](Table &t) { t.columns[1].nullable = false; });
        row("column's comment", A::Alter, S::Comment, [](Table &t) { t.columns[1].comment = "*/ --"; });
        row("primary key gains a column", A::Alter, S::PrimaryKey,
            [](Table &t) { t.primaryKey->columns.push_back("a"); });
        row("key renamed only", A::Rename, S::ForeignKey, [](Table &t) { t.foreignKeys[0].name = "other"; });
        row("match full", A::Alter, S::ForeignKey, [](Table &t) { t.foreignKeys[0].match = "FULL"; });
        row("actions swapped", A::Alter, S::ForeignKey,
            [](Table &t) { std::swap(t.foreignKeys[0].onDelete, t.foreignKeys[0].onUpdate); });
        row("not valid", A::Alter, S::ForeignKey, [](Table &t) { t.foreignKeys[0].validated = false; });
        row("paired otherwise", A::Alter, S::ForeignKey,
            [](Table &t) { std::swap(t.foreignKeys[0].columns[0], t.foreignKeys[0].columns[1]); });
        row("unnamed unique dropped", A::Drop, S::Unique, [](Table &t) { t.uniques.clear(); });
        row("check's text", A::Alter, S::Check, [](Table &t) { t.checks[0].expression = "b >= 0"; });
        row("no inherit", A::Alter, S::Check, [](Table &t) { t.checks[0].noInherit = true; });
        row("partial index's condition", A::Alter, S::Index, [](Table &t) { t.indexes[0].where = "b > 6"; });
        row("condition removed", A::Alter, S::Index, [](Table &t) { t.indexes[0].where.reset(); });
        row("include", A::Alter, S::Index, [](Table &t) { t.indexes[0].include = {"c"}; });
        row("operator class", A::Alter, S::Index,
            [](Table &t) { t.indexes[0].elements[0].operatorClass = "text_pattern_ops"; });
        row("descending", A::Alter, S::Index, [](Table &t) { t.indexes[0].elements[0].descending = true; });
        row("same index, other column", A::Alter, S::Index, [](Table &t) { t.indexes[0].elements[0].column = "b"; });
        row("strict", A::Alter, S::Options, [](Table &t) { t.options["strict"] = "true"; });
        row("column gone", A::Drop, S::Column, [](Table &t) { t.columns.pop_back(); });
        row("identity", A::Alter, S::Identity, [](Table &t) { t.columns[0].identity = Identity(); });
    }

    void isOneChange()
    {
        QFETCH(Edit, edit);
        QFETCH(DiffAction, action);
        QFETCH(DiffSubject, subject);
        const Items items = itemsOf(edit);
        QCOMPARE(items.size(), 1u);
        QCOMPARE(items[0].action, action);
        QCOMPARE(items[0].subject, subject);
    }

    void renameByIdTakesConstraintsAlong()
    {
        Table before = base();
        std::uint64_t id = 0;
        for (Column &column : before.columns)
            column.id = ColumnId{++id};
        Table after = before;
        after.columns[2].name = "price";
        after.checks[0].expression = "price > 0";
        after.uniques[0].columns[1] = "price";
        after.indexes[0].where = "price > 5";
        const TableDiff diff = diffTables(std::make_shared<const Table>(before), std::make_shared<const Table>(after),
                                          DiffRules::of("postgresql", "public"));
        QCOMPARE(diff.items.size(), 1u);
        QCOMPARE(diff.items[0].action, DiffAction::Rename);
        QCOMPARE(diff.renamedColumns().at("b"), "price");
    }

    void wholeDatabases()
    {
        MetaData before, after;
        before.defaultSchema = after.defaultSchema = "public";
        before.add(base());
        after.add(base());
        QVERIFY(diffMetaData(before, after).isEmpty());
        Table shadow = base();
        shadow.name.name = "fts_data";
        shadow.kind = TableKind::Shadow;
        before.add(shadow);
        QVERIFY(diffMetaData(before, after).isEmpty());
        before.enums.push_back({{"public", "mood"}, {"sad", "happy"}, {}});
        after.enums.push_back({{"public", "mood"}, {"ok", "sad", "happy"}, {}});
        after.sequences.push_back({{"public", "s"}, "bigint", {}, {}, {}, {}});
        const MetaDataDiff diff = diffMetaData(before, after);
        QCOMPARE(diff.objects.size(), 2u);
        QCOMPARE(diff.objects[0].action, DiffAction::Alter);
        QCOMPARE(diff.objects[1].object.kind, "sequence");
    }

    void aNameThatACastGivesMayBeSaid()
    {
        const auto differs = [](const char *was, const char *is) {
            const auto view = [](const char *query) {
                Table table;
                table.kind = TableKind::View;
                table.name = {"public", "v"};
                table.definition = query;
                return std::make_shared<const Table>(std::move(table));
            };
            return !diffTables(view(was), view(is), DiffRules::of("postgresql", "public")).isEmpty();
        };
        QVERIFY(!differs("SELECT 'PUBLIC'::name UNION SELECT r", "SELECT 'PUBLIC'::name AS name UNION SELECT r"));
        QVERIFY(!differs("SELECT NULL::s.\"Mood x\", 1", "SELECT NULL::s.\"Mood x\" AS \"Mood x\", 1"));
        QVERIFY(!differs("SELECT NULL::integer", "SELECT NULL::integer AS int4"));
        QVERIFY(!differs("SELECT x::inet[]", "SELECT x::inet[] AS inet"));
        QVERIFY(differs("SELECT 'PUBLIC'::name", "SELECT 'PUBLIC'::name AS role"));
        QVERIFY(differs("SELECT NULL::integer", "SELECT NULL::integer AS total"));
    }
};

QTEST_GUILESS_MAIN(tst_TableDiff)
#include "tst_table_diff.moc"
