#include "schemawright/dialect/translated_columns.h"

#include "schemawright/base/error.h"
#include "schemawright/schema/dependants.h"
#include "schemawright/sql/expr_node.h"
#include "schemawright/sql/expression_parser.h"
#include "schemawright/sql/functions.h"
#include "schemawright/value/datetime.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright {

namespace {

std::string lower(std::string text)
{
    for (char &c : text)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return text;
}

bool isUuidCall(const std::string &sql)
{
    static const std::set<std::string> calls{"gen_random_uuid()",         "uuid_generate_v4()",
                                             "public.uuid_generate_v4()", "newid()",
                                             "newsequentialid()",         "uuid()",
                                             "public.gen_random_uuid()"};
    return calls.contains(lower(sql));
}

/// An ENUM('a', 'A') is none: its labels are told apart without regard to case.
bool differInMoreThanCase(const std::vector<std::string> &labels)
{
    std::set<std::string> folded;
    for (const std::string &label : labels)
        folded.insert(lower(label));
    return folded.size() == labels.size();
}

std::size_t longestLabel(const Type &type)
{
    std::size_t longest = 1;
    for (const std::string &label : type.labels)
        longest = std::max(longest, label.size());
    return longest;
}

} // namespace

void ColumnTranslator::run()
{
    for (const Column &column : table_.columns) {
        Column made;
        made.id = column.id;
        made.name = column.name;
        made.nullable = column.nullable;
        made.hidden = column.hidden;
        if (rules_.comments)
            made.comment = column.comment;
        else if (column.comment)
            remark("the comment of " + column.name + ": " + *column.comment);
        if (column.collation)
            collated_.push_back(column.name + " (" + *column.collation + ")");
        typeOf(column, made);
        counter(column, made);
        if (column.generated)
            generatedOf(column, made);
        else if (!made.autoincrement)
            defaultOf(column, made);
        made_.columns.push_back(std::move(made));
    }
    if (!zoned_.empty())
        remark(fmt::format("the time zone of {}: {} keeps none", fmt::join(zoned_, ", "), rules_.displayName));
    if (!unsigned_.empty())
        remark(fmt::format("values beyond 9223372036854775807 of {}", fmt::join(unsigned_, ", ")));
    if (!collated_.empty())
        remark(fmt::format("the collation of {}", fmt::join(collated_, ", ")));
    checks();
}

void ColumnTranslator::typeOf(const Column &column, Column &made)
{
    Type type = column.type;
    const std::string was = type.native.empty() ? genericName(type) : type.native;
    if (type.kind == TypeKind::BigInteger && lower(was).starts_with("bigint") && was.ends_with("unsigned"))
        unsigned_.push_back(column.name);
    type.native.clear();
    Type named = column.type;
    if (named.name.empty() && castKind(named.native.substr(0, named.native.find('('))) == TypeKind::Unknown)
        named.name = named.native; // as a program spells it
    domainChecks(column, source_.domainOf(named), &type.kind);
    const auto instead = [&] {
        remark(fmt::format("the type {} of {}, which is {} here", was.empty() ? std::string("(none)") : was,
                           column.name, target_.typeSql(type)));
    };
    if (type.kind == TypeKind::Unknown && source_.dialect.empty())
        type = column.type; // the program's own spelling
    else if (type.kind == TypeKind::Unknown) {
        type = types::text();
        instead();
    } else if (type.kind == TypeKind::Enum && !rules_.enumTypes &&
               !(rules_.inlineEnums && differInMoreThanCase(type.labels))) {
        std::vector<Expr> labels;
        for (const std::string &label : type.labels)
            labels.push_back(inlined(Value(label)));
        const int length = static_cast<int>(longestLabel(type));
        const std::string name = type.name;
        type = types::string(length);
        if (const auto text = said(in(schemawright::column(column.name), std::move(labels)), true)) {
            CheckConstraint check;
            check.name = fmt::format("ck_{}_{}", table_.name.name, column.name);
            check.expression = *text;
            madeChecks_.push_back(std::move(check));
        }
    } else if (type.kind == TypeKind::Enum && type.name.empty() && rules_.enumTypes)
        type.name = table_.name.name + "_" + column.name;
    else if (type.kind == TypeKind::Boolean && rules_.booleanChecks) {
        CheckConstraint check;
        check.name = fmt::format("ck_{}_{}", table_.name.name, column.name);
        check.expression = *said(in(schemawright::column(column.name), {inlined(Value(0)), inlined(Value(1))}), true);
        madeChecks_.push_back(std::move(check));
    } else if (type.kind == TypeKind::Numeric && !type.precision && rules_.widestNumeric && !rules_.unsaidNumeric) {
        type.precision = rules_.widestNumeric;
        type.scale = rules_.widestNumericScale;
        instead();
    } else if (type.kind == TypeKind::Numeric && type.precision && type.scale.value_or(0) < 0) {
        type.precision = *type.precision - *type.scale;
        type.scale = 0;
    } else if (type.kind == TypeKind::Numeric && rules_.widestNumeric &&
               type.precision.value_or(0) > rules_.widestNumeric) {
        type.precision = rules_.widestNumeric;
        type.scale = std::min(type.scale.value_or(0), rules_.widestNumericScale);
        instead();
    } else if (rules_.replacedKinds.contains(type.kind))
        instead();
    if (type.kind == TypeKind::Enum) {
        const std::size_t dot = type.name.rfind('.');
        if (dot != std::string::npos)
            type.name.erase(0, dot + 1);
        if (rules_.enumTypes)
            type.native = target_.quote(type.name);
    }
    if ((type.kind == TypeKind::DateTime || type.kind == TypeKind::Time)) {
        if (type.timezone && !rules_.timezones) {
            zoned_.push_back(column.name);
            type.timezone = false;
        }
        if (!type.precision && rules_.unsaidTimePrecision && source_.dialect == "postgresql")
            type.precision = rules_.unsaidTimePrecision;
    }
    made.type = std::move(type);
}

std::optional<Expr> ColumnTranslator::parsed(const std::string &sql) const
{
    return ExpressionParser(source_.dialect, table_,
                            [&](std::string_view name) -> std::optional<Expr> {
                                const auto found = renamed_.find(std::string(name));
                                return found == renamed_.end() ? std::nullopt
                                                               : std::optional(schemawright::column(found->second));
                            })
        .parse(sql);
}

/// A domain's rules, and those of the domain it is made of, move into the columns that are of it. Where `kind` is
/// given it becomes that of the type below them all.
void ColumnTranslator::domainChecks(const Column &column, const Domain *domain, TypeKind *kind)
{
    if (!domain)
        return;
    if (kind && *kind == TypeKind::Unknown)
        *kind = castKind(domain->type.substr(0, domain->type.find('(')));
    Type below;
    if (castKind(domain->type.substr(0, domain->type.find('('))) == TypeKind::Unknown) // else it is the system's
        below.name = domain->type;
    domainChecks(column, source_.domainOf(below), kind);
    for (const CheckConstraint &check : domain->checks) {
        const ExpressionParser parser(source_.dialect, table_, [&](std::string_view name) -> std::optional<Expr> {
            if (lower(std::string(name)) == "value")
                return schemawright::column(column.name);
            return std::nullopt;
        });
        const auto expression = parser.parse(check.expression);
        const auto text = expression ? said(*expression, true) : std::nullopt;
        if (!text) {
            remark(fmt::format("the check ({}) of the domain of {}", check.expression, column.name));
            continue;
        }
        CheckConstraint moved;
        if (check.name)
            moved.name = *check.name + "_" + column.name;
        moved.expression = *text;
        madeChecks_.push_back(std::move(moved));
    }
}

/// Whether the database makes the values of this column by itself.
bool ColumnTranslator::isCounted(const Column &column) const
{
    if (column.identity || column.autoincrement)
        return true;
    const bool isOnlyKey = table_.primaryKey && table_.primaryKey->columns == std::vector{column.name};
    if (isOnlyKey && column.type.isInteger() && column.defaultSql && column.defaultSql->starts_with("nextval("))
        return true;
    // An INTEGER PRIMARY KEY of SQLite is the row's number.
    return source_.dialect == "sqlite" && isOnlyKey && lower(column.type.native) == "integer" &&
           !table_.hasOption("without_rowid") && std::ranges::none_of(table_.foreignKeys, [&](const ForeignKey &key) {
               return std::ranges::find(key.columns, column.name) != key.columns.end();
           });
}

void ColumnTranslator::counter(const Column &column, Column &made)
{
    if (!isCounted(column))
        return;
    const auto leads = [&](const std::vector<std::string> &columns) {
        return !columns.empty() && columns.front() == column.name;
    };
    const bool isKey = (table_.primaryKey && leads(table_.primaryKey->columns)) ||
                       std::ranges::any_of(table_.uniques, [&](const auto &each) { return leads(each.columns); });
    const bool isRowId = table_.primaryKey && table_.primaryKey->columns == std::vector{column.name};
    if ((rules_.oneAutoincrement && hasCounter_) || (rules_.autoincrementNeedsKey && !isKey) ||
        (rules_.autoincrementIsRowId && !isRowId) ||
        !(column.type.isInteger() || column.type.kind == TypeKind::Numeric)) {
        remark("that " + column.name + " counts by itself");
        return;
    }
    hasCounter_ = true;
    made.autoincrement = true;
    made.identity = column.identity;
    if (made.identity && made.identity->cycle && !rules_.cyclingIdentity) {
        made.identity->cycle = false;
        remark("that " + column.name + " begins again at its end");
    }
}

namespace {

bool isTextual(const Expr &e)
{
    const ExprNode &node = unlabelled(e).node();
    // A column without a type becomes a text.
    const bool isUntyped = node.kind == ExprKind::Column && node.yields == TypeKind::Unknown;
    return isUntyped || node.yields == TypeKind::Text || node.yields == TypeKind::String ||
           node.yields == TypeKind::Char;
}

bool isNumeric(const Expr &e)
{
    switch (unlabelled(e).node().yields) {
    case TypeKind::SmallInteger:
    case TypeKind::Integer:
    case TypeKind::BigInteger:
    case TypeKind::Numeric:
    case TypeKind::Real:
    case TypeKind::Double:
        return true;
    default:
        return false;
    }
}

/// True where only a database without strict types could make something of it: a text beside a number, or numbers
/// joined as texts.
bool mixesTypes(const Expr &e)
{
    const ExprNode &node = e.node();
    const auto mixed = [](const Expr &a, const Expr &b) {
        return (isTextual(a) && isNumeric(b)) || (isNumeric(a) && isTextual(b));
    };
    const bool comparesAll = (node.kind == ExprKind::Binary &&
                              (isComparison(node.op) || node.op == Operator::Same || node.op == Operator::Distinct)) ||
                             node.kind == ExprKind::In || node.kind == ExprKind::Between;
    for (std::size_t i = 1; comparesAll && i < node.arguments.size(); ++i)
        if (mixed(node.arguments[0], node.arguments[i]))
            return true;
    if (node.op == Operator::Concat && std::ranges::all_of(node.arguments, isNumeric))
        return true;
    return std::ranges::any_of(node.arguments, mixesTypes);
}

} // namespace

std::optional<std::string> ColumnTranslator::said(const Expr &expression, bool asCondition) const
{
    if (rules_.strictTypes && mixesTypes(expression))
        return std::nullopt;
    try {
        return target_.expressionSql(expression, asCondition);
    } catch (const Error &) { // this dialect has no such construct
        return std::nullopt;
    }
}

/// The default as a value that the column's type takes; nothing when it cannot.
std::optional<Expr> ColumnTranslator::fitted(const Column &column, const Expr &value) const
{
    const ExprNode &node = value.node();
    const TypeKind kind = column.type.kind;
    if (node.kind == ExprKind::Function && node.yields != TypeKind::Unknown) {
        const bool isMoment =
            node.yields == TypeKind::DateTime || node.yields == TypeKind::Date || node.yields == TypeKind::Time;
        if (isMoment && (column.type.isNumber() || kind == TypeKind::Boolean))
            return std::nullopt;
    }
    if (node.kind == ExprKind::Constant && (node.op == Operator::True || node.op == Operator::False) &&
        column.type.isNumber())
        return inlined(Value(node.op == Operator::True ? 1 : 0));
    if (node.kind != ExprKind::Literal)
        return value;
    const auto *integer = node.value.as<std::int64_t>();
    const std::string *text = node.value.as<std::string>();
    if (kind == TypeKind::Boolean) {
        const std::string word = text ? lower(*text) : integer ? std::to_string(*integer) : "";
        if (word == "1" || word == "t" || word == "true")
            return true_();
        if (word == "0" || word == "f" || word == "false")
            return false_();
        return std::nullopt;
    }
    if (column.type.isNumber() && text) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
        if (error == std::errc() && end == text->data() + text->size())
            return inlined(Value(number));
        if (const auto decimal = Decimal::parse(*text))
            return inlined(Value(*decimal));
        return std::nullopt;
    }
    if (column.type.isText() && !text)
        return inlined(Value(node.value.text()));
    if (text && kind == TypeKind::Date) {
        const auto day = Date::parse(*text);
        return day ? std::optional(inlined(Value(*day))) : std::nullopt;
    }
    if (kind == TypeKind::DateTime) {
        auto moment = text ? DateTime::parse(*text) : std::nullopt;
        if (const auto *known = node.value.as<DateTime>())
            moment = *known;
        if (!moment)
            return std::nullopt;
        if (moment->offsetSeconds && !(rules_.timezones && column.type.timezone)) { // at 0 o'clock of Greenwich
            moment->microseconds -= std::int64_t{1000000} * *moment->offsetSeconds;
            moment->offsetSeconds.reset();
        }
        return inlined(Value(*moment));
    }
    if (integer && (kind == TypeKind::Date || kind == TypeKind::DateTime || kind == TypeKind::Time))
        return std::nullopt;
    return value;
}

/// The next value of a sequence, when the default is that: empty where the sequence is not carried.
std::optional<std::optional<Expr>> ColumnTranslator::nextValueOf(const std::string &written) const
{
    if (!written.starts_with("nextval('") || !written.ends_with("'::regclass)"))
        return std::nullopt;
    const std::string name = written.substr(9, written.size() - 9 - 12);
    if (rules_.sequences)
        for (const Sequence &sequence : source_.sequences)
            if (!sequence.ownedBy && !sequence.properties.cycle &&
                (name == sequence.name.name || name == sequence.name.text()))
                return nextValue(sequence.name.name,
                                 sequence.name.schema == source_.defaultSchema ? "" : sequence.name.schema);
    return std::optional<Expr>();
}

void ColumnTranslator::defaultOf(const Column &column, Column &made)
{
    if (!column.defaultSql)
        return;
    const std::string &written = *column.defaultSql;
    const auto lost = [&] { remark(fmt::format("the default {} of {}", written, column.name)); };
    if (const auto next = nextValueOf(written)) {
        if (*next)
            made.defaultSql = said(**next, false);
        if (!made.defaultSql)
            lost();
        return;
    }
    if (isUuidCall(written)) {
        if (*rules_.newUuid && (column.type.kind == TypeKind::Uuid || column.type.isText()))
            made.defaultSql = rules_.newUuid;
        else
            lost();
        return;
    }
    auto expression = parsed(written);
    if (!expression && source_.dialect.empty()) {
        made.defaultSql = written; // the program's own words
        return;
    }
    if (expression && expression->node().kind == ExprKind::Constant && expression->node().op == Operator::Null)
        return;
    if (expression) {
        // The moment of the right kind: a date takes no time of day.
        const Expr &e = *expression;
        if (e.node().kind == ExprKind::Function && e.node().text == func::currentTimestamp().node().text) {
            if (column.type.kind == TypeKind::Date)
                expression = func::currentDate();
            else if (column.type.kind == TypeKind::Time)
                expression = func::currentTime();
            else if (column.type.isNumber() || column.type.kind == TypeKind::Boolean)
                expression.reset();
        }
    }
    if (expression && made.type.kind == TypeKind::Integer)
        if (const auto *number = expression->node().value.as<std::int64_t>();
            number && *number != static_cast<std::int32_t>(*number)) // SQLite's INTEGER has 64 bits
            made.type.kind = TypeKind::BigInteger;
    if (expression)
        expression = fitted(made.type.kind == TypeKind::Enum ? made : column, *expression);
    auto text = expression ? said(*expression, false) : std::nullopt;
    if (!text)
        return lost();
    if (rules_.emptyTextIsNull && *text == "''") {
        if (!column.nullable)
            remark("the empty text as default of " + column.name + ", which is NULL here");
        return;
    }
    made.defaultSql = rules_.defaultText ? rules_.defaultText(made, *expression, std::move(*text)) : std::move(*text);
}

void ColumnTranslator::generatedOf(const Column &column, Column &made)
{
    const auto expression = parsed(column.generated->expression);
    auto text = expression ? said(*expression, false) : std::nullopt;
    if (!text && source_.dialect.empty())
        text = column.generated->expression;
    if (!text) {
        remark(fmt::format("how {} is generated: {}", column.name, column.generated->expression));
        return;
    }
    made.generated = Generated{*text, column.generated->stored};
    if (!column.nullable && !rules_.generatedNotNull) {
        made.nullable = true;
        remark("that " + column.name + ", which is generated, is not null");
    }
    if (made.generated->stored && !rules_.storedGenerated)
        made.generated->stored = false;
    if (!made.generated->stored && !rules_.virtualGenerated)
        made.generated->stored = true;
}

void ColumnTranslator::checks()
{
    std::vector<CheckConstraint> kept = std::move(madeChecks_);
    for (const CheckConstraint &check : table_.checks) {
        auto expression = parsed(check.expression);
        // Where numbers are conditions, any but 0 holds.
        if (expression && expression->node().yields != TypeKind::Boolean &&
            (source_.dialect == "sqlite" || source_.dialect == "mysql"))
            expression = *expression != inlined(Value(0));
        auto text = expression ? said(*expression, true) : std::nullopt;
        if (!text && source_.dialect.empty())
            text = check.expression;
        if (!text) {
            remark(fmt::format("its check {}({})", check.name ? *check.name + " " : "", check.expression));
            continue;
        }
        CheckConstraint moved;
        moved.name = check.name;
        moved.expression = std::move(*text);
        moved.validated = check.validated || !rules_.notValidated;
        kept.push_back(std::move(moved));
    }
    if (!rules_.checksAutoincrement)
        std::erase_if(kept, [&](const CheckConstraint &check) {
            const bool namesCounter = std::ranges::any_of(made_.columns, [&](const Column &column) {
                return column.autoincrement && mentionsName(check.expression, column.name, true);
            });
            if (namesCounter)
                remark(fmt::format("its check {}({})", check.name ? *check.name + " " : "", check.expression));
            return namesCounter;
        });
    made_.checks = std::move(kept);
    if (rules_.comparableText)
        for (Column &column : made_.columns) {
            const auto names = [&](const std::string &sql) {
                return sql.find(target_.quote(column.name)) != std::string::npos;
            };
            const bool isLong =
                column.type.kind == TypeKind::Text || (column.type.kind == TypeKind::String && !column.type.length);
            if (!isLong ||
                std::ranges::none_of(made_.checks, [&](const auto &check) { return names(check.expression); }))
                continue;
            column.type = types::string(rules_.comparableText);
            remark(fmt::format("the length of {}, which is compared and has at most {} characters here", column.name,
                               rules_.comparableText));
        }
}

} // namespace schemawright
