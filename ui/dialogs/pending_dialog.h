#pragma once

#include <QMessageBox>

namespace schemawright::ui {

/// Asks what becomes of pending edits when their window closes. Opened with open(); tells by decided(). `whyNoCommit`
/// is a sentence when they cannot be committed, else empty.
class PendingDialog : public QMessageBox
{
    Q_OBJECT
public:
    enum class Decision { Commit, Keep, Discard, Stay };
    PendingDialog(int pending, const QString &database, const QString &whyNoCommit, QWidget *parent = nullptr);

Q_SIGNALS:
    void decided(schemawright::ui::PendingDialog::Decision decision);
};

} // namespace schemawright::ui
