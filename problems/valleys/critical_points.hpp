#pragma once

#include "grids/grid.hpp"
#include "problems/dynamics/drift.hpp"

#include <optional>
#include <vector>

namespace valleyflux {

/// A zero of the drift F: a critical point of the landscape where there is one.
template <int Dim>
struct CriticalPoint {
  Point<Dim> position = Point<Dim>::Zero();
  double height = 0.0;                        // L there; 0 for a drift without landscape
  Tensor<Dim> hessian = Tensor<Dim>::Zero();  // of L; minus the Jacobian of F unless F = -grad L
  int index = 0;            // unstable directions: 0 a minimum (stable point), 1 a saddle, Dim a maximum
  bool degenerate = false;  // an eigenvalue of the Hessian is zero to round-off: index not to be trusted
  bool kinked = false;      // F jumps there instead of vanishing (see kinks.hpp): there is no Hessian; also degenerate
  bool at_wall = false;     // a reflecting wall holds it, F does not vanish (see wall_minima.hpp)
};

/// All zeros of F inside the box of `grid`, refined by Newton's method to machine precision (|step| below 1e-14 of
/// the box or stagnation), sorted by height, then position. Found from sign changes of F over the cells of `grid`
/// (at least `scan_cells` a side are scanned, 16384 on the line) and from local minima of |F|; zeros closer than a scan
/// cell with the same index are told apart by their positions. On the line also where F jumps through zero (kinks).
/// Periodic axes wrap.
template <int Dim>
std::vector<CriticalPoint<Dim>> find_critical_points(const Drift& drift, const Grid<Dim>& grid, Index scan_cells = 128);

/// The zero of F that Newton's method finds from x, refined as above; nothing where there is none in the box within
/// some four times `reach` of x (a length an axis, in which the surroundings are looked at as well).
template <int Dim>
std::optional<CriticalPoint<Dim>> critical_point_near(const Drift& drift, const Grid<Dim>& grid, const Point<Dim>& x,
                                                      const Point<Dim>& reach);

extern template std::vector<CriticalPoint<1>> find_critical_points(const Drift&, const Grid<1>&, Index);
extern template std::vector<CriticalPoint<2>> find_critical_points(const Drift&, const Grid<2>&, Index);
extern template std::optional<CriticalPoint<1>> critical_point_near(const Drift&, const Grid<1>&, const Point<1>&,
                                                                    const Point<1>&);
extern template std::optional<CriticalPoint<2>> critical_point_near(const Drift&, const Grid<2>&, const Point<2>&,
                                                                    const Point<2>&);

}  // namespace valleyflux
