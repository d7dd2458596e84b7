// Every kind of member and of relationship that a struct may have, on each database named in SCHEMAWRIGHT_TEST_URLS
// (separated by blanks; SQLite in memory without).

#include "support/object_suite.h"

#include <QTest>

#include <limits>

using namespace schemawright;
using test::errorOf;
using test::kindOf;

namespace {

enum class Colour { Red, Green };
enum class Grade : std::int8_t { Low = -1, High = 7 };
struct Money // told as cents
{
    std::int64_t cents = 0;
};
struct Inner
{
    std::string text;
    std::optional<std::int64_t> number;
};
struct Outer
{
    bool isOn = false;
    Inner inner;
};

struct Sample
{
    std::int64_t id = 0;
    bool truth = false;
    std::int8_t tiny = 0;
    std::uint32_t small = 0;
    std::uint64_t large = 0;
    std::int64_t whole = 0;
    float approximate = 0;
    double exact = 0;
    std::string text;
    Bytes bytes;
    Decimal price;
    Date day;
    Time time;
    DateTime moment;
    std::optional<std::string> note;
    std::optional<double> ratio;
    std::optional<Date> other;
    Colour colour = Colour::Red;
    std::optional<Colour> second;
    Grade grade = Grade::Low;
    std::optional<Grade> rank;
    Money money;
    std::optional<Money> tip;
    Outer outer;
    Value any;
};

struct Passport;
struct Traveller
{
    std::int64_t id = 0;
    std::string name;
    std::shared_ptr<Passport> passport;
};
struct Passport
{
    std::int64_t id = 0;
    std::string number;
    std::weak_ptr<Traveller> holder;
};

struct Node
{
    std::int64_t id = 0;
    std::string name;
    std::weak_ptr<Node> parent;
    std::vector<std::shared_ptr<Node>> children;
    std::vector<std::shared_ptr<Node>> likes; ///< a self-referencing association, both ways
    std::vector<std::shared_ptr<Node>> likedBy;
};

struct Machine;
struct Part;
struct Site // a key of two columns
{
    std::string country, code;
    std::string name;
    std::vector<std::shared_ptr<Machine>> machines;
    std::vector<std::shared_ptr<Part>> parts;
};
struct Machine
{
    std::int64_t id = 0;
    std::string name;
    std::weak_ptr<Site> site;
    Lazy<Site> reserve; ///< a second way to the same table
};
struct Part // its key has its site's in it
{
    std::string country, code;
    std::int64_t number = 0;
    std::string name;
    std::weak_ptr<Site> site;
};

struct Enrolment;
struct Course
{
    std::int64_t id = 0;
    std::string title;
};
struct Student
{
    std::int64_t id = 0;
    std::string name;
    std::vector<std::shared_ptr<Enrolment>> enrolments;
    std::vector<std::shared_ptr<Course>> courses; ///< the short way, for reading
};
struct Enrolment // an association with data of its own
{
    std::int64_t student = 0, course = 0;
    std::optional<std::int64_t> mark;
    std::weak_ptr<Student> of;
    std::shared_ptr<Course> in;
};

MetaData world()
{
    MetaData m;
    m.add(TableBuilder("k_sample")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("truth", types::boolean())
              .column("tiny", types::smallInteger())
              .column("small", types::bigInteger())
              .column("large", types::bigInteger())
              .column("whole", types::bigInteger())
              .column("approximate", types::doublePrecision())
              .column("exact", types::doublePrecision())
              .column("txt", types::text())
              .column("bytes", types::largeBinary())
              .column("price", types::numeric(20, 4))
              .column("day", types::date())
              .column("tm", types::time())
              .column("moment", types::dateTime())
              .column("note", types::text())
              .column("ratio", types::doublePrecision())
              .column("other", types::date())
              .column("colour", types::string(10))
              .column("second", types::string(10))
              .column("grade", types::smallInteger())
              .column("rank", types::smallInteger())
              .column("money", types::bigInteger())
              .column("tip", types::bigInteger())
              .column("o_on", types::boolean())
              .column("o_i_text", types::text())
              .column("o_i_number", types::bigInteger())
              .column("anything", types::text()));
    m.add(TableBuilder("k_traveller")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("name", types::text())
              .notNull());
    m.add(TableBuilder("k_passport")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("number", types::string(20))
              .notNull()
              .unique()
              .column("holder_id", types::bigInteger())
              .unique()
              .references("k_traveller"));
    m.add(TableBuilder("k_node")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("name", types::text())
              .notNull()
              .column("parent_id", types::bigInteger())
              .references("k_node"));
    m.add(TableBuilder("k_like")
              .column("who", types::bigInteger())
              .primaryKey()
              .references("k_node")
              .column("whom", types::bigInteger())
              .primaryKey()
              .references("k_node"));
    m.add(TableBuilder("k_site")
              .column("country", types::string(2))
              .column("code", types::string(10))
              .column("name", types::text())
              .primaryKey({"country", "code"}));
    m.add(TableBuilder("k_machine")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("name", types::text())
              .column("site_country", types::string(2))
              .column("site_code", types::string(10))
              .column("reserve_country", types::string(2))
              .column("reserve_code", types::string(10))
              .foreignKey({"site_country", "site_code"}, {"", "k_site"}, {"country", "code"})
              .foreignKey({"reserve_country", "reserve_code"}, {"", "k_site"}, {"country", "code"}));
    m.add(TableBuilder("k_part")
              .column("country", types::string(2))
              .column("code", types::string(10))
              .column("number", types::bigInteger())
              .column("name", types::text())
              .primaryKey({"country", "code", "number"})
              .foreignKey({"country", "code"}, {"", "k_site"}, {"country", "code"}));
    m.add(TableBuilder("k_course").column("id", types::bigInteger()).primaryKey().column("title", types::text()));
    m.add(TableBuilder("k_student").column("id", types::bigInteger()).primaryKey().column("name", types::text()));
    m.add(TableBuilder("k_enrolment")
              .column("student_id", types::bigInteger())
              .primaryKey()
              .references("k_student")
              .column("course_id", types::bigInteger())
              .primaryKey()
              .references("k_course")
              .column("mark", types::bigInteger()));
    return m;
}

Mappings mapped()
{
    const MetaData metadata = world();
    Mappings m(metadata);
    const auto toCents = [](const Money &money) { return Value(money.cents); };
    const auto fromCents = [](const Value &value) { return Money{value.get<std::int64_t>()}; };
    const std::map<Colour, std::string> colours{{Colour::Red, "red"}, {Colour::Green, "green"}};
    m.map<Sample>("k_sample")
        .key("id", &Sample::id)
        .field("truth", &Sample::truth)
        .field("tiny", &Sample::tiny)
        .field("small", &Sample::small)
        .field("large", &Sample::large)
        .field("whole", &Sample::whole)
        .field("approximate", &Sample::approximate)
        .field("exact", &Sample::exact)
        .field("txt", &Sample::text)
        .field("bytes", &Sample::bytes)
        .field("price", &Sample::price)
        .field("day", &Sample::day)
        .field("tm", &Sample::time)
        .field("moment", &Sample::moment)
        .field("note", &Sample::note)
        .field("ratio", &Sample::ratio)
        .field("other", &Sample::other)
        .enumeration("colour", &Sample::colour, colours)
        .enumeration("second", &Sample::second, colours)
        .field("grade", &Sample::grade)
        .field("rank", &Sample::rank)
        .field("money", &Sample::money, toCents, fromCents)
        .field("tip", &Sample::tip, toCents, fromCents)
        .embedded(&Sample::outer, "o_",
                  [](FieldMapper<Outer> &outer) {
                      outer.field("on", &Outer::isOn).embedded(&Outer::inner, "i_", [](FieldMapper<Inner> &inner) {
                          inner.field("text", &Inner::text).field("number", &Inner::number);
                      });
                  })
        .field("anything", &Sample::any);
    m.map<Traveller>("k_traveller")
        .key("id", &Traveller::id)
        .field("name", &Traveller::name)
        .oneToOne("passport", &Traveller::passport, "holder",
                  {.saveUpdate = true, .remove = true, .removeOrphan = true});
    m.map<Passport>("k_passport")
        .key("id", &Passport::id)
        .field("number", &Passport::number)
        .manyToOne("holder", &Passport::holder, {"holder_id"});
    m.map<Node>("k_node")
        .key("id", &Node::id)
        .field("name", &Node::name)
        .manyToOne("parent", &Node::parent, {"parent_id"})
        .oneToMany("children", &Node::children, "parent", {.saveUpdate = true, .remove = true})
        .manyToMany("likes", &Node::likes, metadata.table({"", "k_like"}), {"who"}, {"whom"})
        .manyToMany("likedBy", &Node::likedBy, metadata.table({"", "k_like"}), {"whom"}, {"who"});
    m.map<Site>("k_site")
        .key("country", &Site::country)
        .key("code", &Site::code)
        .field("name", &Site::name)
        .oneToMany("machines", &Site::machines, "site")
        .oneToMany("parts", &Site::parts, "site", {.saveUpdate = true, .remove = true, .removeOrphan = true});
    m.map<Machine>("k_machine")
        .key("id", &Machine::id)
        .field("name", &Machine::name)
        .manyToOne("site", &Machine::site, {"site_country", "site_code"})
        .manyToOne("reserve", &Machine::reserve, {"reserve_country", "reserve_code"});
    m.map<Part>("k_part")
        .key("country", &Part::country)
        .key("code", &Part::code)
        .key("number", &Part::number)
        .field("name", &Part::name)
        .manyToOne("site", &Part::site, {"country", "code"});
    m.map<Course>("k_course").key("id", &Course::id).field("title", &Course::title);
    m.map<Student>("k_student")
        .key("id", &Student::id)
        .field("name", &Student::name)
        .oneToMany("enrolments", &Student::enrolments, "of",
                   {.saveUpdate = true, .remove = true, .removeOrphan = true})
        .manyToMany("courses", &Student::courses, metadata.table({"", "k_enrolment"}), {"student_id"}, {"course_id"})
        .viewOnly();
    m.map<Enrolment>("k_enrolment")
        .key("student_id", &Enrolment::student)
        .key("course_id", &Enrolment::course)
        .field("mark", &Enrolment::mark)
        .manyToOne("of", &Enrolment::of, {"student_id"})
        .manyToOne("in", &Enrolment::in, {"course_id"});
    return m;
}

template <class T> std::shared_ptr<T> named(std::string name)
{
    auto made = std::make_shared<T>();
    made->name = std::move(name);
    return made;
}
std::shared_ptr<Site> site(std::string country, std::string code)
{
    auto made = std::make_shared<Site>();
    made->country = std::move(country);
    made->code = std::move(code);
    return made;
}
std::shared_ptr<Passport> passport(std::string number)
{
    auto made = std::make_shared<Passport>();
    made->number = std::move(number);
    return made;
}

Sample full()
{
    Sample s;
    s.truth = true;
    s.tiny = std::numeric_limits<std::int8_t>::min();
    s.small = std::numeric_limits<std::uint32_t>::max();
    s.large = 9223372036854775807u;
    s.whole = std::numeric_limits<std::int64_t>::min();
    s.approximate = 0.1f;
    s.exact = 5e-324;
    s.text = std::string("it's \\ \"quoted\" ä€𝄞\n");
    s.bytes.data = std::string("\0\xff'", 3);
    s.price = *Decimal::parse("12345.6789");
    s.day = *Date::parse("0001-01-01");
    s.time = *Time::parse("23:59:59.999999");
    s.moment = *DateTime::parse("2024-02-29 12:34:56.789012");
    s.note = "";
    s.ratio = -0.0;
    s.other = Date::parse("9999-12-31");
    s.colour = Colour::Green;
    s.second = Colour::Red;
    s.grade = Grade::High;
    s.rank = Grade::Low;
    s.money.cents = 199;
    s.tip = Money{0};
    s.outer = {true, {"deep", 5}};
    s.any = Value("any");
    return s;
}

} // namespace

class tst_ObjectKinds : public QObject, private test::ObjectSuite
{
    Q_OBJECT

private:
    Mappings mappings_ = mapped();

private Q_SLOTS:
    void initTestCase() { start("object_kinds"); }
    void cleanupTestCase() { stop(); }
    void init() { open(world()); }
    void cleanup() { close(); }

    void membersOfEachType_data() { databases_->addRows(); }
    void membersOfEachType()
    {
        const auto whole = std::make_shared<Sample>(full());
        const auto empty = std::make_shared<Sample>();
        empty->price = *Decimal::parse("0");
        empty->day = *Date::parse("2000-01-01");
        empty->time = *Time::parse("00:00:00");
        empty->moment = *DateTime::parse("2000-01-01 00:00:00");
        {
            ObjectSession session(*connection_, mappings_);
            session.add(whole);
            session.add(empty);
            session.commit();
            QVERIFY(session.changes().empty());
        }
        ObjectSession session(*connection_, mappings_);
        const auto read = session.get<Sample>(Value(whole->id));
        const Sample want = full();
        QCOMPARE(read->truth, true);
        QCOMPARE(read->tiny, want.tiny);
        QCOMPARE(read->small, want.small);
        QCOMPARE(read->large, want.large);
        QCOMPARE(read->whole, want.whole);
        QCOMPARE(read->approximate, want.approximate);
        QVERIFY(read->exact == want.exact);
        QCOMPARE(read->text, want.text);
        QVERIFY(read->bytes == want.bytes);
        QCOMPARE(read->price.text(), want.price.text());
        QVERIFY(read->day == want.day && read->time == want.time && read->moment == want.moment);
        QVERIFY(read->note == "" && read->other == want.other);
        QVERIFY(read->ratio && *read->ratio == 0.0);
        QVERIFY(read->colour == Colour::Green && read->second == Colour::Red);
        QVERIFY(read->grade == Grade::High && read->rank == Grade::Low);
        QCOMPARE(read->money.cents, std::int64_t{199});
        QVERIFY(read->tip && read->tip->cents == 0);
        QVERIFY(read->outer.isOn && read->outer.inner.text == "deep" && read->outer.inner.number == 5);
        QCOMPARE(read->any, Value("any"));
        const auto none = session.get<Sample>(Value(empty->id));
        QVERIFY(!none->note && !none->ratio && !none->other && !none->second && !none->rank && !none->tip &&
                !none->outer.inner.number);
        QVERIFY(none->any.isNull());
        QVERIFY(session.changes().empty()); // reading is no change

        // To nothing and back, each by itself.
        read->note.reset();
        read->second.reset();
        read->tip.reset();
        read->outer.inner.number.reset();
        none->second = Colour::Green;
        none->tip = Money{-5};
        none->rank = Grade::High;
        session.commit();
        QCOMPARE(rows("SELECT note, second, tip, o_i_number FROM k_sample WHERE id = " + std::to_string(read->id)),
                 QStringLiteral("- - - -|"));
        QCOMPARE(rows("SELECT second, tip, rank FROM k_sample WHERE id = " + std::to_string(none->id)),
                 QStringLiteral("green -5 7|"));
        // Conditions on members, in the words of the database.
        QCOMPARE(session.select<Sample>().where(session.column(&Sample::second) == "green").one(), none);
        QCOMPARE(session.select<Sample>().where(session.column<Sample>("o_i_text") == "deep").one(), read);
        QCOMPARE(session.select<Sample>().where(session.column(&Sample::whole) == want.whole).one(), read);
    }

    void whatDoesNotFit_data() { databases_->addRows(); }
    void whatDoesNotFit()
    {
        ObjectSession session(*connection_, mappings_);
        const auto one = std::make_shared<Sample>(full());
        session.add(one);
        session.commit();
        // A value that no column of 64 bits has is refused before anything is sent.
        one->large = std::numeric_limits<std::uint64_t>::max();
        QCOMPARE(kindOf([&] { session.commit(); }), std::optional(ErrorKind::Conversion));
        QCOMPARE(one->large, std::uint64_t{9223372036854775807u}); // as it was
        one->colour = static_cast<Colour>(99);                     // has no name
        const auto error = errorOf([&] { session.commit(); });
        QVERIFY(error);
        QCOMPARE(error->kind, ErrorKind::Conversion);
        QVERIFY2(error->message.find("colour") != std::string::npos, error->message.c_str());
        QVERIFY(one->colour == Colour::Green);
        // NULL where the member cannot be empty, a number that it cannot hold, a name that it does not know.
        const auto fails = [&](const char *change) {
            connection_->execute(std::string("UPDATE k_sample SET ") + change);
            ObjectSession other(*connection_, mappings_);
            const auto kind = kindOf([&] { other.select<Sample>().all(); });
            other.rollback();
            connection_->execute("UPDATE k_sample SET whole = 1, tiny = 1, colour = 'red', txt = 'x', rank = NULL");
            return kind;
        };
        for (const char *change : {"whole = NULL", "txt = NULL", "colour = NULL", "tiny = 300", "colour = 'blue'",
                                   "rank = 1000"})
            QVERIFY2(fails(change) == ErrorKind::Conversion, change);
        ObjectSession last(*connection_, mappings_);
        QCOMPARE(last.select<Sample>().all().size(), std::size_t{1});
    }

    void oneToOne_data() { databases_->addRows(); }
    void oneToOne()
    {
        ObjectSession session(*connection_, mappings_);
        const auto ada = named<Traveller>("Ada"), bob = named<Traveller>("Bob");
        ada->passport = passport("A1");
        bob->passport = passport("B1");
        session.add(ada);
        session.add(bob);
        session.commit();
        QVERIFY(ada->passport->holder.lock() == ada);
        const std::string all = "SELECT t.name, p.number FROM k_passport p JOIN k_traveller t ON t.id = p.holder_id "
                                "ORDER BY t.name";
        QCOMPARE(rows(all), QStringLiteral("Ada A1|Bob B1|"));
        // Another in its place: the first goes with its owner's leave, and the unique column is free for the second.
        ada->passport = passport("A2");
        session.commit();
        QCOMPARE(rows(all), QStringLiteral("Ada A2|Bob B1|"));
        QCOMPARE(fact("SELECT count(*) FROM k_passport"), Value(2));
        // Said from the side that has the key: the owner knows, and the owner's old one goes.
        const auto next = passport("B2");
        next->holder = bob;
        session.add(next);
        session.commit();
        QVERIFY(bob->passport == next);
        QCOMPARE(rows(all), QStringLiteral("Ada A2|Bob B2|"));
        // They swap.
        std::swap(ada->passport, bob->passport);
        session.commit();
        QCOMPARE(rows(all), QStringLiteral("Ada B2|Bob A2|"));
        QVERIFY(next->holder.lock() == ada);
        // Read again, and taken along.
        ObjectSession other(*connection_, mappings_);
        const auto again = other.select<Traveller>().where(other.column(&Traveller::name) == "Ada").with("passport").one();
        QCOMPARE(again->passport->number, std::string("B2"));
        QVERIFY(again->passport->holder.lock() == again);
        other.remove(again);
        other.commit();
        QCOMPARE(rows(all), QStringLiteral("Bob A2|"));
        const auto left = other.select<Traveller>().with("passport", Loading::Joined).one();
        QCOMPARE(left->passport->number, std::string("A2"));
        left->passport.reset();
        other.commit();
        QCOMPARE(fact("SELECT count(*) FROM k_passport"), Value(0));
    }

    void trees_data() { databases_->addRows(); }
    void trees()
    {
        {
            ObjectSession session(*connection_, mappings_);
            const auto root = named<Node>("root");
            std::shared_ptr<Node> deep = root;
            for (int i = 0; i < 40; ++i) {
                deep->children = {named<Node>("n" + std::to_string(i)), named<Node>("leaf" + std::to_string(i))};
                deep = deep->children.front();
            }
            session.add(root);
            session.commit();
        }
        QCOMPARE(fact("SELECT count(*) FROM k_node"), Value(81));
        QCOMPARE(fact("SELECT count(*) FROM k_node c JOIN k_node p ON p.id = c.parent_id"), Value(80));
        // All of it: a query for each level, until nothing is below.
        Mappings whole(world());
        whole.map<Node>("k_node")
            .key("id", &Node::id)
            .field("name", &Node::name)
            .manyToOne("parent", &Node::parent, {"parent_id"})
            .oneToMany("children", &Node::children, "parent", {.saveUpdate = true, .remove = true})
            .loading(Loading::SelectIn);
        ObjectSession session(*connection_, whole);
        reads_ = 0;
        const auto root = session.select<Node>().where(session.column(&Node::name) == "root").one();
        QCOMPARE(reads_, 42);
        std::size_t count = 0;
        const std::function<void(const Node &)> walk = [&](const Node &node) {
            ++count;
            for (const auto &child : node.children) {
                QVERIFY(child->parent.lock().get() == &node);
                walk(*child);
            }
        };
        walk(*root);
        QCOMPARE(count, std::size_t{81});
        // A branch moves below another node, and what it left knows.
        const auto branch = root->children.at(0), leaf = root->children.at(1);
        branch->parent = leaf;
        session.commit();
        QCOMPARE(root->children.size(), std::size_t{1});
        QCOMPARE(leaf->children.size(), std::size_t{1});
        QCOMPARE(rows("SELECT p.name FROM k_node c JOIN k_node p ON p.id = c.parent_id WHERE c.name = 'n0'"),
                 QStringLiteral("leaf0|"));
        // By conditions on parents and children, which are of the same table.
        QCOMPARE(session.select<Node>().join("children").where(session.joined<Node>("children", &Node::name) == "n7").one()->name,
                 std::string("n6"));
        QCOMPARE(session.select<Node>()
                     .join("parent")
                     .where(session.joined<Node>("parent", &Node::name) == "n6" && session.column(&Node::name) != "n7")
                     .one()
                     ->name,
                 std::string("leaf7"));
        // A path of loads goes down as far as it says.
        ObjectSession other(*connection_, mappings_);
        const auto top = other.select<Node>().where(other.column(&Node::name) == "root").with("children.children").one();
        QCOMPARE(top->children.at(0)->children.at(0)->name, std::string("n0"));
        QVERIFY(top->children.at(0)->children.at(0)->children.empty());
        // The whole tree goes with its root, leaves first.
        session.remove(root);
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM k_node"), Value(0));
    }

    void associationsWithOneself_data() { databases_->addRows(); }
    void associationsWithOneself()
    {
        ObjectSession session(*connection_, mappings_);
        const auto a = named<Node>("a"), b = named<Node>("b"), c = named<Node>("c");
        a->likes = {b, c, a};
        b->likes = {a};
        session.add(a);
        session.commit();
        const std::string all =
            "SELECT x.name, y.name FROM k_like l JOIN k_node x ON x.id = l.who JOIN k_node y ON y.id = l.whom ORDER BY 1, 2";
        QCOMPARE(rows(all), QStringLiteral("a a|a b|a c|b a|"));
        QCOMPARE(c->likedBy.size(), std::size_t{1});
        QCOMPARE(a->likedBy.size(), std::size_t{2});
        c->likedBy = {b};
        session.commit();
        QCOMPARE(rows(all), QStringLiteral("a a|a b|b a|b c|"));
        QCOMPARE(b->likes.size(), std::size_t{2});
        session.remove(b);
        session.commit();
        QCOMPARE(rows(all), QStringLiteral("a a|"));
        QCOMPARE(a->likes.size(), std::size_t{1});
    }

    void keysOfTwoColumns_data() { databases_->addRows(); }
    void keysOfTwoColumns()
    {
        ObjectSession session(*connection_, mappings_);
        const auto berlin = site("de", "ber"), bonn = site("de", "bon"), bern = site("ch", "ber");
        const auto press = named<Machine>("press"), saw = named<Machine>("saw");
        berlin->machines = {press};
        saw->site = bern;
        saw->reserve = berlin;
        auto wheel = std::make_shared<Part>();
        wheel->number = 1;
        wheel->name = "wheel";
        berlin->parts = {wheel};
        for (const auto &each : {berlin, bonn, bern})
            session.add(each);
        session.add(saw);
        session.commit();
        QCOMPARE(wheel->country + wheel->code, std::string("deber"));
        const std::string machines = "SELECT name, site_country, site_code, reserve_country, reserve_code FROM "
                                     "k_machine ORDER BY name";
        QCOMPARE(rows(machines), QStringLiteral("press de ber - -|saw ch ber de ber|"));
        // One column of two differs, then both.
        press->site = bonn;
        saw->reserve = bonn;
        session.commit();
        QCOMPARE(rows(machines), QStringLiteral("press de bon - -|saw ch ber de bon|"));
        QVERIFY(berlin->machines.empty() && bonn->machines.size() == 1);
        const auto between = [&](const char *country, const char *code) {
            return session.select<Machine>()
                .join("site")
                .join("reserve")
                .where(session.column(&Site::country) == country &&
                       session.joined<Machine>("reserve", &Site::code) == code)
                .count();
        };
        QCOMPARE(between("ch", "bon"), 1);
        QCOMPARE(between("de", "ber") + between("ch", "ber"), 0);
        press->site = bern;
        saw->reserve = nullptr;
        session.commit();
        QCOMPARE(rows(machines), QStringLiteral("press ch ber - -|saw ch ber - -|"));
        {
            ObjectSession other(*connection_, mappings_);
            const auto sites = other.select<Site>().with("machines").with("parts", Loading::Joined).all();
            QCOMPARE(sites.size(), std::size_t{3});
            for (const auto &each : sites) {
                QCOMPARE(each->machines.size(), std::size_t(each->country == "ch" ? 2 : 0));
                QCOMPARE(each->parts.size(), std::size_t(each->country + each->code == "deber" ? 1 : 0));
            }
            QCOMPARE(other.select<Site>()
                         .join("machines")
                         .where(other.column(&Machine::name) == "saw")
                         .one()
                         ->country,
                     std::string("ch"));
            const auto part = other.get<Part>({Value("de"), Value("ber"), Value(1)});
            QVERIFY(part);
            other.load(part, "site");
            QVERIFY(part->site.lock() == other.get<Site>({Value("de"), Value("ber")}));
        }
        // A part of which the key holds its owner's moves to another: the key is another, too.
        berlin->parts.clear();
        bonn->parts = {wheel};
        session.commit();
        QCOMPARE(rows("SELECT country, code, number, name FROM k_part"), QStringLiteral("de bon 1 wheel|"));
        QCOMPARE(wheel->code, std::string("bon"));
        QVERIFY(session.get<Part>({Value("de"), Value("bon"), Value(1)}) == wheel);
        bonn->parts.clear(); // and leaves it for none
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM k_part"), Value(0));
    }

    void associationsWithData_data() { databases_->addRows(); }
    void associationsWithData()
    {
        ObjectSession session(*connection_, mappings_);
        const auto ada = named<Student>("Ada");
        const auto enrol = [](const std::shared_ptr<Course> &in, std::optional<std::int64_t> mark) {
            auto made = std::make_shared<Enrolment>();
            made->in = in;
            made->mark = mark;
            return made;
        };
        const auto course = [](const char *title) {
            auto made = std::make_shared<Course>();
            made->title = title;
            return made;
        };
        const auto logic = course("logic"), music = course("music"), games = course("games");
        ada->enrolments = {enrol(logic, 1), enrol(music, std::nullopt)};
        session.add(ada);
        session.add(games);
        session.commit();
        const std::string all = "SELECT c.title, e.mark FROM k_enrolment e JOIN k_course c ON c.id = e.course_id "
                                "ORDER BY c.title";
        QCOMPARE(rows(all), QStringLiteral("logic 1|music -|"));
        QCOMPARE(ada->enrolments[0]->student, ada->id);
        QVERIFY(session.get<Enrolment>({Value(ada->id), Value(music->id)}) == ada->enrolments[1]);
        // The short way reads, and never writes.
        session.load(ada, "courses");
        QCOMPARE(ada->courses.size(), std::size_t{2});
        ada->courses.clear();
        session.commit();
        QCOMPARE(rows(all), QStringLiteral("logic 1|music -|"));
        // One is graded, one goes, one comes.
        ada->enrolments[1]->mark = 2;
        ada->enrolments.erase(ada->enrolments.begin());
        ada->enrolments.push_back(enrol(games, 5));
        session.commit();
        QCOMPARE(rows(all), QStringLiteral("games 5|music 2|"));
        // Found by a condition on the data, and on what is at the other end.
        QCOMPARE(session.select<Student>().join("enrolments").where(session.column(&Enrolment::mark) == 5).one(), ada);
        QCOMPARE(session.select<Enrolment>().join("in").where(session.column(&Course::title) == "music").one()->mark,
                 std::optional<std::int64_t>(2));
        session.remove(ada);
        session.commit();
        QCOMPARE(rows(all), QString());
        QCOMPARE(fact("SELECT count(*) FROM k_course"), Value(3));
    }
};

QTEST_GUILESS_MAIN(tst_ObjectKinds)
#include "tst_object_kinds.moc"
