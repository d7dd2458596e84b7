#include "ui/widgets/sql_view.h"

#include "ui/theme/theme.h"

#include <Qsci/qscilexersql.h>
#include <Qsci/qsciscintilla.h>

#include <QVBoxLayout>

namespace schemawright::ui {

SqlView::SqlView(QWidget *parent) : QWidget(parent), editor_(new QsciScintilla), lexer_(new QsciLexerSQL(this))
{
    editor_->setUtf8(true);
    editor_->setLexer(lexer_);
    editor_->setReadOnly(true);
    editor_->setFrameShape(QFrame::NoFrame);
    editor_->setCaretWidth(0);
    for (int margin = 0; margin < 5; ++margin)
        editor_->setMarginWidth(margin, 0);
    editor_->SendScintilla(QsciScintillaBase::SCI_SETMARGINLEFT, 0UL, 10L);
    editor_->SendScintilla(QsciScintillaBase::SCI_SETEXTRAASCENT, 2UL);
    editor_->setWrapMode(QsciScintilla::WrapWord);
    editor_->setWrapVisualFlags(QsciScintilla::WrapFlagNone, QsciScintilla::WrapFlagNone, 4);
    editor_->setFocusPolicy(Qt::ClickFocus);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(editor_);
    connect(&theme(), &Theme::changed, this, &SqlView::applyTheme);
    applyTheme();
}

void SqlView::applyTheme()
{
    const Colors &colors = theme().colors();
    QFont font = theme().monospaceFont();
    font.setPointSizeF(9); // Scintilla knows points only
    lexer_->setFont(font);
    lexer_->setPaper(colors.base);
    lexer_->setColor(colors.text);
    lexer_->setDefaultPaper(colors.base);
    lexer_->setDefaultColor(colors.text);
    for (const int style : {QsciLexerSQL::Comment, QsciLexerSQL::CommentLine, QsciLexerSQL::CommentDoc})
        lexer_->setColor(colors.comment, style);
    for (const int style : {QsciLexerSQL::Keyword, QsciLexerSQL::KeywordSet5, QsciLexerSQL::KeywordSet6})
        lexer_->setColor(colors.keyword, style);
    lexer_->setColor(colors.string, QsciLexerSQL::SingleQuotedString);
    lexer_->setColor(colors.text, QsciLexerSQL::DoubleQuotedString);
    lexer_->setColor(colors.number, QsciLexerSQL::Number);
    editor_->setPaper(colors.base);
    editor_->setSelectionBackgroundColor(colors.selection);
    editor_->resetSelectionForegroundColor();
}

void SqlView::setSql(const QString &sql)
{
    if (editor_->text() == sql)
        return;
    editor_->setReadOnly(false);
    editor_->setText(sql);
    editor_->setReadOnly(true);
}

QString SqlView::sql() const { return editor_->text(); }

} // namespace schemawright::ui
