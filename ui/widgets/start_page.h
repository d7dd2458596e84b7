#pragma once

#include "schemawright/base/error.h"

#include <QWidget>

class QLabel;
class QListWidget;
class QPushButton;

namespace schemawright::ui {

/// What a window shows while no database is open: ways to open one, what was opened lately, or why it failed.
class StartPage : public QWidget
{
    Q_OBJECT
public:
    explicit StartPage(QWidget *parent = nullptr);
    void setRecent(const QStringList &urls);
    /// Shows the ways to open a database.
    void showWelcome();
    void showBusy(const QString &text);
    void showFailure(const QString &what, const Error &error);

Q_SIGNALS:
    void openFileWanted();
    void connectWanted();
    void sampleWanted();
    void recentWanted(const QString &url);
    void retryWanted();
    void otherWanted();

private:
    QWidget *welcome_, *failure_;
    QLabel *busy_, *failureTitle_, *failureText_, *failureHint_;
    QListWidget *recent_;
    QLabel *recentTitle_;
};

} // namespace schemawright::ui
