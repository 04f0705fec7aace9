#pragma once

#include "solver/discretisation/line_edge.hpp"
#include "solver/discretisation/line_integral.hpp"
#include "solver/discretisation/line_rates.hpp"
#include "solver/discretisation/state_space.hpp"

#include <cstddef>
#include <iterator>
#include <vector>

namespace valleyflux {

/// Where an edge is divided, and the cells before and after.
struct EdgeDivision {
  double place;
  StateSpace<1>::EdgeCells cells;
};

/// Edges between nodes in ascending order, each from a node to the next, on a ring from the last one to the first.
/// Grid and nodes are referred to.
class NodeLine {
 public:
  NodeLine(const Grid<1>& grid, const std::vector<double>& nodes) : grid_(grid), x_(nodes) {}

  Index nodes() const { return std::ssize(x_); }
  Index edges() const { return axis().periodic() ? nodes() : nodes() - 1; }
  Index next(Index edge) const { return edge + 1 < nodes() ? edge + 1 : 0; }
  double start(Index edge) const { return x_[static_cast<std::size_t>(edge)]; }
  double end(Index edge) const { return edge + 1 < nodes() ? start(edge + 1) : start(0) + axis().max() - axis().min(); }
  /// The length of a ring where an edge is divided by its seam: formulas need not go on beyond it as they begin.
  double beyond_seam(Index edge) const { return end(edge) > axis().max() ? axis().max() - axis().min() : 0.0; }
  /// Across the seam of a ring a place may lie before the first node.
  double on_edge(Index edge, double place) const {
    return place < start(edge) ? place + axis().max() - axis().min() : place;
  }
  /// The edge that holds a place, or leads to it.
  Index edge_at(double place) const;
  /// By the boundary of its cells; an edge within one of them in its middle.
  EdgeDivision division(Index edge) const;

 private:
  const Axis& axis() const { return grid_.axis(0); }

  const Grid<1>& grid_;
  const std::vector<double>& x_;
};

/// Conductances by edge, in the direction of the line, and masses by node.
class EdgeSums {
 public:
  std::vector<double> forward, backward;
  std::vector<StateSpace<1>::EdgeCells> cells;
  NodeParts parts;

  explicit EdgeSums(const NodeLine& line);

  void set(Index edge, const LineEdge& over);
  void set(Index edge, const LogEdge& over);
  /// What lies between a node and a wall: in row `part` of its parts.
  void set_wall(Index node, Index part, double log_mass);
  /// Logarithm of the unit of a node's mass and of the conductances that lead away from it.
  double log_unit(Index node) const { return log_unit_.empty() ? 0.0 : log_unit_[static_cast<std::size_t>(node)]; }

 private:
  Index next_of(Index edge) const { return edge + 1 < parts.cols() ? edge + 1 : 0; }
  double unit_for(Index node, double log_mass);

  std::vector<double> log_unit_;  // empty: 0 everywhere
};

/// All edges that are open; the others have no parts and let nothing through. Parallel; the same bits for any number of
/// threads.
EdgeSums integrate_edges(const LineIntegrator& integrate, const NodeLine& line, const std::vector<char>& open);

}  // namespace valleyflux
