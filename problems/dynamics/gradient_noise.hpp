#pragma once

#include "problems/dynamics/sgd_diffusion.hpp"

#include <memory>

namespace valleyflux {

/// D(x) = eta / (2 B) C(x) + D0 I with the exact covariance C of the gradient of one term of a landscape that is an
/// average over data, C = 1/m sum g_i g_i^T - g g^T (Xie, Sato & Sugiyama 2020, Eq. 2 and 5): what SGD over minibatches
/// of B terms diffuses by, where sgd_diffusion puts the Hessian in its place. Throws std::invalid_argument for a
/// landscape that is no average over data or depends on time, and as sgd_diffusion does for options.
std::shared_ptr<const DiffusionModel> gradient_noise_diffusion(const std::shared_ptr<const Landscape>& landscape,
                                                               const SgdDiffusionOptions& options);

}  // namespace valleyflux
