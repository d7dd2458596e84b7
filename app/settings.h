#pragma once

#include "ui/theme/theme.h"

#include <QByteArray>
#include <QStringList>

namespace schemawright {

/// What the program remembers between starts, typed. Nothing below the program reads settings.
class Settings
{
public:
    ui::Theme::Mode themeMode() const;
    void setThemeMode(ui::Theme::Mode mode);

    /// URLs without passwords, the last opened first.
    QStringList recent() const;
    void addRecent(const QString &url);

    QByteArray windowGeometry() const;
    QByteArray windowState() const;
    void setWindow(const QByteArray &geometry, const QByteArray &state);
};

} // namespace schemawright
