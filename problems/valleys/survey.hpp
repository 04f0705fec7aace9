#pragma once

#include "grids/open_axis.hpp"
#include "problems/dynamics/coefficients.hpp"
#include "problems/valleys/critical_points.hpp"

#include <array>
#include <vector>

namespace valleyflux {

/// Critical points of a drift whose domain is not known, lowest first; along axes that have an end, those inside. The
/// drift's own motion is followed from starts at all scales, 1e-5 to 1e5 in both directions of every axis; around every
/// place where it comes to rest, again at all scales, zeros are looked for where F changes sign. Narrow wells that no
/// motion leads to, such as holes in a plateau far from 0, are not seen. Throws ProblemError, saying what to give,
/// where F repeats itself along an axis, where there are more than 64 places of rest, and where there is none.
template <int Dim>
std::vector<CriticalPoint<Dim>> survey(const Drift& drift, const std::array<OpenAxis, Dim>& axes);

/// The same where minima shallower than `depth` noise levels are none: of more than 64 places of rest those that are
/// deeper, with the passes between them (see deep_valleys.hpp), if these are no more than 64.
template <int Dim>
std::vector<CriticalPoint<Dim>> survey(const Dynamics& dynamics, const std::array<OpenAxis, Dim>& axes, double depth);

/// Axes with ends, cut into cells that show what there is where these are not given.
template <int Dim>
Grid<Dim> scanned_grid(const std::array<OpenAxis, Dim>& axes);

extern template Grid<1> scanned_grid<1>(const std::array<OpenAxis, 1>&);
extern template Grid<2> scanned_grid<2>(const std::array<OpenAxis, 2>&);
extern template std::vector<CriticalPoint<1>> survey<1>(const Drift&, const std::array<OpenAxis, 1>&);
extern template std::vector<CriticalPoint<2>> survey<2>(const Drift&, const std::array<OpenAxis, 2>&);
extern template std::vector<CriticalPoint<1>> survey<1>(const Dynamics&, const std::array<OpenAxis, 1>&, double);
extern template std::vector<CriticalPoint<2>> survey<2>(const Dynamics&, const std::array<OpenAxis, 2>&, double);

}  // namespace valleyflux
