#include "problems/expressions/expression_graph.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

constexpr GraphNode no_node = -1;

double sign_of(double a) {
  return static_cast<double>((a > 0) - (a < 0));
}

}  // namespace

GraphNode ExpressionGraph::node(Operation operation, const std::array<GraphNode, 4>& from, double factor,
                                double summand, std::shared_ptr<const TableFunction> table) {
  const Node made{operation, from, factor, summand, std::move(table)};
  const bool ordered = factor == factor && summand == summand;  // NaN finds no place in a map
  if (ordered)
    if (const auto at = known_.find(made); at != known_.end()) return at->second;
  nodes_.push_back(made);
  if (ordered) known_.emplace(made, size() - 1);
  return size() - 1;
}

GraphNode ExpressionGraph::constant(double value) {
  return node(Operation::constant, {no_node, no_node, no_node, no_node}, value);
}

GraphNode ExpressionGraph::variable(int number) {
  if (number < 0 || number >= variables_) throw std::out_of_range("no such variable in this graph");
  return node(Operation::variable, {no_node, no_node, no_node, no_node}, number);
}

GraphNode ExpressionGraph::affine(GraphNode a, double factor, double summand) {
  const Node at = (*this)[a];
  if (at.operation == Operation::constant) return constant(factor * at.factor + summand);
  if (factor == 0.0) return constant(summand);
  if (at.operation == Operation::scale) return affine(at.from[0], factor * at.factor, factor * at.summand + summand);
  if (factor == 1.0 && summand == 0.0) return a;
  // c (f b + g) d = (c f b + c g) d: one operation less.
  if (summand == 0.0 && at.operation == Operation::multiply)
    for (const std::size_t k : {std::size_t{0}, std::size_t{1}})
      if (const Node inner = (*this)[at.from[k]]; inner.operation == Operation::scale)
        return binary(Operation::multiply, affine(at.from[k], factor, 0.0), at.from[1 - k]);
  return node(Operation::scale, {a, no_node, no_node, no_node}, factor, summand);
}

std::optional<GraphNode> ExpressionGraph::sum_of_multiples(GraphNode a, GraphNode b, double sign) {
  const auto parts = [this](GraphNode n) {
    const Node& at = (*this)[n];
    return at.operation == Operation::scale ? at : Node{Operation::scale, {n, no_node, no_node, no_node}, 1.0, 0.0};
  };
  const Node first = parts(a), second = parts(b);
  if (first.from[0] != second.from[0]) return std::nullopt;
  return affine(first.from[0], first.factor + sign * second.factor, first.summand + sign * second.summand);
}

GraphNode ExpressionGraph::integer_power(GraphNode a, int exponent) {
  if (is_constant(a)) return constant(std::pow((*this)[a].factor, exponent));
  if (exponent < 0) return unary(Operation::divide, integer_power(a, -exponent));
  GraphNode result = constant(1.0), square = a;
  for (auto bits = static_cast<unsigned>(exponent); bits; bits >>= 1) {
    if (bits & 1u) result = binary(Operation::multiply, result, square);
    if (bits > 1) square = binary(Operation::multiply, square, square);
  }
  return result;
}

GraphNode ExpressionGraph::unary(Operation operation, GraphNode a) {
  if (is_constant(a)) {
    const double value = (*this)[a].factor;
    if (operation == Operation::divide) return constant(1.0 / value);
    if (operation == Operation::less) return constant(sign_of(value));
    return constant(apply(operation, value, 0.0));
  }
  switch (operation) {
    case Operation::negate: return affine(a, -1.0, 0.0);
    case Operation::log10: return affine(unary(Operation::log, a), 1.0 / std::numbers::ln10, 0.0);
    case Operation::divide:
    case Operation::less:
    case Operation::sqrt:
    case Operation::exp:
    case Operation::log:
    case Operation::sin:
    case Operation::cos:
    case Operation::tan:
    case Operation::asin:
    case Operation::acos:
    case Operation::atan:
    case Operation::sinh:
    case Operation::cosh:
    case Operation::tanh:
    case Operation::erf:
    case Operation::abs: return node(operation, {a, no_node, no_node, no_node});
    default: throw std::invalid_argument("not a function of one number");
  }
}

GraphNode ExpressionGraph::binary(Operation operation, GraphNode a, GraphNode b) {
  const Node first = (*this)[a], second = (*this)[b];
  const bool constants = is_constant(a) && is_constant(b);
  switch (operation) {
    case Operation::add:
      if (is_constant(a)) return affine(b, 1.0, first.factor);
      if (is_constant(b)) return affine(a, 1.0, second.factor);
      if (const auto sum = sum_of_multiples(a, b, 1.0)) return *sum;
      if (second.operation == Operation::scale && second.factor == -1.0)
        return affine(binary(Operation::subtract, a, second.from[0]), 1.0, second.summand);
      return node(operation, {std::min(a, b), std::max(a, b), no_node, no_node});
    case Operation::subtract:
      if (is_constant(a)) return affine(b, -1.0, first.factor);
      if (is_constant(b)) return affine(a, 1.0, -second.factor);
      if (const auto difference = sum_of_multiples(a, b, -1.0)) return *difference;
      if (second.operation == Operation::scale && second.factor == -1.0)
        return affine(binary(Operation::add, a, second.from[0]), 1.0, -second.summand);
      return node(operation, {a, b, no_node, no_node});
    case Operation::multiply:
      if (is_constant(a)) return affine(b, first.factor, 0.0);
      if (is_constant(b)) return affine(a, second.factor, 0.0);
      // Constant factors are drawn to the outside, where they meet others.
      if (first.operation == Operation::scale && first.summand == 0.0)
        return affine(binary(Operation::multiply, first.from[0], b), first.factor, 0.0);
      if (second.operation == Operation::scale && second.summand == 0.0)
        return affine(binary(Operation::multiply, a, second.from[0]), second.factor, 0.0);
      return node(operation, {std::min(a, b), std::max(a, b), no_node, no_node});
    case Operation::divide:
      if (is_constant(b)) return affine(a, 1.0 / second.factor, 0.0);
      if (is_constant(a)) return affine(unary(Operation::divide, b), first.factor, 0.0);
      return node(operation, {a, b, no_node, no_node});
    case Operation::minimum:
    case Operation::maximum:
      if (a == b) return a;
      [[fallthrough]];
    case Operation::power:
    case Operation::atan2:
      if (constants) return constant(apply(operation, first.factor, second.factor));
      if (operation == Operation::power && is_constant(b, 0.5)) return unary(Operation::sqrt, a);
      return node(operation, {a, b, no_node, no_node});
    default: throw std::invalid_argument("not a function of two numbers");
  }
}

GraphNode ExpressionGraph::table(std::shared_ptr<const TableFunction> table, GraphNode a, GraphNode b,
                                 const std::array<int, 2>& by) {
  constexpr int degree = 3;  // of the polynomials between its points
  if (by[0] + by[1] > degree) return constant(0.0);
  return node(b == no_node ? Operation::curve : Operation::surface, {a, b, no_node, no_node}, by[0], by[1],
              std::move(table));
}

GraphNode ExpressionGraph::choice(GraphNode a, GraphNode b, GraphNode c, GraphNode d) {
  if (c == d) return c;
  if (is_constant(a) && is_constant(b)) return (*this)[a].factor < (*this)[b].factor ? c : d;
  // Where a condition is that of another choice, between 1 and 0.
  if (const Node inner = (*this)[b]; is_constant(a, 0.0) && inner.operation == Operation::both) {
    if (is_constant(inner.from[2], 1.0) && is_constant(inner.from[3], 0.0))
      return choice(inner.from[0], inner.from[1], c, d);
    if (is_constant(inner.from[2], 0.0) && is_constant(inner.from[3], 1.0))
      return choice(inner.from[0], inner.from[1], d, c);
  }
  return node(Operation::both, {a, b, c, d});
}

std::vector<GraphNode> ExpressionGraph::gradient(GraphNode of) {
  // adjoint[n]: derivative of `of` with respect to node n; nodes of the derivatives themselves come later.
  std::vector<GraphNode> adjoint(static_cast<std::size_t>(of) + 1, no_node);
  adjoint.back() = constant(1.0);
  const auto product = [this](GraphNode a, GraphNode b) { return binary(Operation::multiply, a, b); };
  const auto square = [&](GraphNode a) { return product(a, a); };
  std::vector<GraphNode> result(static_cast<std::size_t>(variables_), constant(0.0));
  for (GraphNode n = of; n >= 0; --n) {
    const GraphNode outer = adjoint[static_cast<std::size_t>(n)];
    if (outer == no_node) continue;
    const Node at = (*this)[n];
    const GraphNode a = at.from[0], b = at.from[1];
    const auto add_to = [&](GraphNode argument, GraphNode derivative) {
      const GraphNode term = product(outer, derivative);
      GraphNode& sum = adjoint[static_cast<std::size_t>(argument)];
      sum = sum == no_node ? term : binary(Operation::add, sum, term);
    };
    switch (at.operation) {
      case Operation::constant:
      case Operation::less: break;
      case Operation::variable: {
        GraphNode& sum = result[static_cast<std::size_t>(at.factor)];
        sum = binary(Operation::add, sum, outer);
        break;
      }
      case Operation::scale: add_to(a, constant(at.factor)); break;
      case Operation::add:
        add_to(a, constant(1.0));
        add_to(b, constant(1.0));
        break;
      case Operation::subtract:
        add_to(a, constant(1.0));
        add_to(b, constant(-1.0));
        break;
      case Operation::multiply:
        add_to(a, b);
        add_to(b, a);
        break;
      case Operation::divide:
        if (b == no_node) {
          add_to(a, affine(square(n), -1.0, 0.0));
        } else {
          const GraphNode inverse = unary(Operation::divide, b);
          add_to(a, inverse);
          add_to(b, affine(product(n, inverse), -1.0, 0.0));
        }
        break;
      case Operation::sqrt: add_to(a, affine(unary(Operation::divide, n), 0.5, 0.0)); break;
      case Operation::exp: add_to(a, n); break;
      case Operation::log: add_to(a, unary(Operation::divide, a)); break;
      case Operation::sin: add_to(a, unary(Operation::cos, a)); break;
      case Operation::cos: add_to(a, affine(unary(Operation::sin, a), -1.0, 0.0)); break;
      case Operation::tan: add_to(a, affine(square(n), 1.0, 1.0)); break;
      case Operation::asin:
      case Operation::acos: {
        const GraphNode root = unary(Operation::sqrt, product(affine(a, -1.0, 1.0), affine(a, 1.0, 1.0)));
        add_to(a, affine(unary(Operation::divide, root), at.operation == Operation::asin ? 1.0 : -1.0, 0.0));
        break;
      }
      case Operation::atan: add_to(a, unary(Operation::divide, affine(square(a), 1.0, 1.0))); break;
      case Operation::sinh: add_to(a, unary(Operation::cosh, a)); break;
      case Operation::cosh: add_to(a, unary(Operation::sinh, a)); break;
      case Operation::tanh: add_to(a, affine(square(n), -1.0, 1.0)); break;
      case Operation::erf:
        add_to(a, affine(unary(Operation::exp, affine(square(a), -1.0, 0.0)), 2.0 * std::numbers::inv_sqrtpi, 0.0));
        break;
      case Operation::abs: add_to(a, unary(Operation::less, a)); break;
      case Operation::power: {
        add_to(a, product(b, binary(Operation::power, a, affine(b, 1.0, -1.0))));
        if (!is_constant(b)) add_to(b, product(n, unary(Operation::log, a)));
        break;
      }
      case Operation::atan2: {
        const GraphNode inverse = unary(Operation::divide, binary(Operation::add, square(a), square(b)));
        add_to(a, product(b, inverse));
        add_to(b, affine(product(a, inverse), -1.0, 0.0));
        break;
      }
      case Operation::minimum:
      case Operation::maximum: {
        const bool least = at.operation == Operation::minimum;
        const GraphNode second = choice(least ? b : a, least ? a : b, constant(1.0), constant(0.0));
        add_to(a, affine(second, -1.0, 1.0));
        add_to(b, second);
        break;
      }
      case Operation::both: {
        // No products with 0 and 1: the side that is not chosen may have no finite derivative.
        const std::vector<GraphNode>&yes = gradient_of_side(at.from[2]), &no = gradient_of_side(at.from[3]);
        for (std::size_t k = 0; k < result.size(); ++k)
          result[k] = binary(Operation::add, result[k], product(outer, choice(a, b, yes[k], no[k])));
        break;
      }
      case Operation::curve:
      case Operation::surface: {
        const int i = static_cast<int>(at.factor), j = static_cast<int>(at.summand);
        add_to(a, table(at.table, a, b, {i + 1, j}));
        if (b != no_node) add_to(b, table(at.table, a, b, {i, j + 1}));
        break;
      }
      default: throw std::logic_error("a node without a derivative");
    }
  }
  return result;
}

const std::vector<GraphNode>& ExpressionGraph::gradient_of_side(GraphNode node) {
  const auto known = sides_.find(node);
  return known != sides_.end() ? known->second : sides_.emplace(node, gradient(node)).first->second;
}

GraphNode ExpressionGraph::copied(const Node& node, const std::array<GraphNode, 4>& from) {
  switch (node.operation) {
    case Operation::constant: return constant(node.factor);
    case Operation::variable: return variable(static_cast<int>(node.factor));
    case Operation::scale: return affine(from[0], node.factor, node.summand);
    case Operation::both: return choice(from[0], from[1], from[2], from[3]);
    case Operation::curve:
    case Operation::surface:
      return table(node.table, from[0], from[1], {static_cast<int>(node.factor), static_cast<int>(node.summand)});
    default: return from[1] == no_node ? unary(node.operation, from[0]) : binary(node.operation, from[0], from[1]);
  }
}

GraphNode ExpressionGraph::substituted(const ExpressionGraph& other, GraphNode node,
                                       const std::vector<GraphNode>& variables) {
  std::vector<GraphNode> image(static_cast<std::size_t>(node) + 1);
  for (GraphNode n = 0; n <= node; ++n) {
    const Node& at = other[n];
    std::array<GraphNode, 4> from = at.from;
    for (GraphNode& argument : from)
      if (argument != no_node) argument = image[static_cast<std::size_t>(argument)];
    image[static_cast<std::size_t>(n)] =
        at.operation == Operation::variable ? variables.at(static_cast<std::size_t>(at.factor)) : copied(at, from);
  }
  return image.back();
}

}  // namespace valleyflux
