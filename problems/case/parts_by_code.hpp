#pragma once

#include "problems/landscapes/landscape.hpp"
#include "problems/losses/loss.hpp"

#include <memory>

namespace valleyflux {

/// What code gives a case in the place of tables, which its text must not have then.
struct PartsByCode {
  std::shared_ptr<const Landscape> landscape{};  // of [landscape]
  std::shared_ptr<const Loss> loss{};            // of [data] and of the model of [loss], which has its other keys
};

}  // namespace valleyflux
