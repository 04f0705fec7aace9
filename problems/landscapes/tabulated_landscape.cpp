#include "problems/landscapes/tabulated_landscape.hpp"

#include "problems/data/regular_file.hpp"
#include "problems/landscapes/loss_surface.hpp"
#include "problems/landscapes/plumed_grid.hpp"
#include "problems/landscapes/spline_landscape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>

namespace valleyflux {

namespace {

bool is_hdf5(const std::filesystem::path& file) {
  require_regular_file(file);
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::invalid_argument(fmt::format("{}: the file cannot be opened", file.string()));
  char start[8] = {};
  in.read(start, sizeof start);
  return std::equal(start, start + 8, "\x89HDF\r\n\x1a\n");
}

std::string place_of(const TabulatedValues& table, Index point) {
  std::string place;
  for (const auto& axis : table.axes) {
    place += fmt::format("{}{} = {:.6g}", place.empty() ? "" : ", ", axis.name,
                         axis.first + static_cast<double>(point % axis.points) * axis.spacing);
    point /= axis.points;
  }
  return place;
}

}  // namespace

double soft_clip(double value, double lowest, double clip) {
  const double middle = 0.5 * (lowest + clip), room = clip - middle;
  return value <= middle ? value : middle + room * std::asinh((value - middle) / room);
}

TabulatedLandscape tabulated_landscape(const std::filesystem::path& file, const TabulatedOptions& options) {
  const bool surface = is_hdf5(file);
  TabulatedValues table =
      surface ? read_loss_surface(file, options.quantity) : read_plumed_grid(file, options.quantity);
  const std::string name = file.string();

  std::vector<double> finite;
  Index missing = 0, first_missing = -1;
  for (Index p = 0; p < table.values.size(); ++p) {
    if (std::isfinite(table.values[p])) {
      finite.push_back(table.values[p]);
    } else {
      ++missing;
      if (first_missing < 0) first_missing = p;
    }
  }
  if (finite.empty()) throw std::invalid_argument(fmt::format("{}: {} holds no value at all", name, table.quantity));
  std::sort(finite.begin(), finite.end());
  const double lowest = finite.front(), highest = finite.back();
  const double lower_quarter = finite[finite.size() / 4], median = finite[finite.size() / 2];

  TabulatedLandscape result;
  if (options.clip_above) {
    const double clip = *options.clip_above;
    if (!(clip > lowest))
      throw std::invalid_argument(fmt::format("clip_above = {} lies below the lowest value of {} in {}, {}", clip,
                                              table.quantity, name, lowest));
    const auto above =
        std::count_if(finite.begin(), finite.end(), [&](double value) { return value > 0.5 * (lowest + clip); });
    const double top = std::max(clip, soft_clip(highest, lowest, clip));
    for (double& value : table.values) value = std::isfinite(value) ? soft_clip(value, lowest, clip) : top;
    if (missing > 0)
      result.warnings.push_back(fmt::format("{}: {} of {} points hold no value and are taken as {:.6g}", name, missing,
                                            table.values.size(), top));
    if (above > 0)
      result.warnings.push_back(
          fmt::format("{}: {} of {} values lie above {:.6g}, half-way to clip_above, and are bent over "
                      "(the largest, {:.6g}, to {:.6g})",
                      name, above, table.values.size(), 0.5 * (lowest + clip), highest, top));
  } else {
    if (missing > 0)
      throw std::invalid_argument(
          fmt::format("{}: {} of {} points hold no value, the first at {}: set landscape.clip_above to the value that "
                      "they should take (the others reach from {} to {})",
                      name, missing, table.values.size(), place_of(table, first_missing), lowest, highest));
    constexpr double ringing = 1e3;  // a spline through a jump this much larger than the valleys rings into them
    if (highest - lowest > ringing * (median - lowest))
      throw std::invalid_argument(
          fmt::format("{}: {} reaches from {} to {} (a quarter of the points lie below {}, half below {}): set "
                      "landscape.clip_above to the level above which it does not matter",
                      name, table.quantity, lowest, highest, lower_quarter, median));
  }
  for (const auto& axis : table.axes) result.axis_names.push_back(axis.name);
  result.description = fmt::format("{} of {} ({})", table.quantity, name, surface ? "loss surface" : "PLUMED grid");
  try {
    result.landscape = spline_landscape(table);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("{}: {}", name, error.what()));
  }
  return result;
}

}  // namespace valleyflux
