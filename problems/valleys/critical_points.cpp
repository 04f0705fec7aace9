#include "problems/valleys/critical_points.hpp"

#include "grids/dense_algebra.hpp"
#include "grids/first_failure.hpp"
#include "problems/valleys/eigen_decomposition.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <optional>
#include <set>

namespace valleyflux {

namespace {

/// Vertices a side at most: beyond that the scan is coarser than the grid.
template <int Dim>
constexpr Index most_scan_cells = Dim == 1 ? 65536 : 1024;

/// On the line vertices cost next to nothing, and a domain may be far larger than what it holds.
constexpr Index least_on_line = 16384;

/// F sampled at the vertices of a lattice of cells over the box.
template <int Dim>
struct Scan {
  std::array<Index, Dim> cells{};
  std::array<std::vector<double>, Dim> vertices;  // cells + 1 positions an axis
  Eigen::MatrixXd force;                          // Dim x vertices, first axis fastest

  Index vertex(const Offset<Dim>& at) const {
    Index index = 0;
    for (int k = Dim - 1; k >= 0; --k) index = index * (cells[static_cast<std::size_t>(k)] + 1) + at[k];
    return index;
  }
  Point<Dim> position(const Offset<Dim>& at) const {
    Point<Dim> x;
    for (int k = 0; k < Dim; ++k) x[k] = vertices[static_cast<std::size_t>(k)][static_cast<std::size_t>(at[k])];
    return x;
  }
};

template <int Dim>
Scan<Dim> scan(const Drift& drift, const Grid<Dim>& grid, Index scan_cells) {
  Scan<Dim> result;
  Index total = 1;
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid.axis(k);
    const Index cells = std::max(Dim == 1 ? least_on_line : scan_cells, std::min(axis.cells(), most_scan_cells<Dim>));
    auto& positions = result.vertices[static_cast<std::size_t>(k)];
    positions.resize(static_cast<std::size_t>(cells) + 1);
    const double ratio = static_cast<double>(axis.cells()) / static_cast<double>(cells);
    for (Index i = 0; i <= cells; ++i)
      positions[static_cast<std::size_t>(i)] = axis.position(axis.lattice(static_cast<double>(i) * ratio - 0.5));
    positions.front() = axis.min();
    positions.back() = axis.max();
    result.cells[static_cast<std::size_t>(k)] = cells;
    total *= cells + 1;
  }
  result.force.resize(Dim, total);
  const Index row = result.cells[0] + 1;
  FirstFailure failure;
#pragma omp parallel for schedule(static)
  for (Index first = 0; first < total; first += row)
    failure.guard([&] {
      Eigen::MatrixXd points(Dim, row), value;
      for (Index i = 0; i < row; ++i) {
        Index rest = first + i;
        for (int k = 0; k < Dim; ++k) {
          const auto axis = static_cast<std::size_t>(k);
          points(k, i) = result.vertices[axis][static_cast<std::size_t>(rest % (result.cells[axis] + 1))];
          rest /= result.cells[axis] + 1;
        }
      }
      drift.sample(points, value);
      result.force.middleCols(first, row) = value;
    });
  failure.rethrow();
  return result;
}

/// Whether every component of F changes sign (or vanishes) over the corners of a cell. Cells on which F vanishes
/// altogether belong to a plateau and hold no isolated zero.
template <int Dim>
bool signs_change(const Scan<Dim>& scan, const Offset<Dim>& at) {
  Point<Dim> low = Point<Dim>::Constant(std::numeric_limits<double>::infinity());
  Point<Dim> high = -low;
  for (int corner = 0; corner < (1 << Dim); ++corner) {
    Offset<Dim> vertex = at;
    for (int k = 0; k < Dim; ++k) vertex[k] += (corner >> k) & 1;
    const Point<Dim> force = scan.force.col(scan.vertex(vertex));
    if (!force.allFinite()) return false;
    low = low.cwiseMin(force);
    high = high.cwiseMax(force);
  }
  return (low.array() <= 0).all() && (high.array() >= 0).all() && !(low.isZero(0) && high.isZero(0));
}

template <int Dim>
bool force_is_locally_smallest(const Scan<Dim>& scan, const Offset<Dim>& at) {
  const double here = scan.force.col(scan.vertex(at)).squaredNorm();
  if (!std::isfinite(here)) return false;
  for (int k = 0; k < Dim; ++k)
    for (const int side : {-1, 1}) {
      Offset<Dim> next = at;
      next[k] += side;
      if (next[k] < 0 || next[k] > scan.cells[static_cast<std::size_t>(k)]) continue;
      const double there = scan.force.col(scan.vertex(next)).squaredNorm();
      if (side < 0 ? !(here < there) : !(here <= there)) return false;  // one of two equals
    }
  return true;
}

template <int Dim>
using Points = Eigen::Matrix<double, Dim, Eigen::Dynamic>;

/// One damped Newton iteration for F = 0, lengths measured in units of the box along each axis.
template <int Dim>
struct Search {
  Point<Dim> start, x, trial;
  Point<Dim> step = Point<Dim>::Zero();  // from x, before damping
  double residual = std::numeric_limits<double>::infinity();
  double length = 0.0, fraction = 1.0;
  bool solves = false;  // whether the step solves the linearised equation: there may be no such step
};

/// Zeros that Newton's method finds from `starts`; `reach`: the longest step. A search ends when full steps have become
/// round-off, and finds nothing if they do not or if it leaves the neighbourhood of its start.
template <int Dim>
std::vector<Point<Dim>> newton(const Drift& drift, const Grid<Dim>& grid, const std::vector<Point<Dim>>& starts,
                               const Point<Dim>& box, double reach) {
  constexpr int most_trials = 400;
  constexpr double least_fraction = 1e-4, small_step = 1e-10, round_off = 1e-16;
  std::vector<Point<Dim>> zeros;
  std::vector<Search<Dim>> searches;
  for (const Point<Dim>& start : starts) searches.push_back({start, start, start});
  Points<Dim> points;
  Eigen::MatrixXd forces, jacobians;
  for (int trial = 0; trial < most_trials && !searches.empty(); ++trial) {
    points.resize(Dim, static_cast<Index>(searches.size()));
    for (Index n = 0; n < points.cols(); ++n)
      points.col(n) = grid.wrapped_point(searches[static_cast<std::size_t>(n)].trial);
    drift.sample(points, forces, &jacobians);
    std::vector<Search<Dim>> going_on;
    for (Index n = 0; n < points.cols(); ++n) {
      Search<Dim> search = searches[static_cast<std::size_t>(n)];
      const Point<Dim> force = forces.col(n).cwiseProduct(box);
      const Tensor<Dim> jacobian = box.asDiagonal() * jacobians.col(n).reshaped(Dim, Dim) * box.asDiagonal();
      const double residual = force.norm();
      if (jacobian.allFinite() && residual < search.residual) {
        search.x = search.trial;
        search.residual = residual;
        if (residual == 0.0 || (search.solves && search.length <= round_off)) {
          zeros.push_back(search.x);
          continue;
        }
        if ((search.x - search.start).cwiseQuotient(box).norm() > 4.0 * reach) continue;  // other starts are nearer
        search.step = -solve_singular(jacobian, force);
        search.length = search.step.norm();
        search.solves = (jacobian * search.step + force).norm() <= 1e-6 * residual;
        // Next to a degenerate zero the equation turns singular before the steps become round-off; the force is by
        // then.
        constexpr double no_force = 1e-14;
        if (!search.solves && residual <= no_force * jacobian.norm()) {
          zeros.push_back(search.x);
          continue;
        }
        if (!(search.length > 0)) continue;
        search.fraction = std::min(1.0, reach / search.length);
      } else {
        search.fraction *= 0.5;
        if (search.fraction < least_fraction * std::min(1.0, reach / search.length)) {
          if (search.solves && search.length <= small_step) zeros.push_back(search.x);
          continue;
        }
      }
      search.trial = search.x + search.fraction * search.step.cwiseProduct(box);
      going_on.push_back(search);
    }
    searches = std::move(going_on);
  }
  return zeros;
}

/// The zero of a sign change on the line, by bisection as far as doubles go.
double bisected(const Drift& drift, double low, double high) {
  Eigen::MatrixXd force;
  const auto at = [&](double x) {
    drift.sample(Point<1>(x), force);
    return force(0, 0);
  };
  const bool positive = at(low) > 0;
  for (int halving = 0; halving < 60; ++halving) {
    const double middle = 0.5 * (low + high), value = at(middle);
    if (!(std::abs(value) > 0)) return middle;
    ((value > 0) == positive ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

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
  if (point.degenerate) point.index = surrounded ? 0 : std::max(point.index, 1);
  return point;
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
    for (int n = 0; n < (Dim == 1 ? width : width * width); ++n) {
      Point<Dim> there = position;
      there[0] += (n % width - reach) * scan_cell_[0];
      if constexpr (Dim > 1) there[1] += (n / width - reach) * scan_cell_[1];
      cells.insert(cell(grid_.wrapped_point(there)));
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
    return result;
  }

  const Grid<Dim>& grid_;
  Point<Dim> scan_cell_;
  std::map<std::array<Index, Dim>, std::vector<std::size_t>> cells_;
};

/// Keeps one point of every group: regular ones that agree to round-off, and degenerate ones within a scan cell of
/// each other (rings and plateaus of zeros count once). cells: those that the points lie in, by their indices.
template <int Dim>
std::vector<CriticalPoint<Dim>> distinct(const Grid<Dim>& grid, const Point<Dim>& scan_cell,
                                         const PointsByCell<Dim>& cells,
                                         const std::vector<CriticalPoint<Dim>>& points) {
  const auto same = [&](const CriticalPoint<Dim>& a, const CriticalPoint<Dim>& b) {
    const double distance = grid.difference(a.position, b.position).cwiseQuotient(scan_cell).norm();
    return distance < 1e-7 || (a.degenerate && b.degenerate && distance < 1.5);
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
  const Scan<Dim> field = scan<Dim>(drift, grid, scan_cells);
  const Point<Dim> box = extent(grid);
  Point<Dim> cell_size;
  for (int k = 0; k < Dim; ++k) cell_size[k] = box[k] / static_cast<double>(field.cells[static_cast<std::size_t>(k)]);

  std::vector<Point<Dim>> starts;
  Index vertices = 1;
  for (const Index cells : field.cells) vertices *= cells + 1;
  for (Index index = 0; index < vertices; ++index) {
    Offset<Dim> at;
    Index rest = index;
    bool cell = true;  // whether the vertex is the lower corner of a cell
    for (int k = 0; k < Dim; ++k) {
      const Index cells = field.cells[static_cast<std::size_t>(k)];
      at[k] = static_cast<int>(rest % (cells + 1));
      cell = cell && at[k] < cells;
      rest /= cells + 1;
    }
    if (force_is_locally_smallest<Dim>(field, at)) starts.push_back(field.position(at));
    if (!cell || !signs_change<Dim>(field, at)) continue;
    const Point<Dim> low = field.position(at), high = field.position(at + Offset<Dim>::Ones());
    if constexpr (Dim == 1) {
      starts.push_back(Point<1>(bisected(drift, low[0], high[0])));
    } else {
      // Several starts: a cell may hold more than one zero.
      starts.push_back(0.5 * (low + high));
      for (int corner = 0; corner < (1 << Dim); ++corner) {
        Point<Dim> x = low;
        for (int k = 0; k < Dim; ++k)
          if ((corner >> k) & 1) x[k] = high[k];
        starts.push_back(x);
      }
    }
  }

  std::vector<CriticalPoint<Dim>> found;
  PointsByCell<Dim> cells(grid, cell_size);
  for (const Point<Dim>& zero : newton<Dim>(drift, grid, starts, box, 4.0 * cell_size.cwiseQuotient(box).norm())) {
    const Point<Dim> position = on_seam_or_wall<Dim>(grid, zero);
    if (!grid.contains(position)) continue;
    const std::vector<std::size_t> near = cells.near(position);
    const bool known = std::any_of(near.begin(), near.end(), [&](std::size_t other) {
      return grid.difference(position, found[other].position).cwiseQuotient(box).norm() < 1e-10;
    });
    if (known) continue;
    cells.insert(position, found.size());
    found.push_back(classified<Dim>(drift, grid, position, cell_size));
  }
  found = distinct<Dim>(grid, cell_size, cells, found);
  sort_by_height(found);
  return found;
}

template <int Dim>
std::optional<CriticalPoint<Dim>> critical_point_near(const Drift& drift, const Grid<Dim>& grid, const Point<Dim>& x,
                                                      const Point<Dim>& reach) {
  const Point<Dim> box = extent(grid);
  for (const Point<Dim>& zero : newton<Dim>(drift, grid, {x}, box, reach.cwiseQuotient(box).norm()))
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
