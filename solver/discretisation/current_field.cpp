#include "solver/discretisation/current_field.hpp"

#include <cmath>

namespace valleyflux {

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
  if constexpr (Dim == 1) {
    // Neighbouring nodes lie in one cell or in two that touch: the way within the state's own.
    const Axis& axis = space.grid().axis(0);
    const double x = space.position(state)[0];
    const Index cell = space.grid().cell_containing(Point<1>(x));
    const double room = along[0] > 0 ? axis.edge(cell + 1) - x : axis.edge(cell) - x;
    add(cell, std::abs(room) < std::abs(along[0]) ? Point<1>(room) : along, flow);
  } else {
    add(space.cell_of(state), 0.5 * along, flow);
  }
}

template <int Dim>
void CurrentField<Dim>::add_edge(const StateSpace<Dim>& space, Index from, Index to, const Point<Dim>& along,
                                 double flow) {
  add_half(space, from, along, flow);
  if constexpr (Dim == 1)
    if (space.grid().cell_containing(space.position(from)) == space.grid().cell_containing(space.position(to))) return;
  add_half(space, to, -along, -flow);
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

template class CurrentField<1>;
template class CurrentField<2>;

}  // namespace valleyflux
