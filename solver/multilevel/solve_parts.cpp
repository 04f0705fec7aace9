#include "solver/multilevel/solve_parts.hpp"

#include "solver/multilevel/detailed_balance.hpp"

#include <algorithm>
#include <utility>

namespace valleyflux {

namespace {

// A chain that is cut off where its law is below `in_range` is right where it is above `certain`: from there hardly
// anything comes to the cut.
constexpr double in_range = 1e-280, certain = 1e-200;

std::vector<char> marks_of(const std::vector<std::int32_t>& states, Eigen::Index all) {
  std::vector<char> marked(static_cast<std::size_t>(all), 0);
  for (const std::int32_t state : states) marked[static_cast<std::size_t>(state)] = 1;
  return marked;
}

class Partition {
 public:
  Partition(const Generator& generator, const JumpsByState& jumps, const Eigen::Ref<const Eigen::MatrixXi>& positions,
            const MultilevelOptions& options)
      : generator_(generator), jumps_(jumps), positions_(positions), options_(options) {}

  void add(const std::vector<std::int32_t>& states) {
    for (std::vector<std::int32_t>& members :
         communicating_classes(jumps_, states, marks_of(states, generator_.states)))
      add_class(std::move(members));
  }

  std::vector<SolvedPart> parts;
  int cycles = 0;

 private:
  void add_class(std::vector<std::int32_t> members) {
    if (members.size() <= eliminated_states) {
      std::vector<std::int32_t> all = members;
      parts.push_back({std::move(members), {}, std::move(all)});
      return;
    }
    const ClassLaw law = class_law(generator_, jumps_, positions_, members, options_);
    cycles = std::max(cycles, law.cycles);
    if (law.weight.minCoeff() >= in_range) {
      std::vector<std::int32_t> all = members;
      parts.push_back({std::move(members), law.weight, std::move(all)});
      return;
    }
    std::vector<std::int32_t> inside;
    std::vector<double> weight(static_cast<std::size_t>(generator_.states), 0.0);
    for (std::size_t i = 0; i < members.size(); ++i) {
      const double w = law.weight[static_cast<Eigen::Index>(i)];
      if (w < in_range) continue;
      inside.push_back(members[i]);
      weight[static_cast<std::size_t>(members[i])] = w;
    }
    std::vector<char> done(weight.size(), 0);
    // What is cut off may have been all that joined two valleys.
    for (std::vector<std::int32_t>& joined :
         communicating_classes(jumps_, inside, marks_of(inside, generator_.states))) {
      SolvedPart part;
      part.weight.resize(static_cast<Eigen::Index>(joined.size()));
      for (std::size_t i = 0; i < joined.size(); ++i) {
        const double w = weight[static_cast<std::size_t>(joined[i])];
        part.weight[static_cast<Eigen::Index>(i)] = w;
        if (w < certain) continue;
        part.kept.push_back(joined[i]);
        done[static_cast<std::size_t>(joined[i])] = 1;
      }
      part.weight /= part.weight.maxCoeff();
      part.states = std::move(joined);
      if (!part.kept.empty()) parts.push_back(std::move(part));
    }
    std::erase_if(members, [&](std::int32_t state) { return done[static_cast<std::size_t>(state)]; });
    add(members);
  }

  const Generator& generator_;
  const JumpsByState& jumps_;
  const Eigen::Ref<const Eigen::MatrixXi> positions_;
  const MultilevelOptions& options_;
};

}  // namespace

StateSubset subset_of(std::vector<std::int32_t> states, Eigen::Index all) {
  StateSubset subset{std::move(states), std::vector<std::int32_t>(static_cast<std::size_t>(all), -1)};
  for (std::size_t i = 0; i < subset.states.size(); ++i)
    subset.node[static_cast<std::size_t>(subset.states[i])] = static_cast<std::int32_t>(i);
  return subset;
}

ClassLaw class_law(const Generator& generator, const JumpsByState& jumps,
                   const Eigen::Ref<const Eigen::MatrixXi>& positions, const std::vector<std::int32_t>& states,
                   const MultilevelOptions& options) {
  if (auto law = detailed_balance_law(jumps, states, marks_of(states, generator.states))) return {std::move(*law), 0};
  const StateSubset subset = subset_of(states, generator.states);
  BalancedFlows flows = balance(flow_graph(generator, subset, positions, {}, {}, {}), {},
                                Eigen::VectorXd::Ones(static_cast<Eigen::Index>(states.size())), options);
  return {std::move(flows.law), flows.cycles};
}

std::vector<SolvedPart> solve_parts(const Generator& generator, const JumpsByState& jumps,
                                    const Eigen::Ref<const Eigen::MatrixXi>& positions,
                                    const MultilevelOptions& options, int& cycles) {
  Partition partition(generator, jumps, positions, options);
  std::vector<std::int32_t> all(static_cast<std::size_t>(generator.states));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int32_t>(i);
  partition.add(all);
  cycles = std::max(cycles, partition.cycles);
  return std::move(partition.parts);
}

}  // namespace valleyflux
