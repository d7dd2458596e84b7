#include "schemawright/orm/deferred_faults.h"

#include "schemawright/sql/statement.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright {

namespace {

constexpr std::size_t mostRows = 1000; // that are named; nobody reads more

std::string keyText(const std::vector<Value> &values)
{
    std::string text;
    for (const Value &value : values)
        text += value.isNull() ? std::string("-;") : fmt::format("{}:{};", value.text().size(), value.text());
    return text;
}

/// Rows of a table by their identity, as text that is the same for the same values.
using RowsByKey = std::map<std::string, std::vector<ChangeId>>;

RowsByKey rowsByKey(const std::vector<WrittenRow> &rows, const Table &table, const std::vector<std::string> &identity,
                    std::vector<std::pair<std::string, Value>> WrittenRow::*image)
{
    RowsByKey found;
    for (const WrittenRow &row : rows) {
        if (row.table->name != table.name)
            continue;
        std::vector<Value> values;
        for (const std::string &column : identity)
            for (const auto &[name, value] : row.*image)
                if (name == column)
                    values.push_back(value);
        if (!values.empty() && values.size() == identity.size())
            found[keyText(values)].push_back(row.change);
    }
    return found;
}

const std::vector<std::string> &referredColumns(const PlanReference &reference)
{
    const ForeignKey &key = reference.child->foreignKeys[reference.key];
    return key.referredColumns.empty() && reference.parent->primaryKey ? reference.parent->primaryKey->columns
                                                                       : key.referredColumns;
}

std::string described(const std::string &table, const std::vector<std::string> &columns,
                      const std::vector<Value> &values)
{
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < columns.size() && i < values.size(); ++i)
        parts.push_back(fmt::format("{}.{} = {}", table, columns[i], values[i].text()));
    return fmt::format("{}", fmt::join(parts, ", "));
}

} // namespace

DeferredFaults::DeferredFaults(Connection &connection, const Plan &plan, std::vector<WrittenRow> rows)
    : connection_(connection), plan_(plan), rows_(std::move(rows))
{
    std::set<const Table *> seen;
    for (const WrittenRow &row : rows_) {
        if (!seen.insert(row.table.get()).second)
            continue;
        if (const auto &key = row.table->primaryKey; key && key->deferrable)
            uniques_.push_back({row.table, key->name.value_or("primary key"), key->columns, {}});
        for (const UniqueConstraint &unique : row.table->uniques)
            if (unique.deferrable)
                uniques_.push_back({row.table, unique.name.value_or("unique"), unique.columns, {}});
    }
}

std::vector<std::string> DeferredFaults::identity(const TablePtr &table) const
{
    return connection_.dialect().rowIdentity(*table).columns;
}

template <class Read> void DeferredFaults::tryRead(Read read) const
{
    Savepoint savepoint = connection_.savepoint();
    try {
        read();
    } catch (const Error &error) {
        if (error.kind == ErrorKind::Cancelled || !connection_.isUsable())
            throw;
    }
    savepoint.rollback();
}

DeferredFaults::Broken DeferredFaults::brokenRows(const PlanReference &reference) const
{
    const ForeignKey &key = reference.child->foreignKeys[reference.key];
    const std::vector<std::string> &referred = referredColumns(reference);
    const std::vector<std::string> ids = identity(reference.child);
    Broken broken;
    if (referred.size() != key.columns.size() || ids.empty())
        return broken;
    const TablePtr &child = reference.child;
    const Source parent = Source(reference.parent).alias("parent"); // which may be the same table
    std::vector<Expr> wanted, conditions, matches;
    for (const std::string &name : ids)
        wanted.push_back(column(child, name));
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
        wanted.push_back(column(child, key.columns[i]));
        conditions.push_back(isNotNull(column(child, key.columns[i])));
        matches.push_back(parent.column(referred[i]) == column(child, key.columns[i]));
    }
    conditions.push_back(not_(exists(select({parent.column(referred.front())}).from(parent).where(and_(matches)))));
    tryRead([&] {
        for (const Row &row :
             connection_.execute(select(wanted).from(child).where(and_(conditions)).limit(mostRows)).all()) {
            const auto &values = row.values();
            const auto middle = values.begin() + static_cast<std::ptrdiff_t>(ids.size());
            broken.emplace_back(std::vector<Value>(values.begin(), middle), std::vector<Value>(middle, values.end()));
        }
    });
    return broken;
}

DeferredFaults::Doubles DeferredFaults::doubleRows(const TablePtr &table, const std::vector<std::string> &columns) const
{
    const std::vector<std::string> ids = identity(table);
    Doubles doubles;
    if (ids.empty())
        return doubles;
    const Source other = Source(table).alias("other");
    std::vector<Expr> wanted, matches;
    for (const std::string &name : ids)
        wanted.push_back(column(table, name));
    for (const std::string &name : columns)
        matches.push_back(other.column(name) == column(table, name));
    const Expr sharers = select({count()}).from(other).where(and_(matches)).scalar();
    tryRead([&] {
        for (const Row &row :
             connection_.execute(select(wanted).from(table).where(sharers > bind(Value(1))).limit(mostRows)).all())
            doubles.push_back(row.values());
    });
    return doubles;
}

std::vector<Value> DeferredFaults::rowWith(const TablePtr &table, const std::vector<std::string> &columns,
                                           const std::vector<Value> &values) const
{
    std::vector<Value> found;
    std::vector<Expr> wanted, conditions;
    for (const std::string &name : identity(table))
        wanted.push_back(column(table, name));
    for (std::size_t i = 0; i < columns.size() && i < values.size(); ++i)
        conditions.push_back(column(table, columns[i]) == bind(values[i]));
    tryRead([&] {
        if (const auto row = connection_.execute(select(wanted).from(table).where(and_(conditions)).limit(1)).first())
            found = row->values();
    });
    return found;
}

void DeferredFaults::lookAtEnd()
{
    for (const PlanReference &reference : plan_.references)
        broken_.push_back(brokenRows(reference));
    for (Unique &unique : uniques_)
        unique.doubles = doubleRows(unique.table, unique.columns);
}

std::vector<DeferredFault> DeferredFaults::faults()
{
    std::vector<DeferredFault> faults;
    const auto blame = [&](const std::vector<ChangeId> &changes, const std::string &constraint,
                           const std::string &detail) {
        for (const ChangeId change : changes)
            if (std::ranges::none_of(faults, [&](const DeferredFault &fault) {
                    return fault.change == change && fault.constraint == constraint;
                }))
                faults.push_back({change, constraint, detail});
    };
    for (std::size_t i = 0; i < broken_.size(); ++i) {
        if (broken_[i].empty())
            continue;
        const PlanReference &reference = plan_.references[i];
        const ForeignKey &key = reference.child->foreignKeys[reference.key];
        const Broken earlier = brokenRows(reference);
        const RowsByKey children = rowsByKey(rows_, *reference.child, identity(reference.child), &WrittenRow::after);
        const RowsByKey parents = rowsByKey(rows_, *reference.parent, identity(reference.parent), &WrittenRow::before);
        for (const auto &each : broken_[i]) {
            if (std::ranges::find(earlier, each) != earlier.end())
                continue; // it was broken before
            const std::string detail =
                fmt::format("{} is not in {}", described(reference.child->name.name, key.columns, each.second),
                            reference.parent->name.name);
            const std::string name =
                key.name.value_or(fmt::format("{}({})", reference.child->name.name, fmt::join(key.columns, ", ")));
            // Its parent went away, or it has come to a parent that is not there; or both.
            const std::vector<Value> parent = rowWith(reference.parent, referredColumns(reference), each.second);
            const auto gone = parent.empty() ? parents.end() : parents.find(keyText(parent));
            if (gone != parents.end())
                blame(gone->second, name, detail);
            std::vector<std::string> known = identity(reference.child);
            std::vector<Value> values = each.first;
            known.insert(known.end(), key.columns.begin(), key.columns.end());
            values.insert(values.end(), each.second.begin(), each.second.end());
            const bool hasCome = rowWith(reference.child, known, values).empty();
            if (const auto child = children.find(keyText(each.first));
                child != children.end() && (hasCome || gone == parents.end()))
                blame(child->second, name, detail);
        }
    }
    for (const Unique &unique : uniques_) {
        const RowsByKey rows = rowsByKey(rows_, *unique.table, identity(unique.table), &WrittenRow::after);
        for (const std::vector<Value> &row : unique.doubles)
            if (const auto written = rows.find(keyText(row)); written != rows.end())
                blame(written->second, unique.name,
                      fmt::format("another row of {} has the same {}", unique.table->name.name,
                                  fmt::join(unique.columns, ", ")));
    }
    return faults;
}

} // namespace schemawright
