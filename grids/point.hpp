#pragma once

#include <Eigen/Core>

#include <array>

/// The small vocabulary of the whole library: points, tensors and cell indices in `Dim` dimensions.
namespace valleyflux {

using Index = Eigen::Index;

template <int Dim>
using Point = Eigen::Matrix<double, Dim, 1>;

template <int Dim>
using Tensor = Eigen::Matrix<double, Dim, Dim>;

/// Integer coordinates of a cell, or the integer displacement between two cells.
template <int Dim>
using Offset = Eigen::Matrix<int, Dim, 1>;

}  // namespace valleyflux
