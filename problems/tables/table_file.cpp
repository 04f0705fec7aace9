#include "problems/tables/table_file.hpp"

#include "problems/data/compressed_file.hpp"
#include "problems/data/regular_file.hpp"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

namespace valleyflux {

namespace {

constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

}  // namespace

TableFile::TableFile(const std::filesystem::path& path) : path_(path) {
  require_regular_file(path);
  std::ifstream in(path, std::ios::binary);
  if (!in) fail("the file cannot be opened");
  bytes_.resize(hdf5_signature.size());
  in.read(bytes_.data(), static_cast<std::streamsize>(bytes_.size()));
  bytes_.resize(static_cast<std::size_t>(in.gcount()));
  if (is_hdf5()) return;
  bytes_ = file_contents(path);
  text_ = bytes_.find('\0') == std::string::npos;
}

bool TableFile::is_hdf5() const {
  return bytes().starts_with(hdf5_signature);
}

void TableFile::fail(const std::string& message) const {
  throw std::invalid_argument(fmt::format("{}: {}", path_.string(), message));
}

void TableFile::fail(std::size_t line, const std::string& message) const {
  throw std::invalid_argument(fmt::format("{}:{}: {}", path_.string(), line, message));
}

}  // namespace valleyflux
