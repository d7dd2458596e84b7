#pragma once

#include <QWidget>

class QsciLexer;
class QsciScintilla;

namespace schemawright::ui {

/// Code to read and copy, in the colours of the theme.
class CodeView : public QWidget
{
    Q_OBJECT
public:
    enum class Language {
        Sql, ///< long lines are wrapped
        Cpp  ///< long lines are scrolled to
    };

    explicit CodeView(Language language, QWidget *parent = nullptr);
    void setText(const QString &text);
    QString text() const;

private:
    void applyTheme();

    Language language_;
    QsciScintilla *editor_;
    QsciLexer *lexer_;
};

} // namespace schemawright::ui
