#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace valleyflux {

/// What comes with the library, in the place that data_folder() finds; all of these throw as it does.

/// Names of the ready cases, and the file of one (empty if there is none of that name).
std::vector<std::string> ready_cases();
std::filesystem::path ready_case(const std::string& name);

/// The same for the ready figures, in the paper's order.
std::vector<std::string> ready_figures();
std::filesystem::path ready_figure(const std::string& name);

/// The title of a ready case or figure, without reading what it names. Throws CaseError.
std::string title_of(const std::filesystem::path& file);

/// The Python program that draws, a folder (tools/plot; installed: share/valleyflux/plot); empty if it is not there.
std::filesystem::path plot_program();

}  // namespace valleyflux
