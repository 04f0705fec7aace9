#include "tools/commands.hpp"

#include "output/progress.hpp"
#include "problems/case/nearest_name.hpp"
#include "problems/case/ready_files.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>

namespace valleyflux {

Case case_named(const std::string& name, const Overrides& overrides, bool quiet) {
  Progress progress(!quiet, "valleyflux");
  progress.update(std::nullopt, "reading " + name);
  const std::filesystem::path ready = ready_case(name);
  // Of a file that cannot be asked about, reading it says why. A folder, of data perhaps, hides no ready case.
  std::error_code fault;
  const bool there = std::filesystem::exists(name, fault) || fault;
  if (there && (ready.empty() || !std::filesystem::is_directory(name, fault)))
    return read_case(std::filesystem::path(name), overrides);
  if (!ready.empty()) return read_case(ready, overrides);
  throw CaseError(
      fmt::format("{}: error: there is no such file, and no ready case of that name (the nearest is \"{}\")", name,
                  nearest_name(std::filesystem::path(name).stem().string(), ready_cases())));
}

}  // namespace valleyflux
