#pragma once

// All statements of the expression language.

#include "schemawright/sql/delete.h"
#include "schemawright/sql/expr.h"
#include "schemawright/sql/functions.h"
#include "schemawright/sql/insert.h"
#include "schemawright/sql/merge.h"
#include "schemawright/sql/query.h"
#include "schemawright/sql/select.h"
#include "schemawright/sql/source.h"
#include "schemawright/sql/update.h"
