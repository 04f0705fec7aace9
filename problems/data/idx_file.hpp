#pragma once

#include "problems/data/data_set.hpp"

#include <filesystem>

namespace valleyflux {

/// Images and their labels in the IDX format of MNIST (unsigned bytes), compressed by gzip or not. Features: grey
/// values from 0 to 1, row after row, each the average over a square of pool x pool pixels. Throws
/// std::invalid_argument, naming the file, for anything else, for differing numbers of images and labels, or unless
/// pool divides both sides.
DataSet read_idx(const std::filesystem::path& images, const std::filesystem::path& labels, int pool = 1);

}  // namespace valleyflux
