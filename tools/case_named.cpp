#include "tools/commands.hpp"

#include "problems/case/nearest_name.hpp"
#include "problems/case/ready_files.hpp"

#include <fmt/format.h>

#include <string>

namespace valleyflux {

Case case_named(const std::string& name, const Overrides& overrides) {
  // Of a file that cannot be asked about, reading it says why.
  std::error_code fault;
  if (std::filesystem::exists(name, fault) || fault) return read_case(std::filesystem::path(name), overrides);
  if (const std::filesystem::path file = ready_case(name); !file.empty()) return read_case(file, overrides);
  throw CaseError(
      fmt::format("{}: error: there is no such file, and no ready case of that name (the nearest is \"{}\")", name,
                  nearest_name(std::filesystem::path(name).stem().string(), ready_cases())));
}

}  // namespace valleyflux
