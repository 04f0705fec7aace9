#include "solver/discretisation/moved_walls.hpp"

#include "solver/discretisation/straight_way.hpp"

#include <array>
#include <cmath>
#include <stdexcept>

namespace valleyflux {

namespace {

/// How many corners of a cell, given by its centre, lie in the domain.
int corners_inside(const Grid<2>& box, const Grid<2>::Domain& domain, const Point<2>& centre) {
  constexpr double within = 1e-9;  // of a cell: a wall on its edge does not cut it
  std::array<std::array<double, 2>, 2> ends;
  for (int k = 0; k < 2; ++k) {
    const auto axis = static_cast<std::size_t>(k);
    const auto cell = static_cast<Index>(std::lround(box.axis(k).cell_coordinate(centre[k])));
    const double inset = within * box.axis(k).size(cell);
    ends[axis] = {box.axis(k).edge(cell) + inset, box.axis(k).edge(cell + 1) - inset};
  }
  int inside = 0;
  for (const double x : ends[0])
    for (const double y : ends[1]) inside += domain(Point<2>(x, y)) ? 1 : 0;
  return inside;
}

}  // namespace

std::optional<std::vector<Grid<2>>> grids_of_moved_walls(const Grid<2>& grid) {
  std::vector<Grid<2>> moved;
  if (!grid.domain()) return moved;
  bool all_made = true;
  const std::array<Axis, 2> axes{grid.axis(0), grid.axis(1)};
  for (const int corners : {4, 1}) {
    try {
      Grid<2> other(axes, [box = grid.box(), domain = grid.domain(), corners](const Point<2>& centre) {
        return corners_inside(box, domain, centre) >= corners;
      });
      if (other.held_cells() != grid.held_cells()) moved.push_back(std::move(other));
    } catch (const std::invalid_argument&) {
      all_made = false;  // what cannot be passed without cut cells falls apart
    }
  }
  if (!all_made && moved.empty()) return std::nullopt;
  return moved;
}

std::optional<Grid<2>> grid_without_border(const Grid<2>& grid) {
  const auto within = [grid](const Point<2>& centre) {
    const Offset<2> at = grid.coordinates(grid.cell_containing(centre));
    const auto held = [&grid](const Offset<2>& cell) { return !in_box<2>(grid, cell) || grid.wrapped(cell); };
    const Offset<2> x = Offset<2>::Unit(0), y = Offset<2>::Unit(1);
    return held(at) && held(at + x) && held(at - x) && held(at + y) && held(at - y);
  };
  try {
    return Grid<2>(std::array<Axis, 2>{grid.axis(0), grid.axis(1)}, within);
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

}  // namespace valleyflux
