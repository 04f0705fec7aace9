#pragma once

#include "solver/discretisation/generator.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace valleyflux {

/// The jumps of a generator, which is referred to, by the state that they start from.
class JumpsByState {
 public:
  explicit JumpsByState(const Generator& generator);

  /// Calls f(other, to, back) for every edge of a state: the rates to the other state and back.
  template <class F>
  void each(std::int32_t state, const F& f) const {
    for (auto k = begin_[static_cast<std::size_t>(state)]; k < begin_[static_cast<std::size_t>(state) + 1]; ++k)
      step(state, k, f);
  }
  std::int32_t begin(std::int32_t state) const { return begin_[static_cast<std::size_t>(state)]; }
  std::int32_t end(std::int32_t state) const { return begin_[static_cast<std::size_t>(state) + 1]; }
  /// The same of the k-th entry, of `state`.
  template <class F>
  void step(std::int32_t state, std::int32_t k, const F& f) const {
    const auto e = static_cast<std::size_t>(edges_[static_cast<std::size_t>(k)]);
    if (generator_.from[e] == state)
      f(generator_.to[e], generator_.forward[e], generator_.backward[e]);
    else
      f(generator_.from[e], generator_.backward[e], generator_.forward[e]);
  }

 private:
  const Generator& generator_;
  std::vector<std::int32_t> begin_, edges_;
};

}  // namespace valleyflux
