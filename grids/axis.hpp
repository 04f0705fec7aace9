#pragma once

#include "grids/point.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// What happens at one end of an axis: no flux, probability lost, or joined to the other end.
enum class Boundary { reflecting, absorbing, periodic };

std::string_view name_of(Boundary boundary);

/// Smooth refinement: x = X(xi) = centre + width * sinh(xi), so that the cell size grows like
/// sqrt(width^2 + (x - centre)^2). Units of both: those of the axis.
struct Grading {
  double centre = 0.0;
  double width = 1.0;  // > 0; cells are finest within `width` of `centre`
};

/// One coordinate axis cut into cells. The cells are uniform in the lattice coordinate xi; x = X(xi) is the
/// identity on a uniform axis and the smooth map of `Grading` on a graded one (random or alternating spacings are
/// inconsistent for full tensors and are not offered).
class Axis {
 public:
  /// Throws std::invalid_argument unless min < max (both finite), cells >= 4, grading width > 0, periodic at both
  /// ends or at neither, and no grading on a periodic axis.
  Axis(std::string name, double min, double max, Index cells, Boundary lower = Boundary::reflecting,
       Boundary upper = Boundary::reflecting, std::optional<Grading> grading = std::nullopt);

  const std::string& name() const { return name_; }
  double min() const { return min_; }
  double max() const { return max_; }
  Index cells() const { return cells_; }
  Boundary lower() const { return lower_; }
  Boundary upper() const { return upper_; }
  bool periodic() const { return lower_ == Boundary::periodic; }
  const std::optional<Grading>& grading() const { return grading_; }

  /// Lattice spacing d(xi) of one cell (equal to the cell size on a uniform axis).
  double spacing() const { return spacing_; }
  /// Lattice coordinate of cell centre `i` (i may be fractional, negative or beyond the end).
  double lattice(double i) const { return xi_min_ + (i + 0.5) * spacing_; }
  /// x = X(xi), its derivative X' and the logarithmic derivative X''/X'.
  double position(double xi) const;
  double stretch(double xi) const;
  double stretch_slope(double xi) const;
  /// xi = X^-1(x).
  double lattice_of(double x) const;

  /// Centre X(lattice(i)) of cell i, its lower edge (edge(cells()) == max) and its size.
  double centre(Index i) const { return position(lattice(static_cast<double>(i))); }
  double edge(Index i) const;
  double size(Index i) const { return edge(i + 1) - edge(i); }
  /// Fractional cell coordinate of x: centre(i) maps to i.
  double cell_coordinate(double x) const { return (lattice_of(x) - xi_min_) / spacing_ - 0.5; }

  /// The same axis with cells()/factor cells (rounded down, at least 4).
  Axis coarsened(Index factor) const;
  /// The same stretch with `factor` times as many cells.
  Axis refined(Index factor) const { return {name_, min_, max_, cells_ * factor, lower_, upper_, grading_}; }

 private:
  std::string name_;
  double min_, max_;
  Index cells_;
  Boundary lower_, upper_;
  std::optional<Grading> grading_;
  double xi_min_, spacing_;
};

/// One end of an axis at which probability is lost: number of the axis, and which end.
struct AbsorbingWall {
  int axis;
  bool upper;
  std::string name;  // "x.min"
};

/// All of them, axis by axis, the lower end first.
std::vector<AbsorbingWall> absorbing_walls(const std::vector<Axis>& axes);

}  // namespace valleyflux
