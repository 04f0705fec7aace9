#include "problems/tables/table_formats.hpp"

#include "problems/tables/colvars_grid.hpp"
#include "problems/tables/compound_unit.hpp"
#include "problems/tables/gridded_points.hpp"
#include "problems/tables/known_units.hpp"
#include "problems/tables/loss_surface.hpp"
#include "problems/tables/named_axes.hpp"
#include "problems/tables/numpy_array.hpp"
#include "problems/tables/other_contents.hpp"
#include "problems/tables/plain_columns.hpp"
#include "problems/tables/plumed_grid.hpp"
#include "problems/tables/result_landscape.hpp"
#include "problems/tables/text_matrix.hpp"
#include "problems/tables/turns.hpp"
#include "problems/tables/unit_labels.hpp"
#include "problems/tables/wham_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace valleyflux {

const std::vector<TableFormat>& table_formats() {
  using Parts = TableFormat::Parts;
  static const std::vector<TableFormat> formats{
      {"result", "result file of valleyflux", is_result_file, read_result_landscape, Parts::datasets, false, true},
      {"loss_surface", "loss surface, HDF5", is_loss_surface, read_loss_surface, Parts::datasets, false, true},
      {"numpy", "NumPy array, .npy or .npz", is_numpy_array, read_numpy_array, Parts::datasets, true},
      {"plumed", "PLUMED grid", is_plumed_grid, read_plumed_grid, Parts::columns, false, true},
      {"colvars", "Colvars grid or .pmf", is_colvars_grid, read_colvars_grid, Parts::columns, false, true},
      {"wham", "WHAM free energy", is_wham_table, read_wham_table, Parts::columns},
      {"matrix", "matrix as text", is_text_matrix, read_text_matrix, Parts::one, true},
      {"columns", "plain columns", is_plain_columns, read_plain_columns, Parts::columns}};
  return formats;
}

namespace {

/// Whether one of several sets of values is asked for.
bool chooses(const TableOptions& options) {
  return !options.columns.empty() || !options.wanted_dataset().empty();
}

/// Nothing that is asked for is passed over.
void require_parts(const TableFile& file, const TableFormat& format, const TableOptions& options) {
  const auto refuse = [&](const char* key, const char* reason) {
    file.fail(fmt::format("{} no part in {} ({}), {}", key, format.name, format.summary, reason));
  };
  if (!options.ranges.empty() && !format.bare) refuse("ranges have", "which hold their coordinates");
  if (!options.columns.empty() && format.parts == TableFormat::datasets)
    refuse("columns have", "whose values are chosen by dataset");
  if (!options.dataset.empty() && format.parts == TableFormat::columns)
    refuse("dataset has", "whose values are chosen by columns, or by quantity");
  if (format.parts == TableFormat::one && chooses(options))
    refuse("columns, dataset and quantity have", "which hold one set of values");
}

}  // namespace

std::string begun_description(const ReadTable& table, const std::string& file) {
  std::string text = fmt::format("{} of {} ({}", table.values.quantity, file, table.format->summary);
  for (const auto& axis : table.values.axes) text += "; " + text_of(axis);
  if (!table.values.matched.empty()) text += "; " + table.values.matched;
  if (table.values.errors.size() > 0) text += "; with standard errors";
  return text;
}

namespace {

/// What another column or dataset of the file holds at the points of a table that was read with these options.
TabulatedValues read_beside(const TableFile& file, const ReadTable& table, const TableOptions& options,
                            const std::string& column) {
  TableOptions of_others = options;
  of_others.quantity = column;
  of_others.dataset.clear();
  if (!of_others.columns.empty()) of_others.columns.back() = column;
  require_parts(file, *table.format, of_others);
  TabulatedValues others = table.format->read(file, of_others);
  if (!same_points(others, table.values))
    file.fail(fmt::format("{} does not lie on the points of {}", others.quantity, table.values.quantity));
  return others;
}

/// What a file says that numbers are in, which need not be a unit that is known; empty where it says nothing, or names
/// the arguments of a function: "F(x)".
/// Puts errors into the unit of their values where both are told; of the values by the file or else by the caller.
void take_unit(const TableFile& file, const std::string& unit, TabulatedValues& errors, TabulatedValues& values) {
  const UnitLabel from = told_unit(errors);
  UnitLabel to = told_unit(values);
  if (from.unit.empty() || from.unit == to.unit) return;
  constexpr const char* square_root = ", as variances are: errors are standard errors, take the square root";
  const auto of_errors = compound_unit(from.unit);
  auto of_values = compound_unit(to.unit);
  const auto alike = [&] { return of_errors && of_values && of_errors->powers == of_values->powers; };
  if (is_square(from.unit) && !alike()) file.fail(fmt::format("{} is in {}{}", from.name, from.unit, square_root));
  if (errors.unit.empty() && !of_errors) {
    if (!to.unit.empty())
      values.doubts.push_back(
          fmt::format("\"{}\" behind {} is no unit that is known: the standard errors are taken in {}", from.unit,
                      from.name, to.unit));
    return;
  }
  if (to.unit.empty()) to.unit = same_unit(unit);
  if (from.unit == to.unit) return;
  if (to.unit.empty()) {
    values.doubts.push_back(
        fmt::format("{} is in {}, and nothing says what {} is in: the standard errors are taken as they stand; say it "
                    "behind the name, \"{} ({})\", or of a landscape by units.energy",
                    from.name, from.unit, to.name, to.name, from.unit));
    return;
  }
  const std::string units = fmt::format("{} is in {}, {} in {}", from.name, from.unit, to.name, to.unit);
  of_values = compound_unit(to.unit);
  if (of_errors && of_values && is_square_of(*of_errors, *of_values)) file.fail(units + square_root);
  if (!alike()) file.fail(units + ": standard errors must be in the unit of their values");
  const double factor = of_errors->factor / of_values->factor;
  constexpr double same = 1e-12;  // but for round-off, of one unit in two spellings
  if (std::abs(factor - 1.0) < same) return;
  errors.values *= factor;
  values.doubts.push_back(units + ": the standard errors are converted");
}

Eigen::VectorXd errors_of(const TableFile& file, const std::string& unit, TabulatedValues& values,
                          TabulatedValues errors) {
  for (Index p = 0; p < errors.values.size(); ++p) {
    double& error = errors.values[p];
    if (!std::isfinite(values.values[p])) error = 0.0;
    if (!(error >= 0.0 && std::isfinite(error)))
      file.fail(fmt::format("{} = {} is no standard error, at {}", errors.quantity, error, place_in(errors, p)));
  }
  take_unit(file, unit, errors, values);
  return std::move(errors.values);
}

}  // namespace

UnitLabel told_unit(const TabulatedValues& table) {
  UnitLabel told = bracket_label(table.quantity);
  if (!table.unit.empty()) told.unit = same_unit(table.unit);
  const auto is_argument = [&](const TabulatedValues::Axis& axis) { return axis.name == told.unit; };
  if (std::any_of(table.axes.begin(), table.axes.end(), is_argument)) told.unit.clear();
  return told;
}

ReadTable read_table(const TableFile& file, const TableOptions& options, const std::string& unit) {
  if (options.format.empty()) refuse_other_contents(file);
  const auto& formats = table_formats();
  const auto format = std::find_if(formats.begin(), formats.end(), [&](const TableFormat& known) {
    if (!options.format.empty()) return known.name == options.format;
    return !(known.parts == TableFormat::one && chooses(options)) && known.recognises(file);
  });
  if (format != formats.end()) {
    require_parts(file, *format, options);
    ReadTable table{format->read(file, options), &*format};
    if (!options.error.empty())
      table.values.errors = errors_of(file, unit, table.values, read_beside(file, table, options, options.error));
    for (const std::string& column : options.gradient)
      table.values.slopes.push_back(read_beside(file, table, options, column).values);
    take_case_order(table.values, options.said);
    if (!format->tells_periods) close_turns(file, table.values, options.said);
    return table;
  }
  std::string known;
  for (const TableFormat& one : formats)
    known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", one.name, one.summary);
  if (!options.format.empty()) file.fail(fmt::format("there is no format \"{}\"; known are {}", options.format, known));
  const std::string looks = binary_content(file);
  file.fail(
      fmt::format("{}the format is none of {}. A line of Python makes columns of anything: "
                  "numpy.savetxt(\"table.dat\", numpy.column_stack([x, y, value]))",
                  looks.empty() ? "" : looks + ": ", known));
}

}  // namespace valleyflux
