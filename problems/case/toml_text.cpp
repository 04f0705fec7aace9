#include "problems/case/toml_text.hpp"

#include "problems/case/case_file.hpp"
#include "problems/data/regular_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

namespace valleyflux {

namespace {

constexpr std::uintmax_t largest_case = 1000000;  // bytes; the largest ready case has some thousand

std::string place_in(const std::string& text, std::size_t at, const std::string& file) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(at);
  const auto line = 1 + std::count(text.begin(), end, '\n');
  const std::size_t before = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
  return fmt::format("{}:{}:{}", file, line, before == std::string::npos ? at + 1 : at - before);
}

/// The first byte that belongs to no UTF-8 character (Unicode 15, table 3-7).
std::optional<std::size_t> first_stray_byte(std::string_view text) {
  const auto byte = [&](std::size_t n) { return n < text.size() ? static_cast<unsigned char>(text[n]) : 0u; };
  for (std::size_t at = 0; at < text.size();) {
    const unsigned lead = byte(at), second = byte(at + 1);
    if (lead < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    const unsigned lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    bool good = lead >= 0xC2 && lead <= 0xF4 && second >= lowest && second <= highest;
    for (std::size_t n = 2; n < length; ++n) good = good && (byte(at + n) & 0xC0) == 0x80;
    if (!good) return at;
    at += length;
  }
  return std::nullopt;
}

/// Where a key (a.b.c or [a.b.c]) goes deeper than toml++'s own limit on nested values: every part of it is a table in
/// the one before, and far too many of them overflow the stack when they are taken apart.
std::optional<std::size_t> too_deep_key(std::string_view text) {
  std::size_t dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      const bool block = text.substr(at, 3) == std::string(3, c);
      const std::string closing(block ? 3 : 1, c);
      for (at += closing.size(); at < text.size() && text.substr(at, closing.size()) != closing; ++at) {
        if (c == '"' && text[at] == '\\') ++at;
        if (!block && at < text.size() && text[at] == '\n') break;
      }
      at = std::min(at + closing.size(), text.size());
      continue;
    }
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if (c == '.' && ++dots > TOML_MAX_NESTED_VALUES) return at;
    if (std::string_view("\n=,[]{}").find(c) != std::string_view::npos) dots = 0;
    ++at;
  }
  return std::nullopt;
}

}  // namespace

std::string text_of_file(const std::filesystem::path& file) {
  const std::string name = file.string();
  if (const auto fault = why_no_regular_file(file)) throw CaseError(fmt::format("{}:1:1: error: {}", name, *fault));
  std::error_code unknown;
  if (const auto size = std::filesystem::file_size(file, unknown); !unknown && size > largest_case)
    throw CaseError(
        fmt::format("{}:1:1: error: a case has {} bytes at most, this file has {}", name, largest_case, size));
  std::ifstream in(file, std::ios::binary);
  if (!in) throw CaseError(fmt::format("{}:1:1: error: the file cannot be opened", name));
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

toml::table parsed_toml(const std::string& text, const std::string& file) {
  if (const auto at = first_stray_byte(text))
    throw CaseError(fmt::format("{}: error: the byte 0x{:02X} is no part of UTF-8, in which TOML is written",
                                place_in(text, *at, file), static_cast<unsigned char>(text[*at])));
  if (const auto at = too_deep_key(text))
    throw CaseError(fmt::format("{}: error: keys are nested more than {} levels deep", place_in(text, *at, file),
                                TOML_MAX_NESTED_VALUES));
  try {
    return toml::parse(std::string_view(text), std::string_view(file));
  } catch (const toml::parse_error& error) {
    throw CaseError(fmt::format("{}:{}:{}: error: {}", file, error.source().begin.line, error.source().begin.column,
                                error.description()));
  }
}

}  // namespace valleyflux
