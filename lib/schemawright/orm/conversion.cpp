#include "schemawright/orm/conversion.h"

namespace schemawright {

Unconvertible countUnconvertible(Connection &connection, const Conversion &conversion)
{
    Unconvertible found;
    Transaction transaction = connection.begin();
    try {
        for (const std::string &sql : conversion.prepare)
            connection.executeScript(sql);
    } catch (const Error &error) {
        if (!connection.isUsable() || error.kind == ErrorKind::Cancelled)
            throw;
        found.error = error;
    }
    if (!found.error) {
        Result result = connection.execute(conversion.count);
        while (const auto row = result.next()) {
            if (const auto *rows = (*row)[0].as<std::int64_t>())
                found.rows = *rows;
            found.examples.push_back((*row)[1].isNull() ? "NULL" : (*row)[1].text());
        }
    }
    transaction.rollback();
    return found;
}

} // namespace schemawright
