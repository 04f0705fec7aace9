#include "problems/landscapes/tabulated_landscape.hpp"

#include "problems/landscapes/bounded_landscape.hpp"
#include "problems/landscapes/clipped_landscape.hpp"
#include "problems/landscapes/hermite_landscape.hpp"
#include "problems/landscapes/spline_landscape.hpp"
#include "problems/landscapes/table_smoothing.hpp"
#include "problems/tables/table_doubts.hpp"
#include "problems/tables/table_formats.hpp"
#include "problems/tables/table_noise.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

/// How far the spline goes below the lowest value around, of the range of the values around: the most of any middle
/// between points. Of a parabola's minimum half-way between two points that is an eighth.
double ringing_of(const TabulatedValues& table, const Landscape& spline) {
  const TabulatedValues::Axis& x = table.axes[0];
  const TabulatedValues::Axis y =
      table.axes.size() == 2 ? table.axes[1] : TabulatedValues::Axis{"", 0.0, 1.0, 1, false};
  const bool plane = table.axes.size() == 2;
  const auto value = [&](Index i, Index j) {
    return table.values[(i + x.points) % x.points + x.points * ((j + y.points) % y.points)];
  };
  double worst = 0.0;
  const double range = table.values.maxCoeff() - table.values.minCoeff();
  for (Index j = 1; j + 2 < (plane ? y.points : 4); ++j) {
    Eigen::MatrixXd middles(plane ? 2 : 1, std::max<Index>(x.points - 3, 0));
    for (Index i = 1; i + 2 < x.points; ++i) {
      middles(0, i - 1) = x.first + (static_cast<double>(i) + 0.5) * x.spacing;
      if (plane) middles(1, i - 1) = y.first + (static_cast<double>(j) + 0.5) * y.spacing;
    }
    FieldSamples field;
    spline.sample(middles, 0, field);
    for (Index i = 1; i + 2 < x.points; ++i) {
      double lowest = value(i, plane ? j : 0), highest = lowest;
      for (Index l = plane ? j - 1 : 0; l <= (plane ? j + 2 : 0); ++l)
        for (Index k = i - 1; k <= i + 2; ++k) {
          lowest = std::min(lowest, value(k, l));
          highest = std::max(highest, value(k, l));
        }
      constexpr double negligible = 1e-3;  // of the whole range
      if (lowest - field.value[i - 1] > negligible * range)
        worst = std::max(worst, (lowest - field.value[i - 1]) / (highest - lowest));
    }
  }
  return worst;
}

TabulatedLandscape::Largest largest_of(const std::string& file, const TabulatedValues& table) {
  Index at = 0;
  double size = -1.0;
  for (Index p = 0; p < table.values.size(); ++p)
    if (std::abs(table.values[p]) > size) {
      size = std::abs(table.values[p]);
      at = p;
    }
  return {size, fmt::format("{}: {} = {:.6g} at {}", place_of_value(file, table, at), table.quantity, table.values[at],
                            place_in(table, at))};
}

double root_mean_square(const Eigen::VectorXd& errors) {
  const Eigen::ArrayXd known = errors.array().isFinite().select(errors.array(), 0.0);
  return std::sqrt(known.square().sum() / static_cast<double>(std::max<Index>(1, errors.array().isFinite().count())));
}

/// A spline through smoothed values. What the smoothing took is the standard error of a table that comes without, and
/// the least one where it comes with errors far smaller.
void smooth(TabulatedLandscape& result, const std::string& name, TabulatedValues table) {
  constexpr double contradicted = 3.0;
  const auto smoothing = std::make_shared<const TableSmoothing>(table.axes);
  SmoothedTable smooth = smoothing->smoothed(table);
  result.description += fmt::format("; smoothed, which changes values by {:.3g} (root mean square), {:.3g} at the most",
                                    smooth.rms, smooth.largest);
  if (table.errors.size() == 0 && smooth.noise > 0) {
    table.errors = Eigen::VectorXd::Constant(table.values.size(), smooth.noise);
    smooth.table.errors = table.errors;
    result.description += fmt::format("; their scatter, {:.3g}, is taken for their standard error", smooth.noise);
  } else if (const double told = root_mean_square(table.errors); smooth.noise > contradicted * told) {
    table.errors = (table.errors.array() < smooth.noise).select(smooth.noise, table.errors);
    smooth.table.errors = table.errors;
    result.warnings.push_back(
        fmt::format("{}: {} scatters by about {:.2g} from point to point, though its standard errors are about {:.2g}: "
                    "what it scatters by counts where it is more",
                    name, table.quantity, smooth.noise, told));
  }
  result.landscape = spline_landscape(table, std::move(smooth.table),
                                      [smoothing, strength = smooth.strength](const TabulatedValues& drawn) {
                                        return smoothing->smoothed(drawn, strength).table;
                                      });
}

/// higher_clip: left with twice the clip, counted from the lowest value, where some values are bent over.
TabulatedLandscape as_clipped(const std::filesystem::path& file, const TabulatedOptions& options,
                              std::optional<double>& higher_clip);

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
  constexpr std::size_t most_moves = 2;
  std::optional<double> higher_clip;
  TabulatedLandscape result = as_clipped(file, options, higher_clip);
  std::vector<std::shared_ptr<const Landscape>> clipped{result.landscape};
  for (TabulatedOptions higher = options; higher_clip && clipped.size() <= most_moves;) {
    higher.clip_above = std::exchange(higher_clip, std::nullopt);
    clipped.push_back(as_clipped(file, higher, higher_clip).landscape);
  }
  result.landscape = clipped.back();
  for (std::size_t k = clipped.size() - 1; k-- > 0;) result.landscape = clipped_landscape(clipped[k], result.landscape);
  return result;
}

namespace {

TabulatedLandscape as_clipped(const std::filesystem::path& file, const TabulatedOptions& options,
                              std::optional<double>& higher_clip) {
  const TableFile opened(file);
  ReadTable read = read_table(opened, options.table, options.scale == 1.0 ? options.unit : "");
  const std::string name = file.string();
  TabulatedValues& table = read.values;
  std::vector<Eigen::VectorXd> slopes = std::move(table.slopes);
  for (Eigen::VectorXd& slope : slopes) slope *= options.scale;
  TabulatedLandscape result;
  result.warnings = landscape_doubts(name, table, options.scale);
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
  const auto [least, largest] = std::minmax_element(finite.begin(), finite.end());
  const double lowest = *least, highest = *largest;
  const auto of_rank = [&finite](std::size_t rank) {
    const auto at = finite.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(finite.begin(), at, finite.end());
    return *at;
  };
  const double lower_quarter = of_rank(finite.size() / 4), median = of_rank(finite.size() / 2);

  const bool flat = value_everywhere(table).has_value();
  if (flat)
    result.warnings.push_back(
        fmt::format("{}: {} is {} wherever it has a value: the landscape is flat and has no valleys", name,
                    table.quantity, lowest));
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
    for (Eigen::VectorXd& slope : slopes)
      for (Index p = 0; p < slope.size(); ++p) slope[p] *= soft_clip_slope(table.values[p], lowest, clip);
    for (double& value : table.values)
      if (std::isfinite(value)) value = soft_clip(value, lowest, clip);
    if (above > 0) {
      higher_clip = lowest + 2.0 * (clip - lowest);
      result.warnings.push_back(
          fmt::format("{}: {} of {} values lie above {:.6g}, half-way to clip_above, and are bent over "
                      "(the largest, {:.6g}, to {:.6g})",
                      name, above, table.values.size(), 0.5 * (lowest + clip), highest, top));
    }
  } else {
    constexpr double ringing = 1e3;  // a spline through a jump this much larger than the valleys rings into them
    if (highest - lowest > ringing * (median - lowest))
      throw std::invalid_argument(
          fmt::format("{}: {} reaches from {} to {} (a quarter of the points lie below {}, half below {}): set "
                      "landscape.clip_above to the level above which it does not matter{}{}",
                      name, table.quantity, lowest, highest, lower_quarter, median,
                      result.warnings.empty() ? "" : "\nwarning: ", fmt::join(result.warnings, "\nwarning: ")));
  }
  result.largest = largest_of(name, table);
  if (options.scale == 1.0) result.unit = table.unit;
  for (const auto& one : table.unknown_units)
    if (one.axis || options.scale == 1.0) result.unknown_units.push_back(one);
  result.description = begun_description(read, name);
  for (const auto& axis : table.axes) {
    result.axis_names.push_back(axis.name);
    result.axis_units.push_back(axis.unit);
  }
  if (!slopes.empty()) result.description += "; with its gradient";
  if (missing > 0) {
    const auto first = static_cast<std::size_t>(first_missing);
    result.description += fmt::format("; no value at {}", place_in(table, first_missing));
    if (first < table.lines.size() && table.lines[first] > 0)
      result.description += fmt::format(", line {}", table.lines[first]);
    if (missing > 1) result.description += fmt::format(", and {} more points", missing - 1);
  }
  try {
    if (!slopes.empty()) {
      result.landscape = hermite_landscape(table, slopes);
      result.description += ")";
      return result;
    }
    switch (flat ? TableInterpolation::cubic : options.interpolation) {
      case TableInterpolation::cubic: result.landscape = spline_landscape(table); break;
      case TableInterpolation::bounded: result.landscape = bounded_landscape(table); break;
      case TableInterpolation::smoothing: smooth(result, name, table); break;
      case TableInterpolation::automatic: {
        // Far less scatter than valleys are deep leaves rates as they are.
        constexpr double negligible_scatter = 3e-3;
        const auto scatter = scatter_of(table);
        if (scatter && *scatter > negligible_scatter * (median - lowest)) {
          smooth(result, name, table);
          result.warnings.push_back(
              fmt::format("{}: {} scatters by about {:.2g} from point to point and is smoothed (interpolation = "
                          "\"smoothing\"); interpolation = \"cubic\" takes it as it is",
                          name, table.quantity, *scatter));
          break;
        }
        result.landscape = spline_landscape(table);
        // Beside a jump the spline swings where values hardly change; noise hardly ever does that.
        constexpr double rings = 1.0;
        if (missing == 0 && ringing_of(table, *result.landscape) > rings) {
          result.landscape = bounded_landscape(table);
          result.description += "; interpolated within the range of the values around, where a cubic spline would ring";
        }
      }
    }
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("{}: {}", name, error.what()));
  }
  result.description += ")";
  return result;
}

}  // namespace

}  // namespace valleyflux
