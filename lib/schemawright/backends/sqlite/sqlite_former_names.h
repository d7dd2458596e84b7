#pragma once

#include "schemawright/dialect/rename_order.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace schemawright::sqlite {

/// Names that are given for a while.
struct Exchange
{
    std::vector<Rename> back, forth;
    void add(const Rename &each)
    {
        forth.push_back(each);
        back.push_back({each.to, each.from, each.space, each.diff});
    }
};
/// The names that texts know, of the tables and columns that they mention; what has one of these names by now takes
/// another for as long.
struct FormerNames
{
    Exchange tables;
    std::vector<std::pair<TablePtr, Exchange>> columns;
};
/// `isThere` tells which of the diffs' new tables have been created.
FormerNames formerNames(const std::vector<TableDiff> &diffs, const TableDiff &self,
                        const std::vector<std::string> &texts, const std::function<bool(std::size_t)> &isThere);

} // namespace schemawright::sqlite
