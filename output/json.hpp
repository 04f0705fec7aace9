#pragma once

#include "solver/results.hpp"

#include <string>

namespace valleyflux {

/// The results as JSON text (2 blanks of indentation); missing numbers are null. Throws std::logic_error for a number
/// that is not finite: none may leave the program unannounced.
std::string to_json(const Results& results);

}  // namespace valleyflux
