#include "solver/chain/step_law.hpp"

#include "problems/dynamics/diffusion_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

namespace valleyflux {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double reach = 40.0;  // deviations: beyond, the Gaussian underflows

/// Probability that a standard normal variable lies between low and high, without cancellation in either tail.
double normal_probability(double low, double high) {
  constexpr double scale = 1.0 / std::numbers::sqrt2;
  if (low > 0) return 0.5 * (std::erfc(low * scale) - std::erfc(high * scale));
  if (high < 0) return 0.5 * (std::erfc(-high * scale) - std::erfc(-low * scale));
  return 0.5 * (std::erf(high * scale) - std::erf(low * scale));
}

double normal_density(double z) {
  return std::exp(-0.5 * z * z) * (std::numbers::inv_sqrtpi / std::numbers::sqrt2);
}

}  // namespace

SgdSteps sgd_steps(const Dynamics& dynamics, double eta, const Eigen::Ref<const Eigen::VectorXd>& x) {
  Eigen::MatrixXd force;
  dynamics.drift.sample(x.transpose(), force);
  DiffusionSamples diffusion;
  dynamics.diffusion->sample(x.transpose(), false, diffusion);
  for (Index i = 0; i < x.size(); ++i)
    if (!std::isfinite(force(0, i)) || !std::isfinite(diffusion.tensor(0, i)))
      throw std::invalid_argument(
          fmt::format("a step from x = {} is not finite (F = {}, D = {})", x[i], force(0, i), diffusion.tensor(0, i)));
  // Next to a zero of D, round-off may have either sign.
  return {x.array() + eta * force.row(0).transpose().array(),
          (2.0 * eta * diffusion.tensor.row(0).transpose().array()).max(0.0).sqrt()};
}

StepLaw::StepLaw(const Axis& axis, double mean, double deviation)
    : mean_(mean), deviation_(deviation), lost_below_(-infinity), lost_above_(infinity) {
  const double low = axis.min(), high = axis.max(), length = high - low;
  std::vector<double> sources{mean};
  double period = 0.0;
  if (axis.periodic()) {
    period = length;
  } else {
    const bool below = axis.lower() == Boundary::reflecting, above = axis.upper() == Boundary::reflecting;
    if (below || above) sources.push_back((below ? 2.0 * low : 2.0 * high) - mean);
    if (below && above) period = 2.0 * length;
    // A step that is folded at one end may still be lost at the other one.
    if (!below || !above) {
      lost_below_ = below ? low - length : low;
      lost_above_ = above ? high + length : high;
    }
  }
  // Where every step ends in the box, the law of wider ones is uniform in double precision. A vanishing width would
  // divide by zero.
  if (period > 0) deviation_ = std::min(deviation_, 2.0 * period);
  deviation_ = std::max(deviation_, 1e-200);

  const double margin = reach * deviation_ + 1e-12 * length;
  const double first = low - margin, last = high + margin;
  for (const double source : sources) {
    if (period > 0) {
      for (double k = std::ceil((first - source) / period); source + k * period <= last; ++k)
        images_.push_back(source + k * period);
    } else if (source >= first && source <= last) {
      images_.push_back(source);
    }
  }
}

double StepLaw::probability(double low, double high) const {
  double sum = 0.0;
  for (const double image : images_) sum += normal_probability((low - image) / deviation_, (high - image) / deviation_);
  return sum;
}

double StepLaw::lost() const {
  return normal_probability(-infinity, (lost_below_ - mean_) / deviation_) +
         normal_probability((lost_above_ - mean_) / deviation_, infinity);
}

Eigen::ArrayXd StepLaw::density(const Eigen::Ref<const Eigen::ArrayXd>& x) const {
  Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(x.size());
  for (const double image : images_) sum += (-0.5 * ((x - image) / deviation_).square()).exp();
  return sum * (normal_density(0.0) / deviation_);
}

void StepLaw::share_out(double low, double high, double& at_low, double& at_high) const {
  for (const double image : images_) {
    const double from = (low - image) / deviation_, to = (high - image) / deviation_;
    const double whole = normal_probability(from, to);
    // First moment about `low`; round-off must not turn a share negative.
    const double moment = (image - low) * whole + deviation_ * (normal_density(from) - normal_density(to));
    const double upper = std::clamp(moment / (high - low), 0.0, whole);
    at_high += upper;
    at_low += whole - upper;
  }
}

}  // namespace valleyflux
