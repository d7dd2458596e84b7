#pragma once

#include <QHeaderView>

class QLabel;

namespace schemawright::ui {

class RowsModel;

/// Row numbers, and a bar in the colour of what is pending on the row.
class RowHeader : public QHeaderView
{
    Q_OBJECT
public:
    explicit RowHeader(QWidget *parent = nullptr);
    /// As wide as the largest number needs.
    void fit();

protected:
    void paintSection(QPainter *painter, const QRect &rect, int section) const override;
};

/// Names with their type beneath, a key for what is one, an arrow for what is sorted by. Also says why a grid is empty.
class ColumnHeader : public QHeaderView
{
    Q_OBJECT
public:
    explicit ColumnHeader(RowsModel &model, QWidget *parent = nullptr);
    int wantedWidth(int section) const;
    void setEmptyText(const QString &text);
    QSize sizeHint() const override;

protected:
    void paintSection(QPainter *painter, const QRect &rect, int section) const override;

private:
    RowsModel &model_;
    QLabel *empty_;
};

} // namespace schemawright::ui
