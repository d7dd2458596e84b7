#include "app/settings.h"

#include <QSettings>

namespace schemawright {

namespace {

constexpr int layoutVersion = 1; // of docks: an older layout is not restored
constexpr int recentKept = 10;

} // namespace

ui::Theme::Mode Settings::themeMode() const
{
    const QString text = QSettings().value(QStringLiteral("theme")).toString();
    return text == QLatin1String("dark")    ? ui::Theme::Mode::Dark
           : text == QLatin1String("light") ? ui::Theme::Mode::Light
                                            : ui::Theme::Mode::System;
}

void Settings::setThemeMode(ui::Theme::Mode mode)
{
    QSettings().setValue(QStringLiteral("theme"), mode == ui::Theme::Mode::Dark    ? QStringLiteral("dark")
                                                  : mode == ui::Theme::Mode::Light ? QStringLiteral("light")
                                                                                   : QStringLiteral("system"));
}

QStringList Settings::recent() const { return QSettings().value(QStringLiteral("recent")).toStringList(); }

void Settings::addRecent(const QString &url)
{
    QStringList all = recent();
    all.removeAll(url);
    all.prepend(url);
    QSettings().setValue(QStringLiteral("recent"), all.mid(0, recentKept));
}

QByteArray Settings::windowGeometry() const { return QSettings().value(QStringLiteral("window/geometry")).toByteArray(); }

QByteArray Settings::windowState() const
{
    const QSettings settings;
    return settings.value(QStringLiteral("window/version")).toInt() == layoutVersion
               ? settings.value(QStringLiteral("window/state")).toByteArray()
               : QByteArray();
}

void Settings::setWindow(const QByteArray &geometry, const QByteArray &state)
{
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), geometry);
    settings.setValue(QStringLiteral("window/state"), state);
    settings.setValue(QStringLiteral("window/version"), layoutVersion);
}

} // namespace schemawright
