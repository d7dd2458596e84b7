#pragma once

namespace schemawright {

/// Declares that the calling thread must never wait for a database: a window's GUI thread says this once at start.
void forbidBlockingOnThisThread() noexcept;

/// Throws Error(Misuse) on a thread that forbade blocking. Every driver call that may wait begins with it.
void assertMayBlock();

} // namespace schemawright
