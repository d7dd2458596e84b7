#include "schemawright/schema/metadata_diff.h"

#include "schemawright/schema/sql_pieces.h"

#include <map>
#include <set>

namespace schemawright {

namespace {

using Said = std::map<ObjectReference, std::string>;

std::string sequenceText(const Sequence &each)
{
    const Identity &p = each.properties;
    return (each.type.empty() ? "bigint" : each.type) + " start " + std::to_string(p.start) + " increment " +
           std::to_string(p.increment) + (p.min ? " min " + std::to_string(*p.min) : "") +
           (p.max ? " max " + std::to_string(*p.max) : "") + (p.cycle ? " cycle" : "") + " cache " +
           std::to_string(p.cache) + (each.ownedBy ? " owned by " + *each.ownedBy : "") +
           (each.comment ? " -- " + *each.comment : "");
}

/// `hasSchemas`: both sides know which schemas there are, not only which have a comment.
Said objectsOf(const MetaData &metadata, const DiffRules &rules, bool hasSchemas)
{
    Said all;
    const auto add = [&](const std::string &kind, QualifiedName name, const std::string &arguments, std::string text) {
        if (name.schema.empty())
            name.schema = metadata.defaultSchema;
        std::string &said = all[{kind, std::move(name), arguments}];
        said += (said.empty() ? "" : "\n") + std::move(text);
    };
    for (const Schema &each : metadata.schemas)
        if (each.comment || (hasSchemas && each.name != metadata.defaultSchema))
            add("schema", {each.name, each.name}, "", each.comment.value_or(""));
    for (const Sequence &each : metadata.sequences)
        add("sequence", each.name, "", sequenceText(each));
    for (const EnumType &each : metadata.enums) {
        std::string labels;
        for (const std::string &label : each.labels)
            labels += (labels.empty() ? "'" : ", '") + label + "'";
        add("enum", each.name, "", labels + (each.comment ? " -- " + *each.comment : ""));
    }
    for (const Domain &each : metadata.domains) {
        std::string text = each.type + (each.nullable ? "" : " not null") +
                           (each.defaultSql ? " default " + normalisedExpression(*each.defaultSql, rules) : "") +
                           (each.collation ? " collate " + *each.collation : "");
        for (const CheckConstraint &check : each.checks)
            text += " check (" + normalisedExpression(check.expression, rules) + ")";
        add("domain", each.name, "", text + (each.comment ? " -- " + *each.comment : ""));
    }
    for (const Function &each : metadata.functions)
        add(each.kind, each.name, each.arguments, each.definition + (each.comment ? "\n-- " + *each.comment : ""));
    for (const OtherObject &each : metadata.others)
        add(each.kind, each.name, each.onTable ? each.onTable->text() : "", each.definition);
    return all;
}

/// No statement makes a table of a view, or another kind of these of one.
bool canBecome(const Table &before, const Table &after)
{
    const auto isOfItsOwn = [](const Table &table) {
        return table.isView() || table.kind == TableKind::Virtual || table.kind == TableKind::Foreign;
    };
    return before.kind == after.kind || (before.isView() && after.isView()) ||
           (!isOfItsOwn(before) && !isOfItsOwn(after));
}

} // namespace

MetaDataDiff diffMetaData(const MetaData &before, const MetaData &after)
{
    MetaDataDiff diff;
    const DiffRules rules = DiffRules::of(before.dialect.empty() ? after.dialect : before.dialect,
                                          before.defaultSchema.empty() ? after.defaultSchema : before.defaultSchema);
    std::map<TableId, TablePtr> byId;
    std::map<std::pair<std::string, std::string>, TablePtr> byName;
    for (const TablePtr &table : after.tables()) {
        if (table->id != TableId::None)
            byId[table->id] = table;
        if (rules.foldsObjects)
            byName[{table->name.schema, pieces::lower(table->name.name)}] = table;
    }
    const auto named = [&](const QualifiedName &name) {
        TablePtr exact = after.table(name);
        if (exact || !rules.foldsObjects)
            return exact;
        const auto found = byName.find({name.schema, pieces::lower(name.name)});
        return found == byName.end() ? nullptr : found->second;
    };
    std::set<const Table *> found;
    for (const TablePtr &old : before.tables()) {
        if (old->kind == TableKind::Shadow)
            continue;
        TablePtr now;
        if (const auto same = byId.find(old->id); old->id != TableId::None && same != byId.end())
            now = same->second;
        else if (TablePtr alike = named(old->name); alike && (alike->id == TableId::None || old->id == TableId::None))
            now = std::move(alike);
        if (now && !canBecome(*old, *now))
            now.reset(); // the one goes, the other comes
        if (now)
            found.insert(now.get());
        if (now == old)
            continue;
        TableDiff each = diffTables(old, now, rules);
        if (!each.isEmpty())
            diff.tables.push_back(std::move(each));
    }
    for (const TablePtr &now : after.tables())
        if (now->kind != TableKind::Shadow && !found.contains(now.get()))
            diff.tables.push_back(diffTables(nullptr, now, rules));

    const bool hasSchemas = before.dialect == "postgresql" && after.dialect == "postgresql" &&
                            !before.serverVersion.empty() && !after.serverVersion.empty();
    Said old = objectsOf(before, rules, hasSchemas), now = objectsOf(after, rules, hasSchemas);
    for (const auto &[object, text] : old)
        if (const auto same = now.find(object); same == now.end())
            diff.objects.push_back({object, DiffAction::Drop, text, std::nullopt});
        else if (same->second != text)
            diff.objects.push_back({object, DiffAction::Alter, text, same->second});
    for (const auto &[object, text] : now)
        if (!old.contains(object))
            diff.objects.push_back({object, DiffAction::Add, std::nullopt, text});
    return diff;
}

} // namespace schemawright
