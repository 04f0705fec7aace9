#pragma once

#include "grids/axis.hpp"
#include "tools/benchmarks/coverage/line_process.hpp"
#include "tools/benchmarks/coverage/random.hpp"

#include <optional>
#include <string>
#include <vector>

namespace valleyflux::coverage {

/// Tables of a case file, each ending in a new line.

/// One entry of [grid].
std::string axis_text(const std::string& name, double min, double max, Index cells, Boundary lower, Boundary upper,
                      const std::optional<Grading>& grading = std::nullopt);

/// [[valley]]; `where` and `core` are predicates, an empty core is left out.
std::string valley_text(const std::string& name, const std::string& where, const std::string& core);

/// [[escape]].
std::string escape_text(const std::string& from, const std::string& to, const std::vector<std::string>& methods);

/// [solver] and [theory]: nothing but the escapes.
std::string escapes_alone();

/// "low < u && u < high" of an expression u.
std::string between(const std::string& u, double low, double high);

}  // namespace valleyflux::coverage
