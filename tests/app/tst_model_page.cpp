// The inspector's Model page, used as a person does: names typed over, undone, committed, found again.

#include "app/application.h"
#include "app/main_window.h"
#include "schemawright/base/blocking.h"
#include "schemawright/base/error.h"
#include "support/window_driver.h"
#include "ui/models/entity_model.h"
#include "ui/panels/inspector/model_page.h"
#include "ui/widgets/cpp_view.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QStandardPaths>
#include <QTabBar>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <filesystem>
#include <memory>

#include <sqlite3.h>

using namespace schemawright;
using test::WindowDriver;
using ui::EntityModel;

class tst_ModelPage : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<Application> application_;
    MainWindow *window_ = nullptr;
    ui::ModelPage *page_ = nullptr;
    QTreeView *members_ = nullptr;

    template <class Widget> Widget *find(const char *name)
    {
        return page_->findChild<Widget *>(QString::fromLatin1(name));
    }
    QString code() { return find<ui::CppView>("modelCode")->text(); }
    UnitOfWork &pending() { return window_->workspace()->session().unitOfWork(); }

    void open()
    {
        window_ = application_->openText(folder_->filePath(QStringLiteral("shop.db")), false);
        window_->resize(1280, 800);
        QVERIFY(QTest::qWaitForWindowExposed(window_));
        QVERIFY(WindowDriver(*window_).waitUntilRead());
        show("author");
    }
    void show(const char *table)
    {
        WindowDriver(*window_).openTable(QString::fromLatin1(table));
        page_ = window_->findChild<ui::ModelPage *>(QStringLiteral("modelPage"));
        QVERIFY(page_);
        auto *tabs = window_->findChild<QTabWidget *>(QStringLiteral("inspectorTabs"));
        const int at = tabs->indexOf(page_);
        QVERIFY(at >= 0);
        QTest::mouseClick(tabs->tabBar(), Qt::LeftButton, {}, tabs->tabBar()->tabRect(at).center());
        QTRY_VERIFY(page_->isVisible());
        members_ = find<QTreeView>("modelMembers");
    }
    QModelIndex member(const char *name)
    {
        for (int row = 0; row < members_->model()->rowCount(); ++row)
            if (const QModelIndex index = members_->model()->index(row, 0);
                index.data().toString() == QLatin1String(name))
                return index;
        return {};
    }
    /// Double-clicks a name and types over it.
    void rename(const char *name, const char *text)
    {
        const QModelIndex index = member(name);
        QVERIFY2(index.isValid(), name);
        members_->scrollTo(index);
        const QPoint at = members_->visualRect(index).center();
        QTest::mouseClick(members_->viewport(), Qt::LeftButton, {}, at);
        QTest::mouseDClick(members_->viewport(), Qt::LeftButton, {}, at);
        auto *editor = members_->viewport()->findChild<QLineEdit *>();
        QVERIFY(editor);
        editor->selectAll();
        QTest::keyClicks(editor, QString::fromUtf8(text));
        if (!*text)
            QTest::keyClick(editor, Qt::Key_Delete);
        QTest::keyClick(editor, Qt::Key_Return);
        QTest::qWait(1);
        QCoreApplication::processEvents();
    }
    void commit()
    {
        QTest::keyClick(window_, Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(!window_->workspace()->isRunning());
        QVERIFY(WindowDriver(*window_).waitUntilIdle());
    }
    void close()
    {
        delete window_;
        window_ = nullptr;
        QVERIFY(ui::Lane::waitForThreads(10'000));
    }

private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Schemawright tests"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_model_page"));
        forbidBlockingOnThisThread();
        application_ = std::make_unique<Application>();
    }
    void init()
    {
        folder_ = std::make_unique<QTemporaryDir>();
        sqlite3 *database = nullptr;
        sqlite3_open(folder_->filePath(QStringLiteral("shop.db")).toUtf8().constData(), &database);
        QCOMPARE(sqlite3_exec(database,
                              "create table author(id integer primary key, full_name text not null);"
                              "create table post(id integer primary key, author_id references author(id), title text);"
                              "create table tag(id integer primary key, word text);"
                              "create table post_tag(post_id references post, tag_id references tag,"
                              " primary key(post_id, tag_id)); create view v as select 1 as one",
                              nullptr, nullptr, nullptr),
                 SQLITE_OK);
        sqlite3_close(database);
        open();
    }
    void cleanup()
    {
        if (window_) {
            pending().discardAll();
            close();
        }
        std::filesystem::permissions(application_->modelFolder().parent_path(), std::filesystem::perms::owner_all);
        std::filesystem::remove_all(application_->modelFolder());
    }

    void showsTheClassAsItIsMapped()
    {
        QAbstractItemModelTester tester(members_->model());
        QCOMPARE(members_->model()->rowCount(), 4); // the class, two columns, the posts
        QVERIFY(member("Author").isValid() && member("fullName").isValid() && member("postByAuthor").isValid());
        QVERIFY(code().contains(QStringLiteral("std::vector<std::shared_ptr<Post>> postByAuthor;")));
        QVERIFY(code().contains(QStringLiteral(".field(\"full_name\", &Author::fullName)")));
        QTest::mouseClick(find<QToolButton>("modelCopy"), Qt::LeftButton);
        QCOMPARE(QApplication::clipboard()->text(), code());
        QVERIFY(pending().isEmpty()); // looking changes nothing
        show("post_tag");
        QVERIFY(find<QLabel>("modelNone")->isVisible());
        QVERIFY(find<QLabel>("modelNone")->text().contains(QStringLiteral("many-to-many")));
        show("v");
        QVERIFY(find<QLabel>("modelNone")->text().contains(QStringLiteral("view")));
    }

    void aNameIsAPendingChangeThatCanBeUndone()
    {
        rename("fullName", "name");
        QCOMPARE(pending().size(), std::size_t{1});
        QVERIFY(code().contains(QStringLiteral("&Author::name)")));
        rename("postByAuthor", "posts");
        rename("Author", "Writer");
        QCOMPARE(pending().size(), std::size_t{1}); // one thing, one change
        QVERIFY(code().contains(QStringLiteral("struct Writer\n")));
        QVERIFY(code().contains(QStringLiteral(".oneToMany(\"posts\", &Writer::posts, \"author\")")));
        QTest::keyClick(window_, Qt::Key_Z, Qt::ControlModifier);
        QTRY_VERIFY(member("Author").isValid());
        QVERIFY(member("posts").isValid());
        QTest::keyClick(window_, Qt::Key_Z, Qt::ControlModifier);
        QTest::keyClick(window_, Qt::Key_Z, Qt::ControlModifier);
        QTRY_VERIFY(pending().isEmpty());
        QVERIFY(member("fullName").isValid());
        rename("fullName", "name");
        rename("name", ""); // emptied: the derived one
        QVERIFY(pending().isEmpty() && member("fullName").isValid());
    }

    void badNamesAreRefusedInPlace()
    {
        for (const auto &[name, why] :
             {std::pair("2nd", "digit"), std::pair("a b", "letters"), std::pair("while", "word of C++"),
              std::pair("id", "another member"), std::pair("postByAuthor", "another member"),
              std::pair("Author", "the class itself")}) {
            rename("fullName", name);
            QVERIFY2(find<QLabel>("modelProblem")->isVisible(), name);
            QVERIFY2(find<QLabel>("modelProblem")->text().contains(QLatin1String(why)), name);
            QVERIFY(pending().isEmpty() && member("fullName").isValid());
        }
        rename("Author", "Post");
        QVERIFY(find<QLabel>("modelProblem")->text().contains(QStringLiteral("Another class")));
        rename("fullName", "name");
        QVERIFY(!find<QLabel>("modelProblem")->isVisible());
    }

    void committedNamesAreThereAgain()
    {
        rename("fullName", "name");
        rename("postByAuthor", "posts");
        commit();
        QVERIFY(pending().isEmpty());
        QVERIFY(member("name").isValid());
        close();
        open();
        QVERIFY(member("name").isValid() && member("posts").isValid());
        QVERIFY(pending().isEmpty());
        show("post");
        QVERIFY(code().contains(QStringLiteral(".manyToOne(\"author\", &Post::author, {\"author_id\"})")));
        show("author");
        rename("name", "fullName"); // back to what is derived, which is a change now
        QCOMPARE(pending().size(), std::size_t{1});
        commit();
        close();
        open();
        QVERIFY(member("fullName").isValid() && member("posts").isValid());
    }

    void whatCannotBeWrittenStaysPending()
    {
        // A file stands where the folder should be: refused for everybody, root as well.
        std::filesystem::remove_all(application_->modelFolder());
        QFile block(QString::fromStdString(application_->modelFolder().string()));
        QVERIFY(block.open(QIODevice::WriteOnly));
        block.close();
        rename("fullName", "name");
        commit();
        QCOMPARE(pending().size(), std::size_t{1});
        const Change *change = pending().changes().front();
        QVERIFY(change->error && change->error->kind == ErrorKind::Permission);
        QVERIFY(member("name").isValid());
        QVERIFY(block.remove());
        commit();
        QVERIFY(pending().isEmpty());
        close();
        open();
        QVERIFY(member("name").isValid());
    }

    void aFileThatCannotBeReadIsNotWrittenOver()
    {
        const std::filesystem::path folder = folder_->path().toStdString();
        MappingFile file(folder, "sqlite:///x.db");
        EntityMapping mapping;
        mapping.className = "Writer";
        file.write({"main", "author"}, mapping);
        file.write({"main", "author"}, mapping);
        MappingFile again(folder, "sqlite:///x.db");
        again.read();
        QVERIFY((again.mappings() == EntityMappings{{{"main", "author"}, mapping}}));
        QFile raw(QString::fromStdString(file.path().string()));
        QVERIFY(raw.open(QIODevice::WriteOnly) && raw.write("{ half") == 6);
        raw.close();
        QVERIFY_EXCEPTION_THROWN(again.read(), Error);
        QVERIFY_EXCEPTION_THROWN(again.write({"main", "author"}, std::nullopt), Error);
        QCOMPARE(again.mappings().size(), std::size_t{1});
        QVERIFY(raw.open(QIODevice::ReadOnly));
        QCOMPARE(raw.readAll(), QByteArray("{ half"));
    }
};

QTEST_MAIN(tst_ModelPage)
#include "tst_model_page.moc"
