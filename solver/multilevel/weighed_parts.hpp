#pragma once

#include "solver/multilevel/balanced_flows.hpp"
#include "solver/multilevel/communicating_classes.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <vector>

namespace valleyflux {

/// The closed law of a class of states, by their own jumps alone; largest 1, below the range of doubles 0.
struct ClassLaw {
  Eigen::VectorXd weight;  // states of the class
  int cycles = 0;          // 0: by detailed balance
};
ClassLaw class_law(const JumpsByState& jumps, const Eigen::Ref<const Eigen::MatrixXi>& positions,
                   const std::vector<std::int32_t>& states, const MultilevelOptions& options);

/// States of a class whose backward equation is solved together, by weights that are in the range of doubles.
struct WeighedPart {
  std::vector<std::int32_t> states;  // ascending
  Eigen::VectorXd weight;            // of them, invariant, largest 1
  double cut = 0.0;                  // weights below it, on the same scale, were cut off
};

/// The parts of a class that its law weighs: one, unless what is cut off had joined several.
std::vector<WeighedPart> weighed_parts(const JumpsByState& jumps, const std::vector<std::int32_t>& states,
                                       const Eigen::VectorXd& weight, Eigen::Index all);

/// A subset of `all` states of a generator, and marks of it among them.
StateSubset subset_of(std::vector<std::int32_t> states, Eigen::Index all);
std::vector<char> marks_of(const std::vector<std::int32_t>& states, Eigen::Index all);

}  // namespace valleyflux
