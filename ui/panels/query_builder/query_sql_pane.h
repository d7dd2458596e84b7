#pragma once

#include "schemawright/sql/select.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QLabel;

namespace schemawright {
class Dialect;
}

namespace schemawright::ui {

class SqlView;

/// The SQL of a query for one dialect or another, what is odd about it, and ways to take it along. Asks no database.
class QuerySqlPane : public QWidget
{
    Q_OBJECT
public:
    /// Shows `dialect` at first, the one of the database.
    explicit QuerySqlPane(const Dialect &dialect, QWidget *parent = nullptr);
    /// Without a query what is wrong with it, or for one that is only begun what to do next.
    void showQuery(std::optional<Select> query, const QString &trouble, const QString &hint);
    /// Something that went wrong beside the query.
    void showTrouble(const QString &text) { say(text, Tone::Error); }

Q_SIGNALS:
    /// For the line below the rows: what was copied, or why not.
    void said(const QString &text);

private:
    enum class Tone { Hint, Warning, Error };
    void say(const QString &text, Tone tone);
    void refresh();
    void copyCpp();

    std::optional<Select> query_;
    QString trouble_, hint_;
    QComboBox *dialect_;
    SqlView *sql_;
    QLabel *problem_;
};

} // namespace schemawright::ui
