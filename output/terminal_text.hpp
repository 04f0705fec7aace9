#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace valleyflux {

/// Columns of characters that everything printed on a terminal keeps to.
inline constexpr std::size_t terminal_columns = 80;

/// Number of characters of a UTF-8 text.
std::size_t text_width(const std::string& text);

/// A text in lines of at most `columns` characters, broken between words (a longer word anywhere); lines after the
/// first begin with `indent` spaces. Its own line ends are kept.
std::string wrapped(const std::string& text, std::size_t indent = 0, std::size_t columns = terminal_columns);

/// Plain text in aligned columns, no wider than `columns` characters; the first row is the head. Columns of numbers are
/// aligned to the right. Where it would be wider the texts are broken into several lines, and if that is not enough the
/// columns that do not fit follow below, beside the first one again.
std::string aligned(const std::vector<std::vector<std::string>>& rows, std::size_t columns = terminal_columns);

}  // namespace valleyflux
