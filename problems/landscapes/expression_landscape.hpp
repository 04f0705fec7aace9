#pragma once

#include "problems/expressions/expression.hpp"
#include "problems/landscapes/landscape.hpp"

#include <memory>

namespace valleyflux {

/// A landscape given by an expression. Throws std::invalid_argument for a predicate.
std::shared_ptr<const Landscape> expression_landscape(Expression expression);

}  // namespace valleyflux
