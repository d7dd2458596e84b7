// How objects are loaded and related: lazily, joined, by select-in, hierarchies, both sides of associations, writing by
// conditions; on each database named in SCHEMAWRIGHT_TEST_URLS (separated by blanks; SQLite in memory without).

#include "support/object_suite.h"

#include <QTest>

using namespace schemawright;
using test::kindOf;

namespace {

struct Team;
struct Skill;

struct Person // the base of a hierarchy
{
    std::int64_t id = 0;
    std::string name;
    Lazy<Team> team;
    LazyList<Skill> skills;
    Deferred<std::string> biography;
    virtual ~Person() = default; // so that an object tells what it is
};
struct Manager : Person // in the same table
{
    std::int64_t budget = 0;
};
struct Engineer : Person // in a table of its own
{
    std::string language;
};

struct Team
{
    std::int64_t id = 0;
    std::string name;
    std::int64_t nameLength = 0; // made by the database
    LazyList<Person> members;
    std::shared_ptr<Person> lead;
};

struct Skill
{
    std::int64_t id = 0;
    std::string name;
    std::vector<std::shared_ptr<Person>> people;
};

struct Order
{
    std::int64_t id = 0;
    std::string label;
    std::vector<std::shared_ptr<struct Line>> lines;
};
struct Line
{
    std::int64_t id = 0;
    std::int64_t amount = 0;
    std::weak_ptr<Order> order;
};

MetaData company()
{
    MetaData m;
    Column length;
    length.name = "name_length";
    length.type = types::bigInteger();
    length.generated = Generated{"length(name)", true};
    Table team = TableBuilder("sw_team")
                     .column("id", types::bigInteger())
                     .primaryKey()
                     .column("name", types::string(40))
                     .notNull()
                     .column("lead_id", types::bigInteger())
                     .references("sw_person")
                     .build();
    team.columns.push_back(length);
    m.add(std::move(team));
    m.add(TableBuilder("sw_person")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("kind", types::string(10))
              .notNull()
              .column("name", types::string(40))
              .notNull()
              .column("biography", types::text())
              .column("budget", types::bigInteger())
              .column("team_id", types::bigInteger())
              .references("sw_team"));
    m.add(TableBuilder("sw_engineer")
              .column("person_id", types::bigInteger())
              .primaryKey()
              .references("sw_person")
              .column("language", types::string(20)));
    m.add(TableBuilder("sw_skill")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("name", types::string(20))
              .notNull());
    m.add(TableBuilder("sw_person_skill")
              .column("person_id", types::bigInteger())
              .primaryKey()
              .references("sw_person")
              .column("skill_id", types::bigInteger())
              .primaryKey()
              .references("sw_skill"));
    m.add(TableBuilder("sw_order")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("label", types::string(20))
              .notNull());
    m.add(TableBuilder("sw_line")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("amount", types::bigInteger())
              .notNull()
              .column("order_id", types::bigInteger())
              .references("sw_order"));
    return m;
}

Mappings mapped(Loading members = Loading::Lazy, Loading lines = Loading::OnRequest)
{
    const MetaData metadata = company();
    const TablePtr association = metadata.table({"", "sw_person_skill"});
    Mappings m(metadata);
    m.map<Person>("sw_person")
        .key("id", &Person::id)
        .field("name", &Person::name)
        .field("biography", &Person::biography)
        .polymorphic("kind", "person")
        .manyToOne("team", &Person::team, {"team_id"})
        .manyToMany("skills", &Person::skills, association, {"person_id"}, {"skill_id"});
    m.derive<Manager, Person>("manager").field("budget", &Manager::budget);
    m.derive<Engineer, Person>("engineer", "sw_engineer", {"person_id"}).field("language", &Engineer::language);
    m.map<Team>("sw_team")
        .key("id", &Team::id)
        .field("name", &Team::name)
        .readOnly("name_length", &Team::nameLength)
        .oneToMany("members", &Team::members, "team")
        .loading(members)
        .manyToOne("lead", &Team::lead, {"lead_id"});
    m.map<Skill>("sw_skill")
        .key("id", &Skill::id)
        .field("name", &Skill::name)
        .manyToMany("people", &Skill::people, association, {"skill_id"}, {"person_id"});
    m.map<Order>("sw_order")
        .key("id", &Order::id)
        .field("label", &Order::label)
        .oneToMany("lines", &Order::lines, "order", {.saveUpdate = true, .remove = true, .removeOrphan = true})
        .loading(lines);
    m.map<Line>("sw_line")
        .key("id", &Line::id)
        .field("amount", &Line::amount)
        .manyToOne("order", &Line::order, {"order_id"});
    return m;
}

template <class T> std::shared_ptr<T> named(std::string name)
{
    auto made = std::make_shared<T>();
    made->name = std::move(name);
    return made;
}

} // namespace

class tst_ObjectLoading : public QObject, private test::ObjectSuite
{
    Q_OBJECT

private:
    /// A team of a person, a manager and an engineer, the manager its lead.
    std::int64_t filled()
    {
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        auto team = named<Team>("Blue");
        auto ada = named<Person>("Ada");
        auto max = named<Manager>("Max");
        auto eve = named<Engineer>("Eve");
        max->budget = 500;
        eve->language = "C++";
        ada->biography = std::string("A long story");
        ada->skills = std::vector{named<Skill>("chess")};
        for (const std::shared_ptr<Person> &each : {ada, std::shared_ptr<Person>(max), std::shared_ptr<Person>(eve)})
            session.add(each);
        team->members = std::vector<std::shared_ptr<Person>>{ada};
        session.add(team);
        session.commit();
        return team->id;
    }

private Q_SLOTS:
    void initTestCase() { start("loading"); }
    void cleanupTestCase() { stop(); }
    void init() { open(company()); }
    void cleanup() { close(); }

    void rowsThatReferToEachOther_data() { databases_->addRows(); }
    void rowsThatReferToEachOther()
    {
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        auto team = named<Team>("Blue");
        auto max = named<Manager>("Max");
        max->budget = 7;
        max->team = team;
        team->lead = max;
        session.add(max);
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_team t JOIN sw_person p ON p.id = t.lead_id AND p.team_id = t.id"),
                 Value(1));
        QCOMPARE(team->nameLength, std::int64_t{4}); // made by the database and read back
        team->name = "Yellow";
        session.commit();
        QCOMPARE(team->nameLength, std::int64_t{6});
        QVERIFY(!session.isDirty(team));
    }

    void hierarchies_data() { databases_->addRows(); }
    void hierarchies()
    {
        Mappings mappings = mapped();
        std::int64_t engineer = 0;
        {
            ObjectSession session(*connection_, mappings);
            auto max = named<Manager>("Max");
            max->budget = 500;
            auto eve = named<Engineer>("Eve");
            eve->language = "C++";
            session.add(named<Person>("Ada"));
            session.add(max);
            session.add(eve);
            session.commit();
            engineer = eve->id;
            QVERIFY(engineer > 0);
        }
        QCOMPARE(fact("SELECT language FROM sw_engineer e JOIN sw_person p ON p.id = e.person_id"), Value("C++"));
        QCOMPARE(fact("SELECT kind FROM sw_person WHERE name = 'Max'"), Value("manager"));
        ObjectSession session(*connection_, mappings);
        reads_ = 0;
        const auto people = session.select<Person>().orderBy({session.column(&Person::name).asc()}).all();
        QCOMPARE(reads_, 1);
        QCOMPARE(people.size(), std::size_t{3});
        // Each row is the struct that it says.
        QVERIFY(dynamic_cast<Manager *>(people[2].get()));
        const auto managers = session.select<Manager>().all();
        const auto engineers = session.select<Engineer>().all();
        QCOMPARE(managers.size(), std::size_t{1});
        QCOMPARE(engineers.size(), std::size_t{1});
        QVERIFY(people[2] == managers[0] && people[1] == engineers[0]);
        QCOMPARE(managers[0]->budget, std::int64_t{500});
        QCOMPARE(engineers[0]->language, std::string("C++"));
        QVERIFY(session.get<Person>(Value(engineer)) == engineers[0]);
        QVERIFY(session.get<Manager>(Value(engineer)) == nullptr);
        engineers[0]->language = "Rust"; // one table
        engineers[0]->name = "Eva";      // and the other
        session.commit();
        QCOMPARE(fact("SELECT language FROM sw_engineer"), Value("Rust"));
        QCOMPARE(fact("SELECT name FROM sw_person WHERE kind = 'engineer'"), Value("Eva"));
        session.remove(engineers[0]);
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_engineer"), Value(0));
        QCOMPARE(fact("SELECT count(*) FROM sw_person"), Value(2));
    }

    void conditionsOnWhatDerives_data() { databases_->addRows(); }
    void conditionsOnWhatDerives()
    {
        filled();
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        const auto byName = [&] { return std::vector{session.column(&Person::name).asc()}; };
        const auto namesOf = [](const std::vector<std::shared_ptr<Person>> &people) {
            QStringList names;
            for (const auto &each : people)
                names << QString::fromStdString(each->name);
            return names.join(u' ');
        };
        // Of all people, by columns that only some of them have.
        const Expr coders = session.column(&Engineer::language) == "C++";
        const Expr rich = session.column(&Manager::budget) >= 500;
        QCOMPARE(namesOf(session.select<Person>().where(coders || rich).orderBy(byName()).all()),
                 QStringLiteral("Eve Max"));
        QCOMPARE(session.select<Person>().where(coders).count(), 1);
        QCOMPARE(session.select<Person>().where(coders || session.column(&Person::name) == "Ada").count(), 2);
        QCOMPARE(session.select<Person>().count(), 3);
        QCOMPARE(session.select<Engineer>().where(coders && session.column<Engineer>("name") == "Eve").count(), 1);
        // With what is related, of the base and of what derives.
        const auto ada = session.select<Person>().where(session.column(&Person::name) == "Ada").one();
        const auto eve = session.select<Engineer>().one();
        const auto max = session.select<Manager>().one();
        eve->skills.push_back(ada->skills[0]);
        max->team = session.select<Team>().one();
        session.commit();
        QCOMPARE(session.select<Engineer>().join("skills").where(coders && session.column(&Skill::name) == "chess").one(),
                 eve);
        QCOMPARE(namesOf(session.select<Person>()
                             .join("skills")
                             .where(session.column(&Skill::name) == "chess" && (coders || !coders))
                             .orderBy(byName())
                             .all()),
                 QStringLiteral("Eve")); // for Ada has no language, and NULL is neither
        QCOMPARE(session.select<Team>().join("members").where(session.column(&Person::name) == "Max").count(), 1);
        QCOMPARE(session.select<Manager>().join("team").where(rich && session.column(&Team::name) == "Blue").count(), 1);
        // The same conditions for writing.
        QCOMPARE(session.update<Person>(coders, {{"name", Value("Eva")}}), 1);
        QCOMPARE(eve->name, std::string("Eva"));
        QCOMPARE(session.deleteWhere<Person>(rich), 1);
        QCOMPARE(session.state(max), ObjectState::Deleted);
        session.commit();
        QCOMPARE(namesOf(session.select<Person>().orderBy(byName()).all()), QStringLiteral("Ada Eva"));
    }

    void byConditionsInHierarchies_data() { databases_->addRows(); }
    void byConditionsInHierarchies()
    {
        filled();
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        const auto eve = session.select<Engineer>().one();
        const auto max = session.select<Manager>().one();
        // Columns of both tables, by a condition over both.
        QCOMPARE(session.update<Engineer>(session.column(&Engineer::language) == "C++" &&
                                              session.column<Engineer>("name") == "Eve",
                                          {{"language", Value("Rust")}, {"name", Value("Eva")}}),
                 1);
        QCOMPARE(eve->language, "Rust");
        QCOMPARE(eve->name, "Eva");
        // Of a table that others share, only the rows of the struct.
        QCOMPARE(session.update<Manager>(session.column<Manager>("name") != "", {{"name", Value("Maxine")}}), 1);
        QCOMPARE(max->name, "Maxine");
        QCOMPARE(fact("SELECT count(*) FROM sw_person WHERE name = 'Maxine'"), Value(1));
        QCOMPARE(session.deleteWhere<Person>(session.column(&Person::name) == "Eva"), 1);
        QCOMPARE(session.state(eve), ObjectState::Deleted);
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_engineer"), Value(0));
        QCOMPARE(fact("SELECT count(*) FROM sw_person"), Value(2));
    }

    void lazily_data() { databases_->addRows(); }
    void lazily()
    {
        const std::int64_t id = filled();
        Mappings mappings = mapped();
        {
            ObjectSession session(*connection_, mappings);
            const auto team = session.get<Team>(Value(id));
            reads_ = 0;
            QVERIFY(!team->members.isLoaded());
            QCOMPARE(team->members.size(), std::size_t{1});
            QCOMPARE(reads_, 1);
            const auto ada = team->members[0];
            QCOMPARE(ada->name, std::string("Ada"));
            QVERIFY(ada->team.get() == team); // from memory
            QCOMPARE(reads_, 1);
            QVERIFY(!ada->biography.isLoaded());
            QCOMPARE(*ada->biography.operator->(), std::string("A long story"));
            QCOMPARE(reads_, 2);
            QCOMPARE(ada->skills[0]->name, std::string("chess"));
            session.commit();
            QVERIFY(!session.isDirty(ada));
            ada->biography = std::string("Short");
            ada->team = nullptr;
            session.commit();
            QCOMPARE(fact("SELECT biography FROM sw_person WHERE name = 'Ada'"), Value("Short"));
            QVERIFY(fact("SELECT team_id FROM sw_person WHERE name = 'Ada'").isNull());
            QVERIFY(team->members.empty()); // the other side knows
        }
        // What was not loaded before the session's end says so.
        std::shared_ptr<Team> late;
        {
            ObjectSession session(*connection_, mappings);
            late = session.get<Team>(Value(id));
        }
        QCOMPARE(kindOf([&] { late->members.size(); }), std::optional(ErrorKind::Misuse));
        QCOMPARE(Team(*late).members.size(), std::size_t{0}); // a copy belongs to no session
    }

    void deferredSetWithoutReading_data() { databases_->addRows(); }
    void deferredSetWithoutReading()
    {
        filled();
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        const auto ada = session.select<Person>().where(session.column(&Person::name) == "Ada").one();
        ada->biography = std::string("New");
        session.commit();
        QCOMPARE(fact("SELECT biography FROM sw_person WHERE name = 'Ada'"), Value("New"));
        QVERIFY(!session.isDirty(ada));
        const auto max = session.select<Manager>().one();
        max->name = "Maximilian"; // the biography stays unread
        session.commit();
        QVERIFY(!max->biography.isLoaded());
        QVERIFY(!session.isDirty(max));
    }

    void raises_data() { databases_->addRows(); }
    void raises()
    {
        const std::int64_t id = filled();
        Mappings mappings = mapped(Loading::Raise);
        ObjectSession session(*connection_, mappings);
        const auto team = session.get<Team>(Value(id));
        QCOMPARE(kindOf([&] { team->members.size(); }), std::optional(ErrorKind::Misuse));
        session.load(team, "members.skills");
        QCOMPARE(team->members.size(), std::size_t{1});
        QVERIFY(team->members[0]->skills.isLoaded());
        const auto badly = [] {
            Mappings m(company());
            m.map<Line>("sw_line").key("id", &Line::id);
            m.map<Order>("sw_order")
                .key("id", &Order::id)
                .oneToMany("lines", &Order::lines, "order")
                .loading(Loading::Lazy); // a plain vector cannot
            m.check();
        };
        QCOMPARE(kindOf(badly), std::optional(ErrorKind::Misuse));
    }

    void withTheirOwners_data() { databases_->addRows(); }
    void withTheirOwners()
    {
        Mappings mappings = mapped();
        {
            ObjectSession session(*connection_, mappings);
            for (int i = 0; i < 4; ++i) {
                auto order = std::make_shared<Order>();
                order->label = "Order " + std::to_string(i);
                for (int k = 0; k < i; ++k) {
                    auto line = std::make_shared<Line>();
                    line->amount = 10 * i + k;
                    order->lines.push_back(line);
                }
                session.add(order);
            }
            session.commit();
        }
        for (const Loading loading : {Loading::Joined, Loading::SelectIn}) {
            Mappings eager = mapped(Loading::Lazy, loading);
            ObjectSession session(*connection_, eager);
            reads_ = 0;
            auto orders = session.select<Order>().orderBy({session.column(&Order::label).asc()}).all();
            QCOMPARE(reads_, loading == Loading::Joined ? 1 : 2);
            QCOMPARE(orders.size(), std::size_t{4});
            for (std::size_t i = 0; i < 4; ++i) {
                QCOMPARE(orders[i]->lines.size(), i);
                for (const auto &line : orders[i]->lines)
                    QVERIFY(line->order.lock() == orders[i]);
            }
            // With a limit a join would cut the lists; they come by a second query.
            ObjectSession other(*connection_, eager);
            reads_ = 0;
            orders = other.select<Order>().orderBy({other.column(&Order::label).desc()}).limit(2).all();
            QCOMPARE(reads_, 2);
            QCOMPARE(orders.at(0)->lines.size(), std::size_t{3});
            QCOMPARE(orders.at(1)->lines.size(), std::size_t{2});
        }
        // Chosen for one query, a to-one relationship joined.
        ObjectSession session(*connection_, mappings);
        reads_ = 0;
        const auto lines = session.select<Line>().with("order", Loading::Joined).all();
        QCOMPARE(reads_, 1);
        QCOMPARE(lines.size(), std::size_t{6});
        // By conditions on the other table, each object once.
        QCOMPARE(session.select<Order>().join("lines").where(session.column(&Line::amount) >= 20).count(), 2);
        QCOMPARE(session.select<Order>().join("lines").where(session.column(&Line::amount) >= 20).all().size(),
                 std::size_t{2});
        QCOMPARE(kindOf([&] { session.select<Order>().one(); }), std::optional(ErrorKind::Conflict));
        QCOMPARE(kindOf([&] { session.select<Order>().where(session.column(&Order::label) == "none").one(); }),
                 std::optional(ErrorKind::NotFound));
    }

    void eachWayOfLoadingGivesTheSame_data() { databases_->addRows(); }
    void eachWayOfLoadingGivesTheSame()
    {
        filled();
        Mappings mappings = mapped();
        {
            ObjectSession session(*connection_, mappings);
            const auto blue = session.select<Team>().one();
            const auto max = session.select<Manager>().one();
            const auto eve = session.select<Engineer>().one();
            max->team = blue;
            blue->lead = max;
            session.add(named<Team>("Empty"));
            const auto green = named<Team>("Green");
            eve->team = green;
            green->lead = eve;
            session.add(green);
            session.commit();
        }
        const auto told = [&](Loading loading, std::optional<std::int64_t> limit, int &reads) {
            ObjectSession session(*connection_, mappings);
            auto query = session.select<Team>().orderBy({session.column(&Team::name).asc()});
            if (limit)
                query.limit(*limit);
            if (loading != Loading::OnRequest)
                query.with("members", loading);
            if (loading == Loading::SelectIn || loading == Loading::Joined)
                query.with("lead", loading);
            reads_ = 0;
            const auto teams = query.all();
            if (loading == Loading::OnRequest)
                session.load(teams, "members");
            if (loading == Loading::OnRequest || loading == Loading::Lazy)
                session.load(teams, "lead");
            std::string text;
            const auto tell = [&](const std::shared_ptr<Person> &each) {
                text += " " + each->name;
                if (const auto *manager = dynamic_cast<const Manager *>(each.get()))
                    text += " budget " + std::to_string(manager->budget);
                if (const auto *engineer = dynamic_cast<const Engineer *>(each.get()))
                    text += " language " + engineer->language;
            };
            for (const auto &team : teams) {
                text += team->name + ":";
                std::vector<std::shared_ptr<Person>> members(team->members.begin(), team->members.end());
                std::ranges::sort(members, {}, &Person::name);
                for (const auto &each : members) {
                    tell(each);
                    if (each->team.get() != team)
                        text += " elsewhere";
                }
                text += " lead";
                if (team->lead)
                    tell(team->lead);
                text += team->lead && std::ranges::find(team->members, team->lead) == team->members.end() ? "?|" : "|";
            }
            reads = reads_;
            if (!session.changes().empty())
                text += "changed by reading";
            return QString::fromStdString(text);
        };
        const QString all = QStringLiteral("Blue: Ada Max budget 500 lead Max budget 500|Empty: lead|"
                                           "Green: Eve language C++ lead Eve language C++|");
        int reads = 0;
        for (const Loading loading : {Loading::OnRequest, Loading::Lazy, Loading::SelectIn, Loading::Joined}) {
            QCOMPARE(told(loading, std::nullopt, reads), all);
            QCOMPARE(reads, loading == Loading::Joined ? 1 : loading == Loading::Lazy ? 5 : 2); // leads are members
            QCOMPARE(told(loading, 2, reads), all.left(all.indexOf(QStringLiteral("Green"))));
            if (loading == Loading::Joined) // the list by a second query, which a join would cut
                QCOMPARE(reads, 2);
        }
        // As a struct's own way as well as a query's.
        Mappings eager = mapped(Loading::Joined);
        ObjectSession session(*connection_, eager);
        reads_ = 0;
        QCOMPARE(session.select<Team>().all().size(), std::size_t{3});
        QCOMPARE(reads_, 1);
    }

    void orphansThatNobodyHolds_data() { databases_->addRows(); }
    void orphansThatNobodyHolds()
    {
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        auto order = std::make_shared<Order>();
        order->label = "one";
        for (int k = 0; k < 3; ++k)
            order->lines.push_back(std::make_shared<Line>());
        session.add(order);
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_line"), Value(3));
        order->lines.erase(order->lines.begin()); // the last owner of the line is gone with it
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_line"), Value(2));
        order->lines.clear();
        session.rollback();
        QCOMPARE(order->lines.size(), std::size_t{2}); // lists come back as well
        session.remove(order);
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_line"), Value(0));
    }

    void bothSidesOfAnAssociation_data() { databases_->addRows(); }
    void bothSidesOfAnAssociation()
    {
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        auto ada = named<Person>("Ada"), bob = named<Person>("Bob");
        auto chess = named<Skill>("chess"), piano = named<Skill>("piano");
        ada->skills = std::vector{chess};
        chess->people = {ada}; // said twice
        piano->people = {bob}; // said on one side
        session.add(ada);
        session.add(bob);
        session.add(chess);
        session.add(piano);
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_person_skill"), Value(2));
        QCOMPARE(bob->skills.size(), std::size_t{1});
        chess->people.clear();
        session.synchronize();
        QVERIFY(ada->skills.empty());
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_person_skill"), Value(1));
        session.remove(bob);
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_person_skill"), Value(0));
    }

    void manyAtOnce_data() { databases_->addRows(); }
    void manyAtOnce()
    {
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        std::vector<Order> orders(1500);
        for (std::size_t i = 0; i < orders.size(); ++i)
            orders[i].label = "n" + std::to_string(i);
        session.insertAll(std::span<const Order>(orders));
        QCOMPARE(session.select<Order>().count(), 1500);
        const auto held = session.select<Order>().where(session.column(&Order::label) == "n7").one();
        Order changed = *held;
        changed.label = "seven";
        session.updateAll(std::span<const Order>(&changed, 1));
        QCOMPARE(held->label, std::string("seven")); // what is in memory is right
        QVERIFY(!session.isDirty(held));
        QCOMPARE(session.update<Order>(session.column(&Order::label) == "seven", {{"label", Value("eight")}}), 1);
        QCOMPARE(held->label, std::string("eight"));
        QCOMPARE(session.deleteWhere<Order>(session.column(&Order::label) == "eight"), 1);
        QVERIFY(session.get<Order>(Value(held->id)) == nullptr);
        session.rollback();
        QCOMPARE(session.select<Order>().count(), 0);
        changed.id = 999999;
        QCOMPARE(kindOf([&] { session.updateAll(std::span<const Order>(&changed, 1)); }),
                 std::optional(ErrorKind::Conflict));
    }

    void statesAndExpiry_data() { databases_->addRows(); }
    void statesAndExpiry()
    {
        Mappings mappings = mapped();
        ObjectSession session(*connection_, mappings);
        auto order = std::make_shared<Order>();
        order->label = "one";
        session.add(order);
        QCOMPARE(session.newObjects<Order>().size(), std::size_t{1});
        session.commit();
        order->label = "two";
        QVERIFY(session.dirtyObjects<Order>().at(0) == order);
        session.expire(order);
        QCOMPARE(session.dirtyCount(), std::size_t{0});
        QVERIFY(session.get<Order>(Value(order->id)) == order);
        QCOMPARE(order->label, std::string("one"));
        session.remove(order);
        QCOMPARE(session.deletedObjects<Order>().size(), std::size_t{1});
        session.rollback();
        session.expunge(order);
        QCOMPARE(session.state(order), ObjectState::Detached);
        // A graph from elsewhere is merged with what it is related to.
        Order outside;
        outside.id = order->id;
        outside.label = "merged";
        outside.lines = {std::make_shared<Line>()};
        const auto mine = session.merge(outside);
        session.commit();
        QCOMPARE(mine->lines.size(), std::size_t{1});
        QCOMPARE(fact("SELECT count(*) FROM sw_line l JOIN sw_order o ON o.id = l.order_id WHERE o.label = 'merged'"),
                 Value(1));
        // Removing an owner without a cascade leaves its children without one.
        Mappings plain(company());
        plain.map<Order>("sw_order")
            .key("id", &Order::id)
            .field("label", &Order::label)
            .oneToMany("lines", &Order::lines, "order");
        plain.map<Line>("sw_line")
            .key("id", &Line::id)
            .field("amount", &Line::amount)
            .manyToOne("order", &Line::order, {"order_id"});
        ObjectSession other(*connection_, plain);
        other.remove(other.get<Order>(Value(mine->id)));
        other.commit();
        QCOMPARE(fact("SELECT count(*) FROM sw_line WHERE order_id IS NULL"), Value(1));
    }
};

QTEST_GUILESS_MAIN(tst_ObjectLoading)
#include "tst_object_loading.moc"
