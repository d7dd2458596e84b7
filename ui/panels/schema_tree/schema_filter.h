#pragma once

#include <QSortFilterProxyModel>

namespace schemawright::ui {

/// Keeps tables whose name, or one of whose columns, holds the text; what is inside a kept table is all shown.
class SchemaFilter : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setText(const QString &text);
    const QString &text() const noexcept { return text_; }

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    QString text_;
};

} // namespace schemawright::ui
