#pragma once

#include "problems/landscapes/tabulated_landscape.hpp"

#include <filesystem>
#include <string>

namespace valleyflux {

/// Reads a loss surface in the layout of Li et al.'s loss-landscape tools (2018): HDF5 datasets xcoordinates,
/// ycoordinates and losses, whose flat order is x fastest. `quantity`: the dataset; default train_loss, or test_loss
/// where that is all there is. Points that hold -1 (never computed) or no finite number become NaN. Throws
/// std::invalid_argument, the message starting with "FILE: ".
TabulatedValues read_loss_surface(const std::filesystem::path& file, const std::string& quantity = "");

}  // namespace valleyflux
