#pragma once

#include <memory>

namespace valleyflux {

class DiffusionModel;
class Landscape;

struct TwoTemperatureOptions {
  double T_a = 0.1;     // > 0: deep in the valleys
  double T_b = 0.1;     // > 0: near the saddles
  double height = 0.0;  // of the landscape, where the one gives way to the other
  double width = 0.01;  // > 0: of the change, in units of the landscape
};

/// The diffusion of the proof of Theorem 3.2 (Xie, Sato & Sugiyama 2020, Eq. 69-73), in which the theorem is a theorem:
/// isotropic, T_a where the landscape is low and T_b where it is high,
///   1 / D(x) = 1 / T_a + (1 / T_b - 1 / T_a) (1 + tanh((L(x) - height) / width)) / 2.
/// It is 1 / D that changes smoothly, so that the exponent int dL / D is that of the sharp change. Throws
/// std::invalid_argument unless temperatures and width are positive and everything is finite.
std::shared_ptr<const DiffusionModel> two_temperature_diffusion(std::shared_ptr<const Landscape> landscape,
                                                                const TwoTemperatureOptions& options);

}  // namespace valleyflux
