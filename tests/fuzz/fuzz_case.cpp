// Fuzz target: the reader of cases. The input is a case; its lines "#set KEY=VALUE" are overrides, as --set takes them.
// Files that it names are looked for in tests/fuzz/files. Whatever was read must be read again from its own text.

#include "problems/case/case_file.hpp"
#include "problems/case/case_reader.hpp"
#include "require.hpp"

#include <array>
#include <cstdint>
#include <sstream>
#include <string>

using namespace valleyflux;

namespace {

/// What asks for much memory or time, and may do so: a fuzzer would call it a fault.
bool is_large(const toml::node& node) {
  constexpr std::array sizes{"cells", "samples", "features", "width", "depth", "dimension", "classes"};
  constexpr double large = 64.0;
  if (const toml::array* array = node.as_array()) {
    for (const toml::node& entry : *array)
      if (is_large(entry)) return true;
  } else if (const toml::table* table = node.as_table()) {
    for (const auto& [key, entry] : *table) {
      const auto value = entry.value<double>();
      for (const char* size : sizes)
        if (value && *value > large && key.str() == size) return true;
      if (is_large(entry)) return true;
    }
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const std::string mark = "#set ";
  Overrides overrides;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(mark)) overrides.push_back(line.substr(mark.size()));
  try {
    CaseContext context{"case.toml", VALLEYFLUX_FUZZ_FILES, {}};
    toml::table root = parsed_toml(text, context.file);
    for (const std::string& override_text : overrides) apply_override(root, override_text, context);
    if (is_large(root)) return 0;
    const Case read = read_case(text, context.file, context.directory, overrides);
    try {
      const Case again = read_case(read.text, context.file, context.directory);
      require(again.title == read.title, "a case read from the text of a case has its title");
      require(again.axes.size() == read.axes.size() && again.escapes.size() == read.escapes.size(),
              "a case read from the text of a case has its axes and escapes");
    } catch (const CaseError& error) {
      require(false, error.what());
    }
  } catch (const CaseError&) {
  }
  return 0;
}
