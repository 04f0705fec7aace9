#pragma once

#include "solver/results.hpp"

namespace valleyflux {

/// Rates and times of escapes, of the network and of the spectrum in the units that results.units asks for, if it asks
/// for any: times of frames and of particles stay in the case's own.
void convert_rates(Results& results);

}  // namespace valleyflux
