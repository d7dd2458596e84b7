#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace schemawright::bench {

/// Thrown by a benchmark that cannot run here; printed as "skipped".
struct Skip
{
    std::string why;
};

/// One benchmark beside its limit: both sides are run in turn, several times, and their medians compared.
struct Benchmark
{
    std::string name;
    std::string note; ///< what the limit is
    std::function<void()> ours;
    std::function<void()> limit;            ///< empty: there is none
    std::function<double()> longest;        ///< instead of ours: tells itself how many milliseconds it took
    std::function<void()> before = [] {};   ///< makes what either side uses up; not measured
    std::function<void()> tearDown = [] {}; ///< removes what was made
    bool inMicroseconds = false;            ///< reported as ours_us, for one call
    int repeat = 1;                         ///< calls in one measurement; the time is divided by it
};

/// How large: `quick` makes small data to see that everything works.
struct Size
{
    bool quick = false;
    int rows(int full) const { return quick ? full / 50 : full; }
};

/// Makes the data and both sides. Throws Skip.
using Make = std::function<Benchmark(const Size &)>;

struct Entry
{
    std::string name;
    Make make;
};

std::vector<Entry> fetchBenchmarks();
std::vector<Entry> sqlBenchmarks();
std::vector<Entry> ormBenchmarks();
std::vector<Entry> schemaBenchmarks();
std::vector<Entry> planBenchmarks();
std::vector<Entry> windowBenchmarks();
std::vector<Entry> pendingBenchmarks();

} // namespace schemawright::bench
