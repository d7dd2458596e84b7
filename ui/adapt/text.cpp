#include "ui/adapt/text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTextDocument>

#include <algorithm>
#include <utility>

namespace schemawright::ui {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("CellText", text); }

/// The symbol that stands for a control character: U+2400 and up.
QChar controlPicture(char16_t c) { return c == 0x7F ? QChar(0x2421) : QChar(static_cast<char16_t>(0x2400 + c)); }

CellText textCell(std::string_view text, int longest)
{
    CellText cell;
    // Four bytes a character at most: no need to decode a megabyte to show a line.
    const std::size_t enough = static_cast<std::size_t>(longest) * 4 + 4;
    const bool isCut = text.size() > enough;
    QString shown = toQString(text.substr(0, enough));
    if (shown.size() > longest || isCut) {
        shown.truncate(longest);
        shown += QChar(0x2026);
        cell.kind = CellText::Kind::Marked;
    }
    if (!isUtf8(text.substr(0, isCut ? 0 : text.size())))
        cell.kind = CellText::Kind::Marked;
    for (QChar &c : shown)
        if (c == u'\n')
            c = QChar(0x21B5);
        else if (c.unicode() < 0x20 || c.unicode() == 0x7F)
            c = controlPicture(c.unicode());
    if (text.find('\0') != std::string_view::npos)
        cell.kind = CellText::Kind::Marked;
    cell.text = shown;
    return cell;
}

} // namespace

QString byteCount(std::size_t bytes)
{
    if (bytes < 1000)
        return tr("%1 B").arg(bytes);
    return QLocale::c().formattedDataSize(static_cast<qint64>(bytes), 1, QLocale::DataSizeSIFormat);
}

QString grouped(std::int64_t number) { return QLocale(QLocale::English).toString(static_cast<qlonglong>(number)); }

QString imageFormat(const Bytes &bytes)
{
    const std::string_view data = bytes.data;
    if (data.starts_with("\x89PNG\r\n\x1a\n"))
        return QStringLiteral("PNG");
    if (data.starts_with("\xff\xd8\xff"))
        return QStringLiteral("JPEG");
    if (data.starts_with("GIF87a") || data.starts_with("GIF89a"))
        return QStringLiteral("GIF");
    if (data.starts_with("RIFF") && data.size() > 12 && data.substr(8, 4) == "WEBP")
        return QStringLiteral("WebP");
    return {};
}

CellText cellText(const Value &value, int longest)
{
    if (value.isNull())
        return {QStringLiteral("NULL"), CellText::Kind::Null};
    if (const Bytes *bytes = value.as<Bytes>()) {
        const QString format = imageFormat(*bytes);
        const QString size = byteCount(bytes->data.size());
        return {format.isEmpty() ? tr("blob %1").arg(size) : tr("%1 image %2").arg(format, size), CellText::Kind::Blob};
    }
    if (const std::string *text = value.as<std::string>())
        return textCell(*text, longest);
    return {toQString(value.text()), CellText::Kind::Plain};
}

CellText cellText(const Cell &cell, int longest)
{
    if (const Value *value = std::get_if<Value>(&cell))
        return cellText(*value, longest);
    if (const KeyOf *key = std::get_if<KeyOf>(&cell))
        return {tr("<%1 of new row %2>").arg(toQString(key->column)).arg(key->row), CellText::Kind::Pending};
    return {QStringLiteral("DEFAULT"), CellText::Kind::Default};
}

QString editText(const Value &value)
{
    return value.isNull() || value.is<Bytes>() ? QString() : toQString(value.text());
}

bool isTextEditable(const Value &value)
{
    if (value.is<Bytes>())
        return false;
    const std::string *text = value.as<std::string>();
    return !text || (isUtf8(*text) && text->find('\0') == std::string::npos);
}

QString tipText(const QString &text)
{
    constexpr qsizetype longestLine = 80;
    const QStringList lines = text.split(u'\n');
    const bool isLong = std::ranges::any_of(lines, [](const QString &line) { return line.size() > longestLine; });
    if (!isLong && !Qt::mightBeRichText(text))
        return text;
    return QStringLiteral("<p style='white-space: pre-wrap'>%1</p>").arg(text.toHtmlEscaped());
}

QString serverTitle(std::string_view dialect, std::string_view version)
{
    const QStringList parts = toQString(version).split(u'-');
    const bool isNamed = parts.size() > 1 && parts[1].compare(QLatin1String("MariaDB"), Qt::CaseInsensitive) == 0;
    return QStringLiteral("%1 %2").arg(isNamed ? parts[1] : dialectTitle(dialect),
                                       isNamed ? parts[0] : toQString(version));
}

QString dialectTitle(std::string_view dialect)
{
    static constexpr std::pair<std::string_view, const char *> titles[] = {{"sqlite", "SQLite"},
                                                                           {"postgresql", "PostgreSQL"},
                                                                           {"mysql", "MySQL"},
                                                                           {"mssql", "SQL Server"},
                                                                           {"oracle", "Oracle"}};
    const auto *found = std::ranges::find(titles, dialect, &std::pair<std::string_view, const char *>::first);
    return found == std::end(titles) ? toQString(dialect) : QString::fromLatin1(found->second);
}

} // namespace schemawright::ui
