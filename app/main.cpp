#include "app/application.h"
#include "app/commands/command_line.h"
#include "app/main_window.h"
#include "app/render_first_window.h"
#include "app/sample.h"
#include "schemawright/backends/qtsql/mysql_driver.h"
#include "schemawright/base/blocking.h"
#include "schemawright/base/error.h"
#include "ui/async/lane.h"

#include <QApplication>

#include <cstdio>
#include <cstdlib>

#include <CLI/CLI.hpp>

using namespace schemawright;

namespace {

struct Arguments
{
    std::vector<std::string> sources;
    std::string firstWindow;
    bool readOnly = false, dark = false, light = false, samplePath = false;
};

int openWindows(int argc, char **argv, const Arguments &arguments)
{
    QApplication qtApplication(argc, argv);
    forbidBlockingOnThisThread();
    int status = 0;
    {
        Application application;
        if (arguments.dark || arguments.light)
            ui::theme().apply(arguments.dark ? ui::Theme::Mode::Dark : ui::Theme::Mode::Light);
        MainWindow *first = nullptr;
        if (arguments.sources.empty())
            first = application.openSample();
        for (const std::string &source : arguments.sources) {
            MainWindow *window = application.openText(QString::fromStdString(source), arguments.readOnly);
            if (!first)
                first = window;
        }
        if (!arguments.firstWindow.empty())
            renderFirstWindow(*first, QString::fromStdString(arguments.firstWindow));
        status = QApplication::exec();
    }
    // A driver that does not come back must not keep the program from ending.
    if (!ui::Lane::waitForThreads(3000))
        std::_Exit(status);
    return status;
}

} // namespace

int main(int argc, char **argv)
{
    addQtSqlBackends();
    if (argc > 1 && isCommandWord(argv[1]))
        return runCommand(argc, argv);

    QCoreApplication::setOrganizationName(QStringLiteral("Schemawright"));
    QCoreApplication::setApplicationName(QStringLiteral("schemawright"));
    QCoreApplication::setApplicationVersion(QStringLiteral(SCHEMAWRIGHT_VERSION));

    Arguments arguments;
    CLI::App app("A workbench for relational databases. Opens the window on the sample, or on what is named.\n"
                 "Commands without a window: inspect, ddl, diff, query, models (schemawright COMMAND --help).",
                 "schemawright");
    app.set_version_flag("--version", SCHEMAWRIGHT_VERSION);
    app.add_option("SOURCE", arguments.sources, "Database URLs or SQLite files");
    app.add_flag("--read-only", arguments.readOnly, "Refuse every change");
    app.add_flag("--dark", arguments.dark, "Dark colours, this time");
    app.add_flag("--light", arguments.light, "Light colours, this time");
    app.add_flag("--sample-path", arguments.samplePath, "Print where the sample database is, making it when needed");
    app.add_option("--render-first-window", arguments.firstWindow, "Save a picture of the first window and exit");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (!arguments.samplePath)
        return openWindows(argc, argv, arguments);
    try {
        std::puts(samplePath().c_str());
        return 0;
    } catch (const Error &error) {
        std::fprintf(stderr, "schemawright: %s\n", error.describe().c_str());
        return 3;
    }
}
