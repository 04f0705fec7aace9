#include "solver/discretisation/jumps_by_state.hpp"
#include "solver/elimination/elimination.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace valleyflux {
namespace {

std::size_t at(Index index) {
  return static_cast<std::size_t>(index);
}

/// Marks the states that `start` leads to by positive rates (backwards: that lead to `start`), itself included, and
/// calls f(state, next, to, back) where one is found. States marked before are not visited. Returns the number of
/// states found.
template <typename F>
Index mark(const JumpsByState& jumps, std::int32_t start, bool backwards, std::vector<char>& marked, const F& f) {
  std::vector<std::int32_t> found{start};
  marked[at(start)] = 1;
  for (std::size_t k = 0; k < found.size(); ++k) {
    const std::int32_t state = found[k];
    jumps.each(state, [&](std::int32_t next, double to, double back) {
      if (marked[at(next)] || !((backwards ? back : to) > 0.0)) return;
      marked[at(next)] = 1;
      found.push_back(next);
      f(state, next, to, back);
    });
  }
  return static_cast<Index>(found.size());
}

void nothing(std::int32_t, std::int32_t, double, double) {}

/// Where the largest rate leads; the state itself if none does.
std::int32_t most_frequent(const JumpsByState& jumps, std::int32_t state) {
  double largest = 0.0;
  std::int32_t goal = state;
  jumps.each(state, [&](std::int32_t next, double to, double) {
    if (to > largest) {
      largest = to;
      goal = next;
    }
  });
  return goal;
}

/// A state that all others lead to.
std::int32_t common_goal(const JumpsByState& jumps, Index states) {
  // If there is one, then the last state that those tried before it do not lead to is one.
  std::vector<char> marked(at(states), 0);
  std::int32_t goal = 0;
  for (std::int32_t state = 0; state < states; ++state)
    if (!marked[at(state)]) mark(jumps, goal = state, true, marked, nothing);
  std::fill(marked.begin(), marked.end(), char{0});
  if (mark(jumps, goal, true, marked, nothing) < states) {
    const auto other = std::find(marked.begin(), marked.end(), char{0}) - marked.begin();
    throw SolverError(fmt::format(
        "there is more than one closed class of states (state {} does not lead to state {}): no unique stationary law",
        other, goal));
  }
  return goal;
}

/// The generator on its closed class with `reference` for an exit; the other states are cut off and leave at rate 1.
Generator without(const Generator& generator, const std::vector<char>& closed, Index reference) {
  Generator cut = generator;
  cut.exit.setZero();
  for (Index s = 0; s < cut.states; ++s)
    if (!closed[at(s)] || s == reference) cut.exit[s] = 1.0;
  for (std::size_t e = 0; e < cut.from.size(); ++e) {
    const Index i = cut.from[e], j = cut.to[e];
    if (closed[at(i)] && closed[at(j)] && i != reference && j != reference) continue;
    if (i == reference && closed[at(j)]) cut.exit[j] += cut.backward[e];
    if (j == reference && closed[at(i)]) cut.exit[i] += cut.forward[e];
    cut.forward[e] = cut.backward[e] = 0.0;
  }
  return cut;
}

/// Where the largest rates lead from a state: to the bottom of its valley.
Index downstream(const Generator& generator, const JumpsByState& jumps, Index state) {
  std::vector<char> visited(at(generator.states), 0);
  while (!visited[at(state)]) {
    visited[at(state)] = 1;
    state = most_frequent(jumps, static_cast<std::int32_t>(state));
  }
  return state;
}

/// A state of the closed class that is probable as far as the ratios of rates along some paths tell (with detailed
/// balance: the most probable one). Marks the closed class.
Index probable_state(const Generator& generator, const JumpsByState& jumps, std::vector<char>& closed) {
  const std::int32_t start = common_goal(jumps, generator.states);
  Eigen::VectorXd log_weight = Eigen::VectorXd::Constant(generator.states, -std::numeric_limits<double>::infinity());
  log_weight[start] = 0.0;
  mark(jumps, start, false, closed, [&](std::int32_t state, std::int32_t next, double to, double back) {
    log_weight[next] = log_weight[state] + std::clamp(std::log(to) - std::log(back), -700.0, 700.0);
  });
  Index best = 0;
  log_weight.maxCoeff(&best);
  return downstream(generator, jumps, best);
}

/// Of a chain of neighbours, the law from the logarithms of the ratios of its rates, where probable states lie on both
/// sides of improbable ones beyond the range of double precision; empty otherwise.
Eigen::VectorXd law_of_divided_chain(const Generator& generator, double total) {
  if (generator.edges() != generator.states - 1) return {};
  Eigen::VectorXd log_weight = Eigen::VectorXd::Zero(generator.states);
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const auto next = static_cast<Index>(e) + 1;
    if (generator.from[e] + 1 != next || generator.to[e] != next) return {};
    if (!(generator.forward[e] > 0 && generator.backward[e] > 0)) return {};
    log_weight[next] = log_weight[next - 1] + std::log(generator.forward[e]) - std::log(generator.backward[e]);
  }
  log_weight.array() -= log_weight.maxCoeff();
  const double lowest = std::log(std::numeric_limits<double>::min());
  Index first = 0, last = generator.states - 1;
  while (log_weight[first] < lowest) ++first;
  while (log_weight[last] < lowest) --last;
  if (log_weight.segment(first, last - first + 1).minCoeff() >= lowest) return {};
  const Eigen::VectorXd weight = log_weight.array().exp();
  return weight * (total / weight.sum());
}

/// Rates at which the reference is left for each state.
Eigen::VectorXd departures(const Generator& generator, Index reference) {
  Eigen::VectorXd rates = Eigen::VectorXd::Zero(generator.states);
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    if (generator.from[e] == reference) rates[generator.to[e]] = generator.forward[e];
    if (generator.to[e] == reference) rates[generator.from[e]] = generator.backward[e];
  }
  return rates;
}

}  // namespace

// With a state a of the closed class for reference, pi_j / pi_a is the mean time spent in j between a departure from a,
// at the rates q_ai, and the next arrival: the forward equation with a for an exit. All ratios are in range if a is
// among the most probable states; a guess is put right by what it fails at.
Eigen::VectorXd stationary_probabilities(const EliminationOrder& order, const Generator& generator, double total) {
  if (Eigen::VectorXd law = law_of_divided_chain(generator, total); law.size() > 0) return law;
  constexpr int attempts = 10;
  constexpr double low = 1e-250, out_of_proportion = 1e100;
  const JumpsByState jumps(generator);
  std::vector<char> closed(at(generator.states), 0);
  Index reference = probable_state(generator, jumps, closed);
  for (int attempt = 0; attempt < attempts; ++attempt) {
    try {
      const Elimination elimination(order, without(generator, closed, reference));
      const Eigen::VectorXd leaving = departures(generator, reference);
      Index heaviest = 0;
      try {
        Eigen::VectorXd weight = elimination.solve_forward(total * leaving);
        if (weight.maxCoeff(&heaviest) <= total * out_of_proportion) {
          weight[reference] = total;
          return weight * (total / weight.sum());
        }
      } catch (const RangeError&) {
        elimination.solve_forward(low * leaving).maxCoeff(&heaviest);
      }
      reference = heaviest;
    } catch (const NoWayOut& trap) {
      reference = downstream(generator, jumps, trap.state);  // a valley that is left by rates that underflow
    }
  }
  throw SolverError("the stationary law spans more than the range of double precision");
}

}  // namespace valleyflux
