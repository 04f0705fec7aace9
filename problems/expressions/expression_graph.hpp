#pragma once

#include "problems/expressions/operation.hpp"
#include "problems/tables/table_function.hpp"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

namespace valleyflux {

/// A function among those of an ExpressionGraph.
using GraphNode = int;

/// Functions of d variables as a graph whose nodes are shared: what occurs twice is there once. Built from the leaves
/// up; constants are folded, and sums and products with a constant become one operation. Derivatives are nodes of the
/// same graph (reverse accumulation), so that a function and its gradient share what they have in common.
class ExpressionGraph {
 public:
  explicit ExpressionGraph(int variables) : variables_(variables) {}

  int variables() const { return variables_; }
  GraphNode constant(double value);
  /// Throws std::out_of_range unless 0 <= number < variables().
  GraphNode variable(int number);
  /// factor a + summand
  GraphNode affine(GraphNode a, double factor, double summand);
  GraphNode integer_power(GraphNode a, int exponent);
  /// A function of one argument: those of Operation, and `divide` for 1 / a, `less` for the sign of a (0 at 0). Throws
  /// std::invalid_argument for others.
  GraphNode unary(Operation operation, GraphNode a);
  /// add, subtract, multiply, divide, power, atan2, minimum, maximum; std::invalid_argument for others.
  GraphNode binary(Operation operation, GraphNode a, GraphNode b);
  /// A table at a, or at (a, b), or its derivative of the orders `by` in its arguments.
  GraphNode table(std::shared_ptr<const TableFunction> table, GraphNode a, GraphNode b = -1,
                  const std::array<int, 2>& by = {0, 0});
  /// c where a < b, d elsewhere.
  GraphNode choice(GraphNode a, GraphNode b, GraphNode c, GraphNode d);
  /// The derivatives of a node with respect to every variable; of a choice those of what is chosen, so that the other
  /// side may be infinite or NaN.
  std::vector<GraphNode> gradient(GraphNode of);
  /// A node of another graph, its variables replaced by nodes of this one.
  GraphNode substituted(const ExpressionGraph& other, GraphNode node, const std::vector<GraphNode>& variables);

  struct Node {
    Operation operation;            // `scale` for affine, `both` for choice
    std::array<GraphNode, 4> from;  // arguments; -1 beyond them
    double factor, summand;         // of affine; factor: of a constant its value, of a variable its number; of a table
                                    // the orders of its derivative in its arguments
    std::shared_ptr<const TableFunction> table = nullptr;
    auto operator<=>(const Node&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees a 0 of its own
  };
  /// What a node of any graph does, done to nodes of this one.
  GraphNode copied(const Node& node, const std::array<GraphNode, 4>& from);
  const Node& operator[](GraphNode node) const { return nodes_[static_cast<std::size_t>(node)]; }
  bool is_constant(GraphNode a) const { return (*this)[a].operation == Operation::constant; }
  GraphNode size() const { return static_cast<GraphNode>(nodes_.size()); }

 private:
  GraphNode node(Operation operation, const std::array<GraphNode, 4>& from, double factor = 0.0, double summand = 0.0,
                 std::shared_ptr<const TableFunction> table = nullptr);
  bool is_constant(GraphNode a, double value) const { return is_constant(a) && (*this)[a].factor == value; }
  /// a + sign b where both are multiples of the same node, or constants away from that.
  std::optional<GraphNode> sum_of_multiples(GraphNode a, GraphNode b, double sign);

  const std::vector<GraphNode>& gradient_of_side(GraphNode node);

  int variables_;
  std::vector<Node> nodes_;
  std::map<Node, GraphNode> known_;
  std::map<GraphNode, std::vector<GraphNode>> sides_;  // gradients of what choices choose from
};

}  // namespace valleyflux
