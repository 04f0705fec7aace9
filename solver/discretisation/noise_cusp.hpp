#pragma once

#include "problems/dynamics/diffusion_model.hpp"

#include <optional>

namespace valleyflux {

/// The place within `room` of x at which D falls to zero, from one side at least, like a power below 1 of the distance:
/// bisection never resolves it, for round-off of the place is all that keeps D from zero there. D may jump there, as
/// where(x < a, 1, sqrt(x - a)) does. Nothing where D has no such zero. room: some ten millions of round-offs; D is
/// asked for up to a hundred times as far away.
std::optional<double> noise_cusp(const DiffusionModel& diffusion, double x, double room, double time);

}  // namespace valleyflux
