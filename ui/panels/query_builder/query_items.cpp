#include "ui/panels/query_builder/query_items.h"

#include "ui/adapt/text.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QFontMetricsF>
#include <QGraphicsSceneHoverEvent>
#include <QGraphicsSceneMouseEvent>
#include <QPainter>

#include <algorithm>
#include <utility>

namespace schemawright::ui {

namespace {

constexpr double titleHeight = 28, lineHeight = 20, padding = 8, tick = 12;

QFont titleFont()
{
    QFont font = QApplication::font();
    font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace

QueryBox::QueryBox(const QueryDraft::Box &box, const Table &table, std::set<std::string> ticked)
    : alias_(box.alias), ticked_(std::move(ticked))
{
    title_ = toQString(box.alias);
    if (box.alias != table.name.name)
        title_ += QStringLiteral(" (%1)").arg(toQString(table.name.name));
    const QFontMetricsF metrics(QApplication::font());
    width_ = QFontMetricsF(titleFont()).horizontalAdvance(title_) + 60;
    for (const Column &column : table.columns) {
        if (column.hidden)
            continue;
        Line line;
        line.name = column.name;
        line.text = toQString(column.name);
        line.type = toQString(column.type.native).left(18);
        line.isKey = table.primaryKey &&
                     std::ranges::find(table.primaryKey->columns, column.name) != table.primaryKey->columns.end();
        width_ = std::max(width_, metrics.horizontalAdvance(line.text) + metrics.horizontalAdvance(line.type) +
                                      3 * padding + tick + 24);
        columns_.push_back(std::move(line));
    }
    width_ = std::clamp(width_, 140.0, 320.0);
    setPos(box.x, box.y);
    setFlags(ItemIsMovable | ItemSendsGeometryChanges);
    setAcceptHoverEvents(true);
}

QRectF QueryBox::boundingRect() const
{
    return {-1, -1, width_ + 2, titleHeight + lineHeight * static_cast<double>(columns_.size()) + padding / 2 + 2};
}

QRectF QueryBox::closeRect() const { return {width_ - 24, 6, 16, 16}; }
QRectF QueryBox::tickRect(std::size_t column) const
{
    return {padding, titleHeight + lineHeight * static_cast<double>(column) + (lineHeight - tick) / 2, tick, tick};
}

std::optional<std::size_t> QueryBox::columnIndex(const std::string &name) const
{
    const auto found = std::ranges::find(columns_, name, &Line::name);
    return found == columns_.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - columns_.begin()));
}

std::optional<std::string> QueryBox::columnAt(const QPointF &position) const
{
    const double line = (position.y() - titleHeight) / lineHeight;
    if (line < 0 || line >= static_cast<double>(columns_.size()) || position.x() < 0 || position.x() > width_)
        return std::nullopt;
    return columns_[static_cast<std::size_t>(line)].name;
}

void QueryBox::setTarget(const std::string &column)
{
    if (target_ != column) {
        target_ = column;
        update();
    }
}

QPointF QueryBox::anchor(const std::string &column, bool atRight) const
{
    const auto index = columnIndex(column);
    const double y = index ? titleHeight + lineHeight * (static_cast<double>(*index) + 0.5) : titleHeight / 2;
    return mapToScene(QPointF(atRight ? width_ : 0, y));
}

void QueryBox::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    const Colors &colors = theme().colors();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRectF frame = boundingRect().adjusted(1, 1, -1, -1);
    QPainterPath outline;
    outline.addRoundedRect(frame, 6, 6);
    painter->fillPath(outline, colors.base);
    painter->save();
    painter->setClipPath(outline);
    painter->fillRect(QRectF(0, 0, width_, titleHeight), colors.raised);
    painter->setPen(colors.border);
    painter->drawLine(QPointF(0, titleHeight), QPointF(width_, titleHeight));
    painter->setFont(titleFont());
    painter->setPen(colors.text);
    painter->drawText(QRectF(padding, 0, width_ - 36, titleHeight), Qt::AlignVCenter,
                      QFontMetricsF(titleFont()).elidedText(title_, Qt::ElideRight, width_ - 36));
    theme().icon(QStringLiteral("close")).paint(painter, closeRect().toRect().adjusted(2, 2, -2, -2));
    painter->setFont(QApplication::font());
    const QFontMetricsF metrics(QApplication::font());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const Line &line = columns_[i];
        const QRectF row(0, titleHeight + lineHeight * static_cast<double>(i), width_, lineHeight);
        if (!target_.empty() && line.name == target_)
            painter->fillRect(row, colors.selection);
        else if (static_cast<int>(i) == hovered_)
            painter->fillRect(row, colors.hover);
        const QRectF box = tickRect(i);
        const bool isTicked = ticked_.contains(line.name);
        painter->setPen(QPen(isTicked ? colors.accent : colors.mutedText, 1));
        painter->setBrush(isTicked ? QBrush(colors.accent) : QBrush(Qt::NoBrush));
        painter->drawRoundedRect(box, 2, 2);
        if (isTicked) {
            painter->setPen(QPen(colors.accentText, 1.6));
            painter->drawPolyline(QPolygonF(
                {box.topLeft() + QPointF(2.5, 6), box.topLeft() + QPointF(5, 9), box.topLeft() + QPointF(9.5, 3)}));
        }
        const double left = box.right() + padding;
        const double typeWidth = metrics.horizontalAdvance(line.type);
        QFont font = QApplication::font();
        font.setBold(line.isKey);
        painter->setFont(font);
        painter->setPen(colors.text);
        painter->drawText(
            QRectF(left, row.top(), width_ - left - typeWidth - 2 * padding, lineHeight), Qt::AlignVCenter,
            QFontMetricsF(font).elidedText(line.text, Qt::ElideRight, width_ - left - typeWidth - 2 * padding));
        painter->setFont(QApplication::font());
        painter->setPen(colors.mutedText);
        painter->drawText(QRectF(left, row.top(), width_ - left - padding, lineHeight),
                          Qt::AlignVCenter | Qt::AlignRight, line.type);
    }
    painter->restore();
    painter->setBrush(Qt::NoBrush);
    painter->setPen(colors.border);
    painter->drawPath(outline);
}

void QueryBox::mousePressEvent(QGraphicsSceneMouseEvent *event)
{
    wasMoved_ = isLinking_ = false;
    pressed_.reset();
    if (event->button() == Qt::LeftButton && closeRect().contains(event->pos()))
        return Q_EMIT closed();
    if (event->button() == Qt::LeftButton)
        pressed_ = columnAt(event->pos());
    if (!pressed_)
        QGraphicsObject::mousePressEvent(event);
}

void QueryBox::mouseMoveEvent(QGraphicsSceneMouseEvent *event)
{
    if (!pressed_)
        return QGraphicsObject::mouseMoveEvent(event);
    const QPoint way = event->screenPos() - event->buttonDownScreenPos(Qt::LeftButton);
    isLinking_ = isLinking_ || way.manhattanLength() >= QApplication::startDragDistance();
    if (isLinking_)
        Q_EMIT linkMoved(*pressed_, event->scenePos());
}

void QueryBox::mouseReleaseEvent(QGraphicsSceneMouseEvent *event)
{
    if (pressed_) {
        const std::string column = *std::exchange(pressed_, std::nullopt);
        return isLinking_ ? Q_EMIT linkEnded(column, event->scenePos()) : Q_EMIT columnToggled(column);
    }
    QGraphicsObject::mouseReleaseEvent(event);
    if (wasMoved_)
        Q_EMIT dropped();
}

void QueryBox::hoverMoveEvent(QGraphicsSceneHoverEvent *event)
{
    const int line =
        event->pos().y() > titleHeight ? static_cast<int>((event->pos().y() - titleHeight) / lineHeight) : -1;
    setCursor(line >= 0 || closeRect().contains(event->pos()) ? Qt::PointingHandCursor : Qt::SizeAllCursor);
    if (line != hovered_) {
        hovered_ = line;
        update();
    }
}

QVariant QueryBox::itemChange(GraphicsItemChange change, const QVariant &value)
{
    if (change == ItemPositionHasChanged) {
        wasMoved_ = true;
        Q_EMIT moved();
    }
    return QGraphicsObject::itemChange(change, value);
}

void QueryJoinItem::place(const QueryBox &left, const QueryBox &right)
{
    prepareGeometryChange();
    const bool leftFirst = left.sceneBoundingRect().center().x() <= right.sceneBoundingRect().center().x();
    ends_.clear();
    for (const auto &[leftColumn, rightColumn] : join_.columns)
        ends_.emplace_back(left.anchor(leftColumn, leftFirst), right.anchor(rightColumn, !leftFirst));
    if (ends_.empty())
        ends_.emplace_back(left.anchor({}, leftFirst), right.anchor({}, !leftFirst));
    fromSide_ = leftFirst ? 1 : -1;
    toSide_ = leftFirst ? -1 : 1;
    update();
}

QPainterPath QueryJoinItem::path() const
{
    QPainterPath path;
    for (const auto &[from, to] : ends_) {
        const double reach = std::max(30.0, std::abs(to.x() - from.x()) / 2);
        path.moveTo(from);
        path.cubicTo(from + QPointF(fromSide_ * reach, 0), to + QPointF(toSide_ * reach, 0), to);
    }
    return path;
}

QRectF QueryJoinItem::markRect() const
{
    const double width = join_.isLeft ? 78 : 44;
    return {middle().x() - width / 2, middle().y() - 10, width, 20};
}

QRectF QueryJoinItem::boundingRect() const { return path().boundingRect().united(markRect()).adjusted(-6, -6, 6, 6); }

QPainterPath QueryJoinItem::shape() const
{
    QPainterPathStroker stroker;
    stroker.setWidth(10);
    QPainterPath shape = stroker.createStroke(path());
    shape.addRect(markRect());
    return shape;
}

void QueryJoinItem::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    const Colors &colors = theme().colors();
    painter->setRenderHint(QPainter::Antialiasing);
    const QColor line = isHovered_ ? colors.accent : colors.mutedText;
    painter->setPen(QPen(line, isHovered_ ? 2 : 1.5));
    painter->setBrush(Qt::NoBrush);
    painter->drawPath(path());
    painter->setBrush(colors.base);
    painter->setPen(QPen(line, 1));
    painter->drawRoundedRect(markRect(), 10, 10);
    painter->setPen(colors.text);
    QFont font = QApplication::font();
    if (font.pixelSize() > 0)
        font.setPixelSize(font.pixelSize() * 7 / 8);
    else
        font.setPointSizeF(font.pointSizeF() * 0.875);
    painter->setFont(font);
    const QString text = join_.isLeft ? tr("all %1").arg(toQString(join_.left)) : tr("inner");
    painter->drawText(markRect().adjusted(6, 0, -6, 0), Qt::AlignCenter,
                      QFontMetricsF(font).elidedText(text, Qt::ElideRight, markRect().width() - 12));
    painter->setBrush(line);
    painter->setPen(Qt::NoPen);
    for (const auto &[from, to] : ends_) {
        painter->drawEllipse(from, 3, 3);
        painter->drawEllipse(to, 3, 3);
    }
}

void QueryJoinItem::mousePressEvent(QGraphicsSceneMouseEvent *event)
{
    if (event->button() == Qt::RightButton)
        Q_EMIT removed();
    else
        Q_EMIT clicked();
}

void QueryJoinItem::hoverEnterEvent(QGraphicsSceneHoverEvent *)
{
    isHovered_ = true;
    update();
}
void QueryJoinItem::hoverLeaveEvent(QGraphicsSceneHoverEvent *)
{
    isHovered_ = false;
    update();
}

} // namespace schemawright::ui
