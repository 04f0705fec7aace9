#include "solver/discretisation/reachability.hpp"

namespace valleyflux {

Reachability::Reachability(const Generator& generator) : begin_(static_cast<std::size_t>(generator.states) + 1, 0) {
  for (const auto* end : {&generator.from, &generator.to})
    for (const auto state : *end) ++begin_[static_cast<std::size_t>(state) + 1];
  for (std::size_t s = 1; s < begin_.size(); ++s) begin_[s] += begin_[s - 1];
  out_.resize(begin_.back());
  in_.resize(begin_.back());
  std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const std::size_t a = next[static_cast<std::size_t>(generator.from[e])]++;
    const std::size_t b = next[static_cast<std::size_t>(generator.to[e])]++;
    out_[a] = {generator.to[e], generator.forward[e]};
    in_[a] = {generator.to[e], generator.backward[e]};
    out_[b] = {generator.from[e], generator.backward[e]};
    in_[b] = {generator.from[e], generator.forward[e]};
  }
}

void Reachability::mark_linked(std::vector<char>& marked, const Links& links) const {
  std::vector<std::size_t> stack;
  for (std::size_t s = 0; s < marked.size(); ++s)
    if (marked[s]) stack.push_back(s);
  while (!stack.empty()) {
    const std::size_t s = stack.back();
    stack.pop_back();
    for (std::size_t k = begin_[s]; k < begin_[s + 1]; ++k) {
      const auto next = static_cast<std::size_t>(links[k].first);
      if (links[k].second > 0 && !marked[next]) {
        marked[next] = 1;
        stack.push_back(next);
      }
    }
  }
}

}  // namespace valleyflux
