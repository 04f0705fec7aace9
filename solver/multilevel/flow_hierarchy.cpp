#include "solver/multilevel/flow_hierarchy.hpp"

#include "solver/multilevel/aggregates.hpp"
#include "solver/multilevel/relaxation.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <numeric>
#include <utility>

namespace valleyflux {

namespace {

constexpr std::int32_t few_nodes = 60;
constexpr std::size_t most_levels = 60;

/// The law of a small level by elimination (Grassmann, Taksar & Heyman 1985), the heaviest node last. Nodes whose
/// flows have underflowed keep what they have.
void solve_directly(FlowLevel& level) {
  const FlowGraph& graph = level.graph;
  const auto n = static_cast<Index>(graph.nodes());
  std::vector<Index> order(static_cast<std::size_t>(n)), rank(order.size());
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
    return level.mass[static_cast<std::size_t>(a)] > level.mass[static_cast<std::size_t>(b)];
  });
  for (Index r = 0; r < n; ++r) rank[static_cast<std::size_t>(order[static_cast<std::size_t>(r)])] = r;
  Eigen::MatrixXd rates = Eigen::MatrixXd::Zero(n, n);  // from row to column
  for (std::size_t i = 0; i < rank.size(); ++i)
    for (std::int32_t k = graph.begin[i]; k < graph.begin[i + 1]; ++k)
      rates(rank[static_cast<std::size_t>(graph.neighbour[static_cast<std::size_t>(k)])], rank[i]) = graph.from(k);
  Eigen::VectorXd total = Eigen::VectorXd::Zero(n), law = Eigen::VectorXd::Ones(n);
  for (Index s = n - 1; s > 0; --s) {
    total[s] = rates.row(s).head(s).sum();
    if (!(total[s] > 0)) continue;
    const Eigen::RowVectorXd share = rates.row(s).head(s) / total[s];
    rates.topLeftCorner(s, s).noalias() += rates.col(s).head(s) * share;
  }
  for (Index s = 1; s < n; ++s)
    if (total[s] > 0) law[s] = rates.col(s).head(s).dot(law.head(s)) / total[s];
  double mass = 0.0, weighed = 0.0;
  for (std::size_t i = 0; i < rank.size(); ++i) {
    mass += level.mass[i];
    weighed += level.mass[i] * law[rank[i]];
  }
  for (std::size_t i = 0; i < rank.size(); ++i) level.x[i] = law[rank[i]] * (mass / weighed);
}

}  // namespace

FlowHierarchy::FlowHierarchy(FlowGraph graph, std::vector<double> start) {
  FlowLevel& finest = levels_.emplace_back();
  finest.graph = std::move(graph);
  finest.x = std::move(start);
  finest.mass.assign(finest.x.size(), 1.0);
  find_slabs(finest);
  regroup();
}

void FlowHierarchy::regroup() {
  levels_.resize(1);
  while (levels_.back().graph.nodes() > few_nodes && levels_.size() < most_levels) {
    FlowLevel& fine = levels_.back();
    Aggregates groups = aggregate(fine.graph, fine.x, fine.axis);
    if (groups.count == fine.graph.nodes()) break;
    fine.aggregate = std::move(groups.of);
    FlowLevel coarse = coarse_pattern(fine, groups.count);
    coarse.graph.position = std::move(groups.position);
    coarse.axis = groups.axis;
    find_slabs(coarse);
    coarse_flows(fine, coarse, true, scratch_);
    levels_.push_back(std::move(coarse));
  }
  mark_visited_twice();
}

void FlowHierarchy::mark_visited_twice() {
  double last = levels_.front().graph.nodes();
  for (std::size_t v = 1; v < levels_.size(); ++v) {
    levels_[v].twice = levels_[v].graph.nodes() * fewer_ <= last;
    if (levels_[v].twice) last = levels_[v].graph.nodes();
  }
}

bool FlowHierarchy::visit_coarse_levels_more_often() {
  constexpr double nearly_all = 1.6;
  if (fewer_ == nearly_all) return false;
  fewer_ = nearly_all;
  mark_visited_twice();
  return true;
}

void FlowHierarchy::cycle() {
  relax(levels_.front(), Sweep::forwards);
  cycle_from(0, cycles_++ % 2 == 0);
}

void FlowHierarchy::cycle_from(std::size_t level, bool in_series) {
  FlowLevel& here = levels_[level];
  if (level + 1 == levels_.size()) {
    constexpr std::int32_t small = 200;
    if (here.graph.nodes() <= small) return solve_directly(here);
    constexpr int sweeps = 20;  // aggregates ended early, where hardly any two nodes exchange anything
    for (int s = 0; s < sweeps; ++s) relax(here, s % 2 == 0 ? Sweep::forwards : Sweep::backwards);
    return;
  }
  for (int visit = 0; visit < (here.twice ? 2 : 1); ++visit) {
    if (here.twice) in_series = visit == 0;
    relax(here, Sweep::forwards);
    FlowLevel& coarse = levels_[level + 1];
    coarse_flows(here, coarse, in_series, scratch_);
    std::fill(coarse.x.begin(), coarse.x.end(), 1.0);
    cycle_from(level + 1, in_series);
    const std::int32_t nodes = here.graph.nodes();
#pragma omp parallel for schedule(static) if (nodes > worth_a_team)
    for (std::int32_t i = 0; i < nodes; ++i)
      here.x[static_cast<std::size_t>(i)] *=
          coarse.x[static_cast<std::size_t>(here.aggregate[static_cast<std::size_t>(i)])];
    relax(here, Sweep::backwards);
  }
}

}  // namespace valleyflux
