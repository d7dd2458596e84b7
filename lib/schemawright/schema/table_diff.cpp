#include "schemawright/schema/table_diff.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>

namespace schemawright {

namespace {

using Renames = std::map<std::string, std::string>;

std::string lower(std::string_view text)
{
    std::string out(text);
    for (char &c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool isWordStart(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// "0.00" and "0" are one number; a long one stays text, so that no digit is lost.
std::string normalisedNumber(std::string text)
{
    if (text.find_first_not_of("0123456789.") != std::string::npos)
        return lower(text);
    if (text.find('.') != std::string::npos) {
        while (text.ends_with('0'))
            text.pop_back();
        if (text.ends_with('.'))
            text.pop_back();
    }
    const std::size_t first = text.find_first_not_of('0');
    if (first == std::string::npos)
        return "0";
    return text[first] == '.' ? "0" + text.substr(first) : text.substr(first);
}

std::vector<std::string> piecesOf(std::string_view sql)
{
    std::vector<std::string> pieces;
    for (std::size_t i = 0; i < sql.size();) {
        const char c = sql[i];
        std::size_t end = i + 1;
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
            ++i;
            continue;
        }
        if (sql.substr(i, 2) == "--") {
            i = std::min(sql.find('\n', i), sql.size());
            continue;
        }
        if (sql.substr(i, 2) == "/*") {
            const std::size_t close = sql.find("*/", i + 2);
            i = close == std::string_view::npos ? sql.size() : close + 2;
            continue;
        }
        if (c == '\'' || c == '"' || c == '`' || c == '[') {
            const char close = c == '[' ? ']' : c;
            // An array's brackets hold an expression; quoted names of SQL Server hold a word.
            if (c == '[' && (!pieces.empty() && (pieces.back() == "array" || pieces.back() == "]" ||
                                                 isWordStart(pieces.back().front())))) {
                pieces.emplace_back("[");
                ++i;
                continue;
            }
            while (end < sql.size() && (sql[end] != close || (end + 1 < sql.size() && sql[end + 1] == close)))
                end += sql[end] == close ? 2 : 1;
            end = std::min(end + 1, sql.size());
            pieces.emplace_back(sql.substr(i, end - i));
        } else if (isWordStart(c)) {
            while (end < sql.size() && (isWordStart(sql[end]) || isDigit(sql[end]) || sql[end] == '$'))
                ++end;
            pieces.push_back(lower(sql.substr(i, end - i)));
        } else if (isDigit(c) || (c == '.' && end < sql.size() && isDigit(sql[end]))) {
            while (end < sql.size() && (isDigit(sql[end]) || sql[end] == '.' || isWordStart(sql[end])))
                ++end;
            pieces.push_back(normalisedNumber(std::string(sql.substr(i, end - i))));
        } else {
            static constexpr std::string_view pairs[] = {"::", "<=", ">=", "<>", "!=", "||", "->", "=="};
            if (std::ranges::find(pairs, sql.substr(i, 2)) != std::end(pairs))
                end = i + 2;
            std::string symbol(sql.substr(i, end - i));
            pieces.push_back(symbol == "!=" ? "<>" : symbol == "==" ? "=" : std::move(symbol));
        }
        i = end;
    }
    return pieces;
}

/// One past the type name that follows `::` at `at`.
std::size_t endOfType(const std::vector<std::string> &pieces, std::size_t at)
{
    static const std::set<std::string> following{"varying", "precision", "with", "without", "time", "zone"};
    if (at >= pieces.size())
        return at;
    ++at;
    while (at + 1 < pieces.size() && pieces[at] == ".")
        at += 2;
    while (at < pieces.size()) {
        if (following.contains(pieces[at]))
            ++at;
        else if (pieces[at] == "(") {
            while (at < pieces.size() && pieces[at] != ")")
                ++at;
            ++at;
        } else if (pieces[at] == "[" && at + 1 < pieces.size() && pieces[at + 1] == "]")
            at += 2;
        else
            break;
    }
    return at;
}

std::vector<std::string> withoutCasts(const std::vector<std::string> &pieces)
{
    std::vector<std::string> kept;
    for (std::size_t i = 0; i < pieces.size();)
        if (pieces[i] == "::")
            i = endOfType(pieces, i + 1);
        else
            kept.push_back(pieces[i++]);
    return kept;
}

/// A view's query. PostgreSQL prints a cast of an inner SELECT with or without the name that the type gives it
/// ("NULL::integer AS int4"); the names that a view shows are compared as its columns.
std::vector<std::string> queryPieces(std::string_view sql)
{
    static const std::set<std::string> typeNames{
        "int2", "int4", "int8",      "text",        "varchar",  "bpchar", "bool", "float4", "float8", "numeric",
        "date", "time", "timestamp", "timestamptz", "interval", "uuid",   "json", "jsonb",  "bytea"};
    std::vector<std::string> pieces = piecesOf(sql);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (pieces[i] != "::")
            continue;
        const std::size_t end = endOfType(pieces, i + 1);
        if (end + 1 < pieces.size() && pieces[end] == "as" && typeNames.contains(pieces[end + 1]))
            pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(end),
                         pieces.begin() + static_cast<std::ptrdiff_t>(end + 2));
    }
    return pieces;
}

std::size_t closing(const std::vector<std::string> &pieces, std::size_t open)
{
    int depth = 0;
    for (std::size_t i = open; i < pieces.size(); ++i) {
        depth += pieces[i] == "(" || pieces[i] == "[" ? 1 : pieces[i] == ")" || pieces[i] == "]" ? -1 : 0;
        if (depth == 0)
            return i;
    }
    return pieces.size();
}

/// Parentheses around the whole, and around a single piece: ((a)) is a.
std::vector<std::string> withoutParentheses(std::vector<std::string> pieces)
{
    while (pieces.size() > 2 && pieces.front() == "(" && closing(pieces, 0) == pieces.size() - 1)
        pieces = {pieces.begin() + 1, pieces.end() - 1};
    for (std::size_t i = 0; i + 2 < pieces.size();) {
        static const std::set<std::string> beforeGroup{"and", "or", "not", "(", ",", "then", "else", "when"};
        const bool isOperand = i == 0 || !isWordStart(pieces[i - 1].front()) || beforeGroup.contains(pieces[i - 1]);
        if (isOperand && pieces[i] == "(" && pieces[i + 2] == ")" && (i == 0 || pieces[i - 1].front() != '"')) {
            pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(i + 2));
            pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(i));
            i = i > 0 ? i - 1 : 0;
        } else
            ++i;
    }
    return pieces;
}

/// "= any (array[a, b])" is how PostgreSQL prints "in (a, b)".
void anyToIn(std::vector<std::string> &pieces)
{
    for (std::size_t i = 0; i + 5 < pieces.size(); ++i) {
        if (pieces[i] != "=" || pieces[i + 1] != "any" || pieces[i + 2] != "(")
            continue;
        std::size_t array = i + 3;
        while (array < pieces.size() && pieces[array] == "(")
            ++array;
        if (array + 1 >= pieces.size() || pieces[array] != "array" || pieces[array + 1] != "[")
            continue;
        const std::size_t last = closing(pieces, array + 1), end = closing(pieces, i + 2);
        if (end >= pieces.size())
            continue;
        std::vector<std::string> in{"in", "("};
        in.insert(in.end(), pieces.begin() + static_cast<std::ptrdiff_t>(array + 2),
                  pieces.begin() + static_cast<std::ptrdiff_t>(last));
        in.emplace_back(")");
        pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(i),
                     pieces.begin() + static_cast<std::ptrdiff_t>(end + 1));
        pieces.insert(pieces.begin() + static_cast<std::ptrdiff_t>(i), in.begin(), in.end());
    }
}

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
    std::vector<std::string> pieces = withoutCasts(piecesOf(sql));
    for (std::string &piece : pieces) {
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
    anyToIn(pieces);
    pieces = withoutParentheses(std::move(pieces));
    std::string text;
    for (const std::string &piece : pieces)
        text += (text.empty() ? "" : " ") + piece;
    if (text == "now ( )" || text == "current_timestamp ( )" || text == "transaction_timestamp ( )" ||
        text == "localtimestamp")
        return "current_timestamp";
    return text;
}

bool sameType(const Type &a, const Type &b)
{
    // A type of its own: what its labels are is said once, of the type.
    const bool isOwnType = a.kind == TypeKind::Enum && b.kind == TypeKind::Enum && a.name == a.native;
    if (!a.native.empty() && lower(a.native) == lower(b.native))
        return isOwnType || a.labels == b.labels || a.labels.empty() || b.labels.empty();
    if (a.kind != b.kind)
        return false;
    if (a.kind == TypeKind::Unknown)
        return withoutParentheses(piecesOf(a.native)) == withoutParentheses(piecesOf(b.native));
    const auto isUnsigned = [](const Type &type) { return lower(type.native).find("unsigned") != std::string::npos; };
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

namespace {

std::string withNames(const std::string &sql, const Renames &renamed)
{
    std::string out;
    for (std::size_t i = 0; i < sql.size();) {
        std::size_t end = i + 1;
        const char c = sql[i];
        std::string word;
        if (c == '\'' || c == '"') {
            while (end < sql.size() && (sql[end] != c || (end + 1 < sql.size() && sql[end + 1] == c)))
                end += sql[end] == c ? 2 : 1;
            end = std::min(end + 1, sql.size());
            if (c == '"' && end - i > 2)
                word = sql.substr(i + 1, end - i - 2);
        } else if (isWordStart(c)) {
            while (end < sql.size() && (isWordStart(sql[end]) || isDigit(sql[end])))
                ++end;
            word = sql.substr(i, end - i);
        } else if (isDigit(c))
            while (end < sql.size() && (isWordStart(sql[end]) || isDigit(sql[end])))
                ++end;
        if (const auto found = renamed.find(word); found != renamed.end()) {
            const bool isPlain =
                lower(found->second) == found->second &&
                std::ranges::all_of(found->second, [](char x) { return isWordStart(x) || isDigit(x); });
            out += isPlain && c != '"' ? found->second : "\"" + found->second + "\"";
        } else
            out += sql.substr(i, end - i);
        i = end;
    }
    return out;
}

} // namespace

void followRenames(Table &table, const Renames &all)
{
    Renames renamed = all;
    std::erase_if(renamed, [&](const auto &each) { return table.column(each.first) != nullptr; });
    if (renamed.empty())
        return;
    const auto names = [&](std::vector<std::string> &columns) {
        for (std::string &column : columns)
            if (const auto found = renamed.find(column); found != renamed.end())
                column = found->second;
    };
    const auto text = [&](auto &sql) {
        if constexpr (std::is_same_v<std::decay_t<decltype(sql)>, std::string>)
            sql = withNames(sql, renamed);
        else if (sql)
            sql = withNames(*sql, renamed);
    };
    if (table.primaryKey) {
        names(table.primaryKey->columns);
        names(table.primaryKey->include);
    }
    for (UniqueConstraint &each : table.uniques) {
        names(each.columns);
        names(each.include);
    }
    for (ForeignKey &each : table.foreignKeys) {
        names(each.columns);
        names(each.onDeleteColumns);
        if (each.referred.name == table.name.name)
            names(each.referredColumns);
    }
    for (CheckConstraint &each : table.checks)
        text(each.expression);
    for (ExclusionConstraint &each : table.exclusions)
        text(each.definition);
    for (Column &each : table.columns)
        if (each.generated)
            text(each.generated->expression);
    for (Index &each : table.indexes) {
        for (IndexElement &element : each.elements) {
            if (element.column)
                if (const auto found = renamed.find(*element.column); found != renamed.end())
                    element.column = found->second;
            text(element.expression);
        }
        names(each.include);
        text(each.where);
    }
}

DiffRules DiffRules::of(std::string_view dialect, std::string defaultSchema)
{
    DiffRules rules;
    rules.defaultSchema = std::move(defaultSchema);
    rules.truthIsNumber = dialect == "sqlite" || dialect == "mysql";
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
        if (before_.options != after_.options || before_.kind != after_.kind || before_.inherits != after_.inherits ||
            before_.partition != after_.partition)
            add(DiffAction::Alter, DiffSubject::Options, {}, describe(before_), describe(after_));
        if (before_.isView() && after_.isView() &&
            queryPieces(before_.definition.value_or("")) != queryPieces(after_.definition.value_or("")))
            add(DiffAction::Alter, DiffSubject::Definition, {}, before_.definition, after_.definition);
        return std::move(items_);
    }

private:
    using Text = std::optional<std::string>;

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
                return old.id != ColumnId::None && now.id != ColumnId::None ? old.id == now.id : old.name == now.name;
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
                byName.emplace(*name, j);
            bySaying.emplace(saysAfter[j], j);
        }
        std::set<std::size_t> used;
        std::vector<std::size_t> open;
        for (std::size_t i = 0; i < before.size(); ++i) {
            const Text name = nameOf(before[i].name);
            const auto found = name ? byName.find(*name) : byName.end();
            if (found == byName.end()) {
                open.push_back(i);
                continue;
            }
            used.insert(found->second);
            if (saysBefore[i] != saysAfter[found->second])
                add(DiffAction::Alter, subject, *name, saysBefore[i], saysAfter[found->second], i, found->second);
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
        const bool isSelf = resolved(key.referred) == resolved(isBefore ? before_.name : after_.name);
        for (std::size_t i = 0; i < key.columns.size(); ++i) {
            const std::string referred = i < key.referredColumns.size() ? key.referredColumns[i] : std::string();
            pairs.push_back(name(key.columns[i], isBefore) + ">" + (isSelf ? name(referred, isBefore) : referred));
        }
        std::ranges::sort(pairs);
        const std::string target = isSelf ? "itself" : resolved(key.referred).text();
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
        text += say(table.options);
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
