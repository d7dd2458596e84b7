#include "ui/panels/query_builder/query_sql_pane.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/cpp_text.h"
#include "schemawright/sql/lint.h"
#include "ui/adapt/text.h"
#include "ui/theme/theme.h"
#include "ui/widgets/sql_view.h"
#include "ui/workspace/workspace.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace schemawright::ui {

QuerySqlPane::QuerySqlPane(const Dialect &dialect, QWidget *parent) : QWidget(parent)
{
    dialect_ = new QComboBox;
    dialect_->setObjectName(QStringLiteral("queryDialect"));
    dialect_->setToolTip(tr("The database for which the SQL is shown; it runs on the one that is open"));
    for (const Dialect *each : Workspace::knownDialects())
        dialect_->addItem(dialectTitle(each->name()), toQString(each->name()));
    dialect_->setCurrentIndex(std::max(0, dialect_->findData(toQString(dialect.name()))));
    connect(dialect_, &QComboBox::currentIndexChanged, this, &QuerySqlPane::refresh);
    const auto button = [this](const char *name, const QString &text, const QString &tip, auto slot) {
        auto *made = new QPushButton(text);
        made->setObjectName(QString::fromLatin1(name));
        made->setToolTip(tip);
        connect(made, &QPushButton::clicked, this, slot);
        return made;
    };
    auto *top = new QHBoxLayout;
    top->setContentsMargins(8, 0, 8, 8);
    top->setSpacing(8);
    top->addWidget(dialect_);
    top->addStretch(1);
    top->addWidget(button("queryCopySql", tr("Copy SQL"), tr("Copy the SQL that is shown"), [this] {
        QGuiApplication::clipboard()->setText(sql_->sql());
        Q_EMIT said(tr("The SQL is on the clipboard"));
    }));
    top->addWidget(
        button("queryCopyCpp", tr("Copy C++"), tr("Copy the C++ that builds this query"), &QuerySqlPane::copyCpp));
    sql_ = new SqlView;
    problem_ = new QLabel;
    problem_->setObjectName(QStringLiteral("queryProblem"));
    problem_->setWordWrap(true);
    problem_->setTextFormat(Qt::PlainText);
    problem_->setMargin(8);
    problem_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    problem_->hide();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(top);
    column->addWidget(sql_, 1);
    column->addWidget(problem_);
}

void QuerySqlPane::showQuery(std::optional<Select> query, const QString &trouble, const QString &hint)
{
    query_ = std::move(query);
    trouble_ = trouble;
    hint_ = hint;
    refresh();
}

void QuerySqlPane::refresh()
{
    if (!query_) {
        sql_->setSql({});
        return trouble_.isEmpty() ? say(hint_, Tone::Hint) : say(trouble_, Tone::Error);
    }
    try {
        const Dialect *shown = Workspace::knownDialects()[static_cast<std::size_t>(dialect_->currentIndex())];
        sql_->setSql(toQString(shown->literalSql(*query_, true)));
    } catch (const Error &error) { // this dialect has no such construct
        sql_->setSql({});
        return say(toQString(error.message), Tone::Error);
    }
    QStringList warnings;
    for (const Lint &each : lint(*query_))
        warnings << toQString(each.message);
    say(warnings.join(QLatin1Char('\n')), Tone::Warning);
}

void QuerySqlPane::say(const QString &text, Tone tone)
{
    const Colors &colors = theme().colors();
    problem_->setText(text);
    const auto &[ground, ink] = tone == Tone::Error     ? std::pair(colors.errorTint, colors.error)
                                : tone == Tone::Warning ? std::pair(colors.warningTint, colors.warning)
                                                        : std::pair(colors.base, colors.mutedText);
    problem_->setStyleSheet(QStringLiteral("background: %1; color: %2;").arg(ground.name(), ink.name()));
    problem_->setVisible(!text.isEmpty());
}

void QuerySqlPane::copyCpp()
{
    if (!query_)
        return;
    try {
        QGuiApplication::clipboard()->setText(toQString(cppText(*query_)));
        Q_EMIT said(tr("The C++ is on the clipboard"));
    } catch (const Error &error) {
        Q_EMIT said(toQString(error.message));
    }
}

} // namespace schemawright::ui
