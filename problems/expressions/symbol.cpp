#include "problems/expressions/symbol.hpp"

#include <cmath>
#include <stdexcept>

namespace valleyflux {

GraphNode Symbol::node_in(ExpressionGraph& graph) const {
  if (graph_ && graph_.get() != &graph)
    throw std::invalid_argument("a symbol was kept beyond the function that it was for");
  return graph_ ? node_ : graph.constant(value_);
}

std::shared_ptr<ExpressionGraph> Symbol::graph_of(const Symbol& a, const Symbol& b) {
  return a.graph_ ? a.graph_ : b.graph_;
}

Symbol Symbol::of(Operation operation, const Symbol& a) {
  if (!a.graph_) return apply(operation, a.value_, 0.0);
  return {a.graph_, a.graph_->unary(operation, a.node_)};
}

Symbol Symbol::of(Operation operation, const Symbol& a, const Symbol& b) {
  const std::shared_ptr<ExpressionGraph> graph = graph_of(a, b);
  if (!graph) return apply(operation, a.value_, b.value_);
  const GraphNode first = a.node_in(*graph), second = b.node_in(*graph);
  return {graph, graph->binary(operation, first, second)};
}

Symbol pow(const Symbol& a, const Symbol& b) {
  constexpr double largest_product = 64.0;
  if (a.graph_ && !b.graph_ && b.value_ == std::round(b.value_) && std::abs(b.value_) <= largest_product)
    return {a.graph_, a.graph_->integer_power(a.node_, static_cast<int>(b.value_))};
  return Symbol::of(Operation::power, a, b);
}

Condition operator<(const Symbol& a, const Symbol& b) {
  return {a, b, true};
}
Condition operator>(const Symbol& a, const Symbol& b) {
  return {b, a, true};
}
Condition operator>=(const Symbol& a, const Symbol& b) {
  return {a, b, false};
}
Condition operator<=(const Symbol& a, const Symbol& b) {
  return {b, a, false};
}

Symbol where(const Condition& condition, const Symbol& yes, const Symbol& no) {
  const Symbol& first = condition.less_ ? yes : no;
  const Symbol& second = condition.less_ ? no : yes;
  const std::shared_ptr<ExpressionGraph> graph = Symbol::graph_of(condition.a_, condition.b_);
  if (!graph) return condition.a_.value_ < condition.b_.value_ ? first : second;
  const GraphNode a = condition.a_.node_in(*graph), b = condition.b_.node_in(*graph);
  const GraphNode c = first.node_in(*graph), d = second.node_in(*graph);
  return {graph, graph->choice(a, b, c, d)};
}

}  // namespace valleyflux
