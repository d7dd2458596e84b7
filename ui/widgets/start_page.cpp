#include "ui/widgets/start_page.h"

#include "ui/theme/theme.h"

#include <QGridLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QRegularExpression>
#include <QVBoxLayout>

namespace schemawright::ui {

namespace {

/// Content in a column of readable width, in the middle.
QWidget *centred(QVBoxLayout *content)
{
    auto *page = new QWidget;
    auto *column = new QWidget;
    column->setMaximumWidth(520);
    column->setMinimumWidth(420);
    column->setLayout(content);
    auto *grid = new QGridLayout(page);
    grid->addWidget(column, 1, 1);
    grid->setRowStretch(0, 1);
    grid->setRowStretch(2, 2);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(2, 1);
    return page;
}

} // namespace

StartPage::StartPage(QWidget *parent)
    : QWidget(parent), busy_(new QLabel), failureTitle_(new QLabel), failureText_(new QLabel), failureHint_(new QLabel),
      recent_(new QListWidget), recentTitle_(new QLabel(tr("Opened lately")))
{
    auto *icon = new QLabel;
    icon->setPixmap(theme().icon(QStringLiteral("app")).pixmap(QSize(72, 72), devicePixelRatioF()));
    auto *title = new QLabel(tr("Schemawright"));
    QFont large = font();
    large.setPixelSize(24);
    large.setWeight(QFont::DemiBold);
    title->setFont(large);
    auto *subtitle = new QLabel(tr("Browse, edit and design databases. Nothing is written until you commit."));
    subtitle->setProperty("role", QStringLiteral("muted"));
    subtitle->setWordWrap(true);

    auto *file = new QPushButton(theme().icon(QStringLiteral("open")), tr("Open SQLite File…"));
    auto *server = new QPushButton(theme().icon(QStringLiteral("connect")), tr("Connect to Database…"));
    auto *sample = new QPushButton(theme().icon(QStringLiteral("database")), tr("Open the Sample"));
    for (QPushButton *each : {file, server, sample})
        each->setMinimumHeight(34);
    recent_->setFrameShape(QFrame::NoFrame);
    recent_->setMaximumHeight(220);
    recent_->setTextElideMode(Qt::ElideMiddle); // where it is and what it is called are the ends
    recent_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    recent_->setUniformItemSizes(true);
    recent_->setToolTip(tr("Double-click to open it"));
    recentTitle_->setProperty("role", QStringLiteral("muted"));

    auto *column = new QVBoxLayout;
    column->setSpacing(8);
    column->addWidget(icon);
    column->addWidget(title);
    column->addWidget(subtitle);
    column->addSpacing(12);
    column->addWidget(file);
    column->addWidget(server);
    column->addWidget(sample);
    column->addSpacing(12);
    column->addWidget(recentTitle_);
    column->addWidget(recent_);
    welcome_ = centred(column);

    failureTitle_->setProperty("role", QStringLiteral("title"));
    failureTitle_->setWordWrap(true);
    failureTitle_->setTextFormat(Qt::PlainText);
    failureText_->setObjectName(QStringLiteral("failureText"));
    failureText_->setTextFormat(Qt::PlainText);
    failureText_->setProperty("severity", QStringLiteral("error"));
    failureHint_->setObjectName(QStringLiteral("failureHint"));
    failureHint_->setTextFormat(Qt::PlainText);
    failureHint_->setProperty("role", QStringLiteral("muted"));
    for (QLabel *each : {failureTitle_, failureText_, failureHint_}) {
        each->setWordWrap(true);
        each->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    auto *retry = new QPushButton(tr("Try Again"));
    retry->setProperty("primary", true);
    auto *other = new QPushButton(tr("Open Something Else"));
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(retry);
    buttons->addWidget(other);
    buttons->addStretch(1);
    auto *failureColumn = new QVBoxLayout;
    failureColumn->setSpacing(10);
    failureColumn->addWidget(failureTitle_);
    failureColumn->addWidget(failureText_);
    failureColumn->addWidget(failureHint_);
    failureColumn->addLayout(buttons);
    failure_ = centred(failureColumn);

    busy_->setAlignment(Qt::AlignCenter);
    busy_->setProperty("role", QStringLiteral("muted"));

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    for (QWidget *each : {welcome_, failure_, static_cast<QWidget *>(busy_)})
        layout->addWidget(each);
    connect(file, &QPushButton::clicked, this, &StartPage::openFileWanted);
    connect(server, &QPushButton::clicked, this, &StartPage::connectWanted);
    connect(sample, &QPushButton::clicked, this, &StartPage::sampleWanted);
    connect(retry, &QPushButton::clicked, this, &StartPage::retryWanted);
    connect(other, &QPushButton::clicked, this, &StartPage::otherWanted);
    connect(recent_, &QListWidget::itemActivated, this,
            [this](const QListWidgetItem *item) { Q_EMIT recentWanted(item->text()); });
    showWelcome();
}

void StartPage::setRecent(const QStringList &urls)
{
    recent_->clear();
    for (const QString &url : urls) {
        auto *item = new QListWidgetItem(url, recent_);
        item->setSizeHint({0, 26});
        item->setToolTip(url);
    }
    recent_->setVisible(!urls.isEmpty());
    recentTitle_->setVisible(!urls.isEmpty());
}

void StartPage::showWelcome()
{
    welcome_->show();
    failure_->hide();
    busy_->hide();
}

void StartPage::showBusy(const QString &text)
{
    busy_->setText(text);
    welcome_->hide();
    failure_->hide();
    busy_->show();
}

void StartPage::showFailure(const QString &what, const Error &error)
{
    failureTitle_->setText(what);
    static const QRegularExpression indent(QStringLiteral("\\s*\\n\\s*")); // libpq sets its second line off by a tab
    QString text = QString::fromStdString(error.message).replace(indent, QStringLiteral("\n"));
    if (!error.nativeCode.empty())
        text += QStringLiteral("  [%1]").arg(QString::fromStdString(error.nativeCode));
    if (!error.detail.empty())
        text += u'\n' + QString::fromStdString(error.detail);
    failureText_->setText(text);
    const QString hint = QString::fromStdString(error.hint);
    failureHint_->setText(hint);
    failureHint_->setVisible(!hint.isEmpty() && !text.contains(hint.section(u' ', 0, 3))); // the server asks so itself
    welcome_->hide();
    busy_->hide();
    failure_->show();
}

} // namespace schemawright::ui
