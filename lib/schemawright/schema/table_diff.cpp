#include "schemawright/schema/table_diff.h"

#include "schemawright/schema/sql_pieces.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>

namespace schemawright {

using pieces::isWordStart;
using pieces::lower;

namespace {

using Renames = std::map<std::string, std::string>;

std::string joined(const std::vector<std::string> &names)
{
    std::string text;
    for (const std::string &name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::string unquotedPlain(const std::string &piece)
{
    if (piece.size() < 3 || (piece.front() != '"' && piece.front() != '`' && piece.front() != '['))
        return piece;
    return piece.substr(1, piece.size() - 2);
}

} // namespace

std::string normalisedExpression(std::string_view sql, const DiffRules &rules, const Renames &renamed)
{
    std::vector<std::string> all = pieces::withoutCasts(pieces::of(sql));
    for (std::string &piece : all) {
        const bool isName = isWordStart(piece.front()) || piece.front() == '"' || piece.front() == '`';
        if (!isName)
            continue;
        piece = unquotedPlain(piece);
        for (const auto &[from, to] : renamed)
            if (piece == from || piece == lower(from)) {
                piece = to;
                break;
            }
        if (rules.foldsNames)
            piece = lower(piece);
        if (rules.truthIsNumber && (piece == "true" || piece == "false"))
            piece = piece == "true" ? "1" : "0";
    }
    pieces::anyToIn(all);
    all = pieces::withoutParentheses(std::move(all));
    std::string text;
    for (const std::string &piece : all)
        text += (text.empty() ? "" : " ") + piece;
    if (text == "now ( )" || text == "current_timestamp ( )" || text == "transaction_timestamp ( )" ||
        text == "localtimestamp")
        return "current_timestamp";
    return text;
}

/// Types of MySQL that are of one kind with others and hold less or more: TINYTEXT, INT UNSIGNED, TIMESTAMP.
static bool differInSize(std::string_view a, std::string_view b)
{
    static const std::set<std::string, std::less<>> sized{"tinyint",    "mediumint", "year",     "tinytext",
                                                          "mediumtext", "longtext",  "tinyblob", "mediumblob",
                                                          "longblob",   "bit",       "binary",   "varbinary"};
    const auto word = [](std::string_view native) { return lower(native.substr(0, native.find_first_of("( "))); };
    const std::string first = word(a), second = word(b);
    const bool isUnsigned = lower(a).find("unsigned") != std::string::npos;
    const bool isMoment =
        (first == "datetime" && second == "timestamp") || (first == "timestamp" && second == "datetime");
    if (first == "bit" && second == "bit")
        return lower(a) != lower(b);
    return first != second && (sized.contains(first) || sized.contains(second) || isUnsigned || isMoment);
}

bool sameType(const Type &a, const Type &b)
{
    // A type of its own: what its labels are is said once, of the type.
    const bool isOwnType = a.kind == TypeKind::Enum && b.kind == TypeKind::Enum && a.name == a.native;
    if (!a.native.empty() && lower(a.native) == lower(b.native))
        return isOwnType || a.labels == b.labels || a.labels.empty() || b.labels.empty();
    // What MySQL makes of BOOL.
    const auto isFlag = [](const Type &type) { return lower(type.native) == "tinyint(1)"; };
    if ((a.native.empty() && a.kind == TypeKind::Boolean && isFlag(b)) ||
        (b.native.empty() && b.kind == TypeKind::Boolean && isFlag(a)))
        return true;
    if (a.kind != b.kind)
        return false;
    if (!a.native.empty() && !b.native.empty() && a.kind != TypeKind::Enum && a.name != b.name)
        return false; // a domain is another type than what is under it
    if (a.kind == TypeKind::Unknown)
        return pieces::withoutParentheses(pieces::of(a.native)) == pieces::withoutParentheses(pieces::of(b.native));
    const auto isUnsigned = [](const Type &type) { return lower(type.native).find("unsigned") != std::string::npos; };
    if (!a.native.empty() && !b.native.empty() && differInSize(a.native, b.native))
        return false;
    if (isUnsigned(a) != isUnsigned(b))
        return false;
    const auto scale = [](const Type &type) { return type.precision ? type.scale.value_or(0) : 0; };
    if (a.length != b.length || a.timezone != b.timezone)
        return false;
    const bool hasPrecision = a.kind == TypeKind::Numeric || a.kind == TypeKind::Time || a.kind == TypeKind::DateTime ||
                              a.kind == TypeKind::Interval;
    if (hasPrecision && (a.precision != b.precision || scale(a) != scale(b)))
        return false;
    if (a.kind == TypeKind::Enum && (a.labels != b.labels || (!a.name.empty() && !b.name.empty() && a.name != b.name)))
        return false;
    if (a.kind == TypeKind::Array)
        return a.element && b.element ? sameType(*a.element, *b.element) : a.element == b.element;
    return true;
}

DiffRules DiffRules::of(std::string_view dialect, std::string defaultSchema)
{
    DiffRules rules;
    rules.defaultSchema = std::move(defaultSchema);
    rules.truthIsNumber = dialect == "sqlite" || dialect == "mysql";
    rules.foldsObjects = dialect == "sqlite";
    rules.foldsNames = dialect == "sqlite" || dialect == "mysql" || dialect == "mssql";
    return rules;
}

bool TableDiff::has(DiffSubject subject) const noexcept
{
    return std::ranges::any_of(items, [&](const DiffItem &item) { return item.subject == subject; });
}

Renames TableDiff::renamedColumns() const
{
    Renames renamed;
    for (const DiffItem &item : items)
        if (item.action == DiffAction::Rename && item.subject == DiffSubject::Column)
            renamed[*item.from] = *item.to;
    return renamed;
}

namespace {

class TableComparison
{
public:
    TableComparison(const Table &before, const Table &after, const DiffRules &rules)
        : before_(before), after_(after), rules_(rules)
    {}

    std::vector<DiffItem> run()
    {
        if (resolved(before_.name) != resolved(after_.name))
            add(DiffAction::Rename, DiffSubject::Table, before_.name.text(), before_.name.text(), after_.name.text());
        columns();
        primaryKey();
        parts(before_.foreignKeys, after_.foreignKeys, DiffSubject::ForeignKey,
              [this](const ForeignKey &key, bool isBefore) { return say(key, isBefore); });
        parts(before_.uniques, after_.uniques, DiffSubject::Unique,
              [this](const UniqueConstraint &key, bool isBefore) { return say(key, isBefore); });
        parts(before_.checks, after_.checks, DiffSubject::Check, [this](const CheckConstraint &check, bool isBefore) {
            return "check (" + expression(check.expression, isBefore) + ")" + (check.noInherit ? " no inherit" : "") +
                   (check.validated ? "" : " not valid") + note(check.comment);
        });
        parts(before_.exclusions, after_.exclusions, DiffSubject::Exclusion,
              [this](const ExclusionConstraint &each, bool isBefore) {
                  return expression(each.definition, isBefore) + note(each.comment);
              });
        parts(before_.indexes, after_.indexes, DiffSubject::Index,
              [this](const Index &index, bool isBefore) { return say(index, isBefore); });
        parts(before_.triggers, after_.triggers, DiffSubject::Trigger, [this](const Trigger &each, bool isBefore) {
            // A text that nobody touched follows what is renamed by itself.
            const bool isKept = std::ranges::any_of(after_.triggers, [&](const Trigger &now) {
                return now.name == each.name && now.definition == each.definition;
            });
            return expression(each.definition, isBefore && !isKept) + say(each.options) + note(each.comment);
        });
        if (before_.comment != after_.comment)
            add(DiffAction::Alter, DiffSubject::Comment, {}, before_.comment, after_.comment);
        if (lasting(before_.options) != lasting(after_.options) || before_.kind != after_.kind ||
            before_.inherits != after_.inherits || before_.partition != after_.partition)
            add(DiffAction::Alter, DiffSubject::Options, {}, describe(before_), describe(after_));
        if (before_.isView() && after_.isView() &&
            pieces::ofQuery(before_.definition.value_or("")) != pieces::ofQuery(after_.definition.value_or("")))
            add(DiffAction::Alter, DiffSubject::Definition, {}, before_.definition, after_.definition);
        return std::move(items_);
    }

private:
    using Text = std::optional<std::string>;
    using Options = std::map<std::string, std::string>;

    /// Without what rows change (where a counter stands) or what follows from the rest (a view's query).
    static Options lasting(Options options)
    {
        options.erase("auto_increment");
        options.erase("updatable");
        options.erase("invalid");
        return options;
    }

    void add(DiffAction action, DiffSubject subject, std::string name, Text from, Text to,
             std::optional<std::size_t> before = {}, std::optional<std::size_t> after = {})
    {
        items_.push_back({action, subject, std::move(name), std::move(from), std::move(to), before, after});
    }

    QualifiedName resolved(const QualifiedName &name) const
    {
        return {name.schema.empty() ? rules_.defaultSchema : name.schema, name.name};
    }

    void columns()
    {
        std::set<std::size_t> found;
        for (std::size_t i = 0; i < before_.columns.size(); ++i) {
            const Column &old = before_.columns[i];
            const auto match = std::ranges::find_if(after_.columns, [&](const Column &now) {
                return old.id != ColumnId::None && now.id != ColumnId::None ? old.id == now.id
                                                                            : folded(old.name) == folded(now.name);
            });
            if (match == after_.columns.end())
                add(DiffAction::Drop, DiffSubject::Column, old.name, describe(old), {}, i);
            else {
                const auto j = static_cast<std::size_t>(match - after_.columns.begin());
                found.insert(j);
                pairs_.emplace_back(i, j);
                if (old.name != match->name) {
                    renamed_[old.name] = match->name;
                    add(DiffAction::Rename, DiffSubject::Column, old.name, old.name, match->name, i, j);
                }
            }
        }
        for (std::size_t j = 0; j < after_.columns.size(); ++j)
            if (!found.contains(j))
                add(DiffAction::Add, DiffSubject::Column, after_.columns[j].name, {}, describe(after_.columns[j]), {},
                    j);
        for (const auto &[i, j] : pairs_)
            column(i, j);
    }

    void column(std::size_t i, std::size_t j)
    {
        const Column &old = before_.columns[i], &now = after_.columns[j];
        const auto alter = [&](DiffSubject subject, Text from, Text to) {
            add(DiffAction::Alter, subject, old.name, std::move(from), std::move(to), i, j);
        };
        if (!sameType(old.type, now.type))
            alter(DiffSubject::Type, spelling(old.type), spelling(now.type));
        if (before_.isView())
            return;
        if (old.nullable != now.nullable)
            alter(DiffSubject::Nullable, old.nullable ? "true" : "false", now.nullable ? "true" : "false");
        if (defaultOf(old, true) != defaultOf(now, false))
            alter(DiffSubject::Default, old.defaultSql, now.defaultSql);
        if (old.identity != now.identity)
            alter(DiffSubject::Identity, describe(old.identity), describe(now.identity));
        if (old.autoincrement != now.autoincrement && !old.identity && !now.identity)
            alter(DiffSubject::Autoincrement, old.autoincrement ? "true" : "false",
                  now.autoincrement ? "true" : "false");
        const auto generated = [&](const Column &column, bool isBefore) {
            return column.generated ? Text(expression(column.generated->expression, isBefore) +
                                           (column.generated->stored ? " stored" : ""))
                                    : Text();
        };
        if (generated(old, true) != generated(now, false))
            alter(DiffSubject::Generated, old.generated ? Text(old.generated->expression) : Text(),
                  now.generated ? Text(now.generated->expression) : Text());
        if (old.collation != now.collation)
            alter(DiffSubject::Collation, old.collation, now.collation);
        if (old.comment != now.comment)
            alter(DiffSubject::Comment, old.comment, now.comment);
        if (old.options != now.options && say(old.options) != say(now.options))
            alter(DiffSubject::Options, say(old.options), say(now.options));
    }

    Text defaultOf(const Column &column, bool isBefore) const
    {
        if (!column.defaultSql)
            return {};
        const std::string text = expression(*column.defaultSql, isBefore);
        return text == "null" ? Text() : Text(text);
    }

    void primaryKey()
    {
        const auto say = [&](const PrimaryKey &key, bool isBefore) {
            return names(key.columns, isBefore) + deferral(key) + " include " + names(key.include, isBefore) +
                   this->say(key.options);
        };
        const bool was = before_.primaryKey.has_value(), is = after_.primaryKey.has_value();
        if (!was && !is)
            return;
        const Text from = was ? Text(joined(before_.primaryKey->columns)) : Text();
        const Text to = is ? Text(joined(after_.primaryKey->columns)) : Text();
        const std::string name = was ? before_.primaryKey->name.value_or("") : after_.primaryKey->name.value_or("");
        if (was != is)
            add(was ? DiffAction::Drop : DiffAction::Add, DiffSubject::PrimaryKey, name, from, to);
        else if (say(*before_.primaryKey, true) != say(*after_.primaryKey, false))
            add(DiffAction::Alter, DiffSubject::PrimaryKey, name, from, to);
        else if (before_.primaryKey->name && after_.primaryKey->name &&
                 before_.primaryKey->name != after_.primaryKey->name)
            add(DiffAction::Rename, DiffSubject::PrimaryKey, name, before_.primaryKey->name, after_.primaryKey->name);
    }

    std::string folded(const std::string &name) const { return rules_.foldsObjects ? lower(name) : name; }
    static Text nameOf(const std::string &name) { return name.empty() ? Text() : Text(name); }
    static Text nameOf(const Text &name) { return name; }

    /// Matches by name first, then what says the same; the rest is dropped or added.
    template <class Part, class Say>
    void parts(const std::vector<Part> &before, const std::vector<Part> &after, DiffSubject subject, const Say &say)
    {
        std::vector<std::string> saysBefore, saysAfter;
        std::multimap<std::string, std::size_t> byName, bySaying;
        for (const Part &part : before)
            saysBefore.push_back(say(part, true));
        for (std::size_t j = 0; j < after.size(); ++j) {
            saysAfter.push_back(say(after[j], false));
            if (const Text name = nameOf(after[j].name))
                byName.emplace(folded(*name), j);
            bySaying.emplace(saysAfter[j], j);
        }
        std::set<std::size_t> used;
        std::vector<std::size_t> open;
        for (std::size_t i = 0; i < before.size(); ++i) {
            const Text name = nameOf(before[i].name);
            const auto found = name ? byName.find(folded(*name)) : byName.end();
            if (found == byName.end()) {
                open.push_back(i);
                continue;
            }
            used.insert(found->second);
            if (saysBefore[i] != saysAfter[found->second])
                add(DiffAction::Alter, subject, *name, saysBefore[i], saysAfter[found->second], i, found->second);
            else if (const Text now = nameOf(after[found->second].name); now != name)
                add(DiffAction::Rename, subject, *name, name, now, i, found->second);
        }
        for (const std::size_t i : open) {
            bool isFound = false;
            for (auto [at, end] = bySaying.equal_range(saysBefore[i]); at != end && !isFound; ++at)
                if (used.insert(at->second).second) {
                    isFound = true;
                    const Text from = nameOf(before[i].name), to = nameOf(after[at->second].name);
                    if (from && to && *from != *to)
                        add(DiffAction::Rename, subject, *from, from, to, i, at->second);
                }
            if (!isFound)
                add(DiffAction::Drop, subject, nameOf(before[i].name).value_or(""), saysBefore[i], {}, i);
        }
        for (std::size_t j = 0; j < after.size(); ++j)
            if (!used.contains(j))
                add(DiffAction::Add, subject, nameOf(after[j].name).value_or(""), {}, saysAfter[j], {}, j);
    }

    std::string expression(std::string_view sql, bool isBefore) const
    {
        return normalisedExpression(sql, rules_, isBefore ? renamed_ : Renames());
    }

    std::string name(const std::string &column, bool isBefore) const
    {
        const auto found = renamed_.find(column);
        return isBefore && found != renamed_.end() ? found->second : column;
    }
    std::string names(const std::vector<std::string> &columns, bool isBefore) const
    {
        std::vector<std::string> all;
        for (const std::string &each : columns)
            all.push_back(name(each, isBefore));
        return joined(all);
    }

    static std::string note(const Text &comment) { return comment ? " -- " + *comment : std::string(); }
    template <class Part> static std::string deferral(const Part &part)
    {
        return std::string(part.deferrable ? " deferrable" : "") +
               (part.initiallyDeferred ? " initially deferred" : "");
    }
    static std::string say(const std::map<std::string, std::string> &options)
    {
        std::string text;
        for (const auto &[key, value] : options)
            if (key != "sequence" && key != "using") // its name follows the table's; is no part of a state
                text += " " + key + "=" + value;
        return text;
    }

    std::string say(const ForeignKey &key, bool isBefore) const
    {
        std::vector<std::string> pairs;
        const std::string referredTable = folded(resolved(key.referred).text());
        const bool isSelf = referredTable == folded(resolved(isBefore ? before_.name : after_.name).text());
        for (std::size_t i = 0; i < key.columns.size(); ++i) {
            const std::string referred = i < key.referredColumns.size() ? key.referredColumns[i] : std::string();
            pairs.push_back(name(key.columns[i], isBefore) + ">" +
                            folded(isSelf ? name(referred, isBefore) : referred));
        }
        std::ranges::sort(pairs);
        const std::string target = isSelf ? "itself" : referredTable;
        const auto action = [](const char *when, const Text &what) {
            return what && lower(*what) != "no action" ? when + lower(*what) : std::string();
        };
        const bool isSimple = !key.match || lower(*key.match) == "simple";
        return "(" + joined(pairs) + ") references " + target + action(" on delete ", key.onDelete) +
               (key.onDeleteColumns.empty() ? "" : " (" + names(key.onDeleteColumns, isBefore) + ")") +
               action(" on update ", key.onUpdate) + (isSimple ? "" : " match " + lower(*key.match)) + deferral(key) +
               (key.validated ? "" : " not valid") + note(key.comment);
    }

    std::string say(const UniqueConstraint &key, bool isBefore) const
    {
        return "(" + names(key.columns, isBefore) + ")" + (key.nullsNotDistinct ? " nulls not distinct" : "") +
               deferral(key) + (key.include.empty() ? "" : " include (" + names(key.include, isBefore) + ")") +
               say(key.options);
    }

    std::string say(const Index &index, bool isBefore) const
    {
        std::string text = index.unique ? "unique (" : "(";
        for (const IndexElement &each : index.elements) {
            text += (text.ends_with('(') ? "" : ", ") +
                    (each.column ? name(*each.column, isBefore) : expression(each.expression.value_or(""), isBefore)) +
                    (each.prefix ? "(" + std::to_string(*each.prefix) + ")" : "") +
                    (each.collation ? " collate " + *each.collation : "") +
                    (each.operatorClass ? " " + *each.operatorClass : "") + (each.descending ? " desc" : "") +
                    (each.nulls ? " nulls " + *each.nulls : "");
        }
        text += ")" + (index.method && lower(*index.method) != "btree" ? " using " + lower(*index.method) : "") +
                (index.include.empty() ? "" : " include (" + names(index.include, isBefore) + ")") +
                (index.nullsNotDistinct ? " nulls not distinct" : "") + say(index.options) + note(index.comment);
        return index.where ? text + " where " + expression(*index.where, isBefore) : text;
    }

    static std::string spelling(const Type &type) { return type.native.empty() ? genericName(type) : type.native; }
    static std::string describe(const Column &column)
    {
        return spelling(column.type) + (column.nullable ? "" : " not null") +
               (column.defaultSql ? " default " + *column.defaultSql : "");
    }
    static Text describe(const std::optional<Identity> &identity)
    {
        if (!identity)
            return {};
        return std::string(identity->always ? "always" : "by default") + " start " + std::to_string(identity->start) +
               " increment " + std::to_string(identity->increment) + (identity->cycle ? " cycle" : "") + " cache " +
               std::to_string(identity->cache);
    }
    static std::string describe(const Table &table)
    {
        std::string text = toString(table.kind);
        text += say(lasting(table.options));
        for (const QualifiedName &each : table.inherits)
            text += " inherits " + each.text();
        if (table.partition.of)
            text += " of " + table.partition.of->text();
        return text + (table.partition.by ? " by " + *table.partition.by : "") +
               (table.partition.bound ? " " + *table.partition.bound : "");
    }

    const Table &before_, &after_;
    const DiffRules &rules_;
    std::vector<std::pair<std::size_t, std::size_t>> pairs_;
    Renames renamed_;
    std::vector<DiffItem> items_;
};

} // namespace

TableDiff diffTables(TablePtr before, TablePtr after, const DiffRules &rules)
{
    TableDiff diff{std::move(before), std::move(after), {}};
    if (diff.before && diff.after && diff.before != diff.after)
        diff.items = TableComparison(*diff.before, *diff.after, rules).run();
    return diff;
}

const char *toString(DiffAction action) noexcept
{
    static constexpr const char *names[] = {"add", "drop", "alter", "rename"};
    return names[static_cast<int>(action)];
}

const char *toString(DiffSubject subject) noexcept
{
    static constexpr const char *names[] = {"table",       "column",        "type",      "nullable",  "default",
                                            "identity",    "autoincrement", "generated", "collation", "comment",
                                            "primary_key", "foreign_key",   "unique",    "check",     "exclusion",
                                            "index",       "trigger",       "options",   "definition"};
    return names[static_cast<int>(subject)];
}

} // namespace schemawright
