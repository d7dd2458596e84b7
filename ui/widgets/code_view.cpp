#include "ui/widgets/code_view.h"

#include "ui/theme/theme.h"

#include <Qsci/qscilexercpp.h>
#include <Qsci/qscilexersql.h>
#include <Qsci/qsciscintilla.h>

#include <QVBoxLayout>

#include <vector>

namespace schemawright::ui {

namespace {

/// The numbers of a lexer's styles that have a colour of their own.
struct Styles
{
    std::vector<int> comments, keywords;
    int string = 0, number = 0;
};

Styles stylesOf(CodeView::Language language)
{
    if (language == CodeView::Language::Sql)
        return {{QsciLexerSQL::Comment, QsciLexerSQL::CommentLine, QsciLexerSQL::CommentDoc},
                {QsciLexerSQL::Keyword, QsciLexerSQL::KeywordSet5, QsciLexerSQL::KeywordSet6},
                QsciLexerSQL::SingleQuotedString,
                QsciLexerSQL::Number};
    return {{QsciLexerCPP::Comment, QsciLexerCPP::CommentLine, QsciLexerCPP::CommentDoc, QsciLexerCPP::CommentLineDoc},
            {QsciLexerCPP::Keyword},
            QsciLexerCPP::DoubleQuotedString,
            QsciLexerCPP::Number};
}

} // namespace

CodeView::CodeView(Language language, QWidget *parent)
    : QWidget(parent), language_(language), editor_(new QsciScintilla)
{
    if (language == Language::Sql)
        lexer_ = new QsciLexerSQL(this);
    else
        lexer_ = new QsciLexerCPP(this);
    editor_->setUtf8(true);
    editor_->setLexer(lexer_);
    editor_->setReadOnly(true);
    editor_->setFrameShape(QFrame::NoFrame);
    editor_->setCaretWidth(0);
    for (int margin = 0; margin < 5; ++margin)
        editor_->setMarginWidth(margin, 0);
    editor_->SendScintilla(QsciScintillaBase::SCI_SETMARGINLEFT, 0UL, 10L);
    editor_->SendScintilla(QsciScintillaBase::SCI_SETEXTRAASCENT, 2UL);
    if (language == Language::Sql) {
        editor_->setWrapMode(QsciScintilla::WrapWord);
        editor_->setWrapVisualFlags(QsciScintilla::WrapFlagNone, QsciScintilla::WrapFlagNone, 4);
    } else {
        editor_->SendScintilla(QsciScintillaBase::SCI_SETSCROLLWIDTHTRACKING, 1UL);
        editor_->SendScintilla(QsciScintillaBase::SCI_SETSCROLLWIDTH, 1UL);
    }
    editor_->setFocusPolicy(Qt::ClickFocus);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(editor_);
    connect(&theme(), &Theme::changed, this, &CodeView::applyTheme);
    applyTheme();
}

void CodeView::applyTheme()
{
    const Colors &colors = theme().colors();
    QFont font = theme().monospaceFont();
    font.setPointSizeF(9); // Scintilla knows points only
    lexer_->setFont(font);
    lexer_->setPaper(colors.base);
    lexer_->setColor(colors.text);
    lexer_->setDefaultPaper(colors.base);
    lexer_->setDefaultColor(colors.text);
    const Styles styles = stylesOf(language_);
    for (const int style : styles.comments)
        lexer_->setColor(colors.comment, style);
    for (const int style : styles.keywords)
        lexer_->setColor(colors.keyword, style);
    lexer_->setColor(colors.string, styles.string);
    lexer_->setColor(colors.number, styles.number);
    editor_->setPaper(colors.base);
    editor_->setSelectionBackgroundColor(colors.selection);
    editor_->resetSelectionForegroundColor();
}

void CodeView::setText(const QString &text)
{
    if (editor_->text() == text)
        return;
    editor_->setReadOnly(false);
    editor_->setText(text);
    editor_->setReadOnly(true);
}

QString CodeView::text() const { return editor_->text(); }

} // namespace schemawright::ui
