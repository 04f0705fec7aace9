#include "problems/case/data_folder.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <vector>

namespace valleyflux {

namespace {

namespace fs = std::filesystem;

/// The program or shared library that holds this code; empty where the system does not say.
fs::path this_object() {
  Dl_info info;
  void* map = nullptr;
  std::error_code none;
  if (dladdr1(reinterpret_cast<const void*>(&this_object), &info, &map, RTLD_DL_LINKMAP) == 0 || !map) return {};
  // The program itself has no name there, and the one that it was called by may be relative, or found on PATH.
  const char* name = static_cast<const link_map*>(map)->l_name;
  return fs::canonical(*name ? name : "/proc/self/exe", none);
}

bool lies_in(const fs::path& file, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first == folder.end();
}

DataFolder installed(const fs::path& share) {
  return {share / "cases", share / "plot"};
}

DataFolder source_tree() {
  const fs::path root = VALLEYFLUX_SOURCE;
  return {root / "problems" / "cases", root / "tools" / "plot"};
}

bool is_there(const DataFolder& folder) {
  std::error_code none;
  return fs::is_directory(folder.cases, none);
}

}  // namespace

DataFolder data_folder() {
  if (const char* given = std::getenv("VALLEYFLUX_DATA"); given && *given) {
    if (is_there(installed(given))) return installed(given);
    throw std::invalid_argument(fmt::format("VALLEYFLUX_DATA: error: there is no folder {}/cases", given));
  }
  std::vector<DataFolder> places;
  const fs::path object = this_object();
  std::error_code none;
  if (lies_in(object, fs::weakly_canonical(VALLEYFLUX_BUILD, none))) places.push_back(source_tree());
  for (fs::path above = object; above.has_relative_path();) {
    above = above.parent_path();
    places.push_back(installed(above / "share" / "valleyflux"));
  }
  places.push_back(installed(VALLEYFLUX_DATADIR));
  const auto found = std::find_if(places.begin(), places.end(), is_there);
  return found == places.end() ? source_tree() : *found;
}

}  // namespace valleyflux
