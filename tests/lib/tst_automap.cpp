// What automap makes of a reflected SQLite database: names, kinds, overlaps, associations.

#include "schemawright/engine/engine.h"
#include "schemawright/orm/automap.h"
#include "schemawright/orm/entity_names.h"
#include "schemawright/schema/table_builder.h"

#include <QTest>

using namespace schemawright;

namespace {

MetaData reflected(const std::string &script)
{
    const Engine engine = Engine::open("sqlite://");
    Connection connection = engine.connect();
    connection.executeScript(script);
    return connection.dialect().reflect(connection.driverConnection());
}

const Entity *entityOf(const std::vector<Entity> &entities, std::string_view table)
{
    for (const Entity &entity : entities)
        if (entity.table.name == table)
            return &entity;
    return nullptr;
}

const RelationshipInfo &find(const std::vector<Entity> &entities, std::string_view table, std::string_view name)
{
    if (const Entity *entity = entityOf(entities, table))
        if (const RelationshipInfo *found = entity->relationship(name))
            return *found;
    throw Error(ErrorKind::NotFound, "no " + std::string(table) + "." + std::string(name));
}

/// "title:title author_id:authorId ..." of a table.
std::string attributesOf(const std::vector<Entity> &entities, std::string_view table)
{
    std::string text;
    for (const AttributeInfo &each : entityOf(entities, table)->attributes)
        text += (text.empty() ? "" : " ") + each.name;
    return text;
}

std::string relationshipsOf(const std::vector<Entity> &entities, std::string_view table)
{
    std::string text;
    for (const RelationshipInfo &each : entityOf(entities, table)->relationships)
        text += (text.empty() ? "" : " ") + each.name;
    return text;
}

const char ends[] = "create table a(id integer primary key); create table b(id integer primary key);";

} // namespace

class TestAutomap : public QObject
{
    Q_OBJECT

private slots:
    void namesComeFromColumnsAndStay()
    {
        const std::string person = "create table person(id integer primary key);";
        const auto one =
            automap(reflected(person + "create table post(id integer primary key, author_id references person(id))"));
        // An earlier name, an earlier column, a key to the same and to another table: nothing of it renames the first.
        const auto more =
            automap(reflected(person + "create table aaa(id integer primary key);"
                                       "create table post(id integer primary key, approver_id references person(id),"
                                       " author_id references person(id), editor_id references person(id),"
                                       " extra_id references aaa(id));"
                                       "create table author(id integer primary key, post_id references post(id))"));
        for (const auto *entities : {&one, &more}) {
            const RelationshipInfo &author = find(*entities, "post", "author");
            QVERIFY(author.kind == RelationshipKind::ManyToOne && author.ownsKey);
            QCOMPARE(author.name, std::string("author"));
            QCOMPARE(author.backPopulates, std::string("postByAuthor"));
            const RelationshipInfo &posts = find(*entities, "person", "post_by_author");
            QCOMPARE(posts.name, std::string("postByAuthor"));
            QCOMPARE(posts.backPopulates, std::string("author"));
            QVERIFY(posts.kind == RelationshipKind::OneToMany && posts.targetColumns.front() == "author_id");
        }
        QCOMPARE(find(more, "post", "editor").target.name, std::string("person"));
    }

    void twoKeysToOneTableAreNamedByTheirColumns()
    {
        const auto all =
            automap(reflected("create table point(id integer primary key, x real, y real);"
                              "create table line(id integer primary key, point_a integer not null references point(id),"
                              " point_b integer not null references point(id))"));
        // The bare column is an attribute, so the table is told as well.
        QCOMPARE(relationshipsOf(all, "line"), std::string("pointAPoint pointBPoint"));
        QCOMPARE(relationshipsOf(all, "point"), std::string("lineByPointAPoint lineByPointBPoint"));
        QCOMPARE(find(all, "line", "point_a_point").columns.front(), std::string("point_a"));
        QCOMPARE(find(all, "line", "pointBPoint").columns.front(), std::string("point_b"));
        QCOMPARE(find(all, "point", "line_by_point_a_point").backPopulates, std::string("pointAPoint"));
        QCOMPARE(find(all, "point", "line_by_point_b_point").targetColumns.front(), std::string("point_b"));
        QVERIFY(find(all, "line", "point_a_point").isRequired);
        // With the ending of a key, the columns are enough; two keys alone make no association.
        const auto ids = automap(reflected("create table point(id integer primary key);"
                                           "create table line(id integer primary key, point_a_id references point,"
                                           " point_b_id references point)"));
        QCOMPARE(relationshipsOf(ids, "line"), std::string("pointA pointB"));
        QCOMPARE(relationshipsOf(ids, "point"), std::string("lineByPointA lineByPointB"));
    }

    void aKeyThatIsUniqueIsOneToOne_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("isOne");
        const auto row = [](const char *title, const char *script, const char *name, bool isOne) {
            QTest::newRow(title) << QString::fromLatin1(script) << QString::fromLatin1(name) << isOne;
        };
        row("primary key", "create table t(id integer primary key references users(id))", "id_users", true);
        row("unique", "create table t(id integer primary key, user_id unique references users(id))", "user", true);
        row("unique index",
            "create table t(id integer primary key, user_id references users(id));"
            "create unique index i on t(user_id)",
            "user", true);
        row("partial index",
            "create table t(id integer primary key, user_id references users(id), old);"
            "create unique index i on t(user_id) where old is null",
            "user", false);
        row("index with more", // not one a user
            "create table t(id integer primary key, user_id references users(id), n);"
            "create unique index i on t(user_id, n)",
            "user", false);
        row("plain", "create table t(id integer primary key, user_id references users(id))", "user", false);
    }
    void aKeyThatIsUniqueIsOneToOne()
    {
        QFETCH(QString, script);
        QFETCH(QString, name);
        QFETCH(bool, isOne);
        const auto all = automap(reflected("create table users(id integer primary key);" + script.toStdString()));
        QCOMPARE(all.size(), std::size_t{2}); // never inheritance: both are classes of their own
        const RelationshipInfo &here = find(all, "t", name.toStdString());
        const RelationshipInfo &there = find(all, "users", "t_by_" + name.toStdString());
        QVERIFY(here.kind == (isOne ? RelationshipKind::OneToOne : RelationshipKind::ManyToOne));
        QVERIFY(there.kind == (isOne ? RelationshipKind::OneToOne : RelationshipKind::OneToMany));
        QVERIFY(here.ownsKey && !there.ownsKey);
    }

    void overlappingKeysAreDeclared()
    {
        const auto all = automap(reflected(
            "create table tenant(id integer primary key);"
            "create table user(tenant_id integer references tenant(id), id integer, primary key(tenant_id, id));"
            "create table doc(id integer primary key, tenant_id references tenant(id), owner_id integer,"
            " foreign key(tenant_id, owner_id) references user(tenant_id, id))"));
        const RelationshipInfo &owner = find(all, "doc", "tenant_owner");
        QVERIFY(owner.overlaps == std::vector<std::string>{"tenant"});
        QVERIFY(find(all, "doc", "tenant").overlaps == std::vector<std::string>{"tenantOwner"});
        QVERIFY((owner.targetColumns == std::vector<std::string>{"tenant_id", "id"}));
        // A column that two relationships write speaks for itself; one that only one writes does not.
        QCOMPARE(entityOf(all, "doc")->attribute("tenant_id")->relationship, std::string());
        QCOMPARE(entityOf(all, "doc")->attribute("owner_id")->relationship, std::string("tenantOwner"));
        QCOMPARE(entityOf(all, "user")->attribute("tenant_id")->relationship, std::string()); // part of the key
        QVERIFY(find(all, "user", "tenant").overlaps.empty());
    }

    void tablesThatReferToEachOtherAreWrittenInTwoSteps()
    {
        const auto all =
            automap(reflected("create table emp(id integer primary key, dept_id references dept(id), boss_id references"
                              " emp(id)); create table dept(id integer primary key, head_id references emp(id));"
                              "create table badge(id integer primary key, emp_id references emp(id))"));
        for (const auto &[table, name] : {std::pair("emp", "dept"), std::pair("dept", "head"),
                                          std::pair("dept", "emp_by_dept"), std::pair("emp", "dept_by_head")})
            QVERIFY2(find(all, table, name).postUpdate, name);
        QVERIFY(!find(all, "emp", "boss").postUpdate); // the order of rows is enough
        QVERIFY(!find(all, "badge", "emp").postUpdate);
    }

    void associations_data()
    {
        QTest::addColumn<QString>("table");
        QTest::addColumn<QString>("script");
        QTest::addColumn<bool>("isPure");
        QTest::addColumn<bool>("hasShortcut");
        const auto row = [](const char *title, const char *table, const char *columns, bool isPure, bool hasShortcut) {
            QTest::newRow(title) << QString::fromLatin1(table)
                                 << QString::fromLatin1("create table %1(%2)")
                                        .arg(QString::fromLatin1(table), QString::fromLatin1(columns))
                                 << isPure << hasShortcut;
        };
        row("pure", "link", "a_id references a, b_id references b, primary key(a_id, b_id)", true, true);
        row("key and a note", "link", "a_id references a, b_id references b, note, primary key(b_id, a_id)", false,
            true);
        row("unique and NOT NULL", "link",
            "id integer primary key, a_id not null references a, b_id not null references b, unique(a_id, b_id)", false,
            true);
        row("unique but nullable", "link",
            "id integer primary key, a_id references a, b_id references b, unique(a_id, b_id)", false, false);
        row("named after both", "a_b", "id integer primary key, a_id references a, b_id references b, note", false,
            true);
        row("named after both, the other way", "b_a", "id integer primary key, a_id references a, b_id references b",
            false, true);
        row("two keys alone", "line", "id integer primary key, a_id not null references a, b_id not null references b",
            false, false);
        row("a third key", "link",
            "a_id references a, b_id references b, maker_id references a, primary key(a_id, b_id)", false, true);
        row("one key of three", "link", "a_id references a, b_id references b, n, primary key(a_id, b_id, n)", false,
            false);
    }
    void associations()
    {
        QFETCH(QString, table);
        QFETCH(QString, script);
        QFETCH(bool, isPure);
        QFETCH(bool, hasShortcut);
        const auto all = automap(reflected(ends + script.toStdString()));
        QCOMPARE(entityOf(all, table.toStdString()) == nullptr, isPure);
        const RelationshipInfo *there = entityOf(all, "a")->relationship("b_via_" + table.toStdString());
        const RelationshipInfo *back = entityOf(all, "b")->relationship("a_via_" + table.toStdString());
        QCOMPARE(there != nullptr, hasShortcut);
        QCOMPARE(back != nullptr, hasShortcut);
        if (!hasShortcut)
            return;
        QVERIFY(there->kind == RelationshipKind::ManyToMany);
        QCOMPARE(there->viewOnly, !isPure);
        QCOMPARE(there->backPopulates, back->name);
        QCOMPARE(back->backPopulates, there->name);
        QCOMPARE(there->columns.front(), std::string("a_id"));
        QCOMPARE(there->targetColumns.front(), std::string("b_id"));
        QCOMPARE(entityOf(all, "a")->relationship(table.toStdString() + "_by_a") == nullptr, isPure);
    }

    void anAssociationThatIsReferredToIsAnEntity()
    {
        const auto all = automap(reflected(
            std::string(ends) + "create table link(a_id references a, b_id references b, primary key(a_id, b_id));"
                                "create table note(id integer primary key, a integer, b integer,"
                                " foreign key(a, b) references link(a_id, b_id))"));
        QVERIFY(entityOf(all, "link"));
        QVERIFY(find(all, "a", "b_via_link").viewOnly);
        QCOMPARE(find(all, "note", "a_b_link").target.name, std::string("link"));
    }

    void pluralsStillMakeAnAssociation()
    {
        const auto all = automap(
            reflected("create table users(id integer primary key); create table categories(id integer primary key);"
                      "create table category_users(id integer primary key, user_id references users(id),"
                      " category_id references categories(id))"));
        QVERIFY(find(all, "users", "category_via_category_users").viewOnly);
        QCOMPARE(entityOf(all, "categories")->className, std::string("Categories")); // nothing is made singular
    }

    void keysOverTheSameColumns()
    {
        // Twice the same key is one; to two tables the second says which.
        const auto all = automap(reflected(std::string(ends) +
                                           "create table t(id integer primary key, x_id integer, foreign key(x_id)"
                                           " references a(id), foreign key(x_id) references b(id),"
                                           " foreign key(x_id) references a(id))"));
        QCOMPARE(entityOf(all, "t")->relationships.size(), std::size_t{2});
        QVERIFY(entityOf(all, "t")->relationship("x"));
        std::set<std::string> targets;
        for (const RelationshipInfo &each : entityOf(all, "t")->relationships)
            targets.insert(each.target.name);
        QVERIFY((targets == std::set<std::string>{"a", "b"}));
    }

    void aKeyToAnotherUniqueColumnIsTold()
    {
        const auto all =
            automap(reflected("create table country(id integer primary key, code text not null unique);"
                              "create table city(id integer primary key, country_code references country(code))"));
        const RelationshipInfo &country = find(all, "city", "country_code_country");
        QVERIFY(!country.byKey);
        QCOMPARE(entityOf(all, "city")->attribute("country_code")->relationship, std::string());
    }

    void tablesWithoutAKey()
    {
        const auto all = automap(reflected("create table bare(x); create table code(c text not null unique, t);"
                                           "create table t(id integer primary key, bare_id references bare(x))"));
        QVERIFY(!entityOf(all, "bare"));
        QVERIFY((entityOf(all, "code")->key == std::vector<std::string>{"c"}));
        QVERIFY(entityOf(all, "t")->relationships.empty());
    }

    void namesAreWordsOfCpp_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("member");
        QTest::addColumn<QString>("type");
        const auto row = [](const char *name, const char *member, const char *type) {
            QTest::newRow(name) << QString::fromUtf8(name) << QString::fromLatin1(member) << QString::fromLatin1(type);
        };
        row("author_id", "authorId", "AuthorId");
        row("AuthorId", "authorId", "AuthorId");
        row("Order Details", "orderDetails", "OrderDetails");
        row("HTMLPage", "htmlPage", "HtmlPage");
        row("URL", "url", "Url");
        row("users", "users", "Users");
        row("class", "class_", "Class");
        row("DELETE", "delete_", "Delete");
        row("errno", "errno_", "Errno");
        row("eof", "eof", "Eof");
        row("2020", "column2020", "Table2020");
        row("a_1_2", "a1_2", "A1_2");
        row("a.b", "aB", "AB");
        row("ix\"1", "ix1", "Ix1");
        row("größe", "grosse", "Grosse");
        row("Île", "ile", "Ile");
        row("Ω", "u03a9", "U03a9");
        row("__x__", "x", "X");
        row("'\"", "column", "Table");
    }
    void namesAreWordsOfCpp()
    {
        QFETCH(QString, name);
        QFETCH(QString, member);
        QFETCH(QString, type);
        QCOMPARE(QString::fromStdString(memberName(name.toStdString())), member);
        QCOMPARE(QString::fromStdString(className(name.toStdString())), type);
        QCOMPARE(whyNoName(member.toStdString()), std::string());
        QCOMPARE(whyNoName(type.toStdString()), std::string());
    }

    void badNamesSayWhy()
    {
        for (const char *name : {"", "1a", "a b", "a-b", "größe", "while", "NULL", "a__b", "_A", "std"})
            QVERIFY2(!whyNoName(name).empty(), name);
        QVERIFY(whyNoName("while").find("word of C++") != std::string::npos);
        for (const char *name : {"a", "_a", "A1", "a_b", "while_"})
            QVERIFY2(whyNoName(name).empty(), name);
    }

    void membersOfAClassAreDifferent()
    {
        const auto all = automap(reflected(
            "create table author(id integer primary key);"
            "create table post(id integer primary key, author_id references author(id), author text, \"Author Id\" int,"
            " author_object text, post text, \"class\" int, class_ int)"));
        QCOMPARE(attributesOf(all, "post"),
                 std::string("id authorId author authorId2 authorObject post class_ class_2"));
        // The bare name is a column, and so is what would stand for it.
        QCOMPARE(relationshipsOf(all, "post"), std::string("authorObjectObject"));
        const auto constructor = automap(reflected("create table x(id integer primary key, x int)"),
                                         {{{"main", "x"}, {.className = "x", .attributes = {}, .relationships = {}}}});
        QCOMPARE(attributesOf(constructor, "x"), std::string("id x2")); // x::x would be a constructor
    }

    void classesOfSeveralSchemasAreDifferent()
    {
        MetaData metadata;
        metadata.defaultSchema = "public";
        const auto add = [&](const char *schema, const char *name) {
            metadata.add(TableBuilder(QualifiedName{schema, name}).column("id", types::integer()).primaryKey());
        };
        add("audit", "user");
        add("audit", "entry");
        add("public", "user");
        add("zeta", "user");
        add("zeta", "User");
        const auto all = automap(metadata);
        std::string names;
        for (const Entity &each : all)
            names += each.table.text() + "=" + each.className + " ";
        QCOMPARE(names, std::string("audit.entry=Entry audit.user=AuditUser public.user=User zeta.User=ZetaUser "
                                    "zeta.user=ZetaUser2 "));
        // What refers from another schema says so, whether there is a second or not.
        metadata.add(TableBuilder(QualifiedName{"audit", "post"})
                         .column("id", types::integer())
                         .primaryKey()
                         .column("author_id", types::integer())
                         .references(QualifiedName{"public", "user"}));
        const auto more = automap(metadata);
        for (const Entity &each : more)
            if (each.table == QualifiedName{"public", "user"}) {
                QCOMPARE(each.relationships.size(), std::size_t{1});
                QCOMPARE(each.relationships[0].name, std::string("auditPostByAuthor"));
            }
    }

    void namesCanBeChosen()
    {
        const MetaData metadata =
            reflected("create table node(id integer primary key, parent_id references node(id), label text)");
        const QualifiedName node = metadata.tables().front()->name;
        EntityMapping mapping;
        mapping.className = "Knot";
        mapping.attributes = {{"label", "text"}, {"gone", "nothing"}};
        mapping.relationships = {{"node_by_parent", "children"}};
        const auto all = automap(metadata, {{node, mapping}});
        QCOMPARE(all[0].className, std::string("Knot"));
        QCOMPARE(all[0].derivedClassName, std::string("Node"));
        QCOMPARE(attributesOf(all, "node"), std::string("id parentId text"));
        QCOMPARE(all[0].attribute("label")->derivedName, std::string("label"));
        QCOMPARE(find(all, "node", "parent").backPopulates, std::string("children"));
        QVERIFY(find(all, "node", "children").kind == RelationshipKind::OneToMany);
        QCOMPARE(find(all, "node", "children").derivedName, std::string("node_by_parent"));
        // A choice comes before what is derived.
        mapping.attributes = {{"label", "parent"}};
        QCOMPARE(relationshipsOf(automap(metadata, {{node, mapping}}), "node"), std::string("parent2 children"));
    }
};

QTEST_GUILESS_MAIN(TestAutomap)
#include "tst_automap.moc"
