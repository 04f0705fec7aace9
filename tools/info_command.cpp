#include "tools/commands.hpp"

#include "output/file_info.hpp"

#include <fmt/format.h>

namespace valleyflux {

int info_command(const std::filesystem::path& file) {
  fmt::print("{}", file_info(file));
  return 0;
}

}  // namespace valleyflux
