#pragma once

#include "problems/dynamics/coefficients.hpp"
#include "problems/landscapes/tabulated_landscape.hpp"
#include "problems/tables/table_function.hpp"

#include <optional>
#include <string>

namespace valleyflux {

/// Throws CaseError, at the place of the key that names the file, where the last digit of a table's largest value is
/// above the noise level (kT of a mobility, else the mean eigenvalue of D, the largest on a lattice over the domain):
/// what is left of such a landscape is its round-off.
void require_above_round_off(const Dynamics& dynamics, const LandscapeDomain& domain,
                             const TabulatedLandscape::Largest& largest, const std::string& place);

/// What there is to say where a table among the entries of D is 0, and the noise with it.
std::optional<std::string> doubt_of_zero(const DiffusionModel& diffusion, const TableFunction& entry);

}  // namespace valleyflux
