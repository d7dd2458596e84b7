#pragma once

#include "schemawright/schema/metadata.h"
#include "ui/models/query_draft.h"

#include <QGraphicsView>

#include <map>
#include <optional>

namespace schemawright::ui {

class QueryBox;
class QueryJoinItem;

/// The tables of a draft as boxes with their columns, and the joins as lines between them. Draws what it is given and
/// says what the user does to it; changes nothing itself.
class QueryCanvas : public QGraphicsView
{
    Q_OBJECT
public:
    explicit QueryCanvas(QWidget *parent = nullptr);
    void show(const QueryDraft &draft, const MetaData &metadata);
    /// Where a new box of this table covers no other: to the right of `wanted`, or of the last one.
    QPointF freePlace(const Table &table, const std::optional<QPointF> &wanted) const;

    /// Where a join's mark, a column's tick and a box's close button are, in the viewport.
    QPoint joinPosition(std::size_t join) const;
    QPoint columnPosition(const std::string &alias, const std::string &column) const;
    QPoint closePosition(const std::string &alias) const;
    /// Beside the head of a box, where it can be asked about.
    QPoint besidePosition(const std::string &alias) const;

Q_SIGNALS:
    void tableDropped(const schemawright::QualifiedName &table, const QPointF &position);
    void boxMoved(const std::string &alias, const QPointF &position);
    void boxClosed(const std::string &alias);
    void columnToggled(const std::string &alias, const std::string &column);
    /// One column was dragged onto another.
    void joinDrawn(const std::string &fromAlias, const std::string &fromColumn, const std::string &toAlias,
                   const std::string &toColumn);
    void joinClicked(std::size_t join);
    void joinRemoved(std::size_t join);

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragMoveEvent(QDragMoveEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void drawForeground(QPainter *painter, const QRectF &rect) override;

private:
    void placeJoins();
    void drawLink(const QueryBox &from, const std::string &column, const QPointF &to);
    void endLink(const QueryBox &from, const std::string &column, const QPointF &to);
    /// The other box under a place in the scene.
    QueryBox *boxAt(const QPointF &position, const QueryBox &but) const;

    std::map<std::string, QueryBox *> boxes_;
    std::vector<QueryJoinItem *> joins_;
    QGraphicsPathItem *link_ = nullptr; ///< the join that is being drawn
};

} // namespace schemawright::ui
