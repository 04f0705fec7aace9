#pragma once

#include "solver/escape/passages.hpp"
#include "solver/results.hpp"
#include "solver/theory/saddle_limits.hpp"

namespace valleyflux {

/// The most probable path of a passage in the plane, from minimum to minimum, resampled to 257 points: up to the saddle
/// by the string method where the noise is white (constant and isotropic) and the drift a gradient, as minimum-action
/// path otherwise; down from it along the flow, at no cost. Of several equal paths the first. What fails is said in the
/// note.
PathResult probable_path(const Problem<2>& problem, const Passage& passage, SaddleLimits<2>& limits);

}  // namespace valleyflux
