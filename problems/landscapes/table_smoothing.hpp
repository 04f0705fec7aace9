#pragma once

#include "problems/tables/tabulated_values.hpp"

namespace valleyflux {

/// A table whose values were smoothed, and what that has done to them.
struct SmoothedTable {
  TabulatedValues table;
  double strength = 0.0;            // s, of squared third differences in steps of the table
  double rms = 0.0, largest = 0.0;  // changes of the values
  double noise = 0.0;               // standard deviation of one value, from the changes and what is left free
};

/// Penalised least squares on a regular grid: minimises sum (change)^2 + s sum (third differences)^2 in the
/// eigenvectors of the third differences along each axis, in which it is a filter; ends are free, parabolas stay as
/// they are. The strength of least generalised cross-validation is taken (Golub, Heath & Wahba 1979; as a filter Garcia
/// 2010, Eq. 13). Points without a value stay without one.
SmoothedTable smoothed(const TabulatedValues& table);
/// The same with a strength that is known.
SmoothedTable smoothed(const TabulatedValues& table, double strength);

}  // namespace valleyflux
