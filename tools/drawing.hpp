#pragma once

#include <array>
#include <filesystem>
#include <string>

namespace valleyflux {

/// Formats of pictures, as their names end.
inline constexpr std::array<const char*, 3> picture_formats{"png", "svg", "pdf"};

/// What is wrong with the name of a picture; empty where its ending says a format.
std::string fault_of_picture(const std::filesystem::path& picture);

/// Draws a result, a sweep's table or a figure's JSON file by the Python program of tools/plot (matplotlib; h5py). Its
/// exit status: 0, or what is wrong has been said: 2 of what is asked for, else 1. panels: of a result, separated by
/// commas; empty: those that say most of it. quiet: no progress.
int draw(const std::filesystem::path& data, const std::filesystem::path& picture, const std::string& panels,
         bool quiet);

/// What is said where a picture is missing: that its data are there, and how it is drawn of them.
std::string not_drawn(const std::filesystem::path& data, const std::filesystem::path& picture);

/// The same as draw() of a figure's JSON file. False, with a warning, where that does not work.
bool draw_figure(const std::filesystem::path& json, const std::filesystem::path& picture, bool quiet);

}  // namespace valleyflux
