#include "problems/losses/require_data.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace valleyflux {

void require_data(const DataSet& data) {
  if (data.features.rows() < 1 || data.features.cols() < 1)
    throw std::invalid_argument("a loss over data needs at least one sample of one feature");
  if (!data.features.allFinite()) throw std::invalid_argument("the features of the data must be finite");
  if (static_cast<Eigen::Index>(data.labels.size()) != data.features.cols())
    throw std::invalid_argument(fmt::format("{} samples have {} labels", data.features.cols(), data.labels.size()));
  for (const int label : data.labels)
    if (label < 0 || label >= static_cast<int>(data.classes.size()))
      throw std::invalid_argument(fmt::format("label {} is none of the {} classes", label, data.classes.size()));
}

}  // namespace valleyflux
