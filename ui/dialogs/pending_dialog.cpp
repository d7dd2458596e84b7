#include "ui/dialogs/pending_dialog.h"

#include <QPushButton>

namespace schemawright::ui {

PendingDialog::PendingDialog(int pending, const QString &database, const QString &whyNoCommit, QWidget *parent)
    : QMessageBox(parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setIcon(QMessageBox::NoIcon);
    setWindowTitle(tr("Pending Edits"));
    setText(pending == 1 ? tr("One edit of %1 is not committed.").arg(database)
                         : tr("%1 edits of %2 are not committed.").arg(pending).arg(database));
    const QString kept = tr("Kept edits are offered again when this database is next opened.");
    setInformativeText(whyNoCommit.isEmpty() ? kept : whyNoCommit + u'\n' + kept);
    const QPushButton *discard = addButton(tr("Discard"), QMessageBox::DestructiveRole);
    const QPushButton *stay = addButton(tr("Cancel"), QMessageBox::RejectRole);
    QPushButton *keep = addButton(tr("Keep for Next Time"), QMessageBox::AcceptRole);
    QPushButton *commit = addButton(tr("Commit"), QMessageBox::AcceptRole);
    commit->setEnabled(whyNoCommit.isEmpty());
    QPushButton *first = commit->isEnabled() ? commit : keep;
    first->setProperty("primary", true);
    setDefaultButton(first);
    connect(this, &QMessageBox::buttonClicked, this, [this, discard, stay, keep](const QAbstractButton *button) {
        Q_EMIT decided(button == discard ? Decision::Discard
                       : button == stay  ? Decision::Stay
                       : button == keep  ? Decision::Keep
                                         : Decision::Commit);
    });
}

} // namespace schemawright::ui
