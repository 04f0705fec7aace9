#include "tools/python/bindings/called_loss.hpp"

#include "grids/first_failure.hpp"
#include "tools/python/bindings/interruption.hpp"

#include <nanobind/ndarray.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

namespace nb = nanobind;

namespace valleyflux::python {

namespace {

constexpr Index chunk = 4096;  // samples that are asked for at once

/// What a function gives. Ctrl-C while it runs is told to the run, and the function asked again: it may have been left
/// anywhere, and what was found so far is to stay right.
template <class... Arguments>
nb::object answer(const nb::object& function, const Arguments&... arguments) {
  try {
    return function(arguments...);
  } catch (const nb::python_error& error) {
    if (!error.matches(PyExc_KeyboardInterrupt) || !interrupted_in_python()) throw;
  }
  return function(arguments...);
}

class CalledLoss final : public Loss {
 public:
  explicit CalledLoss(nb::object loss)
      : dimension_(nb::cast<Index>(loss.attr("dimension"))),
        samples_(nb::cast<Index>(loss.attr("samples"))),
        value_(loss.attr("value")),
        gradients_(loss.attr("gradients")) {}
  CalledLoss(const CalledLoss&) = delete;
  CalledLoss& operator=(const CalledLoss&) = delete;
  ~CalledLoss() override {
    const nb::gil_scoped_acquire lock;
    value_.reset();
    gradients_.reset();
  }

  Index dimension() const override { return dimension_; }
  Index samples() const override { return samples_; }

  double value(const Eigen::VectorXd& theta) const override {
    double value = std::numeric_limits<double>::quiet_NaN();
    const nb::gil_scoped_acquire lock;
    failure_->guard([&] { value = nb::cast<double>(nb::float_(answer(value_, array_of(theta.data(), dimension_)))); });
    return value;
  }

  Eigen::VectorXd gradient(const Eigen::VectorXd& theta) const override {
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(dimension_);
    for (Index first = 0; first < samples_; first += chunk)
      sum += sample_gradients(theta, first, std::min(chunk, samples_ - first)).rowwise().sum();
    return sum / static_cast<double>(samples_);
  }

  Eigen::MatrixXd sample_gradients(const Eigen::VectorXd& theta, Index first, Index count) const override {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(count));
    std::iota(rows.begin(), rows.end(), first);
    return asked(theta.data(), rows);
  }

  /// By central differences of the gradient, with an error of 1e-10 or so.
  Eigen::MatrixXd hessian_product(const Eigen::VectorXd& theta, const Eigen::MatrixXd& directions) const override {
    Eigen::MatrixXd products(dimension_, directions.cols());
    const double scale = std::max(1.0, theta.cwiseAbs().maxCoeff());
    for (Index k = 0; k < directions.cols(); ++k) {
      const double length = directions.col(k).cwiseAbs().maxCoeff();
      if (!(length > 0)) {
        products.col(k).setZero();
        continue;
      }
      const double step = std::cbrt(std::numeric_limits<double>::epsilon()) * scale / length;
      products.col(k) =
          (gradient(theta + step * directions.col(k)) - gradient(theta - step * directions.col(k))) / (2.0 * step);
    }
    return products;
  }

  std::size_t workspace() const override { return 0; }

  void minibatch_gradients(const double* theta, const std::uint32_t* rows, Index batch, double* gradient,
                           double* /*workspace*/) const override {
    const auto lanes = static_cast<std::size_t>(loss_lanes), d = static_cast<std::size_t>(dimension_);
    std::vector<double> own(d), last;
    std::vector<std::int64_t> drawn(static_cast<std::size_t>(batch)), last_drawn;
    Eigen::VectorXd mean;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      for (std::size_t k = 0; k < d; ++k) own[k] = theta[k * lanes + lane];
      for (std::size_t b = 0; b < drawn.size(); ++b) drawn[b] = rows[b * lanes + lane];
      // A training has the same in all lanes.
      if (own != last || drawn != last_drawn) mean = asked(own.data(), drawn).rowwise().mean();
      for (std::size_t k = 0; k < d; ++k) gradient[k * lanes + lane] = mean[static_cast<Index>(k)];
      last = own;
      last_drawn = drawn;
    }
  }

  /// Of the run that is over: the next one begins without a failure.
  void rethrow() const { std::exchange(failure_, std::make_unique<FirstFailure>())->rethrow(); }

 private:
  template <class Number>
  static nb::object array_of(const Number* data, Index size) {
    return nb::ndarray<nb::numpy, const Number, nb::ndim<1>>(data, {static_cast<std::size_t>(size)}, nb::handle())
        .cast(nb::rv_policy::copy);
  }

  /// Gradients of some samples, d x samples.
  Eigen::MatrixXd asked(const double* theta, const std::vector<std::int64_t>& rows) const {
    const auto count = static_cast<Index>(rows.size());
    Eigen::MatrixXd gradients = Eigen::MatrixXd::Constant(dimension_, count, std::numeric_limits<double>::quiet_NaN());
    const nb::gil_scoped_acquire lock;
    failure_->guard([&] {
      const nb::object returned = answer(gradients_, array_of(theta, dimension_), array_of(rows.data(), count));
      using Gradients = nb::ndarray<const double, nb::device::cpu, nb::c_contig>;
      const auto given =
          nb::cast<Gradients>(nb::module_::import_("numpy").attr("ascontiguousarray")(returned, nb::str("float64")));
      std::vector<std::size_t> shape;
      for (std::size_t k = 0; k < given.ndim(); ++k) shape.push_back(given.shape(k));
      if (shape != std::vector{static_cast<std::size_t>(count), static_cast<std::size_t>(dimension_)})
        throw std::invalid_argument(
            fmt::format("the gradients of a loss must have the shape (samples, parameters) = ({}, {}) (got ({}))",
                        count, dimension_, fmt::join(shape, ", ")));
      gradients = Eigen::Map<const Eigen::MatrixXd>(given.data(), dimension_, count);
    });
    return gradients;
  }

  Index dimension_, samples_;
  nb::object value_, gradients_;
  mutable std::unique_ptr<FirstFailure> failure_ = std::make_unique<FirstFailure>();
};

}  // namespace

std::shared_ptr<const Loss> called_loss(nb::object loss) {
  return std::make_shared<const CalledLoss>(std::move(loss));
}

void rethrow_from_loss(const Case& definition) {
  if (!definition.loss) return;
  if (const auto* called = dynamic_cast<const CalledLoss*>(definition.loss->loss.get())) called->rethrow();
}

}  // namespace valleyflux::python
