// Runs each benchmark beside its limit in one process and prints a JSON line each.

#include "bench/bench.h"

#include "schemawright/base/error.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <optional>

#include <QApplication>

#include <nlohmann/json.hpp>

using namespace schemawright;
using namespace schemawright::bench;

namespace {

double milliseconds(const std::function<void()> &work, int repeat)
{
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < repeat; ++i)
        work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count() / repeat;
}

double median(std::vector<double> times)
{
    std::ranges::sort(times);
    const std::size_t middle = times.size() / 2;
    return times.size() % 2 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
}

nlohmann::ordered_json measure(const Benchmark &benchmark, int runs)
{
    std::vector<double> ours, limit;
    for (int run = 0; run < runs; ++run) { // in turn, so that a slow moment of the machine meets both
        if (benchmark.limit) {
            benchmark.before();
            limit.push_back(milliseconds(benchmark.limit, benchmark.repeat));
        }
        benchmark.before();
        ours.push_back(benchmark.longest ? benchmark.longest() : milliseconds(benchmark.ours, benchmark.repeat));
    }
    const double scale = benchmark.inMicroseconds ? 1000 : 1;
    const std::string unit = benchmark.inMicroseconds ? "us" : "ms";
    nlohmann::ordered_json line = {{"name", benchmark.name}, {"ours_" + unit, median(ours) * scale}};
    line["limit_" + unit] = benchmark.limit ? nlohmann::ordered_json(median(limit) * scale) : nullptr;
    line["ratio"] = benchmark.limit ? nlohmann::ordered_json(median(ours) / median(limit)) : nullptr;
    line["runs"] = runs;
    line["note"] = benchmark.note;
    return line;
}

} // namespace

int main(int argc, char **argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    Size size;
    bool list = false;
    std::vector<std::string> wanted;
    for (int i = 1; i < argc; ++i) {
        if (!std::strcmp(argv[i], "--quick"))
            size.quick = true;
        else if (!std::strcmp(argv[i], "--list"))
            list = true;
        else
            wanted.emplace_back(argv[i]);
    }
    std::vector<Entry> entries;
    for (auto &group : {fetchBenchmarks(), sqlBenchmarks(), schemaBenchmarks(), planBenchmarks(), ormBenchmarks()})
        entries.insert(entries.end(), group.begin(), group.end());
    const std::size_t ofLibrary = entries.size();
    for (auto &group : {windowBenchmarks(), pendingBenchmarks()})
        entries.insert(entries.end(), group.begin(), group.end());
    for (const std::string &name : wanted)
        if (std::ranges::find(entries, name, &Entry::name) == entries.end()) {
            std::cerr << "there is no benchmark named " << name << '\n';
            return 2;
        }
    // Only for the window: what starts it leaves the processor's vector registers in a state in which each change
    // between old and new vector instructions takes a tenth of a microsecond, which no program without a window pays.
    std::optional<QApplication> application;
    int status = 0;
    for (const Entry &entry : entries) {
        if (!wanted.empty() && std::ranges::find(wanted, entry.name) == wanted.end())
            continue;
        if (list) {
            std::cout << entry.name << '\n';
            continue;
        }
        if (!application && &entry >= &entries[ofLibrary])
            application.emplace(argc, argv);
        nlohmann::ordered_json line = {{"name", entry.name}};
        try {
            Benchmark benchmark = entry.make(size);
            benchmark.name = entry.name;
            line = measure(benchmark, size.quick ? 3 : 7);
            benchmark.tearDown();
        } catch (const Skip &skip) {
            line["skipped"] = skip.why;
        } catch (const Error &error) {
            line["error"] = error.describe();
            status = 1;
        }
        std::cout << line.dump() << std::endl;
    }
    return status;
}
