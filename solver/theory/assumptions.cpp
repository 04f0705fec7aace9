#include "solver/theory/assumptions.hpp"

#include "grids/point.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "solver/paths/path.hpp"

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
  double along = 0.0;      // D_ee
  double slope = 0.0;      // dD_ee / de
  double curvature = 0.0;  // |H_ee|
};

Place place_at(const char* name, const Dynamics& dynamics, const PassPoint& point, const Eigen::VectorXd& escape) {
  DiffusionSamples at;
  dynamics.diffusion->sample(point.position, true, at);
  const Index d = escape.size();
  Place place{name, point.hessian, at.tensor.reshaped(d, d)};
  place.along = escape.dot(place.noise * escape);
  place.curvature = std::abs(escape.dot(place.hessian * escape));
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

/// Largest over smallest D along the way, below and above the level; infinite where it vanishes.
double spread(const Dynamics& dynamics, const EscapeWay& way, double level) {
  FieldSamples field;
  DiffusionSamples noise;
  const PathSpline path(way.points);
  const auto place = [&](double t) { return path.at(t * path.length()); };
  const auto along = [&](double t) {
    dynamics.diffusion->sample(place(t), false, noise);
    const Eigen::VectorXd e = path.slope(t * path.length()).normalized();
    return e.dot(noise.tensor.reshaped(e.size(), e.size()) * e);
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
                                             const PassPoint& minimum, const PassPoint& saddle, const EscapeWay& way,
                                             double exponent, double level) {
  std::vector<std::string> failing;
  constexpr double least_exponent = 5.0, most_change = 0.2, most_spread = 1.2, most_misalignment = 0.02,
                   most_excess = 1.05;
  if (assumed.low_noise && exponent < least_exponent)
    failing.push_back(fmt::format("low noise (the exponent is only {:.2g})", exponent));
  if (way.points.size() == 0) return failing;
  const std::array places{place_at("minimum", dynamics, minimum, way.at_minimum),
                          place_at("saddle", dynamics, saddle, way.at_saddle)};
  for (const Place& place : places) {
    const double change = std::abs(place.slope) / std::sqrt(place.along * place.curvature);
    if (assumed.flat_noise && change > most_change)
      failing.push_back(fmt::format("D that hardly changes around the {} (by {:.0f} % over one standard deviation)",
                                    place.name, 100.0 * change));
    if (assumed.aligned_noise && misalignment(place) > most_misalignment)
      failing.push_back(fmt::format("D and Hessian of the same eigenvectors at the {} (|DH - HD| / |D||H| = {:.2g})",
                                    place.name, misalignment(place)));
    if (const auto& sgd = assumed.hessian_noise) {
      const double ratio = (place.along - sgd->injected) / (0.5 * sgd->eta / sgd->batch_size * place.curvature);
      if (ratio > most_excess || ratio < 1.0 / most_excess)
        failing.push_back(fmt::format("noise that follows the Hessian (at the {} it is {:.3g} times eta / (2 B) |H|)",
                                      place.name, ratio));
    }
  }
  if (assumed.two_levels) {
    const double factor = spread(dynamics, way, level);
    if (std::isinf(factor))
      failing.emplace_back("D constant on either side of s (it vanishes on the way)");
    else if (factor > most_spread)
      failing.push_back(fmt::format("D constant on either side of s (it varies by a factor of {:.3g})", factor));
  }
  if (assumed.aligned_exit) {
    constexpr double most_off = 8.0;
    for (const auto& [place, off] : {std::pair{"minimum", way.off_at_minimum}, {"saddle", way.off_at_saddle}})
      if (const double degrees = off * 180.0 / M_PI; degrees > most_off)
        failing.push_back(
            fmt::format("a way along an eigenvector of the Hessian at the {} (off by {:.0f} degrees)", place, degrees));
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
