#include "schemawright/backends/postgres/postgres_catalog.h"

#include <algorithm>
#include <charconv>

namespace schemawright::postgres {

std::vector<std::string> arrayElements(std::string_view text)
{
    std::vector<std::string> elements;
    if (text.size() < 2 || text.front() != '{')
        return elements;
    text = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string element;
        const bool isQuoted = text[i] == '"'; // a text that says NULL is quoted
        if (isQuoted) {
            for (++i; i < text.size() && text[i] != '"'; ++i) {
                if (text[i] == '\\')
                    ++i;
                element += text[i];
            }
            ++i;
        } else
            for (; i < text.size() && text[i] != ','; ++i)
                element += text[i];
        elements.push_back(!isQuoted && element == "NULL" ? std::string() : std::move(element));
    }
    return elements;
}

std::vector<std::int64_t> numbersIn(std::string_view text)
{
    std::vector<std::int64_t> numbers;
    const char *at = text.data(), *end = at + text.size();
    while (at < end) {
        std::int64_t number = 0;
        const auto [rest, error] = std::from_chars(at, end, number);
        if (error == std::errc()) {
            numbers.push_back(number);
            at = rest;
        } else
            ++at;
    }
    return numbers;
}

void addParameters(std::map<std::string, std::string> &options, std::string_view array, const std::string &prefix)
{
    std::vector<std::string> names;
    for (const std::string &each : arrayElements(array)) {
        const std::size_t equals = each.find('=');
        if (each.starts_with("pg_attver="))
            continue;
        names.push_back(prefix + each.substr(0, equals));
        options[names.back()] = equals == std::string::npos ? "true" : each.substr(equals + 1);
    }
    if (std::ranges::is_sorted(names))
        return;
    std::string &order = options["parameter_order"];
    for (const std::string &name : names)
        order += (order.empty() ? "" : ",") + name;
}

std::vector<std::pair<std::string, std::string>> inServerOrder(const std::map<std::string, std::string> &options)
{
    std::vector<std::pair<std::string, std::string>> ordered(options.begin(), options.end());
    const auto order = options.find("parameter_order");
    if (order == options.end())
        return ordered;
    std::erase_if(ordered, [](const auto &each) { return each.first == "parameter_order"; });
    const std::string names = "," + order->second + ",";
    std::ranges::stable_sort(ordered, {}, [&](const auto &each) { return names.find("," + each.first + ","); });
    return ordered;
}

std::string idList(const std::vector<ObjectId> &ids)
{
    std::string list;
    for (const ObjectId id : ids) {
        if (!list.empty())
            list += ',';
        list += std::to_string(id);
    }
    return list.empty() ? "0" : list;
}

/// The connection for one query of the reader's own thread, before those that are run ahead.
class CatalogReader::Turn
{
public:
    explicit Turn(CatalogReader &reader) : reader_(reader)
    {
        std::unique_lock lock(reader_.mutex_);
        ++reader_.waiting_;
        reader_.changed_.wait(lock, [&] { return !reader_.isBusy_; });
        --reader_.waiting_;
        reader_.isBusy_ = true;
    }
    Turn(const Turn &) = delete;
    ~Turn()
    {
        {
            const std::scoped_lock lock(reader_.mutex_);
            reader_.isBusy_ = false;
        }
        reader_.changed_.notify_all();
    }

private:
    CatalogReader &reader_;
};

void CatalogReader::run(const std::string &sql, const Use &use)
{
    if (stop_ && stop_->stop_requested())
        throw Error(ErrorKind::Cancelled, "the reflection was cancelled");
    const auto useAll = [&](const WholeResult &rows) {
        for (std::size_t row = 0; row < rows.rowCount(); ++row)
            use(CatalogRow(rows, row));
    };
    if (const auto ahead = ahead_.find(sql); ahead != ahead_.end()) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ahead->second.isDone; });
        lock.unlock();
        if (ahead->second.error)
            std::rethrow_exception(ahead->second.error);
        useAll(*ahead->second.result);
        ahead->second.result.reset();
        return;
    }
    if (connection_.hasWholeResults()) {
        std::unique_ptr<WholeResult> rows;
        {
            const Turn turn(*this);
            rows = connection_.readWhole(sql);
        } // what is run ahead goes on while the rows are used
        return useAll(*rows);
    }
    const auto cursor = connection_.execute(sql);
    RowBatch batch;
    while (cursor->fetch(batch, 20'000))
        for (std::size_t row = 0; row < batch.rowCount(); ++row)
            use(CatalogRow(batch, row));
}

CatalogReader::~CatalogReader()
{
    {
        const std::scoped_lock lock(mutex_);
        isStopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable())
        thread_.join();
}

void CatalogReader::prefetch(std::vector<std::string> queries)
{
    if (!connection_.hasWholeResults() || careful_ || thread_.joinable())
        return;
    for (const std::string &sql : queries)
        ahead_[sql];
    thread_ = std::thread([this, queries = std::move(queries)] { runAhead(queries); });
}

void CatalogReader::runAhead(const std::vector<std::string> &queries)
{
    for (const std::string &sql : queries) {
        Ahead &ahead = ahead_.at(sql);
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return isStopping_ || (!isBusy_ && waiting_ == 0); });
            if (isStopping_)
                return;
            isBusy_ = true;
        }
        try {
            ahead.result = connection_.readWhole(sql);
        } catch (...) {
            ahead.error = std::current_exception();
        }
        {
            const std::scoped_lock lock(mutex_);
            isBusy_ = false;
            ahead.isDone = true;
        }
        changed_.notify_all();
    }
}

std::optional<Error> CatalogReader::attempt(const std::string &sql, const Use &use)
{
    if (!careful_) {
        run(sql, use);
        return std::nullopt;
    }
    connection_.executeScript("SAVEPOINT sw_catalog");
    try {
        std::vector<RowBatch> batches; // kept until all is read, so that nothing is used twice
        const auto cursor = connection_.execute(sql);
        for (RowBatch batch; cursor->fetch(batch, 20'000); batch = RowBatch())
            batches.push_back(std::move(batch));
        for (const RowBatch &batch : batches)
            for (std::size_t row = 0; row < batch.rowCount(); ++row)
                use(CatalogRow(batch, row));
        connection_.executeScript("RELEASE SAVEPOINT sw_catalog");
        return std::nullopt;
    } catch (const Error &error) {
        if (error.kind == ErrorKind::Cancelled || error.kind == ErrorKind::Timeout || !connection_.isUsable())
            throw;
        connection_.executeScript("ROLLBACK TO SAVEPOINT sw_catalog");
        return error;
    }
}

bool CatalogReader::read(const std::string &what, const std::string &sql, const Use &use)
{
    const auto error = attempt(sql, use);
    if (error)
        errors_.push_back({what, error->message});
    return !error;
}

void CatalogReader::readFor(const std::vector<ObjectId> &ids,
                            const std::function<std::string(const std::string &)> &sql,
                            const std::function<std::string(ObjectId)> &name, const Use &use)
{
    if (ids.empty())
        return;
    const auto error = attempt(sql(idList(ids)), use);
    if (!error)
        return;
    if (ids.size() == 1) {
        errors_.push_back({name(ids.front()), error->message});
        return;
    }
    const auto middle = ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 2);
    readFor({ids.begin(), middle}, sql, name, use);
    readFor({middle, ids.end()}, sql, name, use);
}

} // namespace schemawright::postgres
