#include "solver/multilevel/weighed_parts.hpp"

#include "solver/multilevel/detailed_balance.hpp"

#include <utility>

namespace valleyflux {

std::vector<char> marks_of(const std::vector<std::int32_t>& states, Eigen::Index all) {
  std::vector<char> marked(static_cast<std::size_t>(all), 0);
  for (const std::int32_t state : states) marked[static_cast<std::size_t>(state)] = 1;
  return marked;
}

StateSubset subset_of(std::vector<std::int32_t> states, Eigen::Index all) {
  StateSubset subset{std::move(states), std::vector<std::int32_t>(static_cast<std::size_t>(all), -1)};
  for (std::size_t i = 0; i < subset.states.size(); ++i)
    subset.node[static_cast<std::size_t>(subset.states[i])] = static_cast<std::int32_t>(i);
  return subset;
}

ClassLaw class_law(const JumpsByState& jumps, const Eigen::Ref<const Eigen::MatrixXi>& positions,
                   const std::vector<std::int32_t>& states, const MultilevelOptions& options) {
  if (auto law = detailed_balance_law(jumps, states, marks_of(states, positions.cols()))) return {std::move(*law), 0};
  BalancedFlows flows = balance(flow_graph(jumps, subset_of(states, positions.cols()), positions, {}, {}, {}),
                                Eigen::VectorXd::Ones(static_cast<Eigen::Index>(states.size())), options);
  return {std::move(flows.law), flows.cycles};
}

std::vector<WeighedPart> weighed_parts(const JumpsByState& jumps, const std::vector<std::int32_t>& states,
                                       const Eigen::VectorXd& weight, Eigen::Index all) {
  // Of what is hardly above the cut the law is none by itself.
  constexpr double in_range = 1e-280, far_above = 1e-200;
  if (weight.minCoeff() >= in_range) return {{states, weight}};
  std::vector<std::int32_t> inside;
  Eigen::VectorXd weight_of = Eigen::VectorXd::Zero(all);
  for (std::size_t i = 0; i < states.size(); ++i) {
    const double w = weight[static_cast<Eigen::Index>(i)];
    if (w < in_range) continue;
    inside.push_back(states[i]);
    weight_of[states[i]] = w;
  }
  std::vector<WeighedPart> parts;
  for (std::vector<std::int32_t>& joined : communicating_classes(jumps, inside, marks_of(inside, all))) {
    WeighedPart part;
    part.weight = weight_of(joined);
    const double top = part.weight.maxCoeff();
    if (top < far_above) continue;
    part.weight /= top;
    part.cut = in_range / top;
    part.states = std::move(joined);
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace valleyflux
