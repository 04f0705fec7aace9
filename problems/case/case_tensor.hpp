#pragma once

#include "problems/case/case_reader.hpp"
#include "problems/dynamics/diffusion_model.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// Reads a tensor of x: one entry for a multiple of the identity, d for one along each axis, or d rows of d; each a
/// number or an expression. Gives one entry or d x d (expression_diffusion). The key must be there. Throws CaseError.
std::vector<std::vector<Expression>> read_tensor(CaseReader& table, const std::string& key, int dimension,
                                                 const Parameters& parameters);

}  // namespace valleyflux
