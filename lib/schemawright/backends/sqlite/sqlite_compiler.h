#pragma once

#include "schemawright/sql/compiler.h"

namespace schemawright {

/// What SQLite says differently: IS for NULL-safe equality, no type that is boolean, LIMIT -1 for an offset alone, no
/// parentheses around the parts of a UNION.
class SqliteCompiler final : public Compiler
{
public:
    using Compiler::Compiler;
    std::string_view dialectName() const override { return "sqlite"; }
    std::string quote(std::string_view identifier) const override;
    std::string literal(const Value &value) const override;
    std::string castType(const Type &type) const override;
    std::size_t maxParameters() const override { return 32766; }

protected:
    bool hasFilter() const override { return true; }
    bool hasGroupsFrame() const override { return true; }
    bool hasGroupingSets() const override { return false; }
    bool writesReturningUnqualified() const override { return true; }
    bool hasCteMaterialization() const override { return true; }

    void divide(const ExprNode &node) override;
    void floorDivide(const ExprNode &node) override;
    void bitOperation(const ExprNode &node) override;
    void distinctFrom(const ExprNode &node) override;
    void regexp(const ExprNode &node) override;
    void regexpReplace(const ExprNode &) override { unsupported("REGEXP_REPLACE"); }
    void inTuples(const ExprNode &node) override;
    void quantified(const ExprNode &node) override;
    void extract(const ExprNode &node) override;
    void function(const ExprNode &node) override;
    bool hasDefaultKeyword() const override { return false; }
    void aggregateStrings(const ExprNode &node) override;
    void upsertClause(const InsertNode &node) override;
    void json(const ExprNode &node) override;
    void source(const SourceNode &node) override;
    void valuesSource(const SourceNode &node) override;
    void tail(const Tail &tail, bool isCompound) override;
    void compound(const CompoundNode &node, bool needsNames) override;
    void compoundPart(const StatementNode &node, bool needsNames) override;
    std::string setOperator(const std::string &op) const override;
    void insert(const InsertNode &node) override;
    void merge(const MergeNode &) override { unsupported("MERGE"); }
};

} // namespace schemawright
