#pragma once

#include "grids/axis.hpp"
#include "grids/point.hpp"

#include <array>
#include <optional>
#include <utility>

namespace valleyflux {

/// Cartesian grid of cells. Cells are numbered with the first axis fastest: cell = i_x + n_x * (i_y + n_y * i_z);
/// arrays over cells reshape to (z, y, x) in row-major order.
template <int Dim>
class Grid {
 public:
  explicit Grid(std::array<Axis, Dim> axes) : axes_(std::move(axes)) {}

  const Axis& axis(int k) const { return axes_[static_cast<std::size_t>(k)]; }
  /// Number of cells in all.
  Index cells() const {
    Index total = 1;
    for (const Axis& axis : axes_) total *= axis.cells();
    return total;
  }
  Offset<Dim> coordinates(Index cell) const {
    Offset<Dim> at;
    for (int k = 0; k < Dim; ++k) {
      at[k] = static_cast<int>(cell % axis(k).cells());
      cell /= axis(k).cells();
    }
    return at;
  }
  Index cell(const Offset<Dim>& at) const {
    Index cell = 0;
    for (int k = Dim - 1; k >= 0; --k) cell = cell * axis(k).cells() + at[k];
    return cell;
  }
  Point<Dim> centre(Index cell) const {
    const Offset<Dim> at = coordinates(cell);
    Point<Dim> x;
    for (int k = 0; k < Dim; ++k) x[k] = axis(k).centre(at[k]);
    return x;
  }
  /// Length, area or volume of a cell.
  double volume(Index cell) const {
    const Offset<Dim> at = coordinates(cell);
    double volume = 1.0;
    for (int k = 0; k < Dim; ++k) volume *= axis(k).size(at[k]);
    return volume;
  }
  /// The cell at `at` with periodic axes wrapped; nothing where `at` is beyond a wall.
  std::optional<Index> wrapped(Offset<Dim> at) const {
    for (int k = 0; k < Dim; ++k) {
      const int n = static_cast<int>(axis(k).cells());
      if (axis(k).periodic())
        at[k] = ((at[k] % n) + n) % n;
      else if (at[k] < 0 || at[k] >= n)
        return std::nullopt;
    }
    return cell(at);
  }
  /// Whether x lies in the box (walls included; always true along periodic axes).
  bool contains(const Point<Dim>& x) const {
    for (int k = 0; k < Dim; ++k)
      if (!axis(k).periodic() && (x[k] < axis(k).min() || x[k] > axis(k).max())) return false;
    return true;
  }
  /// Position of the fractional lattice coordinates `at` (cell centres are integers); may lie outside the box.
  Point<Dim> position(const Point<Dim>& at) const {
    Point<Dim> x;
    for (int k = 0; k < Dim; ++k) x[k] = axis(k).position(axis(k).lattice(at[k]));
    return x;
  }
  /// Fractional lattice coordinates of x, wrapped along periodic axes (the inverse of `position`).
  Point<Dim> cell_coordinates(const Point<Dim>& x) const;
  /// The cell that holds x; of a point beyond a wall the nearest one along that axis.
  Index cell_containing(const Point<Dim>& x) const;
  /// x with periodic axes wrapped into [min, max).
  Point<Dim> wrapped_point(Point<Dim> x) const;
  /// x - y, the shortest way round on periodic axes.
  Point<Dim> difference(const Point<Dim>& x, const Point<Dim>& y) const;
  /// The same box with every axis coarsened.
  Grid coarsened(Index factor) const {
    std::array<Axis, Dim> axes = axes_;
    for (Axis& axis : axes) axis = axis.coarsened(factor);
    return Grid(axes);
  }
  /// The same box with every axis refined.
  Grid refined(Index factor) const {
    std::array<Axis, Dim> axes = axes_;
    for (Axis& axis : axes) axis = axis.refined(factor);
    return Grid(axes);
  }

 private:
  std::array<Axis, Dim> axes_;
};

extern template class Grid<1>;
extern template class Grid<2>;

}  // namespace valleyflux
