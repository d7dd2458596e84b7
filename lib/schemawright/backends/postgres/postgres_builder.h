#pragma once

#include "schemawright/backends/postgres/postgres_ddl.h"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace schemawright::postgres {

/// Makes one script of create_all or drop_all. Borrows what it is made of.
class Builder
{
public:
    Builder(const MetaData &metadata, const ScriptOptions &options) : metadata_(metadata), options_(options)
    {
        for (const TablePtr &table : metadata.sortedTables().order)
            tables_.push_back(table);
        for (const TablePtr &view : metadata.sortedViews())
            views_.push_back(view);
    }

    Script create();
    Script drop();
    /// How many statements of create()'s come before the first that makes a table or view, and before the first
    /// view.
    std::size_t beforeTables() const noexcept { return beforeTables_.value_or(0); }
    std::size_t beforeViews() const noexcept { return beforeViews_.value_or(0); }

private:
    struct Node
    {
        ObjectReference reference;
        TablePtr table; ///< for tables and views
        std::vector<std::string> statements;
        std::string dropStatement;
    };
    void collect();
    static std::string hollow(const Table &view);
    static bool beginsAsShell(const Node &node);
    void addNode(ObjectReference reference, std::vector<std::string> statements, std::string dropStatement);
    void sort();
    void header();
    std::string guarded(const std::string &sql) const;
    std::string createTable(const TablePtr &shared, bool isLate);
    bool isInline(const Table &table, const ForeignKey &key) const;
    bool isGeneratedByParent(const Table &table, const Column &column) const;
    static bool standsAlone(const Table &table, const UniqueConstraint &constraint);
    void waitingKeys();
    void takeBackPrivileges();
    void takeBackWhatNeedsMore();
    void createRelation(const TablePtr &table);
    void keysOfPartitions();
    void nameLostOrder(const Table &table);
    void afterTables();
    void inheritedDifferences(const Table &table);
    void emit(std::string sql) { script_.statements.push_back(std::move(sql)); }
    void emit(const std::vector<std::string> &all)
    {
        script_.statements.insert(script_.statements.end(), all.begin(), all.end());
    }
    QualifiedName resolved(const QualifiedName &name) const
    {
        return name.schema.empty() ? QualifiedName{metadata_.defaultSchema, name.name} : name;
    }

    const MetaData &metadata_;
    const ScriptOptions &options_;
    Script script_;
    std::optional<std::size_t> beforeTables_, beforeViews_;
    std::vector<TablePtr> tables_, views_;
    std::vector<Node> nodes_;
    std::vector<std::size_t> order_;
    std::set<std::size_t> cyclicViews_;
    std::set<QualifiedName> lateTables_; ///< whose defaults and checks need a function that needs them
    std::set<QualifiedName> made_;
    std::vector<std::pair<TablePtr, const ForeignKey *>> laterKeys_;
};

} // namespace schemawright::postgres
