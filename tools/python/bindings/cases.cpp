#include "problems/case/case_file.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/landscapes/tabulated_landscape.hpp"
#include "problems/tables/table_function.hpp"
#include "tools/commands.hpp"
#include "tools/python/bindings/bindings.hpp"
#include "tools/python/bindings/called_loss.hpp"

#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <utility>

namespace nb = nanobind;

namespace valleyflux::python {

namespace {

using namespace nb::literals;

using Points = nb::ndarray<const double, nb::ndim<2>, nb::device::cpu, nb::f_contig>;

Eigen::Map<const Eigen::MatrixXd> matrix_of(const Points& points) {
  return {points.data(), static_cast<Eigen::Index>(points.shape(0)), static_cast<Eigen::Index>(points.shape(1))};
}

/// What the library makes of a table between its points. bounded: as a coefficient of the noise.
nb::object table_values(const std::string& file, const std::string& dataset, const std::vector<std::string>& gradient,
                        const Points& points, bool bounded) {
  const auto at = matrix_of(points);
  auto* values = new std::vector<double>(static_cast<std::size_t>(at.cols()));
  const nb::capsule owner(values, [](void* all) noexcept { delete static_cast<std::vector<double>*>(all); });
  if (gradient.empty()) {
    TableFunctionOptions options;
    options.shape = bounded ? TableFunction::Shape::bounded : TableFunction::Shape::smooth;
    const auto table = read_table_function(file, options);
    for (Eigen::Index p = 0; p < at.cols(); ++p)
      (*values)[static_cast<std::size_t>(p)] = table->derivatives(at(0, p), at.rows() > 1 ? at(1, p) : 0.0, 0)[0][0];
  } else {
    TabulatedOptions options;
    options.table.dataset = dataset;
    options.table.gradient = gradient;
    FieldSamples samples;
    tabulated_landscape(file, options).landscape->sample(at, 0, samples);
    std::copy(samples.value.begin(), samples.value.end(), values->begin());
  }
  return nb::ndarray<nb::numpy, const double>(values->data(), {values->size()}, owner).cast();
}

/// The median of the mean eigenvalue of D at points: what energies are measured by.
double noise_level(const Case& definition, const Points& points) {
  const auto at = matrix_of(points);
  const Eigen::Index d = at.rows();
  const Dynamics& dynamics = definition.dynamics.value();
  if (const auto& mobility = dynamics.drift.mobility()) return mobility->kT;
  DiffusionSamples samples;
  dynamics.diffusion->sample(at, false, samples);
  Eigen::VectorXd level = Eigen::VectorXd::Zero(at.cols());
  for (Eigen::Index i = 0; i < d; ++i) level += samples.tensor.row(i + d * i).transpose() / static_cast<double>(d);
  std::nth_element(level.begin(), level.begin() + level.size() / 2, level.end());
  return level[level.size() / 2];
}

}  // namespace

void bind_cases(nb::module_& module) {
  nb::class_<Case>(module, "Case", "A case as the library has read it.")
      .def_ro("title", &Case::title)
      .def_ro("file", &Case::file)
      .def_ro("text", &Case::text)
      .def_ro("variables", &Case::variables)
      .def_rw("warnings", &Case::warnings)
      .def("noise_level", &noise_level, "points"_a,
           "Median of the mean eigenvalue of D (or kT of a mobility) at points, in the unit of energy.");
  module.def("table_values", &table_values, "file"_a, "dataset"_a, "gradient"_a, "points"_a, "bounded"_a,
             nb::sig("def table_values(file: str, dataset: str, gradient: typing.Sequence[str], points: "
                     "numpy.typing.NDArray[numpy.float64], bounded: bool) -> numpy.typing.NDArray[numpy.float64]"),
             "Values of a table at points (d x n), as the library interpolates it.");
  module.def(
      "case_named", [](const std::string& name, const Overrides& overrides) { return case_named(name, overrides); },
      "name"_a, "overrides"_a, "The case of a file or of a ready case.");
  module.def(
      "case_of_text",
      [](const std::string& text, const std::string& file, const std::string& directory, const Overrides& overrides,
         nb::object loss) {
        PartsByCode by_code;
        if (!loss.is_none()) by_code.loss = called_loss(std::move(loss));
        return read_case(text, file, directory, overrides, std::move(by_code));
      },
      "text"_a, "file"_a, "directory"_a, "overrides"_a, "loss"_a = nb::none(),
      "The case of a TOML text; loss: a valleyflux.Loss in the place of [data] and loss.model.");
}

}  // namespace valleyflux::python
