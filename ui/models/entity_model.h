#pragma once

#include "schemawright/generate/cpp_mapping.h"

#include <QAbstractTableModel>

#include <memory>

namespace schemawright::ui {

/// A mapped class as rows: the class itself, its attributes, its relationships. The names can be edited: what is typed
/// is held against C++ and the other names of the class, and comes out as the mapping that a person wants. An emptied
/// name is the derived one again.
class EntityModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, Type, Origin, ColumnCount };

    explicit EntityModel(QObject *parent = nullptr) : QAbstractTableModel(parent) {}

    /// `mapping` holds what is chosen so far. Null for no class.
    void setEntity(std::shared_ptr<const CppMapping> code, const QualifiedName &table, EntityMapping mapping);
    void setEditable(bool isEditable);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void mappingEdited(const schemawright::EntityMapping &mapping);
    /// Why the last name was not taken; empty when it was.
    void refused(const QString &why);

private:
    const AttributeInfo *attributeAt(int row) const;
    const RelationshipInfo *relationshipAt(int row) const;
    QString nameAt(int row) const;
    QString whyNot(int row, const QString &name) const;
    bool isChosen(int row) const;

    std::shared_ptr<const CppMapping> code_;
    const Entity *entity_ = nullptr;
    EntityMapping mapping_;
    bool isEditable_ = true;
    int refusedRow_ = -1;
    QString refusal_;
};

} // namespace schemawright::ui
