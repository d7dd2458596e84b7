#pragma once

#include "schemawright/value/row_batch.h"

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace schemawright {

/// A value as JSON has it, see RowWriter; blobs are objects.
nlohmann::ordered_json valueToJson(const Value &value);
/// What base64 text stands for. Throws Error(Conversion).
std::string fromBase64(std::string_view text);

/// Prints the rows of one result in one format, batch by batch.
///
/// csv (RFC 4180): NULL is an empty field, empty text is "". tsv: NULL is \N; tab, newline, return and backslash are
/// written \t \n \r \\. Both write blobs as \x and hex. json and jsonl: integers beyond 53 bits and exact numerics as
/// strings, blobs as
/// {"$blob": base64}, text that is no valid UTF-8 as {"$text": base64}.
class RowWriter
{
public:
    virtual ~RowWriter() = default;
    virtual void begin(const std::vector<ColumnHead> &columns) = 0;
    virtual void write(const RowBatch &batch) = 0;
    virtual void end() {}

    /// `format` is one of table, csv, tsv, json, jsonl, markdown. Throws Error(Misuse) for any other.
    static std::unique_ptr<RowWriter> make(std::string_view format, std::ostream &out);
};

} // namespace schemawright
