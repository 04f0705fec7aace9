#pragma once

#include "solver/level.hpp"

#include <Eigen/Core>

#include <vector>

namespace valleyflux {

/// Jump process between the cores of n valleys: the stationary process, told only which core it has left last.
struct ValleyNetwork {
  std::vector<int> valleys;  // in Problem::valleys: those that have a core
  Eigen::MatrixXd rate;      // n x n, from row to column: transitions into the core of one per time in which that of
                             // the other was left last, no other core in between; diagonal 0
  Eigen::ArrayXX<bool> underflow;  // n x n: where the rate is 0 because it is below the range of double precision
  Eigen::VectorXd probability;     // n: share of time in which each core was left last; sum 1 (stationary for `rate`)
};

/// The network of all valleys that have a core, exact on the grid (one elimination of all cells outside the cores, cut
/// at their surfaces), whose stationary law must be known. Throws SolverError if some cell can reach no core, and
/// std::invalid_argument for fewer than two cores.
template <int Dim>
ValleyNetwork valley_network(const Level<Dim>& level);

/// Mean first-passage times of a jump process with these rates (n x n), from row to column, 0 on the diagonal;
/// infinite where the target may never be reached. Free of subtractions.
Eigen::MatrixXd passage_times(const Eigen::MatrixXd& rate);

/// Rule 2 of Xie, Sato & Sugiyama (2020), sequential paths add times: the least sum of mean times 1 / rate over the
/// steps of any way from row to column, as if nobody ever turned back; infinite where there is no way.
Eigen::MatrixXd sequential_times(const Eigen::MatrixXd& rate);

/// Corollary 3.2.2 of the same: P(a) = t_a / sum_v t_v with t_a the mean time until a is left, for whatever other
/// valley. Exact for two valleys only.
Eigen::VectorXd probability_by_escape_times(const Eigen::MatrixXd& rate);

extern template ValleyNetwork valley_network(const Level<1>&);
extern template ValleyNetwork valley_network(const Level<2>&);

}  // namespace valleyflux
