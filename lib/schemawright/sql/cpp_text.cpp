#include "schemawright/sql/cpp_text.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/statement_node.h"

#include <map>
#include <set>

#include <fmt/format.h>

namespace schemawright {

namespace {

std::string quoted(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text)
        if (c == '"' || c == '\\')
            out += {'\\', c};
        else if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else
            out += c;
    return out + '"';
}

/// A name of a table as one of a variable: "Order Details" is orderDetails.
std::string variableFor(std::string_view name)
{
    static const std::set<std::string> words{
        "and",     "class",  "default", "delete", "do",     "double",   "int",  "new",   "not",   "or",   "operator",
        "private", "public", "return",  "short",  "switch", "template", "this", "union", "using", "void", "xor"};
    std::string out;
    bool isUpper = false;
    for (const char c : name) {
        const bool isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!isLetter && !(c >= '0' && c <= '9' && !out.empty())) {
            isUpper = !out.empty();
            continue;
        }
        const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const char high = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        out += out.empty() ? low : isUpper ? high : c;
        isUpper = false;
    }
    if (out.empty())
        out = "table";
    return words.contains(out) ? out + "_" : out;
}

class Writer
{
public:
    std::string write(const SelectNode &node)
    {
        if (!node.distinctOn.empty() || node.lock || !node.prefixes.empty() || !node.suffixes.empty() ||
            !node.hints.empty() || node.tail.fetch || !node.with.empty() || !node.joins.empty())
            unsupported("this clause");
        std::string from;
        for (const Source &source : node.from)
            from += "\n        .from(" + this->source(source.node()) + ")";
        std::string query = "const Select query =\n    select({" + list(node.columns) + "})" + from;
        if (!node.where.isEmpty())
            query += "\n        .where(" + expr(node.where, precedence::Loosest) + ")";
        if (!node.groupBy.empty())
            query += "\n        .groupBy({" + list(node.groupBy) + "})";
        if (!node.having.isEmpty())
            query += "\n        .having(" + expr(node.having, precedence::Loosest) + ")";
        if (!node.tail.order.empty())
            query += "\n        .orderBy({" + list(node.tail.order) + "})";
        if (node.distinct)
            query += "\n        .distinct()";
        if (!node.tail.limit.isEmpty())
            query += "\n        .limit(" + expr(node.tail.limit, precedence::Loosest) + ")";
        if (!node.tail.offset.isEmpty())
            query += "\n        .offset(" + expr(node.tail.offset, precedence::Loosest) + ")";
        return tables_ + query + ";\n";
    }

private:
    [[noreturn]] static void unsupported(std::string_view what)
    {
        throw Error(ErrorKind::Unsupported, "the C++ of " + std::string(what) + " is not written here");
    }

    std::string source(const SourceNode &node)
    {
        switch (node.kind) {
        case SourceKind::Table:
        case SourceKind::Alias:
            return variable(node);
        case SourceKind::Join: {
            static const std::map<JoinKind, const char *> names{{JoinKind::Inner, "join"},
                                                                {JoinKind::Left, "leftJoin"},
                                                                {JoinKind::Right, "rightJoin"},
                                                                {JoinKind::Full, "fullJoin"},
                                                                {JoinKind::Cross, "crossJoin"}};
            const std::string left = source(*node.left), right = source(*node.right);
            return left + "." + names.at(node.join) + "(" + right +
                   (node.on.isEmpty() ? "" : ", " + expr(node.on, precedence::Loosest)) + ")";
        }
        default:
            unsupported("a source that is no table");
        }
    }

    std::string variable(const SourceNode &node)
    {
        const TablePtr table = node.kind == SourceKind::Alias && node.left ? node.left->table : node.table;
        if (!table)
            unsupported("a source that is no table");
        const std::string key = node.kind == SourceKind::Alias ? node.name : table->name.text();
        if (const auto found = variables_.find(key); found != variables_.end())
            return found->second;
        std::string name = variableFor(node.kind == SourceKind::Alias ? node.name : table->name.name);
        while (!taken_.insert(name).second)
            name += "_";
        variables_[key] = name;
        const std::string made =
            fmt::format("metadata.table({{{}, {}}})", quoted(table->name.schema), quoted(table->name.name));
        tables_ += node.kind == SourceKind::Alias
                       ? fmt::format("const Source {} = Source({}).alias({});\n", name, made, quoted(node.name))
                       : fmt::format("const Source {} = {};\n", name, made);
        return name;
    }

    std::string list(const std::vector<Expr> &all, std::size_t first = 0)
    {
        std::string text;
        for (std::size_t i = first; i < all.size(); ++i)
            text += (i > first ? ", " : "") + expr(all[i], precedence::Loosest);
        return text;
    }

    static std::string value(const Value &value)
    {
        if (value.isNull())
            return "Value()";
        if (const bool *truth = value.as<bool>())
            return *truth ? "true" : "false";
        if (value.is<std::int64_t>() || value.is<double>())
            return value.text();
        if (value.is<std::string>())
            return quoted(value.text());
        if (value.is<Decimal>())
            return "Value(*Decimal::parse(" + quoted(value.text()) + "))";
        unsupported("this value");
    }

    /// C++ binds && tighter than ||, comparisons tighter than both, as the language does; parentheses where needed.
    std::string expr(const Expr &e, int level)
    {
        const std::string text = bare(e.node());
        return level > precedence::Loosest && e.node().precedence <= level ? "(" + text + ")" : text;
    }

    std::string infix(const ExprNode &node, const char *op)
    {
        return expr(node.arguments[0], node.precedence - 1) + " " + op + " " + expr(node.arguments[1], node.precedence);
    }

    std::string call(const char *name, const ExprNode &node)
    {
        return std::string(name) + "(" + list(node.arguments) + ")";
    }

    /// A value where an Expr is needed by itself.
    std::string asExpr(const Expr &e)
    {
        const std::string text = expr(e, precedence::Loosest);
        return e.node().kind == ExprKind::Bind ? "bind(" + text + ")" : text;
    }

    std::string bare(const ExprNode &node)
    {
        switch (node.kind) {
        case ExprKind::Column:
            if (node.source)
                return variable(*node.source) + "[" + quoted(node.text) + "]";
            if (node.table)
                return variable(Source(node.table).node()) + "[" + quoted(node.text) + "]";
            return "column(" + quoted(node.text) + ")";
        case ExprKind::Bind:
            return value(node.value);
        case ExprKind::Literal:
            return "inlined(" + value(node.value) + ")";
        case ExprKind::Constant:
            return node.op == Operator::Null    ? "null()"
                   : node.op == Operator::True  ? "true_()"
                   : node.op == Operator::False ? "false_()"
                   : node.op == Operator::Star  ? "star()"
                                                : "defaultValue()";
        case ExprKind::Unary:
            return unary(node);
        case ExprKind::Binary:
            return binary(node);
        case ExprKind::Nary: {
            if (node.op == Operator::Concat)
                return "concat({" + list(node.arguments) + "})";
            std::string text;
            for (const Expr &each : node.arguments)
                text += (text.empty() ? "" : node.op == Operator::And ? " && " : " || ") + expr(each, node.precedence);
            return text;
        }
        case ExprKind::Like:
            if (node.wildBefore || node.wildAfter)
                return std::string(node.negated ? "!" : "") + (node.ignoreCase ? "icontains(" : "contains(") +
                       list(node.arguments) + ")";
            return call(node.negated      ? (node.ignoreCase ? "notIlike" : "notLike")
                        : node.ignoreCase ? "ilike"
                                          : "like",
                        node);
        case ExprKind::Between:
            return call(node.negated ? "notBetween" : "between", node);
        case ExprKind::In:
            if (node.query)
                unsupported("a subquery");
            return std::string(node.negated ? "notIn(" : "in(") + expr(node.arguments.front(), precedence::Loosest) +
                   ", {" + list(node.arguments, 1) + "})";
        case ExprKind::Case: {
            if (node.hasOperand)
                unsupported("this CASE");
            std::string branches;
            const std::size_t pairs = node.arguments.size() - (node.hasElse ? 1 : 0);
            for (std::size_t i = 0; i + 1 < pairs; i += 2)
                branches += (i ? ", {" : "{") + expr(node.arguments[i], precedence::Loosest) + ", " +
                            expr(node.arguments[i + 1], precedence::Loosest) + "}";
            return "case_({" + branches + "}" +
                   (node.hasElse ? ", " + expr(node.arguments.back(), precedence::Loosest) : "") + ")";
        }
        case ExprKind::Extract:
            return "extract(" + quoted(node.text) + ", " + list(node.arguments) + ")";
        case ExprKind::Function:
            return function(node);
        case ExprKind::Label:
            return expr(node.arguments.front(), precedence::Sign) + ".label(" + quoted(node.text) + ")";
        case ExprKind::Order:
            return expr(node.arguments.front(), precedence::Sign) + (node.descending ? ".desc()" : ".asc()");
        default:
            unsupported("this expression");
        }
    }

    std::string unary(const ExprNode &node)
    {
        switch (node.op) {
        case Operator::IsNull:
            return expr(node.arguments[0], precedence::Compare) + " == nullptr";
        case Operator::IsNotNull:
            return expr(node.arguments[0], precedence::Compare) + " != nullptr";
        case Operator::Not:
            return "!" + expr(node.arguments[0], precedence::Sign);
        case Operator::Negate:
            return "-" + expr(node.arguments[0], precedence::Sign);
        case Operator::DistinctValues:
            return call("distinct", node);
        default:
            unsupported("this operator");
        }
    }

    std::string binary(const ExprNode &node)
    {
        switch (node.op) {
        case Operator::Equal:
            return infix(node, "==");
        case Operator::NotEqual:
            return infix(node, "!=");
        case Operator::Less:
            return infix(node, "<");
        case Operator::LessEqual:
            return infix(node, "<=");
        case Operator::Greater:
            return infix(node, ">");
        case Operator::GreaterEqual:
            return infix(node, ">=");
        case Operator::Add:
            return infix(node, "+");
        case Operator::Subtract:
            return infix(node, "-");
        case Operator::Multiply:
            return infix(node, "*");
        case Operator::Divide:
            return infix(node, "/");
        case Operator::Modulo:
            return infix(node, "%");
        case Operator::FloorDivide:
            return call("floorDivide", node);
        case Operator::Same:
            return call("isNotDistinctFrom", node);
        case Operator::Distinct:
            return call("isDistinctFrom", node);
        default:
            unsupported("this operator");
        }
    }

    std::string function(const ExprNode &node)
    {
        static const std::map<std::string, const char *, std::less<>> known{{"count", "func::count"},
                                                                            {"sum", "func::sum"},
                                                                            {"avg", "func::avg"},
                                                                            {"min", "func::min"},
                                                                            {"max", "func::max"},
                                                                            {"lower", "func::lower"},
                                                                            {"upper", "func::upper"},
                                                                            {"trim", "func::trim"},
                                                                            {"abs", "func::abs"},
                                                                            {"round", "func::round"},
                                                                            {"nullif", "func::nullif"},
                                                                            {"now", "func::now"},
                                                                            {"char_length", "func::charLength"},
                                                                            {"length", "func::length"}};
        const bool isCountOfAll =
            node.text == "count" && node.arguments.size() == 1 && node.arguments[0].node().op == Operator::Star;
        if (isCountOfAll)
            return "func::count()";
        if (node.text == "coalesce") {
            std::string all;
            for (const Expr &each : node.arguments)
                all += (all.empty() ? "" : ", ") + asExpr(each);
            return "func::coalesce({" + all + "})";
        }
        if (const auto found = known.find(node.text); found != known.end())
            return call(found->second, node);
        return "function(" + quoted(node.text) + (node.arguments.empty() ? "" : ", ") + list(node.arguments) + ")";
    }

    std::string tables_;
    std::map<std::string, std::string> variables_;
    std::set<std::string> taken_{"query", "metadata"};
};

} // namespace

std::string cppText(const Select &query) { return Writer().write(static_cast<const SelectNode &>(query.node())); }

} // namespace schemawright
