#pragma once

#include "tools/python/bindings/python_run.hpp"

#include <nanobind/nanobind.h>

namespace valleyflux::python {

/// All of a run as what Python can pickle, numbers of datasets as arrays. run_of() throws std::invalid_argument for
/// what another version has made.
nanobind::tuple state_of(const FinishedRun& run);
FinishedRun run_of(const nanobind::tuple& state);

}  // namespace valleyflux::python
