#include "problems/landscapes/table_extension.hpp"

#include <Eigen/SparseCholesky>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <stdexcept>

namespace valleyflux {

namespace {

/// Points up to this far off take part in the smooth continuation: what lies beyond weighs less than 1e-4 in a spline.
constexpr int band = 8;

/// The table's points as a lattice of one or two axes.
class Lattice {
 public:
  explicit Lattice(const TabulatedValues& table) : axes_(table.axes) {}

  Index columns() const { return axes_[0].points; }
  Index rows() const { return axes_.size() == 2 ? axes_[1].points : 1; }
  /// The point i to the right and j up; nothing beyond an end.
  std::optional<Index> point(Index i, Index j) const {
    const auto x = along(0, i), y = axes_.size() == 2 ? along(1, j) : std::optional(j);
    if (!x || !y || *y < 0 || *y >= rows()) return std::nullopt;
    return *x + columns() * *y;
  }

 private:
  std::optional<Index> along(std::size_t axis, Index i) const {
    const Index points = axes_[axis].points;
    if (axes_[axis].periodic) return (i % points + points) % points;
    if (i < 0 || i >= points) return std::nullopt;
    return i;
  }
  const std::vector<TabulatedValues::Axis>& axes_;
};

/// Steps to the nearest point that holds a value, and the values of the nearest where there are none.
std::vector<int> spread_from_data(const Lattice& lattice, const std::vector<char>& held, Eigen::VectorXd& values) {
  std::vector<int> distance(held.size(), -1);
  std::vector<Index> layer;
  for (std::size_t p = 0; p < held.size(); ++p)
    if (held[p]) {
      distance[p] = 0;
      layer.push_back(static_cast<Index>(p));
    }
  for (int steps = 1; !layer.empty(); ++steps) {
    std::vector<Index> next;
    for (const Index p : layer)
      for (const auto& [di, dj] : {std::pair{1, 0}, std::pair{-1, 0}, std::pair{0, 1}, std::pair{0, -1}}) {
        const auto other = lattice.point(p % lattice.columns() + di, p / lattice.columns() + dj);
        if (!other || distance[static_cast<std::size_t>(*other)] >= 0) continue;
        distance[static_cast<std::size_t>(*other)] = steps;
        values[*other] = values[p];
        next.push_back(*other);
      }
    layer = std::move(next);
  }
  return distance;
}

/// Whether x lies in an interval or rectangle of the table, sides included, all of whose corners hold a value.
bool lies_between_held(const std::vector<TabulatedValues::Axis>& axes, const std::vector<char>& held,
                       const Eigen::Ref<const Eigen::VectorXd>& x) {
  constexpr double on_side = 1e-9;
  const auto intervals = [&](std::size_t k) {  // one, or two where x is at a point between them
    const TabulatedValues::Axis& axis = axes[k];
    const double s = (x[static_cast<Index>(k)] - axis.first) / axis.spacing;
    std::vector<Index> found;
    for (const double at : {s - on_side, s + on_side}) {
      auto interval = static_cast<Index>(std::floor(at));
      if (axis.periodic) interval = (interval % axis.points + axis.points) % axis.points;
      if (axis.periodic || (interval >= 0 && interval + 1 < axis.points)) found.push_back(interval);
    }
    return found;
  };
  const auto next = [&](std::size_t k, Index n) { return n + 1 < axes[k].points ? n + 1 : 0; };
  const std::vector<Index> rows = axes.size() == 2 ? intervals(1) : std::vector<Index>{0};
  for (const Index i : intervals(0))
    for (const Index j : rows) {
      bool all = true;
      for (const Index column : {i, next(0, i)})
        for (const Index row : {j, axes.size() == 2 ? next(1, j) : j})
          all = all && held[static_cast<std::size_t>(column + axes[0].points * row)];
      if (all) return true;
    }
  return false;
}

}  // namespace

LandscapeDomain domain_of(const std::vector<TabulatedValues::Axis>& axes, const std::vector<char>& held) {
  LandscapeDomain domain;
  for (const auto& axis : axes) domain.axes.push_back({axis.first, axis.last(), axis.periodic});
  if (!held.empty())
    domain.holds = [axes, held](const Eigen::Ref<const Eigen::VectorXd>& x) {
      return lies_between_held(axes, held, x);
    };
  return domain;
}

void hold_nearest_values(TabulatedValues& table, const std::vector<char>& held) {
  spread_from_data(Lattice(table), held, table.values);
}

std::vector<char> held_points(const TabulatedValues& table) {
  std::vector<char> held(static_cast<std::size_t>(table.values.size()));
  for (Index p = 0; p < table.values.size(); ++p) held[static_cast<std::size_t>(p)] = std::isfinite(table.values[p]);
  return held;
}

void extend_beyond_data(TabulatedValues& table, const std::vector<char>& held) {
  const Lattice lattice(table);
  const std::vector<int> distance = spread_from_data(lattice, held, table.values);
  std::vector<Index> unknown_of(held.size(), -1), points;
  for (std::size_t p = 0; p < held.size(); ++p)
    if (distance[p] > 0 && distance[p] <= band) {
      unknown_of[p] = static_cast<Index>(points.size());
      points.push_back(static_cast<Index>(p));
    }
  if (points.empty()) return;
  const auto n = static_cast<Index>(points.size());
  // All third differences, weighted as in the energy of third derivatives that no rotation changes: parabolas go on.
  struct Term {
    int i, j;
    double weight;
  };
  const double mixed = std::sqrt(3.0);
  const std::array<std::vector<Term>, 4> stencils{
      {{{-1, 0, -1.0}, {0, 0, 3.0}, {1, 0, -3.0}, {2, 0, 1.0}},
       {{0, -1, -1.0}, {0, 0, 3.0}, {0, 1, -3.0}, {0, 2, 1.0}},
       {{-1, 0, -mixed}, {0, 0, 2 * mixed}, {1, 0, -mixed}, {-1, 1, mixed}, {0, 1, -2 * mixed}, {1, 1, mixed}},
       {{0, -1, -mixed}, {0, 0, 2 * mixed}, {0, 1, -mixed}, {1, -1, mixed}, {1, 0, -2 * mixed}, {1, 1, mixed}}}};
  std::vector<Eigen::Triplet<double>> entries;
  Eigen::VectorXd right = Eigen::VectorXd::Zero(n);
  for (Index row = 0; row < lattice.rows(); ++row)
    for (Index column = 0; column < lattice.columns(); ++column)
      for (const std::vector<Term>& stencil : stencils) {
        std::vector<std::pair<Index, double>> unknown;
        double known = 0.0;
        bool whole = true;
        for (const Term& term : stencil) {
          const auto p = lattice.point(column + term.i, row + term.j);
          whole = whole && p && distance[static_cast<std::size_t>(*p)] <= band;
          if (!whole) break;
          if (const Index u = unknown_of[static_cast<std::size_t>(*p)]; u >= 0)
            unknown.emplace_back(u, term.weight);
          else
            known += term.weight * table.values[*p];
        }
        if (!whole) continue;
        for (const auto& [a, weight] : unknown) {
          right[a] -= weight * known;
          for (const auto& [b, other] : unknown) entries.emplace_back(a, b, weight * other);
        }
      }
  // Of a corner that too few differences hold, the nearest value decides.
  constexpr double weak = 1e-9;
  for (Index u = 0; u < n; ++u) {
    entries.emplace_back(u, u, weak);
    right[u] += weak * table.values[points[static_cast<std::size_t>(u)]];
  }
  Eigen::SparseMatrix<double> matrix(n, n);
  matrix.setFromTriplets(entries.begin(), entries.end());
  const Eigen::VectorXd smooth = Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>>(matrix).solve(right);
  for (Index u = 0; u < n; ++u) table.values[points[static_cast<std::size_t>(u)]] = smooth[u];
}

std::vector<char> fill_missing(TabulatedValues& table, void (*fill)(TabulatedValues&, const std::vector<char>&)) {
  std::vector<char> held = held_points(table);
  if (std::find(held.begin(), held.end(), 1) == held.end())
    throw std::invalid_argument("a table to be interpolated must hold finite values");
  if (std::find(held.begin(), held.end(), 0) == held.end()) return {};
  fill(table, held);
  return held;
}

}  // namespace valleyflux
