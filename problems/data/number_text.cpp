#include "problems/data/number_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <system_error>

namespace valleyflux {

namespace {

/// A character of UTF-8 and how many bytes it takes; of bytes that are none, one byte and no code.
struct Utf8Character {
  std::optional<std::uint32_t> code;
  std::size_t bytes;
};

Utf8Character first_character(std::string_view text) {
  const auto byte = [text](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {std::nullopt, 1};
  std::uint32_t code = lead & (0x7Fu >> bytes);
  for (std::size_t k = 1; k < bytes; ++k) {
    if ((byte(k) & 0xC0u) != 0x80u) return {std::nullopt, 1};
    code = (code << 6) | (byte(k) & 0x3Fu);
  }
  constexpr std::uint32_t first_of[] = {0, 0, 0x80, 0x800, 0x10000};  // shorter ones would do below
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < first_of[bytes] || surrogate || code > 0x10FFFF) return {std::nullopt, 1};
  return {code, bytes};
}

/// Characters that are blank, join, or turn the direction of what follows.
bool is_unseen(std::uint32_t code) {
  constexpr std::uint32_t ranges[][2] = {{0x7F, 0xA0},     {0xAD, 0xAD},      {0x2000, 0x200F}, {0x2028, 0x202F},
                                         {0x205F, 0x206F}, {0x3000, 0x3000},  {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF},
                                         {0xFFF9, 0xFFFC}, {0xE0000, 0xE0FFF}};
  return code < 0x20 || std::any_of(std::begin(ranges), std::end(ranges),
                                    [code](const auto& range) { return code >= range[0] && code <= range[1]; });
}

/// Hyphen, hyphen that does not break, figure dash, en dash, minus, and those of small and full width: what text
/// processors make of the minus that was typed.
bool is_minus(std::uint32_t code) {
  constexpr std::uint32_t signs[] = {0x2010, 0x2011, 0x2012, 0x2013, 0x2212, 0xFE63, 0xFF0D};
  return std::find(std::begin(signs), std::end(signs), code) != std::end(signs);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// With the minus of ASCII for those of typesetters, and without unseen characters around it.
std::string plain_number(std::string_view word) {
  std::string plain;
  std::size_t behind_last = 0;  // of what is seen
  while (!word.empty()) {
    const Utf8Character next = first_character(word);
    const bool unseen = next.code && is_unseen(*next.code);
    if (next.code && is_minus(*next.code))
      plain += '-';
    else if (!unseen || !plain.empty())
      plain += word.substr(0, next.bytes);
    if (!unseen) behind_last = plain.size();
    word.remove_prefix(next.bytes);
  }
  return plain.substr(0, behind_last);
}

/// Of Fortran: a number that did not fit into its field.
bool is_asterisks(std::string_view word) {
  return word.size() > 1 && word.find_first_not_of('*') == std::string_view::npos;
}

/// 1.#INF, -1.#IND, 1.#QNAN0 ... of Microsoft's C library before 2015, and asterisks.
std::optional<double> without_digits(std::string_view word) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (is_asterisks(word)) return nan;
  const bool negative = word.starts_with('-');
  if (negative || word.starts_with('+')) word.remove_prefix(1);
  constexpr std::string_view start = "1.#";
  if (!word.starts_with(start)) return std::nullopt;
  word.remove_prefix(start.size());
  while (word.ends_with('0')) word.remove_suffix(1);
  if (word == "INF")
    return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  return word == "IND" || word == "QNAN" || word == "SNAN" ? std::optional(nan) : std::nullopt;
}

}  // namespace

std::optional<double> number_in_text(std::string_view word) {
  if (word.starts_with('+') && !word.starts_with("+-")) word.remove_prefix(1);
  double value = 0.0;
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, value);
  if (error == std::errc() && stop == end) return value;
  if (error == std::errc::result_out_of_range && stop == end)  // zero or infinity
    return std::strtod(std::string(word).c_str(), nullptr);
  if (error == std::errc() && (*stop == 'D' || *stop == 'd')) {
    std::string text(word);
    text[static_cast<std::size_t>(stop - word.data())] = 'e';
    return number_in_text(text);
  }
  if (!is_ascii(word)) {
    const std::string plain = plain_number(word);
    return is_ascii(plain) ? number_in_text(plain) : std::nullopt;
  }
  return without_digits(word);
}

std::string shown_word(std::string_view word) {
  constexpr std::size_t longest = 40;
  std::string text;
  for (std::size_t count = 0; !word.empty(); ++count) {
    if (count == longest) return text + "...";
    const Utf8Character next = first_character(word);
    if (!next.code || *next.code < 0x20 || *next.code == 0x7F)
      text += '?';
    else if (is_unseen(*next.code))
      text += fmt::format("<U+{:04X}>", *next.code);
    else
      text += word.substr(0, next.bytes);
    word.remove_prefix(next.bytes);
  }
  return text;
}

std::string no_number(std::string_view word, std::string_view said) {
  const std::string text = fmt::format("\"{}\" {}", shown_word(word), said);
  if (is_asterisks(word)) return text + " (Fortran prints asterisks for a number that does not fit into its field)";
  for (std::string_view rest = word; !rest.empty();) {
    const Utf8Character next = first_character(rest);
    if (next.code && *next.code >= 0x80 && !is_minus(*next.code))
      return fmt::format("{} (it holds U+{:04X}{})", text, *next.code,
                         is_unseen(*next.code) ? "" : fmt::format(", {}", rest.substr(0, next.bytes)));
    rest.remove_prefix(next.bytes);
  }
  return text;
}

}  // namespace valleyflux
