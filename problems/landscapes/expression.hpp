#pragma once

#include "problems/landscapes/landscape.hpp"

#include <Eigen/Core>

#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace valleyflux {

/// Named constants that an expression may use.
using Parameters = std::map<std::string, double>;

/// A text that is no valid expression. column() counts from 1 within the text.
class ExpressionError : public std::invalid_argument {
 public:
  ExpressionError(const std::string& message, std::size_t column) : std::invalid_argument(message), column_(column) {}
  std::size_t column() const { return column_; }

 private:
  std::size_t column_;
};

/// A scalar function of d variables given by text: numbers, variables, parameters, pi, e, + - * / ^ (right
/// associative, -x^2 = -(x^2)), sqrt exp log log10 sin cos tan asin acos atan sinh cosh tanh abs min max pow atan2 erf
/// and parentheses; predicates also have < <= > >= == != && || !. Derivatives are exact (truncated Taylor arithmetic
/// over blocks of points), up to third order. Immutable and thread-safe; copies share the program.
class Expression {
 public:
  /// Throws ExpressionError (unknown name with the nearest known one, syntax error, ...) with its column.
  Expression(const std::string& text, std::vector<std::string> variables, const Parameters& parameters = {});

  int dimension() const;
  const std::string& text() const;
  /// True for comparisons and their combinations; such expressions have no derivatives.
  bool is_predicate() const;
  /// Whether no variable occurs in it.
  bool is_constant() const;
  double operator()(const Eigen::Ref<const Eigen::VectorXd>& x) const;
  /// As Landscape::sample.
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples) const;
  /// The same function as a node of a graph of dimension() variables. Of a predicate: a function that is positive where
  /// it holds and negative where it does not; std::invalid_argument for == and !=.
  GraphNode append_to(ExpressionGraph& graph) const;

 private:
  struct Program;
  std::shared_ptr<const Program> program_;
};

/// The names of the variables of a d-dimensional case: x, y, z for d <= 3, x1 ... xd beyond.
std::vector<std::string> variable_names(int dimension);

/// Why a parameter cannot have this name ("is the name of a function", say); nothing if it can.
std::optional<std::string> unfit_parameter_name(const std::string& name);

/// A landscape given by an expression. Throws std::invalid_argument for a predicate.
std::shared_ptr<const Landscape> expression_landscape(Expression expression);

}  // namespace valleyflux
