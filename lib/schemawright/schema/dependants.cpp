#include "schemawright/schema/dependants.h"

#include "schemawright/base/error.h"

#include <algorithm>
#include <map>

namespace schemawright {

namespace {

std::string lower(std::string_view text)
{
    std::string out(text);
    for (char &c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool isWordPart(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// Calls `work` with each identifier, and whether it was quoted, until that gives true.
template <class Work> bool anyIdentifier(std::string_view sql, Work work)
{
    for (std::size_t i = 0; i < sql.size();) {
        const char c = sql[i];
        std::size_t end = i + 1;
        if (sql.substr(i, 2) == "--")
            end = std::min(sql.find('\n', i), sql.size());
        else if (sql.substr(i, 2) == "/*") {
            const std::size_t close = sql.find("*/", i + 2);
            end = close == std::string_view::npos ? sql.size() : close + 2;
        } else if (c == '\'' || c == '"' || c == '`') {
            std::string name;
            for (; end < sql.size(); ++end) {
                if (sql[end] == c && (end + 1 >= sql.size() || sql[end + 1] != c))
                    break;
                end += sql[end] == c ? 1 : 0;
                name += sql[end];
            }
            end = std::min(end + 1, sql.size());
            if (c != '\'' && work(name, true))
                return true;
        } else if (isWordPart(c)) {
            while (end < sql.size() && isWordPart(sql[end]))
                ++end;
            if (work(std::string(sql.substr(i, end - i)), false))
                return true;
        }
        i = end;
    }
    return false;
}

Dependant dependantKey(const Table &table, std::size_t at)
{
    const ForeignKey &key = table.foreignKeys[at];
    std::string columns;
    for (const std::string &each : key.columns)
        columns += (columns.empty() ? "" : ", ") + each;
    return {Dependant::Kind::ForeignKey,
            table.name,
            key.name.value_or(""),
            at,
            true,
            "the foreign key " + table.name.name + " (" + columns + ")"};
}

/// Whether some key or unique index tells rows apart by these columns, in whatever order.
bool hasKeyOf(const Table &table, std::vector<std::string> columns)
{
    std::ranges::sort(columns);
    const auto isIt = [&](std::vector<std::string> names) {
        std::ranges::sort(names);
        return names == columns;
    };
    if (table.primaryKey && isIt(table.primaryKey->columns))
        return true;
    if (std::ranges::any_of(table.uniques, [&](const UniqueConstraint &each) { return isIt(each.columns); }))
        return true;
    return std::ranges::any_of(table.indexes, [&](const Index &index) {
        std::vector<std::string> names;
        for (const IndexElement &element : index.elements)
            names.push_back(element.column.value_or(""));
        return index.unique && !index.where && isIt(names);
    });
}

/// A query that groups by the key of `before` groups by that of `after` as well: it has one of fewer columns, or the
/// same.
bool isGroupedBySame(const Table &before, const Table &after)
{
    return after.primaryKey && std::ranges::all_of(after.primaryKey->columns, [&](const std::string &name) {
               return std::ranges::find(before.primaryKey->columns, name) != before.primaryKey->columns.end();
           });
}

void addViewOnce(std::vector<Dependant> &all, Dependant view)
{
    if (view.kind == Dependant::Kind::View && std::ranges::find(all, view.table, &Dependant::table) == all.end())
        all.push_back(std::move(view));
}

class Finder
{
public:
    Finder(const MetaData &metadata, const TablePtr &table, const std::string &column)
        : metadata_(metadata), table_(*table), column_(column),
          folds_(metadata.dialect != "postgresql" && metadata.dialect != "oracle")
    {}

    std::vector<Dependant> run()
    {
        views();
        for (const TablePtr &each : metadata_.tables()) {
            const bool isOwn = each->name == table_.name;
            if (!mayReach(*each))
                continue;
            for (const Trigger &trigger : each->triggers)
                if (!(isOwn && column_.empty()) && mentions(trigger.definition, table_.name.name) &&
                    mentions(trigger.definition, column_))
                    add(Dependant::Kind::Trigger, *each, trigger.name, 0,
                        isOwn ? isOwnTrigger(trigger) : column_.empty(),
                        "the trigger " + trigger.name + " on " + each->name.name);
            for (std::size_t i = 0; !isOwn && i < each->foreignKeys.size(); ++i)
                key(*each, i);
        }
        if (!column_.empty())
            for (const Column &each : table_.columns)
                if (each.generated && each.name != column_ && mentions(each.generated->expression, column_))
                    add(Dependant::Kind::Generated, table_, each.name, 0, true, "the generated column " + each.name);
        return std::move(found_);
    }

private:
    void add(Dependant::Kind kind, const Table &table, std::string name, std::size_t at, bool isCertain,
             std::string text)
    {
        found_.push_back({kind, table.name, std::move(name), at, isCertain, std::move(text)});
    }

    /// False where what hangs on the other table sees only tables of its own database, as in SQLite; there the
    /// temporary one sees all, its own first.
    bool mayReach(const Table &other) const
    {
        return metadata_.dialect != "sqlite" || other.name.schema == table_.name.schema ||
               (other.name.schema == "temp" && !metadata_.table({"temp", table_.name.name}));
    }

    bool mentions(std::string_view sql, const std::string &name) const
    {
        return name.empty() || mentionsName(sql, name, folds_);
    }

    void views()
    {
        std::map<QualifiedName, bool> reached{{table_.name, true}}; // and whether surely
        std::vector<TablePtr> found;
        for (const TablePtr &view : metadata_.sortedViews()) {
            bool isReached = false, isCertain = false;
            for (const QualifiedName &read : view->dependsOn) {
                const auto from = reached.find(read);
                if (from == reached.end() || read == view->name)
                    continue;
                if (read == table_.name && !column_.empty()) {
                    if (!view->definition || !mentions(*view->definition, column_))
                        continue;
                    isCertain = isCertain || isOnlyOnesColumn(*view);
                } else
                    isCertain = isCertain || from->second;
                isReached = true;
            }
            if (!isReached)
                continue;
            reached[view->name] = isCertain;
            found.push_back(view);
        }
        std::ranges::reverse(found);
        for (const TablePtr &view : found)
            add(Dependant::Kind::View, *view, {}, 0, reached.at(view->name), "the view " + view->name.name);
    }

    /// No other table that the view reads has a column of that name.
    bool isOnlyOnesColumn(const Table &view) const
    {
        return std::ranges::none_of(view.dependsOn, [&](const QualifiedName &read) {
            const TablePtr other = read == table_.name ? nullptr : metadata_.table(read);
            return other && std::ranges::any_of(other->columns, [&](const Column &each) {
                       return folds_ ? lower(each.name) == lower(column_) : each.name == column_;
                   });
        });
    }

    /// NEW.column, OLD.column and UPDATE OF column are about its own table.
    bool isOwnTrigger(const Trigger &trigger) const
    {
        std::string last, before;
        return anyIdentifier(trigger.definition, [&](const std::string &name, bool) {
            const bool isIt = folds_ ? lower(name) == lower(column_) : name == column_ || lower(name) == column_;
            const std::string word = lower(last);
            const bool isMeant =
                isIt && (word == "new" || word == "old" || (word == "of" && lower(before) == "update"));
            before = std::exchange(last, name);
            return isMeant;
        });
    }

    void key(const Table &other, std::size_t at)
    {
        const ForeignKey &key = other.foreignKeys[at];
        const TablePtr referred = metadata_.table(key.referred);
        if (!referred || referred->name != table_.name || key.inherited)
            return;
        if (!column_.empty() && std::ranges::find(key.referredColumns, column_) == key.referredColumns.end())
            return;
        found_.push_back(dependantKey(other, at));
    }

    const MetaData &metadata_;
    const Table &table_;
    const std::string &column_;
    const bool folds_;
    std::vector<Dependant> found_;
};

} // namespace

bool mentionsName(std::string_view sql, std::string_view name, bool foldsCase)
{
    const std::string folded = lower(name);
    return anyIdentifier(sql, [&](const std::string &each, bool isQuoted) {
        return each == name || (foldsCase ? lower(each) == folded : !isQuoted && lower(each) == name);
    });
}

void leaveWithColumn(Table &table, const std::string &column)
{
    const auto names = [&](const std::vector<std::string> &columns) {
        return std::ranges::find(columns, column) != columns.end();
    };
    const auto says = [&](const std::optional<std::string> &sql) { return sql && mentionsName(*sql, column, true); };
    if (table.primaryKey && (names(table.primaryKey->columns) || names(table.primaryKey->include)))
        table.primaryKey.reset();
    std::erase_if(table.uniques, [&](const auto &unique) { return names(unique.columns) || names(unique.include); });
    std::erase_if(table.foreignKeys, [&](const ForeignKey &key) {
        return names(key.columns) || (key.referred == table.name && names(key.referredColumns));
    });
    std::erase_if(table.checks, [&](const CheckConstraint &check) { return says(check.expression); });
    std::erase_if(table.exclusions, [&](const ExclusionConstraint &each) { return says(each.definition); });
    std::erase_if(table.indexes, [&](const Index &index) {
        return says(index.where) || names(index.include) ||
               std::ranges::any_of(index.elements, [&](const IndexElement &element) {
                   return element.column == column || says(element.expression);
               });
    });
}

std::vector<Dependant> dependantsOf(const MetaData &metadata, const QualifiedName &table, const std::string &column)
{
    const TablePtr found = metadata.table(table);
    return found ? Finder(metadata, found, column).run() : std::vector<Dependant>();
}

std::vector<Dependant> keysLeftWithout(const MetaData &metadata, const Table &after)
{
    std::vector<Dependant> found;
    const TablePtr before = metadata.table(after.name);
    if (!before)
        return found;
    const auto look = [&](const Table &table) {
        for (std::size_t i = 0; i < table.foreignKeys.size(); ++i) {
            const ForeignKey &key = table.foreignKeys[i];
            const TablePtr referred = key.inherited ? nullptr : metadata.table(key.referred);
            if (referred && referred->name == before->name && hasKeyOf(*before, key.referredColumns) &&
                !hasKeyOf(after, key.referredColumns))
                found.push_back(dependantKey(table, i));
        }
    };
    if (before->primaryKey && !isGroupedBySame(*before, after))
        for (const Dependency &each : metadata.dependencies)
            if (const TablePtr view = metadata.table(each.object.name);
                view && each.needs == ObjectReference{"primary_key", before->name, ""}) {
                for (Dependant &over : dependantsOf(metadata, view->name))
                    addViewOnce(found, std::move(over));
                addViewOnce(found, {Dependant::Kind::View, view->name, {}, 0, true, "the view " + view->name.name});
            }
    for (const TablePtr &each : metadata.tables())
        look(each->name == before->name ? after : *each);
    return found;
}

void refuseWhatIsNeeded(const MetaData &before, const TableDiff &diff,
                        const std::function<bool(const Dependant &)> &stays, const std::vector<Dependant> &ofKey)
{
    if (!diff.before || diff.before->isView())
        return;
    std::string names, needed;
    const auto list = [](std::string &all, const std::string &one) {
        if ((", " + all + ", ").find(", " + one + ", ") == std::string::npos)
            all += (all.empty() ? "" : ", ") + one;
    };
    const auto take = [&](const std::vector<Dependant> &dependants, const std::string &what) {
        for (const Dependant &each : dependants)
            if (each.isCertain && stays(each)) {
                list(needed, what);
                list(names, each.text);
            }
    };
    const std::string &table = diff.before->name.name;
    if (diff.isDrop())
        take(dependantsOf(before, diff.before->name), table);
    for (const DiffItem &item : diff.items)
        if (item.subject == DiffSubject::Column && item.action == DiffAction::Drop)
            take(dependantsOf(before, diff.before->name, item.name), table + "." + item.name);
    take(ofKey, "the primary key of " + table);
    if (!names.empty())
        throw Error(ErrorKind::Conflict, needed + " is needed by " + names)
            .withHint("Drop or change what needs it in the same commit.");
}

} // namespace schemawright
