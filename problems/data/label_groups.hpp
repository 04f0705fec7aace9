#pragma once

#include "problems/data/data_set.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace valleyflux {

/// Two classes in the place of many: class 1 for the labels in `group`, class 0 for the others (Xie et al. 2020, B.1).
/// Throws std::invalid_argument unless the group holds labels of the data, and neither none nor all of them.
DataSet grouped(const DataSet& data, const std::vector<std::string>& group);

/// A random half of the data's labels, sorted as the data sort them; of three classes one, and the second of two: there
/// is nothing to choose. Throws std::invalid_argument for data of one class.
std::vector<std::string> random_half(const DataSet& data, std::uint64_t seed);

}  // namespace valleyflux
