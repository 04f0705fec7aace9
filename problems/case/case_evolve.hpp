#pragma once

#include "problems/case/case_reader.hpp"

namespace valleyflux {

/// Reads [evolve]. Throws CaseError.
CaseEvolve read_evolve(CaseReader& evolve, int dimension, const Parameters& parameters);

}  // namespace valleyflux
