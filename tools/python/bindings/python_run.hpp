#pragma once

#include "output/result_file.hpp"
#include "problems/case/case_file.hpp"
#include "solver/results.hpp"
#include "solver/run/run.hpp"

#include <nanobind/nanobind.h>

#include <functional>
#include <memory>

namespace valleyflux::python {

/// What a run has come to; of one that Ctrl-C ended, what there was by then.
struct FinishedRun {
  Results results;
  std::shared_ptr<const ResultInMemory> record;
  bool interrupted = false;
};

/// Runs a case, fields in memory, with the interpreter's lock let go. progress: a Python function of fraction and
/// stage, or None. Ctrl-C ends particles early; elsewhere it ends the run, and what was found by then is returned, if
/// only rates_only is not asked for. Throws as run() does, and what progress raises.
FinishedRun run_for_python(const Case& definition, bool rates_only, int threads, const nanobind::object& progress,
                           SharedWork& shared);

}  // namespace valleyflux::python
