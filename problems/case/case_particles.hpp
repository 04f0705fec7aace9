#pragma once

#include "problems/case/case_reader.hpp"

namespace valleyflux {

/// Reads [langevin] of a case whose problem is known. Throws CaseError.
CaseParticles read_particles(CaseReader& table, const std::vector<std::string>& variables, const Parameters& parameters,
                             const Case& definition);

}  // namespace valleyflux
