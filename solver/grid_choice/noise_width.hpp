#pragma once

#include "problems/dynamics/coefficients.hpp"
#include "problems/valleys/critical_points.hpp"

#include <optional>

namespace valleyflux {

/// How far along each axis the noise reaches at a critical point, in units of the axes.
template <int Dim>
struct NoiseWidth {
  Point<Dim> marginal;     // standard deviations of the local equilibrium: how far it extends
  Point<Dim> conditional;  // with the other coordinate held: what cells have to resolve
};

/// At a minimum from the local equilibrium, at a saddle from the sizes of its curvatures over D; where these vanish,
/// the distance over which the drift does the work of half the noise, |int F / D| = 1/2. Nothing where there is none.
template <int Dim>
std::optional<NoiseWidth<Dim>> noise_width(const Dynamics& dynamics, const CriticalPoint<Dim>& point);

extern template std::optional<NoiseWidth<1>> noise_width(const Dynamics&, const CriticalPoint<1>&);
extern template std::optional<NoiseWidth<2>> noise_width(const Dynamics&, const CriticalPoint<2>&);

}  // namespace valleyflux
