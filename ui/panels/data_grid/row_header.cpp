#include "ui/panels/data_grid/row_header.h"

#include "ui/adapt/text.h"
#include "ui/models/rows_model.h"
#include "ui/theme/theme.h"

#include <QAbstractItemView>
#include <QLabel>
#include <QPainter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace schemawright::ui {

namespace {

QFont smallFont()
{
    QFont font = theme().monospaceFont();
    font.setPixelSize(11);
    return font;
}

} // namespace

RowHeader::RowHeader(QWidget *parent) : QHeaderView(Qt::Vertical, parent)
{
    setSectionsClickable(true);
    setHighlightSections(true);
}

void RowHeader::fit()
{
    const int rows = model() ? model()->rowCount() : 0;
    setFixedWidth(std::max(40, QFontMetrics(smallFont()).horizontalAdvance(grouped(rows)) + 20));
}

void RowHeader::paintSection(QPainter *painter, const QRect &rect, int section) const
{
    const Colors &colors = theme().colors();
    painter->save();
    painter->fillRect(rect, colors.window);
    QColor bar;
    switch (
        static_cast<RowsModel::RowState>(model()->headerData(section, Qt::Vertical, RowsModel::RowStateRole).toInt())) {
    case RowsModel::RowState::Inserted:
        bar = colors.inserted;
        break;
    case RowsModel::RowState::Updated:
        bar = colors.updated;
        break;
    case RowsModel::RowState::Deleted:
        bar = colors.deleted;
        break;
    case RowsModel::RowState::Clean:
        break;
    }
    if (bar.isValid())
        painter->fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), bar);
    painter->setPen(colors.border);
    painter->drawLine(rect.topRight(), rect.bottomRight());
    painter->setPen(bar.isValid() ? bar : colors.mutedText);
    painter->setFont(smallFont());
    painter->drawText(rect.adjusted(0, 0, -8, 0), Qt::AlignRight | Qt::AlignVCenter,
                      model()->headerData(section, Qt::Vertical, Qt::DisplayRole).toString());
    painter->restore();
}

ColumnHeader::ColumnHeader(RowsModel &model, QWidget *parent)
    : QHeaderView(Qt::Horizontal, parent), model_(model), empty_(new QLabel)
{
    setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    if (auto *view = qobject_cast<QTableView *>(parent)) {
        auto *layout = new QVBoxLayout(view->viewport());
        layout->addWidget(empty_, 0, Qt::AlignCenter);
    }
    empty_->setProperty("role", QStringLiteral("muted"));
    empty_->hide();
}

void ColumnHeader::setEmptyText(const QString &text)
{
    empty_->setText(text);
    empty_->setVisible(!text.isEmpty());
}

QSize ColumnHeader::sizeHint() const { return {QHeaderView::sizeHint().width(), 40}; }

int ColumnHeader::wantedWidth(int section) const
{
    const Column *column = model_.columnAt(section);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    const int name = QFontMetrics(bold).horizontalAdvance(toQString(column->name)) + 52;
    const int type = QFontMetrics(smallFont()).horizontalAdvance(toQString(column->type.native).left(24)) + 16;
    return std::max(name, type);
}

void ColumnHeader::paintSection(QPainter *painter, const QRect &rect, int section) const
{
    const Colors &colors = theme().colors();
    const Column *column = model_.columnAt(section);
    painter->save();
    painter->fillRect(rect, colors.window);
    painter->setPen(colors.border);
    painter->drawLine(rect.topRight(), rect.bottomRight());
    painter->drawLine(rect.bottomLeft(), rect.bottomRight());

    QRect line = rect.adjusted(8, 4, -8, -rect.height() / 2 + 2);
    const Table &table = *model_.draftTable();
    const Mark mark = model_.columnMark(section);
    QColor ink = colors.text;
    if (mark != Mark::None) {
        ink = mark == Mark::New ? colors.inserted : mark == Mark::Dropped ? colors.deleted : colors.updated;
        painter->fillRect(QRect(rect.left(), rect.top(), rect.width() - 1, 2), ink);
    }
    const auto holds = [&](const std::vector<std::string> &names) {
        return std::ranges::find(names, column->name) != names.end();
    };
    QString icon;
    if (table.primaryKey && holds(table.primaryKey->columns))
        icon = QStringLiteral("key");
    else if (std::ranges::any_of(table.foreignKeys, [&](const ForeignKey &key) { return holds(key.columns); }))
        icon = QStringLiteral("foreign-key");
    if (!icon.isEmpty()) {
        theme().icon(icon).paint(painter, QRect(line.left(), line.center().y() - 6, 13, 13));
        line.setLeft(line.left() + 17);
    }
    const auto sorted =
        std::ranges::find(model_.sort(), model_.columnNames()[static_cast<std::size_t>(section)], &SortColumn::column);
    if (sorted != model_.sort().end()) {
        const QRect arrow(line.right() - 11, line.center().y() - 6, 13, 13);
        theme()
            .icon(sorted->descending ? QStringLiteral("sort-desc") : QStringLiteral("sort-asc"))
            .paint(painter, arrow);
        line.setRight(arrow.left() - 4);
    }
    QFont name = font();
    name.setWeight(QFont::DemiBold);
    name.setStrikeOut(mark == Mark::Dropped);
    painter->setFont(name);
    painter->setPen(ink);
    painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                      QFontMetrics(name).elidedText(toQString(column->name), Qt::ElideRight, line.width()));
    const QRect below = rect.adjusted(8, rect.height() / 2, -8, -3);
    painter->setFont(smallFont());
    painter->setPen(colors.mutedText);
    painter->drawText(
        below, Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetrics(smallFont()).elidedText(toQString(column->type.native), Qt::ElideRight, below.width()));
    painter->restore();
}

} // namespace schemawright::ui
