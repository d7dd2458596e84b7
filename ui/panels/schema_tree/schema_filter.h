#pragma once

#include <QSortFilterProxyModel>

namespace schemawright::ui {

/// Keeps tables whose name holds the text, with all that is in them, and tables one of whose columns does, with those
/// columns only.
class SchemaFilter : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setText(const QString &text);
    const QString &text() const noexcept { return text_; }
    void setMatchesColumns(bool matches);
    bool matchesColumns() const noexcept { return matchesColumns_; }
    /// True for a table that is kept for its columns alone.
    bool isKeptForColumns(const QModelIndex &index) const;

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    bool holdsText(const std::string &name) const;

    QString text_;
    bool matchesColumns_ = true;
};

} // namespace schemawright::ui
