#pragma once

#include "solver/results.hpp"
#include "tools/commands.hpp"

#include <string>

namespace valleyflux {

struct FinishedRun {
  Results results;
  std::string json;     // the results as --json prints them; empty where that is not asked for
  std::string timings;  // of its stages, for the terminal; the same
};

/// Solves a case and writes its result file (arguments.output, or the case's name with .h5) with a progress bar. Throws
/// as run_command does; the file appears only when nothing can fail any more.
FinishedRun run_into_file(const Case& definition, const RunArguments& arguments);

}  // namespace valleyflux
