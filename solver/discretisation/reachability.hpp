#pragma once

#include "solver/discretisation/generator.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace valleyflux {

/// Which states of a generator lead to which by positive rates.
class Reachability {
 public:
  explicit Reachability(const Generator& generator);

  /// Marks (states) all that can be reached from the marked ones.
  void mark_reached_from(std::vector<char>& marked) const { mark_linked(marked, out_); }
  /// Marks (states) all from which a marked one can be reached.
  void mark_leading_to(std::vector<char>& marked) const { mark_linked(marked, in_); }

 private:
  using Links = std::vector<std::pair<std::int32_t, double>>;  // neighbour, rate to it or from it

  void mark_linked(std::vector<char>& marked, const Links& links) const;

  std::vector<std::size_t> begin_;  // of each state's links
  Links out_, in_;
};

}  // namespace valleyflux
