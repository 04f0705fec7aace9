#pragma once

#include "problems/expressions/expression_text.hpp"
#include "problems/expressions/postfix_code.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// What a text says (its grammar: expression.hpp); other_names: of the first variables, in their order. Throws
/// ExpressionError with the column.
PostfixProgram parse_expression(const std::string& text, const std::vector<std::string>& variables,
                                const Parameters& parameters, const TableSource& tables,
                                const std::vector<std::string>& other_names);

}  // namespace valleyflux
