#include "schemawright/sql/shape.h"

#include <cstring>

namespace schemawright {

namespace {

constexpr std::size_t mostValues = 256;

/// Writes a statement as bytes, every part with its length or count before it, so that the bytes can be read in one way
/// only.
class ShapeWriter
{
public:
    ShapeWriter(Shape &shape, bool limitsAreShape) : shape_(shape), limitsAreShape_(limitsAreShape) {}

    void statement(const StatementNode *node)
    {
        if (!node)
            return byte(0xFF);
        byte(static_cast<std::uint8_t>(node->kind));
        sources(node->with);
        switch (node->kind) {
        case Statement::Kind::Select:
            return select(static_cast<const SelectNode &>(*node));
        case Statement::Kind::Compound: {
            const auto &n = static_cast<const CompoundNode &>(*node);
            text(n.op);
            number(n.parts.size());
            for (const auto &part : n.parts)
                statement(part.get());
            return tail(n.tail);
        }
        case Statement::Kind::Values: {
            const auto &n = static_cast<const ValuesNode &>(*node);
            rows(n.rows);
            return texts(n.columns);
        }
        case Statement::Kind::Text: {
            const auto &n = static_cast<const TextNode &>(*node);
            expr(n.text);
            return texts(n.columns);
        }
        case Statement::Kind::Insert: {
            const auto &n = static_cast<const InsertNode &>(*node);
            source(n.table);
            texts(n.columns);
            rows(n.rows);
            statement(n.query.get());
            flag(n.upsert.has_value());
            if (n.upsert) {
                exprs(n.upsert->target);
                expr(n.upsert->targetWhere);
                text(n.upsert->constraint);
                assignments(n.upsert->set);
                expr(n.upsert->where);
            }
            exprs(n.returning);
            return snippets(n.prefixes);
        }
        case Statement::Kind::Update: {
            const auto &n = static_cast<const UpdateNode &>(*node);
            source(n.table);
            number(n.set.size());
            for (const auto &[column, value] : n.set) {
                expr(column);
                expr(value);
            }
            sources(n.from);
            expr(n.where);
            exprs(n.returning);
            tail(n.tail);
            snippets(n.prefixes);
            return snippets(n.hints);
        }
        case Statement::Kind::Delete: {
            const auto &n = static_cast<const DeleteNode &>(*node);
            source(n.table);
            sources(n.from);
            expr(n.where);
            exprs(n.returning);
            tail(n.tail);
            return snippets(n.prefixes);
        }
        case Statement::Kind::Merge: {
            const auto &n = static_cast<const MergeNode &>(*node);
            source(n.table);
            source(n.source);
            expr(n.on);
            number(n.branches.size());
            for (const MergeNode::Branch &branch : n.branches) {
                byte(static_cast<std::uint8_t>(branch.action));
                assignments(branch.set);
                expr(branch.condition);
            }
            return;
        }
        }
    }

private:
    void byte(std::uint8_t b) { shape_.key.push_back(static_cast<char>(b)); }
    void flag(bool b) { byte(b ? 1 : 0); }

    void number(std::size_t n)
    {
        while (n >= 0x80) {
            byte(static_cast<std::uint8_t>(n | 0x80));
            n >>= 7;
        }
        byte(static_cast<std::uint8_t>(n));
    }

    void text(std::string_view t)
    {
        number(t.size());
        shape_.key.append(t);
    }

    void address(const void *p)
    {
        char bytes[sizeof p];
        std::memcpy(bytes, &p, sizeof p);
        shape_.key.append(bytes, sizeof p);
    }

    void texts(const std::vector<std::string> &all)
    {
        number(all.size());
        for (const std::string &t : all)
            text(t);
    }

    void exprs(const std::vector<Expr> &all)
    {
        number(all.size());
        for (const Expr &e : all)
            expr(e);
    }

    void rows(const std::vector<std::vector<Expr>> &all)
    {
        number(all.size());
        for (const auto &row : all)
            exprs(row);
    }

    void assignments(const std::vector<Assignment> &all)
    {
        number(all.size());
        for (const auto &[column, value] : all) {
            text(column);
            expr(value);
        }
    }

    void snippets(const std::vector<Snippet> &all)
    {
        number(all.size());
        for (const Snippet &snippet : all) {
            text(snippet.sql);
            text(snippet.dialect);
            source(snippet.table);
        }
    }

    void sources(const std::vector<Source> &all)
    {
        number(all.size());
        for (const Source &s : all)
            source(s);
    }

    void source(const Source &s) { sourceNode(s.isEmpty() ? nullptr : &s.node()); }

    void limit(const Expr &e)
    {
        if (limitsAreShape_ && !e.isEmpty() && e.node().kind == ExprKind::Bind) {
            byte(0xFE);
            return literal(e.node().value);
        }
        expr(e);
    }

    void tail(const Tail &t)
    {
        exprs(t.order);
        limit(t.limit);
        limit(t.offset);
        byte(static_cast<std::uint8_t>(t.fetch | t.withTies << 1 | t.percent << 2));
    }

    void literal(const Value &value)
    {
        number(value.storage().index());
        text(value.text());
    }

    void typeShape(const Type *type)
    {
        flag(type != nullptr);
        if (!type)
            return;
        byte(static_cast<std::uint8_t>(type->kind));
        for (const auto &size : {type->length, type->precision, type->scale}) {
            flag(size.has_value());
            number(static_cast<std::size_t>(size.value_or(0)));
        }
        flag(type->timezone);
        text(type->native);
        text(type->name);
        texts(type->labels);
        typeShape(type->element.get());
    }

    /// The number under which a value or source was met, or nothing and it gets the next one.
    template <class T> static std::size_t indexIn(std::vector<const T *> &all, const T *one, bool &isNew)
    {
        for (std::size_t i = all.size(); i-- > 0;)
            if (all[i] == one) {
                isNew = false;
                return i;
            }
        isNew = true;
        all.push_back(one);
        return all.size() - 1;
    }

    void value(const ExprNode &node)
    {
        if (shape_.values.size() >= mostValues) {
            shape_.isWorthKeeping = false;
            return;
        }
        bool isNew = false;
        // The same parameter at two places is another shape than two parameters that happen to be equal.
        number(indexIn(shape_.values, &node, isNew));
        if (!isNew)
            return;
        byte(static_cast<std::uint8_t>(node.value.storage().index()));
        byte(static_cast<std::uint8_t>(node.yields));
        if (const auto *whole = node.value.as<std::int64_t>()) // how wide a cast it needs may depend on that
            byte(*whole >= INT16_MIN && *whole <= INT16_MAX ? 1 : *whole >= INT32_MIN && *whole <= INT32_MAX ? 2 : 3);
        else if (const auto *moment = node.value.as<DateTime>())
            flag(moment->offsetSeconds.has_value());
        else if (const auto *time = node.value.as<Time>())
            flag(time->offsetSeconds.has_value());
    }

    void expr(const Expr &e)
    {
        if (e.isEmpty())
            return byte(0xFF);
        if (!shape_.isWorthKeeping)
            return;
        const ExprNode &node = e.node();
        byte(static_cast<std::uint8_t>(node.kind));
        switch (node.kind) {
        case ExprKind::Column:
            text(node.text);
            flag(node.source != nullptr);
            if (node.source)
                sourceNode(node.source.get());
            else
                address(node.table.get());
            return;
        case ExprKind::Bind:
            return value(node);
        case ExprKind::Parameter:
            text(node.text);
            // Two of one name share a placeholder where they have the same value.
            for (const ExprNode *earlier : shape_.values)
                if (earlier != &node && earlier->kind == ExprKind::Parameter && earlier->text == node.text)
                    flag(earlier->value == node.value);
            byte(0xFD);
            return value(node);
        case ExprKind::Literal:
            return literal(node.value);
        default:
            break;
        }
        byte(static_cast<std::uint8_t>(node.op));
        byte(static_cast<std::uint8_t>(static_cast<int>(node.nulls) | node.negated << 2 | node.descending << 3 |
                                       node.ascending << 4 | node.ignoreCase << 5 | node.symmetric << 6 |
                                       node.hasElse << 7));
        byte(static_cast<std::uint8_t>(node.hasOperand | node.wildBefore << 1 | node.wildAfter << 2 |
                                       (node.query != nullptr) << 3 | (node.window != nullptr) << 4 |
                                       (node.type != nullptr) << 5));
        byte(static_cast<std::uint8_t>(node.yields));
        text(node.text);
        if (!node.value.isNull()) {
            byte(1);
            literal(node.value);
        } else
            byte(0);
        exprs(node.arguments);
        if (node.query)
            statement(node.query.get());
        if (node.type)
            typeShape(node.type.get());
        if (node.window) {
            exprs(node.window->partition);
            exprs(node.window->order);
            flag(node.window->frame.has_value());
            if (const auto &frame = node.window->frame) {
                byte(static_cast<std::uint8_t>(frame->unit));
                byte(static_cast<std::uint8_t>(frame->exclude));
                byte(static_cast<std::uint8_t>(frame->from.kind));
                expr(frame->from.offset);
                byte(static_cast<std::uint8_t>(frame->to.kind));
                expr(frame->to.offset);
            }
        }
    }

    void sourceNode(const SourceNode *node)
    {
        if (!node)
            return byte(0xFF);
        if (node->kind == SourceKind::Table) {
            byte(0xFE);
            return address(node->table.get());
        }
        bool isNew = false;
        byte(static_cast<std::uint8_t>(node->kind));
        number(indexIn(sources_, node, isNew));
        if (!isNew)
            return;
        byte(static_cast<std::uint8_t>(node->join));
        byte(static_cast<std::uint8_t>(static_cast<int>(node->materialized) | node->lateral << 2 |
                                       node->ordinality << 3 | node->listColumns << 4 | node->recursiveDistinct << 5));
        text(node->name);
        text(node->text);
        address(node->table.get());
        sourceNode(node->left.get());
        sourceNode(node->right.get());
        expr(node->on);
        statement(node->query.get());
        sourceNode(node->self.get());
        statement(node->more.get());
        texts(node->columns);
        number(node->types.size());
        for (const Type &type : node->types)
            typeShape(&type);
        exprs(node->arguments);
        rows(node->rows);
    }

    void select(const SelectNode &n)
    {
        exprs(n.columns);
        byte(static_cast<std::uint8_t>(n.distinct | n.labelledByTable << 1 | n.lock.has_value() << 2));
        exprs(n.distinctOn);
        sources(n.from);
        number(n.joins.size());
        for (const PendingJoin &join : n.joins) {
            byte(static_cast<std::uint8_t>(join.kind));
            source(join.right);
            expr(join.on);
        }
        expr(n.where);
        exprs(n.groupBy);
        expr(n.having);
        tail(n.tail);
        if (n.lock) {
            byte(static_cast<std::uint8_t>(n.lock->strength));
            byte(static_cast<std::uint8_t>(n.lock->wait));
            sources(n.lock->of);
            exprs(n.lock->ofColumns);
        }
        snippets(n.prefixes);
        snippets(n.suffixes);
        snippets(n.hints);
    }

    Shape &shape_;
    bool limitsAreShape_;
    std::vector<const SourceNode *> sources_;
};

} // namespace

void shapeOf(const StatementNode &statement, bool limitsAreShape, Shape &shape)
{
    shape.key.clear();
    shape.values.clear();
    shape.isWorthKeeping = true;
    ShapeWriter(shape, limitsAreShape).statement(&statement);
}

} // namespace schemawright
