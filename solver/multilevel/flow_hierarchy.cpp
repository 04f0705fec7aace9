#include "solver/multilevel/flow_hierarchy.hpp"

#include "solver/multilevel/aggregates.hpp"
#include "solver/multilevel/law_watch.hpp"
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
  const Index nodes = graph.nodes(), n = nodes + (graph.leaves() ? 1 : 0);  // with the cemetery, the last one
  Eigen::VectorXd mass(n);
  for (std::int32_t i = 0; i < nodes; ++i) mass[i] = level.mass_of(i);
  if (graph.leaves()) mass[nodes] = level.outside_mass;
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return mass[a] > mass[b]; });
  Entries<Index> rank(n);
  for (Index r = 0; r < n; ++r) rank[order[static_cast<std::size_t>(r)]] = r;
  Eigen::MatrixXd rates = Eigen::MatrixXd::Zero(n, n);  // from row to column
  for (std::int32_t i = 0; i < nodes; ++i) {
    for (std::int32_t k = graph.begin[i]; k < graph.begin[i + 1]; ++k)
      rates(rank[graph.neighbour[k]], rank[i]) = graph.rate[k];
    if (!graph.leaves()) continue;
    rates(rank[i], rank[nodes]) = graph.exit[i];
    rates(rank[nodes], rank[i]) = graph.source[i];
  }
  Eigen::VectorXd total = Eigen::VectorXd::Zero(n), law = Eigen::VectorXd::Ones(n);
  for (Index s = n - 1; s > 0; --s) {
    total[s] = rates.row(s).head(s).sum();
    if (!(total[s] > 0)) continue;
    const Eigen::RowVectorXd share = rates.row(s).head(s) / total[s];
    rates.topLeftCorner(s, s).noalias() += rates.col(s).head(s) * share;
  }
  for (Index s = 1; s < n; ++s)
    if (total[s] > 0) law[s] = rates.col(s).head(s).dot(law.head(s)) / total[s];
  const Eigen::VectorXd of_node = law(rank);
  const double scale = mass.sum() / mass.dot(of_node);
  level.x = of_node.head(nodes) * scale;
  if (graph.leaves()) level.outside = of_node[nodes] * scale;
}

}  // namespace

FlowHierarchy::FlowHierarchy(FlowGraph graph, Eigen::VectorXd start) {
  FlowLevel& finest = levels_.emplace_back();
  finest.graph = std::move(graph);
  finest.x = std::move(start);
  if (finest.graph.leaves()) finest.outside = finest.graph.exit.dot(finest.x) / finest.graph.returning;
  find_slabs(finest);
  regroup();
}

void FlowHierarchy::regroup_from(std::size_t level) {
  levels_.resize(level + 1);
  while (levels_.back().graph.nodes() > few_nodes && levels_.size() < most_levels) {
    FlowLevel& fine = levels_.back();
    Aggregates groups = aggregate(fine.graph, fine.x, fine.axis);
    if (groups.count == fine.graph.nodes()) break;
    FlowLevel coarse = coarse_pattern(fine, groups.of, groups.count);
    coarse.graph.position = std::move(groups.position);
    coarse.axis = groups.axis;
    if (levels_.size() == 2) std::vector<FlowGraph::Position>().swap(fine.graph.position);
    find_slabs(coarse);
    coarse_flows(fine, coarse, true, resistance_);
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

double FlowHierarchy::through() const {
  const FlowGraph& graph = levels_.front().graph;
  if (!graph.leaves()) return 0.0;
  return sum_in_order(graph.nodes(), [&](std::int64_t i) { return graph.exit[i] * law()[i]; });
}

void FlowHierarchy::rescale(double factor) {
  levels_.front().x *= factor;
  levels_.front().outside *= factor;
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
    coarse_flows(here, coarse, in_series, resistance_);
    cycle_from(level + 1, in_series);
    correct(level);
    relax(here, Sweep::backwards);
  }
}

/// Multiplies the law of a level by that of the next coarser one.
void FlowHierarchy::correct(std::size_t level) {
  FlowLevel& here = levels_[level];
  const FlowLevel& coarse = levels_[level + 1];
  const std::int32_t aggregates = coarse.graph.nodes();
#pragma omp parallel for schedule(static) if (here.graph.nodes() > worth_a_team)
  for (std::int32_t a = 0; a < aggregates; ++a)
    for (std::int32_t m = here.member_begin[a]; m < here.member_begin[a + 1]; ++m)
      here.x[here.members[m]] *= coarse.x[a];
  here.outside *= coarse.outside;
}

void FlowHierarchy::approach() {
  constexpr std::size_t finest = 2, step = 2;  // about a fourth of the nodes, and of those
  if (levels_.size() < 2 * finest) return;
  std::size_t level = finest;
  while (level + step + 1 < levels_.size()) level += step;
  const std::int32_t few = levels_.front().graph.nodes() / 64;
  for (;; level -= step) {
    settle(level, levels_[level].graph.nodes() < few ? 20 : 3);
    for (std::size_t k = 1; k <= step; ++k) {
      correct(level - k);
      relax(levels_[level - k], Sweep::backwards);
    }
    if (level == finest) break;
  }
  regroup();
}

/// At most so many cycles of a level, until its law hardly changes.
void FlowHierarchy::settle(std::size_t level, int most) {
  LawWatch watch(levels_[level].x);
  constexpr double hardly = 0.1;
  double change = 0.0;
  for (int k = 0; k < most && (k == 0 || change > hardly); ++k) {
    if (change > far_off) regroup_from(level);
    cycle_from(level, k % 2 == 0);
    change = watch.change(levels_[level].x);
  }
}

}  // namespace valleyflux
