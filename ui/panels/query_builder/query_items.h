#pragma once

#include "schemawright/schema/table.h"
#include "ui/models/query_draft.h"

#include <QCursor>
#include <QGraphicsObject>

#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace schemawright::ui {

/// One table of a query: its name, a cross to close it, a line with a tick for each column.
class QueryBox : public QGraphicsObject
{
    Q_OBJECT
public:
    QueryBox(const QueryDraft::Box &box, const Table &table, std::set<std::string> ticked);

    const std::string &alias() const noexcept { return alias_; }
    /// The middle of a column's edge in the scene; that of the title for one that is not there.
    QPointF anchor(const std::string &column, bool atRight) const;
    QRectF tickRect(std::size_t column) const;
    QRectF closeRect() const;
    std::optional<std::size_t> columnIndex(const std::string &name) const;
    /// The column at a place in the box; nothing on the title or the edge.
    std::optional<std::string> columnAt(const QPointF &position) const;
    /// Marks the column that a line from another box would end at; an empty name for none.
    void setTarget(const std::string &column);

    QRectF boundingRect() const override;
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

Q_SIGNALS:
    void moved();
    void dropped();
    void closed();
    void columnToggled(const std::string &column);
    /// A column is dragged over the canvas, and let go.
    void linkMoved(const std::string &column, const QPointF &scenePosition);
    void linkEnded(const std::string &column, const QPointF &scenePosition);

protected:
    void mousePressEvent(QGraphicsSceneMouseEvent *event) override;
    void mouseMoveEvent(QGraphicsSceneMouseEvent *event) override;
    void mouseReleaseEvent(QGraphicsSceneMouseEvent *event) override;
    void hoverMoveEvent(QGraphicsSceneHoverEvent *event) override;
    QVariant itemChange(GraphicsItemChange change, const QVariant &value) override;

private:
    struct Line
    {
        std::string name;
        QString text, type;
        bool isKey = false;
    };
    std::string alias_;
    QString title_;
    std::vector<Line> columns_;
    std::set<std::string> ticked_;
    double width_ = 0;
    int hovered_ = -1;
    std::optional<std::string> pressed_; ///< the column under the button that is down
    std::string target_;
    bool wasMoved_ = false, isLinking_ = false;
};

/// The line of a join with a mark that says which rows it keeps.
class QueryJoinItem : public QGraphicsObject
{
    Q_OBJECT
public:
    explicit QueryJoinItem(const QueryDraft::Join &join) : join_(join)
    {
        setZValue(-1);
        setAcceptHoverEvents(true);
        setCursor(Qt::PointingHandCursor);
    }
    void place(const QueryBox &left, const QueryBox &right);
    QPointF middle() const { return (ends_.front().first + ends_.front().second) / 2; }

    QRectF boundingRect() const override;
    QPainterPath shape() const override;
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

Q_SIGNALS:
    void clicked();
    void removed();

protected:
    void mousePressEvent(QGraphicsSceneMouseEvent *event) override;
    void hoverEnterEvent(QGraphicsSceneHoverEvent *event) override;
    void hoverLeaveEvent(QGraphicsSceneHoverEvent *event) override;

private:
    QPainterPath path() const;
    QRectF markRect() const;

    QueryDraft::Join join_;
    std::vector<std::pair<QPointF, QPointF>> ends_{
        1}; ///< of the line of each pair of columns; the mark is on the first
    double fromSide_ = 1, toSide_ = -1;
    bool isHovered_ = false;
};

} // namespace schemawright::ui
