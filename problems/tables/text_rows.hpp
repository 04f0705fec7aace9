#pragma once

#include "problems/data/number_text.hpp"
#include "problems/tables/table_file.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// The words of a line, separated by semicolons (numbers may then have decimal commas), else commas, else blanks;
/// without blanks and quotes around them.
std::vector<std::string_view> words_of(std::string_view line);

/// A text line by line (LF, CRLF or CR), without a byte order mark. Throws for a byte 0: the file is no text.
class TextLines {
 public:
  explicit TextLines(const TableFile& file);
  /// The next line, without blanks around it; nothing at the end.
  std::optional<std::string_view> next();
  std::size_t number() const { return number_; }  // of that line, from 1

 private:
  const TableFile* file_;
  std::string_view rest_;
  std::size_t number_ = 0;
};

/// The rows of numbers in a text. Comments begin with # @ ; ! % or //; an empty field, NA and null are NaN.
struct TextRows {
  struct Word {
    std::size_t column, line;  // from 0, from 1
    std::string text;
  };
  struct Comment {
    std::size_t line;
    std::string text;  // with the sign that it begins with
  };
  std::vector<std::string> header;  // words of the line of words before the numbers, with_units of a second; or empty
  std::vector<std::string> header_above;  // words of the line before it, where it is no line of units; or empty
  std::vector<Comment> comments;          // before the first row
  Eigen::MatrixXd values;                 // columns x rows
  std::vector<std::size_t> lines;         // of the rows
  std::vector<Word> words;                // among the numbers: the first of each column, NaN in the values
};

/// What words among the numbers are.
enum class WordsAmongNumbers { refused, kept };

/// Numbers between blanks have decimal commas where the first row with a comma does; those of the header have dots.
/// Throws std::invalid_argument, "FILE:LINE: ...", for rows of different lengths, for words among the numbers unless
/// they are kept, for decimal points in one place and commas in another, and for names whose units in brackets are not
/// those of the line below. Reads no more rows than are wanted.
TextRows text_rows(const TableFile& file, WordsAmongNumbers words = WordsAmongNumbers::refused,
                   std::size_t most_rows = std::numeric_limits<std::size_t>::max());

/// Throws std::invalid_argument where one of these columns holds a word.
void require_numbers(const TableFile& file, const TextRows& rows, const std::vector<std::size_t>& columns);

}  // namespace valleyflux
