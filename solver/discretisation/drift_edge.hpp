#pragma once

#include "problems/dynamics/coefficients.hpp"
#include "solver/discretisation/line_edge.hpp"

namespace valleyflux {

/// An edge from x over the border to the end, of which one node or both lie in a stretch without noise that the drift
/// leads across: in the limit of ever less noise there, in which Phi has no bounds. What is beside the stretch and
/// meets it is carried off; what comes through takes int dx / F to the border where it takes off. In Ito's sense D p
/// has no jump there, so that per D p behind the border 1 / F(border) is held on it; otherwise nothing is. Throws
/// SolverError where the drift turns within the stretch.
LogEdge drift_edge(const LineIntegrator& integrate, const Dynamics& dynamics, double x, double border, double end,
                   double division, double time);

}  // namespace valleyflux
