// The life of an object in its session: states, parts that are taken back, owners that change, keys that change, what
// goes and what stays; on each database named in SCHEMAWRIGHT_TEST_URLS (separated by blanks; SQLite in memory without).

#include "support/object_suite.h"

#include <QTest>

using namespace schemawright;
using test::errorOf;
using test::kindOf;

namespace {

struct Item;
struct Box
{
    std::int64_t id = 0;
    std::string name;
    std::int64_t version = 0;
    std::vector<std::shared_ptr<Item>> items;
};
struct Label;
struct Item
{
    std::int64_t id = 0;
    std::string name;
    std::weak_ptr<Box> box;
    std::vector<std::shared_ptr<Label>> labels;
};
struct Label // a key that is given
{
    std::string word;
    std::string colour;
};

struct Office;
struct Stock;
struct City // a natural key that others refer to
{
    std::string code;
    std::string name;
    std::vector<std::shared_ptr<Office>> offices;
    std::vector<std::shared_ptr<Stock>> stocks;
};
struct Office
{
    std::int64_t id = 0;
    std::string name;
    std::weak_ptr<City> city;
};
struct Stock // its key holds the city's
{
    std::string city;
    std::string ware;
    std::int64_t amount = 0;
    std::weak_ptr<City> at;
};

MetaData world()
{
    MetaData m;
    m.add(TableBuilder("l_box")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("name", types::string(20))
              .notNull()
              .unique()
              .column("version", types::bigInteger())
              .notNull());
    m.add(TableBuilder("l_item")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("name", types::string(20))
              .notNull()
              .column("box_id", types::bigInteger())
              .references("l_box"));
    m.add(TableBuilder("l_label")
              .column("word", types::string(20))
              .primaryKey()
              .notNull()
              .column("colour", types::string(20)));
    m.add(TableBuilder("l_item_label")
              .column("item_id", types::bigInteger())
              .primaryKey()
              .references("l_item")
              .column("word", types::string(20))
              .primaryKey()
              .references("l_label"));
    m.add(TableBuilder("l_city")
              .column("code", types::string(5))
              .primaryKey()
              .notNull()
              .column("name", types::string(20)));
    m.add(TableBuilder("l_office")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("name", types::string(20))
              .column("city", types::string(5))
              .references("l_city")
              .onUpdate("CASCADE"));
    m.add(TableBuilder("l_stock")
              .column("city", types::string(5))
              .primaryKey()
              .references("l_city")
              .onUpdate("CASCADE")
              .column("ware", types::string(20))
              .primaryKey()
              .column("amount", types::bigInteger())
              .notNull());
    return m;
}

Mappings mapped(bool deletesOrphans = true)
{
    const MetaData metadata = world();
    Mappings m(metadata);
    m.map<Box>("l_box")
        .key("id", &Box::id)
        .field("name", &Box::name)
        .version("version", &Box::version)
        .oneToMany("items", &Box::items, "box",
                   {.saveUpdate = true, .remove = deletesOrphans, .removeOrphan = deletesOrphans});
    m.map<Item>("l_item")
        .key("id", &Item::id)
        .field("name", &Item::name)
        .manyToOne("box", &Item::box, {"box_id"})
        .manyToMany("labels", &Item::labels, metadata.table({"", "l_item_label"}), {"item_id"}, {"word"});
    m.map<Label>("l_label").key("word", &Label::word).field("colour", &Label::colour);
    m.map<City>("l_city")
        .key("code", &City::code)
        .field("name", &City::name)
        .oneToMany("offices", &City::offices, "city")
        .oneToMany("stocks", &City::stocks, "at", {.saveUpdate = true, .remove = true});
    m.map<Office>("l_office")
        .key("id", &Office::id)
        .field("name", &Office::name)
        .manyToOne("city", &Office::city, {"city"});
    m.map<Stock>("l_stock")
        .key("city", &Stock::city)
        .key("ware", &Stock::ware)
        .field("amount", &Stock::amount)
        .manyToOne("at", &Stock::at, {"city"});
    return m;
}

std::shared_ptr<Box> box(std::string name, std::vector<std::string> items = {})
{
    auto made = std::make_shared<Box>();
    made->name = std::move(name);
    for (std::string &each : items) {
        made->items.push_back(std::make_shared<Item>());
        made->items.back()->name = std::move(each);
    }
    return made;
}
std::shared_ptr<Label> label(std::string word, std::string colour = "red")
{
    return std::make_shared<Label>(Label{std::move(word), std::move(colour)});
}

} // namespace

class tst_ObjectLife : public QObject, private test::ObjectSuite
{
    Q_OBJECT

private:
    Mappings mappings_ = mapped();

    QString items()
    {
        return rows("SELECT i.name, b.name FROM l_item i LEFT JOIN l_box b ON b.id = i.box_id ORDER BY i.name");
    }
    QString labels()
    {
        return rows("SELECT i.name, l.word FROM l_item i JOIN l_item_label l ON l.item_id = i.id ORDER BY 1, 2");
    }

private Q_SLOTS:
    void initTestCase() { start("object_life"); }
    void cleanupTestCase() { stop(); }
    void init() { open(world()); }
    void cleanup() { close(); }

    void statesOneByOne_data() { databases_->addRows(); }
    void statesOneByOne()
    {
        const auto one = box("one"), two = box("two");
        {
            ObjectSession session(*connection_, mappings_);
            QCOMPARE(session.state(one), ObjectState::Transient);
            session.add(one);
            session.add(two);
            QCOMPARE(session.state(one), ObjectState::Pending);
            QCOMPARE(session.newObjects<Box>().size(), std::size_t{2});
            session.expunge(two); // never was a row
            QCOMPARE(session.state(two), ObjectState::Transient);
            QCOMPARE(session.newCount(), std::size_t{1});
            session.flush();
            QCOMPARE(session.state(one), ObjectState::Persistent);
            QCOMPARE(session.newCount(), std::size_t{0});
            one->name = "other";
            QVERIFY(session.isDirty(one));
            QCOMPARE(session.dirtyObjects<Box>().size(), std::size_t{1});
            session.remove(one);
            QCOMPARE(session.state(one), ObjectState::Deleted);
            QCOMPARE(session.deletedObjects<Box>().size(), std::size_t{1});
            QCOMPARE(session.dirtyCount(), std::size_t{0});
            session.add(one); // no, stay
            QCOMPARE(session.state(one), ObjectState::Persistent);
            QCOMPARE(session.deletedCount(), std::size_t{0});
            session.commit();
            QCOMPARE(rows("SELECT name FROM l_box"), QStringLiteral("other|"));
            session.expunge(one);
            QCOMPARE(session.state(one), ObjectState::Detached);
            one->name = "nobody looks";
            session.commit();
            QCOMPARE(rows("SELECT name FROM l_box"), QStringLiteral("other|"));
            session.add(one); // known again, and what was changed meanwhile is written
            QCOMPARE(session.state(one), ObjectState::Persistent);
            QVERIFY(session.isDirty(one));
            session.rollback();
            QCOMPARE(one->name, std::string("other"));
            session.expunge(one);
            const auto again = session.get<Box>(Value(one->id));
            QVERIFY(again && again != one);
            QCOMPARE(kindOf([&] { session.add(one); }), std::optional(ErrorKind::Misuse)); // there is another for its row
            session.remove(again);
            session.flush();
            QCOMPARE(session.state(again), ObjectState::Deleted);
            QVERIFY(!session.get<Box>(Value(one->id)));
            // Within the transaction it is neither here nor there.
            QCOMPARE(kindOf([&] { session.add(again); }), std::optional(ErrorKind::Misuse));
            session.commit();
            QCOMPARE(session.state(again), ObjectState::Detached);
            session.add(again); // a new row with the same key
            session.commit();
            QCOMPARE(rows("SELECT name FROM l_box"), QStringLiteral("other|"));
            QCOMPARE(session.state(again), ObjectState::Persistent);
        }
        ObjectSession other(*connection_, mappings_);
        QCOMPARE(other.state(one), ObjectState::Transient); // another session knows nothing of it
        QCOMPARE(kindOf([&] { other.remove(one); }), std::optional(ErrorKind::Misuse));
        QCOMPARE(kindOf([&] { other.refresh(one); }), std::optional(ErrorKind::Misuse));
        QCOMPARE(kindOf([&] { other.expire(one); }), std::optional(ErrorKind::Misuse));
    }

    void theSameRowIsTheSameObjectWhileItIsHeld_data() { databases_->addRows(); }
    void theSameRowIsTheSameObjectWhileItIsHeld()
    {
        ObjectSession session(*connection_, mappings_);
        session.add(box("one"));
        session.commit();
        std::weak_ptr<Box> watched;
        {
            const auto one = session.select<Box>().one();
            QVERIFY(session.select<Box>().one() == one && session.get<Box>(Value(one->id)) == one);
            watched = one;
        }
        QVERIFY(watched.expired()); // the session holds none
        const auto again = session.select<Box>().one();
        QCOMPARE(again->name, std::string("one"));
        // A query that meets it keeps what was changed in it.
        {
            const auto off = session.noAutoflush();
            again->name = "mine";
            QVERIFY(session.select<Box>().one() == again);
            QCOMPARE(again->name, std::string("mine"));
            QCOMPARE(rows("SELECT name FROM l_box"), QStringLiteral("one|"));
        }
        session.select<Box>().one(); // flushes
        QCOMPARE(rows("SELECT name FROM l_box"), QStringLiteral("mine|"));
    }

    void whatWasRemovedLeavesTheLists_data() { databases_->addRows(); }
    void whatWasRemovedLeavesTheLists()
    {
        for (const bool deletesOrphans : {true, false}) {
            Mappings mappings = mapped(deletesOrphans);
            ObjectSession session(*connection_, mappings);
            const auto one = box("one", {"a", "b", "c"});
            const auto red = label("red"), blue = label("blue");
            one->items[0]->labels = {red, blue};
            session.add(one);
            session.commit();
            session.remove(one->items[1]);
            session.remove(red); // which only the item's list knows
            session.commit();
            QCOMPARE(items(), QStringLiteral("a one|c one|"));
            QCOMPARE(labels(), QStringLiteral("a blue|"));
            // It is gone from memory too, and does not come back with its owner.
            QCOMPARE(one->items.size(), std::size_t{2});
            QCOMPARE(one->items[0]->labels.size(), std::size_t{1});
            one->version = one->version;
            session.commit();
            QCOMPARE(items(), QStringLiteral("a one|c one|"));
            QVERIFY(session.changes().empty());
            // Taken back, it is in the list again.
            const auto first = one->items[0];
            session.remove(first);
            session.flush();
            QCOMPARE(one->items.size(), std::size_t{1});
            session.rollback();
            QCOMPARE(one->items.size(), std::size_t{2});
            QVERIFY(session.changes().empty());
            session.remove(one);
            for (const auto &each : one->items)
                if (!deletesOrphans)
                    session.remove(each);
            session.remove(blue);
            session.commit();
            QCOMPARE(items(), QString());
            QCOMPARE(fact("SELECT count(*) FROM l_label"), Value(0));
        }
    }

    void fromOwnerToOwner_data() { databases_->addRows(); }
    void fromOwnerToOwner()
    {
        ObjectSession session(*connection_, mappings_);
        const auto one = box("one", {"a", "b"}), two = box("two", {"c"});
        session.add(one);
        session.add(two);
        session.commit();
        // From list to list, in both directions: they are no orphans.
        const auto a = one->items[0], c = two->items[0];
        one->items.erase(one->items.begin());
        two->items.push_back(a);
        session.commit();
        QCOMPARE(items(), QStringLiteral("a two|b one|c two|"));
        two->items.erase(two->items.begin());
        one->items.push_back(c);
        session.commit();
        QCOMPARE(items(), QStringLiteral("a two|b one|c one|"));
        QVERIFY(c->box.lock() == one && a->box.lock() == two);
        // By the side that refers.
        c->box = two;
        session.commit();
        QCOMPARE(items(), QStringLiteral("a two|b one|c two|"));
        QCOMPARE(one->items.size(), std::size_t{1});
        QCOMPARE(two->items.size(), std::size_t{2});
        // To none by either side: orphans, which go.
        two->items.erase(two->items.begin());
        const auto last = two->items.front();
        last->box.reset();
        session.commit();
        QCOMPARE(items(), QStringLiteral("b one|"));
        QVERIFY(two->items.empty());
        // Out of a list and into that of a new owner, who is added by nobody else.
        const auto b = one->items[0];
        one->items.clear();
        const auto three = box("three");
        three->items = {b};
        session.add(three);
        session.commit();
        QCOMPARE(items(), QStringLiteral("b three|"));
        // The old owner goes in the same flush; what left it stays.
        three->items.clear();
        one->items = {b};
        session.remove(three);
        session.commit();
        QCOMPARE(items(), QStringLiteral("b one|"));
        QCOMPARE(fact("SELECT count(*) FROM l_box"), Value(2));
    }

    void aPartIsTakenBackWithItsRelationships_data() { databases_->addRows(); }
    void aPartIsTakenBackWithItsRelationships()
    {
        ObjectSession session(*connection_, mappings_);
        const auto one = box("one", {"a", "b"}), two = box("two");
        const auto red = label("red");
        one->items[0]->labels = {red};
        session.add(one);
        session.add(two);
        session.commit();
        const auto a = one->items[0], b = one->items[1];
        {
            auto outer = session.nested();
            one->items = {b};
            two->items = {a};
            a->labels = {label("blue")};
            session.flush();
            QCOMPARE(items(), QStringLiteral("a two|b one|"));
            {
                auto inner = session.nested();
                session.remove(b);
                two->items.push_back(std::make_shared<Item>());
                two->items.back()->name = "new";
                a->labels.clear();
                session.flush();
                QCOMPARE(items(), QStringLiteral("a two|new two|"));
                QCOMPARE(labels(), QString());
            } // its end takes it back
            QCOMPARE(items(), QStringLiteral("a two|b one|"));
            QCOMPARE(labels(), QStringLiteral("a blue|"));
            QVERIFY(one->items == std::vector{b} && two->items == std::vector{a} && a->box.lock() == two);
            QCOMPARE(a->labels.at(0)->word, std::string("blue"));
            QCOMPARE(session.state(b), ObjectState::Persistent);
            QVERIFY(session.changes().empty());
            outer.rollback();
        }
        QVERIFY((one->items == std::vector{a, b}) && two->items.empty() && a->box.lock() == one);
        QVERIFY(a->labels == std::vector{red});
        QVERIFY(session.changes().empty());
        session.commit();
        QCOMPARE(items(), QStringLiteral("a one|b one|"));
        QCOMPARE(labels(), QStringLiteral("a red|"));
        QCOMPARE(fact("SELECT count(*) FROM l_label"), Value(1));
    }

    void whatFailsInAPartLeavesTheRest_data() { databases_->addRows(); }
    void whatFailsInAPartLeavesTheRest()
    {
        ObjectSession session(*connection_, mappings_);
        session.add(box("taken"));
        session.commit();
        // As a list is taken in, of which some are there already.
        std::vector<std::shared_ptr<Box>> kept;
        for (const char *name : {"one", "taken", "two", "taken", "three"}) {
            const auto each = box(name, {std::string("in ") + name});
            auto part = session.nested();
            session.add(each);
            const auto error = errorOf([&] { part.commit(); });
            if (std::string(name) == "taken") {
                QVERIFY(error);
                QCOMPARE(error->kind, ErrorKind::Constraint);
                QCOMPARE(session.state(each), ObjectState::Transient);
                QCOMPARE(each->id, std::int64_t{0});
            } else {
                QVERIFY2(!error, error ? error->describe().c_str() : "");
                kept.push_back(each);
            }
        }
        kept[0]->name = "first";
        session.commit();
        QCOMPARE(rows("SELECT name FROM l_box ORDER BY id"), QStringLiteral("taken|first|two|three|"));
        QCOMPARE(items(), QStringLiteral("in one first|in three three|in two two|"));
        // By a flush of its own, or by a query's; the part is over then, and what follows is of the part around it.
        {
            auto outer = session.nested();
            kept[1]->name = "second";
            {
                auto inner = session.nested();
                kept[2]->name = "taken";
                QCOMPARE(kindOf([&] { session.select<Box>().all(); }), std::optional(ErrorKind::Constraint));
                QCOMPARE(kept[2]->name, std::string("three"));
                QCOMPARE(kept[1]->name, std::string("second"));
                QCOMPARE(kindOf([&] { inner.commit(); }), std::optional(ErrorKind::Misuse));
            }
            kept[2]->name = "third";
            outer.commit();
        }
        session.commit();
        QCOMPARE(rows("SELECT name FROM l_box ORDER BY id"), QStringLiteral("taken|first|second|third|"));
        // Without one everything goes.
        kept[0]->name = "lost";
        session.flush();
        kept[1]->name = "taken";
        QCOMPARE(kindOf([&] { session.flush(); }), std::optional(ErrorKind::Constraint));
        QCOMPARE(kept[0]->name, std::string("first"));
        // Parts that are open when the whole ends are over.
        {
            auto part = session.nested();
            kept[0]->name = "kept";
            session.commit();
            QCOMPARE(kindOf([&] { part.commit(); }), std::optional(ErrorKind::Misuse));
        }
        QCOMPARE(kept[0]->name, std::string("kept"));
        {
            auto part = session.nested();
            kept[0]->name = "gone";
            session.flush();
            session.rollback();
            part.rollback(); // nothing is left of it
        }
        QCOMPARE(rows("SELECT name FROM l_box ORDER BY id"), QStringLiteral("taken|kept|second|third|"));
        QCOMPARE(kept[0]->name, std::string("kept"));
    }

    void withinATransactionOfTheProgram_data() { databases_->addRows(); }
    void withinATransactionOfTheProgram()
    {
        const auto one = box("one"), two = box("two");
        {
            Transaction transaction = connection_->begin();
            connection_->execute("INSERT INTO l_label (word) VALUES ('mine')");
            ObjectSession session(*connection_, mappings_);
            session.add(one);
            session.commit(); // its own part
            two->name = "one";
            session.add(two);
            QCOMPARE(kindOf([&] { session.commit(); }), std::optional(ErrorKind::Constraint));
            two->name = "two";
            session.add(two);
            session.flush();
            session.rollback();
            QCOMPARE(rows("SELECT name FROM l_box"), QStringLiteral("one|"));
            QCOMPARE(fact("SELECT count(*) FROM l_label"), Value(1)); // what the program did stays
            QVERIFY(connection_->inTransaction());
            one->name = "first";
            session.flush();
            transaction.commit(); // and the session with it
            one->name = "second";
            session.commit();
        }
        QCOMPARE(rows("SELECT name FROM l_box"), QStringLiteral("second|"));
        {
            Transaction transaction = connection_->begin();
            ObjectSession session(*connection_, mappings_);
            session.add(two);
            session.commit();
        } // which nobody committed
        QCOMPARE(rows("SELECT name FROM l_box"), QStringLiteral("second|"));
    }

    void readAgainAmidChanges_data() { databases_->addRows(); }
    void readAgainAmidChanges()
    {
        ObjectSession session(*connection_, mappings_);
        const auto one = box("one", {"a", "b"});
        session.add(one);
        session.commit();
        const auto a = one->items[0];
        connection_->execute("UPDATE l_box SET name = 'theirs', version = 5");
        // Refresh forgets what was changed, in members and in relationships.
        one->name = "mine";
        one->items = {a};
        session.refresh(one);
        QCOMPARE(one->name, std::string("theirs"));
        session.load(one, "items");
        QCOMPARE(one->items.size(), std::size_t{2});
        QVERIFY(session.changes().empty());
        // Expire as well, when the row is met next.
        one->name = "mine";
        session.expire(one);
        connection_->execute("UPDATE l_box SET name = 'theirs again'");
        QVERIFY(session.get<Box>(Value(one->id)) == one);
        QCOMPARE(one->name, std::string("theirs again"));
        session.expireAll();
        a->name = "not written";
        session.commit();
        QCOMPARE(session.select<Item>().where(session.column(&Item::name) == "a").one(), a);
        QCOMPARE(a->name, std::string("a"));
        QVERIFY(a->box.lock() == one || a->box.expired());
        // What was expired and is removed by others is gone for get(), and told by refresh().
        connection_->execute("DELETE FROM l_item WHERE name = 'a'");
        session.expire(a);
        QVERIFY(!session.get<Item>(Value(a->id)));
        QCOMPARE(kindOf([&] { session.refresh(a); }), std::optional(ErrorKind::NotFound));
        // A reference that others have changed is not written back.
        const auto two = box("two");
        session.add(two);
        session.commit();
        const auto c = session.select<Item>().one();
        session.load(c, "box");
        QVERIFY(c->box.lock() == one);
        connection_->execute("UPDATE l_item SET box_id = " + std::to_string(two->id));
        session.expire(c);
        QVERIFY(session.get<Item>(Value(c->id)) == c);
        session.commit();
        QCOMPARE(items(), QStringLiteral("b two|"));
        session.load(c, "box");
        QVERIFY(c->box.lock() == two);
        // Removing what was expired.
        const auto b = session.select<Item>().one();
        session.expire(b);
        session.remove(b);
        session.commit();
        QCOMPARE(items(), QString());
    }

    void mergesWhatComesFromElsewhere_data() { databases_->addRows(); }
    void mergesWhatComesFromElsewhere()
    {
        std::shared_ptr<Box> outside;
        {
            ObjectSession first(*connection_, mappings_);
            outside = box("one", {"a", "b"});
            outside->items[0]->labels = {label("red"), label("blue")};
            first.add(outside);
            first.commit();
        } // detached
        outside->name = "edited";
        outside->items[1]->name = "b edited";
        outside->items[0]->labels[1]->colour = "dark";
        outside->items.push_back(std::make_shared<Item>());
        outside->items.back()->name = "c";
        ObjectSession session(*connection_, mappings_);
        const auto mine = session.merge(*outside);
        QVERIFY(mine != outside && mine->items.size() == 3);
        QVERIFY(mine->items[0]->box.lock() == mine || mine->items[0]->box.expired());
        session.commit();
        QCOMPARE(rows("SELECT name FROM l_box"), QStringLiteral("edited|"));
        QCOMPARE(items(), QStringLiteral("a edited|b edited edited|c edited|"));
        QCOMPARE(labels(), QStringLiteral("a blue|a red|"));
        QCOMPARE(rows("SELECT word, colour FROM l_label ORDER BY word"), QStringLiteral("blue dark|red red|"));
        QVERIFY(mine->items[2]->id > 0);
        QCOMPARE(outside->items[2]->id, std::int64_t{0}); // which is the program's, and untouched
        // One whose version is an old one is told, not written over.
        connection_->execute("UPDATE l_box SET version = version + 1");
        outside->name = "late";
        ObjectSession late(*connection_, mappings_);
        QCOMPARE(kindOf([&] {
                     late.merge(*outside);
                     late.commit();
                 }),
                 std::optional(ErrorKind::Conflict));
        QCOMPARE(rows("SELECT name FROM l_box"), QStringLiteral("edited|"));
        // Merging what is equal writes nothing.
        late.rollback();
        const auto item = late.select<Item>().where(late.column(&Item::name) == "a").one();
        late.merge(*item);
        QVERIFY(late.changes().empty());
    }

    void versionsUnderBulkChanges_data() { databases_->addRows(); }
    void versionsUnderBulkChanges()
    {
        ObjectSession session(*connection_, mappings_);
        const auto one = box("one"), two = box("two");
        session.add(one);
        session.add(two);
        session.commit();
        Engine engine = Engine::open(databases_->current());
        // By a condition: the version grows, so that whoever read the row before is told.
        QCOMPARE(session.update<Box>(session.column(&Box::name) == "one", {{"name", Value("first")}}), 1);
        QCOMPARE(one->name, std::string("first"));
        QCOMPARE(one->version, std::int64_t{2});
        QCOMPARE(two->version, std::int64_t{1});
        session.commit();
        one->name = "mine";
        session.commit(); // and knows its own
        QCOMPARE(one->version, std::int64_t{3});
        // A version that is given is the one.
        session.update<Box>(session.column(&Box::name) == "mine", {{"version", Value(40)}});
        QCOMPARE(one->version, std::int64_t{40});
        // By key: the version is asked for, and grows.
        std::vector<Box> changed{*one, *two};
        changed[0].name = "bulk one";
        changed[1].name = "bulk two";
        session.updateAll(std::span<const Box>(changed));
        QCOMPARE(one->name, std::string("bulk one"));
        QCOMPARE(one->version, std::int64_t{41});
        QCOMPARE(two->version, std::int64_t{2});
        session.commit();
        QCOMPARE(kindOf([&] { session.updateAll(std::span<const Box>(changed)); }), // with the versions of before
                 std::optional(ErrorKind::Conflict));
        session.rollback();
        QCOMPARE(rows("SELECT name, version FROM l_box ORDER BY id"), QStringLiteral("bulk one 41|bulk two 2|"));
    }

    void bulkChangesLeaveReferencesAlone_data() { databases_->addRows(); }
    void bulkChangesLeaveReferencesAlone()
    {
        ObjectSession session(*connection_, mappings_);
        const auto one = box("one", {"a", "b"});
        session.add(one);
        session.commit();
        std::vector<Item> plain(2);
        for (std::size_t i = 0; i < 2; ++i) {
            plain[i].id = one->items[i]->id;
            plain[i].name = "plain " + std::to_string(i);
        }
        session.updateAll(std::span<const Item>(plain)); // which says nothing of the box
        QCOMPARE(items(), QStringLiteral("plain 0 one|plain 1 one|"));
        std::vector<Item> more(1);
        more[0].name = "more";
        more[0].box = one;
        session.insertAll(std::span<const Item>(more));
        QCOMPARE(items(), QStringLiteral("more one|plain 0 one|plain 1 one|"));
        // Nor does an UPDATE of them leave objects at where they were.
        const auto two = box("two");
        session.add(two);
        session.flush();
        QCOMPARE(session.update<Item>(session.column(&Item::name) == "plain 1", {{"box_id", Value(two->id)}}), 1);
        session.commit();
        QCOMPARE(items(), QStringLiteral("more one|plain 0 one|plain 1 two|"));
        QCOMPARE(one->items.size(), std::size_t{1});
        QCOMPARE(two->items.size(), std::size_t{1});
        QVERIFY(two->items[0]->box.lock() == two && two->items[0]->name == "plain 1");
        session.update<Item>(session.column(&Item::name) == "plain 1", {{"box_id", Value(one->id)}});
        session.rollback();
        QCOMPARE(two->items.size(), std::size_t{1});
        QVERIFY(two->items[0]->box.lock() == two);
        QCOMPARE(one->items.size(), std::size_t{1});
        QVERIFY(session.changes().empty());
        session.update<Item>(session.column(&Item::name) == "plain 1", {{"box_id", Value(one->id)}});
        QCOMPARE(session.deleteWhere<Item>(session.column(&Item::name) == "plain 0"), 1);
        session.commit();
        QCOMPARE(items(), QStringLiteral("more one|plain 1 one|"));
        session.refresh(one);
        session.load(one, "items");
        QCOMPARE(one->items.size(), std::size_t{2});
        QVERIFY(session.changes().empty());
    }

    void keysThatOthersReferTo_data() { databases_->addRows(); }
    void keysThatOthersReferTo()
    {
        ObjectSession session(*connection_, mappings_);
        const auto city = std::make_shared<City>(City{"ber", "Berlin", {}, {}});
        city->offices = {std::make_shared<Office>()};
        city->offices[0]->name = "north";
        city->stocks = {std::make_shared<Stock>(), std::make_shared<Stock>()};
        city->stocks[0]->ware = "tea";
        city->stocks[1]->ware = "salt";
        session.add(city);
        session.commit();
        const std::string all = "SELECT c.code, b.name FROM l_office b JOIN l_city c ON c.code = b.city";
        const std::string stocks = "SELECT city, ware, amount FROM l_stock ORDER BY ware";
        QCOMPARE(rows(all), QStringLiteral("ber north|"));
        QCOMPARE(rows(stocks), QStringLiteral("ber salt 0|ber tea 0|"));
        // The database hands a new key on; the objects have it.
        city->code = "bln";
        session.commit();
        QCOMPARE(rows(all), QStringLiteral("bln north|"));
        QCOMPARE(rows(stocks), QStringLiteral("bln salt 0|bln tea 0|"));
        QCOMPARE(city->stocks[0]->city, std::string("bln"));
        QVERIFY(session.get<City>(Value("bln")) == city && !session.get<City>(Value("ber")));
        QVERIFY(session.get<Stock>({Value("bln"), Value("tea")}) == city->stocks[0]);
        QVERIFY(session.changes().empty());
        city->stocks[0]->amount = 7; // found by the key that it has now
        city->offices[0]->name = "south";
        session.commit();
        QCOMPARE(rows(stocks), QStringLiteral("bln salt 0|bln tea 7|"));
        // A new key and a change of a dependant in one flush.
        city->code = "b";
        city->stocks[0]->amount = 8;
        city->offices[0]->name = "west";
        session.commit();
        QCOMPARE(rows(stocks), QStringLiteral("b salt 0|b tea 8|"));
        QCOMPARE(rows(all), QStringLiteral("b west|"));
        city->code = "x";
        session.flush();
        session.rollback();
        QCOMPARE(city->code, std::string("b"));
        QCOMPARE(city->stocks[0]->city, std::string("b"));
        QVERIFY(session.changes().empty());
        session.remove(city);
        session.remove(city->offices[0]);
        session.commit();
        QCOMPARE(rows(stocks), QString());
    }

    void whoIsReferredToAndNotKnown_data() { databases_->addRows(); }
    void whoIsReferredToAndNotKnown()
    {
        Mappings mappings(world());
        mappings.map<Box>("l_box").key("id", &Box::id).field("name", &Box::name).version("version", &Box::version);
        mappings.map<Item>("l_item")
            .key("id", &Item::id)
            .field("name", &Item::name)
            .manyToOne("box", &Item::box, {"box_id"}, {.saveUpdate = false});
        ObjectSession session(*connection_, mappings);
        const auto one = box("one");
        const auto item = std::make_shared<Item>();
        item->name = "a";
        item->box = one;
        session.add(item);
        const auto error = errorOf([&] { session.commit(); }); // nobody added the box
        QVERIFY(error);
        QCOMPARE(error->kind, ErrorKind::Misuse);
        QVERIFY2(error->message.find("box") != std::string::npos, error->message.c_str());
        QCOMPARE(fact("SELECT count(*) FROM l_item"), Value(0));
        session.add(item);
        session.add(one);
        session.commit();
        QCOMPARE(items(), QStringLiteral("a one|"));
    }

    void eventsMayChangeWhatIsWritten_data() { databases_->addRows(); }
    void eventsMayChangeWhatIsWritten()
    {
        std::string told;
        Mappings mappings(world());
        mappings.map<Label>("l_label")
            .key("word", &Label::word)
            .field("colour", &Label::colour)
            .beforeInsert([&](Label &each) {
                told += "before insert " + each.word + "|";
                each.colour = "pale " + each.colour;
            })
            .afterInsert([&](Label &each) { told += "after insert " + each.word + "|"; })
            .beforeUpdate([&](Label &each) {
                told += "before update " + each.word + "|";
                each.colour += "!";
            })
            .afterUpdate([&](Label &each) { told += "after update " + each.colour + "|"; })
            .beforeDelete([&](Label &each) { told += "before delete " + each.word + "|"; })
            .afterDelete([&](Label &each) { told += "after delete " + each.word + "|"; })
            .afterLoad([&](Label &each) { told += "load " + each.word + "|"; });
        {
            ObjectSession session(*connection_, mappings);
            session.beforeFlush.push_back([&](ObjectSession &each) {
                told += "before flush|";
                if (each.newCount() == 1) // one more, seen by the same flush
                    each.add(label("audit"));
            });
            session.afterFlush.push_back([&](ObjectSession &each) {
                told += "after flush " + std::to_string(each.newCount() + each.dirtyCount()) + "|";
            });
            const auto red = label("red");
            session.add(red);
            session.commit();
            QCOMPARE(QString::fromStdString(told),
                     QStringLiteral("before flush|before insert red|before insert audit|after insert red|after insert "
                                    "audit|after flush 0|"));
            QCOMPARE(rows("SELECT word, colour FROM l_label ORDER BY word"), QStringLiteral("audit pale red|red pale red|"));
            told.clear();
            session.commit(); // nothing to do, nothing to tell
            QCOMPARE(QString::fromStdString(told), QString());
            red->colour = "deep";
            session.commit();
            QCOMPARE(QString::fromStdString(told),
                     QStringLiteral("before flush|before update red|after update deep!|after flush 0|"));
        }
        told.clear();
        ObjectSession session(*connection_, mappings);
        const auto red = session.get<Label>(Value("red"));
        session.get<Label>(Value("red")); // from memory
        QCOMPARE(QString::fromStdString(told), QStringLiteral("load red|"));
        session.refresh(red);
        QCOMPARE(QString::fromStdString(told), QStringLiteral("load red|load red|"));
        told.clear();
        session.remove(red);
        session.commit();
        QCOMPARE(QString::fromStdString(told), QStringLiteral("before delete red|after delete red|"));
        // An event that throws stops the flush, and nothing of it is left.
        mappings.map<Box>("l_box")
            .key("id", &Box::id)
            .field("name", &Box::name)
            .version("version", &Box::version)
            .afterInsert([](Box &) { throw Error(ErrorKind::Constraint, "not this one"); });
        ObjectSession strict(*connection_, mappings);
        strict.add(label("kept?"));
        strict.add(box("no"));
        QCOMPARE(kindOf([&] { strict.commit(); }), std::optional(ErrorKind::Constraint));
        QCOMPARE(rows("SELECT word FROM l_label"), QStringLiteral("audit|"));
        QCOMPARE(fact("SELECT count(*) FROM l_box"), Value(0));
    }
};

QTEST_GUILESS_MAIN(tst_ObjectLife)
#include "tst_object_life.moc"
