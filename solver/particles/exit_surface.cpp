#include "solver/particles/exit_surface.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace valleyflux {

namespace {

/// A straight piece of the surface.
struct Piece {
  Point<2> start, end;
};

template <int Dim>
Point<Dim> position_of(const Grid<Dim>& grid, const Offset<Dim>& at, const Offset<Dim>& step, double fraction) {
  return grid.position(at.template cast<double>() + fraction * step.template cast<double>());
}

/// Where the surface crosses the edge between two neighbouring centres, `at` and `at` + `step`, of which one lies in
/// the target. Beyond a periodic end positions go on.
template <int Dim>
Point<Dim> crossing(const Grid<Dim>& grid, const Region<Dim>& target, const Offset<Dim>& at, const Offset<Dim>& step,
                    bool first_inside) {
  const Point<Dim> from = at.template cast<double>(), to = from + step.template cast<double>();
  const double fraction = first_inside ? 1.0 - target.crossing(grid, to, from) : target.crossing(grid, from, to);
  return position_of<Dim>(grid, at, step, fraction);
}

/// The target on the line, and its images beyond periodic ends.
std::vector<Interval> intervals_of(const Grid<1>& grid, const Region<1>& target, const std::vector<char>& inside) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Axis& axis = grid.axis(0);
  const Offset<1> step = Offset<1>::Unit(0);
  std::vector<Interval> intervals;
  if (inside.front()) intervals.push_back({-infinity, infinity});
  for (Index cell = 0; cell < grid.cells(); ++cell) {
    const Offset<1> at = grid.coordinates(cell);
    const auto next = grid.wrapped(at + step);
    if (!next) continue;
    const bool here = inside[static_cast<std::size_t>(cell)], there = inside[static_cast<std::size_t>(*next)];
    if (here == there) continue;
    const double x = crossing<1>(grid, target, at, step, here)[0];
    if (there)
      intervals.push_back({x, infinity});
    else
      intervals.back().high = x;
  }
  if (axis.lower() == Boundary::absorbing) intervals.push_back({-infinity, axis.min()});
  if (axis.upper() == Boundary::absorbing) intervals.push_back({axis.max(), infinity});
  if (!axis.periodic() || intervals.empty()) return intervals;
  const double length = axis.max() - axis.min();
  if (inside.front() && intervals.size() > 1) {  // it goes on behind the end
    intervals.front().low = intervals.back().low - length;
    intervals.pop_back();
  }
  for (const Interval interval : std::vector(intervals))
    for (const double away : {-length, length}) intervals.push_back({interval.low + away, interval.high + away});
  return intervals;
}

/// Marching squares between four neighbouring centres.
std::vector<Piece> pieces_of(const Grid<2>& grid, const Region<2>& target, const std::vector<char>& inside) {
  std::vector<Piece> pieces;
  const Offset<2> corners[4] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
  for (Index cell = 0; cell < grid.cells(); ++cell) {
    const Offset<2> at = grid.coordinates(cell);
    bool in[4];
    bool whole = true;
    for (int k = 0; k < 4 && whole; ++k) {
      const auto corner = grid.wrapped(at + corners[k]);
      whole = corner.has_value();
      if (whole) in[k] = inside[static_cast<std::size_t>(*corner)];
    }
    if (!whole) continue;
    std::vector<Point<2>> crossings;  // around the square
    for (int k = 0; k < 4; ++k) {
      const int next = (k + 1) % 4;
      if (in[k] == in[next]) continue;
      const bool upwards = (corners[next] - corners[k]).sum() > 0;
      const int low = upwards ? k : next, high = upwards ? next : k;
      crossings.push_back(crossing<2>(grid, target, at + corners[low], corners[high] - corners[low], in[low]));
    }
    // Four crossings (a saddle of the distance): each corner in the target is cut off by itself.
    if (crossings.size() == 4 && in[0]) std::rotate(crossings.begin(), crossings.begin() + 3, crossings.end());
    for (std::size_t k = 0; k + 1 < crossings.size(); k += 2) pieces.push_back({crossings[k], crossings[k + 1]});
  }
  return pieces;
}

double distance_to(const Piece& piece, const Point<2>& x) {
  const Point<2> along = piece.end - piece.start, offset = x - piece.start;
  const double length = along.squaredNorm();
  const double t = length > 0 ? std::clamp(offset.dot(along) / length, 0.0, 1.0) : 0.0;
  return (offset - t * along).norm();
}

/// Signed distances of the centres to the surface, as far as they are known.
void measure(const Grid<2>& grid, const Region<2>& target, const std::vector<char>& inside, double reach,
             Eigen::VectorXd& distances) {
  // Nodes one cell beyond the reach as well: they take part in interpolations within it.
  double widest = 0.0;
  for (int k = 0; k < 2; ++k)
    for (const Index cell : {Index{0}, grid.axis(k).cells() - 1}) widest = std::max(widest, grid.axis(k).size(cell));
  // More than that saves asking: see how far first_exits comes without.
  constexpr double spare = 64.0;  // cells
  const double known = reach + spare * widest;
  distances.setConstant(known);
  for (const Piece& piece : pieces_of(grid, target, inside)) {
    // Cells within the known distance of the piece, in every direction.
    Offset<2> low, high;
    for (int k = 0; k < 2; ++k) {
      const Axis& axis = grid.axis(k);
      low[k] = static_cast<int>(std::floor(axis.cell_coordinate(std::min(piece.start[k], piece.end[k]) - known)));
      high[k] = static_cast<int>(std::ceil(axis.cell_coordinate(std::max(piece.start[k], piece.end[k]) + known)));
      if (axis.periodic()) continue;
      low[k] = std::max(low[k], 0);
      high[k] = std::min(high[k], static_cast<int>(axis.cells()) - 1);
    }
    Offset<2> at = low;
    while (at[1] <= high[1]) {
      double& nearest = distances[*grid.wrapped(at)];
      nearest = std::min(nearest, distance_to(piece, position_of<2>(grid, at, Offset<2>::Zero(), 0.0)));
      for (int k = 0; k < 2; ++k) {
        if (++at[k] <= high[k] || k == 1) break;
        at[k] = low[k];
      }
    }
  }
  for (Index cell = 0; cell < grid.cells(); ++cell)
    if (inside[static_cast<std::size_t>(cell)]) distances[cell] = -distances[cell];
}

}  // namespace

void normalise(std::vector<double>& vector) {
  double squares = 0.0;
  for (const double component : vector) squares += component * component;
  for (double& component : vector) component = squares > 0 ? component / std::sqrt(squares) : 0.0;
}

template <int Dim>
GridExitSurface<Dim>::GridExitSurface(const Grid<Dim>& domain, const Region<Dim>& target, double reach)
    : ExitSurface(reach), distance_(domain.box(), Eigen::VectorXd::Zero(domain.cells())) {
  // Beyond the domain's own walls, which reflect, nothing is arrived at.
  const std::vector<char> inside = target.cells(domain);
  if constexpr (Dim == 1)
    intervals_ = intervals_of(distance_.grid(), target, inside);
  else
    measure(distance_.grid(), target, inside, reach, distance_.values());
}

template <int Dim>
double GridExitSurface<Dim>::distance(const Point<Dim>& x) const {
  if constexpr (Dim == 1) {
    double distance;
    distances_to(intervals_, x.data(), &distance, 1);
    return distance;
  }
  double distance = distance_(x);
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = distance_.grid().axis(k);
    if (axis.lower() == Boundary::absorbing) distance = std::min(distance, x[k] - axis.min());
    if (axis.upper() == Boundary::absorbing) distance = std::min(distance, axis.max() - x[k]);
  }
  return distance;
}

template <int Dim>
Point<Dim> GridExitSurface<Dim>::normal(const Point<Dim>& x) const {
  Point<Dim> slope;
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = distance_.grid().axis(k);
    const double h = 0.25 * axis.size(std::clamp<Index>(std::lround(axis.cell_coordinate(x[k])), 0, axis.cells() - 1));
    Point<Dim> up = x, down = x;
    up[k] += h;
    down[k] -= h;
    slope[k] = distance(distance_.grid().wrapped_point(up)) - distance(distance_.grid().wrapped_point(down));
    slope[k] /= 2.0 * h;
  }
  const double length = slope.norm();
  return length > 0 ? Point<Dim>(slope / length) : Point<Dim>(Point<Dim>::Unit(0));
}

template <int Dim>
std::vector<double> GridExitSurface<Dim>::normal(const std::vector<double>& x) const {
  const Point<Dim> n = normal(Point<Dim>(x.data()));
  return {n.data(), n.data() + Dim};
}

template <int Dim>
bool GridExitSurface<Dim>::distances(const double* x, double* distance, double* away, std::ptrdiff_t count,
                                     std::ptrdiff_t /*stride*/) const {
  if (Dim > 1) return false;
  distances_to(intervals_, x, distance, count);
  if (away) std::fill_n(away, count, 1.0);
  return true;
}

template class GridExitSurface<1>;
template class GridExitSurface<2>;

}  // namespace valleyflux
