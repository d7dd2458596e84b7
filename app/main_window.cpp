#include "app/main_window.h"

#include "app/application.h"
#include "app/panels.h"
#include "ui/adapt/text.h"
#include "ui/dialogs/connect_dialog.h"
#include "ui/dialogs/pending_dialog.h"
#include "ui/panels/data_grid/data_grid_panel.h"
#include "ui/panels/schema_tree/schema_tree_panel.h"
#include "ui/panels/schema_tree/structure_actions.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/start_page.h"
#include "ui/workspace/journal_keeper.h"
#include "ui/workspace/workspace.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QDateTime>
#include <QDockWidget>
#include <QFileDialog>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace schemawright {

using ui::theme;
using ui::Workspace;

MainWindow::MainWindow(Application &application)
    : application_(application), messages_(new ui::MessageBar), start_(new ui::StartPage), centre_(new QStackedWidget),
      connection_(new QLabel), pendingLabel_(new QLabel), activity_(new QLabel), cancel_(new QToolButton)
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowIcon(theme().icon(QStringLiteral("app")));
    setDockOptions(AnimatedDocks | AllowTabbedDocks | AllowNestedDocks);
    setTabPosition(Qt::BottomDockWidgetArea, QTabWidget::North);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    centre_->addWidget(start_);
    auto *central = new QWidget;
    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(messages_);
    layout->addWidget(centre_, 1);
    setCentralWidget(central);
    buildActions();
    buildStatusBar();

    connect(start_, &ui::StartPage::openFileWanted, this, [this] { askForFile(false); });
    connect(start_, &ui::StartPage::connectWanted, this, [this] { askForConnection({}); });
    connect(start_, &ui::StartPage::sampleWanted, this, [this] { application_.openSample(this); });
    connect(start_, &ui::StartPage::recentWanted, this,
            [this](const QString &url) { application_.openText(url, false, this); });
    connect(start_, &ui::StartPage::retryWanted, this, [this] {
        if (workspace_)
            workspace_->open();
        else if (lastUrl_)
            openDatabase(*lastUrl_);
        else
            start_->showWelcome();
    });
    connect(start_, &ui::StartPage::otherWanted, this, [this] { afterPendingDecision([this] { closeDatabase(); }); });

    resize(1360, 860);
    restoreGeometry(application_.settings().windowGeometry());
    showState();
    showPending();
}

MainWindow::~MainWindow()
{
    closeDatabase();
}

QAction *MainWindow::addIconAction(const QString &icon, const QString &text, const QKeySequence &shortcut,
                                   const std::function<void()> &slot)
{
    auto *action = new QAction(theme().icon(icon), text, this);
    action->setShortcut(shortcut);
    action->setToolTip(shortcut.isEmpty() ? text
                                          : QStringLiteral("%1 (%2)").arg(text, shortcut.toString(QKeySequence::NativeText)));
    connect(action, &QAction::triggered, this, slot);
    connect(&theme(), &ui::Theme::changed, action, [action, icon] { action->setIcon(theme().icon(icon)); });
    return action;
}

void MainWindow::buildActions()
{
    const auto icon = [](const char *name) { return QString::fromLatin1(name); };
    QAction *open = addIconAction(icon("open"), tr("Open SQLite File…"), QKeySequence::Open, [this] { askForFile(false); });
    QAction *server = addIconAction(icon("connect"), tr("Connect to Database…"), QKeySequence(tr("Ctrl+Shift+O")),
                                    [this] { askForConnection({}); });
    refresh_ = addIconAction(icon("refresh"), tr("Refresh"), QKeySequence(Qt::Key_F5), [this] { workspace_->refresh(); });
    undo_ = addIconAction(icon("undo"), tr("Undo Edit"), QKeySequence::Undo,
                          [this] { workspace_->session().unitOfWork().undo(); });
    redo_ = addIconAction(icon("redo"), tr("Redo Edit"), QKeySequence::Redo,
                          [this] { workspace_->session().unitOfWork().redo(); });
    redo_->setShortcuts({QKeySequence(tr("Ctrl+Shift+Z")), QKeySequence(tr("Ctrl+Y"))}); // both are in people's hands
    discard_ = addIconAction(icon("discard"), tr("Discard All Edits"), {},
                             [this] { workspace_->session().unitOfWork().discardAll(); });
    rehearse_ = addIconAction(icon("rehearse"), tr("Rehearse"), QKeySequence(tr("Ctrl+Shift+R")),
                              [this] { workspace_->run(RunMode::Rehearse); });
    commit_ = addIconAction(icon("commit"), tr("Commit"), QKeySequence(tr("Ctrl+S")),
                            [this] { workspace_->run(RunMode::Commit); });
    close_ = addIconAction({}, tr("Close Database"), QKeySequence(tr("Ctrl+Shift+W")),
                           [this] { afterPendingDecision([this] { closeDatabase(); }); });
    QAction *dark = addIconAction(icon("moon"), tr("Switch between Light and Dark"), QKeySequence(tr("Ctrl+Shift+T")), [this] {
        application_.setTheme(theme().isDark() ? ui::Theme::Mode::Light : ui::Theme::Mode::Dark);
    });

    QMenu *file = menuBar()->addMenu(tr("&File"));
    file->addAction(open);
    file->addAction(tr("Open Read-Only…"), this, [this] { askForFile(true); });
    file->addAction(server);
    file->addAction(tr("Open the Sample"), this, [this] { application_.openSample(this); });
    recentMenu_ = file->addMenu(tr("Open Recent"));
    connect(recentMenu_, &QMenu::aboutToShow, this, &MainWindow::fillRecent);
    file->addSeparator();
    file->addAction(tr("New Window"), QKeySequence::New, this, [this] { application_.newWindow(); });
    file->addAction(close_);
    file->addAction(tr("Quit"), QKeySequence::Quit, qApp, &QApplication::closeAllWindows);
    QMenu *edit = menuBar()->addMenu(tr("&Edit"));
    edit->addActions({undo_, redo_});
    edit->addSeparator();
    edit->addAction(discard_);
    viewMenu_ = menuBar()->addMenu(tr("&View"));
    viewMenu_->addAction(dark);
    viewMenu_->addAction(tr("Follow the System's Colours"), this,
                         [this] { application_.setTheme(ui::Theme::Mode::System); });
    viewMenu_->addAction(tr("Reset Layout"), this, [this] { restoreState(defaultState_); });
    viewMenu_->addSeparator();
    QMenu *database = databaseMenu_ = menuBar()->addMenu(tr("&Database"));
    database->addActions({refresh_});
    database->addSeparator();
    database->addSeparator();
    database->addActions({rehearse_, commit_});
    QMenu *help = menuBar()->addMenu(tr("&Help"));
    help->addAction(tr("About Schemawright"), this, &MainWindow::showAbout);

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
    statusBar()->addWidget(connection_);
    statusBar()->addPermanentWidget(activity_);
    statusBar()->addPermanentWidget(cancel_);
    statusBar()->addPermanentWidget(pendingLabel_);
    connect(cancel_, &QToolButton::clicked, this, [this] { workspace_->lane().cancelAll(); });
    activityTimer_.setInterval(100);
    connect(&activityTimer_, &QTimer::timeout, this, &MainWindow::showActivity);
    cancel_->hide();
}

void MainWindow::openDatabase(const Url &url)
{
    busy_ = false;
    lastUrl_ = url;
    try {
        workspace_ = std::make_unique<Workspace>(Engine::open(url));
    } catch (const Error &error) {
        return showFailure(error);
    }
    application_.settings().addRecent(ui::toQString(url.text()));
    connectWorkspace();
    workspace_->keepMappingsIn(application_.modelFolder());
    buildDocks();
    journal_ = std::make_unique<ui::JournalKeeper>(*workspace_, application_.journalFolder());
    workspace_->open();
}

void MainWindow::connectWorkspace()
{
    const auto showData = [this] {
        for (QAction *page : pages_) // the data comes to the front
            page->setChecked(false);
    };
    connect(workspace_.get(), &ui::Workspace::tableRequested, this, showData);
    connect(workspace_.get(), &ui::Workspace::rowRequested, this, showData);
    connect(workspace_.get(), &Workspace::stateChanged, this, &MainWindow::showState);
    connect(workspace_.get(), &Workspace::pendingChanged, this, &MainWindow::showPending);
    connect(workspace_.get(), &Workspace::noticed, messages_, &ui::MessageBar::show);
    connect(&workspace_->lane(), &ui::Lane::activityChanged, this, &MainWindow::showActivity);
    connect(workspace_.get(), &Workspace::metadataChanged, this, [this] {
        if (!wantedTable_ || !workspace_->isSchemaRead())
            return;
        QualifiedName name = *std::exchange(wantedTable_, std::nullopt);
        if (!workspace_->metadata().table(name))
            for (const TablePtr &table : workspace_->metadata().sortedTables().order) {
                name = table->name;
                break;
            }
        workspace_->showTable(name);
    });
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
        dock->toggleViewAction()->setShortcut(QKeySequence(entry.shortcut));
        viewMenu_->addAction(dock->toggleViewAction());
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

void MainWindow::closeDatabase()
{
    if (!workspace_)
        return;
    for (QAction *page : pages_)
        page->setChecked(false);
    application_.settings().setWindow(saveGeometry(), saveState());
    activityTimer_.stop();
    workspace_->disconnect(this);
    workspace_->lane().disconnect(this);
    journal_.reset();
    for (QDockWidget *dock : docks_) {
        viewMenu_->removeAction(dock->toggleViewAction());
        delete dock;
    }
    docks_.clear();
    roomGiven_.clear();
    for (QAction *page : std::exchange(pages_, {}))
        delete page->parent(); // the page, which owns its action
    delete std::exchange(grid_, nullptr);
    workspace_.reset();
    lastUrl_.reset();
    messages_->hide();
    start_->showWelcome();
    showState();
    showPending();
}

void MainWindow::afterPendingDecision(const std::function<void()> &then)
{
    const int pending = workspace_ ? static_cast<int>(workspace_->session().unitOfWork().size()) : 0;
    if (pending == 0)
        return then();
    using Decision = ui::PendingDialog::Decision;
    auto *dialog = new ui::PendingDialog(pending, databaseName(), this);
    connect(dialog, &ui::PendingDialog::decided, this, [this, then](Decision decision) {
        switch (decision) {
        case Decision::Stay:
            return;
        case Decision::Keep:
            return then();
        case Decision::Discard:
            workspace_->session().unitOfWork().discardAll();
            return then();
        case Decision::Commit:
            break;
        }
        // Goes on only when everything was written; else all is still here to be looked at.
        connect(
            workspace_.get(), &Workspace::runFinished, this,
            [then](RunMode, const Report &report) {
                if (report.committed)
                    then();
            },
            static_cast<Qt::ConnectionType>(Qt::QueuedConnection | Qt::SingleShotConnection));
        workspace_->run(RunMode::Commit);
    });
    dialog->open();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    const bool isPending = workspace_ && !workspace_->session().unitOfWork().isEmpty();
    if (mayClose_ || !isPending) {
        for (QAction *page : pages_) // with the docks as they are beside the data
            page->setChecked(false);
        if (workspace_)
            application_.settings().setWindow(saveGeometry(), saveState());
        return event->accept();
    }
    event->ignore();
    afterPendingDecision([this] {
        mayClose_ = true;
        close();
    });
}

void MainWindow::offerKeptEdits()
{
    if (!journal_ || !journal_->kept())
        return;
    const auto &kept = *journal_->kept();
    const QString when = QDateTime::fromString(QString::fromStdString(kept.savedAt), Qt::ISODate)
                             .toLocalTime()
                             .toString(QStringLiteral("yyyy-MM-dd HH:mm"));
    messages_->ask(kept.changes.size() == 1 ? tr("One edit from %1 was not committed.").arg(when)
                                            : tr("%1 edits from %2 were not committed.").arg(kept.changes.size()).arg(when),
                   {{tr("Restore"), [this] { journal_->restore(); }}, {tr("Forget"), [this] { journal_->forget(); }}});
}

void MainWindow::showState()
{
    const Workspace::State state = workspace_ ? workspace_->state() : Workspace::State::Closed;
    const bool isOpen = state == Workspace::State::Open;
    const bool isNewlyOpen = isOpen && centre_->currentWidget() != grid_;
    const bool hasPage = std::ranges::any_of(pages_, &QAction::isChecked);
    if (!isOpen || !hasPage)
        centre_->setCurrentWidget(isOpen ? static_cast<QWidget *>(grid_) : start_);
    for (QDockWidget *dock : docks_)
        dock->widget()->setEnabled(isOpen || dock->objectName() == QLatin1String("log"));
    start_->setRecent(application_.settings().recent());
    if (state == Workspace::State::Opening)
        start_->showBusy(tr("Opening %1…").arg(databaseName()));
    if (state == Workspace::State::Failed)
        start_->showFailure(tr("%1 could not be opened").arg(databaseName()), *workspace_->openError());
    QString text;
    if (workspace_) {
        text = ui::toQString(workspace_->engine().url().text());
        if (isOpen && !workspace_->metadata().serverVersion.empty())
            text += QStringLiteral("   %1 %2").arg(ui::toQString(workspace_->metadata().dialect),
                                                  ui::toQString(workspace_->metadata().serverVersion));
        if (workspace_->isReadOnly())
            text += tr("   read-only");
    }
    connection_->setText(text);
    refresh_->setEnabled(workspace_ != nullptr);
    close_->setEnabled(workspace_ != nullptr);
    if (isNewlyOpen)
        offerKeptEdits();
    showPending();
}

void MainWindow::showPending()
{
    UnitOfWork *unit = workspace_ ? &workspace_->session().unitOfWork() : nullptr;
    const auto pending = unit ? static_cast<int>(unit->size()) : 0;
    undo_->setEnabled(unit && unit->canUndo());
    redo_->setEnabled(unit && unit->canRedo());
    const bool canRun = pending > 0 && !unit->isFrozen();
    for (QAction *action : {discard_, rehearse_, commit_})
        action->setEnabled(canRun);
    commit_->setText(pending ? tr("Commit %1").arg(pending) : tr("Commit"));
    pendingLabel_->setText(pending == 0 ? QString() : pending == 1 ? tr("1 pending edit") : tr("%1 pending edits").arg(pending));
    setWindowModified(pending > 0);
    setWindowTitle(workspace_ ? tr("%1[*] – Schemawright").arg(databaseName()) : tr("Schemawright"));
}

void MainWindow::showActivity()
{
    const bool isBusy = workspace_ && workspace_->lane().isBusy();
    if (isBusy && !activityTimer_.isActive()) {
        activitySince_.start();
        activityTimer_.start();
    } else if (!isBusy)
        activityTimer_.stop();
    // What is quicker than a blink needs no sign.
    const bool isLong = isBusy && activitySince_.elapsed() > 200;
    cancel_->setVisible(isLong);
    activity_->setText(isLong ? QStringLiteral("%1  %2 s").arg(workspace_->lane().currentTitle())
                                    .arg(static_cast<double>(activitySince_.elapsed()) / 1000, 0, 'f', 1)
                              : QString());
}

void MainWindow::showFailure(const Error &error)
{
    busy_ = false;
    start_->showFailure(tr("The database could not be opened"), error);
    centre_->setCurrentWidget(start_);
}

void MainWindow::showBusy(const QString &text)
{
    busy_ = !text.isEmpty();
    if (busy_)
        start_->showBusy(text);
}

void MainWindow::showTableWhenRead(const QualifiedName &table) { wantedTable_ = table; }

QString MainWindow::databaseName() const
{
    return workspace_ ? ui::toQString(workspace_->engine().url().displayName()) : QString();
}

void MainWindow::fillRecent()
{
    recentMenu_->clear();
    for (const QString &url : application_.settings().recent())
        recentMenu_->addAction(url, this, [this, url] { application_.openText(url, false, this); });
    if (recentMenu_->isEmpty())
        recentMenu_->addAction(tr("Nothing yet"))->setEnabled(false);
}

void MainWindow::askForFile(bool readOnly)
{
    auto *dialog = new QFileDialog(this, tr("Open SQLite File"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("SQLite databases (*.db *.sqlite *.sqlite3 *.db3)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, readOnly](const QString &path) { application_.openText(path, readOnly, this); });
    dialog->open();
}

void MainWindow::askForConnection(const std::optional<Url> &url)
{
    auto *dialog = new ui::ConnectDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (url)
        dialog->setUrl(*url);
    connect(dialog, &ui::ConnectDialog::chosen, this, [this](const Url &chosen) { application_.open(chosen, this); });
    dialog->open();
}

void MainWindow::showAbout()
{
    auto *box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("About Schemawright"));
    box->setText(tr("Schemawright %1").arg(QApplication::applicationVersion()));
    box->setInformativeText(tr("A workbench for relational databases: browse, edit and design them, see every statement, "
                               "and write nothing until you commit."));
    box->open();
}

} // namespace schemawright
