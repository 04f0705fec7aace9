#pragma once

#include "problems/case/case_reader.hpp"
#include "problems/dynamics/drift.hpp"
#include "problems/landscapes/landscape.hpp"

namespace valleyflux {

/// Reads [landscape] or [drift]; the domain of a tabulated landscape is left in `domain`, warnings of its file in the
/// case. Throws CaseError.
Drift read_drift(CaseReader& root, int dimension, const Parameters& parameters, Case& result,
                 std::optional<LandscapeDomain>& domain);

}  // namespace valleyflux
