#pragma once

#include "problems/case/case_reader.hpp"
#include "problems/dynamics/coefficients.hpp"
#include "problems/dynamics/sgd_diffusion.hpp"

namespace valleyflux {

/// Reads eta, batch_size and injected of [diffusion]. Throws CaseError.
SgdDiffusionOptions read_sgd(CaseReader& table, const Parameters& parameters);

/// Reads [diffusion]: noise, its interpretation and, where it is a mobility, what becomes of the drift. What the closed
/// forms ask of the noise, and warnings, are left in the case, whose axes are known. Throws CaseError.
Dynamics read_diffusion(CaseReader& table, int dimension, const Drift& drift, const Parameters& parameters,
                        Case& result);

}  // namespace valleyflux
