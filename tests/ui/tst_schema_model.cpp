#include "schemawright/backends/sqlite/sqlite_dialect.h"
#include "ui/models/schema_model.h"
#include "ui/panels/schema_tree/schema_filter.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace schemawright;
using ui::SchemaModel;

namespace {

Column makeColumn(const char *name, const char *type)
{
    Column column;
    column.name = name;
    column.type = SqliteDialect().parseType(type);
    return column;
}

Table makeTable(const char *schema, const std::string &name,
                std::vector<Column> columns = {makeColumn("id", "INTEGER")})
{
    Table table;
    table.name = {schema, name};
    table.columns = std::move(columns);
    return table;
}

/// Counts what a view makes the model do.
class CountingModel : public SchemaModel
{
public:
    using SchemaModel::index;
    QModelIndex index(int row, int column, const QModelIndex &parent) const override
    {
        ++looks_;
        return SchemaModel::index(row, column, parent);
    }
    int rowCount(const QModelIndex &parent) const override
    {
        opened_ += parent.isValid() && parent.data(KindRole).toInt() == static_cast<int>(NodeKind::Table);
        return SchemaModel::rowCount(parent);
    }
    int looks() const { return looks_; }
    /// Times that a table was asked for what is in it.
    int opened() const { return opened_; }

private:
    mutable int looks_ = 0, opened_ = 0;
};

/// A small shop with one of everything.
MetaData shop()
{
    MetaData metadata;
    metadata.defaultSchema = "main";
    metadata.schemas = {{"main", {}}};
    Table customer = makeTable("main", "customer", {makeColumn("id", "INTEGER"), makeColumn("email", "VARCHAR(80)")});
    PrimaryKey customerKey, orderKey;
    customerKey.columns = orderKey.columns = {"id"};
    orderKey.name = "order_key";
    customer.primaryKey = customerKey;
    metadata.add(customer);

    Table order = makeTable(
        "main", "order",
        {makeColumn("id", "INTEGER"), makeColumn("customer_id", "INTEGER"), makeColumn("total", "DECIMAL(10,2)")});
    order.primaryKey = orderKey;
    ForeignKey key;
    key.columns = {"customer_id"};
    key.referred = {"main", "customer"};
    key.referredColumns = {"id"};
    order.foreignKeys = {key};
    order.uniques.emplace_back().columns = {"customer_id", "total"};
    order.checks.emplace_back().name = "positive";
    order.checks.back().expression = "total > 0";
    Index index;
    index.name = "order_total";
    index.unique = true;
    index.elements.emplace_back().column = "total";
    index.elements.emplace_back().expression = "lower(id)";
    order.indexes = {index};
    order.triggers.emplace_back().name = "order_stamp";
    metadata.add(order);

    Table view = makeTable("main", "best_customers");
    view.kind = TableKind::View;
    metadata.add(view);
    return metadata;
}

/// The tree as text, one line an item, two blanks a level.
QString textOf(const QAbstractItemModel &model, const QModelIndex &parent = {}, const QString &indent = {})
{
    QString text;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        const QString detail = index.data(SchemaModel::DetailRole).toString();
        text +=
            indent + index.data().toString() + (detail.isEmpty() ? QString() : QStringLiteral(" | ") + detail) + u'\n';
        text += textOf(model, index, indent + QStringLiteral("  "));
    }
    return text;
}

} // namespace

class tst_SchemaModel : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void showsWhatATableIsMadeOf();
    void namesSchemasWhenThereAreMore();
    void staysSoundThroughChanges();
    void tellsWhenCountsAndBadgesChange();
    void keepsCountsOfTablesThatAreStillThere();
    void marksKeysByIcon();
    void showsFiveThousandTablesAtOnce();
    void filtersByTableAndColumn_data();
    void filtersByTableAndColumn();
    void filtersTableNamesOnly();
};

void tst_SchemaModel::showsWhatATableIsMadeOf()
{
    SchemaModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setMetaData(shop());
    QCOMPARE(textOf(model), QStringLiteral("Tables | 2\n"
                                           "  customer\n"
                                           "    id | INTEGER\n"
                                           "    email | VARCHAR(80)\n"
                                           "    Keys | 1\n"
                                           "      primary key | id\n"
                                           "  order\n"
                                           "    id | INTEGER\n"
                                           "    customer_id | INTEGER\n"
                                           "    total | DECIMAL(10,2)\n"
                                           "    Keys | 2\n"
                                           "      order_key | id\n"
                                           "      unique | customer_id, total\n"
                                           "    Foreign Keys | 1\n"
                                           "      customer_id | → customer (id)\n"
                                           "    Checks | 1\n"
                                           "      positive | total > 0\n"
                                           "    Indexes | 1\n"
                                           "      order_total | unique total, (lower(id))\n"
                                           "    Triggers | 1\n"
                                           "      order_stamp\n"
                                           "Views | 1\n"
                                           "  best_customers\n"
                                           "    id | INTEGER\n"));
}

void tst_SchemaModel::namesSchemasWhenThereAreMore()
{
    SchemaModel model;
    MetaData metadata = shop();
    metadata.schemas.push_back({"sales", {}});
    metadata.add(makeTable("sales", "customer"));
    model.setMetaData(metadata);
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("main"));
    QCOMPARE(model.index(1, 0).data().toString(), QStringLiteral("sales"));
    // Two tables of one name are two.
    const QModelIndex main = model.indexOf({"main", "customer"}), sales = model.indexOf({"sales", "customer"});
    QVERIFY(main.isValid() && sales.isValid() && main != sales);
    QCOMPARE(sales.data(SchemaModel::SchemaNameRole).toString(), QStringLiteral("sales"));
    QVERIFY(!model.indexOf({"sales", "order"}).isValid());
}

void tst_SchemaModel::staysSoundThroughChanges()
{
    SchemaModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    MetaData names;
    names.schemas = {{"main", {}}};
    names.add(makeTable("main", "customer", {}));
    model.setMetaData(names);
    QVERIFY(!model.hasChildren(model.indexOf({"main", "customer"}))); // only its name is known
    model.setMetaData(shop());
    QVERIFY(model.hasChildren(model.indexOf({"main", "customer"})));
    textOf(model);
    model.setPending({{{"main", "order"}, 3}});
    model.setRowCount({"main", "order"}, 12);
    model.setMetaData({});
    QCOMPARE(model.rowCount(), 0);
    model.setMetaData(shop());
    QCOMPARE(model.rowCount(), 2);
}

void tst_SchemaModel::tellsWhenCountsAndBadgesChange()
{
    SchemaModel model;
    model.setMetaData(shop());
    const QModelIndex order = model.indexOf({"main", "order"}), customer = model.indexOf({"main", "customer"});
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.setPending({{{"main", "order"}, 3}});
    QCOMPARE(changed.size(), 1);
    QCOMPARE(changed.takeFirst().at(0).toModelIndex(), order);
    QCOMPARE(order.data(SchemaModel::PendingRole).toInt(), 3);
    model.setPending({{{"main", "customer"}, 1}});
    QCOMPARE(changed.size(), 2); // one badge goes, one comes
    QCOMPARE(order.data(SchemaModel::PendingRole).toInt(), 0);
    QCOMPARE(customer.data(SchemaModel::PendingRole).toInt(), 1);
    changed.clear();
    model.setPending({{{"main", "gone"}, 1}}); // of a table that is not there: nothing to mark
    QCOMPARE(changed.size(), 1);
    changed.clear();
    model.setRowCount({"main", "order"}, 1234567);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(order.data(SchemaModel::DetailRole).toString(), QStringLiteral("1,234,567"));
    model.setRowCount({"main", "gone"}, 1);
    QCOMPARE(changed.size(), 1);
}

void tst_SchemaModel::keepsCountsOfTablesThatAreStillThere()
{
    SchemaModel model;
    model.setMetaData(shop());
    model.setRowCount({"main", "order"}, 7);
    model.setPending({{{"main", "order"}, 2}});
    model.setMetaData(shop());
    QCOMPARE(model.indexOf({"main", "order"}).data(SchemaModel::DetailRole).toString(), QStringLiteral("7"));
    QCOMPARE(model.indexOf({"main", "order"}).data(SchemaModel::PendingRole).toInt(), 2);
}

void tst_SchemaModel::marksKeysByIcon()
{
    SchemaModel model;
    model.setMetaData(shop());
    const QModelIndex order = model.indexOf({"main", "order"});
    QCOMPARE(model.index(0, 0, order).data(SchemaModel::IconRole).toString(), QStringLiteral("key"));
    QCOMPARE(model.index(1, 0, order).data(SchemaModel::IconRole).toString(), QStringLiteral("foreign-key"));
    QCOMPARE(model.index(2, 0, order).data(SchemaModel::IconRole).toString(), QStringLiteral("column"));
    QVERIFY(model.tableAt(model.index(1, 0, order)) == model.tableAt(order)); // a column belongs to its table
    QVERIFY(!model.tableAt(model.index(0, 0)));
}

void tst_SchemaModel::showsFiveThousandTablesAtOnce()
{
    constexpr int many = 5000;
    MetaData metadata;
    metadata.schemas = {{"main", {}}};
    std::vector<Column> columns;
    for (int i = 0; i < 20; ++i)
        columns.push_back(makeColumn(("column_" + std::to_string(i)).c_str(), "TEXT"));
    for (int i = 0; i < many; ++i)
        metadata.add(makeTable("main", "table_" + std::to_string(i), columns));
    CountingModel model;
    ui::SchemaFilter filter;
    filter.setSourceModel(&model);
    model.setMetaData(metadata);
    QCOMPARE(filter.rowCount(filter.index(0, 0)), many);
    // No table is looked into, and each is looked at a few times: far from the hundred thousand columns.
    QCOMPARE(model.opened(), 0);
    QVERIFY2(model.looks() <= 3 * many, qPrintable(QString::number(model.looks())));
    const int before = model.looks();
    filter.setText(QStringLiteral("table_4999"));
    QCOMPARE(filter.rowCount(filter.index(0, 0)), 1);
    QCOMPARE(model.opened(), 0);
    QVERIFY2(model.looks() - before <= 4 * many, qPrintable(QString::number(model.looks() - before)));
    filter.rowCount(filter.index(0, 0, filter.index(0, 0)));
    QVERIFY(model.opened() > 0); // it does count
}

void tst_SchemaModel::filtersByTableAndColumn_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("shown");
    QTest::newRow("a table's name, with all that is in it") << QStringLiteral("CUST")
                                                            << QStringLiteral("Tables | 2\n"
                                                                              "  customer\n"
                                                                              "    id | INTEGER\n"
                                                                              "    email | VARCHAR(80)\n"
                                                                              "    Keys | 1\n"
                                                                              "      primary key | id\n"
                                                                              "  order\n"
                                                                              "    customer_id | INTEGER\n"
                                                                              "Views | 1\n"
                                                                              "  best_customers\n"
                                                                              "    id | INTEGER\n");
    QTest::newRow("a column's name, alone in its table") << QStringLiteral("email")
                                                         << QStringLiteral("Tables | 2\n"
                                                                           "  customer\n"
                                                                           "    email | VARCHAR(80)\n");
    QTest::newRow("nothing of the kind") << QStringLiteral("xyz") << QString();
}

void tst_SchemaModel::filtersByTableAndColumn()
{
    QFETCH(QString, typed);
    SchemaModel model;
    ui::SchemaFilter filter;
    filter.setSourceModel(&model);
    QAbstractItemModelTester tester(&filter, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setMetaData(shop());
    const QString all = textOf(filter);
    filter.setText(typed);
    QTEST(textOf(filter), "shown");
    filter.setText({});
    QCOMPARE(textOf(filter), all);
}

void tst_SchemaModel::filtersTableNamesOnly()
{
    SchemaModel model;
    ui::SchemaFilter filter;
    filter.setSourceModel(&model);
    model.setMetaData(shop());
    filter.setMatchesColumns(false);
    filter.setText(QStringLiteral("email"));
    QCOMPARE(filter.rowCount(), 0);
    filter.setMatchesColumns(true);
    QCOMPARE(filter.rowCount(), 1);
}

QTEST_MAIN(tst_SchemaModel)
#include "tst_schema_model.moc"
