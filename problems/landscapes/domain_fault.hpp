#pragma once

#include "problems/landscapes/landscape.hpp"

#include <optional>
#include <string>

namespace valleyflux {

/// An axis of a grid or a box.
struct DomainAxis {
  std::string key;  // "grid.x"
  double min, max;
  bool periodic;
};

/// Why an axis does not fit what is known along it: it reaches beyond the data, or wraps where they do not; nothing
/// where it does. whose: "the landscape's".
std::optional<std::string> domain_fault(const LandscapeDomain::Side& data, const DomainAxis& axis,
                                        const std::string& whose);

}  // namespace valleyflux
