#pragma once

#include "solver/losses/loss_method.hpp"

namespace valleyflux {

/// Rate of first exit from the box of a problem by the Fokker-Planck equation in Ito's form, D = eta C / (2 B) + D0 I
/// with the exact covariance C of one sample's gradient (Xie et al. 2020, Eq. 3-5), solved on three grids: method
/// quasi_stationary, or mean_first_passage from the start. For losses of one or two parameters in a bounded box
/// (interpolated_rate.hpp), and for separate coordinates in any number (coordinate_rates.hpp; mean_first_passage where
/// one of them alone can leave). Without a rate, the note tells why there is none.
Estimate loss_rate(const LossProblem& problem, const std::string& method);

/// The same as the method asked for, with a warning where there is no rate.
std::vector<Estimate> loss_rate_by_equation(const LossTask& task);

}  // namespace valleyflux
