#include "solver/discretisation/current_field.hpp"

#include <cmath>

namespace valleyflux {

namespace {

template <int Dim>
Index cell_of_state(const StateSpace<Dim>& space, Index state) {
  if constexpr (Dim == 1)
    return space.grid().cell_containing(space.position(state));
  else
    return space.cell_of(state);
}

/// What of the way from a state along a displacement counts for the state's cell: half of it in the plane.
template <int Dim>
Point<Dim> way_in_cell(const StateSpace<Dim>& space, Index state, const Point<Dim>& along) {
  if constexpr (Dim == 1) {
    // Neighbouring nodes lie in one cell or in two that touch: the way within the state's own.
    const Axis& axis = space.grid().axis(0);
    const double x = space.position(state)[0];
    const Index cell = cell_of_state(space, state);
    const double room = along[0] > 0 ? axis.edge(cell + 1) - x : axis.edge(cell) - x;
    return std::abs(room) < std::abs(along[0]) ? Point<1>(room) : along;
  } else {
    return 0.5 * along;
  }
}

/// Whether both ends of an edge lie in one cell, for which the way from the first one counts all of it.
template <int Dim>
bool within_a_cell(const StateSpace<Dim>& space, Index from, Index to) {
  return Dim == 1 && cell_of_state(space, from) == cell_of_state(space, to);
}

}  // namespace

template <int Dim>
CurrentField<Dim>::CurrentField(const Grid<Dim>& grid)
    : volume_(grid.cells()), moment_(Dim, Eigen::VectorXd::Zero(grid.cells())) {
  for (Index cell = 0; cell < grid.cells(); ++cell) volume_[cell] = grid.volume(cell);
}

template <int Dim>
void CurrentField<Dim>::add(Index cell, const Point<Dim>& along, double flow) {
  for (int k = 0; k < Dim; ++k) moment_[static_cast<std::size_t>(k)][cell] += flow * along[k];
}

template <int Dim>
void CurrentField<Dim>::add_half(const StateSpace<Dim>& space, Index state, const Point<Dim>& along, double flow) {
  add(cell_of_state(space, state), way_in_cell<Dim>(space, state, along), flow);
}

template <int Dim>
void CurrentField<Dim>::add_edge(const StateSpace<Dim>& space, Index from, Index to, const Point<Dim>& along,
                                 double flow) {
  add_half(space, from, along, flow);
  if (!within_a_cell(space, from, to)) add_half(space, to, -along, -flow);
}

template <int Dim>
void CurrentField<Dim>::add_edge(const Discretisation<Dim>& discretisation, Index edge, double flow) {
  const auto e = static_cast<std::size_t>(edge);
  add_edge(discretisation.space, discretisation.generator.from[e], discretisation.generator.to[e],
           discretisation.along(edge), flow);
}

template <int Dim>
void CurrentField<Dim>::add_exit(const StateSpace<Dim>& space, const WallExit<Dim>& exit, double flow) {
  add(space.grid().cell_containing(space.position(exit.state)), exit.along, flow);
}

template <int Dim>
std::vector<Eigen::VectorXd> CurrentField<Dim>::density() const {
  std::vector<Eigen::VectorXd> density;
  for (const Eigen::VectorXd& moment : moment_) density.emplace_back(moment.cwiseQuotient(volume_));
  return density;
}

template <int Dim>
CurrentOfDensity<Dim>::CurrentOfDensity(const Discretisation<Dim>& discretisation)
    : discretisation_(discretisation),
      none_(discretisation.space.grid()),
      cell_(static_cast<std::size_t>(discretisation.generator.states)),
      way_(Dim, 2 * discretisation.generator.edges()) {
  const StateSpace<Dim>& space = discretisation.space;
  const Generator& generator = discretisation.generator;
#pragma omp parallel for schedule(static)
  for (Index state = 0; state < generator.states; ++state)
    cell_[static_cast<std::size_t>(state)] = static_cast<std::int32_t>(cell_of_state(space, state));
#pragma omp parallel for schedule(static)
  for (Index edge = 0; edge < generator.edges(); ++edge) {
    const Index from = generator.from[static_cast<std::size_t>(edge)],
                to = generator.to[static_cast<std::size_t>(edge)];
    const Point<Dim> along = discretisation.along(edge);
    way_.col(2 * edge) = way_in_cell<Dim>(space, from, along);
    if (within_a_cell(space, from, to))
      way_.col(2 * edge + 1).setZero();
    else
      way_.col(2 * edge + 1) = -way_in_cell<Dim>(space, to, -along);
  }
}

template <int Dim>
std::vector<Eigen::VectorXd> CurrentOfDensity<Dim>::operator()(const Eigen::VectorXd& probability) const {
  const Generator& generator = discretisation_.generator;
  CurrentField<Dim> field = none_;
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const auto from = static_cast<std::size_t>(generator.from[e]), to = static_cast<std::size_t>(generator.to[e]);
    const double flow =
        probability[generator.from[e]] * generator.forward[e] - probability[generator.to[e]] * generator.backward[e];
    field.add(cell_[from], way_.col(2 * static_cast<Index>(e)), flow);
    field.add(cell_[to], way_.col(2 * static_cast<Index>(e) + 1), flow);
  }
  for (const WallExit<Dim>& exit : discretisation_.exits)
    field.add_exit(discretisation_.space, exit, probability[exit.state] * exit.rate);
  return field.density();
}

template class CurrentField<1>;
template class CurrentField<2>;
template class CurrentOfDensity<1>;
template class CurrentOfDensity<2>;

}  // namespace valleyflux
