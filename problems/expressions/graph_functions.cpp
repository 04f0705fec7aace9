#include "problems/expressions/graph_functions.hpp"

#include "problems/expressions/block_program.hpp"
#include "problems/expressions/given_shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <stdexcept>

namespace valleyflux {

namespace {

constexpr int highest_order = 3;

/// One derivative of one function; those that differ in the order of the variables alone are the same.
struct Derivative {
  int function;
  std::vector<int> by;  // ascending
  GraphNode node;
};

}  // namespace

struct GraphFunctions::State {
  std::mutex mutex;
  ExpressionGraph graph;
  std::vector<GraphNode> functions;
  std::array<std::vector<Derivative>, highest_order + 1> derivatives;  // by order
  std::size_t known_order = 0;                                         // up to which they are there
  std::array<std::optional<BlockProgram>, highest_order + 1> programs;

  State(ExpressionGraph of, std::vector<GraphNode> nodes) : graph(std::move(of)), functions(std::move(nodes)) {
    for (std::size_t i = 0; i < functions.size(); ++i)
      derivatives[0].push_back({static_cast<int>(i), {}, functions[i]});
  }

  /// Of all derivatives up to this order, in their order.
  const BlockProgram& program(std::size_t order) {
    const std::lock_guard lock(mutex);
    for (; known_order < order; ++known_order) {
      std::vector<Derivative>& higher = derivatives[known_order + 1];
      for (const auto& [function, by, node] : derivatives[known_order]) {
        const std::vector<GraphNode> slopes = graph.gradient(node);
        for (int j = by.empty() ? 0 : by.back(); j < graph.variables(); ++j) {
          higher.push_back({function, by, slopes[static_cast<std::size_t>(j)]});
          higher.back().by.push_back(j);
        }
      }
    }
    if (!programs[order]) {
      std::vector<GraphNode> outputs;
      for (std::size_t k = 0; k <= order; ++k)
        for (const Derivative& derivative : derivatives[k]) outputs.push_back(derivative.node);
      programs[order].emplace(graph, outputs);
    }
    return *programs[order];
  }
};

GraphFunctions::GraphFunctions(ExpressionGraph graph, std::vector<GraphNode> functions)
    : state_(std::make_shared<State>(std::move(graph), std::move(functions))) {
  if (state_->functions.empty()) throw std::invalid_argument("at least one function is needed");
}

int GraphFunctions::dimension() const {
  return state_->graph.variables();
}
int GraphFunctions::size() const {
  return static_cast<int>(state_->functions.size());
}

std::vector<Eigen::MatrixXd> GraphFunctions::sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order) const {
  using Eigen::Index;
  const Index d = dimension(), m = size(), n = points.cols();
  require_coordinates(points, d, "a function");
  if (order < 0 || order > highest_order)
    throw std::invalid_argument(fmt::format("derivatives of order 0 to {} are known (got {})", highest_order, order));
  const BlockProgram& program = state_->program(static_cast<std::size_t>(order));
  std::vector<Eigen::MatrixXd> result;
  for (Index k = 0, rows = m; k <= order; ++k, rows *= d) result.emplace_back(rows, n);

  constexpr Index block = program_block;
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, block, Eigen::RowMajor>;
  Rows x(d, block), values(program.outputs(), block);
  for (Index start = 0; start < n; start += block) {
    const Index count = std::min(block, n - start);
    for (Index p = 0; p < block; ++p)  // the last block is filled up with copies of its last point
      x.col(p) = points.col(start + std::min(p, count - 1));
    program.run(x.data(), values.data(), block, block);
    Index output = 0;
    for (std::size_t k = 0; k < result.size(); ++k)
      for (const auto& [function, by, node] : state_->derivatives[k]) {
        std::vector<int> variables = by;
        do {
          Index row = 0;
          for (auto j = variables.rbegin(); j != variables.rend(); ++j) row = *j + d * row;
          result[k].row(function + m * row).segment(start, count) = values.row(output).head(count);
        } while (std::next_permutation(variables.begin(), variables.end()));
        ++output;
      }
  }
  return result;
}

std::vector<GraphNode> GraphFunctions::append_to(ExpressionGraph& graph) const {
  const std::lock_guard lock(state_->mutex);
  std::vector<GraphNode> variables, nodes;
  for (int k = 0; k < dimension(); ++k) variables.push_back(graph.variable(k));
  for (const GraphNode function : state_->functions)
    nodes.push_back(graph.substituted(state_->graph, function, variables));
  return nodes;
}

}  // namespace valleyflux
