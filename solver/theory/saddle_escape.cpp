#include "solver/theory/saddle_escape.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "solver/paths/minimum_action_path.hpp"
#include "solver/paths/path.hpp"

#include <fmt/format.h>

#include <cmath>

namespace valleyflux {

std::vector<EscapeWay> ways_over(const Dynamics&, const CriticalPoint<1>& minimum, const CriticalPoint<1>& saddle,
                                 const SaddleLimit&) {
  constexpr Index points = 5;
  return {escape_way(straight_path(minimum.position, saddle.position, points), minimum.hessian, saddle.hessian)};
}

std::vector<EscapeWay> ways_over(const Dynamics& dynamics, const CriticalPoint<2>& minimum,
                                 const CriticalPoint<2>& saddle, const SaddleLimit& limit) {
  std::vector<EscapeWay> ways;
  for (const ActionPath& path : limit.paths) ways.push_back(escape_way(path.points, minimum.hessian, saddle.hessian));
  if (!ways.empty()) return ways;
  constexpr Index points = 257;
  return {escape_way(evenly_spaced(relaxation_path(dynamics, minimum.position, saddle.position), points),
                     minimum.hessian, saddle.hessian)};
}

template <int Dim>
SaddleEscape<Dim>::SaddleEscape(const Problem<Dim>& problem, const std::vector<Passage>& passages, const Escape& escape,
                                const TheoryOptions& options, SaddleLimits<Dim>& limits)
    : dynamics_(problem.dynamics), options_(options), limits_(limits), escape_(escape) {
  minimum_ = problem.valleys.at(static_cast<std::size_t>(escape.from)).minimum;
  if (!minimum_) return;
  // On a periodic axis the landscape itself may not be periodic (a tilted washboard): the saddle that counts is its
  // image next to the minimum.
  for (const Passage& passage : passages) {
    if (passage.from != escape.from || !escape.leads_to(passage.to)) continue;
    Saddle saddle{problem.critical_points[passage.saddle], passage.saddle};
    saddle.position = minimum_->position + problem.grid.difference(saddle.position, minimum_->position);
    if (dynamics_.drift.potential()) {
      FieldSamples at;
      dynamics_.drift.potential()->sample(saddle.position, 0, at);
      saddle.height = at.value[0];
    }
    saddles_.push_back(saddle);
  }
  varies_ = find_whether_noise_varies();
  white_ = !varies_ && isotropic_noise(pass_at(*minimum_).noise);
}

template <int Dim>
bool SaddleEscape<Dim>::find_whether_noise_varies() const {
  if (dynamics_.diffusion->constant()) return false;
  if (saddles_.empty()) return true;
  DiffusionSamples samples;
  Eigen::MatrixXd points(Dim, static_cast<Index>(saddles_.size()) + 1);
  points.col(0) = minimum_->position;
  for (std::size_t k = 0; k < saddles_.size(); ++k) points.col(static_cast<Index>(k) + 1) = saddles_[k].position;
  dynamics_.diffusion->sample(points, true, samples);
  return !(samples.gradient.cwiseAbs().maxCoeff() == 0) ||
         !((samples.tensor.colwise() - samples.tensor.col(0)).cwiseAbs().maxCoeff() == 0);
}

template <int Dim>
Pass SaddleEscape<Dim>::pass_at(const CriticalPoint<Dim>& point) const {
  DiffusionSamples samples;
  dynamics_.diffusion->sample(point.position, false, samples);
  return {{point.position, point.hessian}, point.height, samples.tensor.reshaped(Dim, Dim)};
}

template <int Dim>
std::string SaddleEscape<Dim>::kind() const {
  return escape_.first_exit() ? "first exit: twice the transition rate" : "transition";
}

template <int Dim>
std::vector<WayRate> SaddleEscape<Dim>::over_ways(const Saddle& saddle,
                                                  const std::function<WayRate(const EscapeWay& way)>& rate_of) const {
  std::vector<WayRate> rates;
  for (const EscapeWay& way : ways_over(dynamics_, *minimum_, saddle, limit_at(saddle))) rates.push_back(rate_of(way));
  return rates;
}

template <int Dim>
std::string SaddleEscape<Dim>::measured_s(const Saddle& saddle, double T_a, double T_b) const {
  const SaddleLimit& limit = limit_at(saddle);
  if (!limit.exponent) return "no s would match: " + limit.failure;
  const double barrier = saddle.height - minimum_->height;
  constexpr double same = 1e-6;
  if (std::abs(T_a / T_b - 1.0) < same)
    return fmt::format("the exponent of the low-noise limit is {:.6g}, the theorem's {:.6g} for every s",
                       *limit.exponent, barrier / T_b);
  return fmt::format("the exponent of the low-noise limit, {:.6g}, would need s = {:.4g}", *limit.exponent,
                     (*limit.exponent / barrier - 1.0 / T_b) / (1.0 / T_a - 1.0 / T_b));
}

template class SaddleEscape<1>;
template class SaddleEscape<2>;

}  // namespace valleyflux
