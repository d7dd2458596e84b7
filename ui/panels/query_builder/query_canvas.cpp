#include "ui/panels/query_builder/query_canvas.h"

#include "ui/models/schema_model.h"
#include "ui/panels/query_builder/query_items.h"
#include "ui/theme/theme.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QPainter>

#include <algorithm>
#include <utility>

namespace schemawright::ui {

QueryCanvas::QueryCanvas(QWidget *parent) : QGraphicsView(parent)
{
    setObjectName(QStringLiteral("queryCanvas"));
    setScene(new QGraphicsScene(this));
    setAcceptDrops(true);
    setFrameShape(QFrame::NoFrame);
    setAlignment(Qt::AlignLeft | Qt::AlignTop);
    setDragMode(QGraphicsView::ScrollHandDrag);
    viewport()->setCursor(Qt::ArrowCursor);
    setViewportUpdateMode(QGraphicsView::FullViewportUpdate);
    const auto paint = [this] {
        setBackgroundBrush(theme().colors().window);
        viewport()->update();
    };
    connect(&theme(), &Theme::changed, this, paint);
    paint();
}

void QueryCanvas::show(const QueryDraft &draft, const MetaData &metadata)
{
    scene()->clear();
    boxes_.clear();
    joins_.clear();
    link_ = nullptr;
    for (const QueryDraft::Box &box : draft.boxes) {
        const TablePtr table = metadata.table(box.table);
        if (!table)
            continue;
        std::set<std::string> ticked;
        for (const Column &column : table->columns)
            if (std::ranges::find(draft.lines, columnText(box.alias, column.name), &QueryDraft::Line::expression) !=
                draft.lines.end())
                ticked.insert(column.name);
        auto *item = new QueryBox(box, *table, std::move(ticked));
        scene()->addItem(item);
        boxes_[box.alias] = item;
        const std::string alias = box.alias;
        // Later, since each may end the item that says so.
        connect(
            item, &QueryBox::closed, this, [this, alias] { Q_EMIT boxClosed(alias); }, Qt::QueuedConnection);
        connect(
            item, &QueryBox::columnToggled, this,
            [this, alias](const std::string &column) { Q_EMIT columnToggled(alias, column); }, Qt::QueuedConnection);
        connect(item, &QueryBox::linkMoved, this,
                [this, item](const std::string &column, const QPointF &to) { drawLink(*item, column, to); });
        connect(item, &QueryBox::linkEnded, this,
                [this, item](const std::string &column, const QPointF &to) { endLink(*item, column, to); });
        connect(item, &QueryBox::moved, this, &QueryCanvas::placeJoins);
        connect(item, &QueryBox::dropped, this, [this, alias, item] { Q_EMIT boxMoved(alias, item->pos()); });
    }
    for (std::size_t i = 0; i < draft.joins.size(); ++i) {
        auto *item = new QueryJoinItem(draft.joins[i]);
        item->setProperty("left", QString::fromStdString(draft.joins[i].left));
        item->setProperty("right", QString::fromStdString(draft.joins[i].right));
        item->setToolTip(tr("Click: inner join, then all rows of one side. Right click: remove"));
        scene()->addItem(item);
        joins_.push_back(item);
        connect(
            item, &QueryJoinItem::clicked, this, [this, i] { Q_EMIT joinClicked(i); }, Qt::QueuedConnection);
        connect(
            item, &QueryJoinItem::removed, this, [this, i] { Q_EMIT joinRemoved(i); }, Qt::QueuedConnection);
    }
    placeJoins();
    viewport()->update();
}

QPointF QueryCanvas::freePlace(const Table &table, const std::optional<QPointF> &wanted) const
{
    constexpr double gap = 110; // a join's line is to be seen in between
    double right = 20 - gap;
    for (const auto &[alias, box] : boxes_)
        right = std::max(right, box->sceneBoundingRect().right());
    QPointF place = wanted.value_or(QPointF(right + gap, 20));
    const QRectF size = QueryBox({table.name, table.name.name, 0, 0}, table, {}).boundingRect();
    for (bool moved = true; moved;) {
        moved = false;
        for (const auto &[alias, box] : boxes_)
            if (box->sceneBoundingRect().adjusted(-20, -20, 20, 20).intersects(size.translated(place))) {
                place.setX(box->sceneBoundingRect().right() + gap);
                moved = true;
            }
    }
    return place;
}

void QueryCanvas::placeJoins()
{
    for (QueryJoinItem *join : joins_) {
        const auto left = boxes_.find(join->property("left").toString().toStdString());
        const auto right = boxes_.find(join->property("right").toString().toStdString());
        join->setVisible(left != boxes_.end() && right != boxes_.end());
        if (join->isVisible())
            join->place(*left->second, *right->second);
    }
    setSceneRect(scene()->itemsBoundingRect().united({0, 0, 1, 1}).adjusted(-20, -20, 40, 40));
}

QueryBox *QueryCanvas::boxAt(const QPointF &position, const QueryBox &but) const
{
    for (QGraphicsItem *item : scene()->items(position))
        if (auto *box = dynamic_cast<QueryBox *>(item); box && box != &but)
            return box;
    return nullptr;
}

void QueryCanvas::drawLink(const QueryBox &from, const std::string &column, const QPointF &to)
{
    if (!link_) {
        link_ = scene()->addPath({}, QPen(theme().colors().accent, 2, Qt::DashLine));
        link_->setZValue(1);
    }
    const bool atRight = to.x() >= from.sceneBoundingRect().center().x();
    QPainterPath path(from.anchor(column, atRight));
    path.lineTo(to);
    link_->setPath(path);
    const QueryBox *over = boxAt(to, from);
    for (const auto &[alias, box] : boxes_)
        box->setTarget(box == over ? box->columnAt(box->mapFromScene(to)).value_or(std::string()) : std::string());
}

void QueryCanvas::endLink(const QueryBox &from, const std::string &column, const QPointF &to)
{
    delete std::exchange(link_, nullptr);
    for (const auto &[alias, box] : boxes_)
        box->setTarget({});
    const QueryBox *over = boxAt(to, from);
    const auto target = over ? over->columnAt(over->mapFromScene(to)) : std::nullopt;
    if (!target)
        return;
    // Later, since it ends the items.
    QMetaObject::invokeMethod(
        this,
        [this, from = from.alias(), column, to = over->alias(), target = *target] {
            Q_EMIT joinDrawn(from, column, to, target);
        },
        Qt::QueuedConnection);
}

QPoint QueryCanvas::joinPosition(std::size_t join) const { return mapFromScene(joins_.at(join)->middle()); }

QPoint QueryCanvas::columnPosition(const std::string &alias, const std::string &column) const
{
    const QueryBox *box = boxes_.at(alias);
    return mapFromScene(box->mapToScene(box->tickRect(box->columnIndex(column).value_or(0)).center()));
}

QPoint QueryCanvas::closePosition(const std::string &alias) const
{
    const QueryBox *box = boxes_.at(alias);
    return mapFromScene(box->mapToScene(box->closeRect().center()));
}

QPoint QueryCanvas::besidePosition(const std::string &alias) const
{
    const QueryBox *box = boxes_.at(alias);
    const QRect shown = mapFromScene(box->mapToScene(box->boundingRect())).boundingRect();
    return {shown.right() + 6, shown.top()};
}

void QueryCanvas::dragEnterEvent(QDragEnterEvent *event)
{
    if (draggedTable(*event->mimeData()))
        event->acceptProposedAction();
}

void QueryCanvas::dragMoveEvent(QDragMoveEvent *event)
{
    if (draggedTable(*event->mimeData()))
        event->acceptProposedAction();
}

void QueryCanvas::dropEvent(QDropEvent *event)
{
    if (const auto table = draggedTable(*event->mimeData())) {
        event->acceptProposedAction();
        Q_EMIT tableDropped(*table, mapToScene(event->position().toPoint()));
    }
}

void QueryCanvas::drawForeground(QPainter *painter, const QRectF &)
{
    if (!boxes_.empty())
        return;
    painter->save();
    painter->resetTransform();
    painter->setPen(theme().colors().mutedText);
    painter->drawText(viewport()->rect().adjusted(30, 0, -30, 0), Qt::AlignCenter | Qt::TextWordWrap,
                      tr("Drag tables here from the list on the left, or type a name above.\nTheir foreign keys join "
                         "them; tick the columns you want to see. Drag one column onto another to join by them."));
    painter->restore();
}

} // namespace schemawright::ui
