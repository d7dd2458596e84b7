#pragma once

namespace schemawright::ui {

/// How a table, or something of it, stands against the database.
enum class Mark { None, New, Changed, Dropped };

} // namespace schemawright::ui
