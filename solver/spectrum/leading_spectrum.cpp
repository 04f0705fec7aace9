#include "solver/spectrum/leading_spectrum.hpp"

#include "solver/elimination/balancing_weights.hpp"
#include "solver/spectrum/reference_process.hpp"
#include "solver/spectrum/shift_invert.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <utility>

namespace valleyflux {

namespace {

/// (sum w |u|^2)^(1/2) times the phase of the entry that weighs most: u over it has norm 1, and that entry is positive.
std::complex<double> norm(const Eigen::VectorXd& weights, const Eigen::VectorXcd& u) {
  const Eigen::VectorXd weight = weights.cwiseProduct(u.cwiseAbs2());
  Index heaviest = 0;
  weight.maxCoeff(&heaviest);
  return u[heaviest] / std::abs(u[heaviest]) * std::sqrt(weight.sum());
}

}  // namespace

LeadingSpectrum leading_spectrum(const Generator& generator, const EliminationOrder& order,
                                 const Eigen::VectorXd& weights, const std::vector<Index>& references, int count) {
  const Eigen::VectorXd shares = weights / weights.sum();
  constexpr double round_off = 1e-10;
  const bool reversible = !(generator.exit.maxCoeff() > 0) && are_balanced(generator, shares, round_off);
  const Index most = std::max<Index>(generator.states - 2, 1), total = std::min<Index>(count, most);
  LeadingSpectrum result;
  double scale = 0.0;
  {
    ReferenceProcess process(generator, order, shares, reversible, references);
    scale = 1.0 / process.longest_time();
    ReferenceModes slow = process.modes(total);
    result = {-slow.decay.cast<std::complex<double>>(), std::move(slow.bound), std::move(slow.right),
              std::move(slow.left)};
  }
  const Index of_references = result.eigenvalue.size();
  for (Index k = 0; k < of_references; ++k) {
    if (result.eigenvalue[k] == 0.0) result.eigenvalue[k] = 0.0;  // not -0
    result.right.col(k) /= norm(shares, result.right.col(k).cast<std::complex<double>>()).real();
    result.left.col(k) /= result.left.col(k).dot(result.right.col(k));
  }
  if (of_references == total) return result;

  // Where weights have underflown the vectors vanish all the same. Left out, states without a known weight leave the
  // map symmetric, as Lanczos needs it; Arnoldi's takes any weights.
  Eigen::VectorXd root = shares.cwiseMax(least_weight).cwiseSqrt();
  if (reversible) root = (shares.array() > least_weight).select(root, 0.0);
  // What the iteration's vectors, of norm 1, say below round-off is not known, however large u would be there.
  constexpr double least_entry = 1e-11, unknown = std::numeric_limits<double>::quiet_NaN();
  // Nearest to the shift are those that decay most slowly in detailed balance alone: pairs that turn fast lie farther
  // off. And of equal eigenvalues one vector to begin with finds the others by round-off alone, which takes the
  // iterations for more.
  constexpr Index more = 6;
  const Index wanted = std::min<Index>((reversible ? total : 2 * total) + more, most);
  result.factorised = {scale, order.factorise(generator, scale)};
  const ShiftInvertModes modes =
      shift_invert(*result.factorised.solver, scale, root, reversible, wanted, total, of_references);
  const Index kept = modes.eigenvalue.size();
  result.eigenvalue.conservativeResize(kept);
  result.bound.conservativeResize(kept);
  result.right.conservativeResize(generator.states, kept);
  result.left.conservativeResize(generator.states, kept);
  const Eigen::VectorXcd wide = root.cast<std::complex<double>>();
  const Eigen::VectorXcd inverse = (root.array() > 0).select(root.cwiseInverse(), 0.0).cast<std::complex<double>>();
  for (Index k = of_references; k < kept; ++k) {
    const std::complex<double> value = modes.eigenvalue[k];
    result.eigenvalue[k] = value;
    result.bound[k] = modes.bound[k];
    if (value.imag() < 0) continue;  // filled in with its partner
    const Eigen::VectorXcd u = modes.right.col(k).cwiseProduct(inverse);
    const std::complex<double> size = norm(shares, u);
    const Eigen::VectorXcd shape = (modes.right.col(k).array().abs() < least_entry).select(unknown, u / size);
    const Eigen::VectorXcd density = wide.cwiseProduct(modes.left.col(k)) * size;
    result.right.col(k) = shape.real();
    result.left.col(k) = density.real();
    if (value.imag() > 0 && k + 1 < kept) {
      result.right.col(k + 1) = shape.imag();
      result.left.col(k + 1) = density.imag();
    }
  }
  if (generator.exit.maxCoeff() == 0) result.eigenvalue[0] = result.bound[0] = 0.0;
  return result;
}

}  // namespace valleyflux
