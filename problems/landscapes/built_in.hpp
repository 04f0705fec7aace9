#pragma once

#include "problems/dynamics/drift.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/landscape.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace valleyflux {

/// A landscape or drift that comes with the program: expressions with named parameters, so that its derivatives are
/// exact and its definition can be printed.
struct BuiltIn {
  std::string name;
  std::string summary;
  std::string source;
  int dimension = 1;  // 0: any; the expression is then that of one coordinate, summed
  std::vector<std::pair<std::string, double>> parameters;  // with their defaults
  std::string landscape;                                   // empty for a drift
  std::vector<std::string> drift;                          // empty for a landscape
};

/// All of them, in alphabetical order.
const std::vector<BuiltIn>& built_ins();

/// Throws std::invalid_argument naming the nearest known name.
const BuiltIn& built_in(const std::string& name);

/// The landscape with some parameters changed, in `dimension` dimensions. Throws std::invalid_argument for an unknown
/// name or parameter, a drift, or another dimension than it is made for.
std::shared_ptr<const Landscape> built_in_landscape(const std::string& name, int dimension,
                                                    const Parameters& changed = {});

/// The drift, or minus the gradient of the landscape, likewise.
Drift built_in_drift(const std::string& name, int dimension, const Parameters& changed = {});

}  // namespace valleyflux
