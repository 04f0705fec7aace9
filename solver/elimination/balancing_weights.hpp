#pragma once

#include "solver/discretisation/generator.hpp"

#include <Eigen/Core>

#include <optional>

namespace valleyflux {

inline constexpr double least_weight = 1e-290;  // below, weights have underflown

/// Whether w_i q_ij and w_j q_ji of every edge agree, but for round-off, where neither weight has underflown. weights:
/// states.
bool are_balanced(const Generator& generator, const Eigen::VectorXd& weights, double round_off);

/// Weights w of the states with w_i q_ij = w_j q_ji to round-off for every edge: stationary probabilities, up to a
/// factor for each set of states that edges join, where rates are in detailed balance. Nothing where they are not, or
/// where the weights span more than 1e200, so that products with them might leave the range of doubles.
std::optional<Eigen::VectorXd> balancing_weights(const Generator& generator);

}  // namespace valleyflux
