#include "solver/chain/chain_nodes.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "solver/chain/step_law.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/legendre.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

namespace valleyflux {

namespace {

constexpr double felt = 7.0;          // deviations within which a step has to be resolved
constexpr double narrowest = 0.003;   // deviation, in median ones, below which steps may stay unresolved
constexpr double exit_error = 1e-10;  // allowed to the exit probability as a function of the node
constexpr double law_error = 1e-8;    // allowed to the mean and the variance, in deviations

/// Places where D turns from falling to rising or back.
std::vector<double> turning_points(const DiffusionModel& diffusion, const Axis& axis) {
  if (diffusion.constant()) return {};
  const auto slope = [&](double x) {
    DiffusionSamples at;
    diffusion.sample(Eigen::MatrixXd::Constant(1, 1, x), true, at);
    return at.gradient(0, 0);
  };
  const Eigen::VectorXd x = lattice_points(axis);
  DiffusionSamples samples;
  diffusion.sample(x.transpose(), true, samples);
  std::vector<double> found;
  Index last = -1;  // the last point with a slope
  for (Index i = 0; i < x.size(); ++i) {
    const double here = samples.gradient(0, i);
    if (here == 0.0) continue;
    const double before = last < 0 ? here : samples.gradient(0, last);
    if ((before > 0) != (here > 0))
      found.push_back(turn(x[last], x[i], [&](double at) { return slope(at) * before > 0; }));
    last = i;
  }
  return found;
}

std::vector<Stretch> cut(const std::vector<Stretch>& stretches, const std::vector<double>& places) {
  std::vector<Stretch> pieces;
  for (auto [low, high] : stretches) {
    for (const double place : places) {
      if (place <= low || place >= high) continue;
      pieces.push_back({low, place});
      low = place;
    }
    pieces.push_back({low, high});
  }
  return pieces;
}

double median(Eigen::ArrayXd values) {
  const auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Weights of a function's values on the nodes of a panel in its last two coefficients by Legendre polynomials, which
/// tell whether the nodes resolve it: 2 x panel_order.
Eigen::MatrixXd last_coefficients() {
  const ChainNodes nodes = gauss_nodes({{-1.0, 1.0}}, panel_order);
  Eigen::MatrixXd weights(2, panel_order);
  for (int row = 0; row < 2; ++row) {
    const int degree = panel_order - 2 + row;
    for (Index j = 0; j < panel_order; ++j)
      weights(row, j) = (degree + 0.5) * nodes.weight[j] * boost::math::legendre_p(degree, nodes.x[j]);
  }
  return weights;
}

/// Marks the panels wider than `limit` that reach into [low, high].
void mark(const std::vector<Stretch>& panels, double low, double high, double limit, std::vector<char>& wide) {
  auto panel = std::partition_point(panels.begin(), panels.end(),
                                    [&](const Stretch& candidate) { return candidate.high < low; });
  for (; panel != panels.end() && panel->low <= high; ++panel)
    if (panel->high - panel->low > limit) wide[static_cast<std::size_t>(panel - panels.begin())] = 1;
}

std::vector<Stretch> halved(const std::vector<Stretch>& panels, const std::vector<char>& wide) {
  std::vector<Stretch> finer;
  for (std::size_t k = 0; k < panels.size(); ++k) {
    const auto [low, high] = panels[k];
    if (wide[k]) {
      finer.push_back({low, 0.5 * (low + high)});
      finer.push_back({0.5 * (low + high), high});
    } else {
      finer.push_back(panels[k]);
    }
  }
  return finer;
}

template <unsigned order>
ChainNodes nodes_of_order(const std::vector<Stretch>& panels) {
  using Rule = boost::math::quadrature::gauss<double, order>;
  // The rule is given on [0, 1]; nodes left of 0 are mirror images.
  const auto& abscissa = Rule::abscissa();
  const auto& weight = Rule::weights();
  const int half = static_cast<int>(abscissa.size()), mirrored = static_cast<int>(order) - half;
  const Index n = static_cast<Index>(panels.size()) * static_cast<Index>(order);
  ChainNodes nodes{Eigen::VectorXd(n), Eigen::VectorXd(n)};
  Index i = 0;
  for (const auto& [low, high] : panels) {
    const double middle = 0.5 * (low + high), scale = 0.5 * (high - low);
    for (int k = -mirrored; k < half; ++k, ++i) {
      const auto entry = static_cast<std::size_t>(k < 0 ? half - mirrored - 1 - k : k);
      nodes.x[i] = middle + (k < 0 ? -scale : scale) * abscissa[entry];
      nodes.weight[i] = scale * weight[entry];
    }
  }
  return nodes;
}

}  // namespace

std::vector<Stretch> chain_panels(const Problem<1>& problem, double eta, const DividedLine& line,
                                  const std::vector<double>& starts, const NodeOptions& options) {
  const Axis& axis = problem.grid.axis(0);
  const Eigen::ArrayXd deviations = sgd_steps(problem.dynamics, eta, lattice_points(axis)).deviation;
  const double floor = narrowest * median(deviations), widest = panel_order / options.per_deviation;
  const Eigen::MatrixXd last = last_coefficients();
  const auto size = [&](const Eigen::VectorXd& values) { return (last * values).lpNorm<1>(); };
  std::vector<Stretch> panels = cut(line.kept, turning_points(*problem.dynamics.diffusion, axis));
  for (;;) {
    if (static_cast<Index>(panels.size()) * panel_order > options.most)
      throw SolverError(
          fmt::format("the steps of the chain (eta = {}, standard deviations from {:.3g} to {:.3g}) take "
                      "more than {} nodes: allow more, or take a larger learning rate",
                      eta, deviations.minCoeff(), deviations.maxCoeff(), options.most));
    const Eigen::VectorXd nodes = gauss_nodes(panels, panel_order).x;
    Eigen::VectorXd x(nodes.size() + static_cast<Index>(starts.size()));
    x << nodes, Eigen::Map<const Eigen::VectorXd>(starts.data(), static_cast<Index>(starts.size()));
    const SgdSteps steps = sgd_steps(problem.dynamics, eta, x);
    const Eigen::ArrayXd width = steps.deviation.max(floor);
    Eigen::VectorXd exit(x.size());
    std::vector<char> wide(panels.size(), 0);
    for (Index i = 0; i < x.size(); ++i) {
      const StepLaw law(axis, steps.mean[i], steps.deviation[i]);
      mark(panels, x[i], x[i], widest * width[i], wide);
      for (const double image : law.images())
        mark(panels, image - felt * width[i], image + felt * width[i], widest * width[i], wide);
      exit[i] = exit_probability(law, line);
    }
    for (std::size_t k = 0; k < panels.size(); ++k) {
      const auto own = Eigen::seqN(static_cast<Index>(k) * panel_order, Index{panel_order});
      const double scale = law_error * width(own).maxCoeff();
      const bool smooth = size(exit(own)) < exit_error && size(steps.mean(own)) < scale &&
                          size(steps.deviation(own).square()) < scale * width(own).maxCoeff();
      if (!smooth && panels[k].high - panels[k].low > floor) wide[k] = 1;
    }
    if (std::find(wide.begin(), wide.end(), char{1}) == wide.end()) return panels;
    panels = halved(panels, wide);
  }
}

ChainNodes gauss_nodes(const std::vector<Stretch>& panels, int order) {
  switch (order) {
    case panel_order: return nodes_of_order<panel_order>(panels);
    case coarse_order: return nodes_of_order<coarse_order>(panels);
    default: throw std::invalid_argument(fmt::format("panels of the chain have 10 or 15 nodes, not {}", order));
  }
}

}  // namespace valleyflux
