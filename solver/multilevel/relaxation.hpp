#pragma once

#include "solver/multilevel/flow_level.hpp"

namespace valleyflux {

enum class Sweep { forwards, backwards };

/// Gauss and Seidel: x_i = what flows in over the rate of what flows out, node after node. Rows are swept in slabs
/// where FlowLevel::slabs says so: every second one at the same time, then those between; the result does not depend
/// on the number of threads.
void relax(FlowLevel& level, Sweep sweep);

/// Where a level is large enough: slabs no two of which touch within the same half (the cemetery comes last).
void find_slabs(FlowLevel& level);

}  // namespace valleyflux
