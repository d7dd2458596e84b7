#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QString>

namespace schemawright::ui {

/// The colours that a palette has no role for.
struct Colors
{
    QColor window, base, raised, border, text, mutedText, accent, accentText, hover, selection;
    QColor inserted, updated, deleted;             ///< marks and text
    QColor insertedTint, updatedTint, deletedTint; ///< grounds of cells
    QColor error, errorTint, warning, warningTint, success, successTint, infoTint;
    QColor keyword, string, number, comment; ///< of SQL
};

/// How the program looks: light or dark, one accent, two fonts. One for the process, on the GUI thread.
class Theme : public QObject
{
    Q_OBJECT
public:
    enum class Mode { System, Light, Dark };

    /// Sets style, palette, fonts and style sheet of the application. Called at start and at each switch.
    void apply(Mode mode);
    Mode mode() const noexcept { return mode_; }
    bool isDark() const noexcept { return isDark_; }
    const Colors &colors() const noexcept { return colors_; }

    /// For data and SQL.
    QFont monospaceFont() const;
    /// The icon of that name from the resources, in the colours of the theme, crisp at every scale.
    QIcon icon(const QString &name) const;

Q_SIGNALS:
    /// The colours are others now: repaint, and ask for icons again.
    void changed();

private:
    Mode mode_ = Mode::System;
    bool isDark_ = false;
    Colors colors_;
};

Theme &theme();

} // namespace schemawright::ui
