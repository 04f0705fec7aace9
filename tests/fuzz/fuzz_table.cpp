// Fuzz target: tables of every format but HDF5 (see fuzz_surface.cpp), recognised by their content, and the splines
// through them. The input is a byte that chooses what is asked for, then the file.

#include "memory_file.hpp"
#include "problems/landscapes/tabulated_landscape.hpp"
#include "problems/tables/table_formats.hpp"
#include "require.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <stdexcept>

using namespace valleyflux;

namespace {

TableOptions options_from(unsigned choice) {
  const std::array<TableOptions, 6> options{
      TableOptions{},
      {.quantity = "F"},
      {.columns = {"1", "3"}},
      {.columns = {"2", "1", "3"}},
      {.ranges = {{-2.0, 2.0}}},
      {.ranges = {{-2.0, 2.0}, {1.0, -1.0}}},
  };
  TableOptions chosen = options[choice % options.size()];
  // Half of the choices name a format, whatever the file is.
  if (choice >= 128) chosen.format = table_formats()[choice / options.size() % table_formats().size()].name;
  return chosen;
}

void check(const TableFile& file, const TableOptions& options) {
  const TabulatedValues table = read_table(file, options).values;
  Index points = 1;
  for (const auto& axis : table.axes) {
    require(axis.points >= 1 && std::isfinite(axis.first) && axis.spacing > 0, "an axis ascends");
    points *= axis.points;
  }
  require(table.values.size() == points, "a table has a value for every point");
  require(table.lines.empty() || table.lines.size() == static_cast<std::size_t>(points), "a line, too, or none at all");
  const TabulatedLandscape tabulated =
      tabulated_landscape(file.path(), {.clip_above = 10.0, .scale = -1.0, .shift = 2.0, .table = options});
  FieldSamples samples;
  tabulated.landscape->sample(Eigen::MatrixXd::Zero(tabulated.landscape->dimension(), 1), 3, samples);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const MemoryFile memory(data + 1, size - 1);
  try {
    const TableFile file(memory.path());
    // A damaged HDF5 file can crash the library itself.
    if (!file.is_hdf5()) check(file, options_from(data[0]));
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
