// Mapped objects, told as a small library of books, on each database named in SCHEMAWRIGHT_TEST_URLS (separated by
// blanks; SQLite in memory without).

#include "support/object_suite.h"

#include "schemawright/engine/inspector.h"
#include "schemawright/orm/plan.h"

#include <QTest>

using namespace schemawright;
using test::errorOf;

namespace {

enum class Binding { Paper, Cloth, Leather };

struct Size
{
    double width = 0, height = 0;
};

struct Book;
struct Author
{
    std::int64_t id = 0;
    std::string name;
    std::optional<Date> born;
    std::vector<std::shared_ptr<Book>> books;
};

struct Tag
{
    std::int64_t id = 0;
    std::string word;
};

struct Book
{
    std::int64_t id = 0;
    std::string title;
    std::optional<int> year;
    Binding binding = Binding::Paper;
    Size size;
    std::int64_t version = 0;
    std::shared_ptr<Author> author;
    std::vector<std::shared_ptr<Tag>> tags;
};

struct Shelf
{
    std::int64_t id = 0;
    std::string name;
    std::shared_ptr<Shelf> above;
};

struct Place // a key of two columns, not counted
{
    std::string room;
    int row = 0;
    bool isFree = true;
};

MetaData library()
{
    MetaData m;
    m.add(TableBuilder("sw_author")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("name", types::string(60))
              .notNull()
              .unique()
              .column("born", types::date()));
    m.add(TableBuilder("sw_book")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("title", types::string(60))
              .notNull()
              .column("year", types::integer())
              .column("binding", types::string(10))
              .notNull()
              .column("size_width", types::doublePrecision())
              .column("size_height", types::doublePrecision())
              .column("version", types::bigInteger())
              .notNull()
              .column("author_id", types::bigInteger())
              .references("sw_author"));
    m.add(TableBuilder("sw_tag")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("word", types::string(20))
              .notNull());
    m.add(TableBuilder("sw_book_tag")
              .column("book_id", types::bigInteger())
              .primaryKey()
              .references("sw_book")
              .column("tag_id", types::bigInteger())
              .primaryKey()
              .references("sw_tag"));
    m.add(TableBuilder("sw_shelf")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("name", types::string(20))
              .column("above_id", types::bigInteger())
              .references("sw_shelf"));
    m.add(TableBuilder("sw_place")
              .column("room", types::string(20))
              .primaryKey()
              .column("row", types::integer())
              .primaryKey()
              .column("is_free", types::boolean())
              .notNull());
    return m;
}

Mappings mapped()
{
    const MetaData metadata = library();
    Mappings m(metadata);
    m.map<Author>("sw_author")
        .key("id", &Author::id)
        .field("name", &Author::name)
        .field("born", &Author::born)
        .oneToMany("books", &Author::books, "author", {.saveUpdate = true, .remove = true, .removeOrphan = false});
    m.map<Tag>("sw_tag").key("id", &Tag::id).field("word", &Tag::word);
    m.map<Book>("sw_book")
        .key("id", &Book::id)
        .field("title", &Book::title)
        .field("year", &Book::year)
        .enumeration("binding", &Book::binding,
                     {{Binding::Paper, "paper"}, {Binding::Cloth, "cloth"}, {Binding::Leather, "leather"}})
        .embedded(&Book::size, "size_",
                  [](FieldMapper<Size> &part) { part.field("width", &Size::width).field("height", &Size::height); })
        .version("version", &Book::version)
        .manyToOne("author", &Book::author, {"author_id"})
        .manyToMany("tags", &Book::tags, metadata.table({"", "sw_book_tag"}), {"book_id"}, {"tag_id"});
    m.map<Shelf>("sw_shelf")
        .key("id", &Shelf::id)
        .field("name", &Shelf::name)
        .manyToOne("above", &Shelf::above, {"above_id"});
    m.map<Place>("sw_place").key("room", &Place::room).key("row", &Place::row).field("is_free", &Place::isFree);
    return m;
}

} // namespace

class tst_ObjectSession : public QObject, private test::ObjectSuite
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { start("objects"); }
    void cleanupTestCase() { stop(); }
    void init() { open(library()); }
    void cleanup() { close(); }

    void storesWhatIsReachable_data() { databases_->addRows(); }
    void storesWhatIsReachable()
    {
        Mappings mappings = mapped();
        auto ada = std::make_shared<Author>();
        ada->name = "Ada";
        ada->born = Date::parse("1815-12-10");
        auto notes = std::make_shared<Book>();
        notes->title = "Notes";
        notes->year = 1843;
        notes->binding = Binding::Leather;
        notes->size = {12.5, 20};
        auto tag = std::make_shared<Tag>();
        tag->word = "engine";
        notes->tags = {tag};
        ada->books = {notes};
        {
            ObjectSession session(*connection_, mappings);
            QCOMPARE(session.state(ada), ObjectState::Transient);
            session.add(ada);
            QCOMPARE(session.state(ada), ObjectState::Pending);
            QCOMPARE(session.newCount(), std::size_t{1});
            session.commit();
            QCOMPARE(session.state(ada), ObjectState::Persistent);
            QVERIFY(ada->id > 0 && notes->id > 0 && tag->id > 0); // made by the database
            QVERIFY(notes->author == ada);                        // the other side of the same thing
            QCOMPARE(notes->version, std::int64_t{1});
        }
        QCOMPARE(fact("SELECT count(*) FROM sw_book_tag"), Value(1));
        QCOMPARE(fact("SELECT binding FROM sw_book"), Value("leather"));
        QCOMPARE(fact("SELECT size_width FROM sw_book"), Value(12.5));
        // Another session finds the same, and one object for one row.
        ObjectSession session(*connection_, mappings);
        const auto again = session.get<Author>(Value(ada->id));
        QVERIFY(again && again != ada);
        QCOMPARE(again->name, std::string("Ada"));
        QVERIFY(again->born == ada->born);
        QVERIFY(session.get<Author>(Value(ada->id)) == again);
        QVERIFY(again->books.empty()); // nothing is loaded behind one's back
        session.load(again, "books");
        QCOMPARE(again->books.size(), std::size_t{1});
        QVERIFY(again->books[0]->author == again);
        QCOMPARE(again->books[0]->binding, Binding::Leather);
        QCOMPARE(again->books[0]->size.height, 20.0);
        session.load(again->books[0], "tags");
        QCOMPARE(again->books[0]->tags.at(0)->word, std::string("engine"));
        QVERIFY(session.get<Author>(Value(999999)) == nullptr);
    }

    void writesWhatDiffers_data() { databases_->addRows(); }
    void writesWhatDiffers()
    {
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        auto book = std::make_shared<Book>();
        book->title = "First";
        session.add(book);
        session.commit();
        int statements = 0;
        engine_->log().observe([&](const StatementEvent &event) { statements += event.sql.starts_with("UPDATE"); });
        session.commit();
        QCOMPARE(statements, 0); // nothing differs
        book->title = "Second";
        book->year = 1999;
        QVERIFY(session.isDirty(book));
        QCOMPARE(session.dirtyCount(), std::size_t{1});
        session.commit();
        QCOMPARE(statements, 1);
        QVERIFY(!session.isDirty(book));
        QCOMPARE(book->version, std::int64_t{2});
        QCOMPARE(fact("SELECT title FROM sw_book"), Value("Second"));
        book->title = "Third";
        book->title = "Second"; // back to what it was
        session.commit();
        QCOMPARE(statements, 1);
    }

    void findsByConditions_data() { databases_->addRows(); }
    void findsByConditions()
    {
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        for (int i = 0; i < 250; ++i) {
            auto book = std::make_shared<Book>();
            book->title = "Book " + std::to_string(i);
            book->year = 1900 + i % 50;
            session.add(book);
        }
        // The query flushes first.
        const auto found = session.select<Book>()
                               .where(session.column(&Book::year) >= 1948)
                               .orderBy({session.column(&Book::id).asc()})
                               .limit(3)
                               .all();
        QCOMPARE(found.size(), std::size_t{3});
        QCOMPARE(found[0]->title, std::string("Book 48"));
        QCOMPARE(session.select<Book>().all().size(), std::size_t{250});
        // Keys were given in the order of the objects.
        const auto all = session.select<Book>().orderBy({session.column(&Book::id).asc()}).all();
        for (std::size_t i = 0; i < all.size(); ++i)
            QCOMPARE(all[i]->title, "Book " + std::to_string(i));
        const ObjectSession::NoAutoflush off(session);
        auto more = std::make_shared<Book>();
        more->title = "Unseen";
        session.add(more);
        QCOMPARE(session.select<Book>().all().size(), std::size_t{250});
    }

    void ordersByWhatRefersToWhat_data() { databases_->addRows(); }
    void ordersByWhatRefersToWhat()
    {
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        auto top = std::make_shared<Shelf>(), middle = std::make_shared<Shelf>(), low = std::make_shared<Shelf>();
        top->name = "top";
        middle->name = "middle";
        middle->above = top;
        low->name = "low";
        low->above = middle;
        session.add(low); // the others are reachable
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_shelf c JOIN sw_shelf p ON p.id = c.above_id"), Value(2));
        QVERIFY(top->id < middle->id && middle->id < low->id);
        for (const auto &each : {top, middle, low})
            session.remove(each);
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_shelf"), Value(0));
        // A unique value is free again when its row goes in the same flush.
        auto one = std::make_shared<Author>(), other = std::make_shared<Author>();
        one->name = other->name = "Same";
        session.add(one);
        session.commit();
        session.remove(one);
        session.add(other);
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_author"), Value(1));
    }

    void changesRelationships_data() { databases_->addRows(); }
    void changesRelationships()
    {
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        auto ada = std::make_shared<Author>(), bob = std::make_shared<Author>();
        ada->name = "Ada";
        bob->name = "Bob";
        auto book = std::make_shared<Book>();
        book->title = "Moving";
        auto red = std::make_shared<Tag>(), blue = std::make_shared<Tag>();
        red->word = "red";
        blue->word = "blue";
        book->tags = {red};
        ada->books = {book};
        session.add(ada);
        session.add(bob);
        session.add(blue);
        session.commit();
        book->author = bob; // from the other side
        book->tags = {blue};
        ada->books.clear();
        session.commit();
        QCOMPARE(fact("SELECT name FROM sw_author a JOIN sw_book b ON b.author_id = a.id"), Value("Bob"));
        QCOMPARE(fact("SELECT word FROM sw_tag t JOIN sw_book_tag b ON b.tag_id = t.id"), Value("blue"));
        // Out of the list of its owner and into none: no owner.
        session.load(bob, "books");
        QCOMPARE(bob->books.size(), std::size_t{1});
        bob->books.clear();
        session.commit();
        QVERIFY(!book->author);
        QVERIFY(fact("SELECT author_id FROM sw_book").isNull());
        // Removing an author removes the books, as its mapping says; their tags' rows go too.
        bob->books = {book};
        session.commit();
        session.remove(bob);
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_book"), Value(0));
        QCOMPARE(fact("SELECT count(*) FROM sw_book_tag"), Value(0));
        QCOMPARE(fact("SELECT count(*) FROM sw_tag"), Value(2));
    }

    void loadsForMany_data() { databases_->addRows(); }
    void loadsForMany()
    {
        Mappings mappings = mapped();
        {
            ObjectSession session(*connection_, mappings);
            for (int i = 0; i < 20; ++i) {
                auto author = std::make_shared<Author>();
                author->name = "Author " + std::to_string(i);
                for (int k = 0; k < i % 3; ++k) {
                    auto book = std::make_shared<Book>();
                    book->title = "Book";
                    author->books.push_back(book);
                }
                session.add(author);
            }
            session.commit();
        }
        ObjectSession session(*connection_, mappings);
        const auto authors = session.select<Author>().orderBy({session.column(&Author::id).asc()}).all();
        int statements = 0;
        engine_->log().observe([&](const StatementEvent &event) { statements += event.sql.starts_with("SELECT"); });
        session.load(authors, "books");
        QCOMPARE(statements, 1);
        for (std::size_t i = 0; i < authors.size(); ++i)
            QCOMPARE(authors[i]->books.size(), i % 3);
        std::vector<std::shared_ptr<Book>> books = session.select<Book>().all();
        session.load(books, "author");
        QVERIFY(std::ranges::all_of(books, [](const auto &book) { return book->author != nullptr; }));
    }

    void rollsBackObjectsToo_data() { databases_->addRows(); }
    void rollsBackObjectsToo()
    {
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        auto kept = std::make_shared<Author>();
        kept->name = "Kept";
        session.add(kept);
        session.commit();
        const std::int64_t id = kept->id;
        auto dropped = std::make_shared<Author>();
        dropped->name = "Dropped";
        session.add(dropped);
        kept->name = "Changed";
        session.flush();
        QVERIFY(dropped->id > 0);
        session.remove(kept);
        session.flush();
        session.rollback();
        QCOMPARE(kept->name, std::string("Kept"));
        QCOMPARE(kept->id, id);
        QCOMPARE(session.state(kept), ObjectState::Persistent);
        QCOMPARE(session.state(dropped), ObjectState::Transient);
        QCOMPARE(dropped->id, std::int64_t{0});
        QCOMPARE(fact("SELECT count(*) FROM sw_author"), Value(1));
        kept->name = "Changed again";
        session.commit();
        QCOMPARE(fact("SELECT name FROM sw_author"), Value("Changed again"));
    }

    void takesBackANestedPart_data() { databases_->addRows(); }
    void takesBackANestedPart()
    {
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        auto outer = std::make_shared<Author>(), inner = std::make_shared<Author>();
        outer->name = "Outer";
        inner->name = "Inner";
        session.add(outer);
        {
            auto nested = session.nested();
            session.add(inner);
            outer->name = "Renamed";
            session.flush();
            nested.rollback();
        }
        QCOMPARE(outer->name, std::string("Outer"));
        QCOMPARE(session.state(inner), ObjectState::Transient);
        {
            auto nested = session.nested();
            outer->name = "Renamed";
            nested.commit();
        }
        session.commit();
        QCOMPARE(fact("SELECT name FROM sw_author"), Value("Renamed"));
    }

    void tellsWhenTheRowIsAnother_data() { databases_->addRows(); }
    void tellsWhenTheRowIsAnother()
    {
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        auto book = std::make_shared<Book>();
        book->title = "Mine";
        session.add(book);
        session.commit();
        connection_->execute("UPDATE sw_book SET title = 'Theirs', version = 7");
        book->title = "Again mine";
        const auto error = errorOf([&] { session.commit(); });
        QVERIFY(error);
        QCOMPARE(error->kind, ErrorKind::Conflict);
        QCOMPARE(fact("SELECT title FROM sw_book"), Value("Theirs"));
        session.refresh(book);
        QCOMPARE(book->title, std::string("Theirs"));
        book->title = "Agreed";
        session.commit();
        QCOMPARE(fact("SELECT version FROM sw_book"), Value(8));
        connection_->execute("DELETE FROM sw_book");
        session.remove(book);
        QCOMPARE(errorOf([&] { session.commit(); })->kind, ErrorKind::Conflict);
    }

    void keysOfSeveralColumns_data() { databases_->addRows(); }
    void keysOfSeveralColumns()
    {
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        for (int row = 1; row <= 3; ++row) {
            auto place = std::make_shared<Place>();
            place->room = "Hall";
            place->row = row;
            session.add(place);
        }
        session.commit();
        const auto second = session.get<Place>({Value("Hall"), Value(2)});
        QVERIFY(second);
        second->row = 9; // the old key finds the row
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_place WHERE row = 2"), Value(0));
        QVERIFY(session.get<Place>({Value("Hall"), Value(9)}) == second);
        second->row = 3; // there is one
        QCOMPARE(errorOf([&] { session.commit(); })->kind, ErrorKind::Constraint);
        QCOMPARE(second->row, 9);
        QCOMPARE(fact("SELECT count(*) FROM sw_place WHERE row = 3"), Value(1));
        Place other;
        other.room = "Hall";
        other.row = 1;
        other.isFree = false;
        QVERIFY(session.merge(other) == session.get<Place>({Value("Hall"), Value(1)}));
        other.row = 77;
        session.merge(other);
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_place"), Value(4));
        QCOMPARE(errorOf([&] { session.get<Place>(Value("Hall")); })->kind, ErrorKind::Misuse);
    }

    void plansWhatItWouldWrite_data() { databases_->addRows(); }
    void plansWhatItWouldWrite()
    {
        const auto author = [](const char *name) {
            auto made = std::make_shared<Author>();
            made->name = name;
            return made;
        };
        const auto book = [](const char *title, const std::shared_ptr<Author> &by,
                             std::vector<std::shared_ptr<Tag>> tags) {
            auto made = std::make_shared<Book>();
            made->title = title;
            made->author = by;
            made->tags = std::move(tags);
            return made;
        };
        const auto tag = [](const char *word) {
            auto made = std::make_shared<Tag>();
            made->word = word;
            return made;
        };
        Mappings mappings = mapped();
        // The same rows and the same edits, once to be flushed and once to be run as the plan's script.
        const auto edited = [&] {
            dropAll(*connection_, library());
            createAll(*connection_, library());
            auto session = std::make_unique<ObjectSession>(*connection_, mappings);
            const auto ada = author("Ada"), bob = author("Bob");
            const auto one = tag("one"), two = tag("two");
            const auto notes = book("Notes", ada, {one, two});
            auto low = std::make_shared<Shelf>(), high = std::make_shared<Shelf>();
            low->name = "low";
            high->name = "high";
            low->above = high;
            auto place = std::make_shared<Place>();
            place->room = "hall";
            session->add(notes);
            session->add(book("Bones", bob, {one}));
            session->add(low);
            session->add(place);
            session->commit();

            session->load(bob, "books"); // which flushes
            auto cellar = std::make_shared<Shelf>();
            cellar->name = "cellar";
            cellar->above = low;
            low->above = nullptr;
            high->above = cellar;
            notes->title = "Notes, revised";
            notes->year = 1843;
            notes->tags = {one, tag("three")};
            place->isFree = false;
            session->remove(bob);
            session->add(book("Clay", author("Cy"), {two}));
            std::vector<std::shared_ptr<void>> kept{ada, one, two, notes, low, high, place};
            return std::pair(std::move(session), std::move(kept));
        };
        const auto rows = [&] {
            std::string text;
            for (const TablePtr &table : library().sortedTables().order) {
                text += table->name.name + "\n";
                for (const Row &row :
                     connection_->execute("SELECT * FROM " + table->name.name + " ORDER BY 1, 2").all()) {
                    for (std::size_t i = 0; i < row.size(); ++i)
                        text += row[i].text() + "|";
                    text += "\n";
                }
            }
            return text;
        };
        std::string script;
        {
            const auto [session, kept] = edited();
            const Plan plan = session->plan();
            QVERIFY2(plan.isRunnable(), plan.problems.empty() ? "" : (plan.problems.front().error.describe() + "\n" + plan.problems.front().error.sql).c_str());
            script = scriptText(engine_->dialect(), plan);
            session->rollback();
        }
        const std::string before = rows();
        connection_->executeScript(script);
        const std::string planned = rows();
        QVERIFY(planned != before);
        const auto [session, kept] = edited();
        session->commit();
        QCOMPARE(QString::fromStdString(planned), QString::fromStdString(rows()));
        QVERIFY(session->changes().empty());
    }

    void callsEvents_data() { databases_->addRows(); }
    void callsEvents()
    {
        const MetaData metadata = library();
        Mappings mappings(metadata);
        std::vector<std::string> told;
        mappings.map<Tag>("sw_tag")
            .key("id", &Tag::id)
            .field("word", &Tag::word)
            .beforeInsert([&](Tag &tag) {
                told.push_back("insert");
                tag.word += "!";
            })
            .afterInsert([&](Tag &tag) { told.push_back("inserted " + std::to_string(tag.id > 0)); })
            .beforeUpdate([&](Tag &) { told.push_back("update"); })
            .beforeDelete([&](Tag &) { told.push_back("delete"); })
            .afterLoad([&](Tag &tag) { told.push_back("loaded " + tag.word); });
        {
            ObjectSession session(*connection_, mappings);
            int flushes = 0;
            session.beforeFlush.push_back([&](ObjectSession &) { ++flushes; });
            auto tag = std::make_shared<Tag>();
            tag->word = "a";
            session.add(tag);
            session.commit();
            tag->word = "b";
            session.commit();
            QCOMPARE(flushes, 2);
        }
        ObjectSession session(*connection_, mappings);
        const auto tags = session.select<Tag>().all();
        session.remove(tags.at(0));
        session.commit();
        QCOMPARE(told, (std::vector<std::string>{"insert", "inserted 1", "update", "loaded b", "delete"}));
    }

    void refusesMappingsThatDoNotFit_data() { databases_->addRows(); }
    void refusesMappingsThatDoNotFit()
    {
        const MetaData metadata = library();
        const auto kindOf = [&](auto describe) {
            Mappings m(metadata);
            return errorOf([&] {
                       describe(m);
                       ObjectSession session(*connection_, m);
                   })
                .value_or(Error(ErrorKind::Internal, "nothing was wrong"))
                .kind;
        };
        QCOMPARE(kindOf([](Mappings &m) { m.map<Tag>("sw_nothing"); }), ErrorKind::NotFound);
        QCOMPARE(kindOf([](Mappings &m) { m.map<Tag>("sw_tag").key("id", &Tag::id).field("none", &Tag::word); }),
                 ErrorKind::Misuse);
        QCOMPARE(kindOf([](Mappings &m) { m.map<Tag>("sw_tag").field("word", &Tag::word); }), ErrorKind::Misuse);
        QCOMPARE(kindOf([](Mappings &m) {
                     m.map<Author>("sw_author").key("id", &Author::id).oneToMany("books", &Author::books, "writer");
                     m.map<Book>("sw_book").key("id", &Book::id).manyToOne("author", &Book::author, {"author_id"});
                 }),
                 ErrorKind::Misuse);
        Mappings m = mapped();
        ObjectSession session(*connection_, m);
        connection_->execute("INSERT INTO sw_book (title, binding, version) VALUES ('x', 'stone', 1)");
        QCOMPARE(errorOf([&] { session.select<Book>().all(); })->kind, ErrorKind::Conversion);
    }
};

QTEST_GUILESS_MAIN(tst_ObjectSession)
#include "tst_object_session.moc"
