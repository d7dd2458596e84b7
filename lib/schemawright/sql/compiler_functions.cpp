#include "schemawright/base/error.h"
#include "schemawright/sql/compiler.h"

#include <algorithm>

namespace schemawright {

void Compiler::caseWhen(const ExprNode &node)
{
    const auto &parts = node.arguments;
    std::size_t i = 0;
    write("CASE");
    const Expr *operandOf = nullptr;
    if (node.hasOperand) {
        operandOf = &parts[i++];
        write(" ");
        lonely(*operandOf);
    }
    for (; i + 1 < parts.size() + (node.hasElse ? 0 : 1) && i + 1 < parts.size(); i += 2) {
        write(" WHEN ");
        if (operandOf)
            operandBeside(parts[i], *operandOf, precedence::Loosest);
        else
            condition(parts[i]);
        write(" THEN ");
        lonely(parts[i + 1]);
    }
    if (node.hasElse) {
        write(" ELSE ");
        lonely(parts.back());
    }
    write(" END");
}

void Compiler::cast(const ExprNode &node)
{
    write("CAST(");
    expr(node.arguments.front());
    write(" AS " + castType(*node.type) + ")");
}

void Compiler::extract(const ExprNode &node)
{
    write("EXTRACT(" + node.text + " FROM ");
    lonely(node.arguments.front());
    write(")");
}

void Compiler::collate(const ExprNode &node)
{
    operand(node.arguments.front(), precedence::Sign);
    write(" COLLATE " + quote(node.text));
}

void Compiler::collateByWord(const ExprNode &node)
{
    const bool isWord = !node.text.empty() && std::ranges::all_of(node.text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    });
    if (!isWord)
        throw Error(ErrorKind::Misuse, "'" + node.text + "' is no name of a collation");
    operand(node.arguments.front(), precedence::Sign);
    write(" COLLATE " + node.text);
}

void Compiler::functionName(std::string_view name)
{
    // Dots part schemas; a part that is no plain word is quoted.
    for (std::size_t from = 0; from <= name.size();) {
        const std::size_t dot = std::min(name.find('.', from), name.size());
        const std::string_view part = name.substr(from, dot - from);
        const bool isWord =
            !part.empty() && !(part[0] >= '0' && part[0] <= '9') && std::ranges::all_of(part, [](unsigned char c) {
                return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                       c == '$' || c >= 0x80;
            });
        write(from ? "." : "");
        write(isWord ? std::string(part) : quote(part));
        from = dot + 1;
    }
}

void Compiler::argumentsOf(const ExprNode &node)
{
    write("(");
    lonelyList(node.arguments);
    write(")");
}

void Compiler::function(const ExprNode &node)
{
    // Standard SQL calls these without parentheses.
    static constexpr std::string_view bare[] = {"current_timestamp", "current_date", "current_time", "localtime",
                                                "localtimestamp",    "current_user", "session_user", "current_role"};
    if (node.arguments.empty() && std::ranges::find(bare, node.text) != std::end(bare)) {
        for (const char c : node.text)
            out_ += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
        return;
    }
    if (node.text == "grouping_sets" || node.text == "cube" || node.text == "rollup") {
        if (!hasGroupingSets())
            unsupported(node.text == "grouping_sets" ? "GROUPING SETS" : node.text);
        write(node.text == "grouping_sets" ? "GROUPING SETS (" : node.text == "cube" ? "CUBE (" : "ROLLUP (");
        for (std::size_t i = 0; i < node.arguments.size(); ++i) {
            write(i ? ", " : "");
            const bool isSet = node.arguments[i].node().kind == ExprKind::Tuple; // no row value, a list of keys
            write(isSet ? "(" : "");
            isSet ? list(node.arguments[i].node().arguments) : expr(node.arguments[i]);
            write(isSet ? ")" : "");
        }
        return write(")");
    }
    functionName(node.text);
    argumentsOf(node);
}

bool Compiler::isDistinctText(const ExprNode &node)
{
    const ExprNode *text = &node.arguments.front().node();
    if (text->kind == ExprKind::AggregateOrder)
        text = &text->arguments.front().node();
    return text->op == Operator::DistinctValues;
}

void Compiler::joinedStrings(const char *name, const ExprNode &node)
{
    write(name);
    const ExprNode &text = node.arguments.front().node();
    if (text.kind != ExprKind::AggregateOrder)
        return argumentsOf(node);
    if (!hasAggregateOrder() && !hasWithinGroup())
        unsupported("ORDER BY inside an aggregate");
    write("(");
    list({text.arguments.front(), node.arguments[1]});
    write(hasAggregateOrder() ? " ORDER BY " : ") WITHIN GROUP (ORDER BY ");
    orderList({text.arguments.begin() + 1, text.arguments.end()});
    write(")");
}

void Compiler::filter(const ExprNode &node)
{
    if (!hasFilter())
        unsupported("FILTER of an aggregate");
    expr(node.arguments[0]);
    write(" FILTER (WHERE ");
    condition(node.arguments[1]);
    write(")");
}

void Compiler::withinGroup(const ExprNode &node)
{
    if (!hasWithinGroup())
        unsupported("WITHIN GROUP");
    expr(node.arguments.front());
    write(" WITHIN GROUP (ORDER BY ");
    orderList({node.arguments.begin() + 1, node.arguments.end()});
    write(")");
}

void Compiler::over(const ExprNode &node)
{
    expr(node.arguments.front());
    write(" OVER (");
    const WindowNode &window = *node.window;
    if (!window.partition.empty()) {
        write("PARTITION BY ");
        list(window.partition);
    }
    if (!window.order.empty()) {
        write(window.partition.empty() ? "ORDER BY " : " ORDER BY ");
        orderList(window.order);
    }
    if (window.frame) {
        write(window.partition.empty() && window.order.empty() ? "" : " ");
        frame(*window.frame);
    }
    write(")");
}

void Compiler::frame(const WindowFrame &frame)
{
    if (frame.unit == WindowFrame::Unit::Groups && !hasGroupsFrame())
        unsupported("GROUPS frame of a window");
    static constexpr const char *units[] = {"ROWS", "RANGE", "GROUPS"};
    write(units[static_cast<int>(frame.unit)]);
    const auto end = [this](const FrameBound &bound) {
        switch (bound.kind) {
        case FrameBound::Kind::UnboundedPreceding:
            return write("UNBOUNDED PRECEDING");
        case FrameBound::Kind::UnboundedFollowing:
            return write("UNBOUNDED FOLLOWING");
        case FrameBound::Kind::CurrentRow:
            return write("CURRENT ROW");
        default:
            operand(bound.offset, precedence::Loosest);
            write(bound.kind == FrameBound::Kind::Preceding ? " PRECEDING" : " FOLLOWING");
        }
    };
    write(" BETWEEN ");
    end(frame.from);
    write(" AND ");
    end(frame.to);
    if (frame.exclude == WindowFrame::Exclude::Nothing)
        return;
    if (!hasGroupsFrame())
        unsupported("EXCLUDE in the frame of a window");
    static constexpr const char *excluded[] = {"", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES"};
    write(excluded[static_cast<int>(frame.exclude)]);
}

void Compiler::array(const ExprNode &) { unsupported("arrays"); }
void Compiler::element(const ExprNode &) { unsupported("arrays"); }
void Compiler::json(const ExprNode &) { unsupported("JSON paths"); }

std::string Compiler::jsonPath(const ExprNode &node) const
{
    std::string path = "$";
    for (std::size_t i = 1; i < node.arguments.size(); ++i) {
        const Value &step = node.arguments[i].node().value;
        if (step.is<std::int64_t>()) {
            path += "[" + step.text() + "]";
            continue;
        }
        path += ".\"";
        for (const char c : step.text())
            path += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
        path += '"';
    }
    return path;
}

void Compiler::nextValue(const ExprNode &) { unsupported("sequences"); }

void Compiler::excluded(const ExprNode &node) { write("excluded." + quote(node.text)); }

void Compiler::matchAgainst(const ExprNode &) { unsupported("MATCH … AGAINST"); }

void Compiler::match(const ExprNode &node) { around("", node, " MATCH ", ""); }

void Compiler::around(const char *before, const ExprNode &node, const char *between, const char *after)
{
    write(before);
    operand(node.arguments[0], precedence::Compare);
    write(between);
    operand(node.arguments[1], precedence::Compare);
    write(after);
}

} // namespace schemawright
