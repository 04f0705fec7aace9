#include "problems/critical_points.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

namespace valleyflux {

namespace {

/// Vertices a side at most: beyond that the scan is coarser than the grid.
template <int Dim>
constexpr Index most_scan_cells = Dim == 1 ? 65536 : 1024;

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
    const Index cells = std::max(scan_cells, std::min(axis.cells(), most_scan_cells<Dim>));
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
#pragma omp parallel for schedule(static)
  for (Index first = 0; first < total; first += row) {
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
  }
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

/// F and its Jacobian at single points.
template <int Dim>
class PointSampler {
 public:
  explicit PointSampler(const Drift& drift) : drift_(drift), point_(Dim, 1) {}

  bool sample(const Point<Dim>& x) {
    point_.col(0) = x;
    drift_.sample(point_, value_, &jacobian_);
    return value_.allFinite() && jacobian_.allFinite();
  }
  Point<Dim> force() const { return value_.col(0); }
  Tensor<Dim> jacobian() const { return Eigen::Map<const Tensor<Dim>>(jacobian_.data()); }

 private:
  const Drift& drift_;
  Eigen::MatrixXd point_, value_, jacobian_;
};

/// Damped Newton iteration for F = 0, lengths measured in units of `box` along each axis; `reach`: the longest step.
/// Ends when full steps have become round-off; nothing if they do not.
template <int Dim>
std::optional<Point<Dim>> newton(PointSampler<Dim>& sampler, const Grid<Dim>& grid, const Point<Dim>& start,
                                 const Point<Dim>& box, double reach) {
  Point<Dim> x = start;
  if (!sampler.sample(grid.wrapped_point(x))) return std::nullopt;
  const auto residual = [&] { return sampler.force().cwiseProduct(box).norm(); };
  for (int iteration = 0; iteration < 200; ++iteration) {
    const double norm = residual();
    if (norm == 0.0) return x;
    const Tensor<Dim> jacobian = box.asDiagonal() * sampler.jacobian() * box.asDiagonal();
    const Point<Dim> force = sampler.force().cwiseProduct(box);
    Point<Dim> step = -jacobian.fullPivLu().solve(force);
    // Where the Jacobian is singular there may be no such step.
    const bool solves = (jacobian * step + force).norm() <= 1e-6 * norm;
    const double length = step.norm();
    if (!(length > 0)) return std::nullopt;
    if (length > reach) step *= reach / length;
    double fraction = 1.0;
    bool improved = false;
    while (!improved && fraction > 1e-4) {
      const Point<Dim> next = x + fraction * step.cwiseProduct(box);
      improved = sampler.sample(grid.wrapped_point(next)) && residual() < norm;
      if (improved) x = next;
      else fraction *= 0.5;
    }
    if ((x - start).cwiseQuotient(box).norm() > 4.0 * reach) return std::nullopt;  // other starts are nearer
    if (!improved) return solves && length <= 1e-10 ? std::optional<Point<Dim>>(x) : std::nullopt;
    if (solves && length <= 1e-16) return x;
  }
  return std::nullopt;
}

/// The zero of a sign change on the line, by bisection as far as doubles go.
double bisected(PointSampler<1>& sampler, double low, double high) {
  sampler.sample(Point<1>(low));
  const bool positive = sampler.force()[0] > 0;
  for (int halving = 0; halving < 60; ++halving) {
    const double middle = 0.5 * (low + high);
    if (!sampler.sample(Point<1>(middle))) break;
    if (sampler.force()[0] == 0.0) return middle;
    ((sampler.force()[0] > 0) == positive ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

/// Eigenvalues of the Hessian (landscape) or real parts of those of minus the Jacobian (any drift).
template <int Dim>
Point<Dim> curvatures(const Tensor<Dim>& hessian, bool symmetric) {
  if (symmetric) return Eigen::SelfAdjointEigenSolver<Tensor<Dim>>(hessian).eigenvalues();
  return Eigen::EigenSolver<Tensor<Dim>>(hessian, false).eigenvalues().real();
}

/// Points at the distances `reach` (an axis each) around x.
template <int Dim>
std::vector<Point<Dim>> ring(const Point<Dim>& x, const Point<Dim>& reach) {
  std::vector<Point<Dim>> points;
  if constexpr (Dim == 1) {
    points = {x - reach, x + reach};
  } else {
    constexpr int directions = 16;
    for (int m = 0; m < directions; ++m) {
      const double angle = 2.0 * std::numbers::pi * m / directions;
      points.push_back(x + Point<Dim>(std::cos(angle) * reach[0], std::sin(angle) * reach[1]));
    }
  }
  return points;
}

template <int Dim>
CriticalPoint<Dim> classified(const Drift& drift, const Grid<Dim>& grid, const Point<Dim>& position,
                              const Point<Dim>& scan_cell) {
  CriticalPoint<Dim> point;
  point.position = position;
  PointSampler<Dim> sampler(drift);
  sampler.sample(position);
  point.hessian = -sampler.jacobian();
  const bool gradient = drift.landscape() != nullptr;
  const auto height = [&](const Point<Dim>& x) {
    FieldSamples samples;
    drift.landscape()->sample(x, 0, samples);
    return samples.value[0];
  };
  if (gradient) {
    point.hessian = 0.5 * (point.hessian + point.hessian.transpose().eval());
    point.height = height(position);
  }
  const Point<Dim> values = curvatures<Dim>(point.hessian, gradient);
  point.index = static_cast<int>((values.array() < 0).count());

  // A zero curvature is told from a small one by the curvatures a scan cell away.
  double typical = values.cwiseAbs().maxCoeff();
  bool surrounded = true;  // the flow comes in from all sides
  for (const Point<Dim>& near : ring<Dim>(position, scan_cell)) {
    const Point<Dim> inside = grid.wrapped_point(near);
    if (!grid.contains(inside) || !sampler.sample(inside)) continue;
    typical = std::max(typical, sampler.jacobian().norm());
    surrounded = surrounded && (gradient ? height(inside) > point.height : sampler.force().dot(near - position) < 0);
  }
  point.degenerate = values.cwiseAbs().minCoeff() <= 1e-6 * typical;
  if (point.degenerate) point.index = surrounded ? 0 : std::max(point.index, 1);
  return point;
}

/// Keeps one point of every group: regular ones that agree to round-off, and degenerate ones within a scan cell of
/// each other (rings and plateaus of zeros count once).
template <int Dim>
std::vector<CriticalPoint<Dim>> distinct(const Grid<Dim>& grid, const Point<Dim>& scan_cell,
                                         std::vector<CriticalPoint<Dim>> points) {
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
      for (std::size_t j = i + 1; j < points.size(); ++j)
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
    const auto last = std::find_if(
        first, points.end(), [&](const auto& point) { return point.height > first->height + tolerance; });
    std::sort(first, last, [](const auto& a, const auto& b) {
      return std::lexicographical_compare(a.position.begin(), a.position.end(), b.position.begin(), b.position.end());
    });
    first = last;
  }
}

}  // namespace

template <int Dim>
std::vector<CriticalPoint<Dim>> find_critical_points(const Drift& drift, const Grid<Dim>& grid, Index scan_cells) {
  const Scan<Dim> field = scan<Dim>(drift, grid, scan_cells);
  Point<Dim> cell_size, box;
  for (int k = 0; k < Dim; ++k) {
    box[k] = grid.axis(k).max() - grid.axis(k).min();
    cell_size[k] = box[k] / static_cast<double>(field.cells[static_cast<std::size_t>(k)]);
  }

  std::vector<Point<Dim>> starts;
  PointSampler<Dim> sampler(drift);
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
      starts.push_back(Point<1>(bisected(sampler, low[0], high[0])));
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
  for (const Point<Dim>& start : starts) {
    const double reach = 4.0 * cell_size.cwiseQuotient(box).norm();
    const std::optional<Point<Dim>> zero = newton<Dim>(sampler, grid, start, box, reach);
    if (!zero) continue;
    Point<Dim> position = grid.wrapped_point(*zero);
    for (int k = 0; k < Dim; ++k) {
      const Axis& axis = grid.axis(k);
      if (axis.periodic()) {
        if (axis.max() - position[k] < 1e-13 * box[k]) position[k] = axis.min();  // the seam, from below
      } else if (std::abs(position[k] - std::clamp(position[k], axis.min(), axis.max())) < 1e-13 * box[k]) {
        position[k] = std::clamp(position[k], axis.min(), axis.max());
      }
    }
    if (!grid.contains(position)) continue;
    const bool known = std::any_of(found.begin(), found.end(), [&](const CriticalPoint<Dim>& other) {
      return grid.difference(position, other.position).cwiseQuotient(box).norm() < 1e-10;
    });
    if (!known) found.push_back(classified<Dim>(drift, grid, position, cell_size));
  }
  found = distinct<Dim>(grid, cell_size, std::move(found));
  sort_by_height(found);
  return found;
}

template std::vector<CriticalPoint<1>> find_critical_points(const Drift&, const Grid<1>&, Index);
template std::vector<CriticalPoint<2>> find_critical_points(const Drift&, const Grid<2>&, Index);

}  // namespace valleyflux
