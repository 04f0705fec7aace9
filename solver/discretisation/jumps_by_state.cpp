#include "solver/discretisation/jumps_by_state.hpp"

#include <numeric>

namespace valleyflux {

JumpsByState::JumpsByState(const Generator& generator)
    : generator_(generator), begin_(static_cast<std::size_t>(generator.states) + 1, 0) {
  for (const auto* ends : {&generator.from, &generator.to})
    for (const auto state : *ends) ++begin_[static_cast<std::size_t>(state)];
  std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
  edges_.resize(static_cast<std::size_t>(begin_.back()));
  for (std::size_t e = 0; e < generator.from.size(); ++e)
    for (const auto state : {generator.from[e], generator.to[e]})
      edges_[static_cast<std::size_t>(--begin_[static_cast<std::size_t>(state)])] = static_cast<std::int32_t>(e);
}

}  // namespace valleyflux
