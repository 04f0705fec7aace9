#include "problems/expressions/postfix_evaluation.hpp"

#include "problems/expressions/taylor_functions.hpp"

#include <algorithm>
#include <cmath>

namespace valleyflux {

const double* evaluate(const PostfixProgram& program, const TaylorBasis& basis, const double* x,
                       std::vector<double>& memory) {
  const std::size_t block = basis.points(), n = basis.doubles();
  memory.resize(std::max(memory.size(), (program.depth + taylor_scratch) * n));
  double* scratch = memory.data() + program.depth * n;
  double* next = memory.data();  // first free block
  for (const auto& [operation, value, variable, table] : program.instructions) {
    double* top = next - n;
    double* below = next - 2 * n;
    switch (operation) {
      case Operation::constant:
      case Operation::variable:
        std::fill(next, next + n, 0.0);
        if (operation == Operation::constant) {
          std::fill(next, next + block, value);
        } else {
          std::copy(x + variable * block, x + (variable + 1) * block, next);
          if (basis.order() > 0 && variable < basis.dimension()) std::fill_n(next + (variable + 1) * block, block, 1.0);
        }
        next += n;
        break;
      case Operation::add_constant:
        for (std::size_t p = 0; p < block; ++p) top[p] += value;
        break;
      case Operation::scale:
        for (std::size_t k = 0; k < n; ++k) top[k] *= value;
        break;
      case Operation::add:
        for (std::size_t k = 0; k < n; ++k) below[k] += top[k];
        next = top;
        break;
      case Operation::subtract:
        for (std::size_t k = 0; k < n; ++k) below[k] -= top[k];
        next = top;
        break;
      case Operation::multiply:
        multiply_in_place(basis, below, top, scratch);
        next = top;
        break;
      case Operation::divide:
        apply_function(basis, Operation::divide, 0.0, top, scratch);
        multiply_in_place(basis, below, top, scratch);
        next = top;
        break;
      case Operation::integer_power: integer_power(basis, static_cast<int>(value), top, scratch); break;
      case Operation::power:  // exp(b log a)
        apply_function(basis, Operation::log, 0.0, below, scratch);
        multiply_in_place(basis, below, top, scratch);
        apply_function(basis, Operation::exp, 0.0, below, scratch);
        next = top;
        break;
      case Operation::atan2:
        angle(basis, below, top, scratch);
        next = top;
        break;
      case Operation::minimum:
      case Operation::maximum:
        for (std::size_t p = 0; p < block; ++p) {
          const bool second =
              (operation == Operation::minimum ? top[p] < below[p] : top[p] > below[p]) || std::isnan(top[p]);
          if (second)
            for (std::size_t k = p; k < n; k += block) below[k] = top[k];
        }
        next = top;
        break;
      case Operation::where: {
        double* condition = below - n;
        for (std::size_t p = 0; p < block; ++p) {
          const double* chosen = condition[p] != 0.0 ? below : top;
          for (std::size_t k = p; k < n; k += block) condition[k] = chosen[k];
        }
        next = below;
        break;
      }
      case Operation::curve: apply_table(basis, *table, top, nullptr, scratch); break;
      case Operation::surface:
        apply_table(basis, *table, below, top, scratch);
        next = top;
        break;
      case Operation::negation:
        for (std::size_t p = 0; p < block; ++p) top[p] = apply(operation, top[p], 0.0);
        std::fill(top + block, top + n, 0.0);
        break;
      default:
        if (!is_condition_of_two(operation)) {
          apply_function(basis, operation, value, top, scratch);
          break;
        }
        for (std::size_t p = 0; p < block; ++p) below[p] = apply(operation, below[p], top[p]);
        std::fill(below + block, below + n, 0.0);
        next = top;
    }
  }
  return memory.data();
}

}  // namespace valleyflux
