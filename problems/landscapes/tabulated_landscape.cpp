#include "problems/landscapes/tabulated_landscape.hpp"

#include "problems/landscapes/spline_landscape.hpp"
#include "problems/tables/table_doubts.hpp"
#include "problems/tables/table_formats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace valleyflux {

namespace {

std::string axis_text(const TabulatedValues::Axis& axis) {
  return fmt::format("{}: {} points, {:.6g} to {:.6g}{}", axis.name, axis.points, axis.first, axis.last(),
                     axis.periodic ? ", periodic" : "");
}

}  // namespace

double soft_clip(double value, double lowest, double clip) {
  const double middle = 0.5 * (lowest + clip), room = clip - middle;
  return value <= middle ? value : middle + room * std::asinh((value - middle) / room);
}

double soft_clip_slope(double value, double lowest, double clip) {
  const double middle = 0.5 * (lowest + clip), room = clip - middle;
  return value <= middle ? 1.0 : 1.0 / std::hypot(1.0, (value - middle) / room);
}

TabulatedLandscape tabulated_landscape(const std::filesystem::path& file, const TabulatedOptions& options) {
  auto [table, format] = read_table(file, options.table);
  const std::string name = file.string();
  TabulatedLandscape result;
  result.warnings = table_doubts(name, table, options.scale);
  if (options.scale != 1.0 || options.shift != 0.0)
    table.values = (options.scale * table.values).array() + options.shift;
  table.errors *= std::abs(options.scale);

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

  if (missing > 0)
    result.warnings.push_back(
        fmt::format("{}: {} of {} points hold no value, the first at {}: what lies beside them is outside the domain",
                    name, missing, table.values.size(), place_in(table, first_missing)));
  if (options.clip_above) {
    const double clip = *options.clip_above;
    if (!(clip > lowest))
      throw std::invalid_argument(fmt::format("clip_above = {} lies below the lowest value of {} in {}, {}", clip,
                                              table.quantity, name, lowest));
    const auto above =
        std::count_if(finite.begin(), finite.end(), [&](double value) { return value > 0.5 * (lowest + clip); });
    const double top = soft_clip(highest, lowest, clip);
    for (Index p = 0; p < table.errors.size(); ++p)
      if (std::isfinite(table.values[p])) table.errors[p] *= soft_clip_slope(table.values[p], lowest, clip);
    for (double& value : table.values)
      if (std::isfinite(value)) value = soft_clip(value, lowest, clip);
    if (above > 0)
      result.warnings.push_back(
          fmt::format("{}: {} of {} values lie above {:.6g}, half-way to clip_above, and are bent over "
                      "(the largest, {:.6g}, to {:.6g})",
                      name, above, table.values.size(), 0.5 * (lowest + clip), highest, top));
  } else {
    constexpr double ringing = 1e3;  // a spline through a jump this much larger than the valleys rings into them
    if (highest - lowest > ringing * (median - lowest))
      throw std::invalid_argument(
          fmt::format("{}: {} reaches from {} to {} (a quarter of the points lie below {}, half below {}): set "
                      "landscape.clip_above to the level above which it does not matter",
                      name, table.quantity, lowest, highest, lower_quarter, median));
  }
  result.description = fmt::format("{} of {} ({}", table.quantity, name, format->summary);
  for (const auto& axis : table.axes) {
    result.axis_names.push_back(axis.name);
    result.description += "; " + axis_text(axis);
  }
  result.description += table.errors.size() > 0 ? "; with standard errors)" : ")";
  try {
    result.landscape = spline_landscape(table);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("{}: {}", name, error.what()));
  }
  return result;
}

}  // namespace valleyflux
