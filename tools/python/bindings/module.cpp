#include "tools/python/bindings/bindings.hpp"

NB_MODULE(_core, module) {
  using namespace valleyflux::python;
  module.doc() = "The C++ library: what the package valleyflux is made of. Names here may change without notice.";
  // Cases that live until Python ends may hold Python functions: no fault of anybody.
  nanobind::set_leak_warnings(false);
  bind_errors(module);
  bind_cases(module);
  bind_runs(module);
  bind_callables(module);
  bind_figures(module);
  bind_ready_files(module);
}
