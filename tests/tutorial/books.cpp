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

struct Money // a type of your own, kept as whole cents
{
    std::int64_t cents = 0;
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

struct Cover // one to a book
{
    std::int64_t id = 0;
    std::string artist;
    std::weak_ptr<Book> book;
};

struct Place // whose key is two columns, and given
{
    std::string room;
    std::int64_t number = 0;
    LazyList<Book> books;
};

struct Book
{
    std::int64_t id = 0;
    std::string title;
    Binding binding = Binding::Paper;
    Size size;
    std::optional<Money> price;
    std::int64_t version = 0;
    Deferred<std::string> text;
    std::weak_ptr<Author> author;
    std::shared_ptr<Cover> cover;
    Lazy<Place> place;
    Lazy<Book> sequelOf; // one of its own kind
    LazyList<Tag> tags;
    virtual ~Book() = default; // so that a book tells whether it is an Atlas
};

struct Atlas : Book
{
    std::int64_t maps = 0;
};

struct Novel : Book
{
    std::optional<std::int64_t> pages;
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
              .column("price", types::bigInteger())
              .column("pages", types::bigInteger())
              .column("text", types::text())
              .column("version", types::bigInteger())
              .notNull()
              .column("author_id", types::bigInteger())
              .references("author")
              .column("place_room", types::string(20))
              .column("place_number", types::bigInteger())
              .column("sequel_of_id", types::bigInteger())
              .references("book")
              .foreignKey({"place_room", "place_number"}, {"", "place"}, {"room", "number"}));
    m.add(TableBuilder("cover")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("artist", types::string(60))
              .column("book_id", types::bigInteger())
              .notNull()
              .unique()
              .references("book"));
    m.add(TableBuilder("place")
              .column("room", types::string(20))
              .column("number", types::bigInteger())
              .primaryKey({"room", "number"}));
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
        .field(
            "price", &Book::price, [](const Money &money) { return Value(money.cents); },
            [](const Value &value) { return Money{value.get<std::int64_t>()}; })
        .version("version", &Book::version)
        .field("text", &Book::text)
        .polymorphic("kind", "book")
        .manyToOne("author", &Book::author, {"author_id"})
        .oneToOne("cover", &Book::cover, "book", {.saveUpdate = true, .remove = true, .removeOrphan = true})
        .loading(Loading::Joined)
        .manyToOne("place", &Book::place, {"place_room", "place_number"})
        .manyToOne("sequelOf", &Book::sequelOf, {"sequel_of_id"})
        .loading(Loading::Raise) // only by request
        .manyToMany("tags", &Book::tags, bookTag, {"book_id"}, {"tag_id"});
    m.derive<Atlas, Book>("atlas", "atlas", {"book_id"}).field("maps", &Atlas::maps); // a table of its own
    m.derive<Novel, Book>("novel").field("pages", &Novel::pages);                     // in the table of its base
    m.map<Cover>("cover")
        .key("id", &Cover::id)
        .field("artist", &Cover::artist)
        .manyToOne("book", &Cover::book, {"book_id"});
    m.map<Place>("place")
        .key("room", &Place::room)
        .key("number", &Place::number)
        .oneToMany("books", &Place::books, "place");
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

    heading("11. One to one, to another of the same kind, by a key of two columns, and with a conversion of your own.");
    const auto hall = std::make_shared<Place>(Place{"hall", 3, {}});
    const auto emma = std::make_shared<Novel>();
    emma->title = "Emma";
    emma->pages = 474;
    emma->price = Money{1250};
    emma->place = hall;
    emma->cover = std::make_shared<Cover>(Cover{0, "Hugh", {}});
    const auto more = std::make_shared<Novel>();
    more->title = "More of Emma";
    more->sequelOf = emma;
    session.add(more); // and through it all the others
    session.commit();
    session.expireAll();
    const auto novel = session.select<Novel>().where(session.column(&Novel::pages) > 400).one();
    std::cout << "  " << novel->title << ", " << novel->price->cents << " cents, in the " << novel->place->room
              << ", cover by " << novel->cover->artist << "\n";
    const auto sequel = session.select<Book>().join("sequelOf").one(); // those that have one
    try {
        sequel->sequelOf.get();
    } catch (const Error &error) { // as its mapping wants it
        std::cout << "  " << toString(error.kind) << "\n";
    }
    session.load(sequel, "sequelOf");
    std::cout << "  " << sequel->title << " follows " << sequel->sequelOf->title << "\n";
    emma->cover = std::make_shared<Cover>(Cover{0, "Kate", {}}); // the old one has no book any more, and goes
    session.commit();
    std::cout << "  " << session.select<Cover>().one()->artist << "\n";

    heading("12. What a session knows of an object, and how it learns or forgets it.");
    const auto state = [&](const auto &object) {
        switch (session.state(object)) {
        case ObjectState::Transient:
            return "transient";
        case ObjectState::Pending:
            return "pending";
        case ObjectState::Persistent:
            return "persistent";
        case ObjectState::Deleted:
            return "deleted";
        case ObjectState::Detached:
            break;
        }
        return "detached";
    };
    const auto attic = std::make_shared<Place>(Place{"attic", 1, {}});
    std::cout << "  " << state(attic);
    session.add(attic);
    std::cout << ", " << state(attic);
    {
        const auto off = session.noAutoflush(); // else the query would write it first
        std::cout << ", " << session.select<Place>().count() << " place";
    }
    session.flush();
    std::cout << ", " << state(attic);
    session.remove(attic);
    std::cout << ", " << state(attic) << " (" << session.deletedCount() << ")";
    session.commit();
    std::cout << ", " << state(attic) << "\n";
    session.beforeFlush.push_back([](ObjectSession &each) { std::cout << "  (flush of " << each.dirtyCount() << ")\n"; });
    emma->title = "Emma, again";
    session.commit();
    emma->title = "not written";
    session.refresh(emma); // reads the row
    std::cout << "  " << emma->title << "\n";
    session.expunge(emma); // the session forgets it
    std::cout << "  " << state(emma) << "\n";

    heading("13. What was changed elsewhere is merged: onto the object of its key, or as a new one.");
    Place other{"hall", 3, {}};
    other.books.push_back(std::make_shared<Novel>());
    other.books[0]->title = "Persuasion";
    const auto merged = session.merge(other);
    session.commit();
    std::cout << "  same: " << (merged == session.get<Place>({Value("hall"), Value(3)})) << ", in the hall:";
    for (const auto &book : session.select<Book>().join("place").where(session.column(&Place::room) == "hall").all())
        std::cout << " " << book->title; // the list is what it was there
    std::cout << "\n";
    session.beforeFlush.clear();

    heading("14. A database that is there needs no structs: tables are mapped as they are, by names of their columns.");
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
    for (const auto &book : records.select("Book").join("author").all())
        std::cout << "  " << book->get("title").text() << " by " << book->one("author")->get("name").text() << "\n";
}
