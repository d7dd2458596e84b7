#include "app/commands/commands.h"

#include "schemawright/engine/inspector.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>

#include <fmt/format.h>

namespace schemawright {

namespace {

std::string readFile(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file.good() && !file.eof())
        throw Error(ErrorKind::NotFound, "the file cannot be read").withContext("opening " + path);
    return text;
}

bool isScript(const std::string &source) { return source.find("://") == std::string::npos && source.ends_with(".sql"); }

QualifiedName splitName(const std::string &text)
{
    const std::size_t dot = text.find('.');
    return dot == std::string::npos ? QualifiedName{"", text}
                                    : QualifiedName{text.substr(0, dot), text.substr(dot + 1)};
}

/// A name may hold a dot itself, so "a.b" is looked for whole as well as split.
bool isSelected(const Table &table, const std::string &wanted)
{
    const QualifiedName split = splitName(wanted);
    return table.name.name == wanted || (table.name.schema == split.schema && table.name.name == split.name);
}

MetaData narrowed(MetaData metadata, const std::vector<std::string> &tables)
{
    if (tables.empty())
        return metadata;
    for (const std::string &wanted : tables)
        if (std::ranges::none_of(metadata.tables(), [&](const TablePtr &table) { return isSelected(*table, wanted); }))
            throw Error(ErrorKind::NotFound, "there is no table or view named '" + wanted + "'");
    for (const TablePtr &table : metadata.tables())
        if (std::ranges::none_of(tables, [&](const std::string &wanted) { return isSelected(*table, wanted); }))
            metadata.remove(table->name);
    return metadata;
}

} // namespace

MetaData readMetaData(const std::string &source, const Selection &selection, const MetaData *like)
{
    EngineOptions options;
    options.readOnly = !isScript(source);
    const Engine engine = Engine::open(isScript(source) ? "sqlite://" : source, options);
    Connection connection = engine.connect();
    const InterruptGuard interrupt(connection);
    if (isScript(source))
        connection.executeScript(readFile(source));
    ReflectOptions reflect;
    reflect.schemas = selection.schemas;
    if (like && like->dialect == engine.dialect().name())
        reflect.defaultSchema = like->defaultSchema, reflect.nameDefaultSchema = like->namesDefaultSchema;
    for (const std::string &wanted : selection.tables) {
        reflect.tables.push_back(wanted);
        if (const QualifiedName split = splitName(wanted); !split.schema.empty())
            reflect.tables.push_back(split.name);
    }
    const MetaData metadata = narrowed(Inspector(connection).reflect(reflect), selection.tables);
    const bool isAlike = like && like->dialect == metadata.dialect && !metadata.defaultSchema.empty();
    return isAlike ? metadata.withDefaultSchema(like->defaultSchema) : metadata;
}

bool reportRemarks(const MetaData &metadata)
{
    for (const Remark &remark : metadata.notCarried)
        fmt::print(stderr, "not carried: {}: {}\n", remark.object, remark.what);
    bool isPart = false;
    for (const Remark &remark : metadata.errors) {
        fmt::print(stderr, "could not be read: {}: {}\n", remark.object, remark.what);
        // Of a view that does not compile the text is carried all the same.
        const TablePtr table = metadata.table(splitName(remark.object));
        isPart = isPart || !table || !table->isView();
    }
    return isPart;
}

void writeOutput(const std::string &path, const std::string &text)
{
    if (path.empty()) {
        std::fwrite(text.data(), 1, text.size(), stdout);
        return;
    }
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.flush();
    if (!file)
        throw Error(ErrorKind::Permission, "the file cannot be written").withContext("writing " + path);
}

namespace {

// A signal handler may only set a flag; a thread turns it into a cancel, since that is no async-signal-safe call.
std::atomic<bool> interrupted = false;
std::jthread interruptWatcher;

} // namespace

InterruptGuard::InterruptGuard(const Connection &connection)
{
    std::signal(SIGINT, [](int) { interrupted = true; });
    interruptWatcher = std::jthread([canceller = connection.canceller()](const std::stop_token &stop) {
        while (!stop.stop_requested()) {
            if (interrupted)
                canceller->cancel();
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    });
}

InterruptGuard::~InterruptGuard()
{
    interruptWatcher = std::jthread();
    std::signal(SIGINT, SIG_DFL);
}

} // namespace schemawright
