#include "solver/multilevel/closed_law.hpp"

#include "solver/elimination/dense_elimination.hpp"

#include <algorithm>
#include <vector>

namespace valleyflux {

namespace {

/// Throws SolverError where what is in the range of doubles of a law falls apart: how much is in each part is not
/// known.
void require_joined(const JumpsByState& jumps, const std::vector<std::int32_t>& states, const Eigen::VectorXd& law,
                    Index all) {
  constexpr double in_range = 1e-290;
  std::vector<char> inside(static_cast<std::size_t>(all), 0);
  std::vector<std::int32_t> kept;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (law[static_cast<Index>(i)] < in_range) continue;
    inside[static_cast<std::size_t>(states[i])] = 1;
    kept.push_back(states[i]);
  }
  if (communicating_classes(jumps, kept, inside).size() > 1)
    throw SolverError("the stationary law spans more than the range of double precision");
}

}  // namespace

ClassLaw closed_law(const Generator& generator, const Eigen::Ref<const Eigen::MatrixXi>& positions,
                    const MultilevelOptions& options) {
  const JumpsByState jumps(generator);
  const std::vector<std::int32_t> all = all_states(generator);
  const auto classes = communicating_classes(jumps, all, std::vector<char>(all.size(), 1));
  std::vector<std::int32_t> number(all.size());
  for (std::size_t c = 0; c < classes.size(); ++c)
    for (const std::int32_t state : classes[c]) number[static_cast<std::size_t>(state)] = static_cast<std::int32_t>(c);
  std::vector<char> open(classes.size(), 0);
  for (const std::int32_t state : all)
    jumps.each(state, [&](std::int32_t other, double to, double) {
      const std::int32_t own = number[static_cast<std::size_t>(state)];
      if (to > 0 && number[static_cast<std::size_t>(other)] != own) open[static_cast<std::size_t>(own)] = 1;
    });
  if (std::count(open.begin(), open.end(), char{0}) > 1)
    throw SolverError("there is more than one closed class of states: no unique stationary law");
  const auto closed = static_cast<std::size_t>(std::find(open.begin(), open.end(), char{0}) - open.begin());
  const std::vector<std::int32_t>& states = classes[closed];
  ClassLaw of_class;
  if (states.size() <= few_states) {
    of_class.weight = dense_stationary(dense_rates(jumps, states));
  } else {
    of_class = class_law(jumps, positions, states, options);
    if (of_class.cycles > 0) require_joined(jumps, states, of_class.weight, generator.states);
  }
  ClassLaw law{Eigen::VectorXd::Zero(generator.states), of_class.cycles};
  for (std::size_t i = 0; i < states.size(); ++i) law.weight[states[i]] = of_class.weight[static_cast<Index>(i)];
  return law;
}

}  // namespace valleyflux
