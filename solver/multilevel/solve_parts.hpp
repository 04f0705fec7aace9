#pragma once

#include "solver/multilevel/balanced_flows.hpp"
#include "solver/multilevel/communicating_classes.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <vector>

namespace valleyflux {

/// States whose backward equation is solved together, after that of all parts before.
struct SolvedPart {
  std::vector<std::int32_t> states;  // ascending
  Eigen::VectorXd weight;            // of them, invariant, largest 1; empty: so few that elimination does them
  std::vector<std::int32_t> kept;    // which of them this part is right for
};

/// The closed law of a class of states, by their own jumps alone; largest 1, below the range of doubles 0.
struct ClassLaw {
  Eigen::VectorXd weight;
  int cycles = 0;  // 0: by detailed balance
};
ClassLaw class_law(const Generator& generator, const JumpsByState& jumps,
                   const Eigen::Ref<const Eigen::MatrixXi>& positions, const std::vector<std::int32_t>& states,
                   const MultilevelOptions& options);

/// All states of a generator in parts: classes of states that lead to each other, each after those that it leads to,
/// and of a class first what its law can weigh in doubles, then what is left. cycles: largest of any law, raised.
std::vector<SolvedPart> solve_parts(const Generator& generator, const JumpsByState& jumps,
                                    const Eigen::Ref<const Eigen::MatrixXi>& positions,
                                    const MultilevelOptions& options, int& cycles);

/// As many states are eliminated.
inline constexpr std::size_t eliminated_states = 60;

/// A subset of a generator's states.
StateSubset subset_of(std::vector<std::int32_t> states, Eigen::Index all);

}  // namespace valleyflux
