#pragma once

#include "problems/valleys/critical_points.hpp"
#include "problems/valleys/drift_scan.hpp"

#include <optional>
#include <vector>

namespace valleyflux {

class DiffusionModel;

/// Kinks of a landscape: points at which F jumps through zero instead of vanishing (abs(x) at 0). They are minima,
/// saddles or maxima like others, but have no Hessian: `kinked` and `degenerate`.

/// Whether L has parts by abs, min, max, comparisons or where(), as far as it has the form of a graph.
bool may_have_kinks(const Landscape& landscape);
/// The same of the entries of D.
bool may_have_kinks(const DiffusionModel& diffusion);

/// Valleys of the plane are looked for on a lattice where kinks may hold minima that no flow and no Newton's method
/// finds; on the line all are found.
template <int Dim>
bool hides_minima(const Drift& drift) {
  return Dim > 1 && drift.potential() && may_have_kinks(*drift.potential());
}

/// Depth of valleys that round-off alone is left out of, in units of the noise.
inline constexpr double least_valley_depth = 1e-6;

/// Whether F keeps its size down to a thousandth of `reach` of x along some axis: it jumps there.
template <int Dim>
bool is_kink(const Drift& drift, const Point<Dim>& x, const Point<Dim>& reach);

/// The point as a kink of the given index; the height that of the landscape, where there is one.
template <int Dim>
CriticalPoint<Dim> kink_at(const Drift& drift, const Point<Dim>& x, int index);

/// Kinks of the line in the cells of a scan over which F changes its sign and that hold none of `zeros` (any order), by
/// bisection to round-off. Places where F grows without bound are none.
std::vector<CriticalPoint<1>> find_kinks(const Drift& drift, const DriftScan<1>& scan,
                                         const std::vector<Point<1>>& zeros);

/// The lowest points that descents without derivatives lead to from `starts` (columns), each with a first step of
/// `reach`: steps in eight directions that turn from one to the next, longer after a lower point and shorter after
/// none, down to 1e-12 of the distance from 0. Descents that run away are left out; along a bent floor between two
/// slopes they may stop before its end.
std::vector<Point<2>> lowest_points(const Landscape& landscape, const Eigen::Matrix2Xd& starts,
                                    const Eigen::VectorXd& reach);

/// The lowest point about x, by a golden section along x of the lowest places along y, each within `reach` of it and
/// moved on where they are at the border of that.
Point<2> lowest_around(const Landscape& landscape, Point<2> x, const Point<2>& reach);

/// The kinked minimum within about `reach` (a length an axis) of x and in the domain of the grid; nothing where the
/// landscape is smooth.
template <int Dim>
std::optional<CriticalPoint<Dim>> kinked_minimum_near(const Drift& drift, const Grid<Dim>& grid, const Point<Dim>& x,
                                                      const Point<Dim>& reach);

/// How far along each axis L rises by D from a kinked minimum; on the line, and where there is no landscape, D / |F|
/// beside it. beside: how far that is, an axis each.
template <int Dim>
Point<Dim> kink_width(const Drift& drift, const DiffusionModel& diffusion, const Point<Dim>& x,
                      const Point<Dim>& beside);

extern template bool is_kink(const Drift&, const Point<1>&, const Point<1>&);
extern template bool is_kink(const Drift&, const Point<2>&, const Point<2>&);
extern template CriticalPoint<1> kink_at(const Drift&, const Point<1>&, int);
extern template CriticalPoint<2> kink_at(const Drift&, const Point<2>&, int);
extern template std::optional<CriticalPoint<1>> kinked_minimum_near(const Drift&, const Grid<1>&, const Point<1>&,
                                                                    const Point<1>&);
extern template std::optional<CriticalPoint<2>> kinked_minimum_near(const Drift&, const Grid<2>&, const Point<2>&,
                                                                    const Point<2>&);
extern template Point<1> kink_width(const Drift&, const DiffusionModel&, const Point<1>&, const Point<1>&);
extern template Point<2> kink_width(const Drift&, const DiffusionModel&, const Point<2>&, const Point<2>&);

}  // namespace valleyflux
