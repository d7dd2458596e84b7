// Random graphs of objects, edited at random: what is in the database after a commit is what the objects say, and the
// script of the plan makes the same of a copy. SCHEMAWRIGHT_TEST_SEQUENCES says how many sequences, from
// SCHEMAWRIGHT_TEST_SEED on.

#include "support/session_world.h"

#include "schemawright/base/error.h"
#include "schemawright/engine/create_all.h"
#include "schemawright/engine/engine.h"
#include "schemawright/orm/object_session.h"
#include "schemawright/schema/table_builder.h"

#include <QTemporaryDir>
#include <QTest>

#include <random>
#include <set>

using namespace schemawright;

namespace {

struct Node;
struct Group
{
    std::int64_t id = 0;
    std::string name;
    std::shared_ptr<Node> leader; ///< groups and nodes refer to each other
    std::vector<std::shared_ptr<Node>> members;
};
struct Node
{
    std::int64_t id = 0;
    std::string name;
    std::int64_t weight = 0;
    std::int64_t code = 0; ///< no two nodes have the same
    std::shared_ptr<Node> parent;
    std::weak_ptr<Group> group;
    std::vector<std::shared_ptr<Node>> friends;
};

MetaData graph()
{
    MetaData m;
    m.add(TableBuilder("node_group")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("name", types::text())
              .notNull()
              .column("leader_id", types::bigInteger())
              .references("node"));
    m.add(TableBuilder("node")
              .column("id", types::bigInteger())
              .primaryKey()
              .column("name", types::text())
              .notNull()
              .column("weight", types::bigInteger())
              .notNull()
              .column("code", types::bigInteger())
              .notNull()
              .unique()
              .column("parent_id", types::bigInteger())
              .references("node")
              .column("group_id", types::bigInteger())
              .references("node_group"));
    m.add(TableBuilder("friendship")
              .column("node_id", types::bigInteger())
              .primaryKey()
              .references("node")
              .column("friend_id", types::bigInteger())
              .primaryKey()
              .references("node"));
    return m;
}

Mappings mapped()
{
    const MetaData metadata = graph();
    Mappings m(metadata);
    m.map<Group>("node_group")
        .key("id", &Group::id)
        .field("name", &Group::name)
        .manyToOne("leader", &Group::leader, {"leader_id"})
        .oneToMany("members", &Group::members, "group");
    m.map<Node>("node")
        .key("id", &Node::id)
        .field("name", &Node::name)
        .field("weight", &Node::weight)
        .field("code", &Node::code)
        .manyToOne("parent", &Node::parent, {"parent_id"})
        .manyToOne("group", &Node::group, {"group_id"})
        .manyToMany("friends", &Node::friends, metadata.table({"", "friendship"}), {"node_id"}, {"friend_id"});
    return m;
}

std::string nameOf(const std::shared_ptr<Node> &node) { return node ? node->name : "-"; }
std::string nameOf(const std::shared_ptr<Group> &group) { return group ? group->name : "-"; }

/// The database by names, since keys are made in another order by another way of writing.
std::string stored(Connection &connection)
{
    std::string text;
    for (const char *sql :
         {"SELECT n.name, n.weight, n.code, coalesce(p.name, '-'), coalesce(g.name, '-') FROM node n LEFT JOIN node p "
          "ON p.id "
          "= "
          "n.parent_id LEFT JOIN node_group g ON g.id = n.group_id ORDER BY n.name",
          "SELECT g.name, coalesce(n.name, '-') FROM node_group g LEFT JOIN node n ON n.id = g.leader_id ORDER BY "
          "g.name",
          "SELECT a.name, b.name FROM friendship f JOIN node a ON a.id = f.node_id JOIN node b ON b.id = f.friend_id "
          "ORDER BY 1, 2"}) {
        for (const Row &row : connection.execute(sql).all()) {
            for (std::size_t i = 0; i < row.size(); ++i)
                text += row[i].text() + " ";
            text += "\n";
        }
        text += "\n";
    }
    return text;
}

} // namespace

class tst_ObjectProperty : public QObject
{
    Q_OBJECT

private:
    std::mt19937_64 random_;
    std::size_t below(std::size_t end) { return end ? random_() % end : 0; }
    bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
    template <class T> std::shared_ptr<T> any(const std::vector<std::shared_ptr<T>> &of)
    {
        return of.empty() ? nullptr : of[below(of.size())];
    }

    std::vector<std::shared_ptr<Node>> nodes_;
    std::vector<std::shared_ptr<Group>> groups_;
    std::vector<std::int64_t> free_; ///< codes of removed nodes
    int made_ = 0;

    /// What the objects say, in the form of stored().
    std::string said() const
    {
        std::set<std::string> nodes, groups, friends;
        for (const auto &node : nodes_) {
            nodes.insert(node->name + " " + std::to_string(node->weight) + " " + std::to_string(node->code) + " " +
                         nameOf(node->parent) + " " + nameOf(node->group.lock()) + " \n");
            for (const auto &other : node->friends)
                friends.insert(node->name + " " + other->name + " \n");
        }
        for (const auto &group : groups_)
            groups.insert(group->name + " " + nameOf(group->leader) + " \n");
        std::string text;
        for (const auto *lines : {&nodes, &groups, &friends}) {
            for (const std::string &line : *lines)
                text += line;
            text += "\n";
        }
        return text;
    }

    void removeNode(ObjectSession &session, const std::shared_ptr<Node> &node)
    {
        // A person sees to it that nobody refers to what goes; a list's owner is told by the session.
        for (const auto &other : nodes_) {
            if (other->parent == node)
                other->parent = nullptr;
            std::erase(other->friends, node);
        }
        for (const auto &group : groups_)
            if (group->leader == node)
                group->leader = nullptr;
        if (const auto group = node->group.lock())
            std::erase(group->members, node);
        session.remove(node);
        free_.push_back(node->code);
        std::erase(nodes_, node);
    }

    void edit(ObjectSession &session)
    {
        const auto node = any(nodes_);
        const auto group = any(groups_);
        switch (below(11)) {
        case 0:
        case 1: {
            auto made = std::make_shared<Node>();
            made->name = "n" + std::to_string(1000 + ++made_);
            made->parent = chance(60) ? node : nullptr;
            made->code = 100'000 + made_;
            if (node && chance(20)) // takes what the other had
                std::swap(made->code, node->code);
            else if (!free_.empty() && chance(30)) { // or one that is gone
                made->code = free_.back();
                free_.pop_back();
            }
            if (group && chance(50))
                group->members.push_back(made);
            nodes_.push_back(made);
            session.add(made);
            break;
        }
        case 2: {
            auto made = std::make_shared<Group>();
            made->name = "g" + std::to_string(1000 + ++made_);
            made->leader = node;
            groups_.push_back(made);
            session.add(made);
            break;
        }
        case 3:
            if (node)
                node->weight = static_cast<std::int64_t>(below(100));
            break;
        case 4:
            if (node)
                node->parent = chance(25) ? nullptr : any(nodes_); // itself, and rings, among them
            break;
        case 5:
            if (node && std::ranges::find(node->friends, any(nodes_)) == node->friends.end()) {
                const auto other = any(nodes_);
                if (std::ranges::find(node->friends, other) == node->friends.end())
                    node->friends.push_back(other);
            } else if (node)
                node->friends.clear();
            break;
        case 6:
            if (group)
                group->leader = chance(20) ? nullptr : node;
            break;
        case 7: // to another group by either side
            if (node && group) {
                if (const auto before = node->group.lock(); before != group) {
                    session.synchronize();
                    if (chance(50))
                        node->group = group;
                    else {
                        if (before)
                            std::erase(before->members, node);
                        group->members.push_back(node);
                    }
                    session.synchronize();
                }
            }
            break;
        case 9:
            if (node)
                std::swap(node->code, any(nodes_)->code);
            break;
        case 10:
            if (node && !free_.empty())
                std::swap(node->code, free_.back());
            break;
        case 8:
            if (node && chance(60)) {
                session.synchronize();
                removeNode(session, node);
            }
            break;
        }
    }

private Q_SLOTS:
    void commitsWhatObjectsSay_data() { test::bothDatabases(); }
    void commitsWhatObjectsSay()
    {
        QFETCH(bool, isServer);
        const int wanted = qEnvironmentVariableIntValue("SCHEMAWRIGHT_TEST_SEQUENCES");
        const int sequences = wanted > 0 ? wanted : isServer ? 30 : 100; // a server takes its time
        const int seed = qEnvironmentVariableIntValue("SCHEMAWRIGHT_TEST_SEED");
        Mappings mappings = mapped();
        const test::FreshDatabase database(isServer, "object_property");
        const Engine engine = database.open();
        int planned = 0;
        for (int sequence = seed; sequence < seed + sequences; ++sequence) {
            random_.seed(static_cast<std::uint64_t>(sequence));
            nodes_.clear();
            groups_.clear();
            free_.clear();
            made_ = 0;
            QTemporaryDir folder;
            Connection connection = engine.connect();
            if (!isServer)
                connection.executeScript("PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON");
            dropAll(connection, graph());
            createAll(connection, graph());
            ObjectSession session(connection, mappings);
            const std::string where = "sequence " + std::to_string(sequence);
            for (int round = 0; round < 4; ++round) {
                const std::size_t edits = 1 + below(12);
                try {
                    for (std::size_t i = 0; i < edits; ++i)
                        edit(session);
                    const std::string copy = folder.filePath(QStringLiteral("%1.db").arg(round)).toStdString();
                    const Plan plan = session.plan();
                    if (!isServer && !connection.inTransaction())
                        connection.execute("VACUUM INTO '" + copy + "'");
                    session.commit();
                    const std::string now = stored(connection);
                    QVERIFY2(now == said(), (where + ":\n" + now + "is not\n" + said()).c_str());
                    QVERIFY2(session.changes().empty(), where.c_str());
                    QVERIFY2(plan.isRunnable(), where.c_str());
                    if (QFile::exists(QString::fromStdString(copy)) && !plan.steps.empty()) {
                        const Engine other = Engine::open("sqlite:///" + copy);
                        Connection second = other.connect();
                        const std::string script = scriptText(other.dialect(), plan);
                        second.executeScript(script);
                        QVERIFY2(stored(second) == now,
                                 (where + ":\n" + stored(second) + "by\n" + script + "is not\n" + now).c_str());
                        ++planned;
                    }
                } catch (const Error &error) {
                    QFAIL((where + ": " + error.message + " " + error.detail + " " + error.sql).c_str());
                }
            }
        }
        QVERIFY(isServer || planned > sequences); // it did look
    }
};

int main(int argc, char *argv[])
{
    if (qEnvironmentVariableIsSet("SCHEMAWRIGHT_TEST_SEQUENCES") &&
        !qEnvironmentVariableIsSet("QTEST_FUNCTION_TIMEOUT"))
        qputenv("QTEST_FUNCTION_TIMEOUT", "36000000"); // a night, in milliseconds
    QCoreApplication application(argc, argv);
    tst_ObjectProperty test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_object_property.moc"
