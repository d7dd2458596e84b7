#include "app/commands/row_writer.h"

#include "schemawright/base/error.h"

#include <algorithm>
#include <cmath>
#include <cwchar>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace schemawright {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(std::string_view bytes)
{
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
        unsigned group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (k < left ? static_cast<unsigned char>(bytes[i + k]) : 0);
        for (std::size_t k = 0; k < 4; ++k)
            out += k <= left ? digits[group >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

} // namespace

std::string fromBase64(std::string_view text)
{
    std::string out;
    unsigned group = 0, bits = 0;
    while (text.ends_with('='))
        text.remove_suffix(1);
    for (const char c : text) {
        const std::size_t digit = digits.find(c);
        if (digit == std::string_view::npos)
            throw Error(ErrorKind::Conversion, "this is no base64 text");
        group = group << 6 | static_cast<unsigned>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>(group >> bits & 0xff);
        }
    }
    return out;
}

nlohmann::ordered_json valueToJson(const Value &value)
{
    if (value.isNull())
        return nullptr;
    if (const bool *truth = value.as<bool>())
        return *truth;
    if (const auto *integer = value.as<std::int64_t>()) {
        constexpr std::int64_t exact = std::int64_t{1} << 53; // what every reader of JSON keeps
        if (*integer >= -exact && *integer <= exact)
            return *integer;
        return std::to_string(*integer);
    }
    if (const double *number = value.as<double>(); number && std::isfinite(*number))
        return *number;
    if (const Bytes *bytes = value.as<Bytes>())
        return {{"$blob", base64(bytes->data)}};
    const std::string text = value.text();
    if (!isUtf8(text))
        return {{"$text", base64(text)}};
    return text;
}

namespace {

/// What text formats print for a value that is not NULL.
std::string plainText(const Value &value) { return value.is<Bytes>() ? "\\x" + value.text() : value.text(); }

class CsvWriter : public RowWriter
{
public:
    explicit CsvWriter(std::ostream &out) : out_(out) {}

    void begin(const std::vector<ColumnHead> &columns) override
    {
        for (std::size_t i = 0; i < columns.size(); ++i)
            out_ << (i ? "," : "") << field(columns[i].name);
        out_ << "\r\n";
    }
    void write(const RowBatch &batch) override
    {
        for (std::size_t row = 0; row < batch.rowCount(); ++row) {
            for (std::size_t column = 0; column < batch.columnCount(); ++column) {
                out_ << (column ? "," : "");
                if (!batch.isNull(row, column))
                    out_ << field(plainText(batch.value(row, column)));
            }
            out_ << "\r\n";
        }
    }

private:
    static std::string field(const std::string &text)
    {
        if (!text.empty() && text.find_first_of(",\"\r\n") == std::string::npos)
            return text;
        std::string quoted = "\"";
        for (const char c : text)
            quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        return quoted + '"';
    }
    std::ostream &out_;
};

class TsvWriter : public RowWriter
{
public:
    explicit TsvWriter(std::ostream &out) : out_(out) {}

    void begin(const std::vector<ColumnHead> &columns) override
    {
        for (std::size_t i = 0; i < columns.size(); ++i)
            out_ << (i ? "\t" : "") << escaped(columns[i].name);
        out_ << '\n';
    }
    void write(const RowBatch &batch) override
    {
        for (std::size_t row = 0; row < batch.rowCount(); ++row) {
            for (std::size_t column = 0; column < batch.columnCount(); ++column)
                out_ << (column ? "\t" : "")
                     << (batch.isNull(row, column) ? "\\N" : escaped(plainText(batch.value(row, column))));
            out_ << '\n';
        }
    }

private:
    static std::string escaped(const std::string &text)
    {
        std::string out;
        for (const char c : text)
            switch (c) {
            case '\t':
                out += "\\t";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\\':
                out += "\\\\";
                break;
            default:
                out += c;
            }
        return out;
    }
    std::ostream &out_;
};

class JsonWriter : public RowWriter
{
public:
    JsonWriter(std::ostream &out, bool lines) : out_(out), lines_(lines) {}

    void begin(const std::vector<ColumnHead> &columns) override
    {
        // An object has each name once: a repeated one gets a number, so that no column is lost.
        for (const ColumnHead &column : columns) {
            std::string name = column.name;
            for (int n = 2; std::ranges::find(names_, name) != names_.end(); ++n)
                name = fmt::format("{}_{}", column.name, n);
            names_.push_back(std::move(name));
        }
        if (!lines_)
            out_ << "[";
    }
    void write(const RowBatch &batch) override
    {
        for (std::size_t row = 0; row < batch.rowCount(); ++row) {
            Json object = Json::object();
            for (std::size_t column = 0; column < batch.columnCount(); ++column)
                object[names_[column]] = valueToJson(batch.value(row, column));
            if (!lines_)
                out_ << (first_ ? "\n  " : ",\n  ");
            first_ = false;
            out_ << object.dump(-1, ' ', false, Json::error_handler_t::replace);
            if (lines_)
                out_ << '\n';
        }
    }
    void end() override
    {
        if (!lines_)
            out_ << (first_ ? "]\n" : "\n]\n");
    }

private:
    std::ostream &out_;
    const bool lines_;
    bool first_ = true;
    std::vector<std::string> names_;
};

/// Columns a terminal gives to a UTF-8 text; bytes that are no UTF-8 count one each.
std::size_t displayWidth(std::string_view text)
{
    std::size_t width = 0;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        char32_t code = length == 1 ? lead : lead & (0x7F >> length);
        for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
            code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3F);
        const bool combining = (code >= 0x300 && code < 0x370) || code == 0x200D || (code >= 0xFE00 && code < 0xFE10);
        const bool wide = (code >= 0x1100 && code < 0x1160) || (code >= 0x2E80 && code < 0xA4D0) ||
                          (code >= 0xAC00 && code < 0xD7A4) || (code >= 0xF900 && code < 0xFB00) ||
                          (code >= 0xFF00 && code < 0xFF61) || (code >= 0x1F300 && code < 0x1FB00) ||
                          (code >= 0x20000 && code < 0x40000);
        width += combining ? 0 : wide ? 2 : 1;
        i += length;
    }
    return width;
}

/// Keeps the rows to find the widths, so it is for people, not for millions of rows.
class TableWriter : public RowWriter
{
public:
    TableWriter(std::ostream &out, bool markdown) : out_(out), markdown_(markdown) {}

    void begin(const std::vector<ColumnHead> &columns) override
    {
        std::vector<std::string> heads;
        for (const ColumnHead &column : columns)
            heads.push_back(cell(column.name));
        rows_.push_back(heads);
        isNumber_.assign(columns.size(), true);
    }
    void write(const RowBatch &batch) override
    {
        for (std::size_t row = 0; row < batch.rowCount(); ++row) {
            auto &texts = rows_.emplace_back();
            for (std::size_t column = 0; column < batch.columnCount(); ++column) {
                const Value value = batch.value(row, column);
                if (!value.isNull() && !value.is<std::int64_t>() && !value.is<double>() && !value.is<Decimal>())
                    isNumber_[column] = false;
                texts.push_back(value.isNull() ? "NULL" : cell(plainText(value)));
            }
        }
    }
    void end() override
    {
        std::vector<std::size_t> widths(isNumber_.size(), markdown_ ? 3 : 0);
        for (const auto &row : rows_)
            for (std::size_t i = 0; i < row.size(); ++i)
                widths[i] = std::max(widths[i], displayWidth(row[i]));
        printRow(rows_.front(), widths);
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const std::string dashes(widths[i], '-');
            if (markdown_)
                out_ << (i ? " | " : "| ") << (isNumber_[i] ? dashes.substr(1) + ":" : dashes);
            else
                out_ << (i ? "  " : "") << dashes;
        }
        out_ << (markdown_ ? " |\n" : "\n");
        for (std::size_t row = 1; row < rows_.size(); ++row)
            printRow(rows_[row], widths);
        if (!markdown_)
            out_ << fmt::format("({} {})\n", rows_.size() - 1, rows_.size() == 2 ? "row" : "rows");
    }

private:
    std::string cell(const std::string &text) const
    {
        std::string out;
        for (const char c : text) {
            if (c == '\n')
                out += markdown_ ? "<br>" : "\\n";
            else if (c == '|' && markdown_)
                out += "\\|";
            else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
                out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
            else
                out += c;
        }
        return out;
    }
    void printRow(const std::vector<std::string> &row, const std::vector<std::size_t> &widths)
    {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string padding(widths[i] - displayWidth(row[i]), ' ');
            line += markdown_ ? (i ? " | " : "| ") : (i ? "  " : "");
            line += isNumber_[i] ? padding + row[i] : row[i] + padding;
        }
        if (markdown_)
            line += " |";
        else
            line.erase(line.find_last_not_of(' ') + 1);
        out_ << line << '\n';
    }

    std::ostream &out_;
    const bool markdown_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<bool> isNumber_; // no cell so far says otherwise
};

} // namespace

std::unique_ptr<RowWriter> RowWriter::make(std::string_view format, std::ostream &out)
{
    if (format == "csv")
        return std::make_unique<CsvWriter>(out);
    if (format == "tsv")
        return std::make_unique<TsvWriter>(out);
    if (format == "json" || format == "jsonl")
        return std::make_unique<JsonWriter>(out, format == "jsonl");
    if (format == "table" || format == "markdown")
        return std::make_unique<TableWriter>(out, format == "markdown");
    throw Error(ErrorKind::Misuse, "there is no format named '" + std::string(format) + "'");
}

} // namespace schemawright
