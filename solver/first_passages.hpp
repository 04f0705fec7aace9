#pragma once

#include "solver/escape/escape_request.hpp"
#include "solver/level.hpp"
#include "solver/solution.hpp"

#include <vector>

namespace valleyflux {

/// Results::first_passages: for each of the escapes the distribution of the time from the minimum (in the plane the
/// four nearest cells) until the target, or an absorbing wall, is reached (arrival_curves), in all and by the ends
/// that the escape may come to (escape_ends), with their probabilities and the places where they are crossed. A warning
/// says of which escapes there is none.
template <int Dim>
void add_first_passages(Solution<Dim>& solution, const std::vector<EscapeRequest>& escapes, const Level<Dim>& level);

extern template void add_first_passages(Solution<1>&, const std::vector<EscapeRequest>&, const Level<1>&);
extern template void add_first_passages(Solution<2>&, const std::vector<EscapeRequest>&, const Level<2>&);

}  // namespace valleyflux
