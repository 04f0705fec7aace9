#pragma once

#include "problems/case/case_reader.hpp"
#include "problems/dynamics/coefficients.hpp"

namespace valleyflux {

/// Reads kT and mobility or D of [diffusion] with model = "mobility"; adds what is to be said to the case's warnings.
/// Throws CaseError.
Dynamics read_mobility(CaseReader& table, int dimension, const Drift& drift, const Parameters& parameters,
                       Case& result);

/// What to say where the noise of a landscape does not lead to exp(-L / kT), though whoever gave it may think so: D
/// varies or differs between directions. Nothing where an interpretation "ito" or "stratonovich" of D(x) was asked for:
/// then the law is meant to be another one.
std::optional<std::string> warning_of_other_law(const Dynamics& dynamics, bool interpretation_given);

}  // namespace valleyflux
