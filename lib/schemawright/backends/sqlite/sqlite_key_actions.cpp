#include "schemawright/backends/sqlite/sqlite_key_actions.h"

#include "schemawright/backends/sqlite/sqlite_key_rings.h"
#include "schemawright/backends/sqlite/sqlite_names.h"
#include "schemawright/backends/sqlite/sqlite_tokens.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright::sqlite {

namespace {

/// One foreign key, seen from the parent.
class KeyAction
{
public:
    KeyAction(const Dialect &dialect, const Table &child, const ForeignKey &key, const Table &parent)
        : dialect_(dialect), child_(child), key_(key), parent_(parent), referred_(key.referredColumns)
    {
        if (referred_.empty() && parent.primaryKey)
            referred_ = parent.primaryKey->columns;
    }

    bool isComplete() const { return !referred_.empty() && referred_.size() == key_.columns.size(); }

    /// What happens to the children of a row that goes; empty for nothing.
    std::string onDelete() const
    {
        const std::string action = key_.onDelete.value_or("");
        if (action == "CASCADE")
            return sameName(child_.name.name, parent_.name.name)
                       ? deleteDescendants()
                       : fmt::format("DELETE FROM {} WHERE {}", quote(child_.name.name), areChildren());
        return action.starts_with("SET ") ? setTo(action) : std::string();
    }

    /// What happens to the children of a row whose key becomes another.
    std::string onUpdate() const
    {
        const std::string action = key_.onUpdate.value_or("");
        if (action == "CASCADE") {
            std::vector<std::string> sets;
            for (std::size_t i = 0; i < referred_.size(); ++i)
                sets.push_back(fmt::format("{} = NEW.{}", quote(key_.columns[i]), quote(referred_[i])));
            return fmt::format("UPDATE {} SET {} WHERE {}", quote(child_.name.name), fmt::join(sets, ", "),
                               areChildren());
        }
        return action.starts_with("SET ") ? setTo(action) : std::string();
    }

    /// The columns whose change is an update of the key, and when it is one.
    std::string updateOf() const { return fmt::format("UPDATE OF {}", fmt::join(quotedReferred(), ", ")); }
    std::string whenUpdated() const
    {
        std::vector<std::string> changes;
        for (const std::string &each : quotedReferred())
            changes.push_back(fmt::format("OLD.{0} IS NOT NEW.{0}", each));
        return fmt::format(" WHEN {}", fmt::join(changes, " OR "));
    }

private:
    std::vector<std::string> quotedReferred() const
    {
        std::vector<std::string> quoted;
        for (const std::string &each : referred_)
            quoted.push_back(quote(each));
        return quoted;
    }
    std::string quote(const std::string &name) const { return dialect_.quote(name); }

    /// The parent's column stands on the left: it is compared by the parent's collation.
    std::string areChildren() const
    {
        std::vector<std::string> same;
        for (std::size_t i = 0; i < referred_.size(); ++i)
            same.push_back(fmt::format("OLD.{} = {}", quote(referred_[i]), quote(key_.columns[i])));
        return fmt::format("{}", fmt::join(same, " AND "));
    }

    /// A trigger is not run for what it does to its own table, so that all the generations go at once.
    std::string deleteDescendants() const
    {
        std::vector<std::string> names, first, next, joins;
        for (std::size_t i = 0; i < referred_.size(); ++i) {
            names.push_back(fmt::format("k{}", i));
            first.push_back("OLD." + quote(referred_[i]));
            next.push_back("schemawright_child." + quote(referred_[i]));
            joins.push_back(fmt::format("schemawright_gone.k{} = schemawright_child.{}", i, quote(key_.columns[i])));
        }
        std::vector<std::string> row;
        if (child_.hasOption("without_rowid") && child_.primaryKey)
            for (const std::string &each : child_.primaryKey->columns)
                row.push_back(quote(each));
        else if (std::string name = rowIdName(child_); !name.empty())
            row.push_back(std::move(name));
        std::vector<std::string> found;
        for (const std::string &each : row)
            found.push_back("schemawright_child." + each);
        return fmt::format(
            "DELETE FROM {0} WHERE ({1}) IN (WITH RECURSIVE schemawright_gone ({2}) AS (SELECT {3} UNION SELECT {4} "
            "FROM {0} AS schemawright_child JOIN schemawright_gone ON {5}) SELECT {6} FROM {0} AS schemawright_child "
            "JOIN schemawright_gone ON {5})",
            quote(child_.name.name), fmt::join(row, ", "), fmt::join(names, ", "), fmt::join(first, ", "),
            fmt::join(next, ", "), fmt::join(joins, " AND "), fmt::join(found, ", "));
    }

    std::string setTo(const std::string &action) const
    {
        std::vector<std::string> sets;
        for (const std::string &name : key_.columns) {
            const Column *column = child_.column(name);
            const bool isDefault = action == "SET DEFAULT" && column && column->defaultSql;
            sets.push_back(quote(name) + " = " + (isDefault ? "(" + *column->defaultSql + ")" : "NULL"));
        }
        return fmt::format("UPDATE {} SET {} WHERE {}", quote(child_.name.name), fmt::join(sets, ", "), areChildren());
    }

    const Dialect &dialect_;
    const Table &child_;
    const ForeignKey &key_;
    const Table &parent_;
    std::vector<std::string> referred_;
};

} // namespace

KeyActions keyActions(const Dialect &dialect, const MetaData &metadata,
                      const std::function<bool(const Table &, const ForeignKey &)> &binds)
{
    KeyActions all;
    const Names names(dialect, {&metadata});
    const auto add = [&](const QualifiedName &parent, const std::string &event, const std::string &when,
                         const std::string &body) {
        if (body.empty())
            return;
        const std::string name = fmt::format("schemawright_key_{}", all.create.size() + 1),
                          table = dialect.quote(parent.name);
        // A body cannot say in which database its tables are: there a trigger sees those of its own.
        const bool isAlone = names.table(parent) == table;
        const std::string place = isAlone ? "temp." + name : names.part(parent, name);
        all.create.push_back(fmt::format("CREATE {} AFTER {} ON {}{} BEGIN {}; END",
                                         isAlone ? "TEMP TRIGGER " + name : "TRIGGER " + place, event,
                                         isAlone ? "main." + table : table, when, body));
        all.drop.push_back("DROP TRIGGER " + place);
    };
    const KeyRings rings(dialect, metadata, binds);
    for (const auto &[table, body] : rings.deletions()) {
        if (all.create.empty())
            all.create.push_back(rings.create());
        add({"main", table}, "DELETE", "", body);
    }
    for (const TablePtr &child : metadata.tables()) {
        if (child->kind != TableKind::Table)
            continue;
        for (const ForeignKey &key : child->foreignKeys) {
            const TablePtr parent = metadata.table(key.referred);
            if (!parent || parent->kind != TableKind::Table || !binds(*child, key))
                continue;
            const KeyAction action(dialect, *child, key, *parent);
            if (!action.isComplete())
                continue;
            const bool isInRing = key.onDelete == "CASCADE" && rings.has(*child, *parent);
            add(parent->name, "DELETE", "", isInRing ? std::string() : action.onDelete());
            add(parent->name, action.updateOf(), action.whenUpdated(), action.onUpdate());
        }
    }
    if (!rings.deletions().empty())
        all.drop.push_back(rings.drop());
    return all;
}

} // namespace schemawright::sqlite
