#pragma once

#include "solver/multilevel/flow_level.hpp"

#include <cstdint>

namespace valleyflux {

/// The level whose nodes are the `count` aggregates of `fine`, `aggregate` of each node, with its pattern and no flows
/// yet; fills what `fine` knows of it. Throws Stalled where a row is too long.
FlowLevel coarse_pattern(FlowLevel& fine, const Entries<std::int32_t>& aggregate, std::int32_t count);

/// The coarse level's flows at the fine level's x, by which x = 1 is its stationary law exactly where the fine x is:
/// the flows between two aggregates add up. If `in_series`, the part that goes both ways is reduced to what conducts
/// from centre to centre of the two, in series with their insides; the net current stays, and so does the law. A
/// correction that is constant in each aggregate is twice too stiff without that. resistance: of the coarse level's
/// entries, for a moment.
void coarse_flows(const FlowLevel& fine, FlowLevel& coarse, bool in_series, Entries<float>& resistance);

}  // namespace valleyflux
