#pragma once

#include "problems/tables/tabulated_values.hpp"

#include <Eigen/Core>

#include <vector>

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
/// they are. Points without a value stay without one. The eigenvectors are found once, for all tables on these axes.
class TableSmoothing {
 public:
  explicit TableSmoothing(const std::vector<TabulatedValues::Axis>& axes);

  /// With the strength of least generalised cross-validation (Golub, Heath & Wahba 1979; as a filter Garcia 2010,
  /// Eq. 13). The table's axes are those above.
  SmoothedTable smoothed(const TabulatedValues& table) const;
  /// With a strength that is known.
  SmoothedTable smoothed(const TabulatedValues& table, double strength) const;

 private:
  /// Orthonormal basis of an axis in which its squared third differences are numbers. They look the same from both
  /// ends: half of the basis is even about the middle, half is odd, and each is found and used at half the size.
  class AxisBasis {
   public:
    explicit AxisBasis(const TabulatedValues::Axis& axis);
    /// The smoothest vectors of either kind.
    struct Part {
      Index evens, odds;
    };
    Part smoother_than(double limit) const;
    /// Of each column (points x columns of any number): even vectors first, the smoothest before.
    Eigen::MatrixXd coefficients(const Eigen::MatrixXd& values) const;
    /// Of each column of coefficients those of a part, and the values of which these are the coefficients.
    Eigen::MatrixXd within(const Part& part, const Eigen::MatrixXd& coefficients) const;
    Eigen::MatrixXd values(const Part& part, const Eigen::MatrixXd& coefficients) const;

    Eigen::ArrayXd roughness;  // of each vector, the cube root of its squared third differences

   private:
    Eigen::MatrixXd even_, odd_;  // over the first half of the axis
  };

  Eigen::MatrixXd coefficients_of(TabulatedValues table) const;
  /// Of coefficients that the filter of this strength has gone over: without those that it leaves next to nothing of.
  Eigen::VectorXd values_of(const Eigen::MatrixXd& coefficients, double strength) const;
  Eigen::ArrayXXd filter(double strength) const { return 1.0 / (1.0 + strength * penalty_); }
  SmoothedTable filtered(const TabulatedValues& given, const Eigen::MatrixXd& coefficients, double strength) const;

  std::vector<AxisBasis> bases_;  // along x and y
  Eigen::ArrayXXd penalty_;       // of each product of their vectors
};

}  // namespace valleyflux
