#include "problems/tables/table_file.hpp"

#include "problems/data/compressed_file.hpp"
#include "problems/data/regular_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace valleyflux {

namespace {

constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

/// By the mark at its beginning, or where every other byte is 0 as in numbers and words.
bool is_utf16(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return true;
  constexpr std::size_t looked_at = 64;
  bytes = bytes.substr(0, std::min(looked_at, bytes.size() / 2 * 2));
  const auto halves = [bytes](std::size_t zeros) {
    for (std::size_t k = 0; k < bytes.size(); ++k)
      if ((bytes[k] == '\0') != (k % 2 == zeros)) return false;
    return !bytes.empty();
  };
  return halves(0) || halves(1);
}

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
  if (is_utf16(bytes_))
    fail(
        "a text in UTF-16, not in UTF-8: iconv -f UTF-16 -t UTF-8 makes it one, or the choice of encoding where it was "
        "saved");
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
