#pragma once

#include "problems/tables/table_file.hpp"

#include <string>

namespace valleyflux {

/// Throws std::invalid_argument, saying what a file is, for what is no table and known by how it begins: HTML, XML,
/// JSON, PDF, pictures, sheets of Excel.
void refuse_other_contents(const TableFile& file);

/// "a byte 0 in line 3, which no text has"; empty for a text, and for HDF5 files.
std::string binary_content(const TableFile& file);

}  // namespace valleyflux
