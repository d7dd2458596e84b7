#pragma once

#include "schemawright/base/error.h"
#include "schemawright/dialect/catalog_row.h"
#include "schemawright/schema/metadata.h"

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace schemawright::postgres {

using schemawright::CatalogRow;
using ObjectId = std::int64_t; ///< an oid, as the catalog queries give it (cast to bigint)

/// "{a,\"b c\",NULL}" as its elements, NULL as an empty text.
std::vector<std::string> arrayElements(std::string_view text);
/// "{1,2}" or "1 2" as numbers.
std::vector<std::int64_t> numbersIn(std::string_view text);
/// Adds "{fillfactor=70,…}" to a map of options. The server keeps an order of its own: where that is not the map's, it
/// is kept as the option "parameter_order".
void addParameters(std::map<std::string, std::string> &options, std::string_view array, const std::string &prefix = {});
/// The options in the order in which the server had them; the rest by name.
std::vector<std::pair<std::string, std::string>> inServerOrder(const std::map<std::string, std::string> &options);
/// "1,2,3" for IN (…); "0" when there are none.
std::string idList(const std::vector<ObjectId> &ids);

/// Runs the catalog queries of one reflection. At first any failure ends it; a careful reader puts a savepoint around
/// each query instead, reports what fails and goes on, and finds the one object of many that cannot be read.
class CatalogReader
{
public:
    using Use = std::function<void(const CatalogRow &)>;

    CatalogReader(DriverConnection &connection, const std::stop_token *stop, bool careful, std::vector<Remark> &errors)
        : connection_(connection), stop_(stop), careful_(careful), errors_(errors)
    {}
    ~CatalogReader();
    CatalogReader(const CatalogReader &) = delete;
    /// Begins to run these queries, one after the other, while others are read: read() then waits for its own. Not for
    /// a careful reader.
    void prefetch(std::vector<std::string> queries);
    bool isCareful() const noexcept { return careful_; }
    /// `what` names the query in an error report. False when it failed.
    bool read(const std::string &what, const std::string &sql, const Use &use);
    /// The same for the objects of the list only: `sql` makes the query for "1,2,3". `name` names one for the report.
    void readFor(const std::vector<ObjectId> &ids, const std::function<std::string(const std::string &)> &sql,
                 const std::function<std::string(ObjectId)> &name, const Use &use);

private:
    void run(const std::string &sql, const Use &use);
    std::optional<Error> attempt(const std::string &sql, const Use &use);

    DriverConnection &connection_;
    const std::stop_token *stop_;
    bool careful_;
    std::vector<Remark> &errors_;
    class Turn;
    /// What a query run ahead gave.
    struct Ahead
    {
        std::unique_ptr<WholeResult> result;
        std::exception_ptr error;
        bool isDone = false;
    };
    void runAhead(const std::vector<std::string> &queries);
    /// The connection is one: whoever reads at once goes before what is run ahead.
    std::mutex mutex_;
    std::condition_variable changed_;
    bool isBusy_ = false, isStopping_ = false;
    int waiting_ = 0;
    std::map<std::string, Ahead> ahead_;
    std::thread thread_;
};

} // namespace schemawright::postgres
