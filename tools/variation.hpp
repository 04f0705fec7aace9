#pragma once

#include "problems/case/case_file.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// A key of the case and the values that it takes.
struct Variation {
  std::string key;
  std::vector<double> values;
};

/// Reads "table.key=first:last:count[:log]". Throws CaseError for anything else.
Variation variation_of(const std::string& text);

}  // namespace valleyflux
