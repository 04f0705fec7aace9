#pragma once

#include "solver/elimination/aligned_array.hpp"
#include "solver/elimination/dissection.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// Factors of shift I - Q by multifrontal elimination (Duff & Reid 1983; Liu 1992), front after front of a dissection;
/// the halves of the tree, and the large fronts, are spread over threads, whose number does not change a bit of the
/// result. Of a generator in detailed balance, w_i q_ij = w_j q_ji, the conductances w_i q_ij are eliminated, which are
/// symmetric: half of the work, and two thirds of the memory.
struct MultifrontalFactors {
  AlignedArray numbers;     // of each front, from Front::factor: `left`, then `top`; or its symmetric `left`
  Eigen::VectorXd weights;  // w by state; empty: none
  Index failed = -1;  // the first state, in the order of elimination, that has no way out; then there are no factors
};

/// spent: factors by the same dissection that are needed no more; their memory is used again.
MultifrontalFactors eliminate(const Dissection& tree, const Generator& generator, double shift,
                              MultifrontalFactors spent = {});

/// U = (shift I - Q)^-1 F and P = (shift I - Q^T)^-1 F. F, U, P: states x right-hand sides, up to four of which go
/// through the factors together.
Eigen::MatrixXd solve(const Dissection& tree, const MultifrontalFactors& factors,
                      const Eigen::Ref<const Eigen::MatrixXd>& f);
Eigen::MatrixXd solve_forward(const Dissection& tree, const MultifrontalFactors& factors,
                              const Eigen::Ref<const Eigen::MatrixXd>& f);

}  // namespace valleyflux
