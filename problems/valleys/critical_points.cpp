#include "problems/valleys/critical_points.hpp"

#include "problems/valleys/drift_scan.hpp"
#include "problems/valleys/eigen_decomposition.hpp"
#include "problems/valleys/kinks.hpp"
#include "problems/valleys/zero_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>
#include <set>

namespace valleyflux {

namespace {

template <int Dim>
using Points = Eigen::Matrix<double, Dim, Eigen::Dynamic>;

/// Eigenvalues of the Hessian (landscape) or real parts of those of minus the Jacobian (any drift).
template <int Dim>
Point<Dim> curvatures(const Tensor<Dim>& hessian, bool symmetric) {
  return (symmetric ? symmetric_eigen(hessian) : real_eigen(hessian)).values;
}

/// x and points at the distances `reach` (an axis each) around it.
template <int Dim>
Points<Dim> surrounding(const Point<Dim>& x, const Point<Dim>& reach) {
  constexpr Index directions = Dim == 1 ? 2 : 16;
  Points<Dim> points(Dim, directions + 1);
  points.col(0) = x;
  for (Index m = 0; m < directions; ++m) {
    const double angle = 2.0 * std::numbers::pi * static_cast<double>(m) / static_cast<double>(directions);
    Point<Dim> unit = Point<Dim>::Zero();
    unit[0] = std::cos(angle);
    if constexpr (Dim > 1) unit[1] = std::sin(angle);
    points.col(m + 1) = x + unit.cwiseProduct(reach);
  }
  return points;
}

template <int Dim>
CriticalPoint<Dim> classified(const Drift& drift, const Grid<Dim>& grid, const Point<Dim>& position,
                              const Point<Dim>& scan_cell) {
  Points<Dim> points = surrounding<Dim>(position, scan_cell);
  for (Index n = 0; n < points.cols(); ++n) {
    points.col(n) = grid.wrapped_point(points.col(n));
    if (!grid.contains(points.col(n))) points.col(n) = position;  // says nothing
  }
  Eigen::MatrixXd force, jacobian;
  drift.sample(points, force, &jacobian);
  FieldSamples field;
  const bool gradient = drift.landscape() != nullptr, heights = drift.potential() != nullptr;
  if (heights) drift.potential()->sample(points, 0, field);

  CriticalPoint<Dim> point;
  point.position = position;
  point.hessian = -jacobian.col(0).reshaped(Dim, Dim);
  if (gradient) point.hessian = 0.5 * (point.hessian + point.hessian.transpose().eval());
  if (heights) point.height = field.value[0];
  const Point<Dim> values = curvatures<Dim>(point.hessian, gradient);
  point.index = static_cast<int>((values.array() < 0).count());

  // A zero curvature is told from a small one by the curvatures a scan cell away.
  double typical = values.cwiseAbs().maxCoeff();
  bool surrounded = true;  // the flow comes in from all sides
  for (Index n = 1; n < points.cols(); ++n) {
    const Point<Dim> offset = grid.difference(points.col(n), position);
    if (offset.isZero(0) || !jacobian.col(n).allFinite()) continue;
    typical = std::max(typical, jacobian.col(n).norm());
    surrounded = surrounded && (heights ? field.value[n] > point.height : force.col(n).dot(offset) < 0);
  }
  point.degenerate = values.cwiseAbs().minCoeff() <= 1e-6 * typical;
  if (point.degenerate) {
    point.index = surrounded ? 0 : std::max(point.index, 1);
    point.kinked = is_kink<Dim>(drift, position, scan_cell);
  }
  return point;
}

/// Whether F vanishes because a mobility does, on a slope of the landscape that goes on around.
template <int Dim>
bool is_on_slope(const Drift& drift, const Point<Dim>& x, const Point<Dim>& reach) {
  if (!drift.mobility()) return false;
  FieldSamples field;
  drift.potential()->sample(surrounding<Dim>(x, reach), 1, field);
  const Eigen::RowVectorXd slopes = field.gradient.colwise().norm();
  constexpr double flat = 1e-3;
  return slopes[0] > flat * slopes.maxCoeff();
}

/// Points by the scan cell they lie in: their neighbours are found without a look at all of them (a plateau's round-off
/// has thousands of zeros).
template <int Dim>
class PointsByCell {
 public:
  PointsByCell(const Grid<Dim>& grid, const Point<Dim>& scan_cell) : grid_(grid), scan_cell_(scan_cell) {}

  void insert(const Point<Dim>& position, std::size_t index) { cells_[cell(position)].push_back(index); }

  /// In ascending order: all that lie within two cells, and some farther ones.
  std::vector<std::size_t> near(const Point<Dim>& position) const {
    std::set<std::array<Index, Dim>> cells;  // around a short period a cell is met twice
    constexpr int reach = 3, width = 2 * reach + 1;
    const std::array<Index, Dim> middle = cell(position);
    for (int n = 0; n < (Dim == 1 ? width : width * width); ++n) {
      // Steps of whole cells: positions moved by a cell may skip one by round-off where they lie between two.
      std::array<Index, Dim> there = middle;
      const std::array<int, 2> steps{n % width - reach, n / width - reach};
      for (std::size_t k = 0; k < Dim; ++k) there[k] += steps[k];
      cells.insert(wrapped(there));
    }
    std::vector<std::size_t> found;
    for (const auto& key : cells)
      if (const auto here = cells_.find(key); here != cells_.end())
        found.insert(found.end(), here->second.begin(), here->second.end());
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  std::array<Index, Dim> cell(const Point<Dim>& position) const {
    std::array<Index, Dim> result;
    for (int k = 0; k < Dim; ++k)
      result[static_cast<std::size_t>(k)] =
          static_cast<Index>(std::floor((position[k] - grid_.axis(k).min()) / scan_cell_[k]));
    return wrapped(result);
  }
  std::array<Index, Dim> wrapped(std::array<Index, Dim> cell) const {
    for (int k = 0; k < Dim; ++k) {
      const Axis& axis = grid_.axis(k);
      if (!axis.periodic()) continue;
      const Index count = std::lround((axis.max() - axis.min()) / scan_cell_[k]);
      Index& at = cell[static_cast<std::size_t>(k)];
      at = (at % count + count) % count;
    }
    return cell;
  }

  const Grid<Dim>& grid_;
  Point<Dim> scan_cell_;
  std::map<std::array<Index, Dim>, std::vector<std::size_t>> cells_;
};

/// Keeps one point of every group: regular ones that agree to round-off, and degenerate ones within a scan cell of
/// each other (rings and plateaus of zeros count once), unless F jumps through zero at both on the line. cells: those
/// that the points lie in, by their indices.
template <int Dim>
std::vector<CriticalPoint<Dim>> distinct(const Grid<Dim>& grid, const Point<Dim>& scan_cell,
                                         const PointsByCell<Dim>& cells,
                                         const std::vector<CriticalPoint<Dim>>& points) {
  const auto same = [&](const CriticalPoint<Dim>& a, const CriticalPoint<Dim>& b) {
    const double distance = grid.difference(a.position, b.position).cwiseQuotient(scan_cell).norm();
    const bool kinks_of_line = Dim == 1 && a.kinked && b.kinked;
    return distance < 1e-7 || (a.degenerate && b.degenerate && !kinks_of_line && distance < 1.5);
  };
  std::vector<CriticalPoint<Dim>> kept;
  std::vector<char> seen(points.size(), 0);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (seen[i]) continue;
    kept.push_back(points[i]);
    std::vector<std::size_t> stack{i};
    seen[i] = 1;
    while (!stack.empty()) {
      const std::size_t member = stack.back();
      stack.pop_back();
      if (points[member].height < kept.back().height) kept.back() = points[member];
      for (const std::size_t j : cells.near(points[member].position))
        if (!seen[j] && same(points[member], points[j])) {
          seen[j] = 1;
          stack.push_back(j);
        }
    }
  }
  return kept;
}

/// By height, and by position among points whose heights agree to round-off.
template <int Dim>
void sort_by_height(std::vector<CriticalPoint<Dim>>& points) {
  std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.height < b.height; });
  if (points.empty()) return;
  const double tolerance = 1e-11 * std::max({points.back().height - points.front().height,
                                             std::abs(points.front().height), std::abs(points.back().height)});
  for (auto first = points.begin(); first != points.end();) {
    const auto last =
        std::find_if(first, points.end(), [&](const auto& point) { return point.height > first->height + tolerance; });
    std::sort(first, last, [](const auto& a, const auto& b) {
      return std::lexicographical_compare(a.position.begin(), a.position.end(), b.position.begin(), b.position.end());
    });
    first = last;
  }
}

template <int Dim>
Point<Dim> extent(const Grid<Dim>& grid) {
  Point<Dim> box;
  for (int k = 0; k < Dim; ++k) box[k] = grid.axis(k).max() - grid.axis(k).min();
  return box;
}

/// A point in the box, and exactly on a seam or wall that it is on to round-off.
template <int Dim>
Point<Dim> on_seam_or_wall(const Grid<Dim>& grid, const Point<Dim>& zero) {
  const Point<Dim> box = extent(grid);
  Point<Dim> position = grid.wrapped_point(zero);
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid.axis(k);
    if (axis.periodic()) {
      if (axis.max() - position[k] < 1e-13 * box[k]) position[k] = axis.min();  // the seam, from below
    } else if (std::abs(position[k] - std::clamp(position[k], axis.min(), axis.max())) < 1e-13 * box[k]) {
      position[k] = std::clamp(position[k], axis.min(), axis.max());
    }
  }
  return position;
}

}  // namespace

template <int Dim>
std::vector<CriticalPoint<Dim>> find_critical_points(const Drift& drift, const Grid<Dim>& grid, Index scan_cells) {
  const DriftScan<Dim> scan = scan_drift<Dim>(drift, grid, scan_cells);
  const Point<Dim> box = extent(grid);
  Point<Dim> cell_size;
  for (int k = 0; k < Dim; ++k) cell_size[k] = box[k] / static_cast<double>(scan.cells[static_cast<std::size_t>(k)]);

  std::vector<CriticalPoint<Dim>> found;
  PointsByCell<Dim> cells(grid, cell_size);
  for (const Point<Dim>& zero : find_zeros<Dim>(drift, grid, zero_candidates<Dim>(drift, scan), box,
                                                4.0 * cell_size.cwiseQuotient(box).norm())) {
    const Point<Dim> position = on_seam_or_wall<Dim>(grid, zero);
    if (!grid.contains(position) || is_on_slope<Dim>(drift, position, cell_size)) continue;
    const std::vector<std::size_t> near = cells.near(position);
    const bool known = std::any_of(near.begin(), near.end(), [&](std::size_t other) {
      return grid.difference(position, found[other].position).cwiseQuotient(box).norm() < 1e-10;
    });
    if (known) continue;
    cells.insert(position, found.size());
    found.push_back(classified<Dim>(drift, grid, position, cell_size));
  }
  if constexpr (Dim == 1) {
    std::vector<Point<1>> zeros;
    for (const CriticalPoint<1>& point : found) zeros.push_back(point.position);
    for (const CriticalPoint<1>& kink : find_kinks(drift, scan, zeros)) {
      if (!grid.contains(kink.position)) continue;
      cells.insert(kink.position, found.size());
      found.push_back(kink);
    }
  }
  found = distinct<Dim>(grid, cell_size, cells, found);
  sort_by_height(found);
  return found;
}

template <int Dim>
std::optional<CriticalPoint<Dim>> critical_point_near(const Drift& drift, const Grid<Dim>& grid, const Point<Dim>& x,
                                                      const Point<Dim>& reach) {
  const Point<Dim> box = extent(grid);
  for (const Point<Dim>& zero : find_zeros<Dim>(drift, grid, {x}, box, reach.cwiseQuotient(box).norm()))
    if (const Point<Dim> position = on_seam_or_wall<Dim>(grid, zero); grid.contains(position))
      return classified<Dim>(drift, grid, position, reach);
  return std::nullopt;
}

template std::vector<CriticalPoint<1>> find_critical_points(const Drift&, const Grid<1>&, Index);
template std::vector<CriticalPoint<2>> find_critical_points(const Drift&, const Grid<2>&, Index);
template std::optional<CriticalPoint<1>> critical_point_near(const Drift&, const Grid<1>&, const Point<1>&,
                                                             const Point<1>&);
template std::optional<CriticalPoint<2>> critical_point_near(const Drift&, const Grid<2>&, const Point<2>&,
                                                             const Point<2>&);

}  // namespace valleyflux
