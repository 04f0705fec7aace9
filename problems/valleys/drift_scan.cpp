#include "problems/valleys/drift_scan.hpp"

#include "grids/first_failure.hpp"
#include "problems/expressions/breakpoints.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

/// Vertices a side at most: beyond that the scan is coarser than the grid.
template <int Dim>
constexpr Index most_scan_cells = Dim == 1 ? 65536 : 1024;

/// On the line vertices cost next to nothing, and a domain may be far larger than what it holds.
constexpr Index least_on_line = 16384;

/// Puts both sides of every place at which F switches (see breakpoints.hpp) among the vertices of a line, in place of
/// vertices that are close to it.
void add_switches(const Drift& drift, std::vector<double>& vertices) {
  if (drift.depends_on_time()) return;
  ExpressionGraph graph(1);
  const std::vector<GraphNode> force = drift.append_to(graph);
  const double low = vertices.front(), high = vertices.back();
  const std::vector<double> places = find_breakpoints(graph, force, low, high).places;
  if (places.empty()) return;
  constexpr double close = 1e-3;  // of a cell
  const double room = close * (high - low) / static_cast<double>(vertices.size() - 1);
  const auto near_switch = [&](double x) {
    const auto next = std::lower_bound(places.begin(), places.end(), x - room);
    return next != places.end() && *next < x + room;
  };
  std::erase_if(vertices, [&](double x) { return x > low && x < high && near_switch(x); });
  for (const double place : places) vertices.insert(vertices.end(), {place, std::nextafter(place, high)});
  std::sort(vertices.begin(), vertices.end());
  vertices.erase(std::unique(vertices.begin(), vertices.end()), vertices.end());
}

/// Whether every component of F changes sign (or vanishes) over the corners of a cell. Cells on which F vanishes
/// altogether belong to a plateau and hold no isolated zero.
template <int Dim>
bool signs_change(const DriftScan<Dim>& scan, const Offset<Dim>& at) {
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
bool force_is_locally_smallest(const DriftScan<Dim>& scan, const Offset<Dim>& at) {
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

}  // namespace

template <int Dim>
DriftScan<Dim> scan_drift(const Drift& drift, const Grid<Dim>& grid, Index scan_cells) {
  DriftScan<Dim> result;
  Index total = 1;
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid.axis(k);
    Index cells = std::max(Dim == 1 ? least_on_line : scan_cells, std::min(axis.cells(), most_scan_cells<Dim>));
    auto& positions = result.vertices[static_cast<std::size_t>(k)];
    positions.resize(static_cast<std::size_t>(cells) + 1);
    const double ratio = static_cast<double>(axis.cells()) / static_cast<double>(cells);
    for (Index i = 0; i <= cells; ++i)
      positions[static_cast<std::size_t>(i)] = axis.position(axis.lattice(static_cast<double>(i) * ratio - 0.5));
    positions.front() = axis.min();
    positions.back() = axis.max();
    if (Dim == 1) add_switches(drift, positions);
    cells = std::ssize(positions) - 1;
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

template <int Dim>
std::vector<Point<Dim>> zero_candidates(const Drift& drift, const DriftScan<Dim>& scan) {
  std::vector<Point<Dim>> starts;
  Index vertices = 1;
  for (const Index cells : scan.cells) vertices *= cells + 1;
  for (Index index = 0; index < vertices; ++index) {
    Offset<Dim> at;
    Index rest = index;
    bool cell = true;  // whether the vertex is the lower corner of a cell
    for (int k = 0; k < Dim; ++k) {
      const Index cells = scan.cells[static_cast<std::size_t>(k)];
      at[k] = static_cast<int>(rest % (cells + 1));
      cell = cell && at[k] < cells;
      rest /= cells + 1;
    }
    if (force_is_locally_smallest<Dim>(scan, at)) starts.push_back(scan.position(at));
    if (!cell || !signs_change<Dim>(scan, at)) continue;
    const Point<Dim> low = scan.position(at), high = scan.position(at + Offset<Dim>::Ones());
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
  return starts;
}

template DriftScan<1> scan_drift(const Drift&, const Grid<1>&, Index);
template DriftScan<2> scan_drift(const Drift&, const Grid<2>&, Index);
template std::vector<Point<1>> zero_candidates(const Drift&, const DriftScan<1>&);
template std::vector<Point<2>> zero_candidates(const Drift&, const DriftScan<2>&);

}  // namespace valleyflux
