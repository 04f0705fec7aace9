#pragma once

#include "problems/dynamics/sgd_diffusion.hpp"
#include "solver/chain/sgd_chain.hpp"
#include "solver/escape/escape.hpp"
#include "solver/escape/passages.hpp"
#include "solver/results.hpp"

#include <optional>
#include <vector>

namespace valleyflux {

/// An escape of discrete SGD with learning rate eta: rate, mean time from the minimum, interval from the nodes, and,
/// for SGD noise, the s that Theorem 3.2 would need for that time (in the note). Names are left to the caller. Throws
/// like sgd_chain_escape, and std::invalid_argument for an escape without start or target.
Estimate sgd_chain_estimate(const Problem<1>& problem, const std::vector<Passage>& passages, const Escape& escape,
                            double eta, const std::optional<SgdDiffusionOptions>& sgd);

}  // namespace valleyflux
