// Fuzz target: free-energy grids of PLUMED and the splines through them. The input is the file.

#include "memory_file.hpp"
#include "problems/landscapes/tabulated_landscape.hpp"
#include "problems/tables/plumed_grid.hpp"
#include "require.hpp"

#include <cstdint>
#include <stdexcept>

using namespace valleyflux;

namespace {

void check(const std::filesystem::path& file) {
  const TabulatedValues table = read_plumed_grid(file);
  Index points = 1;
  for (const auto& axis : table.axes) points *= axis.points;
  require(table.values.size() == points, "a grid has a value for every point");
  const TabulatedLandscape tabulated = tabulated_landscape(file, {.clip_above = 10.0});
  const auto domain = tabulated.landscape->domain();
  require(domain.has_value(), "a tabulated landscape has ends");
  Eigen::MatrixXd places(tabulated.landscape->dimension(), 3);
  for (Index k = 0; k < places.rows(); ++k) {
    const auto& side = domain->axes[static_cast<std::size_t>(k)];
    places.row(k) << side.min, 0.3 * side.min + 0.7 * side.max, side.max;
  }
  FieldSamples samples;
  tabulated.landscape->sample(places, 3, samples);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  try {
    check(file.path());
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
