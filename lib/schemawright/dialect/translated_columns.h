#pragma once

#include "schemawright/dialect/ddl_rules.h"
#include "schemawright/dialect/dialect.h"
#include "schemawright/sql/expr.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace schemawright {

/// The part of translate() that carries the columns of one table: types, defaults, generated values, and the checks
/// that say what a type does not say here. Fills `made.columns` and `made.checks`.
class ColumnTranslator
{
public:
    ColumnTranslator(const MetaData &source, const Dialect &target, const DdlRules &rules, std::vector<Remark> &remarks,
                     const Table &table, Table &made, const std::map<std::string, std::string> &renamed)
        : source_(source), target_(target), rules_(rules), remarks_(remarks), table_(table), made_(made),
          renamed_(renamed)
    {}

    void run();

private:
    void remark(std::string what) { remarks_.push_back({table_.name.text(), std::move(what)}); }
    bool isCounted(const Column &column) const;
    void typeOf(const Column &column, Column &made);
    void domainChecks(const Column &column, const Domain *domain, TypeKind *kind);
    std::optional<Expr> parsed(const std::string &sql) const;
    void counter(const Column &column, Column &made);
    void defaultOf(const Column &column, Column &made);
    void generatedOf(const Column &column, Column &made);
    void checks();
    std::optional<std::optional<Expr>> nextValueOf(const std::string &written) const;
    std::optional<Expr> fitted(const Column &column, const Expr &value) const;
    std::optional<std::string> said(const Expr &expression, bool asCondition) const;

    const MetaData &source_;
    const Dialect &target_;
    const DdlRules &rules_;
    std::vector<Remark> &remarks_;
    const Table &table_;
    Table &made_;
    const std::map<std::string, std::string> &renamed_; ///< what expressions call columns, and their names here
    bool hasCounter_ = false;
    std::vector<std::string> zoned_, unsigned_, collated_;
    std::vector<CheckConstraint> madeChecks_; ///< in the target's words already
};

} // namespace schemawright
