#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/schema/metadata.h"
#include "ui/models/mark.h"

#include <QAbstractTableModel>
#include <QStringList>

#include <functional>
#include <optional>
#include <vector>

namespace schemawright::ui {

/// Parts of a table (columns, keys, checks, indexes) as lines of texts that can be edited in place. What is typed comes
/// out as a change of the table; what cannot be is refused with a sentence and stays in its cell. A part that still
/// lacks something stands at the end until it is whole. Holds no edits: they live in the session.
class PartsModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Role {
        ChoicesRole = Qt::UserRole + 1, ///< words of which the cell holds one
        CompletionsRole,                ///< words that may be typed, several behind commas
        MarkRole,                       ///< int(Mark)
        TableRole,                      ///< name of the other table of a reference, "schema\nname"
    };
    enum class FieldKind { Text, List, Choice, Flag, Fixed };
    struct Field
    {
        QString title;
        FieldKind kind = FieldKind::Text;
        int width = 100;
        QString placeholder; ///< of an unfinished part that needs it
        QString about = {};  ///< what it means, for the heading
        bool isMain = true;  ///< to be seen without scrolling
    };
    /// Changes a copy of the table and makes it pending. Gives why it was refused; empty when it was taken.
    using Edit = std::function<QString(const std::function<QString(Table &)> &)>;

    struct Context
    {
        TablePtr table;  ///< as it will be, or as it was when it is dropped; null for none
        TablePtr before; ///< as it is in the database; null for a new one
        MetaData draft;
        const Dialect *dialect = nullptr;
        bool isEditable = false;
    };
    void show(Context context);
    const Context &context() const noexcept { return context_; }

    const std::vector<Field> &fields() const noexcept { return fields_; }
    /// The kinds of parts that can be added, by name.
    virtual QStringList kinds() const = 0;
    /// What they are called together, "indexes".
    virtual QString emptyWord() const = 0;
    /// True for a part that still lacks something.
    bool isUnfinished(int row) const
    {
        return row >= 0 && row < rowCount() && parts_[static_cast<std::size_t>(row)].isUnfinished;
    }
    /// What was refused is no more to be seen.
    void forget() { tell(-1, -1, {}, {}); }
    /// The name of the part that dependantsFound() was about; empty when it is no more there as it was.
    QString refusedName() const { return isRefusedThere() ? refusedPart_->texts.value(0) : QString(); }
    /// Takes that part out, whatever depends on it. Gives why not.
    QString eraseRefused(Table &table) const;
    /// Adds a part of that kind, which is the last row once the edit is shown. False when refused.
    virtual bool addPart(int kind);
    /// Drops the part, or puts back one that is to be dropped.
    void removePart(int row);
    bool canRemove(int row) const;
    bool canMove(int row, int by) const;
    void movePart(int row, int by);
    Mark markAt(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    /// Why the last edit was not taken; empty when it was.
    void refused(const QString &why);
    /// A part was not dropped since others depend on it: they can be dropped with it.
    void dependantsFound();

protected:
    struct Part
    {
        int kind = 0;
        int at = -1;  ///< in the table's list; -1 for what is dropped or unfinished
        int was = -1; ///< in the database's list; -1 for what is new
        QString icon;
        QStringList texts, oldTexts; ///< of each field; flags are "1" or empty
        bool isFixed = false;        ///< for reading only
        bool isUnfinished = false;
        QualifiedName leadsTo;
        QString tip;
    };

    PartsModel(std::vector<Field> fields, Edit edit, QObject *parent);

    virtual std::vector<Part> partsOf(const Table &table, const Table *before) const = 0;
    /// Puts what the texts say into the table, at `part.at` or as a new part. Gives why not.
    virtual QString write(Table &table, const Part &part, int field, const QStringList &texts) const = 0;
    virtual QString erase(Table &table, const Part &part) const = 0;
    virtual QString restore(Table &table, const Part &part) const = 0;
    virtual void move(Table &, const Part &, int) const {}
    virtual bool movable() const { return false; }
    virtual Part emptyPart(int kind) const;
    virtual QStringList choices(const Part &, int) const { return {}; }
    virtual QStringList completions(const Part &, int) const { return {}; }
    virtual bool isFieldEditable(const Part &, int) const { return true; }
    /// Whether dropping it is refused for what depends on it.
    virtual bool hasDependants(const Part &) const { return false; }
    /// As erase(), whatever depends on the part.
    virtual QString eraseAnyway(Table &table, const Part &part) const { return erase(table, part); }
    /// Fields that must be filled before the part is one.
    virtual std::vector<int> needed(const Part &) const { return {}; }
    QString run(const std::function<QString(Table &)> &change) { return edit_(change); }
    void tell(int row, int field, const QString &text, const QString &why);
    QStringList columnNames() const;
    const std::vector<Part> &parts() const noexcept { return parts_; }

private:
    void rebuild();
    bool isMissing(const Part &part, int field) const;
    bool isRefusedThere() const;

    std::vector<Field> fields_;
    Edit edit_;
    Context context_;
    std::vector<Part> parts_;
    std::optional<Part> unfinished_, refusedPart_;
    int refusedRow_ = -1, refusedField_ = -1;
    QString refusedText_, refusal_;
};

/// Words behind commas, outside of parentheses and quotes, without blanks around them.
QStringList listOf(const QString &text);
QString joined(const std::vector<std::string> &names);
/// The names of a list, each a column of the table; else why not.
QString readColumns(const Table &table, const QString &text, std::vector<std::string> &names);

} // namespace schemawright::ui
