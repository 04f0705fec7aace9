#pragma once

#include "solver/discretisation/generator.hpp"
#include "solver/evolution/valley_currents.hpp"
#include "solver/linear_solver.hpp"

#include <Eigen/Core>

#include <functional>
#include <utility>
#include <vector>

namespace valleyflux {

/// Times in doublings: eight evenly spaced ones up to `first`, and as many in each doubling from there on, the last one
/// being first * 2^doublings.
struct DoublingTimes {
  static constexpr int per_doubling = 8;  // evenly spaced: steps of one doubling fit the next
  double first;
  int doublings;

  /// Begin and end of the k-th stretch of evenly spaced ones; of a negative k, one before `first`.
  std::pair<double, double> stretch(int k) const;
  Eigen::VectorXd all() const;
};

/// A killed process and the ends that it may come to.
struct KilledStart {
  const Generator& generator;
  const LinearEngine& engine;
  const Eigen::VectorXd& start;        // states: their probabilities at first
  const std::vector<ExitRates>& ends;  // together all exits
  double slowest;                      // principal eigenvalue; NaN where there is none
  Eigen::VectorXd slowest_share;       // ends: of what leaves at that rate
};

/// Ends: what comes into each of them from these probabilities of the states, per unit of time.
Eigen::VectorXd rates_into(const std::vector<ExitRates>& ends, const Eigen::VectorXd& probability);

/// When the ends are reached.
struct ArrivalCurves {
  Eigen::MatrixXd density;      // times x ends: probability that arrives there, per unit of time
  Eigen::VectorXd survival;     // times: probability of being still on the way
  double time_error = 0.0;      // of the time integration, in probability
  Index known = 0;              // the first moment by which more has ended than that, anywhere
  std::vector<Index> known_of;  // ends: the same of each
};

/// The process is evolved by evolve(), its probability made 1 again at every doubling of the time: late densities are
/// as right as early ones. Where it decays at the rate `slowest`, that tells all that follows. progress: of the
/// stretches. Throws SolverError if the steps run out.
ArrivalCurves arrival_curves(const KilledStart& process, const DoublingTimes& doubling,
                             const std::function<void(int)>& progress);

}  // namespace valleyflux
