#pragma once

#include "schemawright/base/error.h"
#include "schemawright/engine/url.h"
#include "schemawright/schema/table.h"
#include "ui/theme/theme.h"

#include <QElapsedTimer>
#include <QMainWindow>
#include <QTimer>

#include <memory>
#include <optional>

class QAction;
class QDockWidget;
class QLabel;
class QMenu;
class QStackedWidget;
class QToolBar;
class QToolButton;

namespace schemawright {

namespace ui {
class DataGridPanel;
class JournalKeeper;
class MessageBar;
class StartPage;
class Workspace;
} // namespace ui

class Application;
struct PanelEntry;

/// A window on one database, or the start page while there is none. Hosts docks from the list of panels.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    explicit MainWindow(Application &application);
    ~MainWindow() override;

    bool hasDatabase() const noexcept { return workspace_ != nullptr || busy_; }
    /// Null while no database is open.
    ui::Workspace *workspace() noexcept { return workspace_.get(); }
    ui::DataGridPanel *grid() noexcept { return grid_; }

    void openDatabase(const Url &url);
    void showFailure(const Error &error);
    /// Says that something is under way before a database can be opened; an empty text ends it.
    void showBusy(const QString &text);
    /// Opens this table, or the first one when there is none of that name, once the schema is read.
    void showTableWhenRead(const QualifiedName &table);

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    void buildActions();
    void buildStatusBar();
    void buildDocks();
    void addPage(const PanelEntry &entry);
    void connectWorkspace();
    void closeDatabase();
    /// Calls `then` at once when nothing is pending, else after the user has decided.
    void afterPendingDecision(const std::function<void()> &then);
    void offerKeptEdits(const QString &why = {});
    QString databaseName() const;
    void showState();
    void showPending();
    void showActivity();
    void fillRecent();
    void askForFile(bool readOnly);
    void askForConnection(const std::optional<Url> &url);
    void showAbout();
    QAction *addIconAction(const QString &icon, const QString &text, const QKeySequence &shortcut,
                           const std::function<void()> &slot);

    Application &application_;
    std::unique_ptr<ui::Workspace> workspace_;
    std::unique_ptr<ui::JournalKeeper> journal_;
    ui::DataGridPanel *grid_ = nullptr;
    ui::MessageBar *messages_;
    ui::StartPage *start_;
    QStackedWidget *centre_;
    std::vector<QDockWidget *> docks_;
    std::vector<QAction *> pages_;         ///< each shows a page in the middle instead of the data while it is checked
    std::vector<QDockWidget *> roomGiven_; ///< docks that are hidden while a page is shown
    QToolBar *bar_ = nullptr;
    QAction *pagesPlace_ = nullptr; ///< in the tool bar, pages stand before it
    QMenu *viewMenu_ = nullptr, *recentMenu_ = nullptr, *databaseMenu_ = nullptr;
    QAction *undo_, *redo_, *commit_, *rehearse_, *discard_, *refresh_, *close_;
    QToolButton *commitButton_ = nullptr;
    QLabel *connection_, *pendingLabel_, *activity_;
    QToolButton *cancel_;
    QTimer activityTimer_;
    QElapsedTimer activitySince_;
    std::optional<Url> lastUrl_;
    std::optional<QualifiedName> wantedTable_;
    bool busy_ = false;
    bool mayClose_ = false;
    QByteArray defaultState_;
};

} // namespace schemawright
