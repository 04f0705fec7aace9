#pragma once

#include <memory>

namespace valleyflux {

class DiffusionModel;
class Landscape;

struct SgdDiffusionOptions {
  double eta = 0.1;         // learning rate, > 0
  double batch_size = 1.0;  // B, > 0
  double injected = 0.0;    // D0 >= 0: white noise on top
};

/// Throws std::invalid_argument for options out of these ranges.
void require_sgd_options(const SgdDiffusionOptions& options);

/// D(x) = eta / (2 B) [H(x)]^+ + D0 I with [H]^+ = U diag(|h|) U^T (Xie, Sato & Sugiyama 2020, Eq. 8); its gradient
/// by the Daleckii-Krein formula from the third derivatives of L. Throws std::invalid_argument as Landscape::sample
/// does where L has none, and as require_sgd_options does.
std::shared_ptr<const DiffusionModel> sgd_diffusion(std::shared_ptr<const Landscape> landscape,
                                                    const SgdDiffusionOptions& options);

}  // namespace valleyflux
