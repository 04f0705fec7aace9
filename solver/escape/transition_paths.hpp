#pragma once

#include "solver/escape/escape.hpp"
#include "solver/level.hpp"

#include <Eigen/Core>

#include <vector>

namespace valleyflux {

/// Transition path theory (E & Vanden-Eijnden 2006; Metzner, Schuette & Vanden-Eijnden 2009) of one escape, between the
/// core of `from` and its target, in the stationary process.
struct TransitionPaths {
  double flux = 0.0;  // transitions per time
  double rate = 0.0;  // transitions per time during which the core of `from` was the last to be left
  double time = 0.0;  // mean duration of a transition, from the last time in one set to the first time in the other
  // Over the cells:
  Eigen::VectorXd forward_committor;     // probability of reaching the target before the core of `from`
  Eigen::VectorXd backward_committor;    // of having left the core of `from` last, and not the target
  std::vector<Eigen::VectorXd> current;  // by axis: density of the net current of transitions
};

/// Of an escape on a grid whose stationary law is known; where that underflows the backward committor is reported as 0.
/// Throws SolverError if some cell can reach neither set or the law of `from` underflows, and std::invalid_argument if
/// `from` has no core.
template <int Dim>
TransitionPaths transition_paths(const Level<Dim>& level, const Escape& escape);

extern template TransitionPaths transition_paths(const Level<1>&, const Escape&);
extern template TransitionPaths transition_paths(const Level<2>&, const Escape&);

}  // namespace valleyflux
