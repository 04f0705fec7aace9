#pragma once

#include "grids/interpolated_field.hpp"
#include "grids/region.hpp"
#include "solver/particles/line_surface.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <vector>

namespace valleyflux {

/// Signed distance to the surface of a target set, positive outside it; absorbing walls of the box are part of the
/// target. Farther from the surface than `reach` only that much is known. Points have d coordinates, periodic ones
/// wrapped.
class ExitSurface {
 public:
  virtual ~ExitSurface() = default;
  /// At least `reach` or at most -reach far away.
  virtual double distance(const std::vector<double>& x) const = 0;
  /// Unit vector away from the target, by which the distance grows.
  virtual std::vector<double> normal(const std::vector<double>& x) const = 0;
  /// Distances of many points at once, whose coordinates lie apart as in BlockProgram::run, and vectors of any length
  /// along the normal (d, apart likewise; not asked for if null); false for a surface that is better asked point by
  /// point. Beyond the reach distances need be no bounds then.
  virtual bool distances(const double* /*x*/, double* /*distance*/, double* /*away*/, std::ptrdiff_t /*count*/,
                         std::ptrdiff_t /*stride*/) const {
    return false;
  }
  double reach() const { return reach_; }

 protected:
  /// reach > 0, in the unit of the coordinates: distances up to it are right.
  explicit ExitSurface(double reach) : reach_(reach) {}

 private:
  double reach_;
};

/// To unit length; zero where it is.
void normalise(std::vector<double>& vector);

/// Known at the cell centres of a grid, exactly but for the curvature of the surface within a cell (the surface is
/// located on the edges between centres by bisection, and is straight in between), and interpolated linearly: the error
/// is of second order in h. On the line distances are exact, and known of many points at once.
template <int Dim>
class GridExitSurface final : public ExitSurface {
 public:
  GridExitSurface(const Grid<Dim>& domain, const Region<Dim>& target, double reach);

  double distance(const std::vector<double>& x) const override { return distance(Point<Dim>(x.data())); }
  std::vector<double> normal(const std::vector<double>& x) const override;
  double distance(const Point<Dim>& x) const;
  Point<Dim> normal(const Point<Dim>& x) const;
  bool distances(const double* x, double* distance, double* away, std::ptrdiff_t count,
                 std::ptrdiff_t stride) const override;

 private:
  InterpolatedField<Dim> distance_;  // in the plane
  std::vector<Interval> intervals_;  // on the line: the target, absorbing walls included
};

extern template class GridExitSurface<1>;
extern template class GridExitSurface<2>;

}  // namespace valleyflux
