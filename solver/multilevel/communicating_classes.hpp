#pragma once

#include "solver/discretisation/jumps_by_state.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <vector>

namespace valleyflux {

inline constexpr std::size_t few_states = 60;  // as many of a class are eliminated

std::vector<std::int32_t> all_states(const Generator& generator);

/// Rates of a few states, which ascend, among themselves, from row to column.
Eigen::MatrixXd dense_rates(const JumpsByState& jumps, const std::vector<std::int32_t>& states);

/// Classes of states that lead to each other, among those marked (states of the generator); each leads only to classes
/// before it. States of a class ascend. (Tarjan 1972.)
std::vector<std::vector<std::int32_t>> communicating_classes(const JumpsByState& jumps,
                                                             const std::vector<std::int32_t>& states,
                                                             const std::vector<char>& marked);

}  // namespace valleyflux
