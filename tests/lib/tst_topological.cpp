#include "schemawright/base/topological.h"

#include <QRandomGenerator>
#include <QTest>

using namespace schemawright;
using Edges = std::vector<std::pair<std::size_t, std::size_t>>;

class tst_Topological : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void keepsTheGivenOrderWhereItMay();
    void putsBeforeBeforeAfter();
    void keepsACycleTogetherAndApart();
    void ignoresSelfEdges();
    void holdsForRandomGraphs();
    void takesALongChain();
    void keepsGroupsTogether();
};

void tst_Topological::keepsTheGivenOrderWhereItMay()
{
    QCOMPARE(topologicalSort(4, {}).order, (std::vector<std::size_t>{0, 1, 2, 3}));
    QCOMPARE(topologicalSort(4, {{3, 1}}).order, (std::vector<std::size_t>{0, 2, 3, 1}));
}

void tst_Topological::putsBeforeBeforeAfter()
{
    QCOMPARE(topologicalSort(3, {{2, 1}, {1, 0}}).order, (std::vector<std::size_t>{2, 1, 0}));
    QVERIFY(topologicalSort(3, {{2, 1}, {1, 0}}).cycles.empty());
}

void tst_Topological::keepsACycleTogetherAndApart()
{
    // emp and dept refer to each other; users, roles and roles_users have nothing to do with them.
    enum { dept, emp, roles, rolesUsers, users };
    const auto sorted = topologicalSort(5, Edges{{dept, emp}, {emp, dept}, {roles, rolesUsers}, {users, rolesUsers}});
    QCOMPARE(sorted.order, (std::vector<std::size_t>{dept, emp, roles, users, rolesUsers}));
    QCOMPARE(sorted.cycles, (std::vector<std::vector<std::size_t>>{{dept, emp}}));
}

void tst_Topological::ignoresSelfEdges()
{
    const auto sorted = topologicalSort(2, {{0, 0}, {1, 0}});
    QCOMPARE(sorted.order, (std::vector<std::size_t>{1, 0}));
    QVERIFY(sorted.cycles.empty());
}

void tst_Topological::holdsForRandomGraphs()
{
    QRandomGenerator random(7);
    for (int round = 0; round < 200; ++round) {
        const auto count = static_cast<std::size_t>(random.bounded(1, 12));
        Edges edges;
        for (int i = random.bounded(20); i > 0; --i)
            edges.emplace_back(random.bounded(static_cast<int>(count)), random.bounded(static_cast<int>(count)));
        std::vector<std::uint32_t> groups(round % 2 ? count : 0);
        for (std::uint32_t &group : groups)
            group = static_cast<std::uint32_t>(random.bounded(4));
        const auto sorted = topologicalSort(count, edges, groups);
        std::vector<std::size_t> position(count, count), cycle(count, count);
        for (std::size_t i = 0; i < sorted.order.size(); ++i)
            position[sorted.order[i]] = i;
        for (std::size_t i = 0; i < sorted.cycles.size(); ++i)
            for (const std::size_t node : sorted.cycles[i])
                cycle[node] = i;
        QCOMPARE(sorted.order.size(), count);
        QVERIFY(std::ranges::find(position, count) == position.end());
        for (const auto &[before, after] : edges)
            QVERIFY(before == after || position[before] < position[after] ||
                    (cycle[before] == cycle[after] && cycle[before] != count));
    }
}

void tst_Topological::takesALongChain()
{
    constexpr std::size_t count = 200'000; // deep enough to end a recursive search
    Edges edges;
    for (std::size_t i = 0; i + 1 < count; ++i)
        edges.emplace_back(i + 1, i);
    const auto sorted = topologicalSort(count, edges);
    QCOMPARE(sorted.order.front(), count - 1);
    QCOMPARE(sorted.order.back(), std::size_t{0});
}

void tst_Topological::keepsGroupsTogether()
{
    const std::vector<std::uint32_t> groups{1, 2, 1, 0, 2, 1};
    QCOMPARE(topologicalSort(6, {}, groups).order, (std::vector<std::size_t>{0, 2, 5, 1, 4, 3}));
    // Only as far as the edges allow it: 2 waits for 4.
    QCOMPARE(topologicalSort(6, {{4, 2}}, groups).order, (std::vector<std::size_t>{0, 5, 1, 4, 2, 3}));
    // A ring belongs to no group.
    const auto ring = topologicalSort(4, {{0, 2}, {2, 0}}, {1, 1, 1, 1});
    QCOMPARE(ring.order, (std::vector<std::size_t>{0, 2, 1, 3}));
    QCOMPARE(ring.cycles.size(), std::size_t{1});
}

QTEST_GUILESS_MAIN(tst_Topological)
#include "tst_topological.moc"
