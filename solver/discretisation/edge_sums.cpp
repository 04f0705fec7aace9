#include "solver/discretisation/edge_sums.hpp"

#include "grids/first_failure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

namespace valleyflux {

Index NodeLine::edge_at(double place) const {
  const Index after = std::lower_bound(x_.begin(), x_.end(), place) - x_.begin();
  return after > 0 ? after - 1 : nodes() - 1;
}

EdgeDivision NodeLine::division(Index edge) const {
  const double middle = 0.5 * (start(edge) + end(edge));
  const auto last = static_cast<std::int32_t>(axis().cells() - 1);
  if (edge + 1 == nodes())  // across the seam of a ring
    return end(edge) > axis().max() ? EdgeDivision{axis().max(), {last, 0}} : EdgeDivision{middle, {last, last}};
  const auto cell = static_cast<std::int32_t>(grid_.cell_containing(Point<1>(middle)));
  if (const double lower = axis().edge(cell); start(edge) < lower) return {lower, {cell - 1, cell}};
  if (const double upper = axis().edge(cell + 1); upper < end(edge)) return {upper, {cell, cell + 1}};
  return {middle, {cell, cell}};
}

EdgeSums::EdgeSums(const NodeLine& line)
    : forward(static_cast<std::size_t>(line.edges())),
      backward(forward.size()),
      cells(forward.size()),
      parts(4, line.nodes()) {
  parts.col(0).head<2>().setZero();
  parts.col(line.nodes() - 1).tail<2>().setZero();
}

void EdgeSums::set(Index edge, const LineEdge& over) {
  const Index next = next_of(edge);
  forward[static_cast<std::size_t>(edge)] = over.forward;
  backward[static_cast<std::size_t>(edge)] = over.backward;
  parts(2, edge) = over.first[0];
  parts(3, edge) = over.first[1];
  parts(0, next) = over.last[0];
  parts(1, next) = over.last[1];
}

void EdgeSums::set(Index edge, const LogEdge& over) {
  const Index next = next_of(edge);
  const double first = unit_for(edge, std::max(over.first[0], over.first[1]));
  const double last = unit_for(next, std::max(over.last[0], over.last[1]));
  set(edge, LineEdge{std::exp(-over.forward_resistance - first),
                     std::exp(-over.backward_resistance - last),
                     {std::exp(over.first[0] - first), std::exp(over.first[1] - first)},
                     {std::exp(over.last[0] - last), std::exp(over.last[1] - last)}});
}

void EdgeSums::set_wall(Index node, Index part, double log_mass) {
  parts(part, node) = std::exp(log_mass - unit_for(node, log_mass));
}

/// Masses of wells that lie between nodes may be beyond the range of numbers: the unit that they ask for.
double EdgeSums::unit_for(Index node, double log_mass) {
  const double old = log_unit(node);
  if (!(log_mass > old) || std::isinf(log_mass)) return old;
  if (log_unit_.empty()) log_unit_.assign(static_cast<std::size_t>(parts.cols()), 0.0);
  const double change = std::exp(old - log_mass);
  const Index before = node > 0 ? node - 1 : parts.cols() - 1, edges = std::ssize(forward);
  parts.col(node) *= change;
  if (node < edges) forward[static_cast<std::size_t>(node)] *= change;
  if (before < edges) backward[static_cast<std::size_t>(before)] *= change;
  return log_unit_[static_cast<std::size_t>(node)] = log_mass;
}

EdgeSums integrate_edges(const LineIntegrator& integrate, const NodeLine& line, const std::vector<char>& open) {
  EdgeSums sums(line);
  constexpr Index block = panel_block / 2;  // edges, of two stretches each
  const Index blocks = (line.edges() + block - 1) / block;
  std::vector<std::vector<std::pair<Index, LogEdge>>> steep(static_cast<std::size_t>(blocks));
  FirstFailure failure;
#pragma omp parallel for schedule(dynamic, 4)
  for (Index number = 0; number < blocks; ++number)
    failure.guard([&] {
      std::array<Index, block> edges;
      std::array<double, block> divisions;
      std::size_t count = 0;
      for (Index edge = number * block; edge < std::min((number + 1) * block, line.edges()); ++edge) {
        const EdgeDivision division = line.division(edge);
        sums.cells[static_cast<std::size_t>(edge)] = division.cells;
        sums.set(edge, LineEdge{});
        if (!open[static_cast<std::size_t>(edge)]) continue;
        edges[count] = edge;
        divisions[count++] = division.place;
      }
      if (count == 0) return;
      thread_local Eigen::ArrayXd start, end;
      thread_local PanelIntegrals stretches;
      thread_local std::vector<LineEdge> joined;
      const auto n = static_cast<Index>(count);
      start.resize(2 * n);
      end.resize(2 * n);
      for (std::size_t k = 0; k < count; ++k) {
        const auto p = static_cast<Index>(k);
        const double turn = line.beyond_seam(edges[k]);
        start[p] = line.start(edges[k]);
        end[p] = divisions[k];
        start[n + p] = divisions[k] - turn;
        end[n + p] = line.end(edges[k]) - turn;
      }
      const auto gentle = integrate.together(start, end, stretches);
      join_stretches(stretches, joined);
      const auto stretch = [&](std::size_t k) {
        const auto p = static_cast<Index>(k);
        return gentle[k] ? stretches[p] : integrate(start[p], end[p]);
      };
      for (std::size_t k = 0; k < count; ++k)
        if (gentle[k] && gentle[count + k])
          sums.set(edges[k], joined[k]);
        else
          steep[static_cast<std::size_t>(number)].emplace_back(edges[k], edge_over(stretch(k), stretch(count + k)));
    });
  failure.rethrow();
  for (const auto& some : steep)
    for (const auto& [edge, over] : some) sums.set(edge, over);
  return sums;
}

}  // namespace valleyflux
