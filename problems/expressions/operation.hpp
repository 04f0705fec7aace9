#pragma once

namespace valleyflux {

/// What an expression is made of.
enum class Operation {
  constant,
  variable,
  add,
  subtract,
  multiply,
  divide,
  negate,
  add_constant,
  scale,
  integer_power,
  real_power,
  power,
  sqrt,
  exp,
  log,
  log10,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  erf,
  abs,
  atan2,
  minimum,
  maximum,
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  unequal,
  both,
  either,
  negation,
  where,   // the second of three where the first is no zero, else the third
  curve,   // a table of one argument
  surface  // of two
};

/// How many values it takes from a stack.
int arity(Operation operation);

/// Whether it makes 1 or 0 of two values: a comparison, "and" or "or".
bool is_condition_of_two(Operation operation);

/// The value for the arguments a and, where it takes two, b. Throws std::logic_error for what is no function of numbers
/// (a variable, say).
double apply(Operation operation, double a, double b);

}  // namespace valleyflux
