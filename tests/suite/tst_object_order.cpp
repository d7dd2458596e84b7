// The order in which a flush writes rows that take each other's unique values, on each database named in
// SCHEMAWRIGHT_TEST_URLS (separated by blanks; SQLite in memory without).

#include "support/object_suite.h"

#include <QTest>

using namespace schemawright;

namespace {

struct Room
{
    std::int64_t id = 0;
    std::string name;
};

struct Guest
{
    std::int64_t id = 0;
    std::string name;
    std::int64_t place = 0;
    std::string note;
    std::int64_t version = 0;
    std::shared_ptr<Room> room; ///< one guest to a room
};

struct Seat // a key of two columns, not counted
{
    std::string row;
    std::int64_t number = 0;
    std::string taker;
};

MetaData hotel()
{
    MetaData m;
    m.add(TableBuilder("sw_room").column("id", types::bigInteger()).primaryKey().column("name", types::text()));
    m.add(TableBuilder("sw_guest")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("name", types::string(40))
              .notNull()
              .unique()
              .column("place", types::bigInteger())
              .notNull()
              .unique()
              .column("note", types::text())
              .column("version", types::bigInteger())
              .notNull()
              .column("room_id", types::bigInteger())
              .unique()
              .references("sw_room"));
    m.add(TableBuilder("sw_seat")
              .column("row", types::string(10))
              .primaryKey()
              .column("number", types::bigInteger())
              .primaryKey()
              .column("taker", types::text())
              .notNull());
    return m;
}

Mappings mapped()
{
    Mappings m(hotel());
    m.map<Room>("sw_room").key("id", &Room::id).field("name", &Room::name);
    m.map<Guest>("sw_guest")
        .key("id", &Guest::id)
        .field("name", &Guest::name)
        .field("place", &Guest::place)
        .field("note", &Guest::note)
        .version("version", &Guest::version)
        .manyToOne("room", &Guest::room, {"room_id"});
    m.map<Seat>("sw_seat").key("row", &Seat::row).key("number", &Seat::number).field("taker", &Seat::taker);
    return m;
}

std::shared_ptr<Guest> guest(const char *name, std::int64_t place, std::shared_ptr<Room> room = {})
{
    auto made = std::make_shared<Guest>();
    made->name = name;
    made->place = place;
    made->room = std::move(room);
    return made;
}

std::shared_ptr<Room> room(const char *name)
{
    auto made = std::make_shared<Room>();
    made->name = name;
    return made;
}

std::shared_ptr<Seat> seat(const char *row, std::int64_t number, const char *taker)
{
    return std::make_shared<Seat>(Seat{row, number, taker});
}

} // namespace

class tst_ObjectOrder : public QObject, private test::ObjectSuite
{
    Q_OBJECT

private:
    Mappings mappings_ = mapped();

    QString guests() { return rows("SELECT name, place FROM sw_guest ORDER BY id"); }
    QString seats() { return rows("SELECT " + engine_->dialect().quote("row") + ", number, taker FROM sw_seat ORDER BY 1, 2"); }

private Q_SLOTS:
    void initTestCase() { start("object_order"); }
    void cleanupTestCase() { stop(); }
    void init() { open(hotel()); }
    void cleanup() { close(); }

    void swapsUniqueValues_data() { databases_->addRows(); }
    void swapsUniqueValues()
    {
        ObjectSession session(*connection_, mappings_);
        const auto ada = guest("Ada", 1), bob = guest("Bob", 2), cy = guest("Cy", 3);
        for (const auto &each : {ada, bob, cy})
            session.add(each);
        session.commit();
        std::swap(ada->name, bob->name);
        ada->note = "was Ada";
        session.commit();
        QCOMPARE(guests(), QStringLiteral("Bob 1|Ada 2|Cy 3|"));
        QCOMPARE(rows("SELECT note FROM sw_guest WHERE name = 'Bob'"), QStringLiteral("was Ada|"));
        QCOMPARE(ada->version, std::int64_t{2});
        QCOMPARE(cy->version, std::int64_t{1});
        QVERIFY(session.changes().empty());
        // A ring of three, in two columns, and once more what was swapped.
        const std::int64_t first = ada->place;
        ada->place = bob->place;
        bob->place = cy->place;
        cy->place = first;
        std::swap(ada->name, bob->name);
        session.commit();
        QCOMPARE(guests(), QStringLiteral("Ada 2|Bob 3|Cy 1|"));
        QCOMPARE(ada->version, std::int64_t{3});
        QCOMPARE(rows("SELECT version FROM sw_guest ORDER BY id"), QStringLiteral("3|3|2|"));
    }

    void writesChains_data() { databases_->addRows(); }
    void writesChains()
    {
        ObjectSession session(*connection_, mappings_);
        std::vector<std::shared_ptr<Guest>> all;
        for (int i = 0; i < 10; ++i) {
            all.push_back(guest(("g" + std::to_string(i)).c_str(), i));
            session.add(all.back());
        }
        session.commit();
        for (const auto &each : all) // each takes the place that the next one leaves, and a new one the first
            ++each->place;
        const auto late = guest("late", 0);
        session.add(late);
        session.commit();
        QCOMPARE(rows("SELECT name, place FROM sw_guest ORDER BY place"),
                 QStringLiteral("late 0|g0 1|g1 2|g2 3|g3 4|g4 5|g5 6|g6 7|g7 8|g8 9|g9 10|"));
        QVERIFY(late->id > 0);
        QVERIFY(session.get<Guest>(Value(late->id)) == late);
        QCOMPARE(session.state(late), ObjectState::Persistent);
        for (const auto &each : all) // and back
            --each->place;
        session.remove(late);
        session.commit();
        QCOMPARE(rows("SELECT count(*), min(place), max(place) FROM sw_guest"), QStringLiteral("10 0 9|"));
        QCOMPARE(session.state(late), ObjectState::Detached); // a row once
    }

    void takesWhatWasRemoved_data() { databases_->addRows(); }
    void takesWhatWasRemoved()
    {
        ObjectSession session(*connection_, mappings_);
        const auto ada = guest("Ada", 1, room("blue")), bob = guest("Bob", 2, room("red"));
        session.add(ada);
        session.add(bob);
        session.commit();
        // A new row with all that is unique of a removed one.
        session.remove(ada);
        const auto again = guest("Ada", 1, ada->room);
        session.add(again);
        session.commit();
        QCOMPARE(guests(), QStringLiteral("Bob 2|Ada 1|"));
        // Bob leaves a room that goes, and takes the name and the place of one who goes.
        session.remove(again);
        session.remove(bob->room);
        bob->room = again->room;
        bob->name = "Ada";
        bob->place = 1;
        session.commit();
        QCOMPARE(rows("SELECT g.name, place, r.name FROM sw_guest g JOIN sw_room r ON r.id = g.room_id"),
                 QStringLiteral("Ada 1 blue|"));
        QCOMPARE(rows("SELECT name FROM sw_room"), QStringLiteral("blue|"));
    }

    void swapsWhatIsReferredTo_data() { databases_->addRows(); }
    void swapsWhatIsReferredTo()
    {
        ObjectSession session(*connection_, mappings_);
        const auto ada = guest("Ada", 1, room("blue")), bob = guest("Bob", 2, room("red"));
        session.add(ada);
        session.add(bob);
        session.commit();
        std::swap(ada->room, bob->room);
        session.commit();
        const QString all =
            QStringLiteral("SELECT g.name, r.name FROM sw_guest g LEFT JOIN sw_room r ON r.id = g.room_id "
                           "ORDER BY g.id");
        QCOMPARE(rows(all.toStdString()), QStringLiteral("Ada red|Bob blue|"));
        // One goes to a room that is new, and the other takes hers, and a new one his.
        const auto cy = guest("Cy", 3, bob->room);
        bob->room = ada->room;
        ada->room = room("green");
        session.add(cy);
        session.commit();
        QCOMPARE(rows(all.toStdString()), QStringLiteral("Ada green|Bob red|Cy blue|"));
        QVERIFY(session.changes().empty());
        session.refresh(cy);
        session.load(cy, "room");
        QCOMPARE(cy->room->name, std::string("blue"));
    }

    void swapsKeys_data() { databases_->addRows(); }
    void swapsKeys()
    {
        ObjectSession session(*connection_, mappings_);
        const auto one = seat("a", 1, "Ada"), two = seat("a", 2, "Bob"), three = seat("b", 1, "Cy");
        for (const auto &each : {one, two, three})
            session.add(each);
        session.commit();
        std::swap(one->number, two->number);
        three->row = "c";
        session.add(seat("b", 1, "Di"));
        session.commit();
        QCOMPARE(seats(), QStringLiteral("a 1 Bob|a 2 Ada|b 1 Di|c 1 Cy|"));
        QVERIFY(session.get<Seat>({Value("a"), Value(2)}) == one);
        QVERIFY(session.get<Seat>({Value("a"), Value(1)}) == two);
        QVERIFY(session.get<Seat>({Value("c"), Value(1)}) == three);
        QVERIFY(session.changes().empty());
    }

    void takesItBack_data() { databases_->addRows(); }
    void takesItBack()
    {
        ObjectSession session(*connection_, mappings_);
        const auto ada = guest("Ada", 1), bob = guest("Bob", 2);
        const auto one = seat("a", 1, "Ada"), two = seat("a", 2, "Bob");
        session.add(ada);
        session.add(bob);
        session.add(one);
        session.add(two);
        session.commit();
        {
            auto nested = session.nested();
            std::swap(ada->name, bob->name);
            std::swap(one->number, two->number);
            session.flush();
            const auto cy = guest("Cy", 3);
            cy->place = ada->place;
            ada->place = bob->place;
            bob->place = 4;
            session.add(cy);
            session.flush();
            QCOMPARE(guests(), QStringLiteral("Bob 2|Ada 4|Cy 1|"));
            QVERIFY(session.get<Seat>({Value("a"), Value(2)}) == one);
            nested.rollback();
            QCOMPARE(cy->id, std::int64_t{0});
        }
        QCOMPARE(ada->name, std::string("Ada"));
        QCOMPARE(ada->place, std::int64_t{1});
        QCOMPARE(ada->version, std::int64_t{1});
        QVERIFY(session.get<Seat>({Value("a"), Value(1)}) == one);
        QCOMPARE(one->number, std::int64_t{1});
        QVERIFY(session.changes().empty());
        session.commit();
        QCOMPARE(guests(), QStringLiteral("Ada 1|Bob 2|"));
        QCOMPARE(seats(), QStringLiteral("a 1 Ada|a 2 Bob|"));
    }

    void givenKeysBesideMadeOnes_data() { databases_->addRows(); }
    void givenKeysBesideMadeOnes()
    {
        ObjectSession session(*connection_, mappings_);
        const auto first = room("first");
        session.add(first);
        session.commit();
        for (int round = 0; round < 2; ++round) { // the second with what relationships ask for
            const auto made = room("made"), given = room("given"), last = room("last");
            given->id = first->id + 1 + 4 * round; // which the database would make next
            session.add(made);
            session.add(given);
            session.add(last);
            if (round == 1)
                session.add(guest("Ada", 1, made));
            session.commit();
            QVERIFY(made->id != given->id && last->id != given->id && made->id < last->id);
            QVERIFY(session.get<Room>(Value(made->id)) == made);
            QCOMPARE(rows("SELECT name FROM sw_room WHERE id = " + std::to_string(given->id)),
                     QStringLiteral("given|"));
        }
        QCOMPARE(rows("SELECT count(*) FROM sw_room"), QStringLiteral("7|"));
    }

    void callsEventsOnce_data() { databases_->addRows(); }
    void callsEventsOnce()
    {
        std::string calls;
        Mappings mappings(hotel());
        mappings.map<Room>("sw_room").key("id", &Room::id).field("name", &Room::name);
        mappings.map<Guest>("sw_guest")
            .key("id", &Guest::id)
            .field("name", &Guest::name)
            .field("place", &Guest::place)
            .field("note", &Guest::note)
            .version("version", &Guest::version)
            .manyToOne("room", &Guest::room, {"room_id"})
            .beforeInsert([&](Guest &each) { calls += "+" + each.name + " "; })
            .afterInsert([&](Guest &each) { calls += each.id > 0 ? "inserted " : "no key "; })
            .beforeUpdate([&](Guest &each) {
                calls += "~" + each.name + " ";
                each.note = "moved";
            })
            .afterUpdate([&](Guest &each) { calls += "updated " + std::to_string(each.version) + " "; })
            .beforeDelete([&](Guest &each) { calls += "-" + each.name + " "; })
            .afterDelete([&](Guest &) { calls += "deleted "; });
        ObjectSession session(*connection_, mappings);
        const auto ada = guest("Ada", 1), bob = guest("Bob", 2), cy = guest("Cy", 3);
        for (const auto &each : {ada, bob, cy})
            session.add(each);
        session.commit();
        calls.clear();
        ada->place = 3;
        bob->place = 1;
        session.remove(cy);
        session.add(guest("Di", 2));
        session.commit();
        for (const char *part : {"-Cy ", "+Di ", "~Ada ", "~Bob ", "inserted ", "deleted "})
            QCOMPARE(QString::fromStdString(calls).count(QLatin1String(part)), 1);
        QCOMPARE(QString::fromStdString(calls).count(QLatin1String("updated 2 ")), 2);
        QCOMPARE(rows("SELECT name, place, note FROM sw_guest ORDER BY id"),
                 QStringLiteral("Ada 3 moved|Bob 1 moved|Di 2 |"));
    }

    /// Whichever way a flush writes: what an event adds or removes belongs to the same commit.
    void eventsMayAddOthers_data() { databases_->addRows(); }
    void eventsMayAddOthers()
    {
        ObjectSession *running = nullptr;
        std::shared_ptr<Guest> leaving;
        Mappings mappings(hotel());
        const auto addRooms = [&](const std::string &name) {
            for (int i = 0; i < 20; ++i) // more than a list of one has room for
                running->add(room((name + std::to_string(i)).c_str()));
        };
        mappings.map<Room>("sw_room").key("id", &Room::id).field("name", &Room::name);
        mappings.map<Guest>("sw_guest")
            .key("id", &Guest::id)
            .field("name", &Guest::name)
            .field("place", &Guest::place)
            .version("version", &Guest::version)
            .manyToOne("room", &Guest::room, {"room_id"})
            .beforeInsert([&](Guest &each) { addRooms("before " + each.name); })
            .afterInsert([&](Guest &each) { addRooms("after " + each.name); })
            .beforeDelete([&](Guest &each) {
                if (each.name == "Ada" && leaving)
                    running->remove(std::exchange(leaving, nullptr));
            });
        ObjectSession session(*connection_, mappings);
        running = &session;
        const auto ada = guest("Ada", 1), bob = guest("Bob", 2), cy = guest("Cy", 3);
        for (const auto &each : {ada, bob, cy})
            session.add(each);
        session.commit();
        QCOMPARE(session.newCount(), std::size_t{0});
        QCOMPARE(rows("SELECT count(*) FROM sw_room"), QStringLiteral("120|"));
        // By a plan, since one takes the place of another.
        leaving = cy;
        session.remove(ada);
        bob->place = 1;
        session.add(guest("Di", 2));
        session.commit();
        QCOMPARE(session.newCount() + session.deletedCount(), std::size_t{0});
        QCOMPARE(rows("SELECT count(*) FROM sw_room"), QStringLiteral("160|"));
        QCOMPARE(rows("SELECT name, place FROM sw_guest ORDER BY name"), QStringLiteral("Bob 1|Di 2|"));
    }

    void tellsOfAStaleRow_data() { databases_->addRows(); }
    void tellsOfAStaleRow()
    {
        ObjectSession session(*connection_, mappings_);
        const auto ada = guest("Ada", 1), bob = guest("Bob", 2);
        session.add(ada);
        session.add(bob);
        session.commit();
        connection_->execute("UPDATE sw_guest SET version = 9 WHERE name = 'Bob'").all();
        std::swap(ada->name, bob->name);
        try {
            session.flush();
            QFAIL("it was written over");
        } catch (const Error &error) {
            QCOMPARE(error.kind, ErrorKind::Conflict);
        }
        QCOMPARE(guests(), QStringLiteral("Ada 1|Bob 2|"));
        QCOMPARE(ada->name, std::string("Ada"));
    }
};

QTEST_GUILESS_MAIN(tst_ObjectOrder)
#include "tst_object_order.moc"
