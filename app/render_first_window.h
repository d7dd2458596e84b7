#pragma once

#include <QString>

namespace schemawright {

class MainWindow;

/// Once the window shows rows (or why it cannot), saves its picture and ends the event loop; 0 when it was saved, 3 when not.
void renderFirstWindow(MainWindow &window, const QString &path);

} // namespace schemawright
