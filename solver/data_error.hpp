#pragma once

#include "solver/escape/escape_request.hpp"
#include "solver/solution.hpp"

#include <vector>

namespace valleyflux {

/// Where tables of landscape, drift or noise tell standard errors: the relative standard error that they give every
/// rate from grids or particles. It is the standard deviation of the logarithm of the mean first-passage time in 24
/// redrawn problems (redrawn, seeds 1, 2, ...), errors being independent from point to point, on a grid of at most 10^4
/// cells in the plane. It is known to a share of about 1 / sqrt(48). Valleys and minima stay those of the problem. The
/// intervals of these rates, h wide to either side in the logarithm, become sqrt(h^2 + (1.96 error)^2) wide. Where
/// it cannot be told, these rates have no interval; a note and a warning say so.
template <int Dim>
void add_data_errors(Solution<Dim>& solution, const std::vector<EscapeRequest>& escapes);

/// Where a table's landscape is clipped: the intervals of the same rates become wider, to either side, by twice the
/// change of the logarithm of the mean first-passage time with the clip twice or four times as far above the lowest
/// value, whichever changes it more, and notes tell it from 0.01 % on. The change is as large as what the clip makes of
/// the rate, but for what it makes of it there; one move alone may happen to leave the rate as it is. Where that cannot
/// be told, these rates have no interval either.
template <int Dim>
void add_clip_errors(Solution<Dim>& solution, const std::vector<EscapeRequest>& escapes);

extern template void add_clip_errors(Solution<1>&, const std::vector<EscapeRequest>&);
extern template void add_clip_errors(Solution<2>&, const std::vector<EscapeRequest>&);
extern template void add_data_errors(Solution<1>&, const std::vector<EscapeRequest>&);
extern template void add_data_errors(Solution<2>&, const std::vector<EscapeRequest>&);

}  // namespace valleyflux
