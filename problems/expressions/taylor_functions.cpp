#include "problems/expressions/taylor_functions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <stdexcept>

namespace valleyflux {

namespace {

/// f and its first three derivatives at a.
std::array<double, 4> derivatives(Operation operation, double a, double exponent) {
  constexpr double ln10 = std::numbers::ln10;
  switch (operation) {
    case Operation::exp: {
      const double f = std::exp(a);
      return {f, f, f, f};
    }
    case Operation::log: return {std::log(a), 1 / a, -1 / (a * a), 2 / (a * a * a)};
    case Operation::log10: return {std::log10(a), 1 / (a * ln10), -1 / (a * a * ln10), 2 / (a * a * a * ln10)};
    case Operation::sqrt: {
      const double f = std::sqrt(a);
      return {f, 0.5 / f, -0.25 / (a * f), 0.375 / (a * a * f)};
    }
    case Operation::sin: {
      const double s = std::sin(a), c = std::cos(a);
      return {s, c, -s, -c};
    }
    case Operation::cos: {
      const double s = std::sin(a), c = std::cos(a);
      return {c, -s, -c, s};
    }
    case Operation::tan: {
      const double t = std::tan(a), d = 1 + t * t;
      return {t, d, 2 * t * d, d * (2 + 6 * t * t)};
    }
    case Operation::asin:
    case Operation::acos: {
      const double sign = operation == Operation::asin ? 1.0 : -1.0;
      const double d = 1 / std::sqrt((1 - a) * (1 + a)), d3 = d * d * d;
      return {operation == Operation::asin ? std::asin(a) : std::acos(a), sign * d, sign * a * d3,
              sign * (1 + 2 * a * a) * d3 * d * d};
    }
    case Operation::atan: {
      const double d = 1 / (1 + a * a);
      return {std::atan(a), d, -2 * a * d * d, (6 * a * a - 2) * d * d * d};
    }
    case Operation::sinh: {
      const double s = std::sinh(a), c = std::cosh(a);
      return {s, c, s, c};
    }
    case Operation::cosh: {
      const double s = std::sinh(a), c = std::cosh(a);
      return {c, s, c, s};
    }
    case Operation::tanh: {
      const double t = std::tanh(a), d = 1 / (std::cosh(a) * std::cosh(a));
      return {t, d, -2 * t * d, d * (6 * t * t - 2)};
    }
    case Operation::erf: {
      const double g = 2 * std::numbers::inv_sqrtpi * std::exp(-a * a);
      return {std::erf(a), g, -2 * a * g, (4 * a * a - 2) * g};
    }
    case Operation::abs: return {std::abs(a), static_cast<double>((a > 0) - (a < 0)), 0.0, 0.0};
    case Operation::divide: {  // 1 / a
      const double r = 1 / a;
      return {r, -r * r, 2 * r * r * r, -6 * r * r * r * r};
    }
    case Operation::real_power: {
      const double c = exponent;
      return {std::pow(a, c), c * std::pow(a, c - 1), c * (c - 1) * std::pow(a, c - 2),
              c * (c - 1) * (c - 2) * std::pow(a, c - 3)};
    }
    default: throw std::logic_error("not a function of one variable");
  }
}

}  // namespace

void apply_function(const TaylorBasis& basis, Operation operation, double exponent, double* a, double* scratch) {
  const std::size_t block = basis.points(), n = basis.doubles();
  std::array<double, 4 * taylor_block> f;
  for (std::size_t p = 0; p < block; ++p) {
    const std::array<double, 4> at = derivatives(operation, a[p], exponent);
    for (std::size_t k = 0; k < 4; ++k) f[k * block + p] = at[k];
  }
  basis.compose(a, {f.data(), f.data() + block, f.data() + 2 * block, f.data() + 3 * block}, scratch, scratch + n);
  std::copy(scratch, scratch + n, a);
}

void multiply_in_place(const TaylorBasis& basis, double* a, const double* b, double* scratch) {
  const std::size_t block = basis.points();
  if (basis.order() <= 1 && a != b) {
    for (std::size_t k = basis.size() - 1; k > 0; --k) {
      double* ak = a + k * block;
      const double* bk = b + k * block;
      for (std::size_t p = 0; p < block; ++p) ak[p] = a[p] * bk[p] + ak[p] * b[p];
    }
    for (std::size_t p = 0; p < block; ++p) a[p] *= b[p];
    return;
  }
  basis.multiply(a, b, scratch);
  std::copy(scratch, scratch + basis.doubles(), a);
}

void integer_power(const TaylorBasis& basis, int n, double* a, double* scratch) {
  const std::size_t block = basis.points(), size = basis.doubles();
  double* base = scratch + 2 * size;
  if (basis.order() <= 1 && n >= 2) {
    // d(a^n) = n a^(n-1) da
    std::array<double, taylor_block> lower, square;
    std::fill_n(lower.begin(), block, 1.0);
    std::copy_n(a, block, square.begin());
    for (auto bits = static_cast<unsigned>(n - 1); bits; bits >>= 1) {
      if (bits & 1u)
        for (std::size_t p = 0; p < block; ++p) lower[p] *= square[p];
      if (bits > 1)
        for (std::size_t p = 0; p < block; ++p) square[p] *= square[p];
    }
    for (std::size_t k = 1; k < basis.size(); ++k)
      for (std::size_t p = 0; p < block; ++p) a[k * block + p] *= n * lower[p];
    for (std::size_t p = 0; p < block; ++p) a[p] *= lower[p];
    return;
  }
  std::copy(a, a + size, base);
  std::fill(a, a + size, 0.0);
  std::fill(a, a + block, 1.0);
  bool one = true;
  for (auto bits = static_cast<unsigned>(std::abs(n)); bits; bits >>= 1) {
    if (bits & 1u) {
      if (one)
        std::copy(base, base + size, a);
      else
        multiply_in_place(basis, a, base, scratch);
      one = false;
    }
    if (bits > 1) multiply_in_place(basis, base, base, scratch);
  }
  if (n < 0) apply_function(basis, Operation::divide, 0.0, a, scratch);
}

void angle(const TaylorBasis& basis, double* a, double* b, double* scratch) {
  const std::size_t block = basis.points(), n = basis.doubles();
  double* ratio = scratch + 2 * n;
  double* other = scratch + 3 * n;
  std::array<double, taylor_block> value;
  std::array<bool, taylor_block> flat;
  for (std::size_t p = 0; p < block; ++p) {
    value[p] = std::atan2(a[p], b[p]);
    flat[p] = std::abs(b[p]) >= std::abs(a[p]);
  }
  // The derivatives are those of atan(a / b) or of -atan(b / a).
  for (double* quotient : {ratio, other}) {
    const double* top = quotient == ratio ? a : b;
    std::copy(quotient == ratio ? b : a, (quotient == ratio ? b : a) + n, quotient);
    apply_function(basis, Operation::divide, 0.0, quotient, scratch);
    multiply_in_place(basis, quotient, top, scratch);
    apply_function(basis, Operation::atan, 0.0, quotient, scratch);
  }
  for (std::size_t k = 0; k < basis.size(); ++k)
    for (std::size_t p = 0; p < block; ++p) {
      const std::size_t at = k * block + p;
      a[at] = k == 0 ? value[p] : flat[p] ? ratio[at] : -other[at];
    }
}

void apply_table(const TaylorBasis& basis, const TableFunction& table, double* a, double* b, double* scratch) {
  const std::size_t block = basis.points(), n = basis.doubles();
  const auto order = static_cast<std::size_t>(basis.order());
  std::array<TableFunction::Derivatives, taylor_block> derivatives;
  for (std::size_t p = 0; p < block; ++p) derivatives[p] = table.derivatives(a[p], b ? b[p] : 0.0, basis.order());
  // The sum of f_ij / (i! j!) (a - a_0)^i (b - b_0)^j.
  for (double* argument : {a, b})
    if (argument) std::fill_n(argument, block, 0.0);
  constexpr std::array factorial{1.0, 1.0, 2.0, 6.0};
  double *power = scratch + n, *term = scratch + 2 * n, *sum = scratch + 3 * n;
  std::fill_n(sum, n, 0.0);
  for (std::size_t j = 0; j <= (b ? order : 0); ++j) {
    if (j == 0) {
      std::fill_n(power, n, 0.0);
      std::fill_n(power, block, 1.0);
    } else {
      multiply_in_place(basis, power, b, scratch);
    }
    std::copy_n(power, n, term);
    for (std::size_t i = 0; i + j <= order; ++i) {
      if (i > 0) multiply_in_place(basis, term, a, scratch);
      for (std::size_t p = 0; p < block; ++p) {
        const double coefficient = derivatives[p][i][j] / (factorial[i] * factorial[j]);
        for (std::size_t k = p; k < n; k += block) sum[k] += coefficient * term[k];
      }
    }
  }
  std::copy_n(sum, n, a);
}

}  // namespace valleyflux
