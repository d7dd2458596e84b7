#pragma once

#include "schemawright/schema/metadata.h"

#include <QObject>

#include <functional>
#include <string>

class QAction;
class QWidget;

namespace schemawright::ui {

class Workspace;

/// What can be done to the structure from the tree: new table, new column, rename, drop, revert. The same actions stand
/// in its context menu, in the window's menu and under keys.
class StructureActions : public QObject
{
    Q_OBJECT
public:
    /// What the actions are about: a table, and one of its columns or none.
    struct Target
    {
        TablePtr table; ///< null for none
        std::string schema;
        std::string column;
        bool isDropped = false; ///< what stands there is to be dropped
    };
    /// Adds the actions to `owner`, under which their keys work.
    StructureActions(Workspace &workspace, std::function<Target()> target, QWidget *owner);

    const QList<QAction *> &all() const noexcept { return all_; }
    QAction *newTable() const noexcept { return newTable_; }
    /// Texts and whether they can be used follow the target.
    void showState();
    void renameTo(const QualifiedName &table, const QString &column, const QString &name);
    /// Drops what was refused last, and what depends on it.
    void dropWithDependants();

Q_SIGNALS:
    /// This is pending now and wants its name typed.
    void nameWanted(const schemawright::QualifiedName &table, const QString &column);
    /// Why the last edit was not taken; empty when it was.
    void refused(const QString &why);
    /// The name was not taken, and may be mended.
    void nameRefused(const schemawright::QualifiedName &table, const QString &column, const QString &name,
                     const QString &why);
    /// What was to be dropped has dependants, which can be dropped with it.
    void dependantsFound();

private:
    QAction *add(const char *icon, const QString &text, const char *shortcut, std::function<void()> slot);
    void makeTable();
    void addColumn();
    void drop();
    void revert();

    Workspace &workspace_;
    std::function<Target()> target_;
    Target refused_; ///< for its dependants
    QWidget *owner_;
    QAction *newTable_, *newColumn_, *rename_, *drop_, *revert_;
    QList<QAction *> all_;
};

} // namespace schemawright::ui
