#pragma once

#include "grids/point.hpp"
#include "output/report/stored_result.hpp"

#include <array>
#include <string>
#include <vector>

namespace valleyflux {

/// The cells of a result's grid, of one axis or two, as a page draws them: where an axis has more than `most` cells,
/// each one drawn stands for `stride` of them and shows the middle one. Throws OutputError where the edges of the axes
/// are not those of cells.
class DrawnCells {
 public:
  DrawnCells(const StoredResult& result, Index most);

  int dimension() const { return static_cast<int>(axes_.size()); }
  /// By axis, x first.
  const std::vector<double>& edges(int axis) const { return axes_.at(static_cast<std::size_t>(axis)).edges; }
  Index stride(int axis) const { return axes_.at(static_cast<std::size_t>(axis)).stride; }
  /// Of a field over all cells those drawn, x the fastest. `name` is what an OutputError says if it has another size.
  std::vector<double> drawn(const std::string& name, const std::vector<double>& field) const;

 private:
  struct DrawnAxis {
    Index cells = 0, stride = 1;
    std::vector<double> edges;  // of those drawn
  };
  std::vector<DrawnAxis> axes_;
};

/// Arrows for a current given by its components along the axes: their means over blocks of cells, at most `most` blocks
/// along an axis, in units of the extents of the axes (as they are drawn), over the largest arrow's length.
struct Arrows {
  std::array<Index, 2> count{1, 1};
  std::vector<std::vector<double>> components;  // by axis; -1 to 1
  double largest = 0.0;                         // its length before that
};
Arrows arrows(const StoredResult& result, const std::vector<std::vector<double>>& current, Index most);

}  // namespace valleyflux
