#include "output/fields.hpp"
#include "output/json.hpp"
#include "output/report/report_page.hpp"
#include "output/table.hpp"
#include "output/warning_text.hpp"
#include "solver/statistics/renumbered_valleys.hpp"
#include "solver/statistics/sweep_fits.hpp"
#include "tools/python/bindings/bindings.hpp"
#include "tools/python/bindings/pickled_run.hpp"
#include "tools/python/bindings/python_run.hpp"

#include <nanobind/ndarray.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <tuple>

namespace nb = nanobind;

namespace valleyflux::python {

namespace {

using namespace nb::literals;

using Entry = MemoryDatasets::Entry;

/// The values of a dataset as an array that shares them, or as a list of texts.
nb::object array_of(const Entry& entry, nb::handle owner) {
  const std::vector<std::size_t> shape(entry.shape.begin(), entry.shape.end());
  if (const auto* texts = std::get_if<std::vector<std::string>>(&entry.values)) return nb::cast(*texts);
  if (const auto* numbers = std::get_if<std::vector<double>>(&entry.values))
    return nb::ndarray<nb::numpy, const double>(numbers->data(), shape.size(), shape.data(), owner).cast();
  const auto& counts = std::get<std::vector<int>>(entry.values);
  return nb::ndarray<nb::numpy, const int>(counts.data(), shape.size(), shape.data(), owner).cast();
}

/// (name, scales, values, attributes) of every dataset; of axes without values, None. `self` keeps them alive.
nb::list datasets(nb::handle_t<FinishedRun> self) {
  const auto& record = *nb::cast<const FinishedRun&>(self).record;
  nb::list all;
  for (const Entry& entry : record.datasets().entries()) {
    nb::dict attributes;
    for (const auto& [key, value] : entry.attributes)
      attributes[key.c_str()] = key == "units" ? in_units(value, record.units()) : value;
    for (const auto& [key, values] : entry.integer_attributes) attributes[key.c_str()] = nb::cast(values);
    const bool bare = entry.kind == MemoryDatasets::Kind::bare_scale;
    all.append(
        nb::make_tuple(entry.name, nb::cast(entry.scales), bare ? nb::none() : array_of(entry, self), attributes));
  }
  return all;
}

nb::dict attributes(const FinishedRun& run) {
  nb::dict all;
  for (const auto& [name, value] : run.record->datasets().attributes())
    all[name.c_str()] = std::visit([](const auto& one) { return nb::cast(one); }, value);
  return all;
}

std::vector<std::tuple<std::string, std::string, std::string>> estimate_columns(const FinishedRun& run) {
  std::vector<std::tuple<std::string, std::string, std::string>> columns;
  for_each_field<Estimate>([&](const auto& field) {
    if (field.in_json()) columns.emplace_back(field.name, in_units(field.unit, run.record->units()), field.meaning);
  });
  return columns;
}

/// Fits of -log(rate) and of rates over a sweep, as JSON.
std::string fits_json(const std::vector<std::string>& keys,
                      const std::vector<std::pair<std::vector<double>, const FinishedRun*>>& points) {
  std::vector<SweepRow> rows;
  for (const auto& [at, run] : points)
    for (SweepRow& row : sweep_rows(at, run->results)) rows.push_back(std::move(row));
  return sweep_json("", "", keys, {}, sweep_fits(rows));
}

/// (value, its warnings) of a sweep as a terminal shows them.
std::string warnings_by_value_text(const std::vector<std::pair<std::string, std::vector<std::string>>>& values) {
  std::vector<SweptWarnings> all;
  for (const auto& [at, warnings] : values) all.push_back({at, warnings});
  return swept_warnings_text(all);
}

/// (name, name before, coordinates) of valleys that are numbered otherwise than at the value before.
std::vector<std::tuple<std::string, std::string, std::vector<double>>> renumbered(const FinishedRun& before,
                                                                                  const FinishedRun& now) {
  std::vector<std::tuple<std::string, std::string, std::vector<double>>> all;
  for (const RenumberedValley& valley : renumbered_valleys(before.results.valleys, now.results.valleys))
    all.emplace_back(valley.name, valley.before, valley.minimum);
  return all;
}

}  // namespace

void bind_runs(nb::module_& module) {
  nb::class_<FinishedRun>(module, "FinishedRun", "What a run has come to.")
      .def_prop_ro("interrupted", [](const FinishedRun& run) { return run.interrupted; })
      .def_prop_ro("warnings", [](const FinishedRun& run) { return run.results.warnings; })
      .def("json", [](const FinishedRun& run) { return to_json(run.results); })
      .def(
          "text",
          [](const FinishedRun& run) { return results_text(run.results) + warnings_text(run.results.warnings); },
          "What the program prints.")
      .def("datasets", &datasets,
           nb::sig("def datasets(self) -> list[tuple[str, list[str], typing.Any, dict[str, typing.Any]]]"),
           "Name, axes, values (shared, not copied) and attributes of every dataset.")
      .def("attributes", &attributes, nb::sig("def attributes(self) -> dict[str, typing.Any]"))
      .def("estimate_columns", &estimate_columns, "Name, unit and meaning of every field of an estimate.")
      .def(
          "save",
          [](FinishedRun& run, const std::string& path) {
            run.record->save(path);
            run.results.output = path;
          },
          "path"_a, "Writes the HDF5 file, and the XDMF file beside it.")
      .def("__getstate__", &state_of, nb::sig("def __getstate__(self) -> tuple[typing.Any, ...]"))
      .def(
          "__setstate__", [](FinishedRun& run, const nb::tuple& state) { new (&run) FinishedRun(run_of(state)); },
          nb::sig("def __setstate__(self, state: tuple[typing.Any, ...]) -> None"))
      .def(
          "report", [](const FinishedRun& run, const std::string& path) { write_report(*run.record, path); }, "path"_a,
          "Writes one HTML page of it.");
  nb::class_<SharedWork>(module, "SharedWork", "What runs of a sweep share: no result depends on it.")
      .def(nb::init<>())
      .def_static("of_sweep", &SharedWork::of_sweep);
  module.def("run", &run_for_python, "definition"_a, "rates_only"_a, "threads"_a, "progress"_a.none(), "shared"_a,
             "Runs a case.");
  module.def("fits_json", &fits_json, "keys"_a, "points"_a);
  module.def("swept_warnings_text", &warnings_by_value_text, "values"_a);
  module.def("renumbered", &renumbered, "before"_a, "now"_a);
}

}  // namespace valleyflux::python
