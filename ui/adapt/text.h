#pragma once

#include "schemawright/orm/change.h"
#include "schemawright/value/value.h"

#include <QMetaType>
#include <QString>

#include <string_view>

Q_DECLARE_METATYPE(schemawright::Value)

namespace schemawright::ui {

/// UTF-8 to what Qt shows; bytes that are no UTF-8 become U+FFFD and are for showing only.
inline QString toQString(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

/// How a cell is shown in one line. Never the way back: an editor starts from editText().
struct CellText
{
    enum class Kind { Plain, Null, Default, Pending, Blob, Marked };
    QString text;
    Kind kind = Kind::Plain; ///< Marked: characters were replaced or the text was cut, so this is not the value itself
};

/// At most `longest` characters of the value; control characters, NUL and bytes that are no UTF-8 are shown as marks.
CellText cellText(const Value &value, int longest = 300);
CellText cellText(const Cell &cell, int longest = 300);

/// The whole text that an editor shows for a value, such that Dialect::parseCell of the unchanged text is never called:
/// an editor that was not changed makes no edit. Empty for NULL and blobs.
QString editText(const Value &value);
/// True when editText() is the whole truth; false for blobs and text that is no UTF-8 or holds a NUL.
bool isTextEditable(const Value &value);

/// Text for a tool tip, as it stands: what looks like HTML is none, and long lines are wrapped.
QString tipText(const QString &text);

/// "1.2 kB"
QString byteCount(std::size_t bytes);
/// "PostgreSQL" of "postgresql".
QString dialectTitle(std::string_view dialect);
/// "SQLite 3.40.1"; "MariaDB 10.11.6" of a version "10.11.6-MariaDB-0+deb12u1", which says what the server is.
QString serverTitle(std::string_view dialect, std::string_view version);
/// "12,345", whatever the locale.
QString grouped(std::int64_t number);
/// "PNG", "JPEG", "GIF"… of image data by its first bytes; empty for anything else.
QString imageFormat(const Bytes &bytes);

} // namespace schemawright::ui
