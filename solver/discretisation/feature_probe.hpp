#pragma once

#include "problems/problem.hpp"

#include <Eigen/Core>

#include <vector>

namespace valleyflux {

/// What a grid overlooks: how much, and where.
struct Overlooked {
  double share = 0.0;
  Point<2> place = Point<2>::Zero();

  /// Such that finer grids are worth trying, or none of this one's numbers is to be trusted.
  bool noticeable() const { return share > 0.02; }
  bool fatal() const { return share > 0.1; }
};

/// The potential -int F_k / D_kk dx_k along lines through a problem in the plane, in both directions, sampled far more
/// densely than by any grid that it is solved on. Grids see it at their cells alone: where it has features narrower
/// than those, all of them may agree on what is wrong.
class FeatureProbe {
 public:
  /// Lines spread over the box, and those through the critical points. Of a landscape what lies 20 kT or more above all
  /// critical points does not count, nor do stretches over which D_kk falls to a tenth.
  explicit FeatureProbe(const Problem<2>& problem);

  /// How far the cubic between two cells of `grid` (the problem's own, or one with the same axes and other cells) is
  /// off, in parts of (1 kT + the rise between them), or 0.4 of what the power law between their noises is; the
  /// largest.
  Overlooked overlooked_by(const Grid<2>& grid) const;

 private:
  struct Line {
    int axis;
    double across;               // the other coordinate
    Eigen::ArrayXd rise, slope;  // by the share of the axis' lattice that is passed
    Eigen::ArrayXd noise;        // D_kk
    std::vector<char> counts;    // whether a place does
  };

  /// highest: of the critical points.
  static void sample(const Problem<2>& problem, double highest, Line& line);

  std::vector<Line> lines_;
};

}  // namespace valleyflux
