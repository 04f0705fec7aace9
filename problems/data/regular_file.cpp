#include "problems/data/regular_file.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace valleyflux {

std::optional<std::string> why_no_regular_file(const std::filesystem::path& file) {
  std::error_code fault;
  const std::filesystem::file_status status = std::filesystem::status(file, fault);
  switch (status.type()) {
    case std::filesystem::file_type::regular: break;
    case std::filesystem::file_type::not_found: return "the file cannot be opened: there is none of that name";
    case std::filesystem::file_type::directory: return "this is a directory, not a file";
    case std::filesystem::file_type::fifo: return "this is a pipe, not a file: write its contents to a file first";
    case std::filesystem::file_type::none: return fmt::format("the file cannot be opened: {}", fault.message());
    default: return "this is a device or a socket, not a file";
  }
  if (std::filesystem::file_size(file, fault) == 0 && !fault) return "the file is empty";
  return std::nullopt;
}

void require_regular_file(const std::filesystem::path& file) {
  if (const auto fault = why_no_regular_file(file))
    throw std::invalid_argument(fmt::format("{}: {}", file.string(), *fault));
}

}  // namespace valleyflux
