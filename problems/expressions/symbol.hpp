#pragma once

#include "problems/expressions/expression_graph.hpp"

#include <memory>
#include <utility>

namespace valleyflux {

class Condition;

/// A number that a function written in C++ is called with once, so that its formula becomes known: a node of a graph,
/// or a constant. Generic functions use it as they would use a double: + - * /, sqrt exp log log10 sin cos tan asin
/// acos atan sinh cosh tanh erf abs min max pow atan2, unqualified (exp(x), not std::exp(x)). What a value decides is
/// written where(x < 0, a, b), as no value is known yet: an `if` does not compile. Loops over coordinates or data are
/// fine.
class Symbol {
 public:
  Symbol(double value = 0.0) : value_(value) {}
  /// Shares the graph. Where symbols of two graphs meet, std::invalid_argument is thrown.
  Symbol(std::shared_ptr<ExpressionGraph> graph, GraphNode node) : graph_(std::move(graph)), node_(node) {}

  /// Itself in a graph: its own, or any one for a constant.
  GraphNode node_in(ExpressionGraph& graph) const;

  friend Symbol operator+(const Symbol& a, const Symbol& b) { return of(Operation::add, a, b); }
  friend Symbol operator-(const Symbol& a, const Symbol& b) { return of(Operation::subtract, a, b); }
  friend Symbol operator*(const Symbol& a, const Symbol& b) { return of(Operation::multiply, a, b); }
  friend Symbol operator/(const Symbol& a, const Symbol& b) { return of(Operation::divide, a, b); }
  friend Symbol operator+(const Symbol& a) { return a; }
  friend Symbol operator-(const Symbol& a) { return of(Operation::negate, a); }
  Symbol& operator+=(const Symbol& b) { return *this = *this + b; }
  Symbol& operator-=(const Symbol& b) { return *this = *this - b; }
  Symbol& operator*=(const Symbol& b) { return *this = *this * b; }
  Symbol& operator/=(const Symbol& b) { return *this = *this / b; }

  friend Symbol sqrt(const Symbol& a) { return of(Operation::sqrt, a); }
  friend Symbol exp(const Symbol& a) { return of(Operation::exp, a); }
  friend Symbol log(const Symbol& a) { return of(Operation::log, a); }
  friend Symbol log10(const Symbol& a) { return of(Operation::log10, a); }
  friend Symbol sin(const Symbol& a) { return of(Operation::sin, a); }
  friend Symbol cos(const Symbol& a) { return of(Operation::cos, a); }
  friend Symbol tan(const Symbol& a) { return of(Operation::tan, a); }
  friend Symbol asin(const Symbol& a) { return of(Operation::asin, a); }
  friend Symbol acos(const Symbol& a) { return of(Operation::acos, a); }
  friend Symbol atan(const Symbol& a) { return of(Operation::atan, a); }
  friend Symbol sinh(const Symbol& a) { return of(Operation::sinh, a); }
  friend Symbol cosh(const Symbol& a) { return of(Operation::cosh, a); }
  friend Symbol tanh(const Symbol& a) { return of(Operation::tanh, a); }
  friend Symbol erf(const Symbol& a) { return of(Operation::erf, a); }
  friend Symbol abs(const Symbol& a) { return of(Operation::abs, a); }
  friend Symbol min(const Symbol& a, const Symbol& b) { return of(Operation::minimum, a, b); }
  friend Symbol max(const Symbol& a, const Symbol& b) { return of(Operation::maximum, a, b); }
  friend Symbol atan2(const Symbol& a, const Symbol& b) { return of(Operation::atan2, a, b); }
  /// Whole powers are products: defined for negative numbers, too.
  friend Symbol pow(const Symbol& a, const Symbol& b);

  friend Condition operator<(const Symbol& a, const Symbol& b);
  friend Condition operator<=(const Symbol& a, const Symbol& b);
  friend Condition operator>(const Symbol& a, const Symbol& b);
  friend Condition operator>=(const Symbol& a, const Symbol& b);
  friend Symbol where(const Condition& condition, const Symbol& yes, const Symbol& no);

 private:
  static Symbol of(Operation operation, const Symbol& a);
  static Symbol of(Operation operation, const Symbol& a, const Symbol& b);
  static std::shared_ptr<ExpressionGraph> graph_of(const Symbol& a, const Symbol& b);

  std::shared_ptr<ExpressionGraph> graph_;  // of a constant none; kept, so that no other takes its address
  GraphNode node_ = 0;
  double value_ = 0.0;
};

/// a < b, or its opposite: what where() chooses by.
class Condition {
 private:
  friend Condition operator<(const Symbol& a, const Symbol& b);
  friend Condition operator<=(const Symbol& a, const Symbol& b);
  friend Condition operator>(const Symbol& a, const Symbol& b);
  friend Condition operator>=(const Symbol& a, const Symbol& b);
  friend Symbol where(const Condition& condition, const Symbol& yes, const Symbol& no);
  Condition(Symbol a, Symbol b, bool less) : a_(std::move(a)), b_(std::move(b)), less_(less) {}

  Symbol a_, b_;
  bool less_;
};

/// The first number where the condition holds, the second elsewhere; derivatives are those of the one chosen.
/// Conditions are joined by nesting.
Symbol where(const Condition& condition, const Symbol& yes, const Symbol& no);
/// The same of numbers, so that a function that says `where` can be called with them, too.
inline double where(bool condition, double yes, double no) {
  return condition ? yes : no;
}

}  // namespace valleyflux
