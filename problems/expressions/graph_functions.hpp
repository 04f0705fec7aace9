#pragma once

#include "problems/expressions/expression_graph.hpp"

#include <Eigen/Core>

#include <memory>
#include <vector>

namespace valleyflux {

/// Functions f_1 ... f_m of d variables, nodes of a graph, with exact derivatives: nodes of the same graph, made into
/// programs over blocks of points when they are first asked for. Immutable and thread-safe; copies share everything.
class GraphFunctions {
 public:
  /// Throws std::invalid_argument unless there is at least one.
  GraphFunctions(ExpressionGraph graph, std::vector<GraphNode> functions);

  int dimension() const;
  int size() const;
  /// The derivatives of orders 0 to `order` (at most 3) at the columns of `points` (d x n): of order k a matrix m d^k x
  /// n, row i + m (j_1 + d j_2 + ...) of which is d^k f_i / dx_j1 ... dx_jk.
  std::vector<Eigen::MatrixXd> sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order) const;
  /// The functions as nodes of another graph of d variables.
  std::vector<GraphNode> append_to(ExpressionGraph& graph) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace valleyflux
