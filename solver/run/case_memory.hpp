#pragma once

#include "problems/case/case_file.hpp"

namespace valleyflux {

/// Bytes that a case takes at its peak on a grid of so many cells, by the engine that solves it and by what it asks for
/// that elimination alone solves (memory_estimate.hpp).
double case_memory(const Case& definition, double cells);

}  // namespace valleyflux
