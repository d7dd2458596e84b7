#include "schemawright/dialect/translated_keys.h"

#include "schemawright/base/error.h"
#include "schemawright/schema/naming_convention.h"
#include "schemawright/sql/expression_parser.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright {

namespace {

bool isUnboundedText(const Type &type)
{
    return type.kind == TypeKind::Text || type.kind == TypeKind::Json || type.kind == TypeKind::LargeBinary ||
           (type.kind == TypeKind::String && !type.length);
}

/// Types whose values can stand for each other across a foreign key.
int familyOf(const Type &type)
{
    switch (type.kind) {
    case TypeKind::SmallInteger:
    case TypeKind::Integer:
    case TypeKind::BigInteger:
    case TypeKind::Numeric:
        return 1;
    case TypeKind::Char:
    case TypeKind::String:
    case TypeKind::Text:
        return 2;
    default:
        return 100 + static_cast<int>(type.kind);
    }
}

} // namespace

void KeyTranslator::run()
{
    for (std::size_t i = 0; i < tables_.size(); ++i)
        places_.emplace(tables_[i].name, i);
    if (rules_.keyTextLength)
        shortenKeyTexts();
    for (Table &table : tables_) {
        keys(table);
        shortenRow(table);
        indexes(table);
    }
    for (Table &table : tables_)
        foreignKeys(table);
    names();
}

Table *KeyTranslator::find(const QualifiedName &name)
{
    const auto found = places_.find(name);
    return found == places_.end() ? nullptr : &tables_[found->second];
}

bool KeyTranslator::isLong(const Table &table, const std::string &name) const
{
    const Column *column = table.column(name);
    return rules_.keyTextLength && column && isUnboundedText(column->type);
}

std::optional<Expr> KeyTranslator::parsed(const Table &table, const std::string &sql) const
{
    const auto renamed = renamed_.find(table.name);
    return ExpressionParser(source_.dialect, table,
                            [&](std::string_view name) -> std::optional<Expr> {
                                if (renamed == renamed_.end())
                                    return std::nullopt;
                                const auto found = renamed->second.find(std::string(name));
                                return found == renamed->second.end() ? std::nullopt
                                                                      : std::optional(column(found->second));
                            })
        .parse(sql);
}

/// A text without a limit that is part of a key, or of a foreign key, gets one.
void KeyTranslator::shortenKeyTexts()
{
    std::map<QualifiedName, std::map<std::string, int>> most; // characters that all keys of a column leave it
    const auto add = [&](const QualifiedName &name, const std::vector<std::string> &columns) {
        const Table *table = find(name);
        int characters = 0, texts = 0;
        for (const std::string &each : columns)
            if (const Column *column = table ? table->column(each) : nullptr;
                column && (column->type.isText() || column->type.kind == TypeKind::LargeBinary)) {
                characters += isUnboundedText(column->type) ? rules_.keyTextLength : column->type.length.value_or(1);
                ++texts;
            }
        const int others = 9 * (static_cast<int>(columns.size()) - texts);
        const bool isTooLong = rules_.keyBytes && 4 * characters + others > rules_.keyBytes;
        for (const std::string &each : columns) {
            const int length = isTooLong && texts ? (rules_.keyBytes - others) / 4 / texts : 0x7fffffff;
            const auto [at, isNew] = most[name].emplace(each, length);
            at->second = std::min(at->second, length);
        }
    };
    for (const Table &table : tables_) {
        if (table.primaryKey)
            add(table.name, table.primaryKey->columns);
        for (const UniqueConstraint &unique : table.uniques)
            add(table.name, unique.columns);
        for (const Index &index : table.indexes) {
            std::vector<std::string> columns;
            for (const IndexElement &element : index.elements)
                if (element.column)
                    columns.push_back(*element.column);
            if (index.unique && !index.where && columns.size() == index.elements.size())
                add(table.name, columns);
        }
        for (const ForeignKey &key : table.foreignKeys) {
            add(table.name, key.columns);
            add(key.referred, key.referredColumns);
        }
    }
    for (Table &table : tables_)
        for (Column &column : table.columns) {
            const auto found = most[table.name].find(column.name);
            if (found == most[table.name].end() || column.type.kind == TypeKind::Json)
                continue;
            const bool isUnbounded = isUnboundedText(column.type);
            if (!isUnbounded && !(column.type.isText() && column.type.length.value_or(1) > found->second))
                continue;
            const int length = std::min(found->second, isUnbounded ? rules_.keyTextLength : found->second);
            if (column.type.kind == TypeKind::LargeBinary)
                column.type.length = length;
            else
                column.type = types::string(length);
            remark(table, fmt::format("the length of {}, which is a key and has at most {} {} here", column.name,
                                      length, column.type.isText() ? "characters" : "bytes"));
        }
}

/// Texts that do not fit into a row together lie beside it, the longest first.
void KeyTranslator::shortenRow(Table &table)
{
    if (!rules_.rowBytes)
        return;
    const auto bytes = [](const Column &column) {
        return column.type.kind == TypeKind::String ? 4 * column.type.length.value_or(0) : 0;
    };
    const auto isKey = [&](const Column &column) {
        const auto holds = [&](const std::vector<std::string> &columns) {
            return std::ranges::find(columns, column.name) != columns.end();
        };
        return (table.primaryKey && holds(table.primaryKey->columns)) ||
               std::ranges::any_of(table.uniques, [&](const auto &each) { return holds(each.columns); }) ||
               std::ranges::any_of(table.foreignKeys, [&](const auto &each) { return holds(each.columns); });
    };
    while (true) {
        int sum = 0;
        Column *longest = nullptr;
        for (Column &column : table.columns) {
            sum += bytes(column);
            if (bytes(column) && !isKey(column) && (!longest || bytes(column) > bytes(*longest)))
                longest = &column;
        }
        if (sum <= rules_.rowBytes || !longest)
            return;
        remark(table, fmt::format("the limit of {} characters of {}", *longest->type.length, longest->name));
        longest->type = types::text();
    }
}

void KeyTranslator::keys(Table &table)
{
    const auto plain = [](auto &key) {
        key.include.clear();
        key.options.clear();
    };
    if (table.primaryKey) {
        if (table.primaryKey->columns.empty())
            table.primaryKey.reset();
        else {
            plain(*table.primaryKey);
            if (table.primaryKey->deferrable && !rules_.deferrableUnique) {
                table.primaryKey->deferrable = table.primaryKey->initiallyDeferred = false;
                remark(table, "that its primary key is deferrable");
            }
            for (Column &column : table.columns) // SQLite lets NULL into some
                if (std::ranges::find(table.primaryKey->columns, column.name) != table.primaryKey->columns.end())
                    column.nullable = false;
        }
    }
    for (UniqueConstraint &unique : table.uniques) {
        const std::string said = fmt::format("unique ({})", fmt::join(unique.columns, ", "));
        if (unique.options.contains("on_conflict"))
            remark(table, "the ON CONFLICT of its " + said);
        plain(unique);
        if (unique.deferrable && !rules_.deferrableUnique) {
            unique.deferrable = unique.initiallyDeferred = false;
            remark(table, "that its " + said + " is deferrable");
        }
        if (unique.nullsNotDistinct && !rules_.nullsNotDistinct && !rules_.nullIsOneValue) {
            unique.nullsNotDistinct = false;
            remark(table, "that its " + said + " takes NULL once only");
        } else if (!unique.nullsNotDistinct && rules_.nullIsOneValue &&
                   std::ranges::any_of(unique.columns, [&](const std::string &name) {
                       const Column *column = table.column(name);
                       return column && column->nullable;
                   }))
            remark(table, "that its " + said + " takes NULL more than once");
    }
}

/// Makes the elements ones that can be said here; false when the index cannot.
bool KeyTranslator::elements(const Table &table, Index &index)
{
    // A column that stands twice, for another operator class or collation, says nothing more here.
    for (auto at = index.elements.begin(); at != index.elements.end();)
        at = at->column && std::any_of(index.elements.begin(), at,
                                       [&](const auto &each) { return each.column == at->column; })
                 ? index.elements.erase(at)
                 : at + 1;
    int textBytes = 0, texts = 0, otherBytes = 0;
    for (IndexElement &element : index.elements) {
        if (element.expression) {
            const auto expression = parsed(table, *element.expression);
            if (!rules_.expressionIndexes || (!expression && !source_.dialect.empty()))
                return false;
            try {
                if (expression)
                    element.expression = target_.expressionSql(*expression);
            } catch (const Error &) { // a function that this dialect lacks
                return false;
            }
        } else {
            const Column *column = table.column(element.column.value_or(""));
            if (!column)
                return false;
            if (isLong(table, column->name)) {
                if (!rules_.prefixIndexes || column->type.kind == TypeKind::Json)
                    return false;
                element.prefix = element.prefix.value_or(rules_.keyTextLength);
            } else if (!rules_.prefixIndexes)
                element.prefix.reset();
            if (column->type.isText()) {
                ++texts;
                textBytes += 4 * element.prefix.value_or(column->type.length.value_or(0));
            } else
                otherBytes += 9;
            if (column->type.kind == TypeKind::Array && target_.name() != "postgresql")
                return false;
        }
        element.operatorClass.reset();
        if (element.collation) {
            remark(table, fmt::format("the collation {} in its index {}", *element.collation, index.name));
            element.collation.reset();
        }
        if (element.nulls && !rules_.indexNulls) {
            remark(table,
                   fmt::format("NULLS {} in its index {}", *element.nulls == "first" ? "FIRST" : "LAST", index.name));
            element.nulls.reset();
        }
    }
    const int room = rules_.keyBytes - otherBytes;
    if (rules_.prefixIndexes && rules_.keyBytes && textBytes > room)
        for (IndexElement &element : index.elements)
            if (const Column *column = element.column ? table.column(*element.column) : nullptr;
                column && column->type.isText() && 4 * column->type.length.value_or(9999) > room / texts)
                element.prefix = room / 4 / texts;
    return true;
}

void KeyTranslator::indexes(Table &table)
{
    std::vector<Index> kept;
    for (Index &index : table.indexes) {
        const std::string said = std::string("its ") + (index.unique ? "unique index " : "index ") + index.name;
        const bool isOtherMethod = index.method && *index.method != "btree" && *index.method != "hash";
        Index moved = index;
        moved.definition.reset();
        moved.options.clear();
        moved.method.reset();
        if (!rules_.indexComments)
            moved.comment.reset();
        if (isOtherMethod && index.method != "clustered" && index.method != "nonclustered") {
            remark(table, said + ", which is of the kind " + *index.method);
            continue;
        }
        if (!elements(table, moved)) {
            remark(table, said + ", which " + rules_.displayName + " cannot have on these columns");
            continue;
        }
        if (index.where) {
            const auto expression = parsed(table, *index.where);
            std::optional<std::string> text;
            try {
                if (expression && rules_.partialIndexes)
                    text = target_.expressionSql(*expression, true);
            } catch (const Error &) { // cannot be said here
            }
            if (!text && source_.dialect.empty() && rules_.partialIndexes)
                text = index.where;
            if (!text && index.unique) { // on all rows it would forbid what is allowed
                remark(table, fmt::format("{}, which holds WHERE {}", said, *index.where));
                continue;
            }
            if (!text)
                remark(table,
                       fmt::format("the condition of {}, which is on all rows here: {}", said.substr(4), *index.where));
            moved.where = text;
        }
        if (!moved.include.empty() && !rules_.indexInclude) {
            remark(table,
                   fmt::format("the included columns ({}) of {}", fmt::join(moved.include, ", "), said.substr(4)));
            moved.include.clear();
        }
        if (moved.nullsNotDistinct && !rules_.nullsNotDistinct) {
            moved.nullsNotDistinct = false;
            if (!rules_.nullIsOneValue)
                remark(table, "that " + said + " takes NULL once only");
        }
        if (index.name.empty())
            moved.name = fmt::format("ix_{}_{}", table.name.name, kept.size() + 1);
        kept.push_back(std::move(moved));
    }
    table.indexes = std::move(kept);
}

bool KeyTranslator::canRefer(Table &table, const ForeignKey &key)
{
    if (rules_.bareNameIsNear && !table.name.schema.empty() && key.referred.schema.empty()) {
        remark(table, fmt::format("its foreign key ({}) to {}, whose database the script does not name",
                                  fmt::join(key.columns, ", "), key.referred.text()));
        return false;
    }
    if (rules_.referred == DdlRules::Referred::Anything)
        return true;
    const Table *referred = find(key.referred);
    const auto isTheSame = [&](const std::vector<std::string> &columns) {
        return std::ranges::is_permutation(columns, key.referredColumns);
    };
    if (referred->primaryKey && isTheSame(referred->primaryKey->columns))
        return true;
    if (std::ranges::any_of(referred->uniques, [&](const auto &each) { return isTheSame(each.columns); }))
        return true;
    if (rules_.referred == DdlRules::Referred::UniqueIndex)
        for (const Index &index : referred->indexes) {
            std::vector<std::string> columns;
            for (const IndexElement &element : index.elements)
                columns.push_back(element.column && !element.prefix ? *element.column : std::string());
            if (index.unique && !index.where && isTheSame(columns))
                return true;
        }
    remark(table, fmt::format("its foreign key ({}) to {} ({}), where no {} stands", fmt::join(key.columns, ", "),
                              key.referred.text(), fmt::join(key.referredColumns, ", "),
                              rules_.referred == DdlRules::Referred::Constraint ? "key" : "unique index"));
    return false;
}

bool KeyTranslator::sameTypes(Table &table, const ForeignKey &key)
{
    if (rules_.anyKeyTypes || key.columns.size() != key.referredColumns.size())
        return true;
    const Table *referred = find(key.referred);
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
        const auto child = std::ranges::find(table.columns, key.columns[i], &Column::name);
        const Column *parent = referred->column(key.referredColumns[i]);
        if (child == table.columns.end() || !parent)
            return false;
        if (familyOf(child->type) != familyOf(parent->type)) {
            remark(table, fmt::format("its foreign key ({}) to {}: {} is {} and {} is {}", fmt::join(key.columns, ", "),
                                      key.referred.text(), child->name, target_.typeSql(child->type), parent->name,
                                      target_.typeSql(parent->type)));
            return false;
        }
        if (rules_.sameKeyTypes && target_.typeSql(child->type) != target_.typeSql(parent->type)) {
            remark(table,
                   fmt::format("the type of {}, which is that of the {} it refers to", child->name, parent->name));
            child->type = parent->type;
        }
    }
    return true;
}

void KeyTranslator::actions(Table &table, ForeignKey &key)
{
    const std::string said = fmt::format("of its foreign key ({})", fmt::join(key.columns, ", "));
    const auto drop = [&](std::optional<std::string> &action, const char *event) {
        remark(table, fmt::format("ON {} {} {}", event, *action, said));
        action.reset();
    };
    if (key.onUpdate && !rules_.onUpdate && *key.onUpdate != "RESTRICT")
        drop(key.onUpdate, "UPDATE");
    if (!rules_.onUpdate)
        key.onUpdate.reset();
    for (auto *action : {&key.onDelete, &key.onUpdate}) {
        const char *event = action == &key.onDelete ? "DELETE" : "UPDATE";
        if (*action && **action == "RESTRICT" && !rules_.restrict)
            action->reset(); // NO ACTION, which does the same here
        if (*action && **action == "SET DEFAULT" && !rules_.setDefault)
            drop(*action, event);
        if (*action && **action == "SET NULL" && rules_.setNullWantsNullable)
            if (std::ranges::any_of(key.columns, [&](const std::string &name) {
                    const Column *column = table.column(name);
                    return column && !column->nullable;
                }))
                drop(*action, event);
    }
    // SQLite alone lets a key be to change what the database makes itself.
    const bool isGenerated = std::ranges::any_of(key.columns, [&](const std::string &name) {
        const Column *column = table.column(name);
        return column && column->generated;
    });
    if (isGenerated && key.onDelete && key.onDelete->starts_with("SET "))
        drop(key.onDelete, "DELETE");
    if (isGenerated && key.onUpdate && key.onUpdate != "RESTRICT")
        drop(key.onUpdate, "UPDATE");
    if (!key.onDeleteColumns.empty() && !rules_.actionColumns) {
        remark(table, fmt::format("that only ({}) are set {}", fmt::join(key.onDeleteColumns, ", "), said));
        key.onDeleteColumns.clear();
    }
    if (key.deferrable && !rules_.deferrable) {
        remark(table, std::string("DEFERRABLE") + (key.initiallyDeferred ? " INITIALLY DEFERRED " : " ") + said);
        key.deferrable = key.initiallyDeferred = false;
    }
    if (key.match && !rules_.matchFull) {
        remark(table, "MATCH " + *key.match + " " + said);
        key.match.reset();
    }
    key.validated = key.validated || !rules_.notValidated;
    key.comment.reset();
    if (rules_.oneCascadePath && (key.onDelete || key.onUpdate))
        onePath(table, key);
}

/// Where rows may be reached by one cascade only, the first key that goes there keeps its action.
void KeyTranslator::onePath(Table &table, ForeignKey &key)
{
    const auto reached = [&](const QualifiedName &from) {
        std::set<QualifiedName> all{from};
        std::vector<QualifiedName> open{from};
        while (!open.empty()) {
            const QualifiedName at = open.back();
            open.pop_back();
            for (const QualifiedName &next : cascades_[at])
                if (all.insert(next).second)
                    open.push_back(next);
        }
        return all;
    };
    const std::set<QualifiedName> below = reached(table.name);
    bool isSecond = below.contains(key.referred);
    std::vector<QualifiedName> starts;
    for (const auto &[from, to] : cascades_)
        starts.push_back(from);
    starts.push_back(key.referred);
    for (const QualifiedName &start : starts) {
        const auto there = reached(start);
        if (there.contains(key.referred))
            isSecond = isSecond || std::ranges::any_of(below, [&](const auto &each) {
                           return there.contains(each) && (each != start || start == key.referred);
                       });
    }
    if (!isSecond) {
        cascades_[key.referred].insert(table.name);
        return;
    }
    remark(table,
           fmt::format("{}{}{}{} of its foreign key ({}): there is another cascade to the same rows",
                       key.onDelete ? "ON DELETE " + *key.onDelete : "", key.onDelete && key.onUpdate ? " " : "",
                       key.onUpdate ? "ON UPDATE " : "", key.onUpdate.value_or(""), fmt::join(key.columns, ", ")));
    key.onDelete.reset();
    key.onUpdate.reset();
}

void KeyTranslator::foreignKeys(Table &table)
{
    std::vector<ForeignKey> kept;
    for (ForeignKey &key : table.foreignKeys) {
        if (!canRefer(table, key) || !sameTypes(table, key))
            continue;
        actions(table, key);
        kept.push_back(std::move(key));
    }
    table.foreignKeys = std::move(kept);
}

bool KeyTranslator::claim(DdlRules::NameScope scope, const Table &table, const std::string &name)
{
    using Scope = DdlRules::NameScope;
    std::string folded = name; // most databases tell names apart without regard to case
    for (char &c : folded)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    switch (scope) {
    case Scope::Free:
        return true;
    case Scope::Table:
        return claimed_.emplace("t" + table.name.text(), folded).second;
    case Scope::Schema:
        return claimed_.emplace("s" + table.name.schema, folded).second;
    case Scope::Relation:
        return claimed_.emplace("r" + table.name.schema, folded).second;
    }
    return true;
}

std::string KeyTranslator::unique(DdlRules::NameScope scope, const Table &table, const std::string &written)
{
    const std::string name = rules_.plainNames ? plainName(written) : written;
    const NameLimit limit = target_.capabilities().nameLimit();
    std::string wanted = shortenedName(name, limit);
    for (int i = 1; !claim(scope, table, wanted); ++i)
        wanted = shortenedName(table.name.name + "_" + name + (i > 1 ? "_" + std::to_string(i) : ""), limit);
    if (wanted != written)
        remark(table, fmt::format("the name {}, which is {} here", written, wanted));
    return wanted;
}

void KeyTranslator::names()
{
    for (const Table &table : tables_)
        claim(DdlRules::NameScope::Relation, table, table.name.name);
    for (Table &table : tables_) {
        if (table.primaryKey && !rules_.namesPrimaryKeys)
            table.primaryKey->name.reset();
        if (table.primaryKey && table.primaryKey->name)
            table.primaryKey->name = unique(rules_.keyNames, table, *table.primaryKey->name);
        for (UniqueConstraint &each : table.uniques)
            if (each.name)
                each.name = unique(rules_.keyNames, table, *each.name);
        for (ForeignKey &each : table.foreignKeys)
            if (each.name)
                each.name = unique(rules_.constraintNames, table, *each.name);
        for (CheckConstraint &each : table.checks)
            if (each.name)
                each.name = unique(rules_.constraintNames, table, *each.name);
        for (Index &each : table.indexes)
            each.name = unique(rules_.indexNames, table, each.name);
    }
}

} // namespace schemawright
