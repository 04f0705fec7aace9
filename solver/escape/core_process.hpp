#pragma once

#include "solver/engines.hpp"
#include "solver/escape/killed_process.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <memory>
#include <vector>

namespace valleyflux {

/// The process between its visits to disjoint sets (cores), whose surfaces cut the edges that lead into them: the one
/// solver that committors, transition path theory and the network of valleys rest on.
template <int Dim>
class CoreProcess {
 public:
  /// Refers to the discretisation, which must live as long. Throws SolverError if from some state no core can be
  /// reached, and std::invalid_argument for fewer than two cores.
  CoreProcess(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation, std::vector<Region<Dim>> cores,
              const Engines& engines = {});

  std::size_t cores() const { return cores_; }
  /// Core of every state, -1 outside all of them.
  const std::vector<int>& core_of() const { return core_of_; }

  /// Forward committor of every state: the probability that `core` is the next to be reached; 1 in it, 0 in the others.
  /// Full relative accuracy, however small. What is lost at absorbing walls reaches none.
  Eigen::VectorXd committor(std::size_t core) const;

  /// Probability of being in a state having left `core` last, pi q^- with q^- the backward committor (from the forward
  /// equation, so that no time-reversed process and no subtraction is needed). stationary: the stationary probabilities
  /// of the states. Where the stationary current does not vanish the sources at a cut follow the density along the
  /// edge.
  Eigen::VectorXd left_last(std::size_t core, const Eigen::VectorXd& stationary) const;

  /// Probability of having left `core` last: the sum of `left` (left_last of the core), in which cells that the core's
  /// surface cuts count for both sides of it.
  double having_left_last(std::size_t core, const Eigen::VectorXd& left, const Eigen::VectorXd& stationary) const;

  /// Probability of being on the way: having left a core last (left: its left_last) and reaching the one next whose
  /// committor is to_target.
  double on_the_way(const Eigen::VectorXd& left, const Eigen::VectorXd& to_target) const;

  /// Number of transitions per time from `core` into each of the cores (0 into itself), of a stationary process.
  /// left: left_last of the core.
  Eigen::VectorXd fluxes(std::size_t core, const Eigen::VectorXd& left, const Eigen::VectorXd& stationary) const;

  /// By core, whether transitions into it from `core` are possible at all: a flux of zero is one below the range of
  /// double precision then.
  std::vector<char> within_reach(std::size_t core) const;

  /// Density of the net current of transitions from `core` to another one, by axis, over the cells (the reactive
  /// current of transition path theory). left: left_last of the core; to_target: committor of the other.
  std::vector<Eigen::VectorXd> reactive_current(std::size_t core, std::size_t target, const Eigen::VectorXd& left,
                                                const Eigen::VectorXd& to_target,
                                                const Eigen::VectorXd& stationary) const;

 private:
  /// Probability per time that enters a state over a cut.
  double source(const SurfaceCut<Dim>& cut, const Eigen::VectorXd& stationary) const;

  const Discretisation<Dim>& whole_;
  std::size_t cores_;
  std::vector<int> core_of_;
  KilledProcess<Dim> process_;
  std::vector<int> core_of_cut_;
  struct DirectEdge {
    Index from, to;  // states of different cores
    double rate;
  };
  std::vector<DirectEdge> direct_;
  std::unique_ptr<LinearSolver> solver_;
};

extern template class CoreProcess<1>;
extern template class CoreProcess<2>;

}  // namespace valleyflux
