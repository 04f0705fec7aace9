#pragma once

#include "problems/data/data_set.hpp"

namespace valleyflux {

/// Throws std::invalid_argument for data without samples or features, with features that are not finite, or with labels
/// that are no classes.
void require_data(const DataSet& data);

}  // namespace valleyflux
