#pragma once

// Everything a program needs to open a database, look into it and talk to it.

#include "schemawright/base/error.h"
#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/schema/metadata.h"
#include "schemawright/value/value.h"
