#include "problems/tables/result_landscape.hpp"

#include "problems/tables/hdf5_datasets.hpp"

#include <cmath>
#include <vector>

namespace valleyflux {

namespace {

bool no_number(double value) {
  return !std::isfinite(value);
}

}  // namespace

bool is_result_file(const TableFile& file) {
  if (!file.is_hdf5()) return false;
  const Hdf5Datasets datasets(file);
  return datasets.has("x") && datasets.has("x_edge");
}

TabulatedValues read_result_landscape(const TableFile& file, const TableOptions& options) {
  const Hdf5Datasets datasets(file);
  std::vector<TabulatedValues::Axis> axes;
  for (const char* name : {"x", "y"}) {
    if (!axes.empty() && !datasets.has(name)) break;
    const std::string called = datasets.attribute(name, "long_name");
    axes.push_back(datasets.axis(name, called.empty() || called.find(' ') != std::string::npos ? name : called));
    axes.back().periodic = datasets.attribute(name, "boundary").starts_with("periodic");
  }
  const std::string& wanted = options.wanted_dataset();
  return surface_of(datasets, std::move(axes), wanted.empty() ? "landscape" : wanted, no_number);
}

}  // namespace valleyflux
