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

/// Values by a Python function of points (d x n) that gives n numbers, and its gradient by one that gives d x n, or
/// None. Derivatives that are not given are central differences: of values, with an error of the order of the square
/// root of the function's own, or of the gradient.
class CalledLandscape final : public Landscape {
 public:
  CalledLandscape(int dimension, nb::object function, nb::object gradient, double precision)
      : dimension_(dimension),
        function_(std::move(function)),
        gradient_(std::move(gradient)),
        relative_step_(std::pow(precision, gradient_.is_none() ? 1.0 / 4.0 : 1.0 / 3.0)) {}

  int dimension() const override { return dimension_; }

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              double /*time*/) const override {
    if (order > 2)
      throw std::invalid_argument(
          "SGD noise needs third derivatives of the landscape: give min and max of its axes in grid, where it is "
          "sampled");
    samples.third.resize(0, 0);
    const Eigen::MatrixXd step = points.cwiseAbs().cwiseMax(least_scale) * relative_step_;
    if (gradient_.is_none())
      sample_values(points, step, order, samples);
    else
      sample_gradients(points, step, order, samples);
  }

  /// Throws what Python has raised. Called with the interpreter's lock.
  void rethrow() const { failure_.rethrow(); }

 private:
  static constexpr double least_scale = 1e-2;  // of length, over which the function changes

  void sample_gradients(const Eigen::MatrixXd& points, const Eigen::MatrixXd& step, int order,
                        FieldSamples& samples) const {
    const Eigen::Index d = dimension_, n = points.cols();
    samples.value = called(function_, points, 1).transpose();
    samples.gradient.resize(0, 0);
    samples.hessian.resize(order > 1 ? d * d : 0, order > 1 ? n : 0);
    if (order > 0) samples.gradient = called(gradient_, points, d);
    for (Eigen::Index j = 0; j < d && order > 1; ++j) {
      Eigen::MatrixXd sides = points.replicate(1, 2);
      sides.row(j).head(n) += step.row(j);
      sides.row(j).tail(n) -= step.row(j);
      const Eigen::MatrixXd gradients = called(gradient_, sides, d);
      const Eigen::MatrixXd change = gradients.leftCols(n) - gradients.rightCols(n);
      for (Eigen::Index i = 0; i < d; ++i)
        samples.hessian.row(i + d * j) = change.row(i).array() / (2.0 * step.row(j).array());
    }
    for (Eigen::Index j = 0; j < d && order > 1; ++j)
      for (Eigen::Index i = 0; i < j; ++i) {
        const Eigen::RowVectorXd mean = 0.5 * (samples.hessian.row(i + d * j) + samples.hessian.row(j + d * i));
        samples.hessian.row(i + d * j) = samples.hessian.row(j + d * i) = mean;
      }
  }

  void sample_values(const Eigen::MatrixXd& points, const Eigen::MatrixXd& step, int order,
                     FieldSamples& samples) const {
    const Eigen::Index d = dimension_, n = points.cols();
    // All points that differences need, so that Python is called once: the point itself, one step to either side along
    // each axis, and the four corners of each pair of axes.
    const Eigen::Index sides = order > 0 ? 2 * d : 0, corners = order > 1 ? 2 * d * (d - 1) : 0;
    const Eigen::Index stencil = 1 + sides + corners;
    Eigen::MatrixXd all = points.replicate(1, stencil);
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
    const Eigen::VectorXd values = called(function_, all, 1).transpose();
    const auto value = [&](Eigen::Index k) { return values.segment(k * n, n).array(); };
    samples.value = value(0);
    samples.gradient.resize(order > 0 ? d : 0, order > 0 ? n : 0);
    samples.hessian.resize(order > 1 ? d * d : 0, order > 1 ? n : 0);
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

  /// rows x n. What Python raises is kept, since threads that ask may not throw it.
  Eigen::MatrixXd called(const nb::object& function, const Eigen::MatrixXd& points, Eigen::Index rows) const {
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Eigen::MatrixXd values = Eigen::MatrixXd::Constant(rows, points.cols(), std::numeric_limits<double>::quiet_NaN());
    const nb::gil_scoped_acquire lock;
    failure_.guard([&] {
      using Points = nb::ndarray<nb::numpy, const double, nb::ndim<2>, nb::f_contig>;
      Points argument(points.data(), {static_cast<std::size_t>(points.rows()), static_cast<std::size_t>(points.cols())},
                      nb::handle(), {1, points.rows()});
      using Values = nb::ndarray<const double, nb::device::cpu, nb::c_contig>;
      const auto result = nb::cast<Values>(function(argument.cast(nb::rv_policy::copy)));
      if (static_cast<Eigen::Index>(result.size()) != values.size())
        throw std::invalid_argument("a Python function gave another number of values than points");
      values = Eigen::Map<const RowMajor>(result.data(), rows, points.cols());
    });
    return values;
  }

  int dimension_;
  nb::object function_, gradient_;
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
                                         int dimension, nb::object function, nb::object gradient, double precision) {
  const auto landscape =
      std::make_shared<const CalledLandscape>(dimension, std::move(function), std::move(gradient), precision);
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
             "gradient"_a.none(), "precision"_a,
             "Name, min and max of the axes that the library chooses for a landscape by a function of points (d x n), "
             "with its gradient (d x n) or None, and a relative precision, the rest of the case being a text without "
             "[landscape].");
}

}  // namespace valleyflux::python
