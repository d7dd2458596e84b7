#include "app/main_window.h"

#include "app/application.h"
#include "ui/adapt/text.h"
#include "ui/dialogs/connect_dialog.h"
#include "ui/dialogs/pending_dialog.h"
#include "ui/panels/data_grid/data_grid_panel.h"
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
#include <QMenu>
#include <QMessageBox>
#include <QScreen>
#include <QStackedWidget>
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
    setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea); // what is pending wants width, the inspector height
    centre_->addWidget(start_);
    centre_->setMinimumSize(320, 200); // fits the half of a screen, whatever its pages like to have
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
    const QSize room = screen()->availableGeometry().size();
    if (!restoreGeometry(application_.settings().windowGeometry()) &&
        (width() > room.width() || height() > room.height()))
        setWindowState(Qt::WindowMaximized);
    showState();
    showPending();
}

MainWindow::~MainWindow() { closeDatabase(); }

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
    connect(journal_.get(), &ui::JournalKeeper::offered, this, &MainWindow::offerKeptEdits);
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
    messages_->clear();
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
    auto *dialog = new ui::PendingDialog(pending, databaseName(), workspace_->whyNoRun(), this);
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

/// Once they are read and the database is open, whichever comes last.
void MainWindow::offerKeptEdits(const QString &why)
{
    if (!journal_ || !journal_->kept() || workspace_->state() != Workspace::State::Open)
        return;
    const auto &kept = *journal_->kept();
    const QString when = QDateTime::fromString(QString::fromStdString(kept.savedAt), Qt::ISODate)
                             .toLocalTime()
                             .toString(QStringLiteral("yyyy-MM-dd HH:mm"));
    const QString what = kept.changes.size() == 1
                             ? tr("One edit from %1 was not committed.").arg(when)
                             : tr("%1 edits from %2 were not committed.")
                                   .arg(ui::grouped(static_cast<std::int64_t>(kept.changes.size())))
                                   .arg(when);
    messages_->ask(why.isEmpty() ? what : what + u' ' + why,
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
            text += QStringLiteral("   ") +
                    ui::serverTitle(workspace_->metadata().dialect, workspace_->metadata().serverVersion);
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
    discard_->setEnabled(pending > 0 && !unit->isFrozen());
    for (QAction *action : {rehearse_, commit_})
        action->setEnabled(workspace_ && workspace_->canRun());
    commit_->setText(pending ? tr("Commit %1").arg(pending) : tr("Commit"));
    const QString why = workspace_ ? workspace_->whyNoRun() : QString();
    for (QAction *action : {rehearse_, commit_}) {
        const QString plain = tr("%1 (%2)").arg(QString(action->text()).remove(u'&'),
                                                action->shortcut().toString(QKeySequence::NativeText));
        action->setToolTip(why.isEmpty() ? plain : ui::tipText(why));
    }
    pendingLabel_->setText(pending == 0   ? QString()
                           : pending == 1 ? tr("1 pending edit")
                                          : tr("%1 pending edits").arg(pending));
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
    activity_->setText(isLong ? QStringLiteral("%1  %2 s")
                                    .arg(workspace_->lane().currentTitle())
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
    box->setInformativeText(
        tr("A workbench for relational databases: browse, edit and design them, see every statement, "
           "and write nothing until you commit."));
    box->open();
}

} // namespace schemawright
