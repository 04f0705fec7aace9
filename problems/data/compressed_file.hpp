#pragma once

#include <filesystem>
#include <string>

namespace valleyflux {

/// All bytes of a file, unpacked if it is a gzip file. Throws std::invalid_argument, naming the file, if it cannot be
/// opened, or is a gzip file that is damaged or cut off.
std::string file_contents(const std::filesystem::path& file);

}  // namespace valleyflux
