#include "ui/widgets/cpp_view.h"

#include "ui/theme/theme.h"

#include <Qsci/qscilexercpp.h>
#include <Qsci/qsciscintilla.h>

#include <QVBoxLayout>

namespace schemawright::ui {

CppView::CppView(QWidget *parent) : QWidget(parent), editor_(new QsciScintilla), lexer_(new QsciLexerCPP(this))
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
    editor_->SendScintilla(QsciScintillaBase::SCI_SETSCROLLWIDTHTRACKING, 1UL);
    editor_->SendScintilla(QsciScintillaBase::SCI_SETSCROLLWIDTH, 1UL);
    editor_->setFocusPolicy(Qt::ClickFocus);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(editor_);
    connect(&theme(), &Theme::changed, this, &CppView::applyTheme);
    applyTheme();
}

void CppView::applyTheme()
{
    const Colors &colors = theme().colors();
    QFont font = theme().monospaceFont();
    font.setPointSizeF(9); // Scintilla knows points only
    lexer_->setFont(font);
    lexer_->setPaper(colors.base);
    lexer_->setColor(colors.text);
    lexer_->setDefaultPaper(colors.base);
    lexer_->setDefaultColor(colors.text);
    for (const int style :
         {QsciLexerCPP::Comment, QsciLexerCPP::CommentLine, QsciLexerCPP::CommentDoc, QsciLexerCPP::CommentLineDoc})
        lexer_->setColor(colors.comment, style);
    lexer_->setColor(colors.keyword, QsciLexerCPP::Keyword);
    lexer_->setColor(colors.string, QsciLexerCPP::DoubleQuotedString);
    lexer_->setColor(colors.number, QsciLexerCPP::Number);
    editor_->setPaper(colors.base);
    editor_->setSelectionBackgroundColor(colors.selection);
    editor_->resetSelectionForegroundColor();
}

void CppView::setText(const QString &text)
{
    if (editor_->text() == text)
        return;
    editor_->setReadOnly(false);
    editor_->setText(text);
    editor_->setReadOnly(true);
}

QString CppView::text() const { return editor_->text(); }

} // namespace schemawright::ui
