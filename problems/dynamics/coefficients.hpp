#pragma once

#include "problems/dynamics/drift.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace valleyflux {

/// Which stochastic integral "dx = F dt + [2 D(x)]^(1/2) dW" stands for: alpha = 0, 1/2, 1.
enum class Interpretation { ito, stratonovich, isothermal };

std::string_view name_of(Interpretation interpretation);
/// Throws std::invalid_argument for an unknown name.
Interpretation interpretation_named(std::string_view name);
/// Where in a step the noise is taken: 0 at its start, 1/2, 1 at its end.
double alpha_of(Interpretation interpretation);

/// Drift and noise together: all that the Fokker-Planck equation needs.
struct Dynamics {
  Drift drift;
  std::shared_ptr<const DiffusionModel> diffusion;
  Interpretation interpretation = Interpretation::ito;
};

/// F = -M grad L and D = kT M in the isothermal interpretation: what relaxes to exp(-L / kT), whatever M(x) is. Throws
/// std::invalid_argument as Drift does.
Dynamics mobile_dynamics(std::shared_ptr<const Landscape> landscape, std::shared_ptr<const DiffusionModel> diffusion,
                         double kT);

/// The same with the data of its tables moved by normal numbers times their standard errors, those of landscape, drift
/// and noise alike, a mobility that is both once; noise that follows a landscape stays as it is. The same seed gives
/// the same dynamics, nothing where no table tells errors.
std::optional<Dynamics> redrawn(const Dynamics& dynamics, std::uint64_t seed);

/// The same with a landscape that is clipped twice as far up; nothing where it is not clipped.
std::optional<Dynamics> clipped_higher(const Dynamics& dynamics);

/// The law exp(-L / kT), kT in the unit of L.
struct BoltzmannLaw {
  std::shared_ptr<const Landscape> landscape;
  double kT;
};

/// The law that dynamics relax to without a current where that is known beforehand, at a time: D is a constant times
/// the identity, or kT times the mobility.
std::optional<BoltzmannLaw> boltzmann_law(const Dynamics& dynamics, double time = 0.0);

/// Whether drift or noise is another one at another time.
bool depends_on_time(const Dynamics& dynamics);

/// Coefficients of dp/dt = div( D grad p - c p ) at n points, i.e. current J = c p - D grad p with
///   c = b - div D,  b = F + (noise-induced drift) the Ito drift:
///   ito: b = F;  isothermal: b = F + div D (so c = F);  stratonovich: b_i = F_i + 1/2 sum_jk s_jk d_j s_ik,
///   s = (2 D)^(1/2) symmetric.
struct Coefficients {
  Eigen::MatrixXd ito_drift;  // d x n: b
  Eigen::MatrixXd advection;  // d x n: c
  Eigen::MatrixXd tensor;     // d^2 x n: D
};

/// Samples the coefficients at the columns of `points` (d x n) and a time, in the unit of the case. Does not check that
/// they are finite. Thread-safe.
void sample_coefficients(const Dynamics& dynamics, const Eigen::Ref<const Eigen::MatrixXd>& points,
                         Coefficients& coefficients, double time = 0.0);

}  // namespace valleyflux
