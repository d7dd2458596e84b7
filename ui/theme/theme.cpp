#include "ui/theme/theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QProxyStyle>
#include <QStyleFactory>
#include <QStyleOption>
#include <QSvgRenderer>

namespace schemawright::ui {

namespace {

Colors lightColors()
{
    Colors c;
    c.window = 0xf5f6f8;
    c.base = 0xffffff;
    c.raised = 0xffffff;
    c.border = 0xdfe3e8;
    c.text = 0x1f2733;
    c.mutedText = 0x6b7685;
    c.accent = 0x2f6fde;
    c.accentText = 0xffffff;
    c.hover = 0xebeef2;
    c.selection = 0xd6e4fb;
    c.inserted = 0x1f8a4c;
    c.updated = 0xa86b00;
    c.deleted = 0xc6332f;
    c.insertedTint = 0xe3f5ea;
    c.updatedTint = 0xfdf1d3;
    c.deletedTint = 0xfce6e5;
    c.error = 0xc6332f;
    c.errorTint = 0xfdeceb;
    c.warning = 0xa86b00;
    c.warningTint = 0xfdf3dc;
    c.success = 0x1f8a4c;
    c.successTint = 0xe3f5ea;
    c.infoTint = 0xe8f0fd;
    c.keyword = 0x2454b5;
    c.string = 0x1b7a43;
    c.number = 0xa0490f;
    c.comment = 0x8791a0;
    return c;
}

Colors darkColors()
{
    Colors c;
    c.window = 0x1e2127;
    c.base = 0x16191e;
    c.raised = 0x262a31;
    c.border = 0x343a44;
    c.text = 0xdde2ea;
    c.mutedText = 0x8d97a6;
    c.accent = 0x5b93f5;
    c.accentText = 0xffffff;
    c.hover = 0x2b3038;
    c.selection = 0x2a4370;
    c.inserted = 0x5fc98c;
    c.updated = 0xe2b04a;
    c.deleted = 0xf07b76;
    c.insertedTint = 0x1c3a2a;
    c.updatedTint = 0x3d3218;
    c.deletedTint = 0x452426;
    c.error = 0xf07b76;
    c.errorTint = 0x3d2426;
    c.warning = 0xe2b04a;
    c.warningTint = 0x3a3019;
    c.success = 0x5fc98c;
    c.successTint = 0x1c3a2a;
    c.infoTint = 0x1f2d45;
    c.keyword = 0x7fa8f7;
    c.string = 0x8ccf9e;
    c.number = 0xe0a36c;
    c.comment = 0x717c8c;
    return c;
}

QPalette paletteOf(const Colors &c, bool dark)
{
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, const QColor &color) { palette.setColor(role, color); };
    set(QPalette::Window, c.window);
    set(QPalette::WindowText, c.text);
    set(QPalette::Base, c.base);
    set(QPalette::AlternateBase, dark ? QColor(0x1a1d23) : QColor(0xfafbfc));
    set(QPalette::Text, c.text);
    set(QPalette::PlaceholderText, c.mutedText);
    set(QPalette::Button, c.raised);
    set(QPalette::ButtonText, c.text);
    set(QPalette::BrightText, c.error);
    set(QPalette::ToolTipBase, c.raised);
    set(QPalette::ToolTipText, c.text);
    set(QPalette::Highlight, c.selection);
    set(QPalette::HighlightedText, c.text);
    set(QPalette::Link, c.accent);
    set(QPalette::LinkVisited, c.accent);
    set(QPalette::Light, c.raised);
    set(QPalette::Midlight, c.hover);
    set(QPalette::Mid, c.border);
    set(QPalette::Dark, c.border);
    set(QPalette::Shadow, dark ? QColor(Qt::black) : QColor(0x9aa3ad));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, dark ? QColor(0x5c6573) : QColor(0xaab2bd));
    return palette;
}

/// Only what a palette cannot say.
QString styleSheetOf(const Colors &c)
{
    QString sheet = QStringLiteral(R"(
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 6px; }
QMainWindow::separator { background: $border; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QDockWidget::title { background: $window; padding: 7px 10px; border-bottom: 1px solid $border; text-align: left; }
QDockWidget { font-weight: 600; color: $text; titlebar-close-icon: url(:/icons/close$scheme.svg); }
QDockWidget::close-button { border: 0; border-radius: 4px; padding: 1px; background: transparent; }
QDockWidget::close-button:hover { background: $hover; }
QToolBar { background: $window; border: 0; border-bottom: 1px solid $border; spacing: 2px; padding: 4px 8px; }
QToolBar::separator { background: $border; width: 1px; margin: 5px 6px; }
QToolButton { border: 1px solid transparent; border-radius: 5px; padding: 4px 7px; color: $text; background: transparent; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $selection; }
QToolButton:disabled { color: $disabled; }
QToolButton[popupMode="1"] { padding-right: 19px; }
QToolButton::menu-button { border: 0; background: transparent; width: 15px; }
QToolButton::menu-button:hover { background: $hover; border-radius: 5px; }
QToolButton::menu-arrow { image: url(:/icons/chevron-down$scheme.svg); width: 10px; height: 10px; }
QPushButton[choice="true"] { padding: 3px 9px; text-align: left; }
QPushButton[choice="true"]:hover { border: 1px solid $accent; background: $selection; }
QToolButton[primary="true"]:enabled, QPushButton[primary="true"]:enabled { background: $accent; color: $accentText; border: 1px solid $accent; font-weight: 600; }
QToolButton[primary="true"]:enabled:hover, QPushButton[primary="true"]:enabled:hover { background: $accentHover; }
QPushButton { background: $raised; border: 1px solid $border; border-radius: 5px; padding: 5px 14px; min-height: 16px; color: $text; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $selection; }
QPushButton:disabled { color: $disabled; background: $window; }
QPushButton:focus { border: 1px solid $accent; }
QPushButton[flat="true"] { border: 0; background: transparent; color: $accent; padding: 3px 6px; }
QPushButton[flat="true"]:hover { background: $hover; }
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox { background: $base; border: 1px solid $border; border-radius: 5px; padding: 4px 7px; selection-background-color: $selection; selection-color: $text; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus { border: 1px solid $accent; }
QLineEdit[invalid="true"] { border: 1px solid $error; }
QComboBox { background: $raised; border: 1px solid $border; border-radius: 5px; padding: 4px 8px; min-height: 16px; }
QComboBox:focus { border: 1px solid $accent; }
QComboBox::drop-down { border: 0; width: 18px; }
QComboBox::down-arrow { image: url(:/icons/chevron-down$scheme.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { border: 1px solid $border; background: $raised; selection-background-color: $selection; selection-color: $text; }
QMenuBar { background: $window; border-bottom: 1px solid $border; }
QMenuBar::item { padding: 4px 9px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $raised; border: 1px solid $border; padding: 5px; }
QMenu::item { padding: 5px 26px 5px 26px; border-radius: 4px; }
QMenu::item:selected { background: $selection; color: $text; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $border; margin: 5px 8px; }
QMenu::icon { padding-left: 6px; }
QTabBar { background: $window; }
QTabBar::tab { background: transparent; color: $mutedText; padding: 6px 12px; border: 0; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; background: $hover; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::close-button { image: url(:/icons/close$scheme.svg); width: 14px; height: 14px; border-radius: 4px; subcontrol-position: right; margin: 2px; }
QTabBar::close-button:hover { background: $selection; }
QAbstractScrollArea::corner { background: $window; border: 0; }
QTabWidget::pane { border: 0; border-top: 1px solid $border; }
QHeaderView { background: $window; border: 0; }
QHeaderView::section { background: $window; color: $mutedText; border: 0; border-right: 1px solid $border; border-bottom: 1px solid $border; padding: 4px 6px; font-weight: 500; }
QTableCornerButton::section { background: $window; border: 0; border-right: 1px solid $border; border-bottom: 1px solid $border; }
QAbstractItemView { background: $base; border: 0; outline: 0; selection-background-color: $selection; selection-color: $text; }
QTableView { gridline-color: $grid; }
QTreeView::item { min-height: 24px; }
QTreeView::item:hover, QListView::item:hover { background: $hover; }
QTreeView::item:selected, QListView::item:selected { background: $selection; color: $text; }
QTreeView::branch { background: transparent; }
QTreeView::branch:has-children:!has-siblings:closed, QTreeView::branch:closed:has-children:has-siblings { image: url(:/icons/expand$scheme.svg); }
QTreeView::branch:open:has-children:!has-siblings, QTreeView::branch:open:has-children:has-siblings { image: url(:/icons/collapse$scheme.svg); }
QStatusBar { background: $window; border-top: 1px solid $border; color: $mutedText; }
QStatusBar::item { border: 0; }
QStatusBar QLabel { color: $mutedText; padding: 0 6px; }
QScrollBar:vertical { background: transparent; width: 11px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 11px; margin: 0; }
QScrollBar::handle { background: $scroll; border-radius: 4px; min-height: 28px; min-width: 28px; margin: 2px; }
QScrollBar::handle:hover { background: $scrollHover; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $border; }
QProgressBar { background: $hover; border: 0; border-radius: 2px; max-height: 3px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QLabel[severity="error"] { color: $error; background: $errorTint; border-radius: 5px; padding: 7px 10px; }
QLabel[severity="warning"] { color: $warning; background: $warningTint; border-radius: 5px; padding: 7px 10px; }
QLabel[severity="success"] { color: $success; background: $successTint; border-radius: 5px; padding: 7px 10px; }
QLabel[severity="info"] { color: $text; background: $infoTint; border-radius: 5px; padding: 7px 10px; }
QCheckBox::indicator, QAbstractItemView::indicator { width: 14px; height: 14px; border: 1px solid $mutedText; border-radius: 3px; background: $base; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked { border-color: $accent; background: $accent; image: url(:/icons/check.svg); }
QCheckBox::indicator:focus { border-color: $accent; }
QLabel[role="muted"] { color: $mutedText; }
QLabel[role="title"] { font-size: 15px; font-weight: 600; }
QFrame[role="separator"] { background: $border; max-height: 1px; border: 0; }
)");
    const bool dark = c.window.lightness() < 128;
    sheet.replace(QLatin1String("$scheme"), QLatin1String(dark ? "-dark" : "")); // a style sheet colours no icon
    // Longest names first, so that $accent does not eat the start of $accentText.
    const std::pair<const char *, QColor> names[] = {
        {"$accentHover", c.accent.darker(110)},
        {"$accentText", c.accentText},
        {"$accent", c.accent},
        {"$scrollHover", dark ? QColor(0x596270) : QColor(0xa9b2bd)},
        {"$scroll", dark ? QColor(0x434a55) : QColor(0xc8cfd7)},
        {"$disabled", dark ? QColor(0x5c6573) : QColor(0xaab2bd)},
        {"$grid", dark ? QColor(0x262b33) : QColor(0xeceff2)},
        {"$window", c.window},
        {"$base", c.base},
        {"$raised", c.raised},
        {"$border", c.border},
        {"$mutedText", c.mutedText},
        {"$text", c.text},
        {"$hover", c.hover},
        {"$selection", c.selection},
        {"$errorTint", c.errorTint},
        {"$error", c.error},
        {"$warningTint", c.warningTint},
        {"$warning", c.warning},
        {"$successTint", c.successTint},
        {"$success", c.success},
        {"$infoTint", c.infoTint},
    };
    for (const auto &[name, color] : names)
        sheet.replace(QLatin1String(name), color.name());
    return sheet;
}

/// Draws an SVG afresh at every size and scale. Its two colours, of ink and accent, are those of the theme.
class SvgIconEngine : public QIconEngine
{
public:
    explicit SvgIconEngine(QByteArray svg) : svg_(std::move(svg)) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        QSvgRenderer renderer(svg_);
        painter->save();
        if (mode == QIcon::Disabled)
            painter->setOpacity(0.35);
        renderer.render(painter, rect);
        painter->restore();
    }
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }
    QIconEngine *clone() const override { return new SvgIconEngine(svg_); }

private:
    QByteArray svg_;
};

/// Fusion, but for the frame around what the keys are on: it would cover what is chosen by a shade of its own.
class CalmStyle : public QProxyStyle
{
public:
    CalmStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                       const QWidget *widget) const override
    {
        if (element != PE_FrameFocusRect || !(option->state & State_Item))
            return QProxyStyle::drawPrimitive(element, option, painter, widget);
        if (!(option->state & State_KeyboardFocusChange))
            return;
        painter->save();
        painter->setPen(theme().colors().accent);
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        painter->restore();
    }
};

constexpr const char *inkOfIcons = "#5f6b7a";
constexpr const char *accentOfIcons = "#2f6fde";

} // namespace

Theme &theme()
{
    static Theme instance;
    return instance;
}

void Theme::apply(Mode mode)
{
    mode_ = mode;
    // Qt 6.4 does not tell the system's scheme; the palette it came up with does.
    static const bool systemIsDark = qApp->palette().color(QPalette::Window).lightness() < 128;
    isDark_ = mode == Mode::Dark || (mode == Mode::System && systemIsDark);
    colors_ = isDark_ ? darkColors() : lightColors();
    qApp->setStyle(new CalmStyle);
    QFont font = qApp->font();
    font.setPixelSize(13);
    qApp->setFont(font);
    qApp->setPalette(paletteOf(colors_, isDark_));
    qApp->setStyleSheet(styleSheetOf(colors_));
    Q_EMIT changed();
}

QFont Theme::monospaceFont() const
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPixelSize(12);
    return font;
}

QIcon Theme::icon(const QString &name) const
{
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QByteArray svg = file.readAll();
    if (isDark_) {
        svg.replace(inkOfIcons, "#a3adba");
        svg.replace(accentOfIcons, colors_.accent.name().toLatin1());
    }
    return QIcon(new SvgIconEngine(std::move(svg)));
}

} // namespace schemawright::ui
