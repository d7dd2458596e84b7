#include "app/main_window.h"

#include "app/application.h"
#include "app/panels.h"
#include "ui/panels/data_grid/data_grid_panel.h"
#include "ui/panels/schema_tree/schema_tree_panel.h"
#include "ui/panels/schema_tree/structure_actions.h"
#include "ui/workspace/workspace.h"

#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QLabel>
#include <QMenuBar>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>
#include <QToolButton>

// What the window is made of: menus, tool bar, status bar, docks and pages.

namespace schemawright {

using ui::theme;
using ui::Workspace;

namespace {

void enterOrHide(QDockWidget *dock)
{
    if (dock->isAncestorOf(QApplication::focusWidget()))
        return dock->hide();
    dock->show();
    dock->raise();
    QWidget *into = dock->widget();
    if (!into->focusProxy())
        for (QWidget *each : into->findChildren<QWidget *>())
            if ((each->focusPolicy() & Qt::TabFocus) && each->isVisibleTo(dock) && each->isEnabled()) {
                into = each;
                break;
            }
    into->setFocus(Qt::ShortcutFocusReason);
}

QSize leastSize(Qt::DockWidgetArea area)
{
    return area == Qt::LeftDockWidgetArea ? QSize(160, 150) : QSize(area == Qt::RightDockWidgetArea ? 300 : 480, 150);
}

} // namespace

QAction *MainWindow::addIconAction(const QString &icon, const QString &text, const QKeySequence &shortcut,
                                   const std::function<void()> &slot)
{
    auto *action = new QAction(theme().icon(icon), text, this);
    action->setShortcut(shortcut);
    const QString plain = QString(text).remove(u'&');
    if (plain != text)
        action->setIconText(plain); // on a button, where no letter is underlined
    action->setToolTip(
        shortcut.isEmpty() ? plain : QStringLiteral("%1 (%2)").arg(plain, shortcut.toString(QKeySequence::NativeText)));
    connect(action, &QAction::triggered, this, slot);
    connect(&theme(), &ui::Theme::changed, action, [action, icon] { action->setIcon(theme().icon(icon)); });
    return action;
}

void MainWindow::buildActions()
{
    const auto icon = [](const char *name) { return QString::fromLatin1(name); };
    QAction *open =
        addIconAction(icon("open"), tr("&Open SQLite File…"), QKeySequence::Open, [this] { askForFile(false); });
    QAction *server = addIconAction(icon("connect"), tr("&Connect to Database…"), QKeySequence(tr("Ctrl+Shift+O")),
                                    [this] { askForConnection({}); });
    refresh_ =
        addIconAction(icon("refresh"), tr("Re&fresh"), QKeySequence(Qt::Key_F5), [this] { workspace_->refresh(); });
    undo_ = addIconAction(icon("undo"), tr("&Undo Edit"), QKeySequence::Undo,
                          [this] { workspace_->session().unitOfWork().undo(); });
    redo_ = addIconAction(icon("redo"), tr("&Redo Edit"), QKeySequence::Redo,
                          [this] { workspace_->session().unitOfWork().redo(); });
    redo_->setShortcuts({QKeySequence(tr("Ctrl+Shift+Z")), QKeySequence(tr("Ctrl+Y"))}); // both are in people's hands
    discard_ = addIconAction(icon("discard"), tr("&Discard All Edits"), {},
                             [this] { workspace_->session().unitOfWork().discardAll(); });
    rehearse_ = addIconAction(icon("rehearse"), tr("Re&hearse"), QKeySequence(tr("Ctrl+Shift+R")),
                              [this] { workspace_->run(RunMode::Rehearse); });
    commit_ = addIconAction(icon("commit"), tr("Commit"), QKeySequence(tr("Ctrl+S")),
                            [this] { workspace_->run(RunMode::Commit); });
    close_ = addIconAction({}, tr("C&lose Database"), QKeySequence(tr("Ctrl+Shift+W")),
                           [this] { afterPendingDecision([this] { closeDatabase(); }); });
    QAction *dark =
        addIconAction(icon("moon"), tr("Switch between &Light and Dark"), QKeySequence(tr("Ctrl+Shift+T")), [this] {
            application_.setTheme(theme().isDark() ? ui::Theme::Mode::Light : ui::Theme::Mode::Dark);
        });

    QMenu *file = menuBar()->addMenu(tr("&File"));
    file->addAction(open);
    file->addAction(tr("Open &Read-Only…"), this, [this] { askForFile(true); });
    file->addAction(server);
    file->addAction(tr("Open the &Sample"), this, [this] { application_.openSample(this); });
    recentMenu_ = file->addMenu(tr("Open Rec&ent"));
    connect(recentMenu_, &QMenu::aboutToShow, this, &MainWindow::fillRecent);
    file->addSeparator();
    file->addAction(tr("&New Window"), QKeySequence::New, this, [this] { application_.newWindow(); });
    file->addAction(close_);
    file->addAction(tr("&Quit"), QKeySequence::Quit, qApp, &QApplication::closeAllWindows);
    QMenu *edit = menuBar()->addMenu(tr("&Edit"));
    edit->addActions({undo_, redo_});
    edit->addSeparator();
    edit->addAction(discard_);
    viewMenu_ = menuBar()->addMenu(tr("&View"));
    viewMenu_->addAction(dark);
    viewMenu_->addAction(tr("Follow the &System's Colours"), this,
                         [this] { application_.setTheme(ui::Theme::Mode::System); });
    viewMenu_->addAction(tr("Reset La&yout"), this, [this] { restoreState(defaultState_); });
    viewMenu_->addSeparator();
    QMenu *database = databaseMenu_ = menuBar()->addMenu(tr("&Database"));
    database->addActions({refresh_});
    database->addSeparator();
    database->addSeparator();
    database->addActions({rehearse_, commit_});
    QMenu *help = menuBar()->addMenu(tr("&Help"));
    help->addAction(tr("&About Schemawright"), this, &MainWindow::showAbout);

    QToolBar *bar = bar_ = addToolBar(tr("Main"));
    bar->setObjectName(QStringLiteral("mainToolBar"));
    bar->setMovable(false);
    bar->setIconSize({18, 18});
    bar->setToolButtonStyle(Qt::ToolButtonIconOnly);
    bar->addActions({open, server, refresh_});
    bar->addSeparator();
    bar->addActions({undo_, redo_});
    pagesPlace_ = bar->addSeparator();
    auto *space = new QWidget;
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(space);
    bar->addActions({discard_, rehearse_});
    commitButton_ = new QToolButton;
    commitButton_->setDefaultAction(commit_);
    commitButton_->setObjectName(QStringLiteral("commitButton"));
    commitButton_->setToolButtonStyle(Qt::ToolButtonTextOnly);
    commitButton_->setProperty("primary", true);
    bar->addWidget(commitButton_);
    bar->addSeparator();
    bar->addAction(dark);
    for (QAction *action : {discard_, rehearse_})
        static_cast<QToolButton *>(bar->widgetForAction(action))->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
}

void MainWindow::buildStatusBar()
{
    cancel_->setText(tr("Cancel"));
    cancel_->setObjectName(QStringLiteral("cancelActivity"));
    cancel_->setToolTip(tr("Stop what is running (Esc)"));
    cancel_->setShortcut(Qt::Key_Escape);
    statusBar()->setSizeGripEnabled(false);
    connection_->setMinimumWidth(60); // the rest of a long address is cut
    statusBar()->addWidget(connection_);
    statusBar()->addPermanentWidget(activity_);
    statusBar()->addPermanentWidget(cancel_);
    statusBar()->addPermanentWidget(pendingLabel_);
    connect(cancel_, &QToolButton::clicked, this, [this] { workspace_->lane().cancelAll(); });
    activityTimer_.setInterval(100);
    connect(&activityTimer_, &QTimer::timeout, this, &MainWindow::showActivity);
    cancel_->hide();
}

void MainWindow::buildDocks()
{
    grid_ = new ui::DataGridPanel(*workspace_);
    centre_->addWidget(grid_);
    QDockWidget *bottom = nullptr;
    for (const PanelEntry &entry : panels()) {
        if (entry.area == Qt::NoDockWidgetArea) {
            addPage(entry);
            continue;
        }
        auto *dock = new QDockWidget(entry.title, this);
        dock->setObjectName(entry.id);
        dock->setFeatures(QDockWidget::DockWidgetClosable | QDockWidget::DockWidgetMovable);
        if (entry.area == Qt::BottomDockWidgetArea) // its tab says its name
            dock->setTitleBarWidget(new QWidget);
        dock->setWidget(entry.make(*workspace_));
        // Less than they like to have: what they tell must not make the window larger than the screen.
        dock->widget()->setMinimumSize(leastSize(entry.area));
        // The menu shows and hides it; its keys go into it, and hide it only from there.
        dock->toggleViewAction()->setText(entry.title + u'\t' + entry.shortcut);
        viewMenu_->addAction(dock->toggleViewAction());
        auto *enter = new QAction(dock);
        enter->setShortcut(QKeySequence(entry.shortcut));
        connect(enter, &QAction::triggered, this, [dock] { enterOrHide(dock); });
        addAction(enter);
        if (entry.area == Qt::BottomDockWidgetArea && bottom)
            tabifyDockWidget(bottom, dock);
        else
            addDockWidget(entry.area, dock);
        if (entry.area == Qt::BottomDockWidgetArea && !bottom)
            bottom = dock;
        docks_.push_back(dock);
    }
    if (bottom)
        bottom->raise();
    if (auto *tree = findChild<ui::SchemaTreePanel *>()) { // they leave the menus with the panel
        databaseMenu_->insertActions(databaseMenu_->actions().value(1), tree->structure().all());
        bar_->insertAction(pagesPlace_, tree->structure().newTable());
    }
    resizeDocks({docks_[0], docks_[1]}, {250, 400}, Qt::Horizontal);
    resizeDocks({bottom}, {230}, Qt::Vertical);
    defaultState_ = saveState();
    restoreState(application_.settings().windowState());
}

void MainWindow::addPage(const PanelEntry &entry)
{
    QWidget *page = entry.make(*workspace_);
    centre_->addWidget(page);
    auto *action = new QAction(entry.title, page);
    action->setObjectName(entry.id + QStringLiteral("Page"));
    action->setCheckable(true);
    action->setShortcut(QKeySequence(entry.shortcut));
    action->setToolTip(tr("%1 (%2)").arg(entry.title, entry.shortcut));
    viewMenu_->addAction(action);
    bar_->insertAction(pagesPlace_, action);
    if (auto *button = qobject_cast<QToolButton *>(bar_->widgetForAction(action)))
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    connect(action, &QAction::toggled, this, [this, page](bool on) {
        centre_->setCurrentWidget(on ? page : static_cast<QWidget *>(grid_));
        // A page has the room of the docks beside and below it; they come back with the data.
        if (on)
            roomGiven_.clear();
        for (QDockWidget *dock : docks_) {
            const bool isAside = dockWidgetArea(dock) != Qt::LeftDockWidgetArea;
            if (on && isAside && !dock->isHidden()) {
                roomGiven_.push_back(dock);
                dock->hide();
            }
        }
        if (!on)
            for (QDockWidget *dock : std::exchange(roomGiven_, {}))
                dock->show();
    });
    pages_.push_back(action);
}

} // namespace schemawright
