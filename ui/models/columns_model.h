#pragma once

#include "ui/models/parts_model.h"
#include "ui/workspace/column_edits.h"

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

} // namespace schemawright::ui
