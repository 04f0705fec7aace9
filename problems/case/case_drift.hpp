#pragma once

#include "problems/case/case_reader.hpp"
#include "problems/dynamics/drift.hpp"
#include "problems/landscapes/landscape.hpp"

namespace valleyflux {

/// Reads [landscape] or [drift]; dimension: nothing where a table tells it. The domain of a tabulated landscape is left
/// in `domain`, warnings of its file in the case. Throws CaseError.
Drift read_drift(CaseReader& root, std::optional<int> dimension, const Parameters& parameters, Case& result,
                 std::optional<LandscapeDomain>& domain);

}  // namespace valleyflux
