#pragma once

#include "problems/landscapes/landscape.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

struct TabulatedOptions {
  std::string quantity;              // which column or dataset; empty: the file's free energy, or train_loss
  std::optional<double> clip_above;  // values about and above are bent over; unfilled points take the largest result
};

/// A landscape read from a file, and what is to be said of it.
struct TabulatedLandscape {
  std::shared_ptr<const Landscape> landscape;  // domain() is that of the data
  std::string description;
  std::vector<std::string> axis_names;
  std::vector<std::string> warnings;
};

/// Values on a regular grid, as read from a file.
struct TabulatedValues {
  struct Axis {
    std::string name;
    double first = 0.0, spacing = 1.0;
    Index points = 0;
    bool periodic = false;  // the point after the last is the first
  };
  std::vector<Axis> axes;  // one or two
  Eigen::VectorXd values;  // first axis fastest; NaN where the file holds nothing
  std::string quantity;
};

/// Recognises the file by its content: a PLUMED free-energy grid ("#! FIELDS"), or a loss-landscape HDF5 file. Throws
/// std::invalid_argument, the message starting with "FILE:LINE: " or "FILE: ", for anything that cannot be read as
/// either, for points without value or values so large that a spline through them would ring, when clip_above is not
/// given (the message says what to set).
TabulatedLandscape tabulated_landscape(const std::filesystem::path& file, const TabulatedOptions& options = {});

/// v as it is below half of the way from the lowest value to `clip`, above it bent over (monotone, twice continuously
/// differentiable): near `clip` it is little changed, far above it grows like a logarithm, so that walls stay walls.
double soft_clip(double value, double lowest, double clip);

}  // namespace valleyflux
