#pragma once

#include "problems/landscapes/landscape.hpp"

#include <memory>

namespace valleyflux {

/// A landscape whose high values are bent over (soft_clip), which knows the one that is bent over twice as far up (and
/// that in its turn another): what differs between them tells how much the clip matters.
std::shared_ptr<const Landscape> clipped_landscape(std::shared_ptr<const Landscape> landscape,
                                                   std::shared_ptr<const Landscape> clipped_higher);

}  // namespace valleyflux
