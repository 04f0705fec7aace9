#pragma once

#include "grids/point.hpp"
#include "problems/dynamics/drift.hpp"

#include <Eigen/Core>

#include <vector>

namespace valleyflux {

/// Where the noise-free motion dx/dt = F(x) comes to rest from every column of `starts`, as far as it does: stable
/// points to about 1e-10 of |x|, in the order of their starts, equal ones told once. No box and no scale is needed:
/// linearly implicit Euler steps (1/tau - J) dx = F, tau growing as long as the linear model holds over a step
/// (pseudo-transient continuation: Kelley & Keyes 1998), so that stiff slopes cost as little as gentle ones. Motions
/// that run away, or do not rest within a budget of steps, give nothing.
template <int Dim>
std::vector<Point<Dim>> resting_points(const Drift& drift, const Eigen::Matrix<double, Dim, Eigen::Dynamic>& starts);

/// Whether two zeros that were found apart from each other are one.
template <int Dim>
bool same_zero(const Point<Dim>& a, const Point<Dim>& b);

extern template std::vector<Point<1>> resting_points(const Drift&, const Eigen::Matrix<double, 1, Eigen::Dynamic>&);
extern template std::vector<Point<2>> resting_points(const Drift&, const Eigen::Matrix<double, 2, Eigen::Dynamic>&);
extern template bool same_zero(const Point<1>&, const Point<1>&);
extern template bool same_zero(const Point<2>&, const Point<2>&);

}  // namespace valleyflux
