#pragma once

#include "problems/expressions/operation.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
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

/// A function that texts know by name.
struct NamedFunction {
  const char* name;
  Operation operation;
  std::size_t arguments;
};
std::span<const NamedFunction> named_functions();

/// Names consist of letters, digits and _, no digit first.
bool starts_name(char c);
bool continues_name(char c);

/// Whether a name stands in a text, as expressions name variables and parameters.
bool mentions(const std::string& text, const std::string& name);

/// The names of the variables of a d-dimensional case: x, y, z for d <= 3, x1 ... xd beyond.
std::vector<std::string> variable_names(int dimension);

/// Why a parameter cannot have this name ("is the name of a function", say); nothing if it can.
std::optional<std::string> unfit_parameter_name(const std::string& name);

}  // namespace valleyflux
