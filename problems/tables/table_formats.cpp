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

ReadTable read_table(const TableFile& file, const TableOptions& options) {
  const auto& formats = table_formats();
  const auto format = std::find_if(formats.begin(), formats.end(), [&](const TableFormat& known) {
    return options.format.empty() ? known.recognises(file) : known.name == options.format;
  });
  if (format != formats.end()) return {format->read(file, options), &*format};
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
