#include "ui/dialogs/pending_dialog.h"

#include <QPushButton>

namespace schemawright::ui {

PendingDialog::PendingDialog(int pending, const QString &database, QWidget *parent) : QMessageBox(parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setIcon(QMessageBox::NoIcon);
    setWindowTitle(tr("Pending Edits"));
    setText(pending == 1 ? tr("One edit of %1 is not committed.").arg(database)
                         : tr("%1 edits of %2 are not committed.").arg(pending).arg(database));
    setInformativeText(tr("Kept edits are offered again when this database is next opened."));
    const QPushButton *discard = addButton(tr("Discard"), QMessageBox::DestructiveRole);
    const QPushButton *stay = addButton(tr("Cancel"), QMessageBox::RejectRole);
    const QPushButton *keep = addButton(tr("Keep for Next Time"), QMessageBox::AcceptRole);
    QPushButton *commit = addButton(tr("Commit"), QMessageBox::AcceptRole);
    commit->setProperty("primary", true);
    setDefaultButton(commit);
    connect(this, &QMessageBox::buttonClicked, this, [this, discard, stay, keep](const QAbstractButton *button) {
        Q_EMIT decided(button == discard ? Decision::Discard
                       : button == stay  ? Decision::Stay
                       : button == keep  ? Decision::Keep
                                         : Decision::Commit);
    });
}

} // namespace schemawright::ui
