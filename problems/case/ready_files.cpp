#include "problems/case/ready_files.hpp"

#include "problems/case/data_folder.hpp"
#include "problems/case/toml_text.hpp"

#include <algorithm>

namespace valleyflux {

namespace {

/// Names, without ".toml", of the TOML files of a folder.
std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none))
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::filesystem::path file_in(const std::filesystem::path& folder, const std::string& name) {
  std::error_code none;
  std::filesystem::path file = folder / name;
  if (name.find('/') == std::string::npos && std::filesystem::exists(file, none)) return file;
  return {};
}

std::filesystem::path figure_folder() {
  return data_folder().cases / "figures";
}

}  // namespace

std::vector<std::string> ready_cases() {
  return names_in(data_folder().cases);
}

std::filesystem::path ready_case(const std::string& name) {
  return file_in(data_folder().cases, name + ".toml");
}

std::vector<std::string> ready_figures() {
  std::vector<std::string> names = names_in(figure_folder());
  // fig3 before fig10
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  return names;
}

std::filesystem::path ready_figure(const std::string& name) {
  return file_in(figure_folder(), name + ".toml");
}

std::string title_of(const std::filesystem::path& file) {
  return parsed_toml(text_of_file(file), file.string())["title"].value_or(file.stem().string());
}

std::filesystem::path plot_program() {
  const std::filesystem::path program = data_folder().plot;
  return file_in(program, "__main__.py").empty() ? std::filesystem::path() : program;
}

}  // namespace valleyflux
