#include "schemawright/orm/journal.h"

#include "schemawright/base/kept_file.h"
#include "schemawright/orm/table_json.h"

#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <unistd.h>

namespace schemawright {

namespace {

using Json = nlohmann::json;

// Bytes and bits as hex: JSON has neither, and every value must come back as it was.
Json toJson(const Value &value)
{
    if (value.isNull())
        return nullptr;
    if (const bool *truth = value.as<bool>())
        return *truth;
    if (const auto *integer = value.as<std::int64_t>())
        return *integer;
    if (const double *number = value.as<double>())
        return {{"double", fmt::format("{:016x}", std::bit_cast<std::uint64_t>(*number))}, {"shown", value.text()}};
    if (const std::string *text = value.as<std::string>()) {
        if (isUtf8(*text))
            return *text;
        return {{"bytes", hexText(*text)}};
    }
    return {{value.kindName(), value.text()}};
}

template <class T> Value parsed(const Json &json)
{
    const auto value = T::parse(json.get<std::string>());
    if (!value)
        throw Error(ErrorKind::Corrupt, "a value in the journal cannot be read");
    return Value(*value);
}

std::string unhexed(const Json &json)
{
    const auto bytes = bytesFromHex(json.get<std::string>());
    if (!bytes)
        throw Error(ErrorKind::Corrupt, "a value in the journal cannot be read");
    return *bytes;
}

Value valueFromJson(const Json &json)
{
    if (json.is_null())
        return {};
    if (json.is_boolean())
        return Value(json.get<bool>());
    if (json.is_number_integer())
        return Value(json.get<std::int64_t>());
    if (json.is_string())
        return Value(json.get<std::string>());
    if (json.contains("double"))
        return Value(std::bit_cast<double>(
            static_cast<std::uint64_t>(std::stoull(json["double"].get<std::string>(), nullptr, 16))));
    if (json.contains("bytes"))
        return Value(unhexed(json["bytes"]));
    if (json.contains("blob"))
        return Value(Bytes{unhexed(json["blob"])});
    if (json.contains("decimal"))
        return parsed<Decimal>(json["decimal"]);
    if (json.contains("date"))
        return parsed<Date>(json["date"]);
    if (json.contains("time"))
        return parsed<Time>(json["time"]);
    if (json.contains("timestamp"))
        return parsed<DateTime>(json["timestamp"]);
    throw Error(ErrorKind::Corrupt, "a value in the journal cannot be read");
}

Json toJson(const Cell &cell)
{
    if (const Value *value = std::get_if<Value>(&cell))
        return {{"value", toJson(*value)}};
    if (const KeyOf *key = std::get_if<KeyOf>(&cell))
        return {{"key_of", key->row}, {"column", key->column}};
    return {{"default", true}};
}

Cell cellFromJson(const Json &json)
{
    if (json.contains("value"))
        return valueFromJson(json["value"]);
    if (json.contains("key_of"))
        return KeyOf{json["key_of"].get<std::uint64_t>(), json["column"].get<std::string>()};
    return DefaultValue{};
}

Json toJson(const RowImage &image)
{
    Json out = Json::object();
    for (const auto &[column, cell] : image)
        out[column] = toJson(cell);
    return out;
}

RowImage imageFromJson(const Json &json)
{
    RowImage image;
    for (const auto &[column, cell] : json.items())
        image[column] = cellFromJson(cell);
    return image;
}

Json toJson(const Change &change)
{
    const QualifiedName &about = change.table();
    if (change.isTable())
        return {{"schema", about.schema},
                {"table", about.name},
                {"table_id", std::get<TableTarget>(change.target).id},
                {"table_before", tableToJson(change.tableBefore)},
                {"table_after", tableToJson(change.tableAfter)}};
    if (change.isMapping())
        return {{"schema", about.schema},
                {"table", about.name},
                {"mapping_before", mappingToJson(change.mappingBefore)},
                {"mapping_after", mappingToJson(change.mappingAfter)}};
    if (change.isObject()) {
        const ObjectReference &object = std::get<ObjectTarget>(change.target).object;
        return {{"schema", about.schema},
                {"table", about.name},
                {"object_kind", object.kind},
                {"object_arguments", object.arguments},
                {"object_before", objectToJson(change.objectBefore)},
                {"object_after", objectToJson(change.objectAfter)}};
    }
    const RowTarget &target = change.row();
    Json key = Json::array();
    for (const auto &[column, value] : target.key)
        key.push_back({{"column", column}, {"value", toJson(value)}});
    return {{"schema", target.table.schema},
            {"table", target.table.name},
            {"key", key},
            {"new_row", target.newRow},
            {"before", change.before ? toJson(*change.before) : Json(nullptr)},
            {"after", change.after ? toJson(*change.after) : Json(nullptr)},
            {"base", toJson(change.base)}};
}

Change changeFromJson(const Json &json)
{
    RowTarget target;
    target.table = {json.at("schema").get<std::string>(), json.at("table").get<std::string>()};
    if (json.contains("table_id")) {
        Change change;
        change.target = TableTarget{json["table_id"].get<TableId>(), target.table};
        change.tableBefore = tableFromJson(json.at("table_before"));
        change.tableAfter = tableFromJson(json.at("table_after"));
        return change;
    }
    if (json.contains("mapping_after")) {
        Change change;
        change.target = EntityTarget{target.table};
        change.mappingBefore = mappingFromJson(json.at("mapping_before"));
        change.mappingAfter = mappingFromJson(json["mapping_after"]);
        return change;
    }
    if (json.contains("object_kind")) {
        Change change;
        change.target = ObjectTarget{
            {json["object_kind"].get<std::string>(), target.table, json.at("object_arguments").get<std::string>()}};
        change.objectBefore = objectFromJson(json.at("object_before"));
        change.objectAfter = objectFromJson(json.at("object_after"));
        return change;
    }
    for (const Json &part : json.at("key"))
        target.key.emplace_back(part.at("column").get<std::string>(), valueFromJson(part.at("value")));
    target.newRow = json.at("new_row").get<std::uint64_t>();
    Change change;
    change.target = target;
    if (!json.at("before").is_null())
        change.before = imageFromJson(json["before"]);
    if (!json.at("after").is_null())
        change.after = imageFromJson(json["after"]);
    change.base = imageFromJson(json.at("base"));
    return change;
}

Json toJson(const std::vector<const Change *> &changes)
{
    Json all = Json::array();
    for (const Change *change : changes)
        all.push_back(toJson(*change));
    return all;
}

std::vector<Change> fromJson(const Json &json)
{
    std::vector<Change> changes;
    for (const Json &change : json)
        changes.push_back(changeFromJson(change));
    return changes;
}

/// Runs `work`, which reads JSON, and turns what it throws into Error(Corrupt).
template <class Work> auto readingJson(Work work)
{
    try {
        return work();
    } catch (const nlohmann::json::exception &error) {
        throw Error(ErrorKind::Corrupt, error.what()).withContext("reading kept edits");
    } catch (const std::logic_error &error) { // a number that is none
        throw Error(ErrorKind::Corrupt, error.what()).withContext("reading kept edits");
    }
}

/// As an error of the disk is told to who edits.
Error told(Error error, const std::filesystem::path &path)
{
    return std::move(error)
        .withContext("keeping pending edits in " + path.string())
        .withHint("The edits are still here, but would not survive a crash.");
}

} // namespace

std::string changesToJson(const std::vector<const Change *> &changes) { return toJson(changes).dump(); }

std::vector<Change> changesFromJson(const std::string &text)
{
    return readingJson([&] { return fromJson(Json::parse(text)); });
}

Journal::Journal(std::filesystem::path folder, std::string database)
    : database_(std::move(database)), path_(folder / keptFileName(database_, ".journal"))
{
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    // The lock stands beside the journal, since the journal itself is replaced at every write.
    const std::string lockPath = path_.string() + ".lock";
    lock_ = ::open(lockPath.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (lock_ < 0)
        throw told(Error(ErrorKind::Permission, std::strerror(errno)), lockPath);
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
        ::close(lock_);
        throw Error(ErrorKind::Busy, "another window keeps the pending edits of this database")
            .withHint("Edits made here work, but would not survive a crash.");
    }
}

Journal::~Journal() { ::close(lock_); }

void Journal::write(const std::vector<const Change *> &changes)
{
    if (changes.empty()) {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
        return;
    }
    const std::string saved = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
    const Json json = {{"format", 1}, {"database", database_}, {"saved_at", saved}, {"changes", toJson(changes)}};
    const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    try {
        writeKeptFile(path_, text);
    } catch (const Error &error) {
        throw told(error, path_);
    }
}

std::optional<Journal::Kept> Journal::read() const
{
    std::ifstream file(path_, std::ios::binary);
    if (!file)
        return std::nullopt;
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    return readingJson([&] {
        const Json json = Json::parse(text);
        if (json.at("format").get<int>() != 1)
            throw Error(ErrorKind::Corrupt, "the journal was written by a newer program")
                .withContext("reading " + path_.string());
        return std::optional(Kept{json.at("database").get<std::string>(), json.at("saved_at").get<std::string>(),
                                  fromJson(json.at("changes"))});
    });
}

} // namespace schemawright
