#pragma once

#include "tools/benchmarks/coverage/line_truth.hpp"

#include <optional>
#include <vector>

namespace valleyflux::coverage {

/// The chain x' = x - eta L'(x) + [2 eta D(x)]^(1/2) z between two walls, until it is found in the target. What is kept
/// is the box without the target: one segment or two, at either of which chains may land.
struct ChainEscape {
  LineProcess process;
  double eta = 0.1;
  Segment box;
  bool lost_low = false, lost_high = false;  // beyond an end; mirrored there if not
  Segment target;
  double start = 0.0;
};

struct ChainTruth {
  double log_rate = 0.0;  // of (1 - leading eigenvalue) / eta
  double log_time = 0.0;  // of eta * mean number of steps
};

/// By Gauss-Legendre collocation of the kernel, twice as fine for a check, and elimination without subtraction. Throws
/// TruthError where the two differ, or where it would take too many nodes.
ChainTruth chain_truth(const ChainEscape& escape);

}  // namespace valleyflux::coverage
