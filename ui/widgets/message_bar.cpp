#include "ui/widgets/message_bar.h"

#include "ui/theme/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace schemawright::ui {

namespace {

QString iconName(Notice::Severity severity)
{
    switch (severity) {
    case Notice::Severity::Info:
        return QStringLiteral("info");
    case Notice::Severity::Success:
        return QStringLiteral("success");
    case Notice::Severity::Warning:
        return QStringLiteral("warning");
    case Notice::Severity::Error:
        break;
    }
    return QStringLiteral("error");
}

QColor ground(Notice::Severity severity)
{
    const Colors &colors = theme().colors();
    switch (severity) {
    case Notice::Severity::Info:
        return colors.infoTint;
    case Notice::Severity::Success:
        return colors.successTint;
    case Notice::Severity::Warning:
        return colors.warningTint;
    case Notice::Severity::Error:
        break;
    }
    return colors.errorTint;
}

} // namespace

MessageBar::MessageBar(QWidget *parent)
    : QFrame(parent), icon_(new QLabel), text_(new QLabel), detail_(new QLabel), more_(new QToolButton),
      copy_(new QToolButton), close_(new QToolButton), choices_(new QHBoxLayout)
{
    setObjectName(QStringLiteral("messageBar"));
    setAutoFillBackground(true);
    text_->setObjectName(QStringLiteral("messageText"));
    for (QLabel *each : {text_, detail_}) // what a database says is no HTML
        each->setTextFormat(Qt::PlainText);
    text_->setWordWrap(true);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    detail_->setWordWrap(true);
    detail_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    detail_->setProperty("role", QStringLiteral("muted"));
    detail_->setContentsMargins(24, 0, 0, 0);
    more_->setText(tr("Details"));
    more_->setCheckable(true);
    copy_->setText(tr("Copy"));
    close_->setText(QStringLiteral("✕"));
    close_->setToolTip(tr("Close this message"));

    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(icon_, 0, Qt::AlignVCenter);
    row->addWidget(text_, 1);
    row->addLayout(choices_);
    row->addWidget(more_);
    row->addWidget(copy_);
    row->addWidget(close_);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 5, 8, 5);
    layout->setSpacing(2);
    layout->addLayout(row);
    layout->addWidget(detail_);
    timer_.setSingleShot(true);
    connect(&timer_, &QTimer::timeout, this, &QWidget::hide);
    connect(more_, &QToolButton::toggled, detail_, &QWidget::setVisible);
    connect(copy_, &QToolButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(detail_->text().isEmpty() ? text_->text() : detail_->text());
    });
    connect(close_, &QToolButton::clicked, this, &MessageBar::answered);
    hide();
}

void MessageBar::present(const Notice &notice)
{
    while (QLayoutItem *item = choices_->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    icon_->setPixmap(theme().icon(iconName(notice.severity)).pixmap(QSize(16, 16), devicePixelRatioF()));
    QPalette colors = palette();
    colors.setColor(QPalette::Window, ground(notice.severity));
    setPalette(colors);
    text_->setText(notice.text);
    const bool hasMore = !notice.detail.isEmpty() && notice.detail != notice.text;
    detail_->setText(hasMore ? notice.detail : QString());
    more_->setChecked(false);
    detail_->hide();
    more_->setVisible(hasMore);
    copy_->setVisible(notice.severity == Notice::Severity::Error);
    QFrame::show();
}

void MessageBar::show(const Notice &notice)
{
    if (asking_) { // a question waits for its answer, and what was said meanwhile for its turn
        waiting_ = notice;
        return;
    }
    present(notice);
    const bool goes = notice.severity == Notice::Severity::Info || notice.severity == Notice::Severity::Success;
    if (goes)
        timer_.start(6000);
    else
        timer_.stop();
}

void MessageBar::ask(const QString &text, const std::vector<std::pair<QString, std::function<void()>>> &choices)
{
    present({Notice::Severity::Info, text, {}});
    timer_.stop();
    asking_ = true;
    for (const auto &[label, act] : choices) {
        auto *button = new QPushButton(label);
        choices_->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, act] {
            answered();
            act();
        });
    }
}

void MessageBar::clear()
{
    waiting_.reset();
    answered();
}

void MessageBar::answered()
{
    asking_ = false;
    hide();
    if (const auto next = std::exchange(waiting_, std::nullopt))
        show(*next);
}

} // namespace schemawright::ui
