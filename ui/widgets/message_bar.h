#pragma once

#include "ui/workspace/workspace.h"

#include <QFrame>
#include <QTimer>

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace schemawright::ui {

/// One message above the content, which blocks nothing. Good news goes by itself, bad news stays until it is closed.
class MessageBar : public QFrame
{
    Q_OBJECT
public:
    explicit MessageBar(QWidget *parent = nullptr);
    void show(const Notice &notice);
    /// Stays, and offers buttons: text and what it does. A press closes the bar.
    void ask(const QString &text, const std::vector<std::pair<QString, std::function<void()>>> &choices);
    /// Gives up what is shown, a question too.
    void clear();

private:
    void present(const Notice &notice);
    void answered();

    QLabel *icon_, *text_, *detail_;
    QToolButton *more_, *copy_, *close_;
    QHBoxLayout *choices_;
    QTimer timer_;
    bool asking_ = false;
    std::optional<Notice> waiting_; ///< the last that was said while a question stood there
};

} // namespace schemawright::ui
