#pragma once

#include "schemawright/dialect/migration.h"

#include <optional>
#include <string>
#include <vector>

namespace schemawright::postgres {

/// Where the statements of one changed object go. Borrows the migration.
struct ObjectSteps
{
    ObjectMigration &migration;
    std::size_t diff = 0;

    void emit(ObjectStep::Stage stage, std::string sql) { migration.steps.push_back({stage, std::move(sql), diff}); }
    void problem(std::string why) { migration.problems.push_back({diff, std::move(why)}); }
};

/// From the old to the new state, which have the same name.
void alterSequence(ObjectSteps steps, const Sequence &old, const Sequence &now);
void alterDomain(ObjectSteps steps, const Domain &old, const Domain &now);
/// A label that is gone takes a new type, and every column of `before` that has the old one is rewritten.
void alterEnum(ObjectSteps steps, const MetaData &before, const EnumType &old, const EnumType &now);
/// By the statements that make the composite type. False where the attributes would not come into the wanted order.
bool alterComposite(ObjectSteps steps, const QualifiedName &type, const std::string &was, const std::string &is);

/// The text of a comment as COMMENT ON takes it.
std::string commentText(const std::optional<std::string> &text);
template <class Object>
void alterComment(ObjectSteps steps, const std::string &what, const Object &old, const Object &now)
{
    if (old.comment != now.comment)
        steps.emit(ObjectStep::Stage::AfterTables, "COMMENT ON " + what + " IS " + commentText(now.comment));
}

} // namespace schemawright::postgres
