#include "solver/discretisation/reachability.hpp"

#include <cstddef>
#include <cstdint>

namespace valleyflux {

namespace {

/// leads(to, back): whether a jump with these rates is followed.
template <class Leads>
void mark_linked(const JumpsByState& jumps, std::vector<char>& marked, const Leads& leads) {
  std::vector<std::int32_t> stack;
  for (std::size_t s = 0; s < marked.size(); ++s)
    if (marked[s]) stack.push_back(static_cast<std::int32_t>(s));
  while (!stack.empty()) {
    const std::int32_t state = stack.back();
    stack.pop_back();
    jumps.each(state, [&](std::int32_t other, double to, double back) {
      char& mark = marked[static_cast<std::size_t>(other)];
      if (mark || !leads(to, back)) return;
      mark = 1;
      stack.push_back(other);
    });
  }
}

}  // namespace

void mark_reached_from(const JumpsByState& jumps, std::vector<char>& marked) {
  mark_linked(jumps, marked, [](double to, double /*back*/) { return to > 0; });
}

void mark_leading_to(const JumpsByState& jumps, std::vector<char>& marked) {
  mark_linked(jumps, marked, [](double /*to*/, double back) { return back > 0; });
}

}  // namespace valleyflux
