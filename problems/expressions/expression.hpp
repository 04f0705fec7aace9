#pragma once

#include "problems/expressions/expression_graph.hpp"
#include "problems/expressions/expression_text.hpp"
#include "problems/expressions/field_samples.hpp"
#include "problems/tables/table_function.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

struct PostfixProgram;

/// A scalar function of d variables, given by text: numbers, variables, parameters, pi, e, + - * / ^ (right
/// associative, -x^2 = -(x^2)), sqrt exp log log10 sin cos tan asin acos atan sinh cosh tanh abs min max pow atan2 erf,
/// conditions by < <= > >= == != && || !, which are 1 where they hold and 0 elsewhere when something is reckoned with
/// them ((x > 0)*2), where(condition, a, b), table("FILE", a) and table("FILE", a, b) (a file's values, interpolated;
/// NaN beyond its data) and parentheses. Or made from constants and variables by + - * /. Derivatives are exact
/// (truncated Taylor arithmetic over blocks of points), up to third order: of a condition 0, of where() those of what
/// is chosen, which alone decides. Immutable and thread-safe; copies share the program.
class Expression {
 public:
  /// Throws ExpressionError (unknown name with the nearest known one, syntax error, ...) with its column. tables: where
  /// those that it names come from; without it none can be named. other_names: of the first variables.
  Expression(const std::string& text, const std::vector<std::string>& variables, const Parameters& parameters = {},
             const TableSource& tables = {}, const std::vector<std::string>& other_names = {});
  static Expression constant(double value, int dimension);
  /// Throws std::invalid_argument unless 0 <= number < dimension.
  static Expression variable(int number, int dimension);
  /// A table of the variables, one or two.
  static Expression table(std::shared_ptr<const TableFunction> table);

  // Throw std::invalid_argument for predicates and differing dimensions.
  friend Expression operator+(const Expression& a, const Expression& b) { return combined(Operation::add, a, b); }
  friend Expression operator-(const Expression& a, const Expression& b) { return combined(Operation::subtract, a, b); }
  friend Expression operator*(const Expression& a, const Expression& b) { return combined(Operation::multiply, a, b); }
  friend Expression operator/(const Expression& a, const Expression& b) { return combined(Operation::divide, a, b); }

  int dimension() const;
  /// Empty of one that was made without.
  const std::string& text() const;
  /// Whether both do the same to the same variables, by the same steps.
  bool operator==(const Expression& other) const;
  /// True for conditions that nothing is reckoned with; such expressions have no derivatives.
  bool is_predicate() const;
  /// Whether it is one number whatever its variables are, also where it names some: 0.1 + 0 * x.
  bool is_constant() const;
  double operator()(const Eigen::Ref<const Eigen::VectorXd>& x) const;
  /// Fills `samples` with the derivatives 0..order (order 0 to 3) at the columns of `points` (d x n). Values may be
  /// infinite or NaN where the function is. `by`: the first so many variables are differentiated by, the samples are of
  /// that dimension; nothing: all of them.
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              std::optional<int> by = std::nullopt) const;
  /// The same function as a node of a graph of dimension() variables. Of a predicate: a function that is positive where
  /// it holds and negative where it does not; std::invalid_argument for == and !=.
  GraphNode append_to(ExpressionGraph& graph) const;
  /// The same with its tables redrawn (TableFunction::redrawn); nothing where none of them tells errors.
  std::optional<Expression> redrawn(std::uint64_t seed) const;

 private:
  struct Program;
  /// Of every instruction, whether append_to makes it a function that is positive where its condition holds: as the
  /// whole is, and what && || ! join in it.
  std::vector<char> levels() const;
  Expression(std::string text, int dimension, PostfixProgram code);
  static Expression combined(Operation operation, const Expression& a, const Expression& b);

  std::shared_ptr<const Program> program_;
};

}  // namespace valleyflux
