#pragma once

#include "problems/landscapes/landscape.hpp"
#include "problems/tables/tabulated_values.hpp"

#include <Eigen/Core>

#include <memory>
#include <vector>

namespace valleyflux {

/// Quintic Hermite patches through values and given slopes on a regular grid of one or two axes: twice continuously
/// differentiable, values right to the sixth order of the spacing, gradients to the fifth, Hessians to the fourth,
/// where a spline through the values alone has four, three and two. The curvatures at the points, which such patches
/// take as well, follow from values and slopes of three neighbours. Beyond ends that are not periodic the last patch is
/// continued; periodic axes wrap.
/// slopes: by axis the derivative along it at every point, in the order of the values. Throws std::invalid_argument for
/// fewer than 5 points an axis, missing values or slopes, standard errors (which exact slopes would contradict), and
/// slopes that are not those of the values.
std::shared_ptr<const Landscape> hermite_landscape(const TabulatedValues& table,
                                                   const std::vector<Eigen::VectorXd>& slopes);

}  // namespace valleyflux
