// The pool by itself: connections that only count, so that every rule can be seen.

#include "schemawright/base/error.h"
#include "schemawright/engine/pool.h"

#include <QTest>

#include <atomic>
#include <optional>
#include <thread>

using namespace schemawright;
using namespace std::chrono_literals;

namespace {

/// What happened to the connections of one pool.
struct Counts
{
    std::atomic<int> opened = 0, closed = 0, rolledBack = 0, pinged = 0;
    std::atomic<bool> refuses = false, pingFails = false;
};

class CountingConnection final : public DriverConnection
{
public:
    explicit CountingConnection(std::shared_ptr<Counts> counts) : counts_(std::move(counts)), number(++counts_->opened)
    {}
    ~CountingConnection() { ++counts_->closed; }
    std::unique_ptr<Cursor> execute(std::string_view, std::span<const Value>) override { return nullptr; }
    void executeScript(std::string_view sql) override
    {
        if (sql == "ROLLBACK") {
            ++counts_->rolledBack;
            isOpen = false;
        }
    }
    std::int64_t executeMany(std::string_view, std::span<const std::vector<Value>>) override { return 0; }
    std::shared_ptr<Canceller> canceller() const override { return nullptr; }
    std::string serverVersion() const override { return {}; }
    bool isUsable() const noexcept override { return isAlive; }
    bool inTransaction() const noexcept override { return isOpen; }

private:
    std::shared_ptr<Counts> counts_;

public:
    const int number;
    bool isAlive = true, isOpen = false;
};

CountingConnection &of(Pool::Lease &lease) { return static_cast<CountingConnection &>(*lease); }

} // namespace

class tst_Pool : public QObject
{
    Q_OBJECT

private:
    std::shared_ptr<Counts> counts_;

    std::shared_ptr<Pool> pool(PoolOptions options)
    {
        counts_ = std::make_shared<Counts>();
        return std::make_shared<Pool>(
            options,
            [counts = counts_]() -> std::unique_ptr<DriverConnection> {
                if (counts->refuses)
                    throw Error(ErrorKind::Connect, "nobody is there");
                return std::make_unique<CountingConnection>(counts);
            },
            [counts = counts_](DriverConnection &) {
                ++counts->pinged;
                if (counts->pingFails)
                    throw Error(ErrorKind::Connect, "gone");
            });
    }
    static std::optional<ErrorKind> refusal(Pool &pool)
    {
        try {
            pool.acquire();
        } catch (const Error &error) {
            return error.kind;
        }
        return std::nullopt;
    }

private Q_SLOTS:
    void lendsTheSameAgain()
    {
        const auto all = pool({});
        int first = 0;
        {
            Pool::Lease lease = all->acquire();
            first = of(lease).number;
            QCOMPARE(all->status().lent, std::size_t{1});
        }
        QCOMPARE(all->status().idle, std::size_t{1});
        Pool::Lease again = all->acquire();
        QCOMPARE(of(again).number, first);
        QCOMPARE(counts_->opened.load(), 1);
    }

    void keepsItsSizeAndClosesTheOverflow()
    {
        PoolOptions options;
        options.size = 2;
        options.overflow = 1;
        options.timeout = 20ms;
        const auto all = pool(options);
        {
            const Pool::Lease one = all->acquire(), two = all->acquire(), three = all->acquire();
            QCOMPARE(refusal(*all), ErrorKind::Timeout);
            QCOMPARE(counts_->opened.load(), 3);
        }
        QCOMPARE(all->status().idle, std::size_t{2});
        QCOMPARE(counts_->closed.load(), 1);
    }

    void waitsForOneThatComesBack()
    {
        PoolOptions options;
        options.size = 1;
        options.overflow = 0;
        const auto all = pool(options);
        std::optional<Pool::Lease> only(all->acquire());
        std::jthread other([&] { only.reset(); });
        Pool::Lease lease = all->acquire(); // the default waits half a minute
        QCOMPARE(of(lease).number, 1);
    }

    void opensAnewEachTimeWithoutKeeping()
    {
        PoolOptions options;
        options.kind = PoolOptions::Kind::Null;
        const auto all = pool(options);
        for (int i = 0; i < 3; ++i)
            all->acquire();
        all->fill(4);
        QCOMPARE(counts_->opened.load(), 3);
        QCOMPARE(counts_->closed.load(), 3);
        QCOMPARE(all->status().idle, std::size_t{0});
    }

    void hasASingleOne()
    {
        PoolOptions options;
        options.kind = PoolOptions::Kind::Single;
        options.timeout = 10ms;
        const auto all = pool(options);
        all->fill(3);
        QCOMPARE(counts_->opened.load(), 1);
        {
            const Pool::Lease lease = all->acquire();
            QCOMPARE(refusal(*all), ErrorKind::Timeout);
            all->fill(3);
        }
        all->acquire();
        QCOMPARE(counts_->opened.load(), 1);
        QCOMPARE(counts_->closed.load(), 0);
    }

    void replacesTheOld()
    {
        PoolOptions options;
        options.recycle = 1s;
        const auto all = pool(options);
        all->acquire();
        all->acquire();
        QCOMPARE(counts_->opened.load(), 1);
        std::this_thread::sleep_for(1050ms);
        all->acquire();
        QCOMPARE(counts_->opened.load(), 2);
        QCOMPARE(counts_->closed.load(), 1);
    }

    void asksForASignOfLife()
    {
        PoolOptions options;
        options.prePing = true;
        const auto all = pool(options);
        all->acquire();
        QCOMPARE(counts_->pinged.load(), 0); // one just opened need not say so
        all->acquire();
        QCOMPARE(counts_->pinged.load(), 1);
        counts_->pingFails = true;
        Pool::Lease lease = all->acquire();
        QCOMPARE(of(lease).number, 2);
        QCOMPARE(counts_->closed.load(), 1);
    }

    void resetsOnReturn()
    {
        const auto all = pool({});
        {
            Pool::Lease lease = all->acquire();
            of(lease).isOpen = true;
        }
        QCOMPARE(counts_->rolledBack.load(), 1);
        QCOMPARE(all->status().idle, std::size_t{1});
    }

    void closesWhatWasLeftOpenWithoutReset()
    {
        PoolOptions options;
        options.resetOnReturn = false;
        const auto all = pool(options);
        {
            Pool::Lease lease = all->acquire();
            of(lease).isOpen = true;
        }
        QCOMPARE(counts_->rolledBack.load(), 0);
        QCOMPARE(counts_->closed.load(), 1);
        QCOMPARE(all->status().idle, std::size_t{0});
    }

    void throwsAllAwayWhenOneIsLost()
    {
        const auto all = pool({});
        {
            Pool::Lease one = all->acquire(), two = all->acquire();
            std::optional<Pool::Lease> three(all->acquire());
            three.reset();
            of(one).isAlive = false;
            {
                const Pool::Lease gone = std::move(one);
            }
            QCOMPARE(counts_->closed.load(), 2); // the lost one and the kept one
        }
        QCOMPARE(counts_->closed.load(), 3); // lent before the loss
        all->acquire();
        QCOMPARE(counts_->opened.load(), 4);
        QCOMPARE(all->status().idle, std::size_t{1});
    }

    void disposes()
    {
        const auto all = pool({});
        {
            const Pool::Lease lent = all->acquire();
            all->acquire();
            all->dispose();
            QCOMPARE(counts_->closed.load(), 1);
        }
        QCOMPARE(counts_->closed.load(), 2);
        QCOMPARE(all->status().lent, std::size_t{0});
        all->acquire();
        QCOMPARE(counts_->opened.load(), 3);
    }

    void keepsNoPlaceForOneThatCouldNotBeOpened()
    {
        PoolOptions options;
        options.size = 1;
        options.overflow = 0;
        options.timeout = 10ms;
        const auto all = pool(options);
        counts_->refuses = true;
        for (int i = 0; i < 3; ++i)
            QCOMPARE(refusal(*all), ErrorKind::Connect);
        counts_->refuses = false;
        QCOMPARE(refusal(*all), std::nullopt);
    }

    void closesWhatWasInvalidated()
    {
        const auto all = pool({});
        {
            Pool::Lease lease = all->acquire();
            lease.invalidate();
        }
        QCOMPARE(counts_->closed.load(), 1);
        QCOMPARE(all->status().idle, std::size_t{0});
    }

    void servesManyThreads()
    {
        PoolOptions options;
        options.size = 3;
        options.overflow = 2;
        const auto all = pool(options);
        std::atomic<int> atOnce = 0, most = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 12; ++i)
                threads.emplace_back([&] {
                    for (int turn = 0; turn < 200; ++turn) {
                        const Pool::Lease lease = all->acquire();
                        const int now = ++atOnce;
                        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
                        }
                        --atOnce;
                    }
                });
        }
        QVERIFY(most <= 5);
        QCOMPARE(all->status().lent, std::size_t{0});
        QVERIFY(all->status().idle <= 3);
        QCOMPARE(counts_->opened - counts_->closed, static_cast<int>(all->status().idle));
    }
};

QTEST_GUILESS_MAIN(tst_Pool)
#include "tst_pool.moc"
