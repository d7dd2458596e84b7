#pragma once

#include <QWidget>

class QsciScintilla;
class QsciLexerSQL;

namespace schemawright::ui {

/// SQL to read and copy, in the colours of the theme.
class SqlView : public QWidget
{
    Q_OBJECT
public:
    explicit SqlView(QWidget *parent = nullptr);
    void setSql(const QString &sql);
    QString sql() const;

private:
    void applyTheme();

    QsciScintilla *editor_;
    QsciLexerSQL *lexer_;
};

} // namespace schemawright::ui
