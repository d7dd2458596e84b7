#pragma once

#include "schemawright/schema/metadata.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace schemawright::postgres {

/// Relations and types that go when what needs them has been altered, though something new has their names before that:
/// so they are called otherwise until they go.
class PutAside
{
public:
    PutAside() = default;
    /// Of what is `going`, whatever has a name that a relation or type of `after` has.
    PutAside(const MetaData &going, const MetaData &after);

    /// What gives the names away.
    const std::vector<std::string> &statements() const noexcept { return statements_; }
    /// The table as it is called then, and names the others.
    Table called(Table table) const;
    /// The same with all that is in it.
    MetaData called(const MetaData &going) const;

private:
    void give(const std::string &what, const QualifiedName &name);
    void follow(QualifiedName &name) const;

    std::map<QualifiedName, QualifiedName> names_;
    std::vector<std::string> statements_;
};

/// The names of relations and types, which a new one cannot have: tables with indexes and constraints, views,
/// sequences, types.
std::set<QualifiedName> namesOfRelationsAndTypes(const MetaData &metadata);
/// Is an OtherObject of this kind a type?
bool isTypeKind(const std::string &kind);

} // namespace schemawright::postgres
