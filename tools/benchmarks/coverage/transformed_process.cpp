#include "tools/benchmarks/coverage/transformed_process.hpp"

#include <cmath>

namespace valleyflux::coverage {

namespace {

// The share of the density below x is of order x^a.
constexpr double negligible = 45.0;

}  // namespace

// By Ito's formula D = s / x, and the potential's slope 1 - a + r x.
TransformedProcess square_root_process(double a, double r, double s) {
  return {{[=](long double z) { return 1.0L - a + r * std::exp(z); }, [=](long double z) { return s * std::exp(-z); }},
          std::log(a / r) - negligible / a,
          [](double x) { return std::log(x); }};
}

// By Ito's formula D = s / (x (1 - x)), and the potential's slope (1 - a) (1 - x) + (b - 1) x.
TransformedProcess jacobi_process(double a, double b, double s) {
  const auto at = [](long double z) { return 1.0L / (1.0L + std::exp(-z)); };
  const auto rest = [](long double z) { return 1.0L / (1.0L + std::exp(z)); };
  return {{[=](long double z) { return (1.0L - a) * rest(z) + (b - 1.0L) * at(z); },
           [=](long double z) { return s / (at(z) * rest(z)); }},
          std::log(a / b) - negligible / a,
          [](double x) { return std::log(x / (1.0 - x)); }};
}

// By Ito's formula the noise is D / x^2 and the drift -(a + b x^2).
TransformedProcess radial_process(double a, double b, double D) {
  const auto square = [](long double z) { return std::exp(2.0L * z); };
  return {{[=](long double z) { return (a + b * square(z)) * square(z) / D; },
           [=](long double z) { return D / square(z); }},
          0.5 * (std::log(D / a) - negligible),
          [](double x) { return std::log(x); }};
}

}  // namespace valleyflux::coverage
