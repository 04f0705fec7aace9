#pragma once

#include "solver/results.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// A valley that lies where another one lay at the value of a sweep before.
struct RenumberedValley {
  std::string name;
  std::string before;           // name of the valley that lay there
  std::vector<double> minimum;  // coordinates
};

/// Valleys that are each other's nearest ones before and now, by their minima, and have another name. In order of
/// `now`; valleys without a minimum are left out.
std::vector<RenumberedValley> renumbered_valleys(const std::vector<ValleyResult>& before,
                                                 const std::vector<ValleyResult>& now);

}  // namespace valleyflux
