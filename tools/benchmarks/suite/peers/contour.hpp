#pragma once

#include "tools/benchmarks/suite/chain.hpp"

#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <vector>

namespace suite {

/// exp(t Q^T) start of a chain on the line by the trapezoidal rule with `points` (even) on Weideman & Trefethen's
/// (2007) parabola z(theta) = points (0.1309 - 0.1194 theta^2 + 0.2500 i theta) / t, whose error falls
/// like 2.85^-points: a tridiagonal solve for each of the half of them that conjugation leaves, by the textbook's
/// recurrence.
template <typename Real>
std::vector<double> density_on_line(const Chain& chain, int points) {
  struct Complex {  // std::complex knows no quadruple precision, and guards its products
    Real re, im;
    Complex operator+(const Complex& b) const { return {re + b.re, im + b.im}; }
    Complex operator*(const Complex& b) const { return {re * b.re - im * b.im, re * b.im + im * b.re}; }
    Complex operator*(Real b) const { return {re * b, im * b}; }
    Complex inverse() const {
      const Real square = re * re + im * im;
      return {re / square, -im / square};
    }
  };
  const std::size_t states = chain.exit.size();
  std::vector<Real> diagonal(chain.exit.begin(), chain.exit.end());
  for (std::size_t i = 0; i + 1 < states; ++i) {
    diagonal[i] += chain.forward[i];
    diagonal[i + 1] += chain.backward[i];
  }
  std::vector<Real> total(states, Real(0));
  std::vector<Complex> pivot(states), value(states);
  for (int k = 0; k < points / 2; ++k) {
    const double theta = std::numbers::pi * (2 * k + 1) / points;
    const double scale = points / chain.time;
    const Complex z{Real(scale * (0.1309 - 0.1194 * theta * theta)), Real(scale * 0.25 * theta)};
    const Complex slope{Real(scale * -0.2388 * theta), Real(scale * 0.25)};
    // (z - Q^T) x = start: below the diagonal -forward, above it -backward.
    for (std::size_t i = 0; i < states; ++i) {
      Complex d = z + Complex{diagonal[i], Real(0)};
      Complex right{Real(chain.start[i]), Real(0)};
      if (i > 0) {
        const Complex factor = pivot[i - 1] * Real(chain.forward[i - 1]);
        d = d + factor * Real(-chain.backward[i - 1]);
        right = right + factor * value[i - 1];
      }
      pivot[i] = d.inverse();
      value[i] = right;
    }
    const double growth = std::exp(points * (0.1309 - 0.1194 * theta * theta)), angle = points * 0.25 * theta;
    // exp(z t) z' / (i points), twice the real part with the conjugate point.
    const Complex weight = Complex{Real(growth * std::cos(angle)), Real(growth * std::sin(angle))} * slope *
                           Complex{Real(0), Real(-2.0 / points)};
    Complex x{Real(0), Real(0)};
    for (std::size_t i = states; i-- > 0;) {
      x = (i + 1 < states ? value[i] + x * Real(chain.backward[i]) : value[i]) * pivot[i];
      total[i] += weight.re * x.re - weight.im * x.im;
    }
  }
  std::vector<double> density;
  for (const Real& p : total) density.push_back(static_cast<double>(p));
  return density;
}

}  // namespace suite
