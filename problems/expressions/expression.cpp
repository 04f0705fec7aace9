#include "problems/expressions/expression.hpp"

#include "grids/point.hpp"
#include "problems/expressions/expression_graph.hpp"
#include "problems/expressions/expression_parser.hpp"
#include "problems/expressions/given_shape.hpp"
#include "problems/expressions/postfix_code.hpp"
#include "problems/expressions/postfix_evaluation.hpp"
#include "problems/expressions/taylor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

namespace valleyflux {

struct Expression::Program {
  std::string text;
  int dimension;
  PostfixProgram code;
};

Expression::Expression(std::string text, int dimension, PostfixProgram code)
    : program_(std::make_shared<const Program>(Program{std::move(text), dimension, std::move(code)})) {}

Expression::Expression(const std::string& text, const std::vector<std::string>& variables, const Parameters& parameters,
                       const TableSource& tables, const std::vector<std::string>& other_names)
    : Expression(text, static_cast<int>(variables.size()),
                 parse_expression(text, variables, parameters, tables, other_names)) {}

Expression Expression::constant(double value, int dimension) {
  PostfixCode code;
  const Operand root = code.constant(value);
  return {"", dimension, std::move(code).finished(root)};
}

Expression Expression::variable(int number, int dimension) {
  if (number < 0 || number >= dimension)
    throw std::invalid_argument(fmt::format("no variable {} among {}", number, dimension));
  PostfixCode code;
  const Operand root = code.variable(static_cast<std::size_t>(number));
  return {"", dimension, std::move(code).finished(root)};
}

Expression Expression::table(std::shared_ptr<const TableFunction> table) {
  PostfixCode code;
  const int dimension = table->arguments();
  const Operand x = code.variable(0);
  const Operand root =
      dimension == 1 ? code.table(std::move(table), x) : code.table(std::move(table), x, code.variable(1));
  return {"", dimension, std::move(code).finished(root)};
}

std::optional<Expression> Expression::redrawn(std::uint64_t seed) const {
  PostfixProgram code = program_->code;
  bool any = false;
  for (Instruction& instruction : code.instructions)
    if (auto drawn = instruction.table ? instruction.table->redrawn(seed) : nullptr) {
      instruction.table = std::move(drawn);
      any = true;
    }
  if (!any) return std::nullopt;
  return Expression(program_->text, program_->dimension, std::move(code));
}

Expression Expression::combined(Operation operation, const Expression& a, const Expression& b) {
  if (a.dimension() != b.dimension())
    throw std::invalid_argument(
        fmt::format("expressions of {} and of {} variables cannot be combined", a.dimension(), b.dimension()));
  if (a.is_predicate() || b.is_predicate()) throw std::invalid_argument("a condition is no number to reckon with");
  PostfixCode code;
  const Operand first = code.program(a.program_->code), second = code.program(b.program_->code);
  const Operand root = code.apply_to(operation, first, second);
  return {"", a.dimension(), std::move(code).finished(root)};
}

bool Expression::operator==(const Expression& other) const {
  return program_ == other.program_ || (dimension() == other.dimension() && is_predicate() == other.is_predicate() &&
                                        program_->code.instructions == other.program_->code.instructions);
}

int Expression::dimension() const {
  return program_->dimension;
}
const std::string& Expression::text() const {
  return program_->text;
}
bool Expression::is_predicate() const {
  return program_->code.predicate;
}

bool Expression::is_constant() const {
  const auto& instructions = program_->code.instructions;
  if (std::none_of(instructions.begin(), instructions.end(),
                   [](const auto& instruction) { return instruction.operation == Operation::variable; }))
    return true;
  if (is_predicate()) return false;
  ExpressionGraph graph(dimension() + 1);  // and time
  return graph.is_constant(append_to(graph)) && std::isfinite((*this)(Eigen::VectorXd::Zero(dimension())));
}

double Expression::operator()(const Eigen::Ref<const Eigen::VectorXd>& x) const {
  FieldSamples samples;
  sample(x, 0, samples);
  return samples.value[0];
}

void Expression::sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
                        std::optional<int> by) const {
  const auto d = static_cast<std::size_t>(dimension());
  require_coordinates(points, dimension(), "an expression");
  if (order < 0 || order > 3)
    throw std::invalid_argument(fmt::format("derivatives of order 0 to 3 are known (got {})", order));
  if (order > 0 && is_predicate()) throw std::invalid_argument("a condition has no derivatives");
  const Index n = points.cols();
  const int differentiated = by.value_or(dimension());
  if (differentiated < 0 || differentiated > dimension())
    throw std::invalid_argument(
        fmt::format("derivatives by {} of {} variables are not known", differentiated, dimension()));
  const Index size = differentiated;
  samples.value.resize(n);
  samples.gradient.resize(order > 0 ? size : 0, order > 0 ? n : 0);
  samples.hessian.resize(order > 1 ? size * size : 0, order > 1 ? n : 0);
  samples.third.resize(order > 2 ? size * size * size : 0, order > 2 ? n : 0);
  // Most of a large block would be copies of the last of a few points.
  const std::size_t block = std::min(std::bit_ceil(static_cast<std::size_t>(n)), taylor_block);
  const auto basis = TaylorBasis::get(differentiated, order, block);
  thread_local std::vector<double> memory;
  std::vector<double> x(d * block);
  for (Index start = 0; start < n; start += static_cast<Index>(block)) {
    const Index count = std::min(static_cast<Index>(block), n - start);
    for (std::size_t i = 0; i < d; ++i)
      for (std::size_t p = 0; p < block; ++p)  // the last block is filled up with copies of its last point
        x[i * block + p] = points(static_cast<Index>(i), start + std::min(static_cast<Index>(p), count - 1));
    const double* result = evaluate(program_->code, *basis, x.data(), memory);
    samples.value.segment(start, count) = Eigen::Map<const Eigen::VectorXd>(result, count);
    for (std::size_t k = 1; k < basis->size(); ++k) {
      const std::vector<int>& variables = basis->exponents(k);
      const double* coefficient = result + k * block;
      const double factor = basis->factorial(k);
      if (variables.size() == 1) {
        for (Index p = 0; p < count; ++p) samples.gradient(variables[0], start + p) = coefficient[p];
      } else if (variables.size() == 2) {
        for (Index p = 0; p < count; ++p) {
          const double value = factor * coefficient[p];
          samples.hessian(variables[0] + size * variables[1], start + p) = value;
          samples.hessian(variables[1] + size * variables[0], start + p) = value;
        }
      } else {
        std::array<int, 3> order_of{variables[0], variables[1], variables[2]};
        do {
          const Index row = order_of[0] + size * (order_of[1] + size * order_of[2]);
          for (Index p = 0; p < count; ++p) samples.third(row, start + p) = factor * coefficient[p];
        } while (std::next_permutation(order_of.begin(), order_of.end()));
      }
    }
  }
}

std::vector<char> Expression::levels() const {
  const auto& instructions = program_->code.instructions;
  std::vector<char> levels(instructions.size(), 0);
  std::vector<char> wanted{static_cast<char>(is_predicate())};  // of the values that the rest of the program takes
  for (std::size_t k = instructions.size(); k-- > 0;) {
    const Operation operation = instructions[k].operation;
    levels[k] = wanted.back();
    wanted.pop_back();
    const bool joins =
        operation == Operation::both || operation == Operation::either || operation == Operation::negation;
    wanted.insert(wanted.end(), static_cast<std::size_t>(arity(operation)), joins ? levels[k] : char{0});
  }
  return levels;
}

namespace {

/// A condition as a function that is positive where it holds and negative where it does not.
GraphNode level(ExpressionGraph& graph, Operation operation, GraphNode a, GraphNode b) {
  switch (operation) {
    case Operation::less:
    case Operation::less_equal: return graph.binary(Operation::subtract, b, a);
    case Operation::greater:
    case Operation::greater_equal: return graph.binary(Operation::subtract, a, b);
    case Operation::both: return graph.binary(Operation::minimum, a, b);
    case Operation::either: {
      // The greater one, and of a number and NaN the number: one side that holds is enough.
      const GraphNode lowest = graph.constant(-std::numeric_limits<double>::infinity());
      return graph.choice(b, a, a, graph.choice(a, b, b, graph.choice(lowest, b, b, a)));
    }
    default: throw std::invalid_argument("not a condition that bounds a region");
  }
}

/// 1 where neither is NaN, else 0. Variables and constants never are.
GraphNode ordered(ExpressionGraph& graph, GraphNode a, GraphNode b) {
  const double infinity = std::numeric_limits<double>::infinity();
  GraphNode result = graph.constant(1.0);
  for (const GraphNode n : {a, b}) {
    const Operation operation = graph[n].operation;
    if (operation == Operation::variable || operation == Operation::constant) continue;
    const GraphNode below = graph.choice(graph.constant(-infinity), n, result, graph.constant(0.0));
    result = graph.choice(n, graph.constant(infinity), result, below);
  }
  return result;
}

/// A condition as a number, 1 or 0; no comparison with NaN holds but that it is unequal.
GraphNode truth(ExpressionGraph& graph, Operation operation, GraphNode a, GraphNode b) {
  const GraphNode yes = graph.constant(1.0), no = graph.constant(0.0);
  switch (operation) {
    case Operation::less: return graph.choice(a, b, yes, no);
    case Operation::greater: return graph.choice(b, a, yes, no);
    case Operation::less_equal: return graph.choice(b, a, no, ordered(graph, a, b));
    case Operation::greater_equal: return graph.choice(a, b, no, ordered(graph, a, b));
    case Operation::equal: return graph.choice(a, b, no, graph.choice(b, a, no, ordered(graph, a, b)));
    case Operation::unequal:
      return graph.affine(graph.choice(a, b, no, graph.choice(b, a, no, ordered(graph, a, b))), -1.0, 1.0);
    case Operation::both: return graph.choice(no, a, graph.choice(no, b, yes, no), no);
    default: return graph.choice(no, a, yes, graph.choice(no, b, yes, no));
  }
}

}  // namespace

GraphNode Expression::append_to(ExpressionGraph& graph) const {
  const auto& instructions = program_->code.instructions;
  const std::vector<char> levels = this->levels();
  std::vector<GraphNode> stack;
  for (std::size_t k = 0; k < instructions.size(); ++k) {
    const auto& [operation, value, variable, table] = instructions[k];
    std::array<GraphNode, 3> from{};
    for (int n = arity(operation); n-- > 0; stack.pop_back()) from[static_cast<std::size_t>(n)] = stack.back();
    const auto [a, b, c] = from;
    GraphNode node = 0;
    switch (operation) {
      case Operation::constant: node = graph.constant(levels[k] && value == 0.0 ? -1.0 : value); break;
      case Operation::variable: node = graph.variable(static_cast<int>(variable)); break;
      case Operation::add_constant: node = graph.affine(a, 1.0, value); break;
      case Operation::scale: node = graph.affine(a, value, 0.0); break;
      case Operation::integer_power: node = graph.integer_power(a, static_cast<int>(value)); break;
      case Operation::real_power: node = graph.binary(Operation::power, a, graph.constant(value)); break;
      case Operation::negation: node = graph.affine(a, -1.0, levels[k] ? 0.0 : 1.0); break;
      case Operation::where: node = graph.choice(graph.constant(0.0), a, b, c); break;
      case Operation::curve: node = graph.table(table, a); break;
      case Operation::surface: node = graph.table(table, a, b); break;
      default:
        if (is_condition_of_two(operation))
          node = levels[k] ? level(graph, operation, a, b) : truth(graph, operation, a, b);
        else
          node = arity(operation) == 2 ? graph.binary(operation, a, b) : graph.unary(operation, a);
    }
    stack.push_back(node);
  }
  return stack.back();
}

}  // namespace valleyflux
