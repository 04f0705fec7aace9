#pragma once

#include "solver/results.hpp"
#include "tools/commands.hpp"

namespace valleyflux {

/// Solves a case, writes its result file (arguments.output, or the case's name with .h5) with a progress bar, tells the
/// warnings, and gives the results back with the file's name. Throws as run_command does.
Results run_into_file(const Case& definition, const RunArguments& arguments);

}  // namespace valleyflux
