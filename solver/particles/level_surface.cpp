#include "solver/particles/level_surface.hpp"

#include "grids/aligned_vector.hpp"
#include "grids/wide.hpp"

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

/// -g / |grad g| from rows of `stride` entries: g, then its d slopes; and the slopes turned around, if asked for.
struct ToLevel {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(const double* level, std::ptrdiff_t d, double* distance, double* away,
                                    std::ptrdiff_t count, std::ptrdiff_t stride) {
    for (std::ptrdiff_t p = 0; p < count; ++p) distance[p] = 0.0;
    for (std::ptrdiff_t k = 0; k < d; ++k) {
      const double* slope = level + (k + 1) * stride;
      VALLEYFLUX_INDEPENDENT
      for (std::ptrdiff_t p = 0; p < count; ++p) distance[p] = fused(slope[p], slope[p], distance[p]);
      if (!away) continue;
      double* to = away + k * stride;
      VALLEYFLUX_INDEPENDENT
      for (std::ptrdiff_t p = 0; p < count; ++p) to[p] = -slope[p];
    }
    VALLEYFLUX_INDEPENDENT
    for (std::ptrdiff_t p = 0; p < count; ++p) distance[p] = -level[p] / std::sqrt(distance[p]);
  }
};

/// No farther than the wall, inwards of which x grows (sign 1) or falls (-1).
struct ToWall {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(const double* x, double wall, double sign, double* distance, std::ptrdiff_t count) {
    VALLEYFLUX_INDEPENDENT
    for (std::ptrdiff_t p = 0; p < count; ++p) {
      const double inwards = sign * (x[p] - wall);
      distance[p] = inwards < distance[p] ? inwards : distance[p];
    }
  }
};

}  // namespace

LevelSurface::LevelSurface(const std::vector<Expression>& predicates, bool outside, std::vector<BoxSide> box,
                           double reach)
    : ExitSurface(reach), box_(std::move(box)), program_(level_program(predicates, outside)) {}

bool LevelSurface::distances(const double* x, double* distance, double* away, std::ptrdiff_t count,
                             std::ptrdiff_t stride) const {
  thread_local AlignedVector out;
  out.resize(static_cast<std::size_t>(program_.outputs() * stride));
  program_.run(x, out.data(), count, stride);
  run_widest<ToLevel>(out.data(), program_.outputs() - 1, distance, away, count, stride);
  for (std::size_t k = 0; k < box_.size(); ++k) {
    const double* at = x + static_cast<std::ptrdiff_t>(k) * stride;
    if (box_[k].lower == Boundary::absorbing) run_widest<ToWall>(at, box_[k].min, 1.0, distance, count);
    if (box_[k].upper == Boundary::absorbing) run_widest<ToWall>(at, box_[k].max, -1.0, distance, count);
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
