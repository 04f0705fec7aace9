#pragma once

#include "grids/axis.hpp"
#include "solver/discretisation/line_integral.hpp"

#include <array>
#include <limits>
#include <vector>

namespace valleyflux {

/// Edges of the line along which Phi may vary by any amount, and those that begin, end or lie at a zero of the noise or
/// at a wall.

/// Logarithms of what a LineEdge consists of.
struct LogEdge {
  using Parts = std::array<double, 2>;
  double forward_resistance, backward_resistance;  // of int s'
  Parts first, last;
};

/// The edge of two stretches, up to the place that divides it and from there on.
LogEdge edge_over(const LineIntegral& before, const LineIntegral& after);

/// An edge between a gate, a zero of the noise that is passed one way only, and a node, which has the lower or the
/// upper end. What leads out of the gate is an entrance: the mean time int s' int (1 / (D s')) from it to the node
/// stands for the product of resistance and mass. What leads into it is absorbed there. Throws SolverError where what
/// comes near it never gets away.
LogEdge gate_edge(const LineIntegrator& integrate, double node, double gate, bool out_of_gate, double division);

/// An edge across a zero of the noise that nothing passes: each side keeps what it has. Throws as gate_edge.
LogEdge closed_edge(const LineIntegrator& integrate, double x, double zero, double beyond, double division);

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
/// infinite: throws SolverError. It is told from a millionth of `room`.
void require_no_trap(const Dynamics& dynamics, double zero, double room, double time);

/// Reflecting walls at which noise vanishes must leave the density integrable, and be reached where a node lies on
/// them: throws SolverError.
void require_regular_walls(const LineIntegrator& integrate, const Axis& axis, const std::vector<double>& nodes);

}  // namespace valleyflux
