#include "problems/expressions/operation.hpp"

#include <cmath>
#include <stdexcept>

namespace valleyflux {

int arity(Operation operation) {
  switch (operation) {
    case Operation::constant:
    case Operation::variable: return 0;
    case Operation::add:
    case Operation::subtract:
    case Operation::multiply:
    case Operation::divide:
    case Operation::power:
    case Operation::atan2:
    case Operation::minimum:
    case Operation::maximum:
    case Operation::surface: return 2;
    case Operation::where: return 3;
    default: return is_condition_of_two(operation) ? 2 : 1;
  }
}

bool is_condition_of_two(Operation operation) {
  switch (operation) {
    case Operation::less:
    case Operation::less_equal:
    case Operation::greater:
    case Operation::greater_equal:
    case Operation::equal:
    case Operation::unequal:
    case Operation::both:
    case Operation::either: return true;
    default: return false;
  }
}

double apply(Operation operation, double a, double b) {
  switch (operation) {
    case Operation::add: return a + b;
    case Operation::subtract: return a - b;
    case Operation::multiply: return a * b;
    case Operation::divide: return a / b;
    case Operation::negate: return -a;
    case Operation::power: return std::pow(a, b);
    case Operation::sqrt: return std::sqrt(a);
    case Operation::exp: return std::exp(a);
    case Operation::log: return std::log(a);
    case Operation::log10: return std::log10(a);
    case Operation::sin: return std::sin(a);
    case Operation::cos: return std::cos(a);
    case Operation::tan: return std::tan(a);
    case Operation::asin: return std::asin(a);
    case Operation::acos: return std::acos(a);
    case Operation::atan: return std::atan(a);
    case Operation::sinh: return std::sinh(a);
    case Operation::cosh: return std::cosh(a);
    case Operation::tanh: return std::tanh(a);
    case Operation::erf: return std::erf(a);
    case Operation::abs: return std::abs(a);
    case Operation::atan2: return std::atan2(a, b);
    case Operation::minimum: return b < a || std::isnan(b) ? b : a;
    case Operation::maximum: return b > a || std::isnan(b) ? b : a;
    case Operation::less: return a < b;
    case Operation::less_equal: return a <= b;
    case Operation::greater: return a > b;
    case Operation::greater_equal: return a >= b;
    case Operation::equal: return a == b;
    case Operation::unequal: return a != b;
    case Operation::both: return a != 0.0 && b != 0.0;
    case Operation::either: return a != 0.0 || b != 0.0;
    case Operation::negation: return a == 0.0;
    default: throw std::logic_error("not an operation on numbers");
  }
}

}  // namespace valleyflux
