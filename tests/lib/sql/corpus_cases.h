#pragma once

// What the corpus says in Python, said in C++: one construction for each case.

#include "lib/sql/corpus_tables.h"

#include <functional>
#include <map>

namespace corpus {

using Build = std::function<Statement(const Tables &)>;

inline const std::map<std::string, Build> &cases()
{
    static const std::map<std::string, Build> all = [] {
        std::map<std::string, Build> c;
        using T = const Tables &;

        // select
        c["select.all"] = [](T t) { return select(t.users); };
        c["select.cols"] = [](T t) { return select({t.users["id"], t.users["name"]}); };
        c["select.distinct"] = [](T t) { return select({t.users["name"]}).distinct(); };
        c["select.same_name_cols"] = [](T t) {
            return select({t.users["id"], t.addresses["id"]}).from(t.users.join(t.addresses));
        };
        c["select.label_tablename"] = [](T t) {
            return select({t.users["id"], t.addresses["id"]}).from(t.users.join(t.addresses)).labelledByTable();
        };
        c["select.literal_col"] = [](T) {
            return select({bind(1), bind("x").label("s"), text("now_ish"), text("1 + 1")});
        };
        c["select.null_true_false"] = [](T) { return select({null(), true_(), false_()}); };
        c["select.no_from"] = [](T) { return select({bind(5) + 3}); };
        c["select.alias"] = [](T t) { return select({t.u2["id"]}).where(t.u2["name"] == "x"); };
        c["select.anon_alias"] = [](T t) {
            return select({t.a1["id"], t.users["id"]}).where(t.a1["user_id"] == t.users["id"]);
        };
        c["select.schema_table"] = [](T t) { return select({t.log["id"], t.log["msg"]}).where(t.log["level"] > 2); };
        c["select.odd_names"] = [](T t) {
            return select(t.odd).where(t.odd["Unit Price"] > 5).orderBy({t.odd["group"]});
        };
        c["select.odd_names_alias"] = [](T t) {
            const Source f = t.odd.alias("From");
            return select({f["it's"], f["a%b"]});
        };
        c["select.prefix"] = [](T t) { return select({t.users["id"]}).prefix("/*hint*/"); };
        c["select.suffix"] = [](T t) { return select({t.users["id"]}).suffix("-- end"); };
        c["select.cartesian"] = [](T t) { return select({t.users["id"], t.orders["id"]}); };
        c["select.group_label"] = [](T t) {
            return select({func::lower(t.users["name"]).label("ln"), count()})
                .groupBy({column("ln")})
                .orderBy({column("ln")});
        };
        c["select.order_by_kinds"] = [](T t) {
            return select({t.users["id"]})
                .orderBy({t.users["name"].desc(), t.users["age"].asc(), t.users["created"].desc().nullsLast(),
                          t.users["balance"].nullsFirst()});
        };
        c["select.order_by_label_desc"] = [](T t) {
            return select({(t.users["age"] * 2).label("d")}).orderBy({column("d").desc()});
        };
        c["select.order_by_expr"] = [](T t) {
            return select({t.users["id"]}).orderBy({func::lower(t.users["name"]), t.users["age"] + 1});
        };
        c["select.for_update"] = [](T t) { return select({t.users["id"]}).forUpdate(); };
        c["select.textual_from"] = [](T) { return select({column("a"), column("b")}).from(namedTable("t", {"a"})); };
        c["select.text_columns"] = [](T) {
            return select(
                textQuery("SELECT id, name FROM users WHERE id = ?", {parameter("i")}, {"id", "name"}).subquery("tx"));
        };
        c["select.text_bind"] = [](T) {
            return textQuery("SELECT * FROM users WHERE id = ? AND name <> ':notabind' AND x = :esc", {5});
        };

        // limit
        c["limit.limit"] = [](T t) { return select({t.users["id"]}).orderBy({t.users["id"]}).limit(10); };
        c["limit.offset"] = [](T t) { return select({t.users["id"]}).orderBy({t.users["id"]}).offset(20); };
        c["limit.expr"] = [](T t) {
            return select({t.users["id"]}).orderBy({t.users["id"]}).limit(text("5") + 1).offset(parameter("skip", 3));
        };
        c["limit.distinct"] = [](T t) {
            return select({t.users["name"]}).distinct().orderBy({t.users["name"]}).limit(2).offset(1);
        };
        c["limit.fetch_percent"] = [](T t) {
            return select({t.users["id"]}).orderBy({t.users["age"]}).fetch(10, false, true);
        };
        c["limit.subquery"] = [](T t) {
            return select(
                {select({t.users["id"], t.users["name"]}).orderBy({t.users["id"]}).limit(5).subquery("top5")["name"]});
        };
        c["limit.in_subquery"] = [](T t) {
            return select({t.orders["id"]})
                .where(in(t.orders["user_id"], select({t.users["id"]}).orderBy({t.users["id"]}).limit(5)));
        };

        // operators
        c["op.compare"] = [](T t) {
            const Expr age = t.users["age"];
            return select({t.users["id"]}).where(age > 1 && age >= 2 && age < 3 && age <= 4 && age != 5 && age == 6);
        };
        c["op.arith"] = [](T t) {
            const Expr age = t.users["age"];
            return select({age + 1, age - 1, age * 2, age % 3, -age});
        };
        c["op.div_true"] = [](T t) {
            return select({t.users["age"] / 2, t.users["balance"] / 3, bind(7) / t.users["age"]});
        };
        c["op.custom"] = [](T t) { return select({t.users["id"]}).where(op(t.users["name"], "~*", "^a")); };
        c["op.bool_op"] = [](T t) {
            return select({t.users["id"]}).where(boolOp(t.users["data"], "@>", "x") && t.users["active"]);
        };
        c["op.regexp"] = [](T t) { return select({t.users["id"]}).where(regexpMatch(t.users["name"], "^a.*")); };
        c["op.regexp_flags"] = [](T t) {
            return select({t.users["id"]}).where(!regexpMatch(t.users["name"], "^a", "i"));
        };

        // conditions
        c["bool.and_or"] = [](T t) {
            return select({t.users["id"]})
                .where(or_({and_({t.users["age"] > 1, t.users["age"] < 5}), t.users["name"] == "x"}));
        };
        c["bool.or_in_and"] = [](T t) {
            return select({t.users["id"]})
                .where((t.users["age"] == 1 || t.users["age"] == 2) && t.users["name"] == "x");
        };
        c["bool.not_or"] = [](T t) {
            return select({t.users["id"]}).where(!(t.users["age"] > 1 || t.users["name"] == "x"));
        };
        c["bool.not_compare"] = [](T t) {
            return select({t.users["id"]}).where(!(t.users["age"] > 1)).where(not_(t.users["name"] == "x"));
        };
        c["bool.column"] = [](T t) { return select({t.users["id"]}).where(t.users["active"]); };
        c["bool.not_column"] = [](T t) { return select({t.users["id"]}).where(!t.users["active"]); };
        c["bool.column_eq_true"] = [](T t) {
            return select({t.users["id"]}).where(t.users["active"] == true).where(t.users["active"] != false);
        };
        c["bool.column_or"] = [](T t) {
            return select({t.users["id"]}).where(t.users["active"] || t.users["age"] > 3);
        };
        c["bool.select_expr"] = [](T t) {
            return select({(t.users["age"] > 3).label("older"), t.users["age"] > 3 && t.users["name"] == "x"});
        };
        c["bool.where_false"] = [](T t) { return select({t.users["id"]}).where(false_()); };
        c["bool.compare_of_bool"] = [](T t) {
            return select({t.users["id"]}).where((t.users["age"] > 3) == (t.users["id"] > 4));
        };

        // null
        c["null.is_null"] = [](T t) {
            return select({t.users["id"]}).where(t.users["name"] == nullptr).where(t.users["age"] != nullptr);
        };
        c["null.is_"] = [](T t) {
            return select({t.users["id"]}).where(isNull(t.users["name"]) && isNotNull(t.users["age"]));
        };
        c["null.coalesce"] = [](T t) {
            return select({func::coalesce({t.users["fullname"], t.users["name"], "n/a"})});
        };
        c["null.nullif"] = [](T t) { return select({func::nullif(t.users["age"], 0)}); };

        // in
        c["in.list"] = [](T t) { return select({t.users["id"]}).where(in(t.users["id"], {1, 2, 3})); };
        c["in.not_empty"] = [](T t) { return select({t.users["id"]}).where(notIn(t.users["id"], {})); };
        c["in.not"] = [](T t) {
            return select({t.users["id"]}).where(notIn(t.users["id"], {1, 2})).where(!in(t.users["age"], {3}));
        };
        c["in.single"] = [](T t) { return select({t.users["id"]}).where(in(t.users["id"], {1})); };
        c["in.subquery"] = [](T t) {
            return select({t.users["id"]})
                .where(in(t.users["id"], select({t.orders["user_id"]}).where(t.orders["total"] > 5)));
        };
        c["in.tuple"] = [](T t) {
            return select({t.items["qty"]})
                .where(in(tuple({t.items["order_id"], t.items["line_no"]}), {tuple({1, 1}), tuple({2, 3})}));
        };
        c["in.tuple_empty"] = [](T t) {
            return select({t.items["qty"]}).where(in(tuple({t.items["order_id"], t.items["line_no"]}), {}));
        };
        c["in.bindparam"] = [](T t) {
            return select({t.users["id"]}).where(in(t.users["id"], std::vector<int>{4, 5}));
        };
        c["in.expressions"] = [](T t) {
            return select({t.users["id"]}).where(in(t.users["id"], {t.users["age"], 3, t.users["age"] + 1}));
        };

        // between
        c["between.plain"] = [](T t) { return select({t.users["id"]}).where(between(t.users["age"], 1, 5)); };
        c["between.not"] = [](T t) { return select({t.users["id"]}).where(!between(t.users["age"], 1, 5)); };
        c["between.and_mix"] = [](T t) {
            return select({t.users["id"]})
                .where(between(t.users["age"], 1, 5) && between(t.users["id"], t.users["age"], t.users["age"] + 2));
        };
        c["between.symmetric"] = [](T t) {
            return select({t.users["id"]}).where(betweenSymmetric(t.users["age"], 5, 1));
        };

        // like
        c["like.plain"] = [](T t) {
            return select({t.users["id"]}).where(like(t.users["name"], "a%")).where(notLike(t.users["name"], "%b"));
        };
        c["like.startswith"] = [](T t) {
            return select({t.users["id"]})
                .where(startsWith(t.users["name"], "ab") && endsWith(t.users["name"], "yz") &&
                       contains(t.users["name"], "mn"));
        };
        c["like.autoescape"] = [](T t) { return select({t.users["id"]}).where(contains(t.users["name"], "50%_/x")); };
        c["like.istartswith"] = [](T t) {
            return select({t.users["id"]})
                .where(istartsWith(t.users["name"], "AB") && icontains(t.users["name"], "Mn"));
        };
        c["like.not_startswith"] = [](T t) {
            return select({t.users["id"]}).where(!startsWith(t.users["name"], "ab"));
        };

        // exists
        c["exists.correlated"] = [](T t) {
            return select({t.users["id"]})
                .where(select({t.orders["id"]}).where(t.orders["user_id"] == t.users["id"]).exists());
        };
        c["exists.not"] = [](T t) {
            return select({t.users["id"]})
                .where(!exists(select({star()}).from(t.orders).where(t.orders["user_id"] == t.users["id"])));
        };
        c["exists.select_star"] = [](T t) {
            return select({t.users["id"]})
                .where(exists(select({star()}).from(t.orders).where(t.orders["user_id"] == t.users["id"])));
        };
        c["exists.in_columns"] = [](T t) {
            return select({t.users["id"],
                           select({t.orders["id"]}).where(t.orders["user_id"] == t.users["id"]).exists().label("has")});
        };
        c["exists.and_or"] = [](T t) {
            return select({t.users["id"]})
                .where(t.users["age"] > 5 ||
                       exists(select({star()}).from(t.orders).where(t.orders["user_id"] == t.users["id"])));
        };

        // case
        c["case.searched"] = [](T t) {
            return select({case_({{t.users["age"] < 18, "minor"}, {t.users["age"] < 65, "adult"}}, "senior")});
        };
        c["case.simple"] = [](T t) { return select({caseOf(t.orders["status"], {{"new", 1}, {"paid", 2}}, 0)}); };
        c["case.no_else"] = [](T t) { return select({case_({{t.users["active"], 1}}).label("c")}); };
        c["case.nested"] = [](T t) {
            return select({case_({{t.users["age"] > 1, case_({{t.users["id"] > 1, "a"}}, "b")}}, null())});
        };

        // cast and functions
        c["cast.types"] = [](T t) {
            const Expr age = t.users["age"], name = t.users["name"];
            return select({cast(age, types::string()), cast(age, types::string(10)), cast(name, types::integer()),
                           cast(name, types::numeric(10, 2)), cast(name, types::doublePrecision()),
                           cast(name, types::date()), cast(name, types::dateTime()), cast(name, types::time())});
        };
        c["func.count_star"] = [](T t) { return select({count()}).from(t.users); };
        c["func.generic"] = [](T t) {
            return select({func::now(), func::currentTimestamp(), func::currentDate(), func::currentTime(),
                           func::localtime(), func::currentUser(), func::charLength(t.users["name"])});
        };
        c["func.any_name"] = [](T t) {
            return select({function("my_func", 1, t.users["name"]), function("pkg.sub.proc", t.users["id"]),
                           function("Mixed_Case", 1), function("noargs")});
        };
        c["func.concat"] = [](T t) {
            const Expr name = t.users["name"];
            return select({function("concat", name, "-", t.users["age"]), func::lower(name), func::upper("x"),
                           func::length(name), function("substr", name, 1, 2)});
        };
        c["func.filter"] = [](T t) { return select({count(t.users["id"]).filter(t.users["age"] > 5)}); };
        c["func.within_group"] = [](T t) {
            return select({function("percentile_cont", 0.5).withinGroup({t.users["age"].desc()})});
        };
        c["func.extract"] = [](T t) {
            const Expr created = t.users["created"];
            return select({extract("year", created), extract("month", created), extract("dow", created),
                           extract("epoch", created)});
        };
        c["func.distinct_agg_order"] = [](T t) {
            return select({function("group_concat", distinct(t.users["name"]))});
        };
        c["func.grouping_sets"] = [](T t) {
            return select({count()}).from(t.users).groupBy(
                {func::groupingSets({tuple({t.users["name"]}), tuple({t.users["name"], t.users["age"]})})});
        };
        c["func.table_valued"] = [](T) {
            return select({tableFunction("json_each", {"[1,2]"}, "je", {"value"})["value"]});
        };
        c["func.sequence_schema"] = [](T) { return select({nextValue("my_seq", "audit")}); };

        // join
        c["join.on"] = [](T t) {
            return select({t.users["name"]}).join(t.orders, t.users["id"] == t.orders["user_id"]);
        };
        c["join.left"] = [](T t) {
            return select({t.users["name"], t.orders["id"]}).leftJoin(t.orders, t.orders["user_id"] == t.users["id"]);
        };
        c["join.full"] = [](T t) {
            return select({t.users["name"], t.orders["id"]}).fullJoin(t.orders, t.orders["user_id"] == t.users["id"]);
        };
        c["join.multi"] = [](T t) {
            return select({t.users["name"], t.products["name"]})
                .from(t.users.join(t.orders).join(t.items).leftJoin(t.products));
        };
        c["join.nested_right"] = [](T t) {
            return select({t.users["id"]})
                .from(t.users.leftJoin(t.orders.join(t.items, t.orders["id"] == t.items["order_id"]),
                                       t.users["id"] == t.orders["user_id"]));
        };
        c["join.self"] = [](T t) {
            return select({t.categories["name"], t.mgr["name"]})
                .from(t.categories.join(t.mgr, t.categories["parent_id"] == t.mgr["id"]));
        };
        c["join.cross_true"] = [](T t) { return select({t.users["id"]}).join(t.orders, true_()); };
        c["join.schema"] = [](T t) {
            return select({t.log["msg"], t.users["name"]}).join(t.users, t.users["id"] == t.log["level"]);
        };
        c["join.lateral"] = [](T t) {
            const Source top = select({t.orders["total"]})
                                   .where(t.orders["user_id"] == t.users["id"])
                                   .orderBy({t.orders["total"].desc()})
                                   .limit(1)
                                   .lateral("top1");
            return select({t.users["id"], top["total"]});
        };

        // subqueries and CTEs
        c["sub.from"] = [](T t) { return select({t.sub["user_id"], t.sub["n"]}).where(t.sub["n"] > 1); };
        c["sub.scalar"] = [](T t) {
            return select({t.users["id"], select({func::max(t.orders["total"])})
                                              .where(t.orders["user_id"] == t.users["id"])
                                              .scalar()
                                              .label("mx")});
        };
        c["sub.values"] = [](T) { return select(values({"a", "b"}, {{1, "x"}, {2, "y"}}, "v")); };
        c["cte.simple"] = [](T t) {
            const Source totals = select({t.orders["user_id"], func::sum(t.orders["total"]).label("t")})
                                      .groupBy({t.orders["user_id"]})
                                      .cte("totals");
            return select({totals["user_id"]}).where(totals["t"] > 5);
        };
        c["cte.recursive"] = [](T t) {
            const Source &categories = t.categories;
            const Source tree =
                recursiveCte("tree",
                             select({categories["id"], categories["name"], bind(0).label("lvl")})
                                 .where(categories["parent_id"] == nullptr),
                             [&](const Source &base) {
                                 return select({categories["id"], categories["name"], (base["lvl"] + 1).label("lvl")})
                                     .from(categories.join(base, categories["parent_id"] == base["id"]));
                             });
            return select(tree);
        };
        c["cte.recursive_union"] = [](T) {
            const Source nums = recursiveCte(
                "nums", select({bind(1).label("n")}),
                [](const Source &base) { return select({base["n"] + 1}).where(base["n"] < 10); }, true);
            return select({func::sum(nums["n"])});
        };
        c["cte.insert_from"] = [](T t) {
            const Source source = select({t.users["id"], t.users["balance"]}).where(t.users["age"] > 5).cte("src");
            return insert(t.orders).fromSelect({"user_id", "total"}, select({source["id"], source["balance"]}));
        };
        c["cte.prefix_materialized"] = [](T t) {
            return select({select({t.users["id"]}).cte("m", {.materialized = CteOptions::Materialized::Yes})["id"]});
        };

        // set operations
        c["set.union_all_order"] = [](T t) {
            return unionAll({select({t.users["name"]}), select({t.products["name"]})})
                .orderBy({column("name")})
                .limit(5);
        };
        c["set.nested_union"] = [](T t) {
            return union_({unionAll({select({t.users["id"]}), select({t.orders["id"]})}), select({t.products["id"]})});
        };
        c["set.limited_parts"] = [](T t) {
            return unionAll({select({t.users["id"]}).orderBy({t.users["id"]}).limit(2),
                             select({t.orders["id"]}).orderBy({t.orders["id"]}).limit(3)});
        };
        c["set.except_all"] = [](T t) { return exceptAll({select({t.users["id"]}), select({t.orders["id"]})}); };

        // windows
        c["win.partition"] = [](T t) {
            return select({t.users["id"], func::rank()
                                              .over(window()
                                                        .partitionBy({t.users["name"], t.users["age"]})
                                                        .orderBy({t.users["balance"].desc(), t.users["id"]}))
                                              .label("r")});
        };
        c["win.rows_unbounded"] = [](T t) {
            const Window ordered = window().orderBy({t.users["id"]});
            return select({func::sum(t.users["balance"]).over(ordered.rows(unboundedPreceding(), currentRow())),
                           func::sum(t.users["balance"]).over(ordered.range(currentRow(), unboundedFollowing()))});
        };
        c["win.empty"] = [](T) { return select({count().over()}); };
        c["win.filter"] = [](T t) {
            return select(
                {count(t.users["id"]).filter(t.users["active"]).over(window().partitionBy({t.users["age"]}))});
        };

        // insert
        c["insert.values"] = [](T t) { return insert(t.users).value("name", "a").value("age", 3); };
        c["insert.expr"] = [](T t) {
            return insert(t.users)
                .value("name", func::lower("ABC"))
                .value("age", select({func::max(t.users["age"])}).scalar())
                .value("created", func::now());
        };
        c["insert.from_select"] = [](T t) {
            return insert(t.orders).fromSelect({"user_id", "total"},
                                               select({t.users["id"], t.users["balance"]}).where(t.users["active"]));
        };
        c["insert.from_select_defaults"] = [](T t) {
            return insert(t.addresses)
                .fromSelect({"user_id", "email", "kind"}, select({t.users["id"], t.users["name"], parameter("kind")}));
        };
        c["insert.returning_expr"] = [](T t) {
            return insert(t.users)
                .value("name", "a")
                .returning({(t.users["id"] + 1).label("x"), func::lower(t.users["name"])});
        };
        c["insert.schema"] = [](T t) { return insert(t.log).value("msg", "m"); };
        c["insert.composite"] = [](T t) {
            return insert(t.items).values({{"order_id", 1}, {"line_no", 2}, {"product_id", 3}});
        };
        c["insert.inline"] = [](T t) { return insert(t.users).value("name", "x"); };

        // update
        c["update.all"] = [](T t) { return update(t.users).set("age", 5); };
        c["update.where"] = [](T t) {
            return update(t.users).where(t.users["id"] == 3).set("name", "n").set("age", t.users["age"] + 1);
        };
        c["update.no_values"] = [](T t) {
            Update every = update(t.users).where(t.users["id"] == 3);
            for (const char *name : {"id", "name", "fullname", "age", "active", "created", "balance", "data"})
                every = every.set(name, parameter(name));
            return every;
        };
        c["update.ordered"] = [](T t) { return update(t.users).set("age", 1).set("name", "x"); };
        c["update.subquery"] = [](T t) {
            return update(t.users).set(
                "balance", select({func::sum(t.orders["total"])}).where(t.orders["user_id"] == t.users["id"]).scalar());
        };
        c["update.from"] = [](T t) {
            return update(t.users)
                .set("balance", t.orders["total"])
                .from(t.orders)
                .where(t.users["id"] == t.orders["user_id"]);
        };
        c["update.from_alias"] = [](T t) {
            return update(t.categories)
                .set("name", t.mgr["name"])
                .from(t.mgr)
                .where(t.categories["parent_id"] == t.mgr["id"]);
        };
        c["update.returning"] = [](T t) {
            return update(t.users).where(t.users["id"] == 1).set("age", 2).returning({t.users["id"], t.users["age"]});
        };
        c["update.null_bind"] = [](T t) {
            return update(t.users).set("fullname", nullptr).where(t.users["name"] == parameter("old_name"));
        };
        c["update.odd"] = [](T t) { return update(t.odd).where(t.odd["select"] == 1).set("group", "g").set("a%b", 3); };
        c["update.mysql_limit"] = [](T t) { return update(t.users).set("age", 1).limit(inlined(5)); };

        // delete
        c["delete.all"] = [](T t) { return delete_(t.users); };
        c["delete.where"] = [](T t) {
            return delete_(t.users).where(t.users["id"] == 5 && like(t.users["name"], "x%"));
        };
        c["delete.using"] = [](T t) {
            return delete_(t.orders)
                .using_(t.users)
                .where(t.orders["user_id"] == t.users["id"])
                .where(t.users["name"] == "x");
        };
        c["delete.subquery"] = [](T t) {
            return delete_(t.users).where(!in(t.users["id"], select({t.orders["user_id"]})));
        };
        c["delete.returning"] = [](T t) {
            return delete_(t.users).where(t.users["id"] == 1).returning({t.users["id"]});
        };

        // upsert
        const auto row = [](T t) { return insert(t.users).value("id", 1).value("name", "x"); };
        c["upsert.pg_nothing"] = c["upsert.sqlite_nothing"] = [row](T t) { return row(t).onConflictDoNothing(); };
        c["upsert.pg_nothing_target"] = [row](T t) { return row(t).onConflictDoNothing({t.users["id"]}); };
        c["upsert.pg_update"] = [row](T t) {
            return row(t).onConflictDoUpdate({t.users["id"]},
                                             {{"name", excluded("name")}, {"age", t.users["age"] + 1}});
        };
        c["upsert.pg_update_where"] = [row](T t) {
            return row(t).upsert({.target = {t.users["name"]},
                                  .targetWhere = t.users["age"] > 5,
                                  .set = {{"name", excluded("name")}},
                                  .where = t.users["active"] == true});
        };
        c["upsert.sqlite_update"] = [row](T t) {
            return row(t).onConflictDoUpdate({t.users["id"]}, {{"name", excluded("name")}}, t.users["age"] < 5);
        };
        c["upsert.sqlite_expr_target"] = [row](T t) {
            return row(t).onConflictDoNothing({func::lower(t.users["name"])}, t.users["age"] > 1);
        };
        c["upsert.mysql_values"] = [row](T t) {
            return row(t).onDuplicateKeyUpdate({{"name", "y"}, {"fullname", func::upper("z")}});
        };
        c["upsert.from_select_pg"] = [](T t) {
            return insert(t.orders)
                .fromSelect({"id", "user_id"}, select({t.users["id"], t.users["age"]}))
                .onConflictDoNothing();
        };
        c["upsert.from_select_sqlite"] = [](T t) {
            return insert(t.orders)
                .fromSelect({"id", "user_id"}, select({t.users["id"], t.users["age"]}).where(true_()))
                .onConflictDoNothing();
        };

        // literals and binds
        c["lit.strings"] = [](T) {
            return select(
                {bind("it's"), bind("back\\slash"), bind("per%cent"), bind("uni ž 🐎"), bind("new\nline"), bind("")});
        };
        c["lit.bool_null"] = [](T) { return select({bind(true), bind(false), bind(nullptr)}); };
        c["lit.uuid"] = [](T t) {
            return select({t.docs["id"]}).where(t.docs["id"] == "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
        };
        c["lit.json"] = [](T t) { return insert(t.users).value("name", "j").value("data", R"({"a":[1,null,"x"]})"); };
        c["bind.same_twice"] = [](T t) {
            const Expr q = parameter("q", "x");
            return select({t.users["id"]}).where(t.users["name"] == q || t.users["fullname"] == q);
        };
        c["bind.unique"] = [](T t) {
            return select({t.users["id"]}).where(t.users["name"] == "x" && t.users["fullname"] == "y");
        };
        c["bind.literal_execute"] = [](T t) { return select({t.users["id"]}).where(t.users["id"] == inlined(5)); };
        c["bind.cte_order"] = [](T t) {
            const Source cte = select({t.users["id"]}).where(t.users["age"] == 3).cte("c");
            return select({cte["id"], bind(1)}).where(cte["id"] == 2);
        };

        // what one database has
        c["json.path"] = [](T t) {
            return select({json(t.users["data"], "a"), jsonText(t.users["data"], "a"),
                           jsonInteger(t.users["data"], {"a", "b", 0})});
        };
        c["pg.array"] = [](T t) {
            return select({array({1, 2, 3}), function("array_agg", t.users["name"])})
                .where(t.users["id"] == any_(array({1, 2})));
        };
        c["pg.array_col"] = [](T) {
            const Source table = makeTable("", "t", {{"tags", types::array(types::text())}}, {});
            const Expr tags = table["tags"];
            return select({element(tags, 1), slice(tags, 2, 3)})
                .where(containsAll(tags, array({"a"})) && overlaps(tags, array({"b"})) && bind("c") == any_(tags));
        };
        c["pg.distinct_on"] = [](T t) {
            return select({t.users["id"]}).distinctOn({t.users["name"]}).orderBy({t.users["name"], t.users["id"]});
        };
        c["pg.range"] = [](T) {
            const Source table = makeTable("", "t", {{"r", types::native("int4range")}}, {});
            return select({table["r"]})
                .where(containsAll(table["r"], 5) && overlaps(table["r"], cast("[1,5)", types::native("int4range"))));
        };
        c["mysql.straight"] = [](T t) {
            return select({t.users["id"]}).prefix("STRAIGHT_JOIN").prefix("SQL_CALC_FOUND_ROWS");
        };
        c["mysql.match"] = [](T t) {
            return select({t.users["id"]})
                .where(matchAgainst({t.users["name"], t.users["fullname"]}, "x", "IN BOOLEAN MODE"));
        };
        c["mysql.multi_update"] = [](T t) {
            return update(t.users)
                .setColumn(t.orders["total"], 2)
                .setColumn(t.users["age"], 1)
                .from(t.orders)
                .where(t.users["id"] == t.orders["user_id"]);
        };
        c["mssql.nolock"] = [](T t) { return select({t.users["id"]}).hint(t.users, "WITH (NOLOCK)", "mssql"); };
        c["mssql.limit_distinct"] = [](T t) { return select({t.users["name"]}).distinct().limit(5); };
        c["oracle.hint"] = [](T t) { return select({t.users["id"]}).hint(t.users, "INDEX(users ix)", "oracle"); };
        c["quote.reserved_alias"] = [](T t) {
            return select({t.users.alias("user")["id"], t.users.alias("table")["name"]});
        };
        c["quote.quoted_name"] = [](T) { return select(namedTable("lower", {"id"})); };
        c["quote.dots"] = [](T) { return select(namedTable("a.b", {"c.d"}, "x.y")); };
        return c;
    }();
    return all;
}

} // namespace corpus
