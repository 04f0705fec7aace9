#include "problems/expressions/block_force.hpp"

#include <utility>

namespace valleyflux {

BlockForce::BlockForce(ExpressionGraph graph, GraphNode landscape) : dimension_(graph.variables()) {
  HillSum sum = split_hills(graph, landscape);
  hills_ = std::move(sum.hills);
  if (!hills_.empty() && graph[sum.rest].operation == Operation::constant) return;
  std::vector<GraphNode> force;
  for (const GraphNode slope : graph.gradient(sum.rest)) force.push_back(graph.affine(slope, -1.0, 0.0));
  rest_.emplace(graph, force);
}

void BlockForce::run(const double* x, double* force, std::ptrdiff_t count, std::ptrdiff_t stride) const {
  if (rest_) rest_->run(x, force, count, stride);
  if (!hills_.empty()) hill_force(hills_, rest_.has_value(), dimension_, x, force, count, stride);
}

}  // namespace valleyflux
