#include "solver/discretisation/current_field.hpp"

namespace valleyflux {

template <int Dim>
CurrentField<Dim>::CurrentField(const Grid<Dim>& grid)
    : volume_(grid.cells()), moment_(Dim, Eigen::VectorXd::Zero(grid.cells())) {
  for (Index cell = 0; cell < grid.cells(); ++cell) volume_[cell] = grid.volume(cell);
}

template <int Dim>
void CurrentField<Dim>::add(Index cell, const Point<Dim>& along, double flow) {
  for (int k = 0; k < Dim; ++k) moment_[static_cast<std::size_t>(k)][cell] += 0.5 * flow * along[k];
}

template <int Dim>
std::vector<Eigen::VectorXd> CurrentField<Dim>::density() const {
  std::vector<Eigen::VectorXd> density;
  for (const Eigen::VectorXd& moment : moment_) density.push_back(moment.cwiseQuotient(volume_));
  return density;
}

template class CurrentField<1>;
template class CurrentField<2>;

}  // namespace valleyflux
