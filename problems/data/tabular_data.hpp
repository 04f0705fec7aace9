#pragma once

#include "problems/data/data_set.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace valleyflux {

struct TabularOptions {
  std::string label = "last";        // column of the classes: "first", "last", its number from 1 or its name
  std::vector<std::string> without;  // columns that are neither, likewise
};

/// Labelled samples, one a line, from a text file, compressed by gzip or not. See
/// delimited_lines for what separates fields and lines. A first line with a feature that is no
/// number holds names. Labels are numbers or text; classes are sorted. Throws std::invalid_argument, naming file and
/// line, for features that are no finite numbers, lines of different lengths, columns that are not there, or a file
/// without samples.
DataSet read_tabular(const std::filesystem::path& file, const TabularOptions& options = {});

}  // namespace valleyflux
