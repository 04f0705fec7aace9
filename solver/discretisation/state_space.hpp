#pragma once

#include "problems/problem.hpp"

#include <Eigen/Core>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace valleyflux {

/// Parts of the nodes' masses on the line, 4 x nodes: on the edge before a node, before and after the place that
/// divides it, then on the edge behind it.
using NodeParts = Eigen::Matrix<double, 4, Eigen::Dynamic, Eigen::RowMajor>;

/// Where the states of a discretised process are, and what of the cells each stands for. In the plane a state is a
/// cell of the domain, at its centre: all cells in their order, without those outside. On the line states are nodes in
/// ascending order: the centres of all cells and, between them, the surfaces of valleys and cores and the points that
/// escapes start from; the probability of a node is spread over the cells as its harmonic hat spreads it (see
/// discretise.hpp). Copies share the nodes.
template <int Dim>
class StateSpace {
 public:
  /// One state for each cell of the domain.
  explicit StateSpace(Grid<Dim> grid);
  /// The cells before and after the place that divides an edge of the line.
  using EdgeCells = std::array<std::int32_t, 2>;
  /// Nodes on the line, ascending, the centres of all cells among them. edge_cells: of each edge; parts: of each node's
  /// probability, 1 in all; where a wall and no edge is beside a node the inner of the two is what lies before the
  /// wall.
  StateSpace(Grid<Dim> grid, std::vector<double> nodes, std::vector<EdgeCells> edge_cells,
             NodeParts parts) requires(Dim == 1);

  /// Two points closer than this part of a cell are one.
  static constexpr double closeness = 1e-11;

  const Grid<Dim>& grid() const { return grid_; }
  Index states() const {
    return nodes_  ? static_cast<Index>(nodes_->position.size())
           : kept_ ? static_cast<Index>(kept_->cells.size())
                   : grid_.cells();
  }
  Point<Dim> position(Index state) const;
  /// Integer coordinates of all states, Dim x states (see EliminationOrder).
  Eigen::MatrixXi lattice() const;
  /// The state at the centre of a cell; -1 outside the domain.
  Index of_cell(Index cell) const {
    return nodes_  ? nodes_->cell_states[static_cast<std::size_t>(cell)]
           : kept_ ? kept_->states[static_cast<std::size_t>(cell)]
                   : cell;
  }
  /// In the plane: the cell of a state and its coordinates.
  Index cell_of(Index state) const { return kept_ ? kept_->cells[static_cast<std::size_t>(state)] : state; }
  Offset<Dim> coordinates(Index state) const { return grid_.coordinates(cell_of(state)); }
  /// In the plane: the state `step` away from a cell's coordinates, with periodic axes wrapped; nothing beyond a wall,
  /// or where the straight way there leaves the domain.
  std::optional<Index> linked(const Offset<Dim>& at, const Offset<Dim>& step) const;
  /// The state nearest to x on the line, that of the cell that holds it in the plane.
  Index nearest(const Point<Dim>& x) const;
  /// Whether each state lies in the closure of a region on the line (its surface counts as inside), or its cell's
  /// centre in the region in the plane.
  std::vector<char> inside(const Region<Dim>& region) const;
  /// The first of the regions that each state lies in, -1 outside all of them.
  std::vector<int> labels(const std::vector<Region<Dim>>& regions) const;

  /// Values of a function of the state at the centres of the cells, NaN outside the domain.
  Eigen::VectorXd at_cells(const Eigen::VectorXd& values) const;
  /// Probabilities of the cells for those of the states, and back (each node takes what lies nearer to it than to any
  /// other).
  Eigen::VectorXd cell_probabilities(const Eigen::VectorXd& probability) const;
  Eigen::VectorXd from_cells(const Eigen::VectorXd& probability) const;
  /// Part of each state's probability that lies in a region. On the line, where its surfaces are nodes, exact for a
  /// density that has no current; in the plane cells that the surface cuts count by the part of them that lies inside.
  /// inside: of the region, as inside() tells.
  Eigen::VectorXd parts_in(const Region<Dim>& region, const std::vector<char>& inside) const;

 private:
  struct Nodes {
    std::vector<double> position;
    std::vector<Index> cell_states;  // at the centre of each cell
    std::vector<double> between;     // positions of all others
    std::vector<EdgeCells> edge_cells;
    NodeParts parts;
  };
  struct KeptCells {
    std::vector<Index> cells;   // of every state
    std::vector<Index> states;  // of every cell, -1 outside the domain
  };
  Grid<Dim> grid_;
  std::shared_ptr<const Nodes> nodes_;     // null where states are cells
  std::shared_ptr<const KeptCells> kept_;  // null where all cells are states
};

/// Valley of every state, -1 outside all of them.
template <int Dim>
std::vector<int> state_labels(const Problem<Dim>& problem, const StateSpace<Dim>& space);

extern template std::vector<int> state_labels(const Problem<1>&, const StateSpace<1>&);
extern template std::vector<int> state_labels(const Problem<2>&, const StateSpace<2>&);
extern template class StateSpace<1>;
extern template class StateSpace<2>;

}  // namespace valleyflux
