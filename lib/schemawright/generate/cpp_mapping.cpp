#include "schemawright/generate/cpp_mapping.h"

#include "schemawright/orm/entity_names.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace schemawright {

namespace {

std::string quoted(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text)
        if (c == '"' || c == '\\')
            out += {'\\', c};
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            out += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
        else
            out += c;
    return out + '"';
}

std::string list(const std::vector<std::string> &texts)
{
    std::string out = "{";
    for (const std::string &text : texts)
        out += (out.size() > 1 ? ", " : "") + quoted(text);
    return out + "}";
}

/// Names for a comment: as they are where nothing in them could end it.
std::string said(const std::vector<std::string> &names)
{
    std::string out;
    for (const std::string &name : names) {
        const bool isPlain = std::ranges::all_of(
            name, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '\\' && c != '"' && c != ' '; });
        out += (out.empty() ? "" : ", ") + (isPlain ? name : quoted(name));
    }
    return out;
}

/// Made by the database and never written.
bool isWorkedOut(const Column &column, const AttributeInfo &attribute)
{
    return !attribute.isKey && (column.generated || (column.identity && column.identity->always));
}

/// "'it''s'::text" is it's, "((0))" is 0. Nothing for what the database has to work out.
struct Literal
{
    std::string text;
    bool isText = false;
};
std::optional<Literal> literalOf(std::string sql)
{
    const auto trim = [&] {
        while (!sql.empty() && sql.front() == ' ')
            sql.erase(0, 1);
        while (!sql.empty() && sql.back() == ' ')
            sql.pop_back();
    };
    trim();
    while (sql.size() > 2 && sql.front() == '(' && sql.back() == ')') {
        sql = sql.substr(1, sql.size() - 2);
        trim();
    }
    if (sql.empty())
        return std::nullopt;
    if (sql.front() == '\'') {
        Literal literal{{}, true};
        std::size_t at = 1;
        for (; at < sql.size(); ++at) {
            if (sql[at] == '\'') {
                if (at + 1 < sql.size() && sql[at + 1] == '\'')
                    ++at;
                else
                    break;
            }
            literal.text += sql[at];
        }
        const std::string rest = at < sql.size() ? sql.substr(at + 1) : "?";
        // A cast says the type, which is the column's.
        return rest.empty() || rest.starts_with("::") ? std::optional(std::move(literal)) : std::nullopt;
    }
    if (const std::size_t cast = sql.find("::"); cast != std::string::npos)
        sql.erase(cast);
    std::string low = sql;
    std::ranges::transform(low, low.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (low == "true" || low == "false")
        return Literal{low, false};
    const std::size_t start = sql.front() == '-' ? 1 : 0;
    const bool isNumber = sql.size() > start && sql.size() < 18 && std::ranges::count(sql, '.') <= 1 &&
                          sql.find_first_not_of("0123456789.", start) == std::string::npos && sql[start] != '.' &&
                          sql.back() != '.';
    return isNumber ? std::optional(Literal{sql, false}) : std::nullopt;
}

bool isNullDefault(const Column &column)
{
    return !column.defaultSql || *column.defaultSql == "NULL" || *column.defaultSql == "null" ||
           column.defaultSql->starts_with("NULL::");
}

bool contains(const std::vector<std::string> &all, const std::string &one)
{
    return std::ranges::find(all, one) != all.end();
}

} // namespace

CppMapping::CppMapping(const MetaData &metadata, std::vector<Entity> entities, std::string nameSpace)
    : metadata_(metadata), entities_(std::move(entities)), nameSpace_(std::move(nameSpace))
{
    for (std::size_t i = 0; i < entities_.size(); ++i) {
        byTable_[entities_[i].table] = i;
        typeNames_.insert(entities_[i].className);
    }
    nameEnums();
    std::set<std::string> taken = typeNames_;
    mappings_ = claimName(taken, "mappings");
    source_ = claimName(taken, "metadata");
    function_ = claimName(taken, "mapped");
}

const Entity *CppMapping::entity(const QualifiedName &table) const noexcept
{
    const auto found = byTable_.find(table);
    return found == byTable_.end() ? nullptr : &entities_[found->second];
}

void CppMapping::nameEnums()
{
    std::map<std::pair<std::string, std::vector<std::string>>, std::size_t> known; // a type that several columns have
    for (const Entity &each : entities_) {
        const TablePtr table = metadata_.table(each.table);
        for (const Column &column : table->columns) {
            if (column.type.kind != TypeKind::Enum || column.type.labels.empty())
                continue;
            const auto key = std::pair(column.type.name, column.type.labels);
            const auto found = known.find(key);
            if (!column.type.name.empty() && found != known.end()) {
                enumOfColumn_[{each.table, column.name}] = found->second;
                continue;
            }
            EnumText made;
            std::string name = column.type.name.empty() ? each.className + className(column.name, "Column")
                                                        : className(column.type.name, "Enum");
            if (typeNames_.contains(name))
                name += "Value";
            made.name = claimName(typeNames_, name);
            std::set<std::string> taken;
            for (const std::string &label : column.type.labels)
                made.values.emplace_back(claimName(taken, className(label, label.empty() ? "Empty" : "Value")), label);
            known[key] = enums_.size();
            enumOfColumn_[{each.table, column.name}] = enums_.size();
            enums_.push_back(std::move(made));
        }
    }
}

const CppMapping::EnumText *CppMapping::enumOf(const Entity &of, const std::string &column) const
{
    const auto found = enumOfColumn_.find({of.table, column});
    return found == enumOfColumn_.end() ? nullptr : &enums_[found->second];
}

/// The name of a class or enum inside of a struct: with its namespace when a member has the same.
std::string CppMapping::named(const Entity &in, const std::string &type) const
{
    const bool isHidden = std::ranges::any_of(in.attributes, [&](const auto &each) { return each.name == type; }) ||
                          std::ranges::any_of(in.relationships, [&](const auto &each) { return each.name == type; });
    return isHidden ? nameSpace_ + "::" + type : type;
}

std::string CppMapping::bareType(const Entity &of, const Column &column) const
{
    const bool isSqlite = metadata_.dialect == "sqlite"; // any integer column holds 64 bits there
    const bool isUnsigned = column.type.native.find("unsigned") != std::string::npos ||
                            column.type.native.find("UNSIGNED") != std::string::npos;
    switch (column.type.kind) {
    case TypeKind::Boolean:
        return "bool";
    case TypeKind::SmallInteger:
        return isSqlite ? "std::int64_t" : isUnsigned ? "std::int32_t" : "std::int16_t";
    case TypeKind::Integer:
        return isSqlite || isUnsigned ? "std::int64_t" : "std::int32_t";
    case TypeKind::BigInteger:
        return isUnsigned && !isSqlite ? "schemawright::Decimal" : "std::int64_t";
    case TypeKind::Numeric:
        return "schemawright::Decimal";
    case TypeKind::Real:
        return isSqlite ? "double" : "float";
    case TypeKind::Double:
        return "double";
    case TypeKind::LargeBinary:
        return "schemawright::Bytes";
    case TypeKind::Date:
        return "schemawright::Date";
    case TypeKind::Time:
        return "schemawright::Time";
    case TypeKind::DateTime:
        return "schemawright::DateTime";
    case TypeKind::Enum:
        if (const EnumText *known = enumOf(of, column.name))
            return named(of, known->name);
        return "std::string";
    case TypeKind::Unknown:
        return isSqlite ? "schemawright::Value" : "std::string";
    case TypeKind::Char:
    case TypeKind::String:
    case TypeKind::Text:
    case TypeKind::Interval:
    case TypeKind::Uuid:
    case TypeKind::Json:
    case TypeKind::Array:
        break;
    }
    return "std::string";
}

std::string CppMapping::typeOf(const Entity &of, const AttributeInfo &attribute) const
{
    const TablePtr table = metadata_.table(of.table);
    const Column *column = table ? table->column(attribute.column) : nullptr;
    if (!column)
        return {};
    const std::string bare = bareType(of, *column);
    const bool canBeNull = column->nullable && !attribute.isKey && bare != "schemawright::Value";
    return canBeNull ? "std::optional<" + bare + ">" : bare;
}

std::string CppMapping::typeOf(const Entity &of, const RelationshipInfo &relationship) const
{
    const Entity *target = entity(relationship.target);
    if (!target)
        return {};
    const std::string pointer = "std::shared_ptr<" + named(of, target->className) + ">";
    const bool isMany =
        relationship.kind == RelationshipKind::OneToMany || relationship.kind == RelationshipKind::ManyToMany;
    return isMany ? "std::vector<" + pointer + ">" : pointer;
}

std::string CppMapping::whyNoMember(const Entity &of, const AttributeInfo &attribute) const
{
    const TablePtr table = metadata_.table(of.table);
    const Column *column = table ? table->column(attribute.column) : nullptr;
    if (!column)
        return "there is no such column";
    if (!attribute.relationship.empty())
        return "written by " + attribute.relationship;
    return {};
}

std::string CppMapping::whyNoMember(const Entity &, const RelationshipInfo &relationship) const
{
    if (!relationship.byKey)
        return "by a unique column that is not the key";
    return {};
}

std::vector<std::string> CppMapping::orderedColumns(const RelationshipInfo &relationship) const
{
    std::vector<std::string> ordered;
    for (const std::string &key : entity(relationship.target)->key)
        for (std::size_t i = 0; i < relationship.targetColumns.size(); ++i)
            if (relationship.targetColumns[i] == key)
                ordered.push_back(relationship.columns[i]);
    return ordered;
}

std::string CppMapping::tableText(const QualifiedName &table) const
{
    const bool isInDefault = table.schema.empty() || table.schema == metadata_.defaultSchema;
    return isInDefault ? quoted(table.name) : fmt::format("{{{}, {}}}", quoted(table.schema), quoted(table.name));
}

std::string CppMapping::enumText(const EnumText &text) const
{
    std::string out = "enum class " + text.name + " {";
    for (const auto &[name, label] : text.values)
        out += (out.back() == '{' ? " " : ", ") + name;
    return out + " };\n";
}

std::string CppMapping::conversionText(const EnumText &text) const
{
    const std::string type = nameSpace_ + "::" + text.name;
    std::string out = fmt::format("template <> struct schemawright::MemberValue<{0}>\n{{\n"
                                  "    static schemawright::Value to({0} member)\n    {{\n        switch (member) {{\n",
                                  type);
    for (const auto &[name, label] : text.values)
        out += fmt::format("        case {}::{}:\n            return schemawright::Value(std::string({}));\n", type,
                           name, quoted(label));
    out += fmt::format("        }}\n        return {{}};\n    }}\n"
                       "    static {} from(const schemawright::Value &value)\n    {{\n"
                       "        const std::string text = value.text();\n",
                       type);
    for (const auto &[name, label] : text.values)
        out += fmt::format("        if (text == {})\n            return {}::{};\n", quoted(label), type, name);
    return out + fmt::format("        throw schemawright::Error(schemawright::ErrorKind::Conversion,\n"
                             "                                  \"'\" + text + \"' is no {}\");\n    }}\n}};\n",
                             text.name);
}

std::string CppMapping::structText(const Entity &of) const
{
    const TablePtr table = metadata_.table(of.table);
    std::string out;
    if (table->comment) {
        std::string text = *table->comment;
        std::ranges::replace_if(
            text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\\'; }, ' ');
        out += "/// " + text + "\n";
    }
    out += "struct " + of.className + "\n{\n";
    const auto initialiser = [&](const Column &column, const AttributeInfo &attribute) -> std::string {
        const std::string bare = bareType(of, column);
        const bool isWhole = bare.starts_with("std::int"), isFloat = bare == "double" || bare == "float";
        const auto literal = isNullDefault(column) || attribute.isKey ? std::nullopt : literalOf(*column.defaultSql);
        if (literal && (isWhole || isFloat) && literal->text != "true" && literal->text != "false" &&
            !literal->text.empty() && !(isWhole && literal->text.find('.') != std::string::npos) &&
            literalOf(literal->text)) {
            // No octal numbers, and no wider ones than the member.
            std::string number = literal->text;
            const std::size_t start = number.front() == '-' ? 1 : 0;
            while (number.size() > start + 1 && number[start] == '0' && number[start + 1] != '.')
                number.erase(start, 1);
            if (!isWhole || number.size() - start <= (bare == "std::int64_t" ? 17u : bare == "std::int32_t" ? 9u : 4u))
                return fmt::format(" = {}", number) + (bare == "float" && number.find('.') != number.npos ? "f" : "");
        }
        if (literal && bare == "bool" && !literal->isText)
            return literal->text == "true" || literal->text == "1" ? " = true" : " = false";
        if (literal && bare == "schemawright::Decimal" && literal->text != "true" && literal->text != "false" &&
            literalOf(literal->text))
            return fmt::format("{{{}}}", quoted(literal->text));
        if (literal && literal->isText && bare == "std::string")
            return " = " + quoted(literal->text);
        if (const EnumText *known = enumOf(of, column.name)) {
            for (const auto &[name, label] : known->values)
                if (literal && label == literal->text)
                    return fmt::format(" = {}::{}", bare, name);
            return column.nullable && !attribute.isKey ? ""
                                                       : fmt::format(" = {}::{}", bare, known->values.front().first);
        }
        if (column.nullable && !attribute.isKey)
            return {};
        return isWhole || isFloat ? " = 0" : bare == "bool" ? " = false" : "";
    };
    for (const AttributeInfo &attribute : of.attributes) {
        const Column &column = *table->column(attribute.column);
        const std::string why = whyNoMember(of, attribute);
        if (!attribute.relationship.empty())
            continue; // stands at the relationship
        if (!why.empty()) {
            out += fmt::format("    // {}: {}.\n", said({attribute.column}), why);
            continue;
        }
        const std::string start = initialiser(column, attribute);
        out += fmt::format("    {} {}{};", typeOf(of, attribute), attribute.name, start);
        if (isWorkedOut(column, attribute))
            out += " // read only: the database makes it";
        const bool isMade = attribute.isKey || column.identity || column.autoincrement;
        if (!isNullDefault(column) && !isMade && !literalOf(*column.defaultSql))
            out += fmt::format(" // the default is the database's: {}", said({*column.defaultSql}));
        out += "\n";
    }
    for (const RelationshipInfo &info : of.relationships) {
        const std::string why = whyNoMember(of, info);
        const Entity *target = entity(info.target);
        if (why.empty())
            out += fmt::format("    {} {};{}\n", typeOf(of, info), info.name,
                               info.ownsKey    ? " // " + said(info.columns)
                               : info.viewOnly ? " // read only: changed through the objects between"
                                               : std::string());
        else
            out += fmt::format("    // {}: {} to {}, {}.\n", info.name, toString(info.kind), target->className, why);
    }
    return out + "};\n";
}

std::string CppMapping::mapText(const Entity &of, std::string_view indent) const
{
    std::string out = fmt::format("{}{}.map<{}>({})", indent, mappings_, of.className, tableText(of.table));
    const auto line = [&](const std::string &text) { out += fmt::format("\n{}    .{}", indent, text); };
    const auto member = [&](const std::string &name) { return fmt::format("&{}::{}", of.className, name); };
    for (const std::string &column : of.key) // in the order of the key
        line(fmt::format("key({}, {})", quoted(column), member(of.attribute(column)->name)));
    for (const AttributeInfo &attribute : of.attributes)
        if (!attribute.isKey && whyNoMember(of, attribute).empty())
            line(fmt::format("{}({}, {})",
                             isWorkedOut(*metadata_.table(of.table)->column(attribute.column), attribute) ? "readOnly"
                                                                                                          : "field",
                             quoted(attribute.column), member(attribute.name)));
    for (const RelationshipInfo &info : of.relationships) {
        if (!whyNoMember(of, info).empty())
            continue;
        const std::string name = quoted(info.name);
        if (info.kind == RelationshipKind::ManyToMany) {
            // Paired with the keys of both ends, in their order.
            const TablePtr association = metadata_.table(info.through);
            const auto ordered = [&](const std::vector<std::string> &columns, const Entity &end) {
                std::vector<std::string> result;
                for (const ForeignKey &key : association->foreignKeys)
                    if (key.columns == columns)
                        for (const std::string &wanted : end.key)
                            for (std::size_t i = 0; i < columns.size(); ++i)
                                if ((key.referredColumns.empty() ? end.key[i] : key.referredColumns[i]) == wanted &&
                                    !contains(result, columns[i]))
                                    result.push_back(columns[i]);
                return result;
            };
            const bool isInDefault = info.through.schema.empty() || info.through.schema == metadata_.defaultSchema;
            line(fmt::format("manyToMany({}, {}, {}.metadata().table({{{}, {}}}), {}, {})", name, member(info.name),
                             mappings_, quoted(isInDefault ? "" : info.through.schema), quoted(info.through.name),
                             list(ordered(info.columns, of)), list(ordered(info.targetColumns, *entity(info.target)))));
            if (info.viewOnly)
                line("viewOnly()");
        } else if (info.ownsKey)
            line(fmt::format("manyToOne({}, {}, {})", name, member(info.name), list(orderedColumns(info))));
        else {
            const std::string cascade =
                info.cascadesDelete ? fmt::format(", {{.saveUpdate = true, .remove = true, .removeOrphan = {}}}",
                                                  info.isRequired ? "true" : "false")
                                    : std::string();
            line(fmt::format("{}({}, {}, {}{})", info.kind == RelationshipKind::OneToOne ? "oneToOne" : "oneToMany",
                             name, member(info.name), quoted(info.backPopulates), cascade));
        }
    }
    return out + ";\n";
}

std::string CppMapping::text(const QualifiedName &table) const
{
    const Entity *of = entity(table);
    if (!of)
        return {};
    std::string out;
    std::set<std::string> done;
    for (const AttributeInfo &attribute : of->attributes)
        if (const EnumText *known = enumOf(*of, attribute.column); known && done.insert(known->name).second)
            out += enumText(*known) + "\n";
    return out + structText(*of) + "\n" + mapText(*of, "");
}

std::string CppMapping::text() const
{
    std::string out =
        "// The tables of a database as structs, and how each stands in its table. Made by Schemawright;\n"
        "// nothing here is needed by the library, so change what you like.\n"
        "#pragma once\n\n#include <schemawright/orm/mapper.h>\n\n"
        "#include <cstdint>\n#include <memory>\n#include <optional>\n#include <string>\n#include <vector>\n\n";
    out += "namespace " + nameSpace_ + " {\n\n";
    for (const Entity &each : entities_)
        out += "struct " + each.className + ";\n";
    for (const EnumText &each : enums_)
        out += "\n" + enumText(each);
    for (const Entity &each : entities_)
        out += "\n" + structText(each);
    if (!enums_.empty()) { // conversions stand in the library's namespace
        out += "\n} // namespace " + nameSpace_ + "\n";
        for (const EnumText &each : enums_)
            out += "\n" + conversionText(each);
        out += "\nnamespace " + nameSpace_ + " {\n";
    }
    out += "\n";
    out += fmt::format("/// For the database whose picture this is: Inspector(connection).reflect().\n"
                       "inline schemawright::Mappings {}(const schemawright::MetaData &{})\n{{\n"
                       "    schemawright::Mappings {}({});\n",
                       function_, source_, mappings_, source_);
    for (const Entity &each : entities_)
        out += mapText(each, "    ");
    return out + fmt::format("    return {};\n}}\n\n}} // namespace {}\n", mappings_, nameSpace_);
}

} // namespace schemawright
