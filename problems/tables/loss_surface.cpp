#include "problems/tables/loss_surface.hpp"

#include "problems/tables/hdf5_datasets.hpp"

#include <cmath>
#include <vector>

namespace valleyflux {

namespace {

/// -1 is what points hold that were not computed yet, -1.797e308 what parts that were not put together leave.
bool never_computed(double loss) {
  constexpr double largest = 1e300;
  return loss == -1.0 || !(std::abs(loss) < largest);
}

}  // namespace

bool is_loss_surface(const TableFile& file) {
  if (!file.is_hdf5()) return false;
  const Hdf5Datasets datasets(file);
  return datasets.has("xcoordinates") || datasets.has("ycoordinates") || datasets.has("train_loss") ||
         datasets.has("test_loss");
}

TabulatedValues read_loss_surface(const TableFile& file, const TableOptions& options) {
  const Hdf5Datasets datasets(file);
  std::vector<TabulatedValues::Axis> axes{datasets.axis("xcoordinates", "x")};
  if (datasets.has("ycoordinates")) axes.push_back(datasets.axis("ycoordinates", "y"));
  const std::string standard = datasets.has("train_loss") || !datasets.has("test_loss") ? "train_loss" : "test_loss";
  const std::string& wanted = options.wanted_dataset();
  return surface_of(datasets, std::move(axes), wanted.empty() ? standard : wanted, never_computed);
}

}  // namespace valleyflux
