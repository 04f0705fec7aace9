#include "solver/theory/assumptions.hpp"

#include "problems/valleys/eigen_decomposition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

/// Noise and Hessian at a critical point, seen along the escape direction.
template <int Dim>
struct Place {
  const char* name;
  Tensor<Dim> hessian, noise;
  double along;  // D_ee
  double slope;  // dD_ee / de
};

template <int Dim>
Place<Dim> place_at(const char* name, const Dynamics& dynamics, const CriticalPoint<Dim>& point,
                    const Point<Dim>& escape) {
  DiffusionSamples at;
  dynamics.diffusion->sample(point.position, true, at);
  Place<Dim> place{name, point.hessian, at.tensor.reshaped(Dim, Dim), 0.0, 0.0};
  place.along = escape.dot(place.noise * escape);
  for (int k = 0; k < Dim; ++k) {
    const Tensor<Dim> gradient = at.gradient.col(0).segment(k * Dim * Dim, Dim * Dim).reshaped(Dim, Dim);
    place.slope += escape[k] * escape.dot(gradient * escape);
  }
  return place;
}

template <int Dim>
double misalignment(const Place<Dim>& place) {
  const Tensor<Dim> commutator = place.noise * place.hessian - place.hessian * place.noise;
  return commutator.norm() / (place.noise.norm() * place.hessian.norm());
}

/// Largest over smallest D along the line, below and above the level; infinite where it vanishes.
template <int Dim>
double spread(const Dynamics& dynamics, const CriticalPoint<Dim>& minimum, const CriticalPoint<Dim>& saddle,
              const Point<Dim>& escape, double level) {
  FieldSamples field;
  DiffusionSamples noise;
  const auto place = [&](double t) -> Point<Dim> {
    return minimum.position + t * (saddle.position - minimum.position);
  };
  const auto along = [&](double t) {
    dynamics.diffusion->sample(place(t), false, noise);
    return escape.dot(noise.tensor.reshaped(Dim, Dim) * escape);
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

template <int Dim>
std::vector<std::string> failing_assumptions(const Assumptions& assumed, const Dynamics& dynamics,
                                             const CriticalPoint<Dim>& minimum, const CriticalPoint<Dim>& saddle,
                                             double exponent, double level) {
  std::vector<std::string> failing;
  constexpr double least_exponent = 5.0, most_change = 0.2, most_spread = 1.2, most_misalignment = 0.02,
                   least_cosine = 0.99;
  const Point<Dim> escape = symmetric_eigen(saddle.hessian).vectors.col(0);
  if (assumed.low_noise && exponent < least_exponent)
    failing.push_back(fmt::format("low noise (the exponent is only {:.2g})", exponent));
  const std::array places{place_at<Dim>("minimum", dynamics, minimum, escape),
                          place_at<Dim>("saddle", dynamics, saddle, escape)};
  for (const Place<Dim>& place : places) {
    const double curvature = std::abs(escape.dot(place.hessian * escape));
    const double change = std::abs(place.slope) / std::sqrt(place.along * curvature);
    if (assumed.flat_noise && change > most_change)
      failing.push_back(fmt::format("D that hardly changes around the {} (by {:.0f} % over one standard deviation)",
                                    place.name, 100.0 * change));
    if (assumed.aligned_noise && misalignment<Dim>(place) > most_misalignment)
      failing.push_back(fmt::format("D and Hessian of the same eigenvectors at the {} (|DH - HD| / |D||H| = {:.2g})",
                                    place.name, misalignment<Dim>(place)));
  }
  if (assumed.two_levels) {
    const double factor = spread<Dim>(dynamics, minimum, saddle, escape, level);
    if (std::isinf(factor))
      failing.push_back("D constant on either side of s (it vanishes on the way)");
    else if (factor > most_spread)
      failing.push_back(fmt::format("D constant on either side of s (it varies by a factor of {:.3g})", factor));
  }
  if (assumed.aligned_exit && Dim > 1) {
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

template std::vector<std::string> failing_assumptions(const Assumptions&, const Dynamics&, const CriticalPoint<1>&,
                                                      const CriticalPoint<1>&, double, double);
template std::vector<std::string> failing_assumptions(const Assumptions&, const Dynamics&, const CriticalPoint<2>&,
                                                      const CriticalPoint<2>&, double, double);

}  // namespace valleyflux
