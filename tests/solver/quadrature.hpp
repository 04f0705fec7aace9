#pragma once

#include <boost/math/quadrature/gauss_kronrod.hpp>

/// The integral of f over [low, high], adaptive to round-off: what the library's numbers are compared with.
template <typename Function>
double integral(double low, double high, const Function& f) {
  return boost::math::quadrature::gauss_kronrod<double, 31>::integrate(f, low, high, 12, 1e-12);
}
