#include "output/unfinished_file.hpp"
#include "tools/commands.hpp"
#include "tools/drawing.hpp"
#include "tools/standard_streams.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace valleyflux {

int plot_command(const std::filesystem::path& file, std::filesystem::path picture, const std::string& panels) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(file, none))
    throw std::invalid_argument(fmt::format("{}: error: there is no such file", file.string()));
  if (picture.empty()) picture = std::filesystem::path(file).replace_extension(picture_formats.front());
  result_target(picture, {file});
  const int status = draw(file, picture, panels, /*quiet=*/false);
  if (status == 0) say("drawn to {}\n", picture.string());
  return status;
}

}  // namespace valleyflux
