#include "ui/models/changes_model.h"

#include "ui/adapt/text.h"
#include "ui/async/background.h"
#include "ui/models/change_text.h"
#include "ui/theme/theme.h"

#include <algorithm>

namespace schemawright::ui {

struct ChangesModel::Node
{
    Kind kind = Kind::Table;
    ChangeId id = ChangeId::None;
    int number = 0;                   ///< in the order of execution; 0: has none
    std::unique_ptr<ChangeLine> line; ///< of tables and cells; a change says it when it is asked
    bool isFilled = false;
    Node *parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Node>> children;
    std::vector<ChangeId> ids; ///< when the children are changes: which
    std::vector<int> numbers;  ///< of these in the order of execution; empty when they have none
    std::vector<Node> changes; ///< made in one piece when the first is looked at: a view looks at all that it lists

    std::size_t count() const { return ids.empty() ? children.size() : ids.size(); }
};

namespace {

ChangesModel::State stateOf(const Change &change)
{
    if (change.isTable() && (!change.tableBefore || !change.tableAfter))
        return change.tableAfter ? ChangesModel::State::Inserted : ChangesModel::State::Deleted;
    if (change.isObject() && (!change.objectBefore || !change.objectAfter))
        return change.objectAfter ? ChangesModel::State::Inserted : ChangesModel::State::Deleted;
    return change.isInsert()   ? ChangesModel::State::Inserted
           : change.isDelete() ? ChangesModel::State::Deleted
                               : ChangesModel::State::Updated;
}

/// "composite type pair", "function twice(n integer)".
QString objectTitle(const ObjectReference &object)
{
    QString kind = toQString(object.kind);
    kind.replace(u'_', u' ');
    const bool isCalled = object.kind == "function" || object.kind == "procedure" || object.kind == "aggregate";
    return kind + u' ' + toQString(object.name.name) +
           (isCalled ? QStringLiteral("(%1)").arg(toQString(object.arguments)) : QString());
}

QString durationText(std::chrono::microseconds duration)
{
    return ChangesModel::tr("%1 ms").arg(static_cast<double>(duration.count()) / 1000, 0, 'f', 1);
}

} // namespace

QString rowTitle(const Change &change, int longest)
{
    if (change.isTable()) { // one that is there by its name, a new one by what it is called now
        const bool isNew = !change.tableBefore && change.tableAfter;
        const TablePtr &table = isNew ? change.tableAfter : change.tableBefore;
        return (table && table->isView() ? ChangesModel::tr("view %1") : ChangesModel::tr("table %1"))
            .arg(toQString(isNew ? change.tableAfter->name.name : change.table().name));
    }
    if (change.isObject())
        return objectTitle(std::get<ObjectTarget>(change.target).object);
    if (change.isMapping())
        return ChangesModel::tr("model of %1").arg(toQString(change.table().name));
    const RowTarget &target = change.row();
    const QString table = toQString(target.table.name);
    if (target.isNew())
        return ChangesModel::tr("new %1 %2").arg(table).arg(target.newRow);
    QStringList values;
    for (const auto &[column, value] : target.key)
        values << cellText(value, longest).text;
    if (values.size() > 3 && longest <= 30)
        values = values.mid(0, 3) << QString(QChar(0x2026));
    return table + u' ' + values.join(QStringLiteral(", "));
}

ChangesModel::ChangesModel(QObject *parent) : QAbstractItemModel(parent), root_(std::make_unique<Node>()) {}

ChangesModel::~ChangesModel() = default;

ChangesModel::Node *ChangesModel::add(Node *parent, Kind kind, ChangeId id) const
{
    auto node = std::make_unique<Node>();
    node->kind = kind;
    node->id = id;
    node->parent = parent;
    node->row = static_cast<int>(parent->children.size());
    parent->children.push_back(std::move(node));
    return parent->children.back().get();
}

/// A long list of changes becomes one of ranges.
void ChangesModel::fold(Node *parent) const
{
    if (parent->ids.size() <= 2 * rangeLength)
        return;
    const std::vector<ChangeId> ids = std::exchange(parent->ids, {});
    const std::vector<int> numbers = std::exchange(parent->numbers, {});
    for (std::size_t from = 0; from < ids.size(); from += rangeLength) {
        const std::size_t to = std::min(from + rangeLength, ids.size());
        Node *range = add(parent, Kind::Range);
        range->line = std::make_unique<ChangeLine>();
        range->line->what =
            tr("Changes %1 to %2")
                .arg(grouped(static_cast<std::int64_t>(from + 1)), grouped(static_cast<std::int64_t>(to)));
        const auto slice = [from, to](const auto &all, auto &into) {
            if (!all.empty())
                into.assign(all.begin() + static_cast<std::ptrdiff_t>(from),
                            all.begin() + static_cast<std::ptrdiff_t>(to));
        };
        slice(ids, range->ids);
        slice(numbers, range->numbers);
    }
}

void ChangesModel::setChanges(const Session &session, const Plan &plan, const PlanOrder &order)
{
    beginResetModel();
    session_ = &session;
    revision_ = session.unitOfWork().revision();
    dropInBackground(std::exchange(root_, std::make_unique<Node>()));
    takeProblems(plan);
    const UnitOfWork &unit = session.unitOfWork();
    if (arrangement_ == Arrangement::ByTable) {
        std::map<QualifiedName, std::vector<ChangeId>> byTable;
        std::map<QualifiedName, QualifiedName> newNames;
        auto last = byTable.end(); // neighbours are mostly of one table
        for (const Change *change : unit.changes()) {
            if (last == byTable.end() || last->first != change->table())
                last = byTable.try_emplace(change->table()).first;
            last->second.push_back(change->id);
            if (change->isTable() && !change->tableBefore && change->tableAfter)
                newNames.emplace(change->table(), change->tableAfter->name);
        }
        for (auto &[first, changes] : byTable) {
            const auto called = newNames.find(first);
            const QualifiedName &name = called == newNames.end() ? first : called->second;
            Node *table = add(root_.get(), Kind::Table);
            table->line = std::make_unique<ChangeLine>();
            table->line->what = toQString(name.schema == session.baseline().defaultSchema ? name.name : name.text());
            table->line->after =
                changes.size() == 1 ? tr("1 change") : tr("%1 changes").arg(grouped(static_cast<int>(changes.size())));
            table->ids = std::move(changes);
        }
        for (const auto &table : root_->children)
            fold(table.get());
    } else if (!order.ids.empty()) {
        root_->ids = order.ids;
        root_->numbers = order.numbers;
        fold(root_.get());
    } else {
        root_->ids.reserve(unit.size());
        for (const Change *change : unit.changes())
            root_->ids.push_back(change->id);
        root_->numbers.resize(root_->ids.size());
        fold(root_.get());
    }
    endResetModel();
}

void ChangesModel::takeProblems(const Plan &plan)
{
    problems_.clear();
    notes_.clear();
    for (const PlanProblem &problem : plan.problems)
        if (problem.isOfCommit)
            notes_[problem.change] = tr("Saved as a script, not committed.");
        else
            problems_.emplace(problem.change, problem.error);
    for (const PlanNote &note : plan.notes)
        if (QString &text = notes_[note.change]; true)
            text += (text.isEmpty() ? QString() : QStringLiteral(" ")) + toQString(note.text);
}

bool ChangesModel::setPlan(const Plan &plan)
{
    if (arrangement_ != Arrangement::ByTable || !session_ || revision_ != session_->unitOfWork().revision())
        return false;
    takeProblems(plan);
    tellAll();
    return true;
}

void ChangesModel::setOutcomes(Outcomes outcomes)
{
    dropInBackground(std::exchange(outcomes_, std::move(outcomes)));
    tellAll();
}

/// A view looks for the rows that it is told of one by one, and paints itself anew when they are too many.
void ChangesModel::tellAll()
{
    const int rows = rowCount();
    if (rows > 0 && rows <= 1000)
        Q_EMIT dataChanged(index(0, 0), index(rows - 1, ResultColumn));
}

/// The cells of a change, made when they are first looked at.
void ChangesModel::fillCells(Node *node) const
{
    if (node->kind != Kind::Change || std::exchange(node->isFilled, true))
        return;
    const Change *change = changeOf(*node);
    if (!change)
        return;
    const bool isCreateOrDelete = stateOf(*change) != State::Updated;
    std::vector<ChangeLine> lines = changeLines(*change, *session_);
    if (lines.size() < 2 && !isCreateOrDelete) // it stands in the line of the change
        return;
    for (ChangeLine &line : lines)
        add(node, Kind::Cell, node->id)->line = std::make_unique<ChangeLine>(std::move(line));
}

QModelIndex ChangesModel::indexOf(ChangeId id) const
{
    if (id == ChangeId::None)
        return {};
    for (Node *parent : parents())
        if (const auto found = std::ranges::find(parent->ids, id); found != parent->ids.end())
            return indexAt(parent, static_cast<std::size_t>(found - parent->ids.begin()));
    return {};
}

/// Those whose children are changes.
std::vector<ChangesModel::Node *> ChangesModel::parents() const
{
    std::vector<Node *> all;
    const auto add = [&all](Node *node, auto &&self) -> void {
        if (!node->ids.empty())
            all.push_back(node);
        for (const auto &child : node->children)
            if (child->kind == Kind::Table || child->kind == Kind::Range)
                self(child.get(), self);
    };
    add(root_.get(), add);
    return all;
}

ChangesModel::Node *ChangesModel::childAt(Node *parent, std::size_t row) const
{
    if (parent->ids.empty())
        return parent->children[row].get();
    if (parent->changes.empty()) {
        parent->changes.resize(parent->ids.size());
        for (std::size_t i = 0; i < parent->ids.size(); ++i) {
            Node &child = parent->changes[i];
            child.kind = Kind::Change;
            child.id = parent->ids[i];
            child.number = parent->numbers.empty() ? 0 : parent->numbers[i];
            child.parent = parent;
            child.row = static_cast<int>(i);
        }
    }
    return &parent->changes[row];
}

QModelIndex ChangesModel::indexAt(Node *parent, std::size_t row) const
{
    return createIndex(static_cast<int>(row), 0, childAt(parent, row));
}

QModelIndex ChangesModel::nextProblem(const QModelIndex &after) const
{
    const ChangeId from = after.isValid() ? nodeOf(after)->id : ChangeId::None;
    QModelIndex first, next;
    bool isBehind = from == ChangeId::None;
    for (Node *parent : parents())
        for (std::size_t row = 0; row < parent->ids.size() && !next.isValid(); ++row) {
            const ChangeId id = parent->ids[row];
            if (id != from && errorOf(id)) {
                if (!first.isValid())
                    first = indexAt(parent, row);
                if (isBehind)
                    next = indexAt(parent, row);
            }
            isBehind = isBehind || id == from;
        }
    return next.isValid() ? next : first;
}

ChangesModel::Node *ChangesModel::nodeOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : root_.get();
}

/// Null for a change that has left the list, until the list is taken again.
const Change *ChangesModel::changeOf(const Node &node) const
{
    return session_ && node.id != ChangeId::None ? session_->unitOfWork().find(node.id) : nullptr;
}

const Error *ChangesModel::errorOf(ChangeId id) const
{
    if (!session_ || id == ChangeId::None)
        return nullptr;
    if (const Change *change = session_->unitOfWork().find(id); change && change->error)
        return &*change->error;
    const auto problem = problems_.find(id);
    return problem == problems_.end() ? nullptr : &problem->second;
}

QModelIndex ChangesModel::index(int row, int column, const QModelIndex &parent) const
{
    Node *above = nodeOf(parent);
    fillCells(above);
    if (row < 0 || column < 0 || column >= ColumnCount || row >= static_cast<int>(above->count()))
        return {};
    return createIndex(row, column, childAt(above, static_cast<std::size_t>(row)));
}

QModelIndex ChangesModel::parent(const QModelIndex &index) const
{
    Node *above = index.isValid() ? nodeOf(index)->parent : nullptr;
    return above && above != root_.get() ? createIndex(above->row, 0, above) : QModelIndex();
}

int ChangesModel::rowCount(const QModelIndex &parent) const
{
    if (parent.column() > 0)
        return 0;
    Node *node = nodeOf(parent);
    fillCells(node);
    return static_cast<int>(node->count());
}

/// Without making the cells: a view asks this of every row that it lays out.
bool ChangesModel::hasChildren(const QModelIndex &parent) const
{
    if (parent.column() > 0)
        return false;
    const Node *node = nodeOf(parent);
    if (node->kind != Kind::Change || node->isFilled)
        return node->count() > 0;
    const Change *change = changeOf(*node);
    if (!change)
        return false;
    if (change->isRow())
        return change->isUpdate() ? change->after->size() > 1
                                  : !(change->after ? *change->after : *change->before).empty();
    return rowCount(parent) > 0;
}

int ChangesModel::columnCount(const QModelIndex &) const { return ColumnCount; }

QString ChangesModel::text(const Node &node, int column) const
{
    if (node.line)
        return column == WhatColumn     ? node.line->what
               : column == BeforeColumn ? node.line->before
               : column == AfterColumn  ? node.line->after
                                        : QString();
    const Change *change = changeOf(node);
    if (!change)
        return {};
    if (column == ResultColumn) {
        const auto outcome = outcomes_.find(node.id);
        if (const Error *error = errorOf(node.id))
            return toQString(error->message);
        if (outcome == outcomes_.end()) {
            const auto note = notes_.find(node.id);
            return note == notes_.end() ? QString() : note->second;
        }
        const auto rows = outcome->second.rows;
        return QStringLiteral("%1   %2").arg(rows == 1 ? tr("1 row") : tr("%1 rows").arg(grouped(rows)),
                                             durationText(outcome->second.duration));
    }
    const ChangeLine line = changeSummary(*change, *session_);
    if (column != WhatColumn)
        return column == BeforeColumn ? line.before : line.after;
    QString title = rowTitle(*change);
    if (!line.what.isEmpty())
        title += QStringLiteral("  ") + line.what;
    if (arrangement_ == Arrangement::ByTable)
        return title;
    return node.number ? QStringLiteral("%1.  %2").arg(grouped(node.number), title) : QStringLiteral("–  ") + title;
}

/// What there may be no room for in the line, whole.
QString ChangesModel::tip(const Node &node, int column) const
{
    if (const Error *error = errorOf(node.id))
        return toQString(error->describe());
    const Change *change = node.kind == Kind::Change ? changeOf(node) : nullptr;
    if (column == ResultColumn || (!change && node.kind != Kind::Cell))
        return text(node, column);
    if (!change) { // a line of a change
        const Change *of = changeOf(node);
        const std::vector<ChangeLine> lines = of ? changeLines(*of, *session_, 1000) : std::vector<ChangeLine>();
        const auto at = static_cast<std::size_t>(node.row);
        if (at >= lines.size())
            return {};
        return column == WhatColumn ? lines[at].what : column == BeforeColumn ? lines[at].before : lines[at].after;
    }
    if (column != WhatColumn)
        return changeText(*change, *session_, column == BeforeColumn ? ChangePart::Before : ChangePart::After);
    return rowTitle(*change, 1000) + u'\n' + changeText(*change, *session_, ChangePart::All);
}

QVariant ChangesModel::icon(const Node &node) const
{
    if (node.kind == Kind::Table)
        return theme().icon(QStringLiteral("table"));
    if (node.kind == Kind::Range)
        return std::ranges::any_of(node.ids, [this](ChangeId id) { return errorOf(id) != nullptr; })
                   ? theme().icon(QStringLiteral("error"))
                   : QVariant();
    const Change *change = node.kind == Kind::Change ? changeOf(node) : nullptr;
    if (!change)
        return {};
    if (const Error *error = errorOf(node.id))
        return theme().icon(error->kind == ErrorKind::Conflict ? QStringLiteral("conflict") : QStringLiteral("error"));
    switch (stateOf(*change)) {
    case State::Inserted:
        return theme().icon(QStringLiteral("insert"));
    case State::Deleted:
        return theme().icon(QStringLiteral("delete"));
    case State::Updated:
    case State::None:
        break;
    }
    return theme().icon(QStringLiteral("update"));
}

QVariant ChangesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Node &node = *nodeOf(index);
    const bool isChange = node.kind == Kind::Change, isHeading = node.kind == Kind::Table || node.kind == Kind::Range;
    switch (role) {
    case Qt::DisplayRole:
        return text(node, index.column());
    case Qt::ToolTipRole: {
        const QString whole = tip(node, index.column());
        return whole.isEmpty() ? QVariant() : tipText(whole);
    }
    case Qt::DecorationRole:
        return index.column() == WhatColumn ? icon(node) : QVariant();
    case Qt::FontRole:
        if (!isHeading && (index.column() == BeforeColumn || index.column() == AfterColumn))
            return theme().monospaceFont();
        return {};
    case Qt::ForegroundRole:
        if (isChange && errorOf(node.id) && (index.column() == WhatColumn || index.column() == ResultColumn))
            return theme().colors().error;
        if ((isHeading && index.column() == AfterColumn) || index.column() == ResultColumn)
            return theme().colors().mutedText;
        if (index.column() == BeforeColumn)
            return theme().colors().deleted;
        if (!isHeading && index.column() == AfterColumn)
            return theme().colors().inserted;
        return {};
    case KindRole:
        return static_cast<int>(node.kind);
    case ChangeIdRole:
        return QVariant::fromValue(static_cast<quint64>(node.id));
    case StateRole: {
        const Change *change = isChange ? changeOf(node) : nullptr;
        return static_cast<int>(change ? stateOf(*change) : State::None);
    }
    case HasErrorRole:
        return isChange && errorOf(node.id) != nullptr;
    default:
        return {};
    }
}

QVariant ChangesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == WhatColumn     ? tr("Change")
           : section == BeforeColumn ? tr("Before")
           : section == AfterColumn  ? tr("After")
                                     : tr("Result");
}

} // namespace schemawright::ui
