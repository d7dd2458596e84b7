#pragma once

#include "schemawright/dialect/ddl_rules.h"
#include "schemawright/dialect/dialect.h"
#include "schemawright/sql/expr.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace schemawright {

/// Columns that have another name here: by table, what expressions call them and their names.
using RenamedColumns = std::map<QualifiedName, std::map<std::string, std::string>>;

/// The part of translate() that carries keys, indexes and foreign keys, which need all tables: names that must differ,
/// texts that are too long for a key, what a foreign key may refer to and do.
class KeyTranslator
{
public:
    KeyTranslator(const MetaData &source, const Dialect &target, const DdlRules &rules, std::vector<Remark> &remarks,
                  std::vector<Table> &tables, const RenamedColumns &renamed)
        : source_(source), target_(target), rules_(rules), remarks_(remarks), tables_(tables), renamed_(renamed)
    {}

    void run();

private:
    void remark(const Table &table, std::string what) { remarks_.push_back({table.name.text(), std::move(what)}); }
    Table *find(const QualifiedName &name);
    std::optional<Expr> parsed(const Table &table, const std::string &sql) const;
    bool isLong(const Table &table, const std::string &column) const;
    void shortenKeyTexts();
    void shortenRow(Table &table);
    void keys(Table &table);
    void indexes(Table &table);
    bool elements(const Table &table, Index &index);
    void foreignKeys(Table &table);
    bool canRefer(Table &table, const ForeignKey &key);
    bool sameTypes(Table &table, const ForeignKey &key);
    void actions(Table &table, ForeignKey &key);
    void onePath(Table &table, ForeignKey &key);
    void names();
    bool claim(DdlRules::NameScope scope, const Table &table, const std::string &name);
    std::string unique(DdlRules::NameScope scope, const Table &table, const std::string &name);

    const MetaData &source_;
    const Dialect &target_;
    const DdlRules &rules_;
    std::vector<Remark> &remarks_;
    std::vector<Table> &tables_;
    const RenamedColumns &renamed_;
    std::map<QualifiedName, std::size_t> places_; ///< of tables_
    std::set<std::pair<std::string, std::string>> claimed_; ///< scope and name
    std::map<QualifiedName, std::set<QualifiedName>> cascades_;
};

} // namespace schemawright
