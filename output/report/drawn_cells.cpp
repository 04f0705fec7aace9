#include "output/report/drawn_cells.hpp"

#include "output/output_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace valleyflux {

namespace {

std::vector<std::vector<double>> edges_of_axes(const StoredResult& result) {
  std::vector<std::vector<double>> edges;
  for (const char* name : {"x_edge", "y_edge"})
    if (result.has(name)) edges.push_back(result.numbers(name));
  for (const auto& axis : edges)
    if (axis.size() < 2 || !std::is_sorted(axis.begin(), axis.end()) || !(axis.front() < axis.back()))
      throw OutputError("the result's edges of cells do not ascend");
  return edges;
}

void require_cells(const std::string& name, std::size_t given, Index cells) {
  if (static_cast<Index>(given) != cells)
    throw OutputError(fmt::format("the result's dataset {} has {} values for {} cells", name, given, cells));
}

}  // namespace

DrawnCells::DrawnCells(const StoredResult& result, Index most) {
  for (const std::vector<double>& all : edges_of_axes(result)) {
    DrawnAxis axis;
    axis.cells = static_cast<Index>(all.size()) - 1;
    axis.stride = (axis.cells + most - 1) / most;
    for (Index i = 0; i < axis.cells; i += axis.stride) axis.edges.push_back(all[static_cast<std::size_t>(i)]);
    axis.edges.push_back(all.back());
    axes_.push_back(axis);
  }
}

std::vector<double> DrawnCells::drawn(const std::string& name, const std::vector<double>& field) const {
  const DrawnAxis x = axes_.at(0), y = axes_.size() > 1 ? axes_[1] : DrawnAxis{1, 1, {}};
  require_cells(name, field.size(), x.cells * y.cells);
  const auto middle = [](const DrawnAxis& axis, Index start) {
    return start + (std::min(axis.stride, axis.cells - start) - 1) / 2;
  };
  std::vector<double> values;
  for (Index j = 0; j < y.cells; j += y.stride)
    for (Index i = 0; i < x.cells; i += x.stride)
      values.push_back(field[static_cast<std::size_t>(middle(y, j) * x.cells + middle(x, i))]);
  return values;
}

Arrows arrows(const StoredResult& result, const std::vector<std::vector<double>>& current, Index most) {
  const std::vector<std::vector<double>> edges = edges_of_axes(result);
  std::array<Index, 2> cells{1, 1};
  for (std::size_t k = 0; k < edges.size(); ++k) cells.at(k) = static_cast<Index>(edges[k].size()) - 1;
  Arrows found;
  for (std::size_t k = 0; k < edges.size(); ++k) found.count.at(k) = std::min(cells.at(k), most);
  const auto blocks = static_cast<std::size_t>(found.count[0] * found.count[1]);
  const auto block_of = [&](Index i, Index j) {
    return static_cast<std::size_t>((j * found.count[1] / cells[1]) * found.count[0] + i * found.count[0] / cells[0]);
  };
  for (std::size_t k = 0; k < edges.size(); ++k) {
    require_cells("current", current.at(k).size(), cells[0] * cells[1]);
    const double extent = edges.size() > 1 ? edges[k].back() - edges[k].front() : 1.0;
    std::vector<double> sum(blocks, 0.0), count(blocks, 0.0);
    for (Index j = 0; j < cells[1]; ++j)
      for (Index i = 0; i < cells[0]; ++i) {
        const double value = current[k][static_cast<std::size_t>(j * cells[0] + i)];
        if (!std::isfinite(value)) continue;
        sum[block_of(i, j)] += value / extent;
        count[block_of(i, j)] += 1.0;
      }
    for (std::size_t b = 0; b < blocks; ++b) sum[b] /= count[b];  // NaN where no cell has a value
    found.components.push_back(std::move(sum));
  }
  for (std::size_t b = 0; b < blocks; ++b) {
    double square = 0.0;
    for (const auto& component : found.components) square += component[b] * component[b];
    if (std::isfinite(square)) found.largest = std::max(found.largest, std::sqrt(square));
  }
  if (found.largest > 0.0)
    for (auto& component : found.components)
      for (double& value : component) value /= found.largest;
  return found;
}

}  // namespace valleyflux
