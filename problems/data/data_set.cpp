#include "problems/data/data_set.hpp"

#include <cmath>

namespace valleyflux {

DataSet spread_samples(const DataSet& data, Index count) {
  const Index all = data.features.cols();
  if (count >= all) return data;
  DataSet result{Eigen::MatrixXd(data.features.rows(), count), {}, data.classes};
  for (Index s = 0; s < count; ++s) {
    const Index from = s * all / count;
    result.features.col(s) = data.features.col(from);
    result.labels.push_back(data.labels[static_cast<std::size_t>(from)]);
  }
  return result;
}

DataSet standardised(const DataSet& data) {
  DataSet result = data;
  for (Index k = 0; k < data.features.rows(); ++k) {
    auto row = result.features.row(k);
    row.array() -= row.mean();
    const double sd = std::sqrt(row.squaredNorm() / static_cast<double>(row.size()));
    // What is left of a feature that never changes is round-off.
    constexpr double round_off = 1e-12;
    if (sd > round_off * data.features.row(k).cwiseAbs().maxCoeff())
      row /= sd;
    else
      row.setZero();
  }
  return result;
}

}  // namespace valleyflux
