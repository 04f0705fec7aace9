#include "solver/evolution/stiff_exponential.hpp"

#include "grids/dense_algebra.hpp"
#include "problems/valleys/eigen_decomposition.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <limits>

namespace valleyflux {

namespace {

using Complex = std::complex<double>;

/// One of each pair of poles of the [3/4] Pade approximant of exp, and its residue there.
struct Fraction {
  Complex pole, residue;
};
constexpr std::array<Fraction, 2> fractions{
    {{{4.7871931031284660171, 1.5674764168952081241}, {13.301539995971487047, -60.071732737047443329}},
     {{3.2128068968715339829, 4.7730874332766424998}, {-11.301539995971487047, 12.471675850250231306}}}};

/// Over 2^halvings parts of t.
ExponentialStep by_parts(const Eigen::MatrixXd& H, double shift, double t, int halvings) {
  const double part = std::ldexp(t, -halvings), moved = part * shift;
  const Eigen::MatrixXd unit = Eigen::MatrixXd::Identity(H.rows(), H.cols());
  // Of (exp(z) - 1) / z, z = part G: with z before it nothing of what stays is lost to round-off.
  Eigen::MatrixXcd inverses = Eigen::MatrixXcd::Zero(H.rows(), H.cols());
  for (const auto& [pole, residue] : fractions)
    inverses += 2.0 * residue / pole * transposed_inverse_of((moved - pole) * H - moved * unit).transpose();
  const Eigen::MatrixXd of_inverse = inverses.real();
  Eigen::MatrixXd change = moved * (H - unit) * of_inverse, integral = part * H * of_inverse;
  for (int k = 0; k < halvings; ++k) {
    integral = 2.0 * integral + integral * change;
    change = 2.0 * change + change * change;
  }
  return {unit + change, integral};
}

}  // namespace

ExponentialStep stiff_exponential(const Eigen::MatrixXd& H, double shift, double t) {
  constexpr double fewest = 6.0, most = 16.0;
  constexpr double small_angle = 1.0 / 16.0;  // of a part: its error is a round-off then
  // Modes that decay by more leave nothing, nor do those that H knows no digit of: what turns so fast has decayed.
  constexpr double decayed = 40.0, round_off = 1e-9;
  const Eigen::MatrixXd unknown =
      Eigen::MatrixXd::Constant(H.rows(), H.cols(), std::numeric_limits<double>::quiet_NaN());
  if (!H.allFinite()) return {unknown, unknown};
  double angle = 0.0;
  for (const Complex& h : eigenvalues_of(H)) {
    const Complex mode = t * shift * (1.0 - 1.0 / h);
    if (std::abs(h) > round_off && -mode.real() < decayed) angle = std::max(angle, std::abs(mode.imag()));
  }
  const double halvings = std::max(fewest, std::ceil(std::log2(angle / small_angle)));
  if (!(halvings <= most)) return {unknown, unknown};
  return by_parts(H, shift, t, static_cast<int>(halvings));
}

}  // namespace valleyflux
