#include "problems/data/synthetic_data.hpp"

#include <fmt/format.h>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>

#include <cmath>
#include <stdexcept>

namespace valleyflux {

namespace {

// Boost's laws, unlike those of the standard library, give the same numbers everywhere.
using Bits = boost::random::mt19937_64;

}  // namespace

DataSet gaussian_data(Index samples, Index features, int classes, double sd, std::uint64_t seed) {
  if (samples < 1 || features < 1 || classes < 1 || !(sd > 0 && std::isfinite(sd)))
    throw std::invalid_argument(
        fmt::format("random data need positive sizes (got {} samples, {} features, {} classes, sd {})", samples,
                    features, classes, sd));
  Bits bits(seed);
  boost::random::normal_distribution<double> normal(0.0, sd);
  boost::random::uniform_int_distribution<int> label(0, classes - 1);
  DataSet data;
  data.features.resize(features, samples);
  for (double& value : data.features.reshaped()) value = normal(bits);
  for (Index s = 0; s < samples; ++s) data.labels.push_back(label(bits));
  for (int c = 0; c < classes; ++c) data.classes.push_back(std::to_string(c));
  return data;
}

Eigen::VectorXd normal_numbers(Index count, std::uint64_t seed) {
  Bits bits(seed);
  boost::random::normal_distribution<double> normal;
  Eigen::VectorXd numbers(count);
  for (double& number : numbers) number = normal(bits);
  return numbers;
}

}  // namespace valleyflux
