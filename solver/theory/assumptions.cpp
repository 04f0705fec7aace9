#include "solver/theory/assumptions.hpp"

#include "grids/point.hpp"
#include "problems/valleys/eigen_decomposition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

/// Noise and Hessian at a critical point, seen along the escape direction.
struct Place {
  const char* name;
  Eigen::MatrixXd hessian, noise;
  double along;  // D_ee
  double slope;  // dD_ee / de
};

Place place_at(const char* name, const Dynamics& dynamics, const PassPoint& point, const Eigen::VectorXd& escape) {
  DiffusionSamples at;
  dynamics.diffusion->sample(point.position, true, at);
  const Index d = escape.size();
  Place place{name, point.hessian, at.tensor.reshaped(d, d), 0.0, 0.0};
  place.along = escape.dot(place.noise * escape);
  for (Index k = 0; k < d; ++k) {
    const Eigen::MatrixXd gradient = at.gradient.col(0).segment(k * d * d, d * d).reshaped(d, d);
    place.slope += escape[k] * escape.dot(gradient * escape);
  }
  return place;
}

double misalignment(const Place& place) {
  const Eigen::MatrixXd commutator = place.noise * place.hessian - place.hessian * place.noise;
  return commutator.norm() / (place.noise.norm() * place.hessian.norm());
}

/// Largest over smallest D along the line, below and above the level; infinite where it vanishes.
double spread(const Dynamics& dynamics, const PassPoint& minimum, const PassPoint& saddle,
              const Eigen::VectorXd& escape, double level) {
  FieldSamples field;
  DiffusionSamples noise;
  const auto place = [&](double t) -> Eigen::VectorXd {
    return minimum.position + t * (saddle.position - minimum.position);
  };
  const auto along = [&](double t) {
    dynamics.diffusion->sample(place(t), false, noise);
    return escape.dot(noise.tensor.reshaped(escape.size(), escape.size()) * escape);
  };
  struct Range {
    double low = std::numeric_limits<double>::infinity(), high = 0.0, lowest_at = 0.0;
  };
  std::array<Range, 2> sides;
  constexpr int probes = 64;
  for (int k = 0; k <= probes; ++k) {
    const double t = static_cast<double>(k) / probes, value = along(t);
    dynamics.drift.landscape()->sample(place(t), 0, field);
    Range& side = sides[field.value[0] < level ? 0 : 1];
    if (value < side.low) side.lowest_at = t;
    side.low = std::min(side.low, value);
    side.high = std::max(side.high, value);
  }
  double largest = 1.0;
  for (Range& side : sides) {
    if (!(side.high > 0)) continue;
    // The least value lies between the probes beside the least one.
    double from = std::max(side.lowest_at - 1.0 / probes, 0.0), to = std::min(side.lowest_at + 1.0 / probes, 1.0);
    constexpr int thirds = 80;
    for (int k = 0; k < thirds; ++k) {
      const double a = from + (to - from) / 3.0, b = to - (to - from) / 3.0;
      (along(a) < along(b) ? to : from) = along(a) < along(b) ? b : a;
    }
    const bool vanishes = along(0.5 * (from + to)) < 1e-10 * side.high;
    largest = std::max(largest, vanishes ? std::numeric_limits<double>::infinity() : side.high / side.low);
  }
  return largest;
}

}  // namespace

std::vector<std::string> failing_assumptions(const Assumptions& assumed, const Dynamics& dynamics,
                                             const PassPoint& minimum, const PassPoint& saddle, double exponent,
                                             double level) {
  std::vector<std::string> failing;
  constexpr double least_exponent = 5.0, most_change = 0.2, most_spread = 1.2, most_misalignment = 0.02,
                   least_cosine = 0.99, most_excess = 1.05;
  const Eigen::VectorXd escape = symmetric_eigen(saddle.hessian).vectors.col(0);
  if (assumed.low_noise && exponent < least_exponent)
    failing.push_back(fmt::format("low noise (the exponent is only {:.2g})", exponent));
  const std::array places{place_at("minimum", dynamics, minimum, escape), place_at("saddle", dynamics, saddle, escape)};
  for (const Place& place : places) {
    const double curvature = std::abs(escape.dot(place.hessian * escape));
    const double change = std::abs(place.slope) / std::sqrt(place.along * curvature);
    if (assumed.flat_noise && change > most_change)
      failing.push_back(fmt::format("D that hardly changes around the {} (by {:.0f} % over one standard deviation)",
                                    place.name, 100.0 * change));
    if (assumed.aligned_noise && misalignment(place) > most_misalignment)
      failing.push_back(fmt::format("D and Hessian of the same eigenvectors at the {} (|DH - HD| / |D||H| = {:.2g})",
                                    place.name, misalignment(place)));
    if (const auto& sgd = assumed.hessian_noise) {
      const double ratio = (place.along - sgd->injected) / (0.5 * sgd->eta / sgd->batch_size * curvature);
      if (ratio > most_excess || ratio < 1.0 / most_excess)
        failing.push_back(fmt::format("noise that follows the Hessian (at the {} it is {:.3g} times eta / (2 B) |H|)",
                                      place.name, ratio));
    }
  }
  if (assumed.two_levels) {
    const double factor = spread(dynamics, minimum, saddle, escape, level);
    if (std::isinf(factor))
      failing.push_back("D constant on either side of s (it vanishes on the way)");
    else if (factor > most_spread)
      failing.push_back(fmt::format("D constant on either side of s (it varies by a factor of {:.3g})", factor));
  }
  if (assumed.aligned_exit && escape.size() > 1) {
    const double cosine = (symmetric_eigen(minimum.hessian).vectors.transpose() * escape).cwiseAbs().maxCoeff();
    if (cosine < least_cosine)
      failing.push_back(fmt::format("an escape direction along an eigenvector at the minimum (off by {:.0f} degrees)",
                                    std::acos(cosine) * 180.0 / M_PI));
  }
  if (assumed.isothermal && dynamics.interpretation != Interpretation::isothermal) {
    const double alpha = dynamics.interpretation == Interpretation::ito ? 0.0 : 0.5;
    const double factor = std::pow(places[0].along / places[1].along, 1.0 - alpha);
    if (std::abs(factor - 1.0) > 1e-3)
      failing.push_back(fmt::format("the isothermal interpretation ({} changes the prefactor by {:.3g})",
                                    name_of(dynamics.interpretation), factor));
  }
  return failing;
}

}  // namespace valleyflux
