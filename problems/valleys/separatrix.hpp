#pragma once

#include "grids/grid.hpp"
#include "problems/dynamics/drift.hpp"
#include "problems/valleys/critical_points.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace valleyflux {

/// The curve of all points that flow into a saddle of dx/dt = F(x) in the plane (its stable manifold), which parts two
/// basins of attraction. Traced backwards in time, where it attracts: errors die out. Between its nodes it is a quintic
/// with the positions, tangents and curvatures of the flow there (error below 1e-11 of a cell).
class Separatrix {
 public:
  /// Traces both branches until they leave the box or end in a critical point. Nodes are at most half a cell of `grid`
  /// apart. `steps_left` counts down: std::invalid_argument, saying where the curve has got to, when none is left.
  Separatrix(const Drift& drift, const Grid<2>& grid, const CriticalPoint<2>& saddle,
             const std::vector<CriticalPoint<2>>& critical_points, std::int64_t& steps_left);

  std::size_t pieces() const { return pieces_.size(); }
  /// Ends of a piece (along periodic axes possibly beyond the box); the curve runs from branch to branch through the
  /// saddle.
  Point<2> start(std::size_t piece) const { return pieces_[piece].start.cwiseProduct(unit_); }
  Point<2> end(std::size_t piece) const {
    return (pieces_[piece].start + pieces_[piece].length * pieces_[piece].along).cwiseProduct(unit_);
  }
  /// Where x lies, looking at the pieces first .. last only (x near them).
  struct Nearness {
    double offset;    // from the curve (or its tangent beyond the ends), in mean cell sizes, positive on its left
    double distance;  // to the nearest point of the pieces, in mean cell sizes
  };
  Nearness nearness(const Point<2>& x, std::size_t first, std::size_t last) const;
  /// A point on the left (side = 1) or right (-1) of the curve, close to the saddle on its unstable manifold.
  Point<2> beside_saddle(int side) const;

 private:
  struct Node {
    Point<2> position, tangent;
    double curvature;
  };
  /// The curve as a graph over the chord: distance to its left = sum_k shape[k] u^k, u in [0, 1] along the chord.
  struct Piece {
    Point<2> start, along, left;
    double length;
    std::array<double, 6> shape;
  };
  std::vector<Node> trace(const Drift& drift, const std::vector<CriticalPoint<2>>& critical_points,
                          const Point<2>& direction, std::int64_t& steps_left) const;
  static Piece piece_between(const Node& from, const Node& to);

  Grid<2> grid_;
  Point<2> unit_;               // mean cell sizes: the unit of everything below
  Point<2> saddle_, unstable_;  // position; direction in which flows leave, to the left of the curve
  std::vector<Piece> pieces_;
};

}  // namespace valleyflux
