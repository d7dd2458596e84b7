#include "ui/dialogs/connect_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QIntValidator>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

namespace schemawright::ui {

namespace {

enum Kind { PostgreSql, MySql, Sqlite };
enum Page { ServerPage, FilePage };

/// What a server's kind says differently.
struct Server
{
    const char *scheme;
    const char *port;
    bool prefersTls; ///< and verifies certificates; the other's driver only does as it is told
};
constexpr Server servers[] = {{"postgresql", "5432", true}, {"mysql", "3306", false}};

QFormLayout *makeForm(QWidget *page)
{
    auto *form = new QFormLayout(page);
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(8);
    form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    return form;
}

} // namespace

ConnectDialog::ConnectDialog(QWidget *parent) : QDialog(parent)
{
    setWindowTitle(tr("Connect to Database"));
    setModal(true);
    setMinimumWidth(520);

    kind_ = new QComboBox;
    kind_->setObjectName(QStringLiteral("kind"));
    kind_->addItem(tr("PostgreSQL"));
    kind_->addItem(tr("MySQL or MariaDB"));
    kind_->addItem(tr("SQLite file"));

    pages_ = new QStackedWidget;
    pages_->addWidget(makeServerPage());
    pages_->addWidget(makeFilePage());

    readOnly_ = new QCheckBox(tr("Read-only: refuse every change"));
    readOnly_->setObjectName(QStringLiteral("readOnly"));

    urlField_ = new QLineEdit;
    urlField_->setObjectName(QStringLiteral("url"));
    urlField_->setToolTip(tr("The same as a URL. Type or paste one to fill the fields."));

    message_ = new QLabel;
    message_->setObjectName(QStringLiteral("message"));
    message_->setWordWrap(true);
    message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    message_->hide();

    auto *buttons = new QDialogButtonBox;
    test_ = buttons->addButton(tr("Test"), QDialogButtonBox::ActionRole);
    buttons->addButton(QDialogButtonBox::Cancel)->setIcon({}); // like the others
    connect_ = buttons->addButton(tr("Connect"), QDialogButtonBox::AcceptRole);
    connect_->setDefault(true);
    connect_->setProperty("primary", true);
    test_->setObjectName(QStringLiteral("test"));
    connect_->setObjectName(QStringLiteral("connect"));

    auto *top = new QWidget;
    QFormLayout *topForm = makeForm(top);
    topForm->addRow(tr("Database kind"), kind_);
    auto *bottom = new QWidget;
    QFormLayout *bottomForm = makeForm(bottom);
    bottomForm->addRow(QString(), readOnly_);
    bottomForm->addRow(tr("URL"), urlField_);
    // The labels of the three forms line up, so that they read as one.
    int labelWidth = 0;
    for (QWidget *form : {top, pages_->widget(0), pages_->widget(1), bottom})
        for (QLabel *label : form->findChildren<QLabel *>())
            labelWidth = std::max(labelWidth, label->sizeHint().width());
    for (QWidget *form : {top, pages_->widget(0), pages_->widget(1), bottom})
        for (QLabel *label : form->findChildren<QLabel *>())
            if (label->objectName().isEmpty())
                label->setMinimumWidth(labelWidth);
    readOnly_->setContentsMargins(labelWidth, 0, 0, 0);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 20, 20, 16);
    layout->setSpacing(10);
    layout->addWidget(top);
    layout->addWidget(pages_);
    layout->addWidget(bottom);
    layout->addWidget(message_);
    layout->addSpacing(4);
    layout->addWidget(buttons);

    connect(kind_, &QComboBox::currentIndexChanged, this, &ConnectDialog::showFields);
    connect(kind_, &QComboBox::currentIndexChanged, this, &ConnectDialog::updateUrlField);
    for (QLineEdit *field : {host_, port_, database_, user_, password_, file_})
        connect(field, &QLineEdit::textChanged, this, &ConnectDialog::updateUrlField);
    connect(sslMode_, &QComboBox::currentIndexChanged, this, &ConnectDialog::updateUrlField);
    connect(readOnly_, &QCheckBox::toggled, this, &ConnectDialog::updateUrlField);
    connect(urlField_, &QLineEdit::textEdited, this, &ConnectDialog::takeUrlField);
    connect(test_, &QPushButton::clicked, this, &ConnectDialog::test);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        Q_EMIT chosen(url());
        accept();
    });
    showFields();
    updateUrlField();
    host_->setFocus();
}

ConnectDialog::~ConnectDialog() { testJob_.abandon(); }

QWidget *ConnectDialog::makeServerPage()
{
    auto *page = new QWidget;
    QFormLayout *form = makeForm(page);
    host_ = new QLineEdit;
    host_->setObjectName(QStringLiteral("host"));
    host_->setPlaceholderText(tr("localhost, or the folder of a socket"));
    port_ = new QLineEdit;
    port_->setObjectName(QStringLiteral("port"));
    port_->setValidator(new QIntValidator(1, 65535, port_));
    port_->setFixedWidth(80);
    database_ = new QLineEdit;
    database_->setObjectName(QStringLiteral("database"));
    user_ = new QLineEdit;
    user_->setObjectName(QStringLiteral("user"));
    password_ = new QLineEdit;
    password_->setObjectName(QStringLiteral("password"));
    password_->setEchoMode(QLineEdit::Password);
    password_->setPlaceholderText(tr("Not stored"));
    sslMode_ = new QComboBox;
    sslMode_->setObjectName(QStringLiteral("sslMode"));

    auto *hostRow = new QHBoxLayout;
    hostRow->addWidget(host_, 1);
    auto *portLabel = new QLabel(tr("Port"));
    portLabel->setObjectName(QStringLiteral("portLabel")); // stands in the row, not before it
    hostRow->addSpacing(4);
    hostRow->addWidget(portLabel);
    hostRow->addSpacing(4);
    hostRow->addWidget(port_);
    form->addRow(tr("Host"), hostRow);
    form->addRow(tr("Database"), database_);
    form->addRow(tr("User"), user_);
    form->addRow(tr("Password"), password_);
    form->addRow(tr("TLS"), sslMode_);
    return page;
}

QWidget *ConnectDialog::makeFilePage()
{
    auto *page = new QWidget;
    QFormLayout *form = makeForm(page);
    file_ = new QLineEdit;
    file_->setObjectName(QStringLiteral("file"));
    auto *choose = new QPushButton(tr("Choose…"));
    connect(choose, &QPushButton::clicked, this, &ConnectDialog::browse);
    auto *row = new QHBoxLayout;
    row->addWidget(file_, 1);
    row->addWidget(choose);
    form->addRow(tr("File"), row);
    return page;
}

void ConnectDialog::showFields()
{
    const int kind = kind_->currentIndex();
    pages_->setCurrentIndex(kind == Sqlite ? FilePage : ServerPage);
    if (kind == Sqlite)
        return;
    const Server &server = servers[kind];
    port_->setPlaceholderText(QString::fromLatin1(server.port));
    const QString chosen = sslMode_->currentData().toString();
    const QSignalBlocker blocker(sslMode_);
    sslMode_->clear();
    sslMode_->addItem(server.prefersTls ? tr("Prefer (use TLS when the server has it)") : tr("Never"), QString());
    sslMode_->addItem(tr("Require"), QStringLiteral("require"));
    if (server.prefersTls) {
        sslMode_->addItem(tr("Verify the certificate"), QStringLiteral("verify-ca"));
        sslMode_->addItem(tr("Verify the certificate and the host name"), QStringLiteral("verify-full"));
        sslMode_->addItem(tr("Never"), QStringLiteral("disable"));
    }
    sslMode_->setCurrentIndex(std::max(0, sslMode_->findData(chosen)));
}

void ConnectDialog::browse()
{
    auto *dialog = new QFileDialog(this, tr("Choose a SQLite File"));
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QFileDialog::fileSelected, file_, &QLineEdit::setText);
    dialog->open();
}

Url ConnectDialog::url() const
{
    Url url;
    ConnectArguments &arguments = url.arguments;
    arguments.options = otherOptions_;
    arguments.readOnly = readOnly_->isChecked();
    if (kind_->currentIndex() == Sqlite) {
        url.scheme = "sqlite";
        arguments.database = file_->text().toStdString();
        return url;
    }
    url.scheme = servers[kind_->currentIndex()].scheme;
    arguments.host = host_->text().trimmed().toStdString();
    arguments.port = port_->text().toInt();
    arguments.database = database_->text().toStdString();
    arguments.user = user_->text().toStdString();
    arguments.password = password_->text().toStdString();
    if (const QString mode = sslMode_->currentData().toString(); !mode.isEmpty())
        arguments.options["sslmode"] = mode.toStdString();
    return url;
}

void ConnectDialog::setUrl(const Url &url)
{
    const ConnectArguments &arguments = url.arguments;
    syncing_ = true;
    kind_->setCurrentIndex(url.scheme == "sqlite" ? Sqlite : url.scheme == "mysql" ? MySql : PostgreSql);
    otherOptions_ = arguments.options;
    readOnly_->setChecked(arguments.readOnly);
    if (url.scheme == "sqlite")
        file_->setText(url.isMemory() ? QString() : QString::fromStdString(arguments.database));
    else {
        host_->setText(QString::fromStdString(arguments.host));
        port_->setText(arguments.port ? QString::number(arguments.port) : QString());
        database_->setText(QString::fromStdString(arguments.database));
        user_->setText(QString::fromStdString(arguments.user));
        if (arguments.password != "***") // the URL as printed, typed over: the password stays what it was
            password_->setText(QString::fromStdString(arguments.password));
        const auto mode = otherOptions_.extract("sslmode");
        const int index = mode ? sslMode_->findData(QString::fromStdString(mode.mapped())) : 0;
        sslMode_->setCurrentIndex(std::max(0, index));
        if (index < 0) // one that has no place in the list
            otherOptions_["sslmode"] = mode.mapped();
    }
    syncing_ = false;
    updateButtons();
}

void ConnectDialog::updateUrlField()
{
    if (syncing_)
        return;
    urlField_->setText(QString::fromStdString(url().text()));
    urlField_->setCursorPosition(0);
    message_->hide();
    updateButtons();
}

void ConnectDialog::takeUrlField()
{
    try {
        const Url typed = Url::parse(urlField_->text().trimmed().toStdString());
        if (typed.scheme != "sqlite" && typed.scheme != "postgresql" && typed.scheme != "mysql")
            throw Error(ErrorKind::Unsupported, "no driver for '" + typed.scheme + "' databases");
        const int cursor = urlField_->cursorPosition();
        setUrl(typed);
        if (!typed.arguments.password.empty() && typed.arguments.password != "***") {
            // The password has gone to its own field; it must not stay readable here.
            urlField_->setText(QString::fromStdString(url().text()));
            urlField_->setCursorPosition(std::min(cursor, static_cast<int>(urlField_->text().size())));
        }
        message_->hide();
    } catch (const Error &error) {
        showTestResult(QString::fromStdString(error.message), "error");
        connect_->setEnabled(false);
        test_->setEnabled(false);
    }
}

void ConnectDialog::updateButtons()
{
    const bool enough = kind_->currentIndex() != Sqlite || !file_->text().isEmpty();
    connect_->setEnabled(enough);
    test_->setEnabled(enough || testJob_.isActive());
    test_->setText(testJob_.isActive() ? tr("Cancel Test") : tr("Test"));
}

void ConnectDialog::showTestResult(const QString &text, const char *severity)
{
    message_->setText(text);
    message_->setProperty("severity", QString::fromLatin1(severity));
    message_->style()->unpolish(message_); // so that the style sheet sees the new property
    message_->style()->polish(message_);
    message_->show();
}

void ConnectDialog::test()
{
    if (testJob_.isActive()) {
        testJob_.abandon();
        testLane_.reset();
        showTestResult(tr("The test was cancelled."), "info");
        updateButtons();
        return;
    }
    showTestResult(tr("Connecting…"), "info");
    try {
        testLane_ = std::make_unique<Lane>(Engine::open(url()));
    } catch (const Error &error) {
        showTestResult(QString::fromStdString(error.describe()), "error");
        return;
    }
    testJob_ = testLane_->run(
        this, tr("Testing the connection"),
        [](Connection &connection, std::stop_token) { return connection.serverVersion(); },
        [this](const std::string &version) {
            showTestResult(tr("It works. The server says it is version %1.").arg(QString::fromStdString(version)),
                           "success");
            updateButtons();
        },
        [this](const Error &error) {
            showTestResult(QString::fromStdString(error.describe()), "error");
            updateButtons();
        });
    updateButtons();
}

} // namespace schemawright::ui
