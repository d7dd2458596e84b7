// What automap makes of a reflected SQLite database: names, kinds, overlaps.

#include "schemawright/engine/engine.h"
#include "schemawright/orm/automap.h"

#include <QTest>

using namespace schemawright;

namespace {

MetaData reflected(const char *script)
{
    const Engine engine = Engine::open("sqlite://");
    Connection connection = engine.connect();
    connection.executeScript(script);
    return connection.dialect().reflect(connection.driverConnection());
}

const RelationshipInfo &find(const std::vector<Entity> &entities, std::string_view table, std::string_view name)
{
    for (const Entity &entity : entities)
        if (entity.table.name == table)
            if (const RelationshipInfo *found = entity.relationship(name))
                return *found;
    throw Error(ErrorKind::NotFound, "no " + std::string(table) + "." + std::string(name));
}

} // namespace

class TestAutomap : public QObject
{
    Q_OBJECT

private slots:
    void namesComeFromColumnsAndStay()
    {
        const auto one =
            automap(reflected("create table person(id integer primary key);"
                              "create table post(id integer primary key, author_id references person(id))"));
        const auto two = automap(reflected("create table person(id integer primary key);"
                                           "create table post(id integer primary key, author_id references person(id),"
                                           " editor_id references person(id), extra_id references person(id))"));
        for (const auto *entities : {&one, &two}) {
            const RelationshipInfo &author = find(*entities, "post", "author");
            QVERIFY(author.kind == RelationshipKind::ManyToOne && author.ownsKey);
            QCOMPARE(author.backPopulates, std::string("post_by_author"));
            const RelationshipInfo &posts = find(*entities, "person", "post_by_author");
            QVERIFY(posts.kind == RelationshipKind::OneToMany && posts.targetColumns.front() == "author_id");
        }
        QCOMPARE(find(two, "post", "editor").target.name, std::string("person"));
    }

    void aKeyThatIsThePrimaryKeyIsOneToOne()
    {
        const auto all = automap(reflected("create table users(id integer primary key);"
                                           "create table user_settings(id integer primary key references users(id))"));
        QVERIFY(find(all, "user_settings", "id_users").kind == RelationshipKind::OneToOne);
        QVERIFY(find(all, "users", "user_settings_by_id_users").kind == RelationshipKind::OneToOne);
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
        QVERIFY((owner.targetColumns == std::vector<std::string>{"tenant_id", "id"}));
    }

    void associationsAndRings()
    {
        const auto all = automap(reflected(
            "create table a(id integer primary key, b_id references b(id));"
            "create table b(id integer primary key, a_id references a(id));"
            "create table pure(a_id references a(id), b_id references b(id), primary key(a_id, b_id));"
            "create table rich(id integer primary key, a_id references a(id), b_id references b(id), note text)"));
        QVERIFY(find(all, "a", "b").postUpdate);
        QVERIFY(!find(all, "a", "b_via_pure").viewOnly);
        QVERIFY(find(all, "a", "b_via_rich").viewOnly);
        QCOMPARE(find(all, "a", "b_via_pure").backPopulates, std::string("a_via_pure"));
        QVERIFY(!find(all, "rich", "a").postUpdate);
        for (const Entity &entity : all)
            QVERIFY(entity.table.name != "pure");
    }

    void aNameCanBeChosen()
    {
        const MetaData metadata = reflected("create table node(id integer primary key, parent_id references node(id))");
        const QualifiedName node = metadata.tables().front()->name;
        const auto all = automap(metadata, {{{node, "node_by_parent"}, "children"}});
        QCOMPARE(find(all, "node", "parent").backPopulates, std::string("children"));
        QVERIFY(find(all, "node", "children").kind == RelationshipKind::OneToMany);
    }
};

QTEST_GUILESS_MAIN(TestAutomap)
#include "tst_automap.moc"
