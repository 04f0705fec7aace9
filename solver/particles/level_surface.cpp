#include "solver/particles/level_surface.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

BlockProgram level_program(const std::vector<Expression>& predicates, bool outside) {
  ExpressionGraph graph(predicates.at(0).dimension());
  std::optional<GraphNode> inside;
  for (const Expression& predicate : predicates) {
    if (!predicate.is_predicate())
      throw std::invalid_argument("a region needs a condition (such as x < 0): \"" + predicate.text() +
                                  "\" is a number");
    const GraphNode here = predicate.append_to(graph);
    inside = inside ? graph.binary(Operation::maximum, *inside, here) : here;
  }
  const GraphNode level = graph.affine(*inside, outside ? -1.0 : 1.0, 0.0);
  std::vector<GraphNode> outputs = graph.gradient(level);
  outputs.insert(outputs.begin(), level);
  return {graph, outputs};
}

}  // namespace

LevelSurface::LevelSurface(const std::vector<Expression>& predicates, bool outside, std::vector<BoxSide> box,
                           double reach)
    : ExitSurface(reach), box_(std::move(box)), program_(level_program(predicates, outside)) {}

double LevelSurface::to_walls(double distance, const double* x, std::ptrdiff_t stride) const {
  for (std::size_t k = 0; k < box_.size(); ++k) {
    const double at = x[static_cast<std::ptrdiff_t>(k) * stride];
    if (box_[k].lower == Boundary::absorbing) distance = std::min(distance, at - box_[k].min);
    if (box_[k].upper == Boundary::absorbing) distance = std::min(distance, box_[k].max - at);
  }
  return distance;
}

bool LevelSurface::distances(const double* x, double* distance, double* away, std::ptrdiff_t count,
                             std::ptrdiff_t stride) const {
  thread_local std::vector<double> out;
  out.resize(static_cast<std::size_t>(program_.outputs() * stride));
  program_.run(x, out.data(), count, stride);
  for (std::ptrdiff_t p = 0; p < count; ++p) {
    double squares = 0.0;
    for (std::ptrdiff_t k = 1; k < program_.outputs(); ++k) {
      const double slope = out[static_cast<std::size_t>(k * stride + p)];
      squares += slope * slope;
      if (away) away[(k - 1) * stride + p] = -slope;
    }
    distance[p] = to_walls(-out[static_cast<std::size_t>(p)] / std::sqrt(squares), x + p, stride);
  }
  return true;
}

double LevelSurface::distance(const std::vector<double>& x) const {
  double distance[program_block];
  distances(block_of(x).data(), distance, nullptr, program_block, program_block);
  return distance[0];
}

std::vector<double> LevelSurface::normal(const std::vector<double>& x) const {
  double distance[program_block];
  std::vector<double> away(x.size() * program_block);
  distances(block_of(x).data(), distance, away.data(), program_block, program_block);
  std::vector<double> normal(x.size());
  for (std::size_t k = 0; k < x.size(); ++k) normal[k] = away[k * program_block];
  normalise(normal);
  return normal;
}

}  // namespace valleyflux
