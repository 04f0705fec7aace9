#pragma once

#include "problems/dynamics/sgd_diffusion.hpp"
#include "problems/losses/loss.hpp"
#include "solver/particles/particle_methods.hpp"
#include "solver/results.hpp"

#include <Eigen/Core>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// Escape from a box in the space of the parameters of a loss over data.
struct LossProblem {
  std::shared_ptr<const Loss> loss;  // of k = 1
  double k = 1.0;                    // what is escaped from is L(sqrt(k) theta)
  Eigen::VectorXd start;             // d, at k
  std::string valley;                // name of the box; empty: there is none
  Eigen::VectorXd low, high;         // d: its ends, at k
  SgdDiffusionOptions sgd;           // eta, batch_size and injected noise
};

/// What is to be found out.
struct LossRequest {
  std::vector<std::string>
      methods;                  // of the escape: sgd, quasi_stationary, mean_first_passage, theory and its closed forms
  double theory_s = 0.5;        // of Theorem 3.2
  ParticleOptions repetitions;  // of sgd; step and batch size are those of the problem
  /// Compare the gradient's covariance with the Hessian at the start, along that many leading eigenvectors; 0: all.
  std::optional<Index> covariance;
};

/// Measures the escape from the box. sgd: repetitions of true minibatches (loss_exits); quasi_stationary and
/// mean_first_passage: the Fokker-Planck equation with D = eta C / (2 B) + D0 (loss_rate.hpp), a note where it is not
/// for this loss; closed forms of losses whose coordinates are separate (coordinate_rates.hpp): their barriers are
/// known. Throws as they do, and std::invalid_argument for a closed form of another loss.
Results solve_loss(const LossProblem& problem, const LossRequest& request, const ParticleReports& reports = {});

}  // namespace valleyflux
