#pragma once

#include "problems/methods.hpp"
#include "solver/escape/escape.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// One escape and the methods (problems/methods.hpp) that it is to be measured by.
struct EscapeRequest {
  Escape escape;
  std::vector<std::string> methods = standard_methods(ProblemKind::plane);

  bool asks_for(const std::string& method) const { return valleyflux::asks_for(methods, method_named(method)); }
};

}  // namespace valleyflux
