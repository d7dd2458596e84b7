#include "schemawright/dialect/row_identity.h"

#include <algorithm>

namespace schemawright {

RowIdentity identityByAllColumns(const Table &table)
{
    RowIdentity identity{RowIdentity::Kind::AllColumns, {}, {}};
    for (const Column &column : table.columns)
        identity.columns.push_back(column.name);
    return identity;
}

RowIdentity identityByKey(const Table &table)
{
    using Kind = RowIdentity::Kind;
    if (auto key = table.keyColumns(); !key.empty())
        return {Kind::Key, std::move(key), {}};
    for (const Index &index : table.indexes) {
        const bool namesEachRow = index.unique && !index.where && !index.elements.empty() &&
                                  std::ranges::all_of(index.elements, [&](const IndexElement &element) {
                                      const Column *column = element.column ? table.column(*element.column) : nullptr;
                                      return column && !column->nullable;
                                  });
        if (!namesEachRow)
            continue;
        RowIdentity identity{Kind::Key, {}, {}};
        for (const IndexElement &element : index.elements)
            identity.columns.push_back(*element.column);
        return identity;
    }
    return identityByAllColumns(table);
}

} // namespace schemawright
