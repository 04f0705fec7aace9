#pragma once

#include "solver/elimination/aligned_array.hpp"
#include "solver/elimination/dissection.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// Factors of shift I - Q by multifrontal elimination (Duff & Reid 1983; Liu 1992), front after front of a dissection;
/// the halves of the tree, and the large fronts, are spread over threads, whose number does not change a bit of the
/// result.
struct MultifrontalFactors {
  AlignedArray numbers;  // of each front, from Front::factor: `left`, then `top`
  Index failed = -1;     // the first state, in the order of elimination, that has no way out; then there are no factors
};

/// spent: factors by the same dissection that are needed no more; their memory is used again.
MultifrontalFactors eliminate(const Dissection& tree, const Generator& generator, double shift,
                              MultifrontalFactors spent = {});

/// u = (shift I - Q)^-1 f and p = (shift I - Q^T)^-1 f.
Eigen::VectorXd solve(const Dissection& tree, const MultifrontalFactors& factors,
                      const Eigen::Ref<const Eigen::VectorXd>& f);
Eigen::VectorXd solve_forward(const Dissection& tree, const MultifrontalFactors& factors,
                              const Eigen::Ref<const Eigen::VectorXd>& f);

}  // namespace valleyflux
