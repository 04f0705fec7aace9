#pragma once

#include "grids/grid.hpp"

#include <algorithm>

namespace valleyflux {

/// Calls visit(outside, inside) for every cell of the box outside the domain and every one inside that it touches, by a
/// side or a corner.
template <int Dim, class Visit>
void for_each_beside_domain(const Grid<Dim>& grid, Visit visit) {
  if (grid.covers_box()) return;
  for (Index cell = 0; cell < grid.cells(); ++cell) {
    if (!grid.holds(cell)) continue;
    const Offset<Dim> at = grid.coordinates(cell);
    for (int n = 0; n < (Dim == 1 ? 3 : 9); ++n) {
      Offset<Dim> beside;
      for (int k = 0, rest = n; k < Dim; ++k, rest /= 3) {
        const int cells = static_cast<int>(grid.axis(k).cells()), there = at[k] + rest % 3 - 1;
        beside[k] = grid.axis(k).periodic() ? (there + cells) % cells : std::clamp(there, 0, cells - 1);
      }
      if (const Index other = grid.cell(beside); !grid.holds(other)) visit(other, cell);
    }
  }
}

}  // namespace valleyflux
