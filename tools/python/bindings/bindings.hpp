#pragma once

#include <nanobind/nanobind.h>

namespace valleyflux::python {

/// Each binds one subject to the module; they are units of their own, since what they include is slow to compile.
void bind_errors(nanobind::module_& module);
void bind_cases(nanobind::module_& module);
void bind_runs(nanobind::module_& module);
void bind_callables(nanobind::module_& module);
void bind_figures(nanobind::module_& module);
void bind_ready_files(nanobind::module_& module);

}  // namespace valleyflux::python
