#include "schemawright/backends/mysql/mysql_reflect.h"
#include "schemawright/backends/mysql/mysql_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright::mysql {

void Reflection::readViews()
{
    readOfTables(
        "views",
        fmt::format("SELECT TABLE_NAME, VIEW_DEFINITION, CHECK_OPTION, IS_UPDATABLE, DEFINER, SECURITY_TYPE, {} FROM "
                    "information_schema.VIEWS WHERE TABLE_SCHEMA = ?",
                    isMariaDb ? "ALGORITHM" : "NULL"),
        "TABLE_NAME", [&](Table &view, const CatalogRow &row) {
            const std::string query = row.text(1);
            if (query.empty()) { // shown to its owner only
                broken_.emplace(view.name.name, "its query is not shown to " + currentUser);
                return;
            }
            viewTexts_[view.name] = query;
            std::string text = "CREATE ";
            if (!row.isNull(6) && row.text(6) != "UNDEFINED")
                text += "ALGORITHM=" + row.text(6) + " ";
            text += definer(row, 4);
            if (row.text(5) == "INVOKER")
                text += "SQL SECURITY INVOKER ";
            text += "VIEW " + quoted(view.name) + " AS " + seenFromHere(query);
            if (row.text(2) != "NONE")
                text += " WITH " + row.text(2) + " CHECK OPTION";
            view.definition = text;
            if (row.flag(3))
                view.options["updatable"] = "true";
        });
}

void Reflection::readOtherNames()
{
    for (const Schema &schema : metadata_.schemas)
        read("names of tables",
             "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE <> 'SEQUENCE'",
             {Value(schema.name)}, [&](const CatalogRow &row) {
                 others_.insert({schema.name, row.text(0)});
             });
}

/// Tables and views whose names stand in a text in full. A name too many does no harm: it only orders.
std::vector<QualifiedName> Reflection::tablesIn(const std::string &sql) const
{
    std::vector<QualifiedName> found;
    for (const Schema &schema : metadata_.schemas) {
        const std::string before = backquoted(schema.name) + ".`";
        for (std::size_t at = sql.find(before); at != std::string::npos; at = sql.find(before, at + 1)) {
            std::string name;
            for (std::size_t i = at + before.size(); i < sql.size(); ++i) {
                if (sql[i] == '`' && (i + 1 >= sql.size() || sql[++i] != '`'))
                    break;
                name += sql[i];
            }
            if (const QualifiedName table{schema.name, name};
                (metadata_.table(table) || others_.contains(table)) && std::ranges::find(found, table) == found.end())
                found.push_back(table);
        }
    }
    std::ranges::sort(found);
    return found;
}

void Reflection::readTriggers()
{
    struct Placed
    {
        std::string timing;
        std::int64_t order = 0;
        Trigger trigger;
    };
    std::map<Table *, std::vector<Placed>> all;
    readOfTables(
        "triggers",
        "SELECT EVENT_OBJECT_TABLE, TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER, ACTION_STATEMENT, "
        "DEFINER FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ?",
        "EVENT_OBJECT_TABLE", [&](Table &table, const CatalogRow &row) {
            Placed placed;
            placed.timing = row.text(2) + " " + row.text(3);
            placed.order = row.number(4);
            placed.trigger.name = row.text(1);
            placed.trigger.definition =
                fmt::format("CREATE {}TRIGGER {} {} ON {} FOR EACH ROW {}", definer(row, 6),
                            quoted({schema_, placed.trigger.name}), placed.timing, quoted(table.name), row.text(5));
            all[&table].push_back(std::move(placed));
        });
    for (auto &[table, placed] : all) { // those of one event run in the order in which they are made
        std::ranges::sort(placed, {}, [](const Placed &each) { return std::pair(each.timing, each.order); });
        for (Placed &each : placed)
            table->triggers.push_back(std::move(each.trigger));
    }
}

void Reflection::readSequences()
{
    const auto select = [&](const std::string &name) {
        return fmt::format("SELECT {}, start_value, increment, minimum_value, maximum_value, cycle_option, cache_size "
                           "FROM {}.{}",
                           dialect_.literal(Value(name)), backquoted(schema_), backquoted(name));
    };
    const auto take = [&](const CatalogRow &row) {
        Sequence sequence;
        sequence.name = {schema_, row.text(0)};
        sequence.type = "bigint";
        Identity &is = sequence.properties;
        is.start = row.number(1);
        is.increment = row.number(2);
        if (const std::int64_t least = row.number(3); least != (is.increment < 0 ? INT64_MIN + 1 : 1))
            is.min = least;
        if (const std::int64_t most = row.number(4); most != (is.increment < 0 ? -1 : INT64_MAX - 1))
            is.max = most;
        is.cycle = row.number(5) != 0;
        is.cache = row.number(6);
        metadata_.sequences.push_back(std::move(sequence));
    };
    std::ranges::sort(sequences_);
    std::string sql;
    for (const std::string &name : sequences_)
        sql += (sql.empty() ? "" : " UNION ALL ") + select(name);
    const std::size_t errors = metadata_.errors.size();
    if (read("sequences", sql, {}, take) || sequences_.size() == 1)
        return;
    // One that cannot be read spoils the query for all.
    metadata_.errors.resize(errors);
    std::erase_if(metadata_.sequences, [&](const Sequence &each) { return each.name.schema == schema_; });
    for (const std::string &name : sequences_)
        read("the sequence " + name, select(name), {}, take);
}

void Reflection::readRoutines()
{
    const std::string collation = collations[schema_], charset = collation.substr(0, collation.find('_'));
    const auto typed = [&](const CatalogRow &row, std::size_t type, std::size_t itsCharset) {
        const bool isOther = !row.isNull(itsCharset) && row.text(itsCharset) != charset;
        return row.text(type) + (isOther ? " CHARACTER SET " + row.text(itsCharset) : "");
    };
    std::map<std::string, std::map<std::int64_t, std::string>> parameters; ///< of "FUNCTION f"
    if (!read("parameters of functions",
              "SELECT ROUTINE_TYPE, SPECIFIC_NAME, ORDINAL_POSITION, PARAMETER_MODE, PARAMETER_NAME, DTD_IDENTIFIER, "
              "CHARACTER_SET_NAME FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA = ?",
              {schema_}, [&](const CatalogRow &row) {
                  const bool isFunction = row.text(0) == "FUNCTION";
                  const std::string mode = isFunction || row.text(3) == "IN" ? "" : row.text(3) + " ";
                  const std::string type = typed(row, 5, 6);
                  parameters[row.text(0) + " " + row.text(1)][row.number(2)] =
                      row.number(2) == 0 ? type : mode + backquoted(row.text(4)) + " " + type;
              }))
        return;
    read("functions",
         "SELECT ROUTINE_TYPE, ROUTINE_NAME, SPECIFIC_NAME, ROUTINE_DEFINITION, IS_DETERMINISTIC, SQL_DATA_ACCESS, "
         "SECURITY_TYPE, ROUTINE_COMMENT, DEFINER FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?",
         {schema_}, [&](const CatalogRow &row) {
             const std::string type = row.text(0);
             Function function;
             function.name = {schema_, row.text(1)};
             function.kind = type == "FUNCTION" ? "function" : "procedure";
             if (type != "FUNCTION" && type != "PROCEDURE") {
                 metadata_.notCarried.push_back({function.name.text(), "the " + type});
                 return;
             }
             if (row.isNull(3)) {
                 remark(function.name.text(), "its text is not shown to " + currentUser);
                 return;
             }
             std::string returns;
             for (const auto &[position, each] : parameters[type + " " + row.text(2)])
                 if (position == 0)
                     returns = " RETURNS " + each;
                 else
                     function.arguments += (function.arguments.empty() ? "" : ", ") + each;
             if (!row.text(7).empty())
                 function.comment = row.text(7);
             std::string &text = function.definition;
             text = fmt::format("CREATE {}{} {}({}){}", definer(row, 8), type, quoted(function.name),
                                function.arguments, returns);
             if (row.flag(4))
                 text += " DETERMINISTIC";
             if (row.text(5) != "CONTAINS SQL")
                 text += " " + row.text(5);
             if (row.text(6) == "INVOKER")
                 text += " SQL SECURITY INVOKER";
             if (function.comment)
                 text += " COMMENT " + dialect_.literal(Value(*function.comment));
             text += " " + row.text(3);
             metadata_.functions.push_back(std::move(function));
         });
    std::ranges::stable_sort(metadata_.functions, {}, &Function::name);
}

void Reflection::readEvents()
{
    read("events",
         "SELECT EVENT_NAME, EVENT_DEFINITION, EVENT_TYPE, EXECUTE_AT, INTERVAL_VALUE, INTERVAL_FIELD, STARTS, ENDS, "
         "STATUS, ON_COMPLETION, EVENT_COMMENT, DEFINER FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?",
         {schema_}, [&](const CatalogRow &row) {
             const auto moment = [&](const char *word, std::size_t column) {
                 return row.isNull(column) ? std::string()
                                           : std::string(word) + dialect_.literal(Value(row.text(column)));
             };
             OtherObject event{"event", {schema_, row.text(0)}, {}, {}};
             event.definition = fmt::format("CREATE {}EVENT {} ON SCHEDULE ", definer(row, 11), quoted(event.name));
             if (row.text(2) == "ONE TIME")
                 event.definition += moment("AT ", 3);
             else
                 event.definition += fmt::format("EVERY {} {}{}{}", row.text(4), row.text(5), moment(" STARTS ", 6),
                                                 moment(" ENDS ", 7));
             event.definition += " ON COMPLETION " + row.text(9);
             event.definition += row.text(8) == "ENABLED"    ? ""
                                 : row.text(8) == "DISABLED" ? " DISABLE"
                                                             : " DISABLE ON SLAVE";
             if (!row.text(10).empty())
                 event.definition += " COMMENT " + dialect_.literal(Value(row.text(10)));
             event.definition += " DO " + row.text(1);
             metadata_.others.push_back(std::move(event));
         });
    std::ranges::stable_sort(metadata_.others, {}, &OtherObject::name);
}

} // namespace schemawright::mysql
