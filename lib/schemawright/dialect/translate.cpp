#include "schemawright/dialect/translate.h"

#include "schemawright/base/error.h"
#include "schemawright/dialect/translated_columns.h"
#include "schemawright/dialect/translated_keys.h"
#include "schemawright/schema/naming_convention.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright {

std::string plainName(std::string_view name)
{
    std::string plain;
    for (std::size_t i = 0; i < name.size(); ++i)
        if (static_cast<unsigned char>(name[i]) >= 0xF0) { // the first of four bytes
            plain += '_';
            i += 3;
        } else
            plain += name[i];
    plain.erase(plain.find_last_not_of(" \t\n\v\f\r") + 1);
    return plain;
}

namespace {

class Translator
{
public:
    Translator(const MetaData &source, const Dialect &target, const DdlRules &rules)
        : source_(source), target_(target), rules_(rules)
    {}

    MetaData run()
    {
        out_.dialect = target_.name();
        out_.defaultSchema = target_.name() == "postgresql" ? "public" : "";
        out_.notCarried = source_.notCarried;
        out_.errors = source_.errors;
        schemas();
        const auto tables = source_.sortedTables().order;
        std::vector<Table> made;
        for (const TablePtr &table : tables)
            if (isCarried(*table))
                name(*table);
        for (const TablePtr &table : tables)
            if (isCarried(*table))
                made.push_back(columnsOf(*table));
        KeyTranslator keys(source_, target_, rules_, out_.notCarried, made, renamed_);
        keys.run();
        for (Table &table : made)
            out_.add(std::move(table));
        others();
        return std::move(out_);
    }

private:
    void remark(const std::string &object, std::string what) { out_.notCarried.push_back({object, std::move(what)}); }

    bool isDefault(const std::string &schema) const { return schema.empty() || schema == source_.defaultSchema; }

    void schemas()
    {
        for (const Schema &schema : source_.schemas) {
            if (isDefault(schema.name))
                continue;
            if (rules_.schemas)
                out_.schemas.push_back(schema);
            else
                remark(schema.name,
                       fmt::format("the schema: {} has none, its tables stand beside the others", rules_.displayName));
        }
        std::ranges::sort(out_.schemas, {}, &Schema::name);
        // Schemas that only the tables name, in a model built in code.
        for (const TablePtr &table : source_.tables())
            if (const std::string &schema = table->name.schema;
                rules_.schemas && !isDefault(schema) && !table->temporary &&
                std::ranges::find(out_.schemas, schema, &Schema::name) == out_.schemas.end() && source_.dialect.empty())
                out_.schemas.push_back({schema, std::nullopt});
    }

    bool isCarried(const Table &table)
    {
        switch (table.kind) {
        case TableKind::Table:
        case TableKind::Partitioned:
        case TableKind::Foreign:
            return !table.partition.of && !table.temporary && (!table.columns.empty() || rules_.emptyTables);
        default:
            return false;
        }
    }

    static std::string folded(std::string text)
    {
        for (char &c : text)
            if (c >= 'A' && c <= 'Z')
                c = static_cast<char>(c - 'A' + 'a');
        return text;
    }

    /// The name as it can stand here, apart from those that are taken, which it joins.
    std::string fitted(std::string name, std::set<std::string> &taken, bool differInCase) const
    {
        if (rules_.plainNames)
            name = plainName(name);
        const NameLimit limit = target_.capabilities().nameLimit();
        std::string wanted = shortenedName(name, limit);
        for (int i = 2; wanted.empty() || !taken.insert(differInCase ? wanted : folded(wanted)).second; ++i)
            wanted = shortenedName(name + "_" + std::to_string(i), limit);
        return wanted;
    }

    void name(const Table &table)
    {
        QualifiedName wanted{isDefault(table.name.schema) ? "" : table.name.schema, table.name.name};
        if (!rules_.schemas && !wanted.schema.empty()) {
            // Two schemas may each have a table of that name.
            const bool isTaken = std::ranges::any_of(source_.tables(), [&](const TablePtr &other) {
                return other->name.name == table.name.name && other->name.schema != table.name.schema;
            });
            wanted = {"", isTaken ? wanted.schema + "_" + wanted.name : wanted.name};
        }
        const std::string full = wanted.name;
        wanted.name = fitted(full, taken_[wanted.schema], rules_.tablesDifferInCase);
        if (wanted.name != full)
            remark(table.name.text(), "its name, which is " + wanted.name + " here");
        names_[resolved(table.name)] = wanted;
        std::set<std::string> columns;
        for (const Column &column : table.columns)
            if (const std::string made = fitted(column.name, columns, rules_.columnsDifferInCase);
                made != column.name) {
                remark(table.name.text(), "the name of " + column.name + ", which is " + made + " here");
                renamed_[wanted][column.name] = made;
            }
    }

    void rename(const QualifiedName &table, std::vector<std::string> &columns) const
    {
        if (const auto found = renamed_.find(table); found != renamed_.end())
            for (std::string &column : columns)
                if (const auto name = found->second.find(column); name != found->second.end())
                    column = name->second;
    }

    /// The table with the names that its columns have here.
    Table renamed(const Table &table) const
    {
        const QualifiedName name = names_.at(resolved(table.name));
        Table copy = table;
        for (ForeignKey &key : copy.foreignKeys) {
            rename(name, key.columns);
            rename(name, key.onDeleteColumns);
            if (const auto referred = names_.find(resolved(key.referred)); referred != names_.end())
                rename(referred->second, key.referredColumns);
        }
        const auto found = renamed_.find(name);
        if (found == renamed_.end())
            return copy;
        const auto moved = [&](std::string &column) {
            if (const auto made = found->second.find(column); made != found->second.end())
                column = made->second;
        };
        for (Column &column : copy.columns)
            moved(column.name);
        if (copy.primaryKey)
            rename(name, copy.primaryKey->columns);
        for (UniqueConstraint &unique : copy.uniques)
            rename(name, unique.columns);
        for (Index &index : copy.indexes) {
            rename(name, index.include);
            for (IndexElement &element : index.elements)
                if (element.column)
                    moved(*element.column);
        }
        return copy;
    }

    QualifiedName resolved(const QualifiedName &name) const
    {
        return name.schema.empty() ? QualifiedName{source_.defaultSchema, name.name} : name;
    }

    Table columnsOf(const Table &written)
    {
        const Table table = renamed(written);
        Table made;
        made.name = names_.at(resolved(table.name));
        made.temporary = table.temporary;
        const std::string object = table.name.text();
        if (rules_.comments)
            made.comment = table.comment;
        else if (table.comment)
            remark(object, "its comment: " + *table.comment);
        commentsOfParts(table);
        made.primaryKey = table.primaryKey;
        made.uniques = table.uniques;
        made.indexes = table.indexes;
        for (const ForeignKey &key : table.foreignKeys) {
            if (const auto found = names_.find(resolved(key.referred)); found != names_.end()) {
                ForeignKey moved = key;
                moved.referred = found->second;
                moved.inherited = false;
                if (moved.referredColumns.empty())
                    if (const TablePtr referred = source_.table(resolved(key.referred)); referred->primaryKey)
                        moved.referredColumns = referred->primaryKey->columns;
                made.foreignKeys.push_back(std::move(moved));
            } else
                remark(object, fmt::format("its foreign key ({}) to {}, which is not carried itself",
                                           fmt::join(key.columns, ", "), key.referred.text()));
        }
        ColumnTranslator(source_, target_, rules_, out_.notCarried, table, made, renamed_[made.name]).run();
        if (table.kind == TableKind::Partitioned)
            remark(object, "its partitions: the table is one");
        if (table.kind == TableKind::Foreign)
            remark(object, "the server it lies on: it is a table of its own");
        if (!table.inherits.empty())
            remark(object, "what it inherits from: its columns are its own");
        for (const ExclusionConstraint &exclusion : table.exclusions)
            remark(object, "its exclusion constraint " + exclusion.name + ": " + exclusion.definition);
        for (const Trigger &trigger : table.triggers)
            remark(object, "its trigger " + trigger.name);
        return made;
    }

    /// Those that are not carried.
    void commentsOfParts(const Table &table)
    {
        const auto look = [&](const char *what, const std::string &name, const std::optional<std::string> &comment) {
            if (comment)
                remark(table.name.text(), fmt::format("the comment of {} {}: {}", what, name, *comment));
        };
        const auto lookAt = [&](const auto &constraint) {
            const auto said = constraint.options.find("comment");
            if (said != constraint.options.end())
                look("the constraint", constraint.name.value_or(""), said->second);
        };
        if (table.primaryKey)
            lookAt(*table.primaryKey);
        for (const UniqueConstraint &each : table.uniques)
            lookAt(each);
        for (const ForeignKey &each : table.foreignKeys)
            look("the constraint", each.name.value_or(""), each.comment);
        for (const CheckConstraint &each : table.checks)
            look("the constraint", each.name.value_or(""), each.comment);
        for (const Index &each : table.indexes)
            if (!rules_.indexComments)
                look("the index", each.name, each.comment);
    }

    /// What is written in the other database's own language.
    void others()
    {
        for (const TablePtr &table : source_.tables()) {
            const std::string name = table->name.text();
            if (table->isView()) {
                remark(name, std::string("the ") + (table->kind == TableKind::View ? "view" : "materialized view") +
                                 ": its query is another database's");
                for (const Trigger &trigger : table->triggers)
                    remark(name, "its trigger " + trigger.name);
            } else if (table->kind == TableKind::Virtual)
                remark(name, "the virtual table");
            else if (table->temporary)
                remark(name, "the temporary table");
            else if (table->columns.empty() && !rules_.emptyTables && table->isBaseTable())
                remark(name, "the table without columns");
            else if (table->partition.of)
                remark(name, "the partition of " + table->partition.of->text());
        }
        for (const Function &function : source_.functions)
            remark(function.name.text() + "(" + function.arguments + ")", "the " + function.kind);
        for (const OtherObject &other : source_.others) {
            std::string kind = other.kind;
            std::ranges::replace(kind, '_', ' ');
            remark(other.name.text(), "the " + kind);
        }
        for (const Sequence &sequence : source_.sequences) {
            if (sequence.ownedBy)
                continue; // its column counts by itself
            if (rules_.sequences && !sequence.properties.cycle) {
                Sequence moved = sequence;
                moved.name.schema = isDefault(sequence.name.schema) ? "" : sequence.name.schema;
                moved.options.clear();
                if (target_.name() != "postgresql")
                    moved.type.clear();
                out_.sequences.push_back(std::move(moved));
            } else
                remark(sequence.name.text(), "the sequence");
        }
        if (!rules_.enumTypes)
            return;
        for (const TablePtr &table : out_.tables()) // the types that the columns name
            for (const Column &column : table->columns)
                if (column.type.kind == TypeKind::Enum && !column.type.name.empty() &&
                    std::ranges::none_of(out_.enums,
                                         [&](const EnumType &each) { return each.name.name == column.type.name; }))
                    out_.enums.push_back({{"", column.type.name}, column.type.labels, std::nullopt});
    }

    const MetaData &source_;
    const Dialect &target_;
    const DdlRules &rules_;
    MetaData out_;
    std::map<QualifiedName, QualifiedName> names_;
    std::map<std::string, std::set<std::string>> taken_; ///< table names, by schema
    RenamedColumns renamed_;
};

} // namespace

MetaData translate(const MetaData &source, const Dialect &target, const DdlRules &rules)
{
    if (source.dialect == target.name())
        return source;
    const MetaData named = withNames(source, target.capabilities().nameLimit());
    return Translator(named, target, rules).run();
}

} // namespace schemawright
