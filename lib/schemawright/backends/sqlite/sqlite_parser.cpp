#include "schemawright/backends/sqlite/sqlite_parser.h"

#include "schemawright/backends/sqlite/sqlite_tokens.h"

#include <algorithm>

namespace schemawright::sqlite {

namespace {

/// A walk over the tokens of one statement. Never fails: at the end every question is answered with no.
class Reader
{
public:
    explicit Reader(std::string_view sql) : sql_(sql), tokens_(tokenize(sql)) {}

    bool atEnd() const { return next_ >= tokens_.size(); }
    bool peek(std::string_view text) const { return !atEnd() && tokens_[next_].is(text); }
    bool take(std::string_view text)
    {
        if (!peek(text))
            return false;
        ++next_;
        return true;
    }
    bool take(std::string_view first, std::string_view second)
    {
        if (!peek(first) || next_ + 1 >= tokens_.size() || !tokens_[next_ + 1].is(second))
            return false;
        next_ += 2;
        return true;
    }
    void skip() { ++next_; }
    std::string name() { return atEnd() ? std::string() : unquoted(tokens_[next_++].text); }
    std::string word()
    {
        std::string text = atEnd() ? std::string() : std::string(tokens_[next_++].text);
        std::ranges::transform(text, text.begin(),
                               [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
        return text;
    }
    /// The text between a parenthesis, which stands here, and the one that closes it; both are taken.
    std::string parenthesized()
    {
        if (!take("("))
            return {};
        const std::size_t start = atEnd() ? sql_.size() : tokens_[next_].offset;
        std::size_t end = start;
        for (int depth = 1; !atEnd(); ++next_) {
            depth += peek("(") ? 1 : peek(")") ? -1 : 0;
            if (depth == 0) {
                ++next_;
                break;
            }
            end = tokens_[next_].end();
        }
        return std::string(sql_.substr(start, end - start));
    }
    /// The text from here to what `stop` says, outside of parentheses.
    template <class Stop> std::string textUntil(Stop stop)
    {
        const std::size_t start = atEnd() ? sql_.size() : tokens_[next_].offset;
        std::size_t end = start;
        for (int depth = 0; !atEnd() && (depth > 0 || !stop()); ++next_) {
            depth += peek("(") ? 1 : peek(")") ? -1 : 0;
            end = tokens_[next_].end();
        }
        return std::string(sql_.substr(start, end - start));
    }
    /// The names in a list in parentheses. What stands behind one is noted by its place: "collation.1", "order.2".
    std::vector<std::string> nameList(std::map<std::string, std::string> *behind = nullptr)
    {
        std::vector<std::string> names;
        if (!take("("))
            return names;
        while (!atEnd() && !take(")")) {
            names.push_back(name());
            const std::string place = std::to_string(names.size());
            while (!atEnd() && !peek(",") && !peek(")")) {
                if (behind && take("COLLATE"))
                    (*behind)["collation." + place] = name();
                else if (behind && take("DESC"))
                    (*behind)["order." + place] = "desc";
                else
                    skip();
            }
            take(",");
        }
        return names;
    }

private:
    std::string_view sql_;
    std::vector<Token> tokens_;
    std::size_t next_ = 0;
};

class TableParser
{
public:
    explicit TableParser(std::string_view sql) : read_(sql) {}

    std::optional<TableText> parse()
    {
        if (!read_.take("CREATE"))
            return std::nullopt;
        read_.take("TEMP") || read_.take("TEMPORARY");
        if (!read_.take("TABLE"))
            return std::nullopt;
        if (read_.take("IF", "NOT"))
            read_.take("EXISTS");
        read_.name();
        if (read_.take("."))
            read_.name();
        if (!read_.take("(")) // CREATE TABLE … AS SELECT is stored with its columns, so this is something else
            return std::nullopt;
        while (!read_.atEnd() && !read_.take(")")) {
            if (isTableConstraint())
                tableConstraint();
            else
                column();
            read_.take(",");
        }
        return std::move(table_);
    }

private:
    bool isTableConstraint() const
    {
        return read_.peek("CONSTRAINT") || read_.peek("PRIMARY") || read_.peek("UNIQUE") || read_.peek("CHECK") ||
               read_.peek("FOREIGN");
    }

    bool isColumnConstraint() const
    {
        for (const char *word : {"CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE",
                                 "REFERENCES", "GENERATED", "AS"})
            if (read_.peek(word))
                return true;
        return false;
    }

    bool atItemEnd() const { return read_.atEnd() || read_.peek(",") || read_.peek(")"); }

    void column()
    {
        ColumnText column;
        column.name = read_.name();
        read_.textUntil([this] { return atItemEnd() || isColumnConstraint(); }); // the type: PRAGMAs tell it
        while (!atItemEnd())
            columnConstraint(column);
        table_.columns.push_back(std::move(column));
    }

    void columnConstraint(ColumnText &column)
    {
        std::optional<std::string> constraintName;
        if (read_.take("CONSTRAINT"))
            constraintName = read_.name();
        if (read_.take("PRIMARY", "KEY")) {
            PrimaryKey key;
            key.name = constraintName;
            key.columns = {column.name};
            if (read_.take("DESC"))
                key.options["order"] = "desc";
            read_.take("ASC");
            conflict(key.options, "on_conflict");
            column.autoincrement = read_.take("AUTOINCREMENT");
            table_.primaryKey = std::move(key);
        } else if (read_.take("NOT", "NULL")) {
            if (constraintName)
                column.options["not_null_name"] = *constraintName;
            conflict(column.options, "not_null_conflict");
        } else if (read_.take("NULL"))
            conflict(column.options, "null_conflict");
        else if (read_.take("UNIQUE")) {
            UniqueConstraint unique;
            unique.name = constraintName;
            unique.columns = {column.name};
            conflict(unique.options, "on_conflict");
            table_.uniques.push_back(std::move(unique));
        } else if (read_.take("CHECK"))
            check(constraintName);
        else if (read_.take("DEFAULT")) {
            if (read_.peek("("))
                read_.parenthesized();
            else {
                read_.take("+") || read_.take("-");
                read_.skip();
            }
        } else if (read_.take("COLLATE"))
            column.collation = read_.name();
        else if (read_.peek("REFERENCES"))
            references(constraintName, {column.name});
        else if (read_.take("GENERATED", "ALWAYS") || read_.peek("AS")) {
            read_.take("AS");
            column.generated = read_.parenthesized();
            read_.take("STORED") || read_.take("VIRTUAL");
        } else if (!constraintName)
            read_.skip(); // what only a newer SQLite knows
    }

    void tableConstraint()
    {
        std::optional<std::string> constraintName;
        if (read_.take("CONSTRAINT"))
            constraintName = read_.name();
        if (read_.take("PRIMARY", "KEY")) {
            PrimaryKey key;
            key.name = constraintName;
            key.columns = read_.nameList(&key.options);
            conflict(key.options, "on_conflict");
            table_.primaryKey = std::move(key);
        } else if (read_.take("UNIQUE")) {
            UniqueConstraint unique;
            unique.name = constraintName;
            unique.columns = read_.nameList(&unique.options);
            conflict(unique.options, "on_conflict");
            table_.uniques.push_back(std::move(unique));
        } else if (read_.take("CHECK")) {
            check(constraintName);
        } else if (read_.take("FOREIGN", "KEY")) {
            std::vector<std::string> columns = read_.nameList();
            references(constraintName, std::move(columns));
        } else
            read_.skip();
    }

    void check(const std::optional<std::string> &constraintName)
    {
        CheckConstraint constraint;
        constraint.name = constraintName;
        constraint.expression = read_.parenthesized();
        table_.checks.push_back(std::move(constraint));
        std::map<std::string, std::string> ignored; // SQLite parses ON CONFLICT here and pays no heed to it
        conflict(ignored, "on_conflict");
    }

    void references(const std::optional<std::string> &constraintName, std::vector<std::string> columns)
    {
        if (!read_.take("REFERENCES"))
            return;
        ForeignKey key;
        key.name = constraintName;
        key.columns = std::move(columns);
        key.referred.name = read_.name();
        if (read_.peek("("))
            key.referredColumns = read_.nameList();
        for (;;) {
            if (read_.take("ON", "DELETE"))
                key.onDelete = action();
            else if (read_.take("ON", "UPDATE"))
                key.onUpdate = action();
            else if (read_.take("MATCH"))
                key.match = read_.word();
            else if (read_.take("NOT", "DEFERRABLE"))
                initially(key);
            else if (read_.take("DEFERRABLE")) {
                key.deferrable = true;
                initially(key);
            } else
                break;
        }
        if (key.match == "SIMPLE")
            key.match.reset();
        table_.foreignKeys.push_back(std::move(key));
    }

    void initially(ForeignKey &key)
    {
        if (read_.take("INITIALLY", "DEFERRED"))
            key.initiallyDeferred = key.deferrable; // of a key that is not deferrable it means nothing
        else
            read_.take("INITIALLY", "IMMEDIATE");
    }

    std::optional<std::string> action()
    {
        if (read_.take("NO", "ACTION"))
            return std::nullopt;
        if (read_.take("SET")) {
            return "SET " + read_.word();
        }
        return read_.word();
    }

    void conflict(std::map<std::string, std::string> &options, const char *option)
    {
        if (read_.take("ON", "CONFLICT"))
            options[option] = read_.word();
    }

    Reader read_;
    TableText table_;
};

} // namespace

std::optional<TableText> parseCreateTable(std::string_view sql) { return TableParser(sql).parse(); }

std::optional<IndexText> parseCreateIndex(std::string_view sql)
{
    Reader read(sql);
    if (!read.take("CREATE"))
        return std::nullopt;
    read.take("UNIQUE");
    if (!read.take("INDEX"))
        return std::nullopt;
    read.textUntil([&] { return read.peek("("); });
    if (!read.take("("))
        return std::nullopt;
    IndexText index;
    while (!read.atEnd() && !read.take(")")) {
        index.elements.push_back(read.textUntil([&] {
            return read.peek(",") || read.peek(")") || read.peek("COLLATE") || read.peek("ASC") || read.peek("DESC");
        }));
        while (!read.atEnd() && !read.peek(",") && !read.peek(")"))
            read.skip();
        read.take(",");
    }
    if (read.take("WHERE"))
        index.where = read.textUntil([] { return false; });
    return index;
}

} // namespace schemawright::sqlite
