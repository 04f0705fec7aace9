#pragma once

#include "solver/evolution/evolve.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// What every stepper keeps account of: sums over the steps, frames shown and kept.
class EvolutionAccount {
 public:
  /// Sets the state to the start. All are referred to.
  EvolutionAccount(const ValleyCurrents& currents, const Eigen::VectorXd& initial, EvolutionState& state,
                   const FrameObserver& observer, const EvolutionRecord& record);

  /// Shows what the record holds and goes to the last of it. False if that is nothing. Throws std::invalid_argument for
  /// a record of another evolution.
  bool replay(long frames, double spacing);
  /// The state of the frame that the last Krylov space of the record began at.
  const EvolutionState& replayed_boundary() const { return boundary_; }
  /// Takes state.probability, and the integrals of the currents over the step that has led there.
  void accept(const Eigen::VectorXd& outflow);
  /// Shows state.probability as a frame.
  void show(double time);
  /// Keeps the state of a frame.
  void keep() const;

 private:
  const ValleyCurrents& currents_;
  Eigen::VectorXd first_;
  EvolutionState& state_;
  EvolutionState boundary_;
  const FrameObserver& observer_;
  const EvolutionRecord& record_;
};

}  // namespace valleyflux
