#include "problems/expressions/expression_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace valleyflux {

namespace {

constexpr std::array functions{NamedFunction{"sqrt", Operation::sqrt, 1},   NamedFunction{"exp", Operation::exp, 1},
                               NamedFunction{"log", Operation::log, 1},     NamedFunction{"log10", Operation::log10, 1},
                               NamedFunction{"sin", Operation::sin, 1},     NamedFunction{"cos", Operation::cos, 1},
                               NamedFunction{"tan", Operation::tan, 1},     NamedFunction{"asin", Operation::asin, 1},
                               NamedFunction{"acos", Operation::acos, 1},   NamedFunction{"atan", Operation::atan, 1},
                               NamedFunction{"sinh", Operation::sinh, 1},   NamedFunction{"cosh", Operation::cosh, 1},
                               NamedFunction{"tanh", Operation::tanh, 1},   NamedFunction{"erf", Operation::erf, 1},
                               NamedFunction{"abs", Operation::abs, 1},     NamedFunction{"min", Operation::minimum, 2},
                               NamedFunction{"max", Operation::maximum, 2}, NamedFunction{"pow", Operation::power, 2},
                               NamedFunction{"atan2", Operation::atan2, 2}, NamedFunction{"where", Operation::where, 3},
                               NamedFunction{"table", Operation::curve, 2}};

}  // namespace

std::span<const NamedFunction> named_functions() {
  return functions;
}

bool starts_name(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) || c == '_';
}
bool continues_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

bool mentions(const std::string& text, const std::string& name) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !continues_name(text[at - 1])) && (end == text.size() || !continues_name(text[end]))) return true;
  }
  return false;
}

std::vector<std::string> variable_names(int dimension) {
  constexpr std::array letters{"x", "y", "z"};
  std::vector<std::string> names;
  for (int k = 0; k < dimension; ++k)
    names.push_back(dimension <= 3 ? letters[static_cast<std::size_t>(k)] : fmt::format("x{}", k + 1));
  return names;
}

std::optional<std::string> unfit_parameter_name(const std::string& name) {
  if (name.empty() || !starts_name(name[0]) || !std::all_of(name.begin(), name.end(), continues_name))
    return "must consist of letters, digits and _, a letter first";
  if (std::any_of(functions.begin(), functions.end(), [&](const NamedFunction& f) { return name == f.name; }))
    return "is the name of a function";
  const std::vector<std::string> variables = variable_names(3);
  if (std::find(variables.begin(), variables.end(), name) != variables.end()) return "is a variable";
  if (name == "pi" || name == "e") return "is a constant";
  return std::nullopt;
}

}  // namespace valleyflux
