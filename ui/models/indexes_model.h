#pragma once

#include "ui/models/parts_model.h"

namespace schemawright::ui {

/// Indexes of a table, to be edited in place, and its triggers to be read.
class IndexesModel : public PartsModel
{
    Q_OBJECT
public:
    enum Fields { Name, On, Unique, Where, Method };
    enum Kinds { PlainIndex, TriggerLine };
    explicit IndexesModel(Edit edit, QObject *parent = nullptr);
    QStringList kinds() const override { return {tr("Index")}; }
    QString emptyWord() const override { return tr("indexes"); }

protected:
    std::vector<Part> partsOf(const Table &table, const Table *before) const override;
    QString write(Table &table, const Part &part, int field, const QStringList &texts) const override;
    QString erase(Table &table, const Part &part) const override;
    QString restore(Table &table, const Part &part) const override;
    Part emptyPart(int kind) const override;
    QStringList completions(const Part &part, int field) const override;
    std::vector<int> needed(const Part &) const override { return {On}; }
    bool hasDependants(const Part &part) const override;
    QString eraseAnyway(Table &table, const Part &part) const override;
};

/// Check constraints of a table, to be edited in place, and its exclusion constraints to be read.
class ChecksModel : public PartsModel
{
    Q_OBJECT
public:
    enum Fields { Expression, Name };
    explicit ChecksModel(Edit edit, QObject *parent = nullptr);
    QStringList kinds() const override { return {tr("Check")}; }
    QString emptyWord() const override { return tr("checks"); }

protected:
    std::vector<Part> partsOf(const Table &table, const Table *before) const override;
    QString write(Table &table, const Part &part, int field, const QStringList &texts) const override;
    QString erase(Table &table, const Part &part) const override;
    QString restore(Table &table, const Part &part) const override;
    Part emptyPart(int kind) const override;
    std::vector<int> needed(const Part &) const override { return {Expression}; }
};

} // namespace schemawright::ui
