#pragma once

#include "ui/widgets/code_view.h"

namespace schemawright::ui {

/// SQL to read and copy.
class SqlView : public CodeView
{
    Q_OBJECT
public:
    explicit SqlView(QWidget *parent = nullptr) : CodeView(Language::Sql, parent) {}
    void setSql(const QString &sql) { setText(sql); }
    QString sql() const { return text(); }
};

} // namespace schemawright::ui
