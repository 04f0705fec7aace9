#include "solver/discretisation/state_space.hpp"

#include "grids/first_failure.hpp"
#include "solver/discretisation/straight_way.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace valleyflux {

template <int Dim>
StateSpace<Dim>::StateSpace(Grid<Dim> grid) : grid_(std::move(grid)) {
  if (grid_.covers_box()) return;
  KeptCells kept;
  kept.states.assign(static_cast<std::size_t>(grid_.cells()), -1);
  for (Index cell = 0; cell < grid_.cells(); ++cell) {
    if (!grid_.holds(cell)) continue;
    kept.states[static_cast<std::size_t>(cell)] = static_cast<Index>(kept.cells.size());
    kept.cells.push_back(cell);
  }
  kept_ = std::make_shared<const KeptCells>(std::move(kept));
}

template <int Dim>
std::optional<Index> StateSpace<Dim>::linked(const Offset<Dim>& at, const Offset<Dim>& step) const {
  const auto cell = grid_.wrapped(at + step);
  if (!cell || !kept_) return cell;
  if (first_outside<Dim>(grid_, at, step) > 0) return std::nullopt;
  return of_cell(*cell);
}

template <int Dim>
StateSpace<Dim>::StateSpace(Grid<Dim> grid, std::vector<double> nodes, std::vector<EdgeCells> edge_cells,
                            NodeParts parts) requires(Dim == 1)
    : grid_(std::move(grid)) {
  if constexpr (Dim == 1) {  // Clang 14 looks into it for the plane as well
    const Axis& axis = grid_.axis(0);
    Nodes found{std::move(nodes),
                std::vector<Index>(static_cast<std::size_t>(axis.cells())),
                {},
                std::move(edge_cells),
                std::move(parts)};
    Index cell = 0;
    for (std::size_t node = 0; node < found.position.size(); ++node) {
      const double x = found.position[node];
      while (cell < axis.cells() && axis.centre(cell) < x) ++cell;
      if (cell < axis.cells() && axis.centre(cell) == x)
        found.cell_states[static_cast<std::size_t>(cell++)] = static_cast<Index>(node);
      else
        found.between.push_back(x);
    }
    nodes_ = std::make_shared<const Nodes>(std::move(found));
  }
}

template <int Dim>
Point<Dim> StateSpace<Dim>::position(Index state) const {
  return nodes_ ? Point<Dim>(Point<Dim>::Constant(nodes_->position[static_cast<std::size_t>(state)]))
                : grid_.centre(cell_of(state));
}

template <int Dim>
Eigen::MatrixXi StateSpace<Dim>::lattice() const {
  Eigen::MatrixXi at(Dim, states());
  if (nodes_)
    at.row(0) = Eigen::RowVectorXi::LinSpaced(static_cast<int>(states()), 0, static_cast<int>(states()) - 1);
  else
    for (Index state = 0; state < states(); ++state) at.col(state) = coordinates(state);
  return at;
}

template <int Dim>
Index StateSpace<Dim>::nearest(const Point<Dim>& x) const {
  if (!nodes_) {
    const Index state = of_cell(grid_.cell_containing(x));
    if (state >= 0) return state;
    // Beside a wall of the domain a point may lie in a cell whose centre does not.
    Index nearest = 0;
    for (Index other = 1; other < states(); ++other)
      if (grid_.difference(position(other), x).squaredNorm() < grid_.difference(position(nearest), x).squaredNorm())
        nearest = other;
    return nearest;
  }
  const double at = grid_.wrapped_point(x)[0];
  const std::vector<double>& nodes = nodes_->position;
  const Index n = states();
  const Index after = std::lower_bound(nodes.begin(), nodes.end(), at) - nodes.begin();
  const Index before = after > 0 ? after - 1 : grid_.axis(0).periodic() ? n - 1 : 0;
  const Index next = after < n ? after : grid_.axis(0).periodic() ? 0 : n - 1;
  const auto distance = [&](Index node) { return std::abs(grid_.difference(position(node), x)[0]); };
  return distance(before) <= distance(next) ? before : next;
}

template <int Dim>
std::vector<char> StateSpace<Dim>::inside(const Region<Dim>& region) const {
  if constexpr (Dim == 1) {
    if (!nodes_) return region.cells(grid_);
    std::vector<char> inside = inside_on_axis(region, grid_, nodes_->position, nodes_->between);
    const Axis& axis = grid_.axis(0);
    for (const double x : surfaces_on_axis(region, grid_, nodes_->between)) {
      const Index state = nearest(Point<1>(x));
      const double near = 2.0 * closeness * axis.size(grid_.cell_containing(Point<1>(x)));
      if (std::abs(grid_.difference(position(state), Point<1>(x))[0]) <= near)
        inside[static_cast<std::size_t>(state)] = 1;
    }
    return inside;
  } else {
    std::vector<char> inside = region.cells(grid_);
    if (!kept_) return inside;
    std::vector<char> of_states;
    for (const Index cell : kept_->cells) of_states.push_back(inside[static_cast<std::size_t>(cell)]);
    return of_states;
  }
}

template <int Dim>
std::vector<int> StateSpace<Dim>::labels(const std::vector<Region<Dim>>& regions) const {
  std::vector<int> label(static_cast<std::size_t>(states()), -1);
  for (std::size_t r = regions.size(); r-- > 0;) {
    const std::vector<char> member = inside(regions[r]);
    for (std::size_t state = 0; state < label.size(); ++state)
      if (member[state]) label[state] = static_cast<int>(r);
  }
  return label;
}

template <int Dim>
Eigen::VectorXd StateSpace<Dim>::at_cells(const Eigen::VectorXd& values) const {
  if (!nodes_ && !kept_) return values;
  constexpr double missing = std::numeric_limits<double>::quiet_NaN();
  Eigen::VectorXd field(grid_.cells());
  for (Index cell = 0; cell < grid_.cells(); ++cell) field[cell] = of_cell(cell) >= 0 ? values[of_cell(cell)] : missing;
  return field;
}

template <int Dim>
Eigen::VectorXd StateSpace<Dim>::cell_probabilities(const Eigen::VectorXd& probability) const {
  if (!nodes_ && !kept_) return probability;
  Eigen::VectorXd cells = Eigen::VectorXd::Zero(grid_.cells());
  if (nodes_) {
    const NodeParts& parts = nodes_->parts;
    const Index n = states(), edges = std::ssize(nodes_->edge_cells);
    for (Index edge = 0; edge < edges; ++edge) {
      const Index next = edge + 1 < n ? edge + 1 : 0;
      for (const Index k : {0, 1})
        cells[nodes_->edge_cells[static_cast<std::size_t>(edge)][static_cast<std::size_t>(k)]] +=
            parts(2 + k, edge) * probability[edge] + parts(k, next) * probability[next];
    }
    if (edges < n) {
      cells[0] += parts(1, 0) * probability[0];
      cells[grid_.cells() - 1] += parts(2, n - 1) * probability[n - 1];
    }
    return cells;
  }
  for (Index state = 0; state < states(); ++state) cells[cell_of(state)] = probability[state];
  return cells;
}

template <int Dim>
Eigen::VectorXd StateSpace<Dim>::from_cells(const Eigen::VectorXd& probability) const {
  if (kept_) return probability(kept_->cells);
  if (!nodes_) return probability;
  const Axis& axis = grid_.axis(0);
  const Index n = states();
  const auto x = [this](Index node) { return nodes_->position[static_cast<std::size_t>(node)]; };
  const double period = axis.max() - axis.min();
  const double seam = axis.periodic() ? 0.5 * (x(n - 1) + x(0) + period) : axis.max();
  Eigen::VectorXd result = Eigen::VectorXd::Zero(n);
  const auto take = [&](Index state, double low, double high) {
    low = std::max(low, axis.min());
    high = std::min(high, axis.max());
    if (!(low < high)) return;
    for (Index cell = grid_.cell_containing(Point<Dim>::Constant(low)); cell < axis.cells(); ++cell) {
      const double start = std::max(low, axis.edge(cell)), end = std::min(high, axis.edge(cell + 1));
      if (start >= high) break;
      if (end > start) result[state] += probability[cell] * ((end - start) / axis.size(cell));
    }
  };
  for (Index state = 0; state < n; ++state) {
    const double low = state > 0 ? 0.5 * (x(state - 1) + x(state)) : axis.periodic() ? seam - period : axis.min();
    const double high = state + 1 < n ? 0.5 * (x(state) + x(state + 1)) : seam;
    take(state, low, high);
    if (!axis.periodic()) continue;
    take(state, low + period, high + period);
    take(state, low - period, high - period);
  }
  return result;
}

template <int Dim>
Eigen::VectorXd StateSpace<Dim>::parts_in(const Region<Dim>& region, const std::vector<char>& inside) const {
  Eigen::VectorXd parts = Eigen::VectorXd::Zero(states());
  if constexpr (Dim == 1) {
    // Between two nodes a region holds all or nothing.
    const Axis& axis = grid_.axis(0);
    const Index n = states();
    const double period = axis.max() - axis.min();
    std::vector<double> middles;
    for (Index node = 0; node <= n; ++node) {
      const double before = node > 0          ? position(node - 1)[0]
                            : axis.periodic() ? position(n - 1)[0] - period
                                              : axis.min();
      const double after = node < n ? position(node)[0] : axis.periodic() ? position(0)[0] + period : axis.max();
      middles.push_back(grid_.wrapped_point(Point<1>(0.5 * (before + after)))[0]);
    }
    // The first and the last one are the same stretch of a ring, which may lie at its other end.
    std::vector<char> held = inside_on_axis(region, grid_, {middles.begin() + 1, middles.end() - 1}, nodes_->between);
    held.insert(held.begin(), static_cast<char>(region.contains(Point<1>(middles.front()))));
    held.push_back(static_cast<char>(region.contains(Point<1>(middles.back()))));
    for (Index node = 0; node < n; ++node)
      for (const Index side : {0, 1})
        if (held[static_cast<std::size_t>(node + side)])
          parts[node] += nodes_->parts(2 * side, node) + nodes_->parts(2 * side + 1, node);
  } else {
    constexpr int divisions = 8;  // of a cut cell along each axis
    const auto part_of = [&](Index state) {
      const Offset<Dim> at = coordinates(state);
      const char own = inside[static_cast<std::size_t>(state)];
      bool alike = true;
      for (int i = -1; i <= 1; ++i)
        for (int j = -1; j <= 1; ++j)
          if (const auto next = grid_.wrapped(at + Offset<Dim>(i, j)))
            alike &= inside[static_cast<std::size_t>(of_cell(*next))] == own;
      if (alike) return own ? 1.0 : 0.0;
      int within = 0;
      for (int i = 0; i < divisions; ++i)
        for (int j = 0; j < divisions; ++j) {
          const Point<Dim> offset((i + 0.5) / divisions - 0.5, (j + 0.5) / divisions - 0.5);
          within += region.contains(grid_.wrapped_point(grid_.position(at.template cast<double>() + offset)));
        }
      return static_cast<double>(within) / (divisions * divisions);
    };
    FirstFailure failure;
#pragma omp parallel for schedule(static)
    for (Index state = 0; state < states(); ++state) failure.guard([&] { parts[state] = part_of(state); });
    failure.rethrow();
  }
  return parts;
}

template <int Dim>
std::vector<int> state_labels(const Problem<Dim>& problem, const StateSpace<Dim>& space) {
  std::vector<Region<Dim>> regions;
  for (const Valley<Dim>& valley : problem.valleys) regions.push_back(valley.region);
  return space.labels(regions);
}

template std::vector<int> state_labels(const Problem<1>&, const StateSpace<1>&);
template std::vector<int> state_labels(const Problem<2>&, const StateSpace<2>&);
template class StateSpace<1>;
template class StateSpace<2>;

}  // namespace valleyflux
