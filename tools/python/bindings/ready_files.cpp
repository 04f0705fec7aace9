#include "problems/case/ready_files.hpp"
#include "output/version.hpp"
#include "problems/landscapes/built_in.hpp"
#include "tools/python/bindings/bindings.hpp"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace nb = nanobind;

namespace valleyflux::python {

void bind_ready_files(nb::module_& module) {
  module.def("version", &version);
  module.def("commit", &commit);
  module.def("ready_cases", &ready_cases, "Names of the ready cases.");
  module.def("ready_figures", &ready_figures, "Names of the ready figures.");
  module.def(
      "built_ins",
      [] {
        std::vector<std::string> names;
        for (const BuiltIn& one : built_ins()) names.push_back(one.name);
        return names;
      },
      "Names of the built-in landscapes and drifts.");
}

}  // namespace valleyflux::python
