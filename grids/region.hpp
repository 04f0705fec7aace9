#pragma once

#include "grids/grid.hpp"
#include "grids/point.hpp"

#include <functional>
#include <vector>

namespace valleyflux {

/// A set of points of the domain, given by a predicate or by cell labels alone. Where the set is known as a
/// predicate, surfaces that cut an edge are located to round-off; a labelled set cuts every edge half-way.
template <int Dim>
class Region {
 public:
  using Predicate = std::function<bool(const Point<Dim>&)>;

  /// The empty region.
  Region() = default;
  /// `contains` must be callable from several threads at once.
  explicit Region(Predicate contains) : contains_(std::move(contains)) {}
  /// A set of cells of `grid` (inside[cell] != 0).
  Region(Grid<Dim> grid, std::vector<char> inside);

  bool empty() const { return !contains_; }
  bool contains(const Point<Dim>& x) const { return contains_ && contains_(x); }
  /// inside[cell] for every cell centre of `grid`; of the plane none outside its domain.
  std::vector<char> cells(const Grid<Dim>& grid) const;

  /// First fraction t in (0, 1] of the straight lattice segment from `from` to `to` (fractional cell coordinates of
  /// `grid`) at which the region is entered, `from` being outside and `to` inside; found by bisection to 1e-14, and
  /// 1/2 for a labelled region. Positions beyond a periodic axis are wrapped before the predicate is asked.
  double crossing(const Grid<Dim>& grid, const Point<Dim>& from, const Point<Dim>& to) const;

 private:
  Predicate contains_;
  bool labelled_ = false;
};

/// Where a region of the line begins and ends, ascending, each found by bisection to round-off. Looked for between the
/// centres of the cells (between 4096 and 16384 points in all) and the points `known`, at which thin parts are.
std::vector<double> surfaces_on_axis(const Region<1>& region, const Grid<1>& grid, const std::vector<double>& known);

/// Whether each of the points (ascending) lies in a region of the line; of very many points only those between
/// different surfaces are told apart.
std::vector<char> inside_on_axis(const Region<1>& region, const Grid<1>& grid, const std::vector<double>& points,
                                 const std::vector<double>& known);

extern template class Region<1>;
extern template class Region<2>;

}  // namespace valleyflux
