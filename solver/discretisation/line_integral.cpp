#include "solver/discretisation/line_integral.hpp"

#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <Eigen/Core>

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

constexpr int order = 8;
using Nodes = Eigen::Array<double, order, 1>;

/// Gauss-Legendre collocation on [0, 1]: nodes, weights, and the matrix that turns values at the nodes into the
/// antiderivative (zero at 0) of their interpolating polynomial at the nodes.
struct Collocation {
  Nodes nodes, weights;
  Eigen::Matrix<double, order, order> antiderivative;

  Collocation() {
    using Rule = boost::math::quadrature::gauss<double, order>;
    for (int q = 0; q < order / 2; ++q) {
      const auto k = static_cast<std::size_t>(q);
      nodes[order / 2 + q] = 0.5 * (1.0 + Rule::abscissa()[k]);
      nodes[order / 2 - 1 - q] = 0.5 * (1.0 - Rule::abscissa()[k]);
      weights[order / 2 + q] = weights[order / 2 - 1 - q] = 0.5 * Rule::weights()[k];
    }
    for (int j = 0; j < order; ++j)
      for (int i = 0; i < order; ++i) {
        // The Lagrange polynomial of node j has degree 7: the rule integrates it exactly over [0, node i].
        double sum = 0.0;
        for (int q = 0; q < order; ++q) {
          const double x = nodes[i] * nodes[q];
          double value = 1.0;
          for (int m = 0; m < order; ++m)
            if (m != j) value *= (x - nodes[m]) / (nodes[j] - nodes[m]);
          sum += weights[q] * value;
        }
        antiderivative(i, j) = nodes[i] * sum;
      }
  }
};

const Collocation& collocation() {
  static const Collocation rule;
  return rule;
}

double log_sum(double a, double b) {
  const double high = std::max(a, b), low = std::min(a, b);
  return high == -std::numeric_limits<double>::infinity() ? high : high + std::log1p(std::exp(low - high));
}

double alpha_of(Interpretation interpretation) {
  switch (interpretation) {
    case Interpretation::ito: return 0.0;
    case Interpretation::stratonovich: return 0.5;
    case Interpretation::isothermal: return 1.0;
  }
  throw std::invalid_argument("no such interpretation");
}

}  // namespace

LineIntegral joined(const LineIntegral& first, const LineIntegral& second) {
  return {first.rise + second.rise, log_sum(first.log_resistance, first.rise + second.log_resistance),
          log_sum(first.log_mass, second.log_mass - first.rise)};
}

LineIntegrator::LineIntegrator(const Dynamics& dynamics, double largest_diffusion)
    : drift_(dynamics.drift),
      diffusion_(dynamics.diffusion),
      alpha_(alpha_of(dynamics.interpretation)),
      largest_diffusion_(largest_diffusion) {}

LineIntegrator::Panel LineIntegrator::panel(double a, double b) const {
  const Collocation& rule = collocation();
  const double width = b - a;
  const Eigen::MatrixXd x = (a + width * rule.nodes).matrix().transpose();
  Eigen::MatrixXd force;
  DiffusionSamples diffusion;
  drift_.sample(x, force);
  diffusion_->sample(x, false, diffusion);
  const Nodes noise = diffusion.tensor.row(0).transpose().array().max(1e-14 * largest_diffusion_);
  const Nodes slope = -width * force.row(0).transpose().array() / noise;
  if (!slope.allFinite())
    throw SolverError(fmt::format("drift or diffusion is not finite between x = {} and {}", a, b));
  const Nodes phi = (rule.antiderivative * slope.matrix()).array();
  const Nodes log_noise = noise.log();
  const auto log_integral = [&](const Nodes& exponent) {
    const double highest = exponent.maxCoeff();
    return highest + std::log(width * (rule.weights * (exponent - highest).exp()).sum());
  };
  return {{(rule.weights * slope).sum(), log_integral(phi - alpha_ * log_noise),
           log_integral((alpha_ - 1.0) * log_noise - phi)},
          8.0 * std::numeric_limits<double>::epsilon() * largest_diffusion_ / noise.minCoeff()};
}

LineIntegral LineIntegrator::refine(double a, double b, const Panel& whole, double last_change, int depth) const {
  constexpr int deepest = 50;
  constexpr double tolerance = 1e-13, steepest = 20.0;
  constexpr double noise = 1e-10;  // a change below this that bisection no longer reduces is round-off of F
  const double middle = 0.5 * (a + b);
  if (!(middle > a && middle < b)) return whole.integral;
  const Panel left = panel(a, middle), right = panel(middle, b);
  const LineIntegral both = joined(left.integral, right.integral);
  const double change = std::max({std::abs(both.rise - whole.integral.rise),
                                  std::abs(both.log_resistance - whole.integral.log_resistance),
                                  std::abs(both.log_mass - whole.integral.log_mass)}) /
                        (1.0 + std::abs(both.rise));
  const double uncertainty = std::max(left.uncertainty, right.uncertainty);
  const bool settled = change <= tolerance + uncertainty || (change < noise && change > 0.5 * last_change);
  if (depth == deepest || (settled && std::abs(both.rise) < steepest)) return both;
  return joined(refine(a, middle, left, change, depth + 1), refine(middle, b, right, change, depth + 1));
}

LineIntegral LineIntegrator::operator()(double a, double b) const {
  if (a == b) {
    const double nothing = -std::numeric_limits<double>::infinity();
    return {0.0, nothing, nothing};
  }
  return refine(a, b, panel(a, b), std::numeric_limits<double>::infinity(), 0);
}

}  // namespace valleyflux
