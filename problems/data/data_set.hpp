#pragma once

#include "grids/point.hpp"

#include <Eigen/Core>

#include <string>
#include <vector>

namespace valleyflux {

/// Labelled samples.
struct DataSet {
  Eigen::MatrixXd features;          // features x samples
  std::vector<int> labels;           // samples: numbers of classes
  std::vector<std::string> classes;  // their names
};

/// `count` of the samples, evenly spread over all of them, which may be sorted; all if there are no more.
DataSet spread_samples(const DataSet& data, Index count);

/// Every feature less its mean, over its standard deviation; one that is the same everywhere becomes 0.
DataSet standardised(const DataSet& data);

}  // namespace valleyflux
