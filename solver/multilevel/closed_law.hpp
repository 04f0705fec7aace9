#pragma once

#include "solver/multilevel/weighed_parts.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// The law of a generator's one closed class of states, up to a factor; 0 elsewhere (all states). Exit rates are
/// ignored. Throws SolverError if there are several, or if the law spans more than doubles do, and Stalled.
ClassLaw closed_law(const Generator& generator, const Eigen::Ref<const Eigen::MatrixXi>& positions,
                    const MultilevelOptions& options);

}  // namespace valleyflux
