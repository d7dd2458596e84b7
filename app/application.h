#pragma once

#include "app/settings.h"
#include "schemawright/engine/url.h"

#include <QObject>
#include <QString>

#include <filesystem>
#include <vector>

namespace schemawright {

class MainWindow;

/// Composes the program: settings, theme, windows. Lives on the GUI thread for as long as the event loop runs.
class Application : public QObject
{
    Q_OBJECT
public:
    explicit Application(QObject *parent = nullptr);
    ~Application() override;

    Settings &settings() noexcept { return settings_; }
    std::filesystem::path journalFolder() const;
    /// Where the names of models are kept.
    std::filesystem::path modelFolder() const;

    /// Opens a database in `reuse` when that shows none, else in a window of its own.
    MainWindow *open(const Url &url, MainWindow *reuse = nullptr);
    /// The same for what a person typed: a URL or a path. A text that cannot be understood is said in the window.
    MainWindow *openText(const QString &text, bool readOnly, MainWindow *reuse = nullptr);
    /// Opens the sample, building it first when needed, without holding up the window.
    MainWindow *openSample(MainWindow *reuse = nullptr);
    MainWindow *newWindow();
    void setTheme(ui::Theme::Mode mode);

private:
    Settings settings_;
};

} // namespace schemawright
