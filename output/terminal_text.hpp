#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace valleyflux {

/// Columns of characters that everything printed on a terminal keeps to.
inline constexpr std::size_t terminal_columns = 80;

/// Columns that a UTF-8 text takes on a terminal: two for characters of double width (kanji), none for those that are
/// drawn over the one before (accents).
std::size_t text_width(const std::string& text);

/// As much of the text's beginning as takes no more columns.
std::string cut_to_width(const std::string& text, std::size_t columns);

/// A text in lines of at most `columns` columns, broken between words (a longer word anywhere); lines after the first
/// begin with `indent` spaces. Its own line ends are kept.
std::string wrapped(const std::string& text, std::size_t indent = 0, std::size_t columns = terminal_columns);

/// The same, but words that are longer stay whole: paths, which are copied.
std::string wrapped_between_words(const std::string& text, std::size_t indent = 0,
                                  std::size_t columns = terminal_columns);

/// Plain text in aligned columns, no wider than `columns` characters; the first row is the head. Columns of numbers are
/// aligned to the right. Where it would be wider the texts are broken into several lines, and if that is not enough the
/// columns that do not fit follow below, beside the first one again.
std::string aligned(const std::vector<std::vector<std::string>>& rows, std::size_t columns = terminal_columns);

}  // namespace valleyflux
