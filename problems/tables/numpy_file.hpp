#pragma once

#include "problems/tables/table_file.hpp"

#include <Eigen/Core>

#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// An array of one or two dimensions: a (first index) x (second index) matrix; one of a single dimension is a column.
struct NumpyArray {
  std::string name;  // in an .npz file, without .npy
  Eigen::MatrixXd values;
  bool plane = false;  // has two dimensions
};

/// True for the bytes of an .npz file, as opposed to those of an .npy file.
bool is_npz(std::string_view bytes);
bool is_npy(std::string_view bytes);

/// All arrays of an .npz file, or the one of an .npy file. Throws std::invalid_argument for what is cut off or damaged,
/// arrays that are no integers of 1 to 8 bytes or floats of 2, 4 or 8, or have other than one or two dimensions.
std::vector<NumpyArray> numpy_arrays(const TableFile& file);

}  // namespace valleyflux
