#pragma once

#include "problems/tables/table_file.hpp"
#include "problems/tables/tabulated_values.hpp"

namespace valleyflux {

/// Any HDF5 file that is not known otherwise.
bool is_loss_surface(const TableFile& file);

/// Reads a loss surface in the layout of Li et al.'s loss-landscape tools (2018): HDF5 datasets xcoordinates, on a
/// plane ycoordinates, and losses, whose flat order is x fastest. Dataset: the one asked for; default train_loss, or
/// test_loss where that is all there is. Points that hold -1 or -1.797e308 (never computed) or no finite number become
/// NaN. Throws std::invalid_argument, the message starting with "FILE: ".
TabulatedValues read_loss_surface(const TableFile& file, const TableOptions& options = {});

}  // namespace valleyflux
