#pragma once

#include <filesystem>

namespace valleyflux {

/// Draws a figure's JSON file by the script plot_figure.py (Python with matplotlib). False, with a warning that says
/// how to draw it later, where that does not work.
bool draw_figure(const std::filesystem::path& json, const std::filesystem::path& picture);

}  // namespace valleyflux
