#pragma once

#include <filesystem>
#include <string>

namespace valleyflux {

/// What an HDF5 result file holds, as text: its attributes, its datasets with their shapes and meanings, its estimates
/// and its warnings. Throws std::invalid_argument if it is no HDF5 file.
std::string file_info(const std::filesystem::path& path);

}  // namespace valleyflux
