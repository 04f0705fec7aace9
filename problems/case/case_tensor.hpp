#pragma once

#include "problems/case/case_reader.hpp"
#include "problems/expressions/expression.hpp"

#include <Eigen/Core>

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// Reads a tensor of x: one entry for a multiple of the identity, d for one along each axis, or d rows of d; each a
/// number, an expression or a table. Gives one entry or d x d (expression_diffusion). The key must be there. Throws
/// CaseError.
std::vector<std::vector<Expression>> read_tensor(CaseReader& table, const std::string& key, int dimension,
                                                 const Parameters& parameters);

/// The same as numbers where no entry varies.
std::optional<Eigen::MatrixXd> constant_tensor(const std::vector<std::vector<Expression>>& entries, int dimension);

}  // namespace valleyflux
