#pragma once

#include "schemawright/sql/compiler.h"

namespace schemawright {

/// What MySQL and MariaDB say differently: concat(), <=>, LIMIT offset, count; ON DUPLICATE KEY UPDATE; changes of
/// joined tables. Where the two part, what one of them knows is written (RETURNING is MariaDB's, LATERAL MySQL's).
class MysqlCompiler final : public Compiler
{
public:
    using Compiler::Compiler;
    std::string_view dialectName() const override { return "mysql"; }
    std::string quote(std::string_view identifier) const override;
    std::string literal(const Value &value) const override;
    std::string castType(const Type &type) const override;
    std::size_t maxParameters() const override { return 65535; }

protected:
    KeyValues keyValues() const override { return KeyValues::Inlined; }
    bool hasFullJoin() const override { return false; }
    bool putsCteIntoInsertedQuery() const override { return true; }
    bool hasAggregateOrder() const override { return true; }

    void constant(const ExprNode &node, bool asCondition) override;
    void distinctFrom(const ExprNode &node) override;
    void concat(const std::vector<Expr> &parts) override;
    void regexp(const ExprNode &node) override;
    void regexpReplace(const ExprNode &node) override;
    void extract(const ExprNode &node) override;
    void listQuery(const StatementNode &node) override;
    void collate(const ExprNode &node) override { collateByWord(node); }
    void function(const ExprNode &node) override;
    void match(const ExprNode &node) override { around("MATCH (", node, ") AGAINST (", " IN BOOLEAN MODE)"); }
    void aggregateStrings(const ExprNode &node) override;
    void json(const ExprNode &node) override;
    void orderItem(const ExprNode &node) override;
    void nextValue(const ExprNode &node) override;
    void excluded(const ExprNode &node) override;
    void matchAgainst(const ExprNode &node) override;
    void valuesRows(const std::vector<std::vector<Expr>> &rows) override;
    void valuesSource(const SourceNode &node) override;
    void tail(const Tail &tail, bool isCompound) override;
    void lock(const RowLock &lock) override;
    void insertDefaults(const InsertNode &node) override;
    void upsertClause(const InsertNode &node) override;
    void returning(const std::vector<Expr> &columns, std::string_view statement) override;
    void update(const UpdateNode &node) override;
    void delete_(const DeleteNode &node) override;
    void merge(const MergeNode &) override { unsupported("MERGE"); }

private:
    void limited(const Tail &tail);
};

} // namespace schemawright
