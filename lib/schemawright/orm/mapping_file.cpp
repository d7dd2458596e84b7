#include "schemawright/orm/mapping_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace schemawright {

namespace {

using Json = nlohmann::json;

/// A name for the file: readable, and told apart by a hash (FNV-1a) of the whole.
std::string fileName(const std::string &database)
{
    std::uint64_t hash = 14695981039346656037u;
    std::string readable;
    for (const char c : database) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
        const bool isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
        readable += isPlain ? c : '_';
    }
    constexpr std::size_t longest = 60;
    if (readable.size() > longest)
        readable.erase(0, readable.size() - longest);
    return fmt::format("{}-{:016x}.model.json", readable, hash);
}

Error cannotWrite(const std::filesystem::path &path)
{
    return Error(ErrorKind::Permission, std::strerror(errno))
        .withContext("keeping the names of the model in " + path.string())
        .withHint("They are still pending: make the folder writable and commit again.");
}

void writeWhole(const std::filesystem::path &path, const std::string &text)
{
    const std::string temporary = path.string() + ".new";
    const int file = ::open(temporary.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        throw cannotWrite(path);
    std::size_t written = 0;
    while (written < text.size()) {
        const ssize_t n = ::write(file, text.data() + written, text.size() - written);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            const Error error = cannotWrite(path);
            ::close(file);
            throw error;
        }
        written += static_cast<std::size_t>(n);
    }
    const bool isSafe = ::fsync(file) == 0;
    if (::close(file) != 0 || !isSafe || std::rename(temporary.c_str(), path.c_str()) != 0)
        throw cannotWrite(path);
}

} // namespace

MappingFile::MappingFile(std::filesystem::path folder, std::string database)
    : database_(std::move(database)), path_(folder / fileName(database_))
{}

void MappingFile::read()
{
    std::ifstream file(path_, std::ios::binary);
    if (!file) {
        mappings_.clear();
        return;
    }
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    try {
        const Json json = Json::parse(text);
        if (json.at("format").get<int>() != 1)
            throw Error(ErrorKind::Corrupt, "the names of the model were written by a newer program")
                .withContext("reading " + path_.string());
        EntityMappings read;
        for (const Json &each : json.at("entities")) {
            EntityMapping mapping;
            mapping.className = each.value("class_name", std::string());
            mapping.attributes = each.value("attributes", mapping.attributes);
            mapping.relationships = each.value("relationships", mapping.relationships);
            mapping.versionColumn = each.value("version_column", std::string());
            read[{each.at("table").at(0).get<std::string>(), each.at("table").at(1).get<std::string>()}] = mapping;
        }
        mappings_ = std::move(read);
    } catch (const nlohmann::json::exception &error) {
        throw Error(ErrorKind::Corrupt, error.what()).withContext("reading " + path_.string());
    }
}

void MappingFile::write(const QualifiedName &table, const std::optional<EntityMapping> &mapping)
{
    read();
    EntityMappings wanted = mappings_;
    if (mapping)
        wanted[table] = *mapping;
    else
        wanted.erase(table);
    Json entities = Json::array();
    for (const auto &[name, each] : wanted)
        entities.push_back({{"table", {name.schema, name.name}},
                            {"class_name", each.className},
                            {"attributes", each.attributes},
                            {"relationships", each.relationships},
                            {"version_column", each.versionColumn}});
    std::error_code ignored; // the write says what is wrong
    std::filesystem::create_directories(path_.parent_path(), ignored);
    const Json json = {{"format", 1}, {"database", database_}, {"entities", entities}};
    writeWhole(path_, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    mappings_ = std::move(wanted);
}

} // namespace schemawright
