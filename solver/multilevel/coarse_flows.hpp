#pragma once

#include "solver/multilevel/flow_level.hpp"

#include <vector>

namespace valleyflux {

/// The level whose nodes are the `count` aggregates of `fine` (FlowLevel::aggregate), with its pattern and no flows
/// yet; fills what `fine` knows of it.
FlowLevel coarse_pattern(FlowLevel& fine, std::int32_t count);

/// Numbers of a coarse level's entries that are needed for a moment only.
struct FlowScratch {
  std::vector<double> resistance, gross;
};

/// The coarse level's flows at the fine level's x, by which x = 1 is its stationary law exactly where the fine x is:
/// the flows between two aggregates add up. If `in_series`, the part that goes both ways is reduced to what conducts
/// from centre to centre of the two, in series with their insides; the net current stays, and so does the law. A
/// correction that is constant in each aggregate is twice too stiff without that.
void coarse_flows(const FlowLevel& fine, FlowLevel& coarse, bool in_series, FlowScratch& scratch);

}  // namespace valleyflux
