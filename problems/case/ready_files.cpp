#include "problems/case/ready_files.hpp"

#include "problems/case/toml_text.hpp"

#include <algorithm>
#include <set>

namespace valleyflux {

namespace {

/// A folder of the source tree, and what it is installed as.
std::vector<std::filesystem::path> places(const char* source, const char* installed) {
  std::vector<std::filesystem::path> folders{std::filesystem::path(VALLEYFLUX_SOURCE) / source};
  std::error_code none;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", none);
  if (!none) folders.push_back(program.parent_path().parent_path() / "share" / "valleyflux" / installed);
  return folders;
}

std::vector<std::filesystem::path> case_folders() {
  return places("problems/cases", "cases");
}

std::vector<std::filesystem::path> figure_folders() {
  return places("problems/cases/figures", "cases/figures");
}

/// Names, without ".toml", of the TOML files.
std::vector<std::string> names_in(const std::vector<std::filesystem::path>& folders) {
  std::set<std::string> names;
  std::error_code none;
  for (const auto& place : folders)
    for (const auto& entry : std::filesystem::directory_iterator(place, none))
      if (entry.path().extension() == ".toml") names.insert(entry.path().stem().string());
  return {names.begin(), names.end()};
}

std::filesystem::path file_in(const std::vector<std::filesystem::path>& folders, const std::string& name) {
  std::error_code none;
  for (const auto& place : folders) {
    const std::filesystem::path file = place / name;
    if (name.find('/') == std::string::npos && std::filesystem::exists(file, none)) return file;
  }
  return {};
}

}  // namespace

std::vector<std::string> ready_cases() {
  return names_in(case_folders());
}

std::filesystem::path ready_case(const std::string& name) {
  return file_in(case_folders(), name + ".toml");
}

std::vector<std::string> ready_figures() {
  std::vector<std::string> names = names_in(figure_folders());
  // fig3 before fig10
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  return names;
}

std::filesystem::path ready_figure(const std::string& name) {
  return file_in(figure_folders(), name + ".toml");
}

std::string title_of(const std::filesystem::path& file) {
  return parsed_toml(text_of_file(file), file.string())["title"].value_or(std::string());
}

std::filesystem::path plot_script(const std::string& name) {
  return file_in(places("tools/plot", "plot"), name);
}

}  // namespace valleyflux
