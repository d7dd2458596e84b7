#include "ui/panels/schema_tree/schema_delegate.h"

#include "ui/models/schema_model.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QPainter>
#include <QPainterPath>

namespace schemawright::ui {

QSize SchemaDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    return {QStyledItemDelegate::sizeHint(option, index).width(), 24};
}

void SchemaDelegate::updateEditorGeometry(QWidget *editor, const QStyleOptionViewItem &option,
                                          const QModelIndex &) const
{
    editor->setGeometry(option.rect.adjusted(20, 0, 0, 0));
}

void SchemaDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QString name = item.text;
    item.text.clear();
    QApplication::style()->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);

    const Colors &colors = theme().colors();
    const auto kind = static_cast<SchemaModel::NodeKind>(index.data(SchemaModel::KindRole).toInt());
    const bool isHeading = kind == SchemaModel::NodeKind::Group || kind == SchemaModel::NodeKind::Section;
    QRect rect = QApplication::style()->subElementRect(QStyle::SE_ItemViewItemText, &item, item.widget);
    rect.setLeft(item.rect.left() + 24);
    rect.setRight(item.rect.right() - 8);
    painter->save();

    if (const int pending = index.data(SchemaModel::PendingRole).toInt(); pending > 0) {
        const QString text = QString::number(pending);
        const int width = qMax(18, item.fontMetrics.horizontalAdvance(text) + 10);
        const QRect badge(rect.right() - width, rect.center().y() - 8, width, 17);
        QPainterPath path;
        path.addRoundedRect(badge, 8, 8);
        painter->setRenderHint(QPainter::Antialiasing);
        painter->fillPath(path, colors.updatedTint);
        painter->setPen(colors.updated);
        painter->drawText(badge, Qt::AlignCenter, text);
        rect.setRight(badge.left() - 6);
    }

    QFont font = item.font;
    QColor ink = isHeading ? colors.mutedText : colors.text;
    if (const auto mark = static_cast<Mark>(index.data(SchemaModel::MarkRole).toInt()); mark != Mark::None) {
        ink = mark == Mark::New ? colors.inserted : mark == Mark::Dropped ? colors.deleted : colors.updated;
        font.setStrikeOut(mark == Mark::Dropped);
        painter->fillRect(QRect(0, item.rect.top() + 2, 3, item.rect.height() - 4), ink);
    }
    painter->setPen(ink);
    painter->setFont(font);
    const QString detail = index.data(SchemaModel::DetailRole).toString();
    // The name goes first; the detail takes what is left.
    const QString shown = item.fontMetrics.elidedText(name, Qt::ElideRight, rect.width());
    const int nameWidth = item.fontMetrics.horizontalAdvance(shown);
    if (!match_.isEmpty() && (kind == SchemaModel::NodeKind::Table || kind == SchemaModel::NodeKind::Column)) {
        const auto at = shown.indexOf(match_, 0, Qt::CaseInsensitive);
        if (at >= 0) {
            const int left = rect.left() + item.fontMetrics.horizontalAdvance(shown.left(at));
            const int width = item.fontMetrics.horizontalAdvance(shown.mid(at, match_.size()));
            painter->fillRect(QRect(left, rect.center().y() - 8, width, 17), colors.updatedTint);
        }
    }
    painter->drawText(rect, Qt::AlignLeft | Qt::AlignVCenter, shown);
    if (!detail.isEmpty() && rect.width() - nameWidth > 24) {
        const QRect rest = rect.adjusted(nameWidth + 8, 0, 0, 0);
        painter->setPen(index.data(SchemaModel::ProblemRole).toString().isEmpty() ? colors.mutedText : colors.error);
        QFont small = font;
        small.setPixelSize(11);
        small.setStrikeOut(false);
        painter->setFont(small);
        painter->drawText(rest, Qt::AlignLeft | Qt::AlignVCenter,
                          QFontMetrics(small).elidedText(detail.simplified(), Qt::ElideRight, rest.width()));
    }
    painter->restore();
}

} // namespace schemawright::ui
