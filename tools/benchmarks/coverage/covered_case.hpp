#pragma once

#include <string>
#include <vector>

namespace valleyflux::coverage {

/// The right value of one row of a result, by another way than the solver's.
struct Truth {
  std::string from, to, method;
  double log_rate = 0.0;
};

/// A random problem as a user would type it, and what is right of it.
struct CoveredCase {
  std::string kind;
  int number = 0;
  std::string toml;
  std::vector<Truth> truths;
};

}  // namespace valleyflux::coverage
