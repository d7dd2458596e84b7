#pragma once

#include "schemawright/sql/compiler.h"

namespace schemawright {

/// What SQL Server (2022) says differently: TOP and OFFSET … FETCH, OUTPUT, APPLY, MERGE for an upsert; conditions are
/// no values and there are no row values.
class MssqlCompiler final : public Compiler
{
public:
    using Compiler::Compiler;
    std::string_view dialectName() const override { return "mssql"; }
    std::string quote(std::string_view identifier) const override;
    std::string literal(const Value &value) const override;
    std::string castType(const Type &type) const override;
    std::size_t maxParameters() const override { return 2100; }
    bool inlinesLimit() const override { return true; }

protected:
    KeyValues keyValues() const override { return KeyValues::Inlined; }
    bool hasConditionValues() const override { return false; }
    bool hasRowValues() const override { return false; }
    bool hasWithinGroup() const override { return true; }
    void aggregateStrings(const ExprNode &node) override;
    void insertRows(const InsertNode &node) override;
    bool saysRecursive() const override { return false; }

    void divide(const ExprNode &node) override;
    void floorDivide(const ExprNode &node) override;
    void bitOperation(const ExprNode &node) override;
    void concat(const std::vector<Expr> &parts) override;
    void regexpReplace(const ExprNode &) override { unsupported("regular expressions"); }
    void extract(const ExprNode &node) override;
    void collate(const ExprNode &node) override { collateByWord(node); }
    void function(const ExprNode &node) override;
    void match(const ExprNode &node) override { around("CONTAINS (", node, ", ", ")"); }
    void frame(const WindowFrame &frame) override;
    void json(const ExprNode &node) override;
    void orderItem(const ExprNode &node) override;
    void nextValue(const ExprNode &node) override;
    void selectHead(const SelectNode &node) override;
    void lateralJoin(const SourceNode &join) override;
    void lateralItem(const SourceNode &node, bool isFirst) override;
    void source(const SourceNode &node) override;
    void valuesRows(const std::vector<std::vector<Expr>> &rows) override;
    void valuesSource(const SourceNode &node) override;
    void tail(const Tail &tail, bool isCompound) override;
    void compoundPart(const StatementNode &node, bool needsNames) override;
    std::string setOperator(const std::string &op) const override;
    void output(const std::vector<Expr> &columns, bool isDelete) override;
    void insert(const InsertNode &node) override;
    void returning(const std::vector<Expr> &, std::string_view) override {}
    void update(const UpdateNode &node) override;
    void delete_(const DeleteNode &node) override;
    void merge(const MergeNode &node) override;

private:
    void applied(const SourceNode &node, const char *word);
    void target(const Source &table);
    void targetFrom(const Source &table, const std::vector<Source> &others);
    bool locksTarget_ = false;
};

} // namespace schemawright
