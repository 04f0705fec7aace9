// A landscape that asks Python, for the choice of a domain before it is sampled into a table there.
#include "grids/first_failure.hpp"
#include "problems/case/case_file.hpp"
#include "solver/grid_choice/grid_choice.hpp"
#include "tools/python/bindings/bindings.hpp"

#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <tuple>

namespace nb = nanobind;

namespace valleyflux::python {

namespace {

using namespace nb::literals;

/// Values by a Python function of points (d x n) that gives n numbers; derivatives by central differences, whose error
/// is of the order of the square root of the function's own.
class CalledLandscape final : public Landscape {
 public:
  CalledLandscape(int dimension, nb::object function, double precision)
      : dimension_(dimension), function_(std::move(function)), relative_step_(std::pow(precision, 0.25)) {}

  int dimension() const override { return dimension_; }

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              double /*time*/) const override {
    const Eigen::Index d = dimension_, n = points.cols();
    if (order > 2)
      throw std::invalid_argument(
          "SGD noise needs third derivatives of the landscape: give min and max of its axes in grid, where it is "
          "sampled");
    // All points that differences need, so that Python is called once: the point itself, one step to either side along
    // each axis, and the four corners of each pair of axes.
    const Eigen::Index sides = order > 0 ? 2 * d : 0, corners = order > 1 ? 2 * d * (d - 1) : 0;
    const Eigen::Index stencil = 1 + sides + corners;
    Eigen::MatrixXd all = points.replicate(1, stencil);
    const Eigen::MatrixXd step = points.cwiseAbs().cwiseMax(least_scale) * relative_step_;
    const auto block = [&](Eigen::Index k) { return all.middleCols(k * n, n); };
    const auto corner = [&](Eigen::Index i, Eigen::Index j, int which) {
      return 1 + sides + 4 * (j * (j - 1) / 2 + i) + which;  // i < j
    };
    if (order > 0)
      for (Eigen::Index i = 0; i < d; ++i) {
        block(1 + 2 * i).row(i) += step.row(i);
        block(2 + 2 * i).row(i) -= step.row(i);
      }
    if (order > 1)
      for (Eigen::Index j = 0; j < d; ++j)
        for (Eigen::Index i = 0; i < j; ++i)
          for (int which = 0; which < 4; ++which) {
            block(corner(i, j, which)).row(i) += (which & 1 ? -1.0 : 1.0) * step.row(i);
            block(corner(i, j, which)).row(j) += (which & 2 ? -1.0 : 1.0) * step.row(j);
          }
    const Eigen::VectorXd values = called(all);
    const auto value = [&](Eigen::Index k) { return values.segment(k * n, n).array(); };
    samples.value = value(0);
    samples.gradient.resize(order > 0 ? d : 0, order > 0 ? n : 0);
    samples.hessian.resize(order > 1 ? d * d : 0, order > 1 ? n : 0);
    samples.third.resize(0, 0);
    for (Eigen::Index i = 0; i < d && order > 0; ++i)
      samples.gradient.row(i) =
          ((value(1 + 2 * i) - value(2 + 2 * i)) / (2 * step.row(i).transpose().array())).transpose();
    for (Eigen::Index i = 0; i < d && order > 1; ++i) {
      samples.hessian.row(i + d * i) =
          ((value(1 + 2 * i) - 2 * value(0) + value(2 + 2 * i)) / step.row(i).transpose().array().square()).transpose();
      for (Eigen::Index j = i + 1; j < d; ++j)
        samples.hessian.row(i + d * j) = samples.hessian.row(j + d * i) =
            ((value(corner(i, j, 0)) - value(corner(i, j, 1)) - value(corner(i, j, 2)) + value(corner(i, j, 3))) /
             (4 * step.row(i).transpose().array() * step.row(j).transpose().array()))
                .transpose();
    }
  }

  /// Throws what Python has raised. Called with the interpreter's lock.
  void rethrow() const { failure_.rethrow(); }

 private:
  static constexpr double least_scale = 1e-2;  // of length, over which the function changes

  /// What Python raises is kept, since threads that ask may not throw it.
  Eigen::VectorXd called(const Eigen::MatrixXd& points) const {
    Eigen::VectorXd values = Eigen::VectorXd::Constant(points.cols(), std::numeric_limits<double>::quiet_NaN());
    const nb::gil_scoped_acquire lock;
    failure_.guard([&] {
      using Points = nb::ndarray<nb::numpy, const double, nb::ndim<2>, nb::f_contig>;
      Points argument(points.data(), {static_cast<std::size_t>(points.rows()), static_cast<std::size_t>(points.cols())},
                      nb::handle(), {1, points.rows()});
      using Values = nb::ndarray<const double, nb::ndim<1>, nb::device::cpu, nb::c_contig>;
      const auto result = nb::cast<Values>(function_(argument.cast(nb::rv_policy::copy)));
      if (static_cast<Eigen::Index>(result.shape(0)) != points.cols())
        throw std::invalid_argument("a Python function gave another number of values than points");
      values = Eigen::Map<const Eigen::VectorXd>(result.data(), points.cols());
    });
    return values;
  }

  int dimension_;
  nb::object function_;
  double relative_step_;
  mutable FirstFailure failure_;
};

using AxisEnds = std::tuple<std::string, double, double>;

template <int Dim>
std::vector<AxisEnds> ends_of(const Grid<Dim>& grid) {
  std::vector<AxisEnds> ends;
  for (int k = 0; k < Dim; ++k) ends.emplace_back(grid.axis(k).name(), grid.axis(k).min(), grid.axis(k).max());
  return ends;
}

std::vector<AxisEnds> domain_of_callable(const std::string& text, const std::string& file, const std::string& directory,
                                         int dimension, nb::object function, double precision) {
  const auto landscape = std::make_shared<const CalledLandscape>(dimension, std::move(function), precision);
  std::vector<AxisEnds> ends;
  try {
    const nb::gil_scoped_release unlocked;
    const Case definition = read_case(text, file, directory, {}, {.landscape = landscape});
    ends = dimension == 1 ? ends_of(choose_grid<1>(definition).grid) : ends_of(choose_grid<2>(definition).grid);
  } catch (...) {
    landscape->rethrow();  // is behind whatever went wrong afterwards
    throw;
  }
  landscape->rethrow();
  return ends;
}

}  // namespace

void bind_callables(nb::module_& module) {
  module.def("domain_of_callable", &domain_of_callable, "text"_a, "file"_a, "directory"_a, "dimension"_a, "function"_a,
             "precision"_a,
             "Name, min and max of the axes that the library chooses for a landscape by a function of points (d x n) "
             "with a relative precision, the rest of the case being a text without [landscape].");
}

}  // namespace valleyflux::python
