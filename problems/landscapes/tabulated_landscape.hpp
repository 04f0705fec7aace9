#pragma once

#include "problems/landscapes/landscape.hpp"
#include "problems/tables/table_file.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// How values between the points are found.
enum class TableInterpolation {
  automatic,  // hermite_landscape where the file tells the gradient; else smoothing where values scatter from point to
              // point, bounded where a cubic spline would ring, or cubic
  cubic,      // spline_landscape
  bounded,    // bounded_landscape
  smoothing   // spline_landscape through values that are smoothed by cross-validation
};

struct TabulatedOptions {
  std::optional<double> clip_above{};  // values about and above are bent over
  double scale = 1.0, shift = 0.0;     // the landscape is scale * value + shift; clip_above is one of its values
  TableOptions table{};                // how the file is read
  TableInterpolation interpolation = TableInterpolation::automatic;
  std::string unit{};  // that the landscape is to be in; empty: as the file tells
};

/// A landscape read from a file, and what is to be said of it.
struct TabulatedLandscape {
  std::shared_ptr<const Landscape> landscape;  // domain() is that of the data
  std::string description;                     // what is read, from which file, of which format, on which axes
  std::vector<std::string> axis_names;
  std::vector<std::string> axis_units;                      // empty texts where the file tells none
  std::string unit;                                         // of the landscape, likewise; empty where it is scaled
  std::vector<TabulatedValues::UnknownUnit> unknown_units;  // of its axes, and of its values unless they are scaled
  std::vector<std::string> warnings;
  struct Largest {
    double size = 0.0;
    std::string said{};  // "FILE:LINE: F = 7 at x = 1"
  };
  Largest largest{};  // of its values by their size, as they are interpolated
};

/// Reads a file of any of table_formats(), recognised by its content; with its standard errors the landscape can be
/// redrawn. Throws std::invalid_argument, the message starting with "FILE:LINE: " or "FILE: ", for anything that cannot
/// be read, and for values so large that a spline through them would ring, when clip_above is not given (the message
/// says what to set). One that is clipped knows another (Landscape::clipped_higher). What lies beside points without a
/// value is outside of its domain().
TabulatedLandscape tabulated_landscape(const std::filesystem::path& file, const TabulatedOptions& options = {});

/// v as it is below half of the way from the lowest value to `clip`, above it bent over (monotone, twice continuously
/// differentiable): near `clip` it is little changed, far above it grows like a logarithm, so that walls stay walls.
double soft_clip(double value, double lowest, double clip);
/// Its derivative.
double soft_clip_slope(double value, double lowest, double clip);

}  // namespace valleyflux
