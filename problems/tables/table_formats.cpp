#include "problems/tables/table_formats.hpp"

#include "problems/tables/colvars_grid.hpp"
#include "problems/tables/loss_surface.hpp"
#include "problems/tables/numpy_array.hpp"
#include "problems/tables/plain_columns.hpp"
#include "problems/tables/plumed_grid.hpp"
#include "problems/tables/result_landscape.hpp"
#include "problems/tables/text_matrix.hpp"
#include "problems/tables/wham_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace valleyflux {

const std::vector<TableFormat>& table_formats() {
  static const std::vector<TableFormat> formats{
      {"result", "result file of valleyflux", is_result_file, read_result_landscape},
      {"loss_surface", "loss surface, HDF5", is_loss_surface, read_loss_surface},
      {"numpy", "NumPy array, .npy or .npz", is_numpy_array, read_numpy_array},
      {"plumed", "PLUMED grid", is_plumed_grid, read_plumed_grid},
      {"colvars", "Colvars grid or .pmf", is_colvars_grid, read_colvars_grid},
      {"wham", "WHAM free energy", is_wham_table, read_wham_table},
      {"matrix", "matrix as text", is_text_matrix, read_text_matrix},
      {"columns", "plain columns", is_plain_columns, read_plain_columns}};
  return formats;
}

namespace {

/// The standard errors of values: what stands in the place of the value when their column is asked for instead.
Eigen::VectorXd read_errors(const TableFile& file, const TableFormat& format, const TableOptions& options,
                            const TabulatedValues& values) {
  TableOptions of_errors = options;
  of_errors.quantity = of_errors.dataset = options.error;
  if (!of_errors.columns.empty()) of_errors.columns.back() = options.error;
  TabulatedValues errors = format.read(file, of_errors);
  if (errors.axes != values.axes)
    file.fail(fmt::format("the errors, {}, do not lie on the points of {}", errors.quantity, values.quantity));
  for (Index p = 0; p < values.values.size(); ++p) {
    double& error = errors.values[p];
    if (!std::isfinite(values.values[p])) error = 0.0;
    if (!(error >= 0.0 && std::isfinite(error)))
      file.fail(fmt::format("{} = {} is no standard error, at {}", errors.quantity, error, place_in(values, p)));
  }
  return std::move(errors.values);
}

}  // namespace

ReadTable read_table(const TableFile& file, const TableOptions& options) {
  const auto& formats = table_formats();
  const auto format = std::find_if(formats.begin(), formats.end(), [&](const TableFormat& known) {
    return options.format.empty() ? known.recognises(file) : known.name == options.format;
  });
  if (format != formats.end()) {
    ReadTable table{format->read(file, options), &*format};
    if (!options.error.empty()) table.values.errors = read_errors(file, *format, options, table.values);
    return table;
  }
  std::string known;
  for (const TableFormat& one : formats)
    known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", one.name, one.summary);
  if (!options.format.empty()) file.fail(fmt::format("there is no format \"{}\"; known are {}", options.format, known));
  file.fail(
      fmt::format("the format is none of {}. A line of Python makes columns of anything: "
                  "numpy.savetxt(\"table.dat\", numpy.column_stack([x, y, value]))",
                  known));
}

}  // namespace valleyflux
