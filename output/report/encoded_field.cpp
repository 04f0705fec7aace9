#include "output/report/encoded_field.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace valleyflux {

namespace {

using Bytes = std::vector<unsigned char>;

Bytes deflated(const Bytes& bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  Bytes packed(size);
  if (compress2(packed.data(), &size, bytes.data(), static_cast<uLong>(bytes.size()), Z_BEST_COMPRESSION) != Z_OK)
    throw std::runtime_error("zlib: the memory does not suffice to compress a field");
  packed.resize(size);
  return packed;
}

Bytes steps_of(const std::vector<double>& values, const EncodedField& scale) {
  const auto coordinate = [&](double value) { return scale.logarithmic ? std::log(value) : value; };
  const double from = coordinate(scale.low), width = coordinate(scale.high) - from;
  const auto most = static_cast<std::uint32_t>((1U << scale.bits) - 1);
  const std::size_t count = values.size();
  Bytes bytes(count * static_cast<std::size_t>(scale.bits) / 8);
  std::uint32_t before = 0;
  for (std::size_t k = 0; k < count; ++k) {
    std::uint32_t code = 0;
    if (std::isfinite(values[k])) {
      const double place = values[k] <= scale.low ? 0.0 : std::min((coordinate(values[k]) - from) / width, 1.0);
      code = 1 + static_cast<std::uint32_t>(std::lround(place * (most - 1)));
    }
    const std::uint32_t difference = (code - before) & most;
    before = code;
    if (scale.bits == 16) bytes[k] = static_cast<unsigned char>(difference >> 8);
    bytes[scale.bits == 16 ? count + k : k] = static_cast<unsigned char>(difference & 0xFF);
  }
  return bytes;
}

}  // namespace

EncodedField encoded(const std::vector<double>& values, int bits, double low, double high, bool logarithmic) {
  if (bits != 8 && bits != 16)
    throw std::invalid_argument(fmt::format("an encoded field has 8 or 16 bits (got {})", bits));
  if (!(low < high) || (logarithmic && !(low > 0)))
    throw std::invalid_argument(
        fmt::format("an encoded field needs low < high{} (got {} and {})", logarithmic ? " above 0" : "", low, high));
  EncodedField field{bits, logarithmic, low, high, {}};
  field.data = base64(deflated(steps_of(values, field)));
  return field;
}

std::string base64(const std::vector<unsigned char>& bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t k = 0; k < bytes.size(); k += 3) {
    const std::size_t there = std::min<std::size_t>(3, bytes.size() - k);
    std::uint32_t word = 0;
    for (std::size_t j = 0; j < 3; ++j) word = (word << 8) | (j < there ? bytes[k + j] : 0U);
    for (std::size_t j = 0; j < 4; ++j) text += j <= there ? digits[(word >> (18 - 6 * j)) & 63] : '=';
  }
  return text;
}

}  // namespace valleyflux
