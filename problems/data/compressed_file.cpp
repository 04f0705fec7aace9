#include "problems/data/compressed_file.hpp"

#include "problems/data/regular_file.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace valleyflux {

namespace {

struct Closer {
  void operator()(gzFile file) const { gzclose(file); }
};

}  // namespace

std::string file_contents(const std::filesystem::path& file) {
  require_regular_file(file);
  const std::unique_ptr<gzFile_s, Closer> in(gzopen(file.c_str(), "rb"));  // reads plain files as they are
  if (!in) throw std::invalid_argument(fmt::format("{} cannot be opened", file.string()));
  constexpr unsigned block = 1 << 17;
  gzbuffer(in.get(), block);
  std::string contents;
  std::array<char, block> bytes{};
  for (;;) {
    const int count = gzread(in.get(), bytes.data(), block);
    if (count > 0) contents.append(bytes.data(), static_cast<std::size_t>(count));
    // A file that ends too early yields what is there, and tells of it only here.
    int fault = Z_OK;
    const char* message = gzerror(in.get(), &fault);
    if (count < 0 || fault != Z_OK)
      throw std::invalid_argument(fmt::format("{} is damaged or cut off ({})", file.string(), message));
    if (count == 0) return contents;
    constexpr std::size_t most_bytes = std::size_t{4} << 30;  // a few bytes can unpack to any number
    if (contents.size() > most_bytes)
      throw std::invalid_argument(fmt::format("{} unpacks to more than {} bytes", file.string(), most_bytes));
  }
}

}  // namespace valleyflux
