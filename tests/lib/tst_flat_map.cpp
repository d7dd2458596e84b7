#include "schemawright/base/flat_map.h"

#include <QTest>

#include <map>
#include <random>
#include <string>

using namespace schemawright;

class tst_FlatMap : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void isWhatAMapIs();
    void keepsTheFirstOfTwoEqualKeys();
};

void tst_FlatMap::isWhatAMapIs()
{
    std::mt19937 random(5);
    const auto number = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
    for (int round = 0; round < 100; ++round) {
        FlatMap<std::string, int> flat;
        std::map<std::string, int> map;
        for (int step = 0; step < 60; ++step) {
            const std::string key = std::to_string(number(15));
            const int value = number(100);
            switch (number(4)) {
            case 0:
                flat[key] = map[key] = value;
                break;
            case 1:
                QCOMPARE(flat.erase(key), map.erase(key));
                break;
            case 2:
                QCOMPARE(flat.emplace(key, value).second, map.emplace(key, value).second);
                break;
            case 3:
                flat.insert_or_assign(key, value);
                map.insert_or_assign(key, value);
                break;
            default:
                const auto isOdd = [](const auto &entry) { return entry.second % 7 == 0; };
                QCOMPARE(flat.eraseIf(isOdd), std::erase_if(map, isOdd));
            }
            QCOMPARE(flat.contains(key), map.contains(key));
            QCOMPARE(flat.find(key) == flat.end(), map.find(key) == map.end());
            if (map.contains(key))
                QCOMPARE(flat.at(key), map.at(key));
            else
                QVERIFY_EXCEPTION_THROWN(flat.at(key), std::out_of_range);
            QCOMPARE(flat.size(), map.size());
            QVERIFY(std::equal(flat.begin(), flat.end(), map.begin(), map.end(), [](const auto &a, const auto &b) {
                return a.first == b.first && a.second == b.second;
            }));
        }
    }
}

void tst_FlatMap::keepsTheFirstOfTwoEqualKeys()
{
    FlatMap<std::string, int> flat{{"b", 1}, {"a", 2}, {"b", 3}};
    QCOMPARE(flat.size(), std::size_t{2});
    QCOMPARE(flat.begin()->first, std::string("a"));
    QCOMPARE(flat.at("b"), 1);
    const std::map<std::string, int> more{{"a", 7}, {"c", 8}};
    flat.insert(more.begin(), more.end());
    QVERIFY(flat == (FlatMap<std::string, int>{{"c", 8}, {"b", 1}, {"a", 2}}));
}

QTEST_GUILESS_MAIN(tst_FlatMap)
#include "tst_flat_map.moc"
