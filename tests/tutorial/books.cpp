// Mapped structs from the first table to the last trick, on a small library of books. Read it from top to bottom; it is
// compiled and run by the tests, which compare what it prints with books.expected.

#include <schemawright/engine/create_all.h>
#include <schemawright/orm/object_session.h>
#include <schemawright/schema/table_builder.h>
#include <schemawright/schemawright.h>

#include <iostream>

using namespace schemawright;

// 1. Structs are yours. They need no base class, no macro and no generator. What refers to one other object is a
// shared_ptr, a weak_ptr or a Lazy; what refers to many is a vector or a LazyList.

enum class Binding { Paper, Cloth };

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
    LazyList<Book> books;
};

struct Book
{
    std::int64_t id = 0;
    std::string title;
    Binding binding = Binding::Paper;
    Size size;
    std::int64_t version = 0;
    Deferred<std::string> text;
    std::weak_ptr<Author> author;
    LazyList<Tag> tags;
    virtual ~Book() = default; // so that a book tells whether it is an Atlas
};

struct Atlas : Book
{
    std::int64_t maps = 0;
};

// 2. Tables can be described in code, or reflected from a database: Inspector(connection).reflect().

MetaData tables()
{
    MetaData m;
    m.add(TableBuilder("author")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("name", types::string(60))
              .notNull()
              .unique()
              .column("born", types::date()));
    m.add(TableBuilder("book")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("kind", types::string(10))
              .notNull()
              .column("title", types::string(60))
              .notNull()
              .column("binding", types::string(10))
              .notNull()
              .column("width", types::doublePrecision())
              .column("height", types::doublePrecision())
              .column("text", types::text())
              .column("version", types::bigInteger())
              .notNull()
              .column("author_id", types::bigInteger())
              .references("author"));
    m.add(TableBuilder("atlas")
              .column("book_id", types::bigInteger())
              .primaryKey()
              .references("book")
              .column("maps", types::bigInteger())
              .notNull());
    m.add(
        TableBuilder("tag").column("id", types::bigInteger()).primaryKey().column("word", types::string(20)).notNull());
    m.add(TableBuilder("book_tag")
              .column("book_id", types::bigInteger())
              .primaryKey()
              .references("book")
              .column("tag_id", types::bigInteger())
              .primaryKey()
              .references("tag"));
    return m;
}

// 3. A mapper says which member is which column, and what is related to what.

Mappings mapped(const MetaData &metadata)
{
    const TablePtr bookTag = metadata.table({"", "book_tag"});
    Mappings m(metadata);
    m.map<Author>("author")
        .key("id", &Author::id)
        .field("name", &Author::name)
        .field("born", &Author::born)
        .oneToMany("books", &Author::books, "author", {.saveUpdate = true, .remove = true, .removeOrphan = true})
        .afterLoad([](Author &author) { std::cout << "  (loaded " << author.name << ")\n"; });
    m.map<Book>("book")
        .key("id", &Book::id)
        .field("title", &Book::title)
        .enumeration("binding", &Book::binding, {{Binding::Paper, "paper"}, {Binding::Cloth, "cloth"}})
        .embedded(&Book::size, "",
                  [](FieldMapper<Size> &part) { part.field("width", &Size::width).field("height", &Size::height); })
        .version("version", &Book::version)
        .field("text", &Book::text)
        .polymorphic("kind", "book")
        .manyToOne("author", &Book::author, {"author_id"})
        .manyToMany("tags", &Book::tags, bookTag, {"book_id"}, {"tag_id"});
    m.derive<Atlas, Book>("atlas", "atlas", {"book_id"}).field("maps", &Atlas::maps);
    m.map<Tag>("tag")
        .key("id", &Tag::id)
        .field("word", &Tag::word)
        .manyToMany("books", &Tag::books, bookTag, {"tag_id"}, {"book_id"});
    return m;
}

void heading(const char *text) { std::cout << text << "\n"; }

int main()
{
    Engine engine = Engine::open("sqlite://"); // or postgresql://user@host/name
    Connection connection = engine.connect();
    const MetaData metadata = tables();
    createAll(connection, metadata);
    Mappings mappings = mapped(metadata);

    heading("4. A session stores what is reachable from what was added, owners first.");
    {
        ObjectSession session(connection, mappings);
        auto ada = std::make_shared<Author>();
        ada->name = "Ada";
        ada->born = Date::parse("1815-12-10");
        auto notes = std::make_shared<Book>();
        notes->title = "Notes";
        notes->text = std::string("The Analytical Engine has no pretensions…");
        auto atlas = std::make_shared<Atlas>();
        atlas->title = "The Sky";
        atlas->binding = Binding::Cloth;
        atlas->maps = 12;
        auto tag = std::make_shared<Tag>();
        tag->word = "engine";
        notes->tags = std::vector{tag};
        ada->books = {notes, atlas};
        session.add(ada);
        std::cout << "  new: " << session.newCount() << "\n";
        session.commit(); // keys are there now, and both sides of each relationship say the same
        std::cout << "  Ada is " << ada->id << ", and the notes are by " << notes->author.lock()->name << "\n";
        notes->title = "Notes by the translator"; // nothing is called: flush finds what differs
        std::cout << "  changed: " << session.dirtyObjects<Book>().size() << "\n";
        session.commit();
        std::cout << "  version " << notes->version << "\n";
    }

    heading("5. Queries give objects, the same object for the same row.");
    ObjectSession session(connection, mappings);
    const auto books = session.select<Book>()
                           .where(session.column(&Book::title) != "")
                           .orderBy({session.column(&Book::title).asc()})
                           .all();
    for (const auto &book : books)
        std::cout << "  " << book->title << (dynamic_cast<Atlas *>(book.get()) ? ", an atlas" : "") << "\n";
    std::cout << "  same: " << (session.get<Book>(Value(books[0]->id)) == books[0]) << "\n";

    heading("6. What is related comes when you say so: by request, lazily, joined, or by one query for all.");
    const auto authors = session.select<Author>().with("books", Loading::SelectIn).all();
    std::cout << "  " << authors[0]->books.size() << " books, by " << books[0]->author.lock()->name << "\n";
    session.load(authors, "books.tags"); // two steps for all of them, a query each
    std::cout << "  tagged " << books[0]->tags.size() << ", " << books[0]->tags[0]->word << "\n";
    std::cout << "  on it: " << books[0]->tags[0]->books[0]->title << "\n"; // lazy: loaded by asking
    std::cout << "  text of " << books[0]->text->size() << " bytes\n";      // so is a deferred column
    std::cout << "  by a tag: "
              << session.select<Book>().join("tags").where(session.column(&Tag::word) == "engine").count() << "\n";

    heading("7. A part of the work can be taken back alone, with the objects.");
    {
        auto nested = session.nested();
        authors[0]->name = "Augusta";
        session.flush();
        nested.rollback();
    }
    std::cout << "  " << authors[0]->name << "\n";
    authors[0]->name = "Lovelace";
    for (const Step &step : session.plan().steps) // what a flush would write, to be read first
        std::cout << "  " << previewSql(connection.dialect(), step) << "\n";
    authors[0]->name = "Ada";

    heading("8. Many rows at once, with the objects in memory kept right.");
    std::vector<Tag> words(3);
    for (std::size_t i = 0; i < words.size(); ++i)
        words[i].word = "word " + std::to_string(i);
    session.insertAll(std::span<const Tag>(words));
    const auto second = session.select<Tag>().where(session.column(&Tag::word) == "word 1").one();
    session.update<Tag>(session.column(&Tag::word) == "word 1", {{"word", Value("first")}});
    std::cout << "  " << second->word << "\n";
    session.deleteWhere<Tag>(session.column(&Tag::word) == "first");
    std::cout << "  " << session.select<Tag>().count() << " tags\n";
    session.commit();

    heading("9. What others changed is no matter of luck.");
    connection.execute("UPDATE book SET title = 'Theirs', version = version + 1 WHERE id = 1");
    const auto mine = session.get<Book>(Value(1));
    mine->title = "Mine";
    try {
        session.commit();
    } catch (const Error &error) {
        std::cout << "  " << error.message << "\n";
    }
    session.refresh(mine);
    std::cout << "  " << mine->title << "\n";

    heading("10. What leaves its owner goes, and what is removed takes along what it owns.");
    authors[0]->books.pop_back();
    session.commit();
    std::cout << "  " << session.select<Book>().count() << " book\n";
    session.remove(authors[0]);
    session.commit();
    std::cout << "  " << session.select<Book>().count() << " books\n";

    heading("11. A database that is there needs no structs: tables are mapped as they are, by names of their columns.");
    Mappings found(connection.dialect().reflect(connection.driverConnection()));
    found.automap();
    ObjectSession records(connection, found);
    const auto bronte = found.make("Author");
    bronte->set("name", "Charlotte");
    const auto eyre = found.make("Book");
    eyre->set("title", "Jane Eyre");
    eyre->set("kind", "book");
    eyre->set("binding", "paper");
    eyre->set("version", 1);
    eyre->setOne("author", bronte);
    records.add(eyre);
    records.commit();
    for (const auto &book : records.select("Book").all())
        std::cout << "  " << book->get("title").text() << " by " << book->one("author")->get("name").text() << "\n";
}
