#include "solver/losses/interpolated_rate.hpp"

#include "grids/axis_by_axis.hpp"
#include "grids/dense_algebra.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/polynomial.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/losses/domain_exit_rate.hpp"

#include <fmt/format.h>
#include <boost/math/tools/rational.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

constexpr Index degree = 10;

/// Interpolation of functions of one or two variables in [-1, 1] at Chebyshev points, as polynomials.
class Interpolation {
 public:
  explicit Interpolation(int dimension) : dimension_(dimension), nodes_(degree + 1) {
    for (Index n = 0; n <= degree; ++n)
      nodes_[n] = std::cos(std::numbers::pi * (static_cast<double>(n) + 0.5) / static_cast<double>(degree + 1));
    Eigen::MatrixXd powers(degree + 1, degree + 1);
    for (Index n = 0; n <= degree; ++n)
      for (Index k = 0; k <= degree; ++k) powers(n, k) = std::pow(nodes_[n], static_cast<double>(k));
    inverse_ = inverse_of(powers);
  }

  Index points() const { return dimension_ == 1 ? degree + 1 : (degree + 1) * (degree + 1); }
  Eigen::VectorXd point(Index p) const {
    Eigen::VectorXd u(dimension_);
    u[0] = nodes_[p % (degree + 1)];
    if (dimension_ == 2) u[1] = nodes_[p / (degree + 1)];
    return u;
  }

  /// Coefficients of u^i v^j at (i, j), from the values at all points.
  Eigen::MatrixXd coefficients(const Eigen::VectorXd& values) const {
    const Eigen::MatrixXd of_first = inverse_ * values.reshaped(degree + 1, points() / (degree + 1));
    return dimension_ == 1 ? of_first : Eigen::MatrixXd(of_first * inverse_.transpose());
  }

 private:
  int dimension_;
  Eigen::VectorXd nodes_;
  Eigen::MatrixXd inverse_;
};

double value_of(const Eigen::MatrixXd& coefficients, const Eigen::VectorXd& u) {
  double value = 0.0;
  for (Index j = coefficients.cols(); j-- > 0;) {
    const Eigen::VectorXd column = coefficients.col(j);
    value = value * (u.size() > 1 ? u[1] : 0.0) +
            boost::math::tools::evaluate_polynomial(column.data(), u[0], static_cast<std::size_t>(column.size()));
  }
  return value;
}

template <int Dim>
Estimate interpolated_rate(const LossProblem& problem, const std::string& method) {
  const auto loss = scaled_loss(problem.loss, problem.k);
  const Eigen::VectorXd centre = 0.5 * (problem.low + problem.high), half = 0.5 * (problem.high - problem.low);
  const auto at = [&](const Eigen::VectorXd& u) -> Eigen::VectorXd { return centre + half.cwiseProduct(u); };
  const Interpolation interpolation(Dim);
  const Index points = interpolation.points();
  Eigen::VectorXd values(points);
  Eigen::MatrixXd covariance(points, Dim * Dim);
  for (Index p = 0; p < points; ++p) {
    const Eigen::VectorXd theta = at(interpolation.point(p));
    values[p] = loss->value(theta);
    covariance.row(p) = gradient_covariance(*loss, theta).reshaped().transpose();
  }
  const Eigen::MatrixXd of_loss = interpolation.coefficients(values);

  // A loss with kinks is no polynomial: what it is off by between the points shows that.
  constexpr double close = 1e-4;
  Eigen::VectorXd between(Dim);
  double off = 0.0;
  for (const double u : {-0.83, -0.31, 0.17, 0.59, 0.94}) {
    between.setConstant(u);
    if (Dim == 2) between[1] = -0.7 * u;
    off = std::max(off, std::abs(value_of(of_loss, between) - loss->value(at(between))));
  }
  const double range = values.maxCoeff() - values.minCoeff();
  Estimate none;
  if (!(off <= close * range)) {
    none.note = fmt::format(
        "no polynomial of degree {} comes near the loss in the box (off by {:.1e} of a range of "
        "{:.1e})",
        degree, off, range);
    return none;
  }
  const auto constant = [](double value) { return Expression::constant(value, Dim); };
  std::vector<Expression> u;
  for (int k = 0; k < Dim; ++k) u.push_back((Expression::variable(k, Dim) - constant(centre[k])) / constant(half[k]));
  const double strength = problem.sgd.eta / (2.0 * problem.sgd.batch_size);
  std::vector<std::vector<Expression>> noise(Dim);
  for (Index i = 0; i < Dim; ++i)
    for (Index j = 0; j < Dim; ++j) {
      const Index entry = std::min(i, j) + Dim * std::max(i, j);
      noise[static_cast<std::size_t>(i)].push_back(
          constant(strength) * polynomial(interpolation.coefficients(covariance.col(entry)), u) +
          constant(i == j ? problem.sgd.injected : 0.0));
    }
  const Dynamics dynamics{Drift(expression_landscape(polynomial(of_loss, u))),
                          expression_diffusion(Dim, std::move(noise)), Interpretation::ito};
  const std::vector<std::string> names = variable_names(Dim);
  constexpr Index cells = Dim == 1 ? 400 : 96;
  const auto axis = [&](int k) {
    return Axis(names[static_cast<std::size_t>(k)], problem.low[k], problem.high[k], cells, Boundary::absorbing,
                Boundary::absorbing);
  };
  return domain_exit_rate<Dim>(dynamics, grid_by<Dim>(axis), problem.start, method);
}

}  // namespace

Estimate interpolated_exit_rate(const LossProblem& problem, const std::string& method) {
  return problem.start.size() == 1 ? interpolated_rate<1>(problem, method) : interpolated_rate<2>(problem, method);
}

}  // namespace valleyflux
