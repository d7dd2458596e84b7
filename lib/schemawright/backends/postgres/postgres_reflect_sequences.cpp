#include "schemawright/backends/postgres/postgres_reflect.h"

#include "schemawright/backends/postgres/postgres_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright::postgres {

namespace {

/// The limits that a sequence of this type has when none are written.
std::pair<std::int64_t, std::int64_t> limitsOf(std::string_view type, bool ascending)
{
    const std::int64_t most = type == "smallint" ? INT16_MAX : type == "integer" ? INT32_MAX : INT64_MAX;
    return ascending ? std::pair<std::int64_t, std::int64_t>{1, most}
                     : std::pair<std::int64_t, std::int64_t>{-most - 1, -1};
}

} // namespace

void Reflection::readSequences()
{
    if (!has("sequence"))
        return;
    std::string condition = schemaCondition("c.relnamespace");
    if (narrowed_) // those that belong to a column of the tables asked for
        condition += " AND true" + only("d.refobjid");
    catalog_.read(
        "sequences",
        "SELECT c.oid, c.relnamespace, c.relname, c.relpersistence, "
        "pg_catalog.format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle, "
        "s.seqcache, d.refobjid, d.refobjsubid, d.deptype, CASE WHEN c.relowner <> (SELECT current_user::regrole::oid) "
        "THEN pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)) END FROM pg_catalog.pg_class c JOIN "
        "pg_catalog.pg_sequence s ON s.seqrelid = c.oid LEFT JOIN pg_catalog.pg_depend d ON d.classid = 1259 AND "
        "d.objid "
        "= c.oid AND d.objsubid = 0 AND d.refclassid = 1259 AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i') WHERE "
        "c.relkind = 'S' AND " +
            condition,
        [&](const CatalogRow &row) {
            const ObjectId id = row.number(0);
            if (isExtensionMember(catalog::relation, id))
                return;
            Sequence sequence;
            sequence.name = {schemaName(row.number(1)), row.text(2)};
            sequence.type = row.text(4);
            sequence.comment = comment(catalog::relation, id);
            Identity &properties = sequence.properties;
            properties.increment = row.number(6);
            properties.start = row.number(5);
            const auto [least, most] = limitsOf(sequence.type, properties.increment > 0);
            if (row.number(7) != least)
                properties.min = row.number(7);
            if (row.number(8) != most)
                properties.max = row.number(8);
            properties.cycle = row.flag(9);
            properties.cache = row.number(10);
            if (row.letter(3) == 'u')
                sequence.options["unlogged"] = "true";
            known_[{catalog::relation, id}] = {"sequence", sequence.name, ""};
            if (!row.isNull(14))
                sequenceOwners_[id] = row.text(14);
            Relation *const owner = relation(row.number(11));
            const std::string column = owner ? columnName(*owner, row.number(12)) : std::string();
            if (!column.empty()) {
                Column &owning = owner->table.columns[*owner->table.columnIndex(column)];
                if (row.letter(13) == 'i' && owning.identity) {
                    properties.always = owning.identity->always;
                    owning.identity = properties;
                    owning.options["sequence"] = quoteName(sequence.name);
                    if (sequence.comment)
                        owning.options["sequence_comment"] = *sequence.comment;
                    if (row.letter(3) == 'u' && !owner->table.hasOption("unlogged"))
                        owning.options["sequence_unlogged"] = "true";
                    identitySequences_.insert(id);
                } else {
                    sequence.ownedBy = quoteName(owner->table.name) + "." + quoteName(column);
                    owning.autoincrement = owning.defaultSql && owning.defaultSql->starts_with("nextval(");
                }
            }
            sequences_[id] = std::move(sequence);
        });
}

} // namespace schemawright::postgres
