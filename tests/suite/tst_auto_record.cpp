// Tables mapped without structs: records of a reflected database by automap's names, asked of each database named in
// SCHEMAWRIGHT_TEST_URLS.

#include "support/object_suite.h"

#include <QTest>

using namespace schemawright;
using test::errorOf;
using test::kindOf;

namespace {

MetaData music()
{
    MetaData metadata;
    metadata.add(TableBuilder("auto_artist")
                     .column("id", types::integer())
                     .primaryKey()
                     .column("name", types::text())
                     .notNull()
                     .unique()
                     .column("country", types::string(2))
                     .notNull()
                     .defaultTo("us"));
    metadata.add(TableBuilder("auto_album")
                     .column("id", types::integer())
                     .primaryKey()
                     .column("title", types::text())
                     .notNull()
                     .column("artist_id", types::integer())
                     .notNull()
                     .references("auto_artist")
                     .column("sequel_of_id", types::integer())
                     .references("auto_album"));
    metadata.add(TableBuilder("auto_track")
                     .column("album_id", types::integer())
                     .references("auto_album")
                     .column("nr", types::integer())
                     .column("title", types::text())
                     .primaryKey({"album_id", "nr"}));
    metadata.add(TableBuilder("auto_tag").column("name", types::string(20)).primaryKey());
    metadata.add(TableBuilder("auto_album_tag")
                     .column("album_id", types::integer())
                     .references("auto_album")
                     .column("tag", types::string(20))
                     .references("auto_tag")
                     .primaryKey({"album_id", "tag"}));
    return metadata;
}

} // namespace

class tst_AutoRecord : public QObject, private test::ObjectSuite
{
    Q_OBJECT

private:
    std::unique_ptr<Mappings> mappings_;

    std::shared_ptr<AutoRecord> artist(const char *name)
    {
        auto made = mappings_->make("AutoArtist");
        made->set("name", name);
        return made;
    }
    std::shared_ptr<AutoRecord> album(const char *title, std::shared_ptr<AutoRecord> by)
    {
        auto made = mappings_->make("AutoAlbum");
        made->set("title", title);
        made->setOne("artist", std::move(by));
        return made;
    }

private Q_SLOTS:
    void initTestCase() { start("records"); }
    void cleanupTestCase() { stop(); }
    void init()
    {
        open(music());
        mappings_ = std::make_unique<Mappings>(connection_->dialect().reflect(connection_->driverConnection()));
        mappings_->automap();
    }
    void cleanup()
    {
        mappings_.reset();
        close();
    }

    void storesWhatIsReachable_data() { databases_->addRows(); }
    void storesWhatIsReachable()
    {
        {
            ObjectSession session(*connection_, *mappings_);
            auto monk = artist("Monk");
            auto first = album("Misterioso", monk), second = album("Underground", monk);
            second->setOne("sequel_of", first);
            auto track = mappings_->make("auto_track");
            track->set("nr", 1);
            track->set("title", "Thelonious");
            second->many("auto_track_by_album").push_back(track);
            session.add(second);
            session.commit();
            QCOMPARE(monk->get("country"), Value("us")); // by the column's default
            QVERIFY(monk->get("id").as<std::int64_t>());
            QCOMPARE(second->get("artist_id"), monk->get("id"));
            QCOMPARE(track->get("album_id"), second->get("id"));
            QCOMPARE(session.state(track), ObjectState::Persistent);
        }
        QCOMPARE(fact("SELECT count(*) FROM auto_artist"), Value(1));
        QCOMPARE(fact("SELECT a.title FROM auto_album a JOIN auto_album b ON b.sequel_of_id = a.id"),
                 Value("Misterioso"));
        QCOMPARE(fact("SELECT t.title FROM auto_track t JOIN auto_album a ON a.id = t.album_id "
                      "WHERE a.title = 'Underground'"),
                 Value("Thelonious"));
    }

    void findsAndChanges_data() { databases_->addRows(); }
    void findsAndChanges()
    {
        ObjectSession session(*connection_, *mappings_);
        auto monk = artist("Monk"), rollins = artist("Rollins");
        rollins->set("country", "de");
        session.add(album("Misterioso", monk));
        session.add(album("Brilliant Corners", monk));
        session.add(rollins);
        session.commit();

        const auto found =
            session.select("AutoAlbum").where(session.column("AutoAlbum", "title") == "Misterioso").one();
        QCOMPARE(found->one("artist"), monk); // the row that is in memory
        found->set("title", "Misterioso (live)");
        found->setOne("artist", rollins);
        QVERIFY(session.isDirty(found));
        session.commit();
        QCOMPARE(fact("SELECT r.country FROM auto_album a JOIN auto_artist r ON r.id = a.artist_id "
                      "WHERE a.title = 'Misterioso (live)'"),
                 Value("de"));
        const auto again = session.get("auto_artist", {rollins->get("id")});
        QCOMPARE(again, rollins);
        session.refresh(rollins);
        QCOMPARE(rollins->many("auto_album_by_artist").size(), std::size_t{1});

        session.remove(found);
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM auto_album"), Value(1));

        monk->set("name", "Thelonious Monk");
        session.rollback();
        QCOMPARE(monk->get("name"), Value("Monk"));
    }

    void associates_data() { databases_->addRows(); }
    void associates()
    {
        ObjectSession session(*connection_, *mappings_);
        auto one = album("Misterioso", artist("Monk"));
        for (const char *name : {"live", "jazz"}) {
            auto tag = mappings_->make("AutoTag");
            tag->set("name", name);
            const RelationshipInfo *tags = nullptr;
            for (const RelationshipInfo &each : one->entity().relationships)
                if (each.kind == RelationshipKind::ManyToMany)
                    tags = &each;
            QVERIFY(tags);
            one->many(tags->name).push_back(tag);
        }
        session.add(one);
        session.commit();
        QCOMPARE(fact("SELECT count(*) FROM auto_album_tag"), Value(2));
    }

    void goesWithItsSession_data() { databases_->addRows(); }
    void goesWithItsSession()
    {
        std::weak_ptr<AutoRecord> watched;
        {
            ObjectSession session(*connection_, *mappings_);
            auto monk = artist("Monk");
            monk->many("auto_album_by_artist").push_back(album("Misterioso", nullptr));
            session.add(monk);
            session.commit();
            QCOMPARE(monk->many("auto_album_by_artist").front()->one("artist"), monk); // each holds the other
            watched = monk;
        }
        QVERIFY(watched.expired());
    }

    void refusesOtherNames_data() { databases_->addRows(); }
    void refusesOtherNames()
    {
        QCOMPARE(kindOf([&] { mappings_->make("Nobody"); }), std::optional(ErrorKind::NotFound));
        auto monk = artist("Monk");
        QCOMPARE(kindOf([&] { monk->get("shoe_size"); }), std::optional(ErrorKind::NotFound));
        QCOMPARE(kindOf([&] { monk->one("auto_album_by_artist"); }), std::optional(ErrorKind::Misuse));
        QCOMPARE(kindOf([&] { monk->many("nothing"); }), std::optional(ErrorKind::Misuse));
        QCOMPARE(kindOf([&] { mappings_->automap(); }), std::optional(ErrorKind::Misuse));
    }

    void keysThatNobodyMakes_data() { databases_->addRows(); }
    void keysThatNobodyMakes()
    {
        ObjectSession session(*connection_, *mappings_);
        const auto monk = artist("Monk");
        session.add(monk);
        session.commit();
        const auto fails = [&](const std::shared_ptr<AutoRecord> &record, const std::string &entity,
                               const std::string &attribute) {
            monk->set("name", "Thelonious");
            session.add(record);
            writes_ = 0;
            const auto error = errorOf([&] { session.commit(); });
            QVERIFY(error);
            QCOMPARE(error->kind, ErrorKind::Misuse);
            QVERIFY2(error->message.find(entity) != std::string::npos, error->message.c_str());
            QVERIFY2(error->message.find(" " + attribute + " ") != std::string::npos, error->message.c_str());
            QCOMPARE(writes_, 0);
            QCOMPARE(fact("SELECT name FROM auto_artist"), Value("Monk"));
            QCOMPARE(session.state(record), ObjectState::Transient);
        };
        fails(mappings_->make("AutoTag"), "AutoTag", "name");
        const auto track = mappings_->make("AutoTrack"); // a key of an album's and a number
        track->set("nr", 1);
        fails(track, "AutoTrack", "albumId");
        track->setOne("album", album("Misterioso", monk));
        track->set("nr", Value());
        fails(track, "AutoTrack", "nr");
        track->set("nr", 2);
        session.add(track);
        session.commit();
        QCOMPARE(rows("SELECT nr FROM auto_track"), QStringLiteral("2|"));
    }

    void keysByADefault_data() { databases_->addRows(); }
    void keysByADefault()
    {
        if (!engine_->dialect().capabilities().returning)
            QSKIP("nothing tells what a default has made");
        const std::string_view dialect = engine_->dialect().name();
        const auto [type, key] = dialect == "postgresql" ? std::pair(types::uuid(), "gen_random_uuid()")
                                 : dialect == "mysql"    ? std::pair(types::string(36), "(uuid())")
                                                         : std::pair(types::text(), "(lower(hex(randomblob(16))))");
        MetaData metadata;
        metadata.add(TableBuilder("auto_token")
                         .column("id", type)
                         .primaryKey()
                         .notNull()
                         .defaultSql(key)
                         .column("name", types::text()));
        metadata.add(TableBuilder("auto_use")
                         .column("token_id", type)
                         .references("auto_token")
                         .column("nr", types::integer())
                         .primaryKey({"token_id", "nr"}));
        createAll(*connection_, metadata);
        {
            Mappings mappings(connection_->dialect().reflect(connection_->driverConnection()));
            mappings.automap();
            ObjectSession session(*connection_, mappings);
            std::vector<std::shared_ptr<AutoRecord>> made;
            for (const char *name : {"a", "b"}) {
                made.push_back(mappings.make("AutoToken"));
                made.back()->set("name", name);
                const auto use = mappings.make("AutoUse");
                use->set("nr", 7);
                use->setOne("token", made.back());
                session.add(use);
            }
            session.commit();
            QVERIFY(made[0]->get("id").text().size() >= 32 && made[0]->get("id") != made[1]->get("id"));
            QVERIFY(session.get("AutoToken", {made[1]->get("id")}) == made[1]);
            QCOMPARE(rows("SELECT t.name, nr FROM auto_token t JOIN auto_use u ON u.token_id = t.id ORDER BY 1"),
                     QStringLiteral("a 7|b 7|"));
            made[0]->set("name", "c");
            session.remove(made[1]->many("auto_use_by_token").at(0));
            session.remove(made[1]);
            session.commit();
            QCOMPARE(rows("SELECT name FROM auto_token"), QStringLiteral("c|"));
        }
        dropAll(*connection_, metadata);
    }

    void mergesWhatIsSet_data() { databases_->addRows(); }
    void mergesWhatIsSet()
    {
        ObjectSession session(*connection_, *mappings_);
        const auto monk = artist("Monk");
        monk->set("country", "fr");
        session.add(monk);
        session.commit();
        const auto other = mappings_->make("AutoArtist");
        other->set("id", monk->get("id"));
        other->set("name", "Thelonious");
        QVERIFY(session.merge(*other) == monk);
        session.commit();
        QCOMPARE(rows("SELECT name, country FROM auto_artist"), QStringLiteral("Thelonious fr|"));
    }
};

QTEST_GUILESS_MAIN(tst_AutoRecord)
#include "tst_auto_record.moc"
