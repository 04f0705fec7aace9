#include "solver/discretisation/stepped_heights.hpp"

#include "problems/valleys/kinks.hpp"

#include <cmath>
#include <limits>

namespace valleyflux {

std::optional<SteppedHeights> SteppedHeights::of(const Dynamics& dynamics) {
  const auto& landscape = dynamics.drift.potential();
  if (!landscape || !may_have_kinks(*landscape)) return std::nullopt;
  const auto& mobility = dynamics.drift.mobility();
  return SteppedHeights(landscape, mobility ? std::optional(mobility->kT) : std::nullopt);
}

Eigen::VectorXd SteppedHeights::at(const Eigen::RowVectorXd& places) const {
  FieldSamples samples;
  landscape_->sample(places, 0, samples);
  return samples.value;
}

double SteppedHeights::missed(const PanelSample& panel, double start, double end) const {
  const Collocation& rule = collocation();
  const Collocation::Nodes T = kT_ ? Collocation::Nodes::Constant(*kT_) : Collocation::Nodes(panel.log_noise.exp());
  const double climbed = (rule.weights * panel.slope * T).sum(), left = end - start - climbed;
  constexpr double round_off = 1e-14;
  const double sizes = std::abs(start) + std::abs(end) + (rule.weights * (panel.slope * T).abs()).sum();
  if (!(std::abs(left) > round_off * sizes)) return 0.0;  // nor where heights are no numbers
  return left / T.minCoeff();
}

}  // namespace valleyflux
