#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace valleyflux {

/// Arithmetic of truncated Taylor polynomials in d variables over blocks of points: a function is represented at each
/// point by its coefficients c_alpha = d^alpha f / alpha!, |alpha| <= order. A block is an array
/// [coefficient][point] of size() x points() doubles, so that every loop runs over points.
inline constexpr std::size_t taylor_block = 64;  // points of a block, at most

class TaylorBasis {
 public:
  /// The shared basis for this dimension and order (0 to 3), of blocks that hold `points` (1 to taylor_block).
  static std::shared_ptr<const TaylorBasis> get(int dimension, int order, std::size_t points);

  std::size_t dimension() const { return dimension_; }
  int order() const { return order_; }
  std::size_t points() const { return points_; }
  /// Number of coefficients, binomial(d + order, order). Coefficient 0 is the value, 1 ... d the gradient.
  std::size_t size() const { return exponents_.size(); }
  std::size_t doubles() const { return size() * points_; }
  /// The variables that a coefficient differentiates by, in ascending order: {} for the value, {i, i, j} for
  /// d^3 / dx_i^2 dx_j; its factor alpha! turns the coefficient into that derivative.
  const std::vector<int>& exponents(std::size_t coefficient) const { return exponents_[coefficient]; }
  double factorial(std::size_t coefficient) const { return factorials_[coefficient]; }

  /// out = a b; out must not overlap them.
  void multiply(const double* a, const double* b, double* out) const;
  /// out = f(a) from f and its first three derivatives at the values of a (f: arrays of points() each; those above the
  /// order are not read); `scratch` holds doubles() numbers. out must not overlap a.
  void compose(const double* a, const std::array<const double*, 4>& f, double* out, double* scratch) const;

 private:
  struct Term {
    std::size_t left, right, product;
  };
  TaylorBasis(int dimension, int order, std::size_t points);

  std::size_t dimension_;
  int order_;
  std::size_t points_;
  std::vector<std::vector<int>> exponents_;
  std::vector<double> factorials_;
  std::vector<Term> mixed_;  // products of two non-constant coefficients
};

}  // namespace valleyflux
