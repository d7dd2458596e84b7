#include "ui/models/row_pages.h"

#include "ui/adapt/text.h"

#include <algorithm>

namespace schemawright::ui {

namespace {

constexpr std::size_t pagesKept = 60;
constexpr std::size_t requestsKept = 4; // more are of places that were scrolled past

std::vector<std::vector<Value>> readRows(Connection &connection, const Compiled &statement)
{
    std::vector<std::vector<Value>> rows;
    Result result = connection.execute(statement);
    RowBatch batch;
    while (result.fetch(batch))
        for (std::size_t row = 0; row < batch.rowCount(); ++row)
            rows.push_back(batch.row(row));
    return rows;
}

} // namespace

RowPages::RowPages(Workspace &workspace) : workspace_(workspace) {}

RowPages::~RowPages() { stop(); }

void RowPages::stop()
{
    for (auto &[page, job] : jobs_)
        job.abandon();
    jobs_.clear();
    requested_.clear();
    countJob_.abandon();
}

void RowPages::clear()
{
    stale_.clear();
    pages_.clear();
    recent_.clear();
}

void RowPages::readNothing()
{
    stop();
    table_.reset();
    total_ = 0;
    Q_EMIT statusChanged();
}

void RowPages::read(const TablePtr &table, const std::vector<SortColumn> &sort, const Expr &filter)
{
    stop();
    error_.reset();
    for (auto &[number, page] : pages_)
        stale_[number] = std::move(page);
    pages_.clear();
    recent_.clear();
    table_ = table;
    pager_ = RowPager(workspace_.dialect(), table_, workspace_.session().identity(*table_), sort, filter);
    total_.reset();
    request(0);
    countJob_ = workspace_.lane().run(
        this, tr("Counting rows of %1").arg(toQString(table_->name.name)),
        [counting = pager_.countRows()](Connection &connection, std::stop_token) {
            return connection.execute(counting).scalar();
        },
        [this](const Value &found) {
            if (const auto *rows = found.as<std::int64_t>()) {
                total_ = *rows;
                Q_EMIT counted(*rows);
                Q_EMIT statusChanged();
            }
        },
        [this](const Error &error) { fail(error); });
    Q_EMIT statusChanged();
}

void RowPages::request(std::int64_t page) const
{
    if (jobs_.contains(page) || error_ || !table_)
        return;
    auto *self = const_cast<RowPages *>(this); // a page that is looked at is asked for
    while (requested_.size() >= requestsKept) {
        jobs_[requested_.back()].abandon();
        jobs_.erase(requested_.back());
        requested_.pop_back();
    }
    const RowPager::Request request = pager_.page(page, total_);
    requested_.push_front(page);
    jobs_[page] = workspace_.lane().run(
        self, tr("Reading rows of %1").arg(toQString(table_->name.name)),
        [request](Connection &connection, std::stop_token) {
            auto rows = readRows(connection, request.statement);
            if (request.isReversed)
                std::ranges::reverse(rows);
            return rows;
        },
        [self, page](std::vector<std::vector<Value>> rows) { self->take(page, std::move(rows)); },
        [self, page](const Error &error) {
            self->jobs_.erase(page);
            self->requested_.remove(page);
            self->fail(error);
        });
}

void RowPages::take(std::int64_t number, std::vector<std::vector<Value>> rows)
{
    jobs_.erase(number);
    requested_.remove(number);
    Page page;
    const bool isNamed = workspace_.session().identity(*table_).kind != RowIdentity::Kind::None;
    for (const auto &row : rows) {
        RowImage image;
        for (std::size_t i = 0; i < row.size(); ++i)
            image[columns()[i]] = row[i];
        page.targets.push_back(isNamed ? std::optional(workspace_.session().target(*table_, image)) : std::nullopt);
    }
    pager_.learn(number, rows);
    const auto count = static_cast<qint64>(rows.size());
    page.rows = std::move(rows);
    pages_[number] = std::move(page);
    stale_.erase(number);
    recent_.remove(number);
    recent_.push_front(number);
    while (recent_.size() > pagesKept) {
        pages_.erase(recent_.back());
        recent_.pop_back();
    }
    Q_EMIT pageTaken(number * RowPager::pageSize, count);
    Q_EMIT statusChanged();
}

void RowPages::fail(const Error &error)
{
    error_ = error;
    Q_EMIT statusChanged();
}

const std::vector<Value> *RowPages::row(int row) const
{
    const std::int64_t number = row / RowPager::pageSize;
    const auto at = static_cast<std::size_t>(row % RowPager::pageSize);
    const Page *page = nullptr;
    if (const auto loaded = pages_.find(number); loaded != pages_.end()) {
        page = &loaded->second;
        if (recent_.front() != number) {
            recent_.remove(number);
            recent_.push_front(number);
        }
    } else {
        request(number);
        if (const auto old = stale_.find(number); old != stale_.end())
            page = &old->second;
    }
    return page && at < page->rows.size() ? &page->rows[at] : nullptr;
}

std::optional<RowTarget> RowPages::target(int row) const
{
    for (const auto *pages : {&std::as_const(pages_), &stale_})
        if (const auto page = pages->find(row / RowPager::pageSize); page != pages->end()) {
            const auto at = static_cast<std::size_t>(row % RowPager::pageSize);
            return at < page->second.targets.size() ? page->second.targets[at] : std::nullopt;
        }
    return std::nullopt;
}

int RowPages::rowOf(const RowTarget &row) const
{
    for (const auto &[number, page] : pages_)
        if (const auto found = std::ranges::find(page.targets, std::optional(row)); found != page.targets.end())
            return static_cast<int>(number * RowPager::pageSize + (found - page.targets.begin()));
    return -1;
}

} // namespace schemawright::ui
