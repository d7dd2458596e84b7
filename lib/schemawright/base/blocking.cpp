#include "schemawright/base/blocking.h"

#include "schemawright/base/error.h"

namespace schemawright {

namespace {
thread_local bool blockingForbidden = false;
}

void forbidBlockingOnThisThread() noexcept { blockingForbidden = true; }

void assertMayBlock()
{
    if (blockingForbidden)
        throw Error(ErrorKind::Misuse, "a database call was made on a thread that must not wait");
}

} // namespace schemawright
