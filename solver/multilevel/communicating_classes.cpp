#include "solver/multilevel/communicating_classes.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace valleyflux {

namespace {

std::size_t at_state(std::int32_t state) {
  return static_cast<std::size_t>(state);
}

}  // namespace

std::vector<std::int32_t> all_states(const Generator& generator) {
  std::vector<std::int32_t> all(static_cast<std::size_t>(generator.states));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

Eigen::MatrixXd dense_rates(const JumpsByState& jumps, const std::vector<std::int32_t>& states) {
  const auto n = static_cast<Index>(states.size());
  Eigen::MatrixXd rates = Eigen::MatrixXd::Zero(n, n);
  for (Index i = 0; i < n; ++i)
    jumps.each(states[static_cast<std::size_t>(i)], [&](std::int32_t other, double to, double) {
      const auto found = std::lower_bound(states.begin(), states.end(), other);
      if (found != states.end() && *found == other) rates(i, found - states.begin()) = to;
    });
  return rates;
}

std::vector<std::vector<std::int32_t>> communicating_classes(const JumpsByState& jumps,
                                                             const std::vector<std::int32_t>& states,
                                                             const std::vector<char>& marked) {
  constexpr std::int32_t unseen = -1;
  std::vector<std::int32_t> number(marked.size(), unseen), lowest(marked.size());
  std::vector<char> open(marked.size(), 0);
  std::vector<std::int32_t> stack;                         // states whose class is not known yet
  std::vector<std::pair<std::int32_t, std::int32_t>> way;  // from the start: state, its next entry
  std::vector<std::vector<std::int32_t>> classes;
  std::int32_t count = 0;
  const auto enter = [&](std::int32_t state) {
    number[at_state(state)] = lowest[at_state(state)] = count++;
    open[at_state(state)] = 1;
    stack.push_back(state);
    way.emplace_back(state, jumps.begin(state));
  };
  for (const std::int32_t start : states) {
    if (number[at_state(start)] != unseen) continue;
    enter(start);
    while (!way.empty()) {
      const std::int32_t state = way.back().first;
      if (way.back().second < jumps.end(state)) {
        jumps.step(state, way.back().second++, [&](std::int32_t next, double to, double) {
          if (!(to > 0) || !marked[at_state(next)]) return;
          if (number[at_state(next)] == unseen)
            enter(next);
          else if (open[at_state(next)])
            lowest[at_state(state)] = std::min(lowest[at_state(state)], number[at_state(next)]);
        });
        continue;
      }
      way.pop_back();
      if (!way.empty()) {
        std::int32_t& above = lowest[at_state(way.back().first)];
        above = std::min(above, lowest[at_state(state)]);
      }
      if (lowest[at_state(state)] != number[at_state(state)]) continue;
      std::vector<std::int32_t>& members = classes.emplace_back();
      std::int32_t member = unseen;
      do {
        member = stack.back();
        stack.pop_back();
        open[at_state(member)] = 0;
        members.push_back(member);
      } while (member != state);
      std::sort(members.begin(), members.end());
    }
  }
  return classes;
}

}  // namespace valleyflux
