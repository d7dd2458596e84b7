#pragma once

#include <QWidget>

class QsciScintilla;
class QsciLexerCPP;

namespace schemawright::ui {

/// C++ to read and copy, in the colours of the theme.
class CppView : public QWidget
{
    Q_OBJECT
public:
    explicit CppView(QWidget *parent = nullptr);
    void setText(const QString &text);
    QString text() const;

private:
    void applyTheme();

    QsciScintilla *editor_;
    QsciLexerCPP *lexer_;
};

} // namespace schemawright::ui
