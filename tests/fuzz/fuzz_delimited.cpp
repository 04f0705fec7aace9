// Fuzz target: delimited text (CSV and its kin, packed by gzip or not) as lines, as labelled samples and as the data of
// a landscape. The first byte chooses the columns; the rest is the file.

#include "memory_file.hpp"
#include "problems/data/delimited_text.hpp"
#include "problems/data/tabular_data.hpp"
#include "problems/landscapes/data_landscape.hpp"
#include "require.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string_view>

using namespace valleyflux;

namespace {

void check_lines(std::string_view text) {
  int last = 0;
  for (const DelimitedLine& line : delimited_lines(text)) {
    require(line.number > last, "lines are numbered upwards");
    last = line.number;
    for (const std::string& field : line.fields) {
      const auto value = finite_number(field);
      require(!value || std::isfinite(*value), "a number is finite");
    }
  }
}

void check_samples(const std::filesystem::path& file, const TabularOptions& options) {
  try {
    const DataSet data = read_tabular(file, options);
    require(data.features.cols() == static_cast<Index>(data.labels.size()), "every sample has a label");
    for (const int label : data.labels)
      require(label >= 0 && label < static_cast<int>(data.classes.size()), "every label is one of the classes");
    require(data.features.allFinite(), "features are finite");
    standardised(spread_samples(data, 3));
  } catch (const std::invalid_argument&) {
  }
}

void check_table(const std::filesystem::path& file) {
  try {
    const DataTable table = read_csv(file);
    require(table.values.rows() == static_cast<Index>(table.columns.size()), "every column has a name");
    require(table.values.allFinite(), "values are finite");
  } catch (const std::invalid_argument&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::array<TabularOptions, 4> options{TabularOptions{},
                                              {.label = "first", .without = {}},
                                              {.label = "2", .without = {"last"}},
                                              {.label = "y", .without = {}}};
  const TabularOptions& chosen = options[*data % options.size()];
  ++data;
  --size;
  check_lines({reinterpret_cast<const char*>(data), size});
  const MemoryFile file(data, size);
  check_samples(file.path(), chosen);
  check_table(file.path());
  return 0;
}
