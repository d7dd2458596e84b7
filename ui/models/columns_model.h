#pragma once

#include "ui/models/parts_model.h"

namespace schemawright::ui {

/// The columns of a table, to be edited in place.
class ColumnsModel : public PartsModel
{
    Q_OBJECT
public:
    enum Fields { Name, TypeName, Convert, NotNull, Key, Default, Made, Comment };
    explicit ColumnsModel(Edit edit, QObject *parent = nullptr);

    QStringList kinds() const override { return {tr("Column")}; }
    QString emptyWord() const override { return tr("columns"); }
    bool addPart(int kind) override;

protected:
    std::vector<Part> partsOf(const Table &table, const Table *before) const override;
    QString write(Table &table, const Part &part, int field, const QStringList &texts) const override;
    QString erase(Table &table, const Part &part) const override;
    QString restore(Table &table, const Part &part) const override;
    void move(Table &table, const Part &part, int by) const override;
    bool movable() const override;
    QStringList completions(const Part &part, int field) const override;
    bool isFieldEditable(const Part &part, int field) const override;
    bool hasDependants(const Part &part) const override;

private:
    QString writeMade(Table &table, Column &column, const QString &text) const;
};

/// What would be left broken without a table, or without one of its columns, as a sentence; empty for nothing.
QString whatDepends(const MetaData &draft, const QualifiedName &table, const std::string &column = {});

/// Takes a column out of a table, and the keys, checks and indexes that need it. Gives why not.
QString eraseColumn(Table &table, std::size_t at, const MetaData &draft);
/// Gives the column another name, or says why not.
QString renameColumn(Table &table, std::size_t at, const QString &name);
/// "column", "column_2"… whatever is free.
std::string freeColumnName(const Table &table);

} // namespace schemawright::ui
