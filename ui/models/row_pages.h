#pragma once

#include "ui/models/row_pager.h"
#include "ui/workspace/workspace.h"

#include <QObject>

#include <list>
#include <map>
#include <optional>
#include <vector>

namespace schemawright::ui {

/// The rows of one table in pages: read when one looks at them, forgotten when many others were looked at since. What
/// was read before stands until the pages that replace it come. GUI thread.
class RowPages : public QObject
{
    Q_OBJECT
public:
    explicit RowPages(Workspace &workspace);
    ~RowPages() override;

    /// Reads anew; counts too.
    void read(const TablePtr &table, const std::vector<SortColumn> &sort, const Expr &filter);
    /// Of a table that is not in the database.
    void readNothing();
    /// Forgets what was read: it fits no more.
    void clear();

    /// Null while it is on its way, which this call sets out on.
    const std::vector<Value> *row(int row) const;
    /// How the row is told apart; nothing when it is not loaded, or cannot be.
    std::optional<RowTarget> target(int row) const;
    /// Where a row stands; -1 when it is not loaded.
    int rowOf(const RowTarget &row) const;
    /// What each row holds, the hidden identity included.
    const std::vector<std::string> &columns() const noexcept { return pager_.columns(); }

    std::optional<std::int64_t> total() const noexcept { return total_; }
    bool isLoading() const noexcept { return !jobs_.empty(); }
    const std::optional<Error> &error() const noexcept { return error_; }

Q_SIGNALS:
    void counted(qint64 rows);
    void pageTaken(qint64 firstRow, qint64 count);
    /// Total, loading state or error are others now.
    void statusChanged();

private:
    struct Page
    {
        std::vector<std::vector<Value>> rows;
        std::vector<std::optional<RowTarget>> targets;
    };

    void stop();
    void request(std::int64_t page) const;
    void take(std::int64_t page, std::vector<std::vector<Value>> rows);
    void fail(const Error &error);

    Workspace &workspace_;
    TablePtr table_; ///< null when there is nothing to read
    RowPager pager_;
    std::optional<std::int64_t> total_;
    std::optional<Error> error_;
    // Filled while rows are asked for, hence mutable.
    mutable std::map<std::int64_t, Page> pages_;
    mutable std::list<std::int64_t> recent_; ///< pages, last used first
    mutable std::map<std::int64_t, Job> jobs_;
    mutable std::list<std::int64_t> requested_;
    std::map<std::int64_t, Page> stale_; ///< shown until the pages that replace them come
    Job countJob_;
};

} // namespace schemawright::ui
