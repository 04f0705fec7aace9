#pragma once

#include "solver/discretisation/discretise.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <vector>

namespace valleyflux {

/// Current density at the cell centres, gathered from the currents of edges: a cell's mean of the current density is
/// the sum of current times length inside it over its volume.
template <int Dim>
class CurrentField {
 public:
  explicit CurrentField(const Grid<Dim>& grid);

  /// The current `flow` (probability per time) along an edge, half of its length to each of its ends' cells in the
  /// plane, what lies in each cell on the line.
  void add_edge(const Discretisation<Dim>& discretisation, Index edge, double flow);
  void add_edge(const StateSpace<Dim>& space, Index from, Index to, const Point<Dim>& along, double flow);
  /// The current `flow` from a state along the displacement `along`: half of the edge lies in the state's cell in the
  /// plane, on the line what does.
  void add_half(const StateSpace<Dim>& space, Index state, const Point<Dim>& along, double flow);
  /// The current `flow` out through an absorbing wall: the whole way to it lies in the state's cell.
  void add_exit(const StateSpace<Dim>& space, const WallExit<Dim>& exit, double flow);
  /// By axis, over the cells: probability per time and per cross-section.
  std::vector<Eigen::VectorXd> density() const;

  /// The current `flow` over a way within a cell.
  void add(Index cell, const Point<Dim>& along, double flow);

 private:
  Eigen::VectorXd volume_;
  std::vector<Eigen::VectorXd> moment_;
};

/// The same of all edges and exits of a discretisation together, for one density after the other: where the edges lie
/// is worked out once.
template <int Dim>
class CurrentOfDensity {
 public:
  /// Keeps a reference.
  explicit CurrentOfDensity(const Discretisation<Dim>& discretisation);
  /// By axis, over the cells. probability: of the states.
  std::vector<Eigen::VectorXd> operator()(const Eigen::VectorXd& probability) const;

 private:
  const Discretisation<Dim>& discretisation_;
  CurrentField<Dim> none_;
  std::vector<std::int32_t> cell_;                  // of every state
  Eigen::Matrix<double, Dim, Eigen::Dynamic> way_;  // 2e, 2e + 1: of edge e in the cells of its two ends
};

extern template class CurrentOfDensity<1>;
extern template class CurrentOfDensity<2>;
extern template class CurrentField<1>;
extern template class CurrentField<2>;

}  // namespace valleyflux
