#pragma once

#include "problems/case/case_reader.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/dynamics/drift.hpp"

namespace valleyflux {

/// Reads eta, batch_size and injected of [diffusion]. Throws CaseError.
SgdDiffusionOptions read_sgd(CaseReader& table, const Parameters& parameters);

/// Reads [diffusion] but for its interpretation; what the closed forms ask of the noise is left in the case, whose axes
/// are known. Throws CaseError.
std::shared_ptr<const DiffusionModel> read_diffusion(CaseReader& table, int dimension, const Drift& drift,
                                                     const Parameters& parameters, Case& result);

}  // namespace valleyflux
