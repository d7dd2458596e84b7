#pragma once

#include "ui/widgets/code_view.h"

namespace schemawright::ui {

/// C++ to read and copy.
class CppView : public CodeView
{
    Q_OBJECT
public:
    explicit CppView(QWidget *parent = nullptr) : CodeView(Language::Cpp, parent) {}
};

} // namespace schemawright::ui
