#pragma once

#include "schemawright/sql/compiler.h"

namespace schemawright {

/// What Oracle (19) says differently: FROM DUAL, no AS before an alias of a table, MINUS, MERGE for an upsert, rows of
/// INSERT by UNION ALL, RETURNING INTO named parameters (ret_0, ret_1 …) that the driver reads back.
class OracleCompiler final : public Compiler
{
public:
    using Compiler::Compiler;
    std::string_view dialectName() const override { return "oracle"; }
    std::string quote(std::string_view identifier) const override;
    std::string literal(const Value &value) const override;
    std::string castType(const Type &type) const override;
    std::size_t maxParameters() const override { return 65535; }
    bool inlinesLimit() const override { return true; }

protected:
    KeyValues keyValues() const override { return KeyValues::Shared; }
    bool hasConditionValues() const override { return false; }
    bool hasWithinGroup() const override { return true; }
    bool hasRowComparisons() const override { return false; }
    bool ordersByLabel() const override { return false; }
    bool saysRecursive() const override { return false; }
    bool putsCteIntoInsertedQuery() const override { return true; }
    bool hasCtesOnChanges() const override { return false; }
    bool reusesNamedParameters() const override { return true; }
    std::size_t maxInList() const override { return 1000; }
    const char *aliasWord() const override { return " "; }

    void placeholder(std::size_t number, const std::string &name) override;
    void modulo(const ExprNode &node) override;
    void bitOperation(const ExprNode &node) override;
    void distinctFrom(const ExprNode &node) override;
    void regexp(const ExprNode &node) override;
    void regexpReplace(const ExprNode &node) override;
    void extract(const ExprNode &node) override;
    void collate(const ExprNode &node) override { collateByWord(node); }
    void function(const ExprNode &node) override;
    void match(const ExprNode &node) override { around("CONTAINS (", node, ", ", ") > 0"); }
    void aggregateStrings(const ExprNode &node) override;
    void json(const ExprNode &node) override;
    void nextValue(const ExprNode &node) override;
    void selectHead(const SelectNode &node) override;
    void hintsOf(const SourceNode &) override {} // they stand behind SELECT
    void noFrom() override { write(" FROM DUAL"); }
    void valuesRows(const std::vector<std::vector<Expr>> &rows) override;
    void valuesSource(const SourceNode &node) override;
    void functionSource(const SourceNode &node) override;
    void tail(const Tail &tail, bool isCompound) override;
    void lock(const RowLock &lock) override;
    std::string setOperator(const std::string &op) const override;
    void insert(const InsertNode &node) override;
    void insertDefaults(const InsertNode &node) override;
    void insertRows(const InsertNode &node) override;
    void returning(const std::vector<Expr> &columns, std::string_view statement) override;
    void update(const UpdateNode &node) override;
    void merge(const MergeNode &node) override;
};

} // namespace schemawright
