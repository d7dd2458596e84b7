#include "app/commands/commands.h"
#include "app/commands/row_writer.h"

#include "schemawright/sql/named_parameters.h"

#include <charconv>
#include <iostream>
#include <iterator>

#include <fmt/format.h>

namespace schemawright {

namespace {

/// A whole number is bound as one, so that it compares as a number where the database has no type to go by.
Value typed(const std::string &text)
{
    std::int64_t integer = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
    if (error == std::errc() && end == text.data() + text.size() && std::to_string(integer) == text)
        return Value(integer);
    return Value(text);
}

std::map<std::string, Value> parsedParameters(const std::vector<std::string> &parameters)
{
    std::map<std::string, Value> values;
    for (const std::string &parameter : parameters) {
        const std::size_t equals = parameter.find('=');
        if (equals == 0 || equals == std::string::npos)
            throw Error(ErrorKind::Misuse, "--param needs NAME=VALUE, not '" + parameter + "'");
        values[parameter.substr(0, equals)] = typed(parameter.substr(equals + 1));
    }
    return values;
}

} // namespace

int query(const QueryArguments &arguments)
{
    std::string sql = arguments.sql;
    if (sql == "-")
        sql.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());

    EngineOptions options;
    options.readOnly = !arguments.write;
    const Engine engine = Engine::open(arguments.source, options);
    const Compiled statement =
        bindNamed(sql, parsedParameters(arguments.parameters), engine.dialect().capabilities().placeholder);
    Connection connection = engine.connect();
    const InterruptGuard interrupt(connection);
    Result result = connection.execute(statement);
    if (!result.returnsRows()) {
        if (const std::int64_t rows = result.affectedRows(); rows >= 0)
            fmt::print(stderr, "{} {} affected\n", rows, rows == 1 ? "row" : "rows");
        return Done;
    }
    const auto writer = RowWriter::make(arguments.format, std::cout);
    writer->begin(result.columns());
    RowBatch batch;
    while (result.fetch(batch))
        writer->write(batch);
    writer->end();
    std::cout.flush();
    return Done;
}

} // namespace schemawright
