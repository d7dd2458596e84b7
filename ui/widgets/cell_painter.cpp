#include "ui/widgets/cell_painter.h"

#include "ui/adapt/text.h"
#include "ui/models/rows_model.h"
#include "ui/theme/theme.h"

#include <QPainter>
#include <QStyle>

namespace schemawright::ui {

void CellPainter::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const Colors &colors = theme().colors();
    option->font = theme().monospaceFont();
    option->displayAlignment =
        (index.data(RowsModel::IsNumberRole).toBool() ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter;
    option->textElideMode = Qt::ElideRight;
    const auto setText = [option](const QColor &color) {
        option->palette.setColor(QPalette::Text, color);
        option->palette.setColor(QPalette::HighlightedText, color);
    };
    switch (static_cast<CellText::Kind>(index.data(RowsModel::CellKindRole).toInt())) {
    case CellText::Kind::Null:
    case CellText::Kind::Default:
    case CellText::Kind::Pending:
        option->font.setItalic(true);
        setText(colors.mutedText);
        break;
    case CellText::Kind::Blob:
        setText(colors.mutedText);
        break;
    default:
        break;
    }
    if (!index.data(RowsModel::IsLoadedRole).toBool())
        setText(colors.mutedText);
    switch (static_cast<Mark>(index.data(RowsModel::ColumnMarkRole).toInt())) {
    case Mark::New:
        option->backgroundBrush = colors.insertedTint;
        break;
    case Mark::Dropped:
        option->backgroundBrush = colors.deletedTint;
        option->font.setStrikeOut(true);
        setText(colors.deleted);
        break;
    default:
        break;
    }
    switch (static_cast<RowsModel::RowState>(index.data(RowsModel::RowStateRole).toInt())) {
    case RowsModel::RowState::Inserted:
        option->backgroundBrush = colors.insertedTint;
        break;
    case RowsModel::RowState::Deleted:
        option->backgroundBrush = colors.deletedTint;
        option->font.setStrikeOut(true);
        setText(colors.deleted);
        break;
    case RowsModel::RowState::Updated:
        if (index.data(RowsModel::IsEditedRole).toBool())
            option->backgroundBrush = colors.updatedTint;
        break;
    case RowsModel::RowState::Clean:
        break;
    }
}

void CellPainter::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const bool isSelected = item.state & QStyle::State_Selected;
    painter->fillRect(item.rect,
                      item.backgroundBrush.style() == Qt::NoBrush ? item.palette.base() : item.backgroundBrush);
    if (isSelected) {
        QColor veil = theme().colors().selection;
        if (item.backgroundBrush.style() != Qt::NoBrush)
            veil.setAlpha(100); // what the ground says is still seen
        painter->fillRect(item.rect, veil);
    }
    if (index.data(RowsModel::HasErrorRole).toBool()) {
        painter->fillRect(QRect(item.rect.left(), item.rect.bottom() - 1, item.rect.width(), 2),
                          theme().colors().error);
    }
    QRect text = item.rect.adjusted(8, 0, -8, 0);
    if (const QVariant held = index.data(RowsModel::CellRole); held.canConvert<Value>()) {
        const Value value = held.value<Value>();
        if (const Bytes *bytes = value.as<Bytes>(); bytes && !imageFormat(*bytes).isEmpty()) {
            QImage image;
            if (image.loadFromData(reinterpret_cast<const uchar *>(bytes->data.data()),
                                   static_cast<int>(bytes->data.size()))) {
                const int side = item.rect.height() - 4;
                const QImage small = image.scaled(QSize(side, side) * painter->device()->devicePixelRatioF(),
                                                  Qt::KeepAspectRatio, Qt::SmoothTransformation);
                painter->drawImage(QRect(text.left(), item.rect.top() + 2, side, side), small);
                text.setLeft(text.left() + side + 6);
            }
        }
    }
    painter->setFont(item.font);
    painter->setPen(item.palette.color(QPalette::Text));
    painter->drawText(text, static_cast<int>(item.displayAlignment) | Qt::TextSingleLine,
                      QFontMetrics(item.font).elidedText(item.text, Qt::ElideRight, text.width()));
    if (item.state & QStyle::State_HasFocus) {
        painter->setPen(QPen(theme().colors().accent, 1));
        painter->drawRect(item.rect.adjusted(0, 0, -1, -1));
    }
}

} // namespace schemawright::ui
