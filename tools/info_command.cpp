#include "tools/commands.hpp"

#include "output/file_info.hpp"
#include "tools/standard_streams.hpp"

#include <fmt/format.h>

namespace valleyflux {

int info_command(const std::filesystem::path& file) {
  say("{}", file_info(file));
  return 0;
}

}  // namespace valleyflux
