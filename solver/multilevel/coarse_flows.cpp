#include "solver/multilevel/coarse_flows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace valleyflux {

namespace {

std::size_t entry(std::int32_t index) {
  return static_cast<std::size_t>(index);
}

/// Flow of two nodes' exchange, reduced to a part `t` of it: the difference of both ways stays.
void reduce(double& one, double& other, double t) {
  double &larger = one >= other ? one : other, &smaller = one >= other ? other : one;
  const double ratio = smaller / larger, net = 1.0 - ratio;
  const double root = std::sqrt(net * net + 4.0 * t * t * ratio);
  smaller = larger * (2.0 * t * t * ratio / (root + net));
  larger *= 0.5 * (root + net);
}

/// What the inside of aggregate `a` puts in series with each of its links, over the link's conductance: half the sum
/// over its members of what the share of the link differs by from the share of mass, over what they exchange.
void find_resistances(const FlowLevel& fine, const FlowLevel& coarse, std::int32_t a, double inside,
                      FlowScratch& scratch) {
  const FlowGraph &graph = fine.graph, &links = coarse.graph;
  const std::int32_t first = links.begin[entry(a)], last = links.begin[entry(a) + 1];
  const bool single = fine.member_begin[entry(a) + 1] - fine.member_begin[entry(a)] == 1;
  for (std::int32_t k = first; k < last; ++k) scratch.resistance[entry(k)] = single ? 0.0 : 1.0;
  if (single) return;
  for (std::int32_t m = fine.member_begin[entry(a)]; m < fine.member_begin[entry(a) + 1]; ++m) {
    const std::int32_t i = fine.members[entry(m)];
    const double x = fine.x[entry(i)], share = fine.mass[entry(i)] * x / coarse.mass[entry(a)];
    const std::int32_t begin = graph.begin[entry(i)], end = graph.begin[entry(i) + 1];
    for (std::int32_t k = begin; k < end; ++k)
      if (const std::int32_t link = fine.coarse_entry[entry(k)]; link >= 0)
        scratch.gross[entry(link)] += graph.from(k) * fine.x[entry(graph.neighbour[entry(k)])] + graph.back(k) * x;
    for (std::int32_t k = begin; k < end; ++k) {
      const std::int32_t link = fine.coarse_entry[entry(k)];
      if (link < 0 || !(scratch.gross[entry(link)] > 0)) continue;
      const double of_link = scratch.gross[entry(link)] / (links.from(link) + links.back(link));
      scratch.resistance[entry(link)] += std::abs(of_link - share) - share;  // members without a part in it count in 1
      scratch.gross[entry(link)] = 0.0;
    }
  }
  constexpr double infinite = 1e300;
  for (std::int32_t k = first; k < last; ++k) {
    double& resistance = scratch.resistance[entry(k)];
    resistance = inside > 0 ? std::min(0.5 * std::max(resistance, 0.0) / inside, infinite) : infinite;
  }
}

}  // namespace

FlowLevel coarse_pattern(FlowLevel& fine, std::int32_t count) {
  const FlowGraph& graph = fine.graph;
  const std::int32_t nodes = graph.nodes();
  fine.member_begin.assign(entry(count) + 1, 0);
  for (const std::int32_t a : fine.aggregate) ++fine.member_begin[entry(a) + 1];
  std::partial_sum(fine.member_begin.begin(), fine.member_begin.end(), fine.member_begin.begin());
  fine.members.resize(entry(nodes));
  std::vector<std::int32_t> next(fine.member_begin.begin(), fine.member_begin.end() - 1);
  for (std::int32_t i = 0; i < nodes; ++i) fine.members[entry(next[entry(fine.aggregate[entry(i)])]++)] = i;

  FlowLevel coarse;
  FlowGraph& links = coarse.graph;
  links.begin.assign(entry(count) + 1, 0);
  if (graph.cemetery >= 0) links.cemetery = fine.aggregate[entry(graph.cemetery)];
  fine.coarse_entry.assign(graph.neighbour.size(), -1);
  std::vector<std::int32_t> seen(entry(count), -1);  // where an aggregate stands in the row
  const auto each_link = [&](std::int32_t a, const auto& f) {
    for (std::int32_t m = fine.member_begin[entry(a)]; m < fine.member_begin[entry(a) + 1]; ++m) {
      const std::int32_t i = fine.members[entry(m)];
      for (std::int32_t k = graph.begin[entry(i)]; k < graph.begin[entry(i) + 1]; ++k)
        if (const std::int32_t b = fine.aggregate[entry(graph.neighbour[entry(k)])]; b != a) f(k, b);
    }
  };
  for (std::int32_t a = 0; a < count; ++a) {
    const auto first = static_cast<std::int32_t>(links.neighbour.size());
    each_link(a, [&](std::int32_t, std::int32_t b) {
      if (seen[entry(b)] >= first) return;
      seen[entry(b)] = static_cast<std::int32_t>(links.neighbour.size());
      links.neighbour.push_back(b);
    });
    std::sort(links.neighbour.begin() + first, links.neighbour.end());
    for (std::size_t k = entry(first); k < links.neighbour.size(); ++k)
      seen[entry(links.neighbour[k])] = static_cast<std::int32_t>(k);
    each_link(a, [&](std::int32_t k, std::int32_t b) { fine.coarse_entry[entry(k)] = seen[entry(b)]; });
    links.begin[entry(a) + 1] = static_cast<std::int32_t>(links.neighbour.size());
  }
  links.neighbour.shrink_to_fit();
  links.rate.assign(links.neighbour.size(), 0.0);
  links.outflow.assign(entry(count), 0.0);
  link_reverse(links);
  coarse.x.assign(entry(count), 1.0);
  coarse.mass.assign(entry(count), 0.0);
  return coarse;
}

void coarse_flows(const FlowLevel& fine, FlowLevel& coarse, bool in_series, FlowScratch& scratch) {
  const FlowGraph& graph = fine.graph;
  FlowGraph& links = coarse.graph;
  const std::int32_t aggregates = links.nodes();
  if (scratch.gross.size() < links.rate.size()) {
    scratch.gross.resize(links.rate.size(), 0.0);
    scratch.resistance.resize(links.rate.size());
  }
  std::vector<double> inside(entry(aggregates));
#pragma omp parallel if (graph.nodes() > worth_a_team)
  {
#pragma omp for schedule(static)
    for (std::int32_t a = 0; a < aggregates; ++a) {
      for (std::int32_t k = links.begin[entry(a)]; k < links.begin[entry(a) + 1]; ++k) links.rate[entry(k)] = 0.0;
      double mass = 0.0, exchanged = 0.0;
      for (std::int32_t m = fine.member_begin[entry(a)]; m < fine.member_begin[entry(a) + 1]; ++m) {
        const std::int32_t i = fine.members[entry(m)];
        mass += fine.mass[entry(i)] * fine.x[entry(i)];
        for (std::int32_t k = graph.begin[entry(i)]; k < graph.begin[entry(i) + 1]; ++k) {
          const double flow = graph.from(k) * fine.x[entry(graph.neighbour[entry(k)])];
          const std::int32_t link = fine.coarse_entry[entry(k)];
          (link >= 0 ? links.rate[entry(link)] : exchanged) += flow;
        }
      }
      coarse.mass[entry(a)] = mass;
      inside[entry(a)] = 0.5 * exchanged;
    }
    if (in_series) {
#pragma omp for schedule(static)
      for (std::int32_t a = 0; a < aggregates; ++a) find_resistances(fine, coarse, a, inside[entry(a)], scratch);
#pragma omp for schedule(static)
      for (std::int32_t a = 0; a < aggregates; ++a)
        for (std::int32_t k = links.begin[entry(a)]; k < links.begin[entry(a) + 1]; ++k) {
          if (links.neighbour[entry(k)] < a) continue;
          const std::int32_t other = links.reverse[entry(k)];
          double &in = links.rate[entry(k)], &out = links.rate[entry(other)];
          if (!(in > 0 && out > 0)) continue;
          // Not less than a quarter: of aggregates that hardly hang together too little would be left.
          constexpr double least = 0.25, hardly_less = 0.999;
          const double resistance = scratch.resistance[entry(k)] + scratch.resistance[entry(other)];
          const double t = std::max(least, 1.0 / (1.0 + 0.5 * (in + out) * resistance));
          if (t < hardly_less) reduce(in, out, t);
        }
    }
#pragma omp for schedule(static)
    for (std::int32_t a = 0; a < aggregates; ++a) {
      double sum = 0.0;
      for (std::int32_t k = links.begin[entry(a)]; k < links.begin[entry(a) + 1]; ++k) sum += links.back(k);
      links.outflow[entry(a)] = sum;
    }
  }
}

}  // namespace valleyflux
