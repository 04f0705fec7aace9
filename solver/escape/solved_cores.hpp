#pragma once

#include "solver/escape/core_process.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <vector>

namespace valleyflux {

/// The process between n cores with all that is asked of it, solved once: its factors need not be kept.
template <int Dim>
struct SolvedCores {
  CoreProcess<Dim> process;
  Eigen::MatrixXd left;       // states x n: left_last of every core
  Eigen::MatrixXd committor;  // states x n: forward committor of every core
};

/// stationary: stationary probabilities of the states, times any constant; whole: the engine of the whole
/// process. Throws as CoreProcess does.
template <int Dim>
SolvedCores<Dim> solve_cores(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                             std::vector<Region<Dim>> cores, const Eigen::VectorXd& stationary,
                             const LinearEngine& whole);

extern template SolvedCores<1> solve_cores(const Problem<1>&, const Discretisation<1>&, std::vector<Region<1>>,
                                           const Eigen::VectorXd&, const LinearEngine&);
extern template SolvedCores<2> solve_cores(const Problem<2>&, const Discretisation<2>&, std::vector<Region<2>>,
                                           const Eigen::VectorXd&, const LinearEngine&);

}  // namespace valleyflux
