#pragma once

#include "grids/axis.hpp"
#include "solver/discretisation/line_integral.hpp"

#include <array>
#include <limits>
#include <vector>

namespace valleyflux {

/// Edges between the nodes of the line, from integrals over the stretches that they consist of.

/// What an edge adds to the masses of its ends, by cell: at most two of them.
struct HatParts {
  std::array<double, 2> log_mass{LineIntegral::nothing, LineIntegral::nothing};
  double all() const { return log_sum(log_mass[0], log_mass[1]); }
};

/// An edge of the line.
struct LineEdge {
  double log_forward_resistance, log_backward_resistance;  // relative to the first and to the last node
  std::array<Index, 2> cells;                              // before and after the boundary between them
  HatParts first, last;                                    // of the hats of the two nodes, each relative to its own
};

/// The edge of two stretches, up to the boundary of cells and from there on, the second of which may be empty.
LineEdge edge_over(const LineIntegral& before, const LineIntegral& after, std::array<Index, 2> cells);

/// An edge between a gate, a zero of the noise that is passed one way only, and a node, which has the lower or the
/// upper end. What leads out of the gate is an entrance: the mean time int s' int (1 / (D s')) from it to the node
/// stands for the product of resistance and mass. What leads into it is absorbed there. Throws SolverError where what
/// comes near it never gets away.
LineEdge gate_edge(const LineIntegrator& integrate, double node, double gate, bool out_of_gate, double boundary,
                   std::array<Index, 2> cells);

/// An edge across a zero of the noise that nothing passes: each side keeps what it has. Throws as gate_edge.
LineEdge closed_edge(const LineIntegrator& integrate, double x, double zero, double beyond, double boundary,
                     std::array<Index, 2> cells);

/// A stretch that may hold or end at a zero of the noise that is passed.
LineIntegral past_zero(const LineIntegrator& integrate, double from, double to, double zero, const Axis& axis);

/// The stretch between an outermost node and a wall.
struct WallEdge {
  double log_resistance = std::numeric_limits<double>::infinity();
  double log_mass = LineIntegral::nothing;
};

/// From the outermost node x to the wall. Throws SolverError where probability piles up at it.
WallEdge wall_edge(const LineIntegrator& integrate, double x, double wall, const Axis& axis, Boundary boundary);

/// Beside a zero of the noise that nothing blocks D goes like y^p and F / D like s / y with the distance y from it: by
/// Feller's test what comes there never leaves where the mass of int exp(int F / D) / D, which grows like y^a, is
/// infinite: throws SolverError.
void require_no_trap(const Dynamics& dynamics, double zero, double cell, double time);

/// Reflecting walls at which noise vanishes must leave the density integrable, and be reached where a node lies on
/// them: throws SolverError.
void require_regular_walls(const LineIntegrator& integrate, const Axis& axis, const std::vector<double>& nodes);

}  // namespace valleyflux
