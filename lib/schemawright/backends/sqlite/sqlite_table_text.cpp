#include "schemawright/backends/sqlite/sqlite_table_text.h"

#include "schemawright/backends/sqlite/sqlite_parser.h"
#include "schemawright/backends/sqlite/sqlite_tokens.h"

#include <algorithm>
#include <map>

namespace schemawright::sqlite {

namespace {

/// One column or constraint of the text, with the blanks and comments in front of it and those behind it on its line.
struct Item
{
    std::string lead, core, tail;
    bool isColumn = false;
};

class TextEdit
{
public:
    TextEdit(const Dialect &dialect, DdlWriter &writer, const TableDiff &diff)
        : dialect_(dialect), writer_(writer), diff_(diff), before_(*diff.before), after_(*diff.after),
          sql_(*diff.before->definition), tokens_(tokenize(sql_))
    {
        for (const auto &[from, to] : diff.renamedColumns())
            renamed_[foldedName(from)] = to;
    }

    std::optional<std::string> run(const std::string &name)
    {
        if (before_.options != after_.options || !split())
            return std::nullopt;
        keepPrimaryKey_ = !diff_.has(DiffSubject::PrimaryKey);
        if (after_.primaryKey && after_.primaryKey->columns.size() == 1)
            if (const Column *key = after_.column(after_.primaryKey->columns.front()))
                canKeyStandInLine_ = writer_.columnSql(after_, *key).find("PRIMARY KEY") != std::string::npos;
        for (Item &item : items_)
            if (!take(item))
                return std::nullopt;
        std::vector<Item> all;
        for (const Column &column : after_.columns) {
            const auto found = columns_.find(column.name);
            all.push_back(found != columns_.end() ? found->second
                                                  : Item{lead_, writer_.columnSql(after_, column), {}, true});
        }
        std::ranges::move(constraints_, std::back_inserter(all));
        for (std::string &sql : missing())
            all.push_back({lead_, std::move(sql), {}, false});
        if (isLost_)
            return std::nullopt;
        std::string text = "CREATE TABLE " + dialect_.quote(name) + open_;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const bool isLast = i + 1 == all.size();
            text += all[i].lead + all[i].core + (isLast ? "" : ",") + all[i].tail;
            const bool isOpenComment = all[i].tail.find("--") != std::string::npos;
            if (isOpenComment && !(isLast ? close_ : all[i + 1].lead).starts_with('\n'))
                text += "\n";
        }
        text += close_;
        return isRight(text) ? std::optional(std::move(text)) : std::nullopt;
    }

private:
    /// Cuts the text at the commas between the items.
    bool split()
    {
        std::size_t at = 0;
        while (at < tokens_.size() && !tokens_[at].is("TABLE"))
            ++at;
        if (++at + 2 < tokens_.size() && tokens_[at].is("IF") && tokens_[at + 1].is("NOT"))
            at += 3;
        if (at + 2 < tokens_.size() && tokens_[at + 1].is("."))
            at += 2;
        if (at + 1 >= tokens_.size() || !tokens_[at + 1].is("("))
            return false;
        const std::size_t open = at + 1;
        open_ = sql_.substr(tokens_[at].end(), tokens_[open].end() - tokens_[at].end());
        std::size_t first = open + 1, depth = 0;
        std::size_t done = tokens_[open].end(); // text up to here has been given out
        for (at = first; at < tokens_.size(); ++at) {
            const bool isEnd = depth == 0 && tokens_[at].is(")");
            if (tokens_[at].is("("))
                ++depth;
            else if (tokens_[at].is(")") && !isEnd)
                --depth;
            if (!isEnd && !(depth == 0 && tokens_[at].is(",")))
                continue;
            if (first == at)
                return false;
            Item item;
            item.lead = sql_.substr(done, tokens_[first].offset - done);
            item.core = sql_.substr(tokens_[first].offset, tokens_[at - 1].end() - tokens_[first].offset);
            item.tail = sql_.substr(tokens_[at - 1].end(), tokens_[at].offset - tokens_[at - 1].end());
            item.isColumn = !isConstraint(tokens_[first]);
            done = tokens_[at].end();
            if (isEnd) { // the closing parenthesis keeps its line
                const std::size_t line = item.tail.rfind('\n');
                const bool endsComment =
                    line != std::string::npos && item.tail.find_first_not_of(" \t\n", line) == std::string::npos;
                close_ = endsComment                                 ? item.tail.substr(line)
                         : item.tail.find("--") == std::string::npos ? item.tail
                                                                     : "\n";
                if (endsComment)
                    item.tail.resize(line);
                else if (close_ == item.tail)
                    item.tail.clear();
                close_ += sql_.substr(tokens_[at].offset);
            } else {
                // What stands behind the comma on the same line is about this item.
                const std::size_t next = at + 1 < tokens_.size() ? tokens_[at + 1].offset : sql_.size();
                const std::size_t line = sql_.find('\n', done);
                if (line != std::string::npos && line < next && sql_.find_first_not_of(" \t", done) < line) {
                    item.tail += sql_.substr(done, line - done);
                    done = line;
                }
            }
            items_.push_back(std::move(item));
            first = at + 1;
            if (isEnd) {
                lead_ = items_.front().lead.find("--") == std::string::npos &&
                                items_.front().lead.find("/*") == std::string::npos
                            ? items_.front().lead
                            : "\n  ";
                if (lead_.empty())
                    lead_ = " ";
                return true;
            }
        }
        return false;
    }

    static bool isConstraint(const Token &token)
    {
        return token.is("CONSTRAINT") || token.is("PRIMARY") || token.is("UNIQUE") || token.is("CHECK") ||
               token.is("FOREIGN");
    }

    bool isChanged(DiffSubject subject, std::size_t place) const
    {
        return std::ranges::any_of(
            diff_.items, [&](const DiffItem &item) { return item.subject == subject && item.before == place; });
    }

    /// A key that points where the draft says, so that its text can stay.
    bool isSame(const ForeignKey &text, std::size_t place) const
    {
        const ForeignKey &key = before_.foreignKeys[place];
        const bool isSelf = sameName(key.referred.name, before_.name.name);
        return (isSelf ? sameName(before_.name.name, after_.name.name)
                       : sameName(text.referred.name, key.referred.name)) &&
               (text.referredColumns.empty() || isSelf ||
                std::ranges::equal(text.referredColumns, key.referredColumns, sameName));
    }

    /// Keeps an item of the text, writes it anew, or leaves it out.
    bool take(Item &item)
    {
        const auto text = parseCreateTable("CREATE TABLE x (" + item.core + ")");
        if (!text || text->columns.size() != (item.isColumn ? 1 : 0))
            return false;
        // The parts that stand in it, numbered as they are in the description.
        bool isKept = true;
        std::vector<std::size_t> uniques, keys, checks;
        const auto number = [&](DiffSubject subject, std::size_t count, std::size_t &next, std::size_t size,
                                std::vector<std::size_t> &places) {
            for (std::size_t i = 0; i < count; ++i, ++next) {
                if (next >= size)
                    return false;
                if (isChanged(subject, next))
                    isKept = false;
                else
                    places.push_back(next);
            }
            return true;
        };
        const std::size_t firstKey = nextKey_;
        if (!number(DiffSubject::Unique, text->uniques.size(), nextUnique_, before_.uniques.size(), uniques) ||
            !number(DiffSubject::ForeignKey, text->foreignKeys.size(), nextKey_, before_.foreignKeys.size(), keys) ||
            !number(DiffSubject::Check, text->checks.size(), nextCheck_, before_.checks.size(), checks))
            return false;
        for (std::size_t i = 0; i < text->foreignKeys.size(); ++i)
            isKept = isKept && isSame(text->foreignKeys[i], firstKey + i);
        const bool hasKey = text->primaryKey.has_value();
        isKept = isKept && (!hasKey || (keepPrimaryKey_ && !isKeyInLine_));
        if (!item.isColumn) {
            if (isKept)
                constraints_.push_back({item.lead, renamed(item.core, false), item.tail, false});
            return keepParts(isKept, uniques, keys, checks, hasKey);
        }
        const auto old = std::ranges::find_if(
            before_.columns, [&](const Column &each) { return sameName(each.name, text->columns.front().name); });
        if (old == before_.columns.end())
            return false;
        const auto place = static_cast<std::size_t>(old - before_.columns.begin());
        const Column *now = nullptr;
        for (const Column &each : after_.columns)
            if (old->id != ColumnId::None && each.id != ColumnId::None ? each.id == old->id : each.name == old->name)
                now = &each;
        if (!now) // dropped, with what stood in its line
            return true;
        for (const DiffItem &each : diff_.items)
            if (each.before == place && each.after && each.action != DiffAction::Rename)
                switch (each.subject) {
                case DiffSubject::Type:
                case DiffSubject::Nullable:
                case DiffSubject::Default:
                case DiffSubject::Autoincrement:
                case DiffSubject::Generated:
                case DiffSubject::Collation:
                case DiffSubject::Options:
                    isKept = false;
                    break;
                default:
                    break;
                }
        const bool isKey = canKeyStandInLine_ && after_.primaryKey->columns.front() == now->name;
        isKept = isKept && (keepPrimaryKey_ || !isKey);
        isKeyInLine_ = isKeyInLine_ || (isKey && !isKept);
        columns_[now->name] = {item.lead, isKept ? renamed(item.core, true) : writer_.columnSql(after_, *now),
                               item.tail, true};
        return keepParts(isKept, uniques, keys, checks, hasKey);
    }

    /// Says which parts of the description stand in the text already.
    bool keepParts(bool isKept, const std::vector<std::size_t> &uniques, const std::vector<std::size_t> &keys,
                   const std::vector<std::size_t> &checks, bool hasKey)
    {
        if (!isKept)
            return true;
        std::ranges::copy(uniques, std::back_inserter(keptUniques_));
        std::ranges::copy(keys, std::back_inserter(keptKeys_));
        std::ranges::copy(checks, std::back_inserter(keptChecks_));
        hasPrimaryKey_ = hasPrimaryKey_ || hasKey;
        return true;
    }

    /// The names of columns that have another name now: the column's own, and those inside of parentheses.
    std::string renamed(const std::string &text, bool isColumn) const
    {
        if (renamed_.empty())
            return text;
        std::string out;
        std::size_t done = 0;
        int depth = 0, foreign = -1; // the depth of a list that names another table's columns
        const std::vector<Token> tokens = tokenize(text);
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const Token &token = tokens[i];
            const bool isCall = i + 1 < tokens.size() && tokens[i + 1].is("(");
            if (token.is("REFERENCES") && i + 2 < tokens.size() && tokens[i + 2].is("(") &&
                !sameName(unquoted(tokens[i + 1].text), before_.name.name))
                foreign = depth + 1;
            depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
            if (foreign >= 0 && depth < foreign && token.is(")"))
                foreign = -1;
            const bool isPlace = depth > 0 ? depth != foreign : isColumn && i == 0;
            const bool isOtherWord = i > 0 && (tokens[i - 1].is("AS") || tokens[i - 1].is("COLLATE"));
            if ((token.kind != TokenKind::Word && token.kind != TokenKind::Quoted) || !isPlace || isOtherWord ||
                (isCall && token.kind == TokenKind::Word && i > 0))
                continue;
            const auto found = renamed_.find(foldedName(unquoted(token.text)));
            if (found == renamed_.end())
                continue;
            out += text.substr(done, token.offset - done) + dialect_.quote(found->second);
            done = token.end();
        }
        return out + text.substr(done);
    }

    /// The parts that no item of the text says.
    std::vector<std::string> missing()
    {
        std::vector<std::string> all;
        if (after_.primaryKey && !hasPrimaryKey_ && !canKeyStandInLine_)
            all.push_back(writer_.primaryKeySql(after_, *after_.primaryKey));
        const auto add = [&](DiffSubject subject, const auto &before, const auto &after,
                             const std::vector<std::size_t> &kept, auto sql) {
            std::vector<bool> isThere(after.size(), false);
            for (const std::size_t place : kept)
                if (const auto now = placeAfter(subject, place, before.size(), after.size());
                    now && isSamePart(before[place], after[*now]))
                    isThere[*now] = true;
                else
                    isLost_ = true;
            for (std::size_t i = 0; i < after.size(); ++i)
                if (!isThere[i])
                    all.push_back(sql(after[i]));
        };
        add(DiffSubject::Unique, before_.uniques, after_.uniques, keptUniques_,
            [&](const UniqueConstraint &each) { return writer_.uniqueSql(each); });
        add(DiffSubject::Check, before_.checks, after_.checks, keptChecks_,
            [&](const CheckConstraint &each) { return writer_.checkSql(each); });
        add(DiffSubject::ForeignKey, before_.foreignKeys, after_.foreignKeys, keptKeys_, [&](ForeignKey each) {
            if (each.referred.name == before_.name.name)
                each.referred.name = after_.name.name;
            return writer_.foreignKeySql(each);
        });
        return all;
    }

    /// Where an unchanged part stands in the list of those after: neither list's order changes but by what is added
    /// and dropped.
    std::optional<std::size_t> placeAfter(DiffSubject subject, std::size_t place, std::size_t sizeBefore,
                                          std::size_t sizeAfter) const
    {
        const auto isItem = [&](auto side, std::size_t at) {
            return std::ranges::any_of(
                diff_.items, [&](const DiffItem &item) { return item.subject == subject && item.*side == at; });
        };
        std::size_t nth = 0; // among the unchanged
        for (std::size_t i = 0; i < place && i < sizeBefore; ++i)
            nth += isItem(&DiffItem::before, i) ? 0 : 1;
        for (std::size_t j = 0; j < sizeAfter; ++j)
            if (!isItem(&DiffItem::after, j) && nth-- == 0)
                return j;
        return std::nullopt;
    }

    bool isSameList(const std::vector<std::string> &before, const std::vector<std::string> &after) const
    {
        return std::ranges::equal(before, after, [&](const std::string &a, const std::string &b) {
            const auto found = renamed_.find(foldedName(a));
            return sameName(found == renamed_.end() ? a : found->second, b);
        });
    }
    template <class Part> bool isSamePart(const Part &before, const Part &after) const
    {
        if constexpr (requires { before.expression; })
            return before.name == after.name && (!renamed_.empty() || before.expression == after.expression);
        else
            return before.name == after.name && isSameList(before.columns, after.columns);
    }

    /// Read again, the text must say what was meant.
    bool isRight(const std::string &text) const
    {
        const auto read = parseCreateTable(text);
        return read &&
               std::ranges::equal(read->columns, after_.columns,
                                  [](const ColumnText &a, const Column &b) { return sameName(a.name, b.name); }) &&
               read->uniques.size() == after_.uniques.size() && read->checks.size() == after_.checks.size() &&
               read->foreignKeys.size() == after_.foreignKeys.size() &&
               read->primaryKey.has_value() == after_.primaryKey.has_value();
    }

    const Dialect &dialect_;
    DdlWriter &writer_;
    const TableDiff &diff_;
    const Table &before_, &after_;
    const std::string sql_;
    const std::vector<Token> tokens_;
    std::map<std::string, std::string> renamed_; // by the folded name before
    std::string open_, close_, lead_;
    std::vector<Item> items_, constraints_;
    std::map<std::string, Item> columns_; // by the name after
    std::vector<std::size_t> keptUniques_, keptKeys_, keptChecks_;
    std::size_t nextUnique_ = 0, nextKey_ = 0, nextCheck_ = 0;
    bool keepPrimaryKey_ = true, hasPrimaryKey_ = false;   ///< as the text has it
    bool canKeyStandInLine_ = false, isKeyInLine_ = false; ///< as a column is written anew
    bool isLost_ = false;                                  ///< a part of the text has no place in the description
};

} // namespace

std::optional<std::string> editedTableText(const Dialect &dialect, DdlWriter &writer, const TableDiff &diff,
                                           const std::string &name)
{
    if (!diff.before->definition)
        return std::nullopt;
    return TextEdit(dialect, writer, diff).run(name);
}

} // namespace schemawright::sqlite
