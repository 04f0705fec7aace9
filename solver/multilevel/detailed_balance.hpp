#pragma once

#include "solver/multilevel/communicating_classes.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <optional>
#include <vector>

namespace valleyflux {

/// The stationary law (largest 1; those below the range of doubles 0) of a class of states by the ratios of the rates
/// along a tree of edges, where all other edges agree with it: detailed balance. marked: the class, among all states.
/// Nothing where an edge is one-way or disagrees.
std::optional<Eigen::VectorXd> detailed_balance_law(const JumpsByState& jumps, const std::vector<std::int32_t>& states,
                                                    const std::vector<char>& marked);

}  // namespace valleyflux
