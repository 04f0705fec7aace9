#include "solver/discretisation/panel_sampler.hpp"

#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace valleyflux {

namespace {

double tail(const Collocation::Nodes& values) {
  return (collocation().legendre.bottomRows<2>() * values.matrix()).cwiseAbs().sum();
}

constexpr double inside = 1e-6;
// A kink between the outermost node, 0.02 off the end, and the end: of what the polynomial misses there at most a
// hundredth comes into integrals.
constexpr double share_of_gap = 0.01;

}  // namespace

double roughness(const Collocation::Nodes& slope, const Collocation::Nodes& log_noise) {
  return tail(slope) / (1.0 + slope.abs().maxCoeff()) + tail(log_noise);
}

double roughness(const PanelSample& at) {
  return std::max(roughness(at.slope, at.log_noise), at.missed);
}

PanelSamples PanelSampler::operator()(const Eigen::ArrayXd& start, const Eigen::ArrayXd& widths, double least) const {
  constexpr int order = Collocation::order;
  using Points = Eigen::Array<double, order + 2, Eigen::Dynamic>;
  const Collocation& rule = collocation();
  const Index n = widths.size(), points = (order + 2) * n;
  Eigen::Array<double, order + 2, 1> places;
  places << rule.nodes, inside, 1.0 - inside;
  // Blocks are filled up by the last point.
  const Index whole = (points + program_block - 1) / program_block * program_block;
  Eigen::ArrayXd x(whole), force(whole), factor(whole);
  Eigen::Map<Points>(x.data(), order + 2, n) =
      (places.matrix() * widths.matrix().transpose()).array().rowwise() + start.transpose();
  x.tail(whole - points).setConstant(x[points - 1]);
  coefficients_.sample(x.data(), force.data(), factor.data(), whole, whole);
  if (const auto& constant = coefficients_.constant_factor()) factor.setConstant((*constant)(0, 0));
  const Eigen::Map<const Points> drift(force.data(), order + 2, n), root(factor.data(), order + 2, n);
  const Points noise = (0.5 * root.square()).max(least * largest_);
  const Points slope = (-drift / noise).rowwise() * widths.transpose(), log_noise = noise.log();
  const auto between_nodes = [&](const Points& values) -> Eigen::Array<double, 1, Eigen::Dynamic> {
    const auto at_nodes = values.template topRows<order>().matrix();
    return (rule.at_start.matrix().transpose() * at_nodes - values.row(order).matrix())
        .cwiseAbs()
        .cwiseMax((rule.at_end.matrix().transpose() * at_nodes - values.row(order + 1).matrix()).cwiseAbs())
        .array();
  };
  PanelSamples samples{slope.template topRows<order>(), log_noise.template topRows<order>(), {}, {}};
  // Where there is none at all, as on stretches without noise, D is known.
  const Points known = (root == 0.0).select(largest_, noise);
  samples.uncertainty =
      std::numeric_limits<double>::epsilon() * largest_ / known.template topRows<order>().colwise().minCoeff();
  samples.missed = share_of_gap *
                   (between_nodes(slope) / (1.0 + samples.slope.abs().colwise().maxCoeff()) + between_nodes(log_noise));
  samples.missed = samples.missed.isFinite().select(samples.missed, 0.0);
  if (least > 0.0)
    for (Index p = 0; p < n; ++p)
      if (!samples.slope.col(p).allFinite() || !samples.log_noise.col(p).allFinite())
        throw SolverError(fmt::format("drift or diffusion is not finite between x = {} and {}", x[(order + 2) * p],
                                      x[(order + 2) * p + order - 1]));
  return samples;
}

}  // namespace valleyflux
