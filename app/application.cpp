#include "app/application.h"

#include "app/main_window.h"
#include "app/sample.h"
#include "schemawright/base/error.h"

#include <QApplication>
#include <QPointer>
#include <QStandardPaths>

#include <thread>

namespace schemawright {

Application::Application(QObject *parent) : QObject(parent) { ui::theme().apply(settings_.themeMode()); }

Application::~Application() = default;

std::filesystem::path Application::journalFolder() const
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation);
    return std::filesystem::path(folder.toStdString()) / "pending";
}

std::filesystem::path Application::modelFolder() const { return journalFolder().parent_path() / "models"; }

MainWindow *Application::newWindow()
{
    auto *window = new MainWindow(*this);
    window->setAttribute(Qt::WA_DeleteOnClose);
    window->show();
    return window;
}

MainWindow *Application::open(const Url &url, MainWindow *reuse)
{
    MainWindow *window = reuse && !reuse->hasDatabase() ? reuse : newWindow();
    window->openDatabase(url);
    return window;
}

MainWindow *Application::openText(const QString &text, bool readOnly, MainWindow *reuse)
{
    try {
        Url url = Url::parse(text.toStdString());
        url.arguments.readOnly = url.arguments.readOnly || readOnly;
        if (url.isFile()) // so that the same file has the same journal from wherever it is opened
            url.arguments.database = std::filesystem::absolute(url.arguments.database).lexically_normal().string();
        return open(url, reuse);
    } catch (const Error &error) {
        MainWindow *window = reuse && !reuse->hasDatabase() ? reuse : newWindow();
        window->showFailure(error);
        return window;
    }
}

MainWindow *Application::openSample(MainWindow *reuse)
{
    MainWindow *window = reuse && !reuse->hasDatabase() ? reuse : newWindow();
    window->showBusy(tr("Preparing the sample database…"));
    std::thread([this, target = QPointer<MainWindow>(window)] {
        std::string path;
        std::optional<Error> failure;
        try {
            path = samplePath();
        } catch (const Error &error) {
            failure = error;
        }
        QMetaObject::invokeMethod(
            qApp,
            [this, target, path, failure] {
                if (!target)
                    return;
                if (failure)
                    return target->showFailure(*failure);
                target->showBusy({});
                openText(QString::fromStdString(path), false, target);
                target->showTableWhenRead({"main", "taxon"});
            },
            Qt::QueuedConnection);
    }).detach();
    return window;
}

void Application::setTheme(ui::Theme::Mode mode)
{
    settings_.setThemeMode(mode);
    ui::theme().apply(mode);
}

} // namespace schemawright
