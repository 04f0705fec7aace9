#pragma once

#include "solver/escape/killed_process.hpp"
#include "solver/linear_solver.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <memory>
#include <vector>

namespace valleyflux {

/// The process between its visits to disjoint sets (cores), whose surfaces cut the edges that lead into them, which
/// committors, transition path theory and the network of valleys rest on.
template <int Dim>
class CoreProcess {
 public:
  /// Throws SolverError if from some state no core can be reached, and std::invalid_argument for fewer than two cores.
  CoreProcess(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation, std::vector<Region<Dim>> cores);

  std::size_t cores() const { return cores_; }
  /// Core of every state, -1 outside all of them.
  const std::vector<int>& core_of() const { return core_of_; }

  /// What the next two are solved by; whole: the engine of the whole process.
  std::unique_ptr<LinearSolver> solver(const LinearEngine& whole) const;

  /// Forward committors of these cores, states x cores: the probability that the core is the next to be reached; 1 in
  /// it, 0 in the others. Full relative accuracy, however small. What is lost at absorbing walls reaches none.
  Eigen::MatrixXd committors(const LinearSolver& solver, const std::vector<std::size_t>& cores) const;

  /// Probabilities of being in a state having left each of these cores last, states x cores: pi q^- with q^- the
  /// backward committor (from the forward equation, so that no time-reversed process and no subtraction is needed).
  /// stationary: the stationary probabilities of the states. Where the stationary current does not vanish the sources
  /// at a cut follow the density along the edge.
  Eigen::MatrixXd left_last(const LinearSolver& solver, const std::vector<std::size_t>& cores,
                            const Eigen::VectorXd& stationary) const;

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

  /// Density of the net current of transitions from `core` to whichever of some others comes next, by axis, over the
  /// cells (the reactive current of transition path theory). left: left_last of the core; to_target: committor of
  /// those.
  std::vector<Eigen::VectorXd> reactive_current(const Discretisation<Dim>& discretisation, std::size_t core,
                                                const std::vector<std::size_t>& targets, const Eigen::VectorXd& left,
                                                const Eigen::VectorXd& to_target,
                                                const Eigen::VectorXd& stationary) const;

 private:
  Index whole_states() const { return static_cast<Index>(core_of_.size()); }
  /// Fields over all states (x cores) from those between the cores, and one that holds within each core.
  Eigen::MatrixXd with_cores(const std::vector<std::size_t>& cores, const Eigen::MatrixXd& between,
                             const Eigen::VectorXd& within) const;
  /// Probability per time that enters a state over a cut.
  double source(const SurfaceCut<Dim>& cut, const Eigen::VectorXd& stationary) const;

  std::size_t cores_;
  std::vector<int> core_of_;
  KilledProcess<Dim> process_;
  std::vector<int> core_of_cut_;
  struct DirectEdge {
    Index from, to;  // states of different cores
    double rate;
  };
  std::vector<DirectEdge> direct_;
};

extern template class CoreProcess<1>;
extern template class CoreProcess<2>;

}  // namespace valleyflux
