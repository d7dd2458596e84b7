#pragma once

#include "schemawright/sql/compiled.h"
#include "schemawright/sql/statement_node.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace schemawright {

/// Turns a statement into SQL and parameters. The base says what databases have in common; a dialect's subclass
/// overrides the constructs that it says differently, one virtual per construct. Made for one statement: use it once.
///
/// Columns are looked up in the FROM of their query and of those around it, so that a column of a table that is not
/// there is found here and not by the database.
class Compiler
{
public:
    explicit Compiler(CompileOptions options = {}) : options_(options) {}
    virtual ~Compiler() = default;
    Compiler(const Compiler &) = delete;
    Compiler &operator=(const Compiler &) = delete;

    /// Throws Error(Unsupported) that names the construct and the dialect, Error(Misuse) or Error(NotFound) for a
    /// statement that cannot be written.
    Compiled compile(const Statement &statement);

    /// An expression that stands alone, as in a check, a default or an index: names without their table, values as
    /// literals. Throws as compile() does.
    std::string compileExpression(const Expr &expression, bool asCondition = false);

    /// False when a value stands in the text, so that the text is no use for other values.
    bool isReusable() const noexcept { return isReusable_; }
    /// The node from which each parameter came, null for one that the compiler made. For the cache.
    const std::vector<const ExprNode *> &origins() const noexcept { return origins_; }

    virtual std::string_view dialectName() const = 0;
    virtual std::string quote(std::string_view identifier) const = 0;
    virtual std::string literal(const Value &value) const = 0;
    /// The type as CAST takes it.
    virtual std::string castType(const Type &type) const = 0;
    virtual std::size_t maxParameters() const = 0;
    /// True when LIMIT's number stands in the text, so that it is part of the shape.
    virtual bool inlinesLimit() const { return false; }

protected:
    // What dialects differ in: small facts.

    virtual bool reusesNamedParameters() const { return false; } ///< one placeholder may stand at several places
    virtual bool hasBooleans() const { return false; }           ///< true and false, and a column as a condition
    virtual bool hasConditionValues() const { return true; }     ///< a comparison may stand where a value stands
    virtual bool hasFilter() const { return false; }
    virtual bool hasWithinGroup() const { return false; }
    virtual bool hasRowValues() const { return true; }
    virtual bool hasRowComparisons() const { return hasRowValues(); } ///< (a, b) < (c, d)
    /// How a key of GROUP BY is known again in the selected columns when it holds values.
    enum class KeyValues : std::uint8_t {
        Apart,  ///< each place has its own parameter
        Shared, ///< both places have the same one
        Inlined ///< they stand in the text
    };
    virtual KeyValues keyValues() const { return KeyValues::Apart; }
    virtual bool ordersByLabel() const { return true; } ///< a label of a column as key of ORDER BY
    virtual bool hasGroupsFrame() const { return false; }
    virtual bool hasFullJoin() const { return true; }
    virtual bool hasGroupingSets() const { return true; }
    virtual bool hasAggregateOrder() const { return false; }
    virtual bool hasDefaultKeyword() const { return true; } ///< DEFAULT among the values
    virtual bool writesReturningUnqualified() const { return false; }
    virtual bool saysRecursive() const { return true; }
    virtual bool hasDataModifyingCtes() const { return false; }
    virtual bool hasCteMaterialization() const { return false; }
    virtual bool putsCteIntoInsertedQuery() const { return false; }
    virtual bool hasCtesOnChanges() const { return true; } ///< before UPDATE, DELETE and MERGE
    virtual std::size_t maxInList() const { return 0; }    ///< 0: no limit
    virtual const char *aliasWord() const { return " AS "; }

    // Constructs.

    virtual void placeholder(std::size_t number, const std::string &name);
    /// A bound value where nothing tells the database its type.
    virtual void lonelyValue(const ExprNode &node) { value(node); }
    /// A bound value where the database can't even take it for a text.
    virtual void untypedValue(const ExprNode &node) { value(node); }
    /// A bound value beside an expression of a known type.
    virtual void valueBeside(const ExprNode &node, TypeKind other);
    virtual void constant(const ExprNode &node, bool asCondition);
    virtual void unary(const ExprNode &node);
    virtual void binary(const ExprNode &node);
    virtual void divide(const ExprNode &node);
    virtual void floorDivide(const ExprNode &node);
    virtual void modulo(const ExprNode &node);
    virtual void bitOperation(const ExprNode &node);
    virtual void distinctFrom(const ExprNode &node);
    virtual void concat(const std::vector<Expr> &parts);
    virtual void custom(const ExprNode &node);
    virtual void like(const ExprNode &node);
    virtual void regexp(const ExprNode &node);
    virtual void regexpReplace(const ExprNode &node);
    virtual void between(const ExprNode &node);
    virtual void in(const ExprNode &node);
    virtual void inTuples(const ExprNode &node);
    virtual void quantified(const ExprNode &node);
    /// The query behind IN, ANY and ALL.
    virtual void listQuery(const StatementNode &node) { subquery(node); }
    virtual void caseWhen(const ExprNode &node);
    virtual void cast(const ExprNode &node);
    virtual void extract(const ExprNode &node);
    virtual void collate(const ExprNode &node);
    /// Where the name of a collation is a plain word and cannot be quoted. Throws Error(Misuse) for another.
    void collateByWord(const ExprNode &node);
    virtual void function(const ExprNode &node);
    virtual void aggregateStrings(const ExprNode &node) { joinedStrings("string_agg", node); }
    /// name(text, separator) with the order of the texts where this database wants it.
    void joinedStrings(const char *name, const ExprNode &node);
    virtual void filter(const ExprNode &node);
    virtual void over(const ExprNode &node);
    virtual void frame(const WindowFrame &frame);
    virtual void withinGroup(const ExprNode &node);
    virtual void array(const ExprNode &node);
    virtual void element(const ExprNode &node);
    virtual void json(const ExprNode &node);
    virtual void orderItem(const ExprNode &node);
    virtual void nextValue(const ExprNode &node);
    virtual void excluded(const ExprNode &node);
    virtual void matchAgainst(const ExprNode &node);
    virtual void match(const ExprNode &node);
    /// before a between b after, of a node with two arguments.
    void around(const char *before, const ExprNode &node, const char *between, const char *after);

    virtual void selectHead(const SelectNode &node);
    virtual void noFrom() {}
    virtual void source(const SourceNode &node);
    virtual void lateralJoin(const SourceNode &join);
    virtual void lateralItem(const SourceNode &node, bool isFirst);
    virtual void valuesSource(const SourceNode &node);
    virtual void valuesRows(const std::vector<std::vector<Expr>> &rows);
    /// The rows as SELECTs put together by UNION ALL, each ending in `from`; the first names the columns, where there
    /// are names.
    void rowsAsSelects(const std::vector<std::vector<Expr>> &rows, const std::vector<std::string> &names,
                       std::string_view from);
    virtual void functionSource(const SourceNode &node);
    /// What stands behind the call of a function in FROM.
    virtual void functionAlias(const SourceNode &node);
    virtual void sample(const SourceNode &node);
    virtual void tail(const Tail &tail, bool isCompound);
    virtual void lock(const RowLock &lock);
    virtual void compound(const CompoundNode &node, bool needsNames);
    /// One part of a UNION that has an order or a limit, or is a UNION itself.
    virtual void compoundPart(const StatementNode &node, bool needsNames);
    virtual std::string setOperator(const std::string &op) const { return op; }

    virtual void insert(const InsertNode &node);
    virtual void insertDefaults(const InsertNode &node);
    virtual void insertRows(const InsertNode &node);
    virtual void upsertClause(const InsertNode &node);
    /// What stands between the columns of an INSERT and its VALUES.
    virtual void output(const std::vector<Expr> &, bool /*isDelete*/) {}
    virtual void returning(const std::vector<Expr> &columns, std::string_view statement);
    virtual void update(const UpdateNode &node);
    virtual void delete_(const DeleteNode &node);
    virtual void merge(const MergeNode &node);

    // Helpers for them.

    [[noreturn]] void unsupported(std::string_view construct) const;
    void write(std::string_view text) { out_ += text; }
    std::string &out() { return out_; }
    /// A space, or a new line where clauses have lines of their own.
    void clause(std::string_view word);
    /// The text depends on a value and is no use for others.
    void dependsOnValues() { isReusable_ = false; }
    /// An expression as a value.
    void expr(const Expr &e);
    /// An expression as a condition: a bare boolean becomes one where the database wants that.
    void condition(const Expr &e);
    /// An operand, in parentheses when it binds no tighter than `level`.
    void operand(const Expr &e, int level);
    /// An operand beside another, which may tell its type.
    void operandBeside(const Expr &e, const Expr &other, int level);
    void conditionOperand(const Expr &e, int level);
    /// A row value beside another, part by part.
    void tupleBeside(const ExprNode &row, const ExprNode &other);
    /// What BETWEEN and IN compare with several others.
    void leftOfMany(const Expr &e, const Expr &other);
    /// As a value that stands alone: a bound one gets its type where the database needs it.
    void lonely(const Expr &e);
    void list(const std::vector<Expr> &all);
    void lonelyList(const std::vector<Expr> &all);
    void orderList(const std::vector<Expr> &all);
    /// The key of one item of ORDER BY.
    void orderKey(const Expr &e);
    /// A key of GROUP BY or ORDER BY, as the selected column that it is.
    const Expr &asSelected(const Expr &key);
    /// What is a key of GROUP BY as that key, so that it has the same values.
    const Expr &asGroupKey(const Expr &e);
    /// The one of them that is the same expression with the same values.
    const Expr *sameIn(const std::vector<Expr> &all, const Expr &e);
    void groupKeys(const SelectNode &node);
    void markKeyValues(const SelectNode &node);
    /// The placeholder or literal of a value.
    void value(const ExprNode &node);
    void madeValue(const Value &value);
    void madeParameter(const std::string &name);
    /// A value where the database takes no parameter: as a literal.
    void inlineValue(const Expr &e);
    void argumentsOf(const ExprNode &node);
    void functionName(std::string_view name);
    void query(const StatementNode &node, bool needsNames);
    void subquery(const StatementNode &node);
    void column(const ExprNode &node);
    void tableName(const Table &table);
    std::string sourceName(const SourceNode &node);
    void aliasOf(const SourceNode &node);
    virtual void hintsOf(const SourceNode &node);
    void fromList(const std::vector<Source> &from);
    void whereClause(const Expr &condition);
    void assignments(const std::vector<std::pair<Expr, Expr>> &set, bool qualified);
    void assignmentList(const std::vector<Assignment> &set, const SourceNode *target);
    void columnNames(const std::vector<std::string> &names);
    void snippets(const std::vector<Snippet> &all, bool before);
    void withClause();
    void upsertAsMerge(const InsertNode &node);
    void orderBy(const std::vector<Expr> &order);
    void limitOffset(const Tail &tail);
    void offsetFetch(const Tail &tail);
    std::string jsonPath(const ExprNode &node) const;
    static bool isPredicate(const ExprNode &node);
    /// DISTINCT before the texts that aggregate_strings joins.
    static bool isDistinctText(const ExprNode &node);
    const CompileOptions &options() const noexcept { return options_; }

    /// The tables whose columns may be named at a place.
    struct Scope
    {
        std::vector<const SourceNode *> sources;
        /// Of a table in FROM that may not see its neighbours.
        bool isHidden = false;
        /// Columns without their table, where only one is there and the database wants it so.
        bool isBare = false;
        /// In RETURNING, where only the changed table's columns may be named.
        bool isReturning = false;
        /// For messages.
        const char *clause = "the statement";
    };
    std::vector<Scope> &scopes() { return scopes_; }
    void addToScope(const Source &source);
    const SelectNode *currentSelect_ = nullptr;
    bool isSubquery_ = false;
    bool isOrderOfQuery_ = false;    ///< in the ORDER BY of a query, not of a window or an aggregate
    bool isOrderOfCompound_ = false; ///< in the ORDER BY of a UNION
    bool inlinesValues_ = false;     ///< where the database takes no parameters: literals
    const char *rowImage_ = nullptr; ///< a name instead of the target's in OUTPUT: inserted, deleted

private:
    void statement(const StatementNode &node);
    void select(const SelectNode &node, bool needsNames);
    void selectList(const SelectNode &node, bool needsNames);
    void checkAggregates(const SelectNode &node) const;
    void checkUpdate(const UpdateNode &node) const;
    static void refuseAggregate(const Expr &e, const char *place);
    void text(const ExprNode &node);
    void expression(const ExprNode &node);
    void join(const SourceNode &node);
    void nary(const ExprNode &node);
    void conditionAsValue(const Expr &e);
    void collectCtes(const StatementNode &node);
    /// VALUES whose columns have names, or null.
    static const ValuesNode *namedValues(const StatementNode &node);
    void cteBody(const SourceNode &node);

    CompileOptions options_;
    std::string out_;
    std::vector<Parameter> parameters_;
    std::vector<const ExprNode *> origins_;
    std::vector<const ExprNode *> keyValues_; ///< of GROUP BY, where they are shared or inlined
    std::vector<Scope> scopes_;
    std::vector<std::pair<const SourceNode *, std::string>> names_;
    std::vector<const SourceNode *> ctes_;
    bool ctesWritten_ = true;
    bool isReusable_ = true;
    std::size_t depth_ = 0;
};

} // namespace schemawright
