#include "schemawright/base/blocking.h"
#include "support/sqlite_file.h"
#include "ui/models/schema_model.h"
#include "ui/panels/schema_tree/schema_tree_panel.h"
#include "ui/workspace/workspace.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

using namespace schemawright;
using ui::SchemaModel;

class tst_SchemaTree : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::SqliteFile> file_;
    std::unique_ptr<ui::Workspace> workspace_;
    std::unique_ptr<ui::SchemaTreePanel> panel_;
    QTreeView *view_ = nullptr;
    QLineEdit *filter_ = nullptr;

    void start(const char *script);
    bool waitUntilIdle()
    {
        return QTest::qWaitFor([this] { return workspace_->isSchemaRead() && !workspace_->lane().isBusy(); }, 20'000);
    }
    /// The item of that text among those that can be seen; a table with "Tables/name".
    QModelIndex item(const QString &text)
    {
        for (QModelIndex index = view_->model()->index(0, 0); index.isValid(); index = view_->indexBelow(index))
            if (index.data().toString() == text)
                return index;
        return {};
    }
    void click(const QModelIndex &index)
    {
        QTest::mouseClick(view_->viewport(), Qt::LeftButton, {}, view_->visualRect(index).center());
    }
    /// Chooses from the menu of an item.
    bool choose(const QModelIndex &index, const QString &text)
    {
        Q_EMIT view_->customContextMenuRequested(view_->visualRect(index).center());
        auto *menu = panel_->findChild<QMenu *>();
        for (QAction *action : menu ? menu->actions() : QList<QAction *>())
            if (action->text() == text) {
                action->trigger();
                delete menu;
                return true;
            }
        return false;
    }

private Q_SLOTS:
    void initTestCase() { forbidBlockingOnThisThread(); }
    void cleanup();
    void selectsForTheInspectorAndOpensRows();
    void filtersAndOpensWithTheKeyboard();
    void prefersWhatIsNamedSo();
    void opensWhatIsHitByAColumn();
    void showsWhatIsNamedSoAmongMany();
    void slashGoesToTheFilter();
    void staysOpenThroughARefresh();
    void showsWhatIsPending();
    void countsRowsOnDemand();
    void copiesNameAndScript();
    void followsTheCurrentTable();
    void saysThatThereAreNoTables();
};

void tst_SchemaTree::start(const char *script)
{
    file_ = std::make_unique<test::SqliteFile>(script);
    workspace_ = std::make_unique<ui::Workspace>(Engine::open("sqlite:///" + file_->path()));
    panel_ = std::make_unique<ui::SchemaTreePanel>(*workspace_);
    view_ = panel_->findChild<QTreeView *>(QStringLiteral("schemaTree"));
    filter_ = panel_->findChild<QLineEdit *>(QStringLiteral("schemaFilter"));
    panel_->resize(260, 600);
    panel_->show();
    QVERIFY(QTest::qWaitForWindowExposed(panel_.get()));
    workspace_->open();
    QVERIFY(waitUntilIdle());
}

void tst_SchemaTree::cleanup()
{
    panel_.reset();
    workspace_.reset();
    QVERIFY(ui::Lane::waitForThreads(10'000));
}

constexpr auto shop = "CREATE TABLE customer (id INTEGER PRIMARY KEY, email TEXT);"
                      "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer (id));"
                      "CREATE VIEW newest AS SELECT * FROM orders;"
                      "INSERT INTO customer (email) VALUES ('a'), ('b'), ('c');";

void tst_SchemaTree::selectsForTheInspectorAndOpensRows()
{
    start(shop);
    QSignalSpy opened(workspace_.get(), &ui::Workspace::tableRequested);
    click(item(QStringLiteral("orders")));
    QCOMPARE(workspace_->currentTable().value().name, std::string("orders"));
    QCOMPARE(opened.size(), 0);            // a click looks, it does not open
    click(item(QStringLiteral("newest"))); // a double click begins with a click
    QTest::mouseDClick(view_->viewport(), Qt::LeftButton, {},
                       view_->visualRect(item(QStringLiteral("newest"))).center());
    QCOMPARE(opened.size(), 1);
    QCOMPARE(opened[0][0].value<QualifiedName>().name, std::string("newest"));
    QTest::keyClick(view_, Qt::Key_Up); // onto the group of views: nothing is asked of it
    QTest::keyClick(view_, Qt::Key_Return);
    QCOMPARE(opened.size(), 1);
}

void tst_SchemaTree::filtersAndOpensWithTheKeyboard()
{
    start(shop);
    QSignalSpy opened(workspace_.get(), &ui::Workspace::tableRequested);
    QTest::keyClick(view_, Qt::Key_F, Qt::ControlModifier);
    QVERIFY(filter_->hasFocus());
    QTest::keyClicks(filter_, QStringLiteral("ORD"));
    QVERIFY(!item(QStringLiteral("customer")).isValid());
    QVERIFY(item(QStringLiteral("orders")).isValid());
    QTest::keyClick(filter_, Qt::Key_Return);
    QCOMPARE(opened.size(), 1);
    QCOMPARE(opened[0][0].value<QualifiedName>().name, std::string("orders"));
    QTest::keyClick(filter_, Qt::Key_Escape);
    QVERIFY(filter_->text().isEmpty());
    QVERIFY(item(QStringLiteral("customer")).isValid());
    QCOMPARE(view_->currentIndex().data().toString(), QStringLiteral("orders")); // still where one was
}

void tst_SchemaTree::showsWhatIsNamedSoAmongMany()
{
    std::string script = "CREATE TABLE person (id INTEGER);";
    for (int i = 0; i < 60; ++i)
        script += "CREATE TABLE account_" + std::to_string(i) + " (person_id INTEGER);";
    start(script.c_str());
    view_->setFocus();
    QTest::keyClick(view_, Qt::Key_Slash);
    QTest::keyClicks(filter_, QStringLiteral("person"));
    QVERIFY(item(QStringLiteral("account_0")).isValid());
    QVERIFY(view_->viewport()->rect().contains(view_->visualRect(item(QStringLiteral("person")))));
}

void tst_SchemaTree::prefersWhatIsNamedSo()
{
    start("CREATE TABLE account (person_id INTEGER); CREATE TABLE person_old (id INTEGER); CREATE TABLE person (id "
          "INTEGER)");
    QSignalSpy opened(workspace_.get(), &ui::Workspace::tableRequested);
    const auto opens = [&](const char *text) {
        view_->setFocus();
        QTest::keyClick(view_, Qt::Key_Slash);
        filter_->clear();
        QTest::keyClicks(filter_, QString::fromLatin1(text));
        QTest::keyClick(filter_, Qt::Key_Return);
        return opened.isEmpty() ? std::string() : opened.takeLast()[0].value<QualifiedName>().name;
    };
    QCOMPARE(opens("person"), std::string("person"));
    QCOMPARE(opens("person_"), std::string("person_old"));
    QCOMPARE(opens("person_i"), std::string("account"));
}

void tst_SchemaTree::opensWhatIsHitByAColumn()
{
    start(shop);
    QTest::keyClicks(filter_, QStringLiteral("email"));
    const QModelIndex customer = item(QStringLiteral("customer"));
    QVERIFY(customer.isValid());
    QVERIFY(view_->isExpanded(customer));
    QCOMPARE(view_->model()->rowCount(customer), 1);
    QVERIFY(item(QStringLiteral("email")).isValid());
    QTest::keyClicks(filter_, QStringLiteral("xx"));
    auto *hint = panel_->findChild<QLabel *>(QStringLiteral("schemaHint"));
    QVERIFY(hint->isVisible());
    QVERIFY(hint->text().contains(QStringLiteral("emailxx")));
}

void tst_SchemaTree::slashGoesToTheFilter()
{
    start(shop);
    view_->setFocus();
    QTest::keyClick(view_, Qt::Key_Slash);
    QVERIFY(filter_->hasFocus());
    QVERIFY(filter_->text().isEmpty());
}

void tst_SchemaTree::staysOpenThroughARefresh()
{
    start(shop);
    view_->expand(item(QStringLiteral("customer")));
    QVERIFY(item(QStringLiteral("email")).isValid());
    click(item(QStringLiteral("orders")));
    file_->run("ALTER TABLE customer ADD COLUMN phone TEXT");
    workspace_->refresh();
    QVERIFY(waitUntilIdle());
    QVERIFY(item(QStringLiteral("phone")).isValid());
    QCOMPARE(view_->currentIndex().data().toString(), QStringLiteral("orders"));
}

void tst_SchemaTree::showsWhatIsPending()
{
    start(shop);
    Session &session = workspace_->session();
    const TablePtr customer = workspace_->metadata().table({"main", "customer"});
    session.addRow(*customer, {});
    session.addRow(*customer, {});
    QCOMPARE(item(QStringLiteral("customer")).data(SchemaModel::PendingRole).toInt(), 2);
    QCOMPARE(item(QStringLiteral("orders")).data(SchemaModel::PendingRole).toInt(), 0);
    session.unitOfWork().undo();
    QCOMPARE(item(QStringLiteral("customer")).data(SchemaModel::PendingRole).toInt(), 1);
}

void tst_SchemaTree::countsRowsOnDemand()
{
    start(shop);
    QVERIFY(item(QStringLiteral("customer")).data(SchemaModel::DetailRole).toString().isEmpty());
    QVERIFY(choose(item(QStringLiteral("customer")), QStringLiteral("Count Rows")));
    QVERIFY(waitUntilIdle());
    QCOMPARE(item(QStringLiteral("customer")).data(SchemaModel::DetailRole).toString(), QStringLiteral("3"));
    QVERIFY(item(QStringLiteral("orders")).data(SchemaModel::DetailRole).toString().isEmpty());
    QVERIFY(choose({}, QStringLiteral("Count Rows of All Tables")));
    QVERIFY(waitUntilIdle());
    QCOMPARE(item(QStringLiteral("orders")).data(SchemaModel::DetailRole).toString(), QStringLiteral("0"));
}

void tst_SchemaTree::copiesNameAndScript()
{
    start(shop);
    QVERIFY(choose(item(QStringLiteral("orders")), QStringLiteral("Copy Name")));
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("orders"));
    QVERIFY(choose(item(QStringLiteral("orders")), QStringLiteral("Copy Create Script")));
    const TablePtr orders = workspace_->metadata().table({"main", "orders"});
    QCOMPARE(QGuiApplication::clipboard()->text().toStdString(), workspace_->dialect().createText(*orders));
}

void tst_SchemaTree::followsTheCurrentTable()
{
    start(shop);
    workspace_->setCurrentTable(QualifiedName{"main", "newest"}); // a tab was chosen elsewhere
    QCOMPARE(view_->currentIndex().data().toString(), QStringLiteral("newest"));
    // On a column the table is the one around it, and stays marked where it is.
    view_->expand(item(QStringLiteral("customer")));
    click(item(QStringLiteral("email")));
    QCOMPARE(workspace_->currentTable().value().name, std::string("customer"));
    QCOMPARE(view_->currentIndex().data().toString(), QStringLiteral("email"));
}

void tst_SchemaTree::saysThatThereAreNoTables()
{
    start("PRAGMA user_version = 3");
    auto *hint = panel_->findChild<QLabel *>(QStringLiteral("schemaHint"));
    QVERIFY(hint->isVisible());
    QVERIFY(hint->text().contains(QStringLiteral("no tables")));
}

QTEST_MAIN(tst_SchemaTree)
#include "tst_schema_tree.moc"
