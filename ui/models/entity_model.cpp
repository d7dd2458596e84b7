#include "ui/models/entity_model.h"

#include "schemawright/orm/entity_names.h"
#include "ui/adapt/text.h"
#include "ui/theme/theme.h"

namespace schemawright::ui {

namespace {

QString joined(const std::vector<std::string> &names)
{
    QStringList all;
    for (const std::string &name : names)
        all << toQString(name);
    return all.join(QStringLiteral(", "));
}

} // namespace

void EntityModel::setEntity(std::shared_ptr<const CppMapping> code, const QualifiedName &table, EntityMapping mapping)
{
    beginResetModel();
    code_ = std::move(code);
    entity_ = code_ ? code_->entity(table) : nullptr;
    mapping_ = std::move(mapping);
    refusedRow_ = -1;
    endResetModel();
    Q_EMIT refused({});
}

void EntityModel::setEditable(bool isEditable) { isEditable_ = isEditable; }

int EntityModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !entity_
               ? 0
               : 1 + static_cast<int>(entity_->attributes.size() + entity_->relationships.size());
}

int EntityModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

const AttributeInfo *EntityModel::attributeAt(int row) const
{
    const auto at = static_cast<std::size_t>(row - 1);
    return row > 0 && at < entity_->attributes.size() ? &entity_->attributes[at] : nullptr;
}

const RelationshipInfo *EntityModel::relationshipAt(int row) const
{
    const auto at = static_cast<std::size_t>(row - 1) - entity_->attributes.size();
    return row > 0 && !attributeAt(row) && at < entity_->relationships.size() ? &entity_->relationships[at] : nullptr;
}

QString EntityModel::nameAt(int row) const
{
    if (const AttributeInfo *attribute = attributeAt(row))
        return toQString(attribute->name);
    if (const RelationshipInfo *relationship = relationshipAt(row))
        return toQString(relationship->name);
    return toQString(entity_->className);
}

bool EntityModel::isChosen(int row) const
{
    if (const AttributeInfo *attribute = attributeAt(row))
        return mapping_.attributes.contains(attribute->column);
    if (const RelationshipInfo *relationship = relationshipAt(row))
        return mapping_.relationships.contains(relationship->derivedName);
    return !mapping_.className.empty();
}

QVariant EntityModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || !entity_)
        return {};
    const int row = index.row();
    const AttributeInfo *attribute = attributeAt(row);
    const RelationshipInfo *relationship = relationshipAt(row);
    const std::string why = attribute      ? code_->whyNoMember(*entity_, *attribute)
                            : relationship ? code_->whyNoMember(*entity_, *relationship)
                                           : std::string();
    if (role == Qt::DisplayRole || (role == Qt::EditRole && index.column() == Name)) {
        if (index.column() == Name)
            return nameAt(row);
        if (index.column() == Type) {
            if (!attribute && !relationship)
                return tr("class");
            QString type =
                toQString(attribute ? code_->typeOf(*entity_, *attribute) : code_->typeOf(*entity_, *relationship));
            return why.empty() ? type.remove(QStringLiteral("std::")).remove(QStringLiteral("schemawright::"))
                               : toQString(why);
        }
        if (attribute)
            return toQString(attribute->column);
        if (relationship)
            return relationship->kind == RelationshipKind::ManyToMany
                       ? tr("many to many by %1").arg(toQString(relationship->through.name))
                       : tr("%1 by %2")
                             .arg(toQString(toString(relationship->kind)),
                                  joined(relationship->ownsKey ? relationship->columns : relationship->targetColumns));
        return tr("table %1").arg(toQString(entity_->table.name));
    }
    if (role == Qt::ToolTipRole) {
        if (row == refusedRow_ && index.column() == Name)
            return refusal_;
        if (relationship)
            return tr("%1 to %2; the other side is %3")
                .arg(toQString(toString(relationship->kind)), toQString(relationship->target.text()),
                     toQString(relationship->backPopulates));
        return index.column() == Name && isChosen(row) ? tr("Empty it for the name from the database")
                                                       : data(index, Qt::DisplayRole);
    }
    if (role == Qt::DecorationRole && index.column() == Name)
        return theme().icon(attribute      ? attribute->isKey ? QStringLiteral("key") : QStringLiteral("column")
                                 : relationship ? QStringLiteral("foreign-key")
                                           : QStringLiteral("table"));
    if (role == Qt::ForegroundRole && (index.column() != Name || !why.empty()))
        return theme().colors().mutedText;
    if (role == Qt::BackgroundRole && index.column() == Name)
        return row == refusedRow_ ? QVariant(theme().colors().errorTint)
               : isChosen(row)    ? QVariant(theme().colors().updatedTint)
                                  : QVariant();
    return {};
}

Qt::ItemFlags EntityModel::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return {};
    const Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    return index.column() == Name && isEditable_ ? flags | Qt::ItemIsEditable : flags;
}

QString EntityModel::whyNot(int row, const QString &name) const
{
    const std::string text = name.toStdString();
    if (const std::string why = whyNoName(text); !why.empty())
        return toQString(why);
    if (row == 0) {
        if (code_->typeNames().contains(text))
            return tr("Another class or enum is called %1.").arg(name);
    } else if (text == entity_->className)
        return tr("%1 is the class itself.").arg(name);
    for (int other = 0; other < rowCount(); ++other)
        if (other != row && nameAt(other) == name)
            return tr("%1 is the name of another member.").arg(name);
    return {};
}

bool EntityModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!index.isValid() || role != Qt::EditRole || index.column() != Name || !entity_)
        return false;
    const int row = index.row();
    const QString name = value.toString().trimmed();
    const auto tell = [&](int refusedRow, const QString &why) {
        refusedRow_ = refusedRow;
        refusal_ = why;
        Q_EMIT dataChanged(this->index(0, Name), this->index(rowCount() - 1, Name));
        Q_EMIT refused(why);
    };
    if (name == nameAt(row)) {
        tell(-1, {});
        return true;
    }
    const AttributeInfo *attribute = attributeAt(row);
    const RelationshipInfo *relationship = relationshipAt(row);
    if (!name.isEmpty())
        if (const QString why = whyNot(row, name); !why.isEmpty()) {
            tell(row, why);
            return false;
        }
    EntityMapping wanted = mapping_;
    const auto choose = [&](std::map<std::string, std::string> &names, const std::string &by,
                            const std::string &derived) {
        if (name.isEmpty() || name.toStdString() == derived)
            names.erase(by);
        else
            names[by] = name.toStdString();
    };
    if (attribute)
        choose(wanted.attributes, attribute->column, attribute->derivedName);
    else if (relationship)
        choose(wanted.relationships, relationship->derivedName, memberName(relationship->derivedName, "relation"));
    else
        wanted.className = name.toStdString() == entity_->derivedClassName ? std::string() : name.toStdString();
    tell(-1, {});
    Q_EMIT mappingEdited(wanted);
    return true;
}

QVariant EntityModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == Name ? tr("Name") : section == Type ? tr("Type") : tr("From");
}

} // namespace schemawright::ui
