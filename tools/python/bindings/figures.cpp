#include "tools/commands.hpp"
#include "tools/drawing.hpp"
#include "tools/python/bindings/bindings.hpp"
#include "tools/python/bindings/interruption.hpp"
#include "tools/standard_streams.hpp"

#include <fmt/format.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace nb = nanobind;

namespace valleyflux {

/// By the interpreter that runs: it is the one that has the packages.
bool draw_figure(const std::filesystem::path& json, const std::filesystem::path& picture, bool /*quiet*/) {
  const nb::gil_scoped_acquire lock;
  try {
    nb::module_::import_("valleyflux.figures").attr("draw")(json.string(), picture.string());
    return true;
  } catch (const nb::python_error& error) {
    complain(fmt::format("warning: {} is not drawn: {}", picture.string(), error.what()));
    return false;
  }
}

namespace python {

namespace {

using namespace nb::literals;

void reproduce(const std::string& name, const std::string& folder, const std::string& data, const Overrides& overrides,
               int seeds, bool quick, bool quiet) {
  ReproduceArguments arguments;
  arguments.name = name;
  arguments.output = folder;
  arguments.data = data;
  arguments.overrides = overrides;
  arguments.seeds = seeds;
  arguments.quick = quick;
  arguments.quiet = quiet;
  bool finished = false;
  try {
    const nb::gil_scoped_release unlocked;
    finished = reproduce_command(arguments) == 0;
  } catch (const Interrupted&) {
  }
  if (finished) return;
  PyErr_SetString(PyExc_KeyboardInterrupt, "the figure is not written");
  throw nb::python_error();
}

}  // namespace

void bind_figures(nb::module_& module) {
  module.def("reproduce", &reproduce, "name"_a, "folder"_a, "data"_a, "overrides"_a, "seeds"_a, "quick"_a, "quiet"_a,
             "Makes a figure again, as the program does.");
}

}  // namespace python

}  // namespace valleyflux
