#pragma once

#include "problems/tables/table_file.hpp"
#include "problems/tables/tabulated_values.hpp"

namespace valleyflux {

bool is_numpy_array(const TableFile& file);

/// NumPy arrays of integers or floats. .npy: columns (n x 2: x, value; n x 3: x, y, value), or values alone, which need
/// options.ranges: the first index of a matrix is that of y, as numpy.meshgrid makes them. .npz: the entry asked for
/// by options.dataset, or the only one that can be it, and the coordinates beside it, named x and y or, in
/// equal steps, such that their lengths fit. Throws std::invalid_argument, the message starting with "FILE: ".
TabulatedValues read_numpy_array(const TableFile& file, const TableOptions& options = {});

}  // namespace valleyflux
