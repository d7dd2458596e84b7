#pragma once

#include "schemawright/orm/automap.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

/// The C++ of mapped tables: a struct for each entity and what Mapper has to be told of it, as a person would write it.
///
/// A column is a member of the type that holds all its values: std::optional where it can be NULL, Decimal for exact
/// numbers, an enum class for an enum, text for arrays, json, uuid and intervals, Value for a SQLite column without a
/// type. The column of a foreign key is no member when a relationship writes it: what it holds is the key of the
/// related object. What cannot be said to Mapper stands as a comment in its place: columns that the database generates,
/// keys to another unique column, and many-to-many by an association that is mapped itself.
///
/// Holds copies; pure; may be read by any thread.
class CppMapping
{
public:
    CppMapping(const MetaData &metadata, std::vector<Entity> entities, std::string nameSpace = "model");

    const std::vector<Entity> &entities() const noexcept { return entities_; }
    /// Null when the table is not mapped.
    const Entity *entity(const QualifiedName &table) const noexcept;
    /// The type of a column's member. Of a column that has none the type that it would have.
    std::string typeOf(const Entity &entity, const AttributeInfo &attribute) const;
    /// The type of a relationship's member.
    std::string typeOf(const Entity &entity, const RelationshipInfo &relationship) const;
    /// Why a column or a relationship is no member of the struct, as a phrase; empty when it is one.
    std::string whyNoMember(const Entity &entity, const AttributeInfo &attribute) const;
    std::string whyNoMember(const Entity &entity, const RelationshipInfo &relationship) const;
    /// Names of classes and enums, which no member should have.
    const std::set<std::string> &typeNames() const noexcept { return typeNames_; }

    /// A header of its own with everything, to be compiled as it is.
    std::string text() const;
    /// The part about one table: its enums, its struct, and the statement that maps it. Empty when it is not mapped.
    std::string text(const QualifiedName &table) const;

private:
    struct EnumText
    {
        std::string name;
        std::vector<std::pair<std::string, std::string>> values; ///< name, label
    };

    void nameEnums();
    const EnumText *enumOf(const Entity &entity, const std::string &column) const;
    std::string bareType(const Entity &entity, const Column &column) const;
    std::string named(const Entity &entity, const std::string &type) const;
    std::string enumText(const EnumText &text) const;
    std::string conversionText(const EnumText &text) const;
    std::string structText(const Entity &entity) const;
    std::string mapText(const Entity &entity, std::string_view indent) const;
    std::string tableText(const QualifiedName &table) const;
    /// In the order of the target's key.
    std::vector<std::string> orderedColumns(const RelationshipInfo &relationship) const;

    MetaData metadata_;
    std::vector<Entity> entities_;
    std::string nameSpace_;
    std::map<QualifiedName, std::size_t> byTable_;
    std::vector<EnumText> enums_;
    std::map<std::pair<QualifiedName, std::string>, std::size_t> enumOfColumn_;
    std::set<std::string> typeNames_;
    std::string mappings_, source_, function_; ///< names in the text, apart from those of classes
};

} // namespace schemawright
