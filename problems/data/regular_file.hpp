#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace valleyflux {

/// Why a file cannot be read as a whole: it is missing, a directory, a device, a FIFO (which would wait for a writer
/// for ever) or empty; nothing where it is a regular file that holds something.
std::optional<std::string> why_no_regular_file(const std::filesystem::path& file);

/// Throws std::invalid_argument with the file's name and that reason.
void require_regular_file(const std::filesystem::path& file);

}  // namespace valleyflux
