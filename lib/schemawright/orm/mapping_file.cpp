#include "schemawright/orm/mapping_file.h"

#include "schemawright/base/kept_file.h"

#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

namespace schemawright {

namespace {

using Json = nlohmann::json;

} // namespace

MappingFile::MappingFile(std::filesystem::path folder, std::string database)
    : database_(std::move(database)), path_(folder / keptFileName(database_, ".model.json"))
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
    try {
        writeKeptFile(path_, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    } catch (Error &error) {
        throw std::move(error)
            .withContext("keeping the names of the model in " + path_.string())
            .withHint("They are still pending: make the folder writable and commit again.");
    }
    mappings_ = std::move(wanted);
}

} // namespace schemawright
