#pragma once

#include "output/result_file.hpp"

#include <filesystem>

namespace valleyflux {

/// A result as one HTML page, which needs neither network nor other files: rates to quote, landscape, densities,
/// committors, network, all estimates, warnings, the case. Throws std::invalid_argument, "FILE: error: ...", for a file
/// that is no result, and for a page that cannot take its name or would overwrite the result; OutputError where writing
/// fails. The page is there whole or not at all.
void write_report(const std::filesystem::path& result_file, const std::filesystem::path& page);
void write_report(const ResultInMemory& result, const std::filesystem::path& page);

/// Where the page of a result goes if nothing is said: beside it, under its name with .html.
std::filesystem::path report_path(const std::filesystem::path& result_file);

}  // namespace valleyflux
