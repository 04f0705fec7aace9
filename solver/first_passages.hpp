#pragma once

#include "solver/escape/escape_request.hpp"
#include "solver/level.hpp"
#include "solver/solution.hpp"

#include <vector>

namespace valleyflux {

/// Results::first_passages: for each of the escapes the distribution of the time from the minimum (the state of the
/// grid's nearest node) until the target, or an absorbing wall, is reached. The killed process is evolved by evolve(),
/// its probability made 1 again at every doubling of the time: late densities are as right as early ones. A warning
/// says of which escapes there is none.
template <int Dim>
void add_first_passages(Solution<Dim>& solution, const std::vector<EscapeRequest>& escapes, const Level<Dim>& level);

extern template void add_first_passages(Solution<1>&, const std::vector<EscapeRequest>&, const Level<1>&);
extern template void add_first_passages(Solution<2>&, const std::vector<EscapeRequest>&, const Level<2>&);

}  // namespace valleyflux
