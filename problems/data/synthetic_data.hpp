#pragma once

#include "problems/data/data_set.hpp"

#include <cstdint>

namespace valleyflux {

/// Random data: independent normal features of standard deviation `sd`, and labels that are equally likely and know
/// nothing of them (Xie et al. 2020, Appendix C). Throws std::invalid_argument unless all arguments are positive.
DataSet gaussian_data(Index samples, Index features, int classes, double sd, std::uint64_t seed);

/// Independent standard normal numbers.
Eigen::VectorXd normal_numbers(Index count, std::uint64_t seed);

}  // namespace valleyflux
