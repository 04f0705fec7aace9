#pragma once

#include "tools/interruption.hpp"

namespace valleyflux::python {

/// Thrown out of a run that nobody was asked to end, where the program would end itself.
struct Interrupted {};

/// Ctrl-C has come while a function of the user's ran. Whether KeyboardInterrupt may be taken from it, the run being
/// told instead: not of a second one, and not where nothing runs.
bool interrupted_in_python();

/// Whether the innermost Interruption has had a signal.
bool was_interrupted();

}  // namespace valleyflux::python
