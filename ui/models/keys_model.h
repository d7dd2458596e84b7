#pragma once

#include "ui/models/parts_model.h"

namespace schemawright::ui {

/// Primary key, foreign keys and unique constraints of a table, to be edited in place, and who refers to it.
class KeysModel : public PartsModel
{
    Q_OBJECT
public:
    enum Fields { Title, Columns, RefersTo, OnDelete, OnUpdate, Name };
    enum Kinds { Primary, Foreign, Unique, Referrer };
    explicit KeysModel(Edit edit, QObject *parent = nullptr);

    QStringList kinds() const override { return {tr("Primary Key"), tr("Foreign Key"), tr("Unique")}; }
    QString emptyWord() const override { return tr("keys"); }
    bool addPart(int kind) override;

protected:
    std::vector<Part> partsOf(const Table &table, const Table *before) const override;
    QString write(Table &table, const Part &part, int field, const QStringList &texts) const override;
    QString erase(Table &table, const Part &part) const override;
    QString restore(Table &table, const Part &part) const override;
    Part emptyPart(int kind) const override;
    QStringList choices(const Part &part, int field) const override;
    QStringList completions(const Part &part, int field) const override;
    bool isFieldEditable(const Part &part, int field) const override;
    std::vector<int> needed(const Part &part) const override;
    bool hasDependants(const Part &part) const override;
    QString eraseAnyway(Table &table, const Part &part) const override;

private:
    QString readReference(const QString &text, const Table &table, ForeignKey &key) const;
    QString referenceText(const QualifiedName &table, const std::vector<std::string> &columns) const;
    QStringList keyTexts(const ForeignKey &key) const;
};

} // namespace schemawright::ui
