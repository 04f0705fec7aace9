#pragma once

#include "grids/axis.hpp"
#include "grids/point.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace valleyflux {

/// Cartesian grid of cells over a box, or over a part of it. Cells are numbered with the first axis fastest: cell = i_x
/// + n_x * (i_y + n_y * i_z); arrays over cells reshape to (z, y, x) in row-major order. All cells of the box have
/// numbers; those outside the domain are beyond a wall that reflects.
template <int Dim>
class Grid {
 public:
  /// Whether a point of the box belongs to the domain. Called from several threads at once.
  using Domain = std::function<bool(const Point<Dim>&)>;

  explicit Grid(std::array<Axis, Dim> axes) : axes_(std::move(axes)) {}
  /// The part of the box whose cells' centres lie in the domain. Of parts that no common side joins those below a
  /// hundredth of the largest are left out (cells here and there along a wall). Throws std::invalid_argument where no
  /// cell is left, or where two parts of more are, with a point of either.
  Grid(std::array<Axis, Dim> axes, Domain domain);

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
  /// Whether a cell belongs to the domain; all do unless the grid covers only a part of its box.
  bool holds(Index cell) const { return !held_ || (*held_)[static_cast<std::size_t>(cell)] != 0; }
  bool covers_box() const { return !held_; }
  /// How many cells belong to the domain.
  Index held_cells() const;
  /// Empty where the grid was made without one. What is narrower than the cells may be seen by finer grids alone.
  const Domain& domain() const { return domain_; }
  /// The cell at `at` with periodic axes wrapped; nothing where `at` is beyond a wall.
  std::optional<Index> wrapped(Offset<Dim> at) const {
    for (int k = 0; k < Dim; ++k) {
      const int n = static_cast<int>(axis(k).cells());
      if (axis(k).periodic())
        at[k] = ((at[k] % n) + n) % n;
      else if (at[k] < 0 || at[k] >= n)
        return std::nullopt;
    }
    const Index found = cell(at);
    if (!holds(found)) return std::nullopt;
    return found;
  }
  /// Whether x lies in the box (walls included; always true along periodic axes), in a cell of the domain.
  bool contains(const Point<Dim>& x) const {
    for (int k = 0; k < Dim; ++k)
      if (!axis(k).periodic() && (x[k] < axis(k).min() || x[k] > axis(k).max())) return false;
    return !held_ || holds(cell_containing(x));
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
  /// All of the box.
  Grid box() const { return Grid(axes_); }
  /// The same domain over other axes of the same box.
  Grid over(std::array<Axis, Dim> axes) const {
    return domain_ ? Grid(std::move(axes), domain_) : Grid(std::move(axes));
  }
  /// The same box with every axis coarsened.
  Grid coarsened(Index factor) const {
    std::array<Axis, Dim> axes = axes_;
    for (Axis& axis : axes) axis = axis.coarsened(factor);
    return over(std::move(axes));
  }
  /// The same box with every axis refined.
  Grid refined(Index factor) const {
    std::array<Axis, Dim> axes = axes_;
    for (Axis& axis : axes) axis = axis.refined(factor);
    return over(std::move(axes));
  }

 private:
  void keep_joined_cells(std::vector<char>& held) const;

  std::array<Axis, Dim> axes_;
  Domain domain_;
  std::shared_ptr<const std::vector<char>> held_;  // by cell; null where all are
};

extern template class Grid<1>;
extern template class Grid<2>;

}  // namespace valleyflux
