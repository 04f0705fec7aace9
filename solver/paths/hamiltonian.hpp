#pragma once

#include "problems/dynamics/coefficients.hpp"
#include "problems/dynamics/diffusion_model.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// The Hamiltonian of the low-noise limit, H(x, p) = F . p + p^T D p (Freidlin & Wentzell), and its derivatives at n
/// points; p = grad V with V the quasi-potential, noise included (the stationary density is C exp(-V)).
struct HamiltonianSamples {
  Eigen::MatrixXd force;     // d x n: F
  Eigen::MatrixXd jacobian;  // d^2 x n: (i + d j) = dF_i / dx_j
  DiffusionSamples noise;    // D and its gradient
};

HamiltonianSamples sample_hamiltonian(const Dynamics& dynamics, const Eigen::Ref<const Eigen::MatrixXd>& points);

/// dH/dx (d) and d2H/dp dx (d x d: (i, j) = d/dx_j of dH/dp_i) at column k, momentum p (d).
Eigen::VectorXd position_slope(const HamiltonianSamples& samples, Eigen::Index k, const Eigen::VectorXd& p);
Eigen::MatrixXd mixed_slope(const HamiltonianSamples& samples, Eigen::Index k, const Eigen::VectorXd& p);

}  // namespace valleyflux
