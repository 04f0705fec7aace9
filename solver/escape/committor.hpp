#pragma once

#include "solver/discretisation/discretise.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// Forward committor of every cell: the probability that the jump process on the grid reaches the cells of `target`
/// before those of `origin`; 1 and 0 on these. Full relative accuracy for the jump process, however small; the sets'
/// surfaces are those of their cells (first order in h). Probability that is lost at absorbing walls reaches neither.
/// Throws SolverError if from some cell neither of them can be reached.
template <int Dim>
Eigen::VectorXd committor(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                          const Region<Dim>& origin, const Region<Dim>& target);

extern template Eigen::VectorXd committor(const Problem<1>&, const Discretisation<1>&, const Region<1>&,
                                          const Region<1>&);
extern template Eigen::VectorXd committor(const Problem<2>&, const Discretisation<2>&, const Region<2>&,
                                          const Region<2>&);

}  // namespace valleyflux
