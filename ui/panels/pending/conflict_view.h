#pragma once

#include "ui/workspace/workspace.h"

#include <QWidget>

#include <map>

class QGridLayout;
class QLabel;
class QPushButton;

namespace schemawright::ui {

/// A conflict where it stands: of each column in conflict what it was, what I want and what is there now, beside each
/// other, with a choice for each column or for the whole row. The row is read again for it, off the GUI thread.
class ConflictView : public QWidget
{
    Q_OBJECT
public:
    explicit ConflictView(Workspace &workspace, QWidget *parent = nullptr);

    /// Shows the conflict of this change; false when it has none.
    bool showChange(ChangeId id);

Q_SIGNALS:
    /// The conflict that had the focus is settled.
    void closed();

private:
    using Theirs = std::optional<RowImage>; ///< nothing: the row is gone
    void read(const Change &change);
    void fill();
    void addLine(int line, const Session::ConflictColumn &each, const Column *column);
    void settle(const std::string &column, Session::Resolution how, const Cell &edited = Value());
    void settleAll(bool keepMine);
    bool isOpen(ChangeId id) const;
    bool isUnsettled(ChangeId id) const;
    bool hasFocusInside() const;
    void act(const std::function<void()> &work);

    Workspace &workspace_;
    ChangeId id_ = ChangeId::None;
    std::map<ChangeId, Theirs> theirs_; ///< conflicts that are being settled
    std::map<ChangeId, Job> reading_;
    QLabel *title_;
    QPushButton *keep_, *take_;
    QWidget *lines_ = nullptr;
};

} // namespace schemawright::ui
