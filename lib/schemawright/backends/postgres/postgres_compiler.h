#pragma once

#include "schemawright/sql/compiler.h"

namespace schemawright {

/// What PostgreSQL says differently: numbered placeholders, ILIKE, arrays, DISTINCT ON, row locks; and a cast around a
/// parameter where nothing else tells the server its type, since values travel untyped.
class PostgresCompiler final : public Compiler
{
public:
    using Compiler::Compiler;
    std::string_view dialectName() const override { return "postgresql"; }
    std::string quote(std::string_view identifier) const override;
    std::string literal(const Value &value) const override;
    std::string castType(const Type &type) const override;
    std::size_t maxParameters() const override { return 65535; }

protected:
    KeyValues keyValues() const override { return KeyValues::Shared; }
    bool reusesNamedParameters() const override { return true; }
    bool hasBooleans() const override { return true; }
    bool hasFilter() const override { return true; }
    bool hasWithinGroup() const override { return true; }
    bool hasGroupsFrame() const override { return true; }
    bool hasAggregateOrder() const override { return true; }
    bool hasDataModifyingCtes() const override { return true; }
    bool hasCteMaterialization() const override { return true; }

    void placeholder(std::size_t number, const std::string &name) override;
    void lonelyValue(const ExprNode &node) override;
    void untypedValue(const ExprNode &node) override;
    void valueBeside(const ExprNode &node, TypeKind other) override;
    void divide(const ExprNode &node) override;
    void floorDivide(const ExprNode &node) override;
    void bitOperation(const ExprNode &node) override;
    void custom(const ExprNode &node) override;
    void like(const ExprNode &node) override;
    void regexp(const ExprNode &node) override;
    void between(const ExprNode &node) override;
    void quantified(const ExprNode &node) override;
    void function(const ExprNode &node) override;
    void match(const ExprNode &node) override { around("", node, " @@ plainto_tsquery(", ")"); }
    void array(const ExprNode &node) override;
    void element(const ExprNode &node) override;
    void json(const ExprNode &node) override;
    void nextValue(const ExprNode &node) override;
    void selectHead(const SelectNode &node) override;
    void functionAlias(const SourceNode &node) override;
    void sample(const SourceNode &node) override;
    void tail(const Tail &tail, bool isCompound) override;
    void lock(const RowLock &lock) override;
    void delete_(const DeleteNode &node) override;
    void upsertClause(const InsertNode &node) override;

private:
    void castValue(const ExprNode &node, std::string_view type);
};

} // namespace schemawright
