#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// A line of a table as text.
struct DelimitedLine {
  int number;                       // from 1
  std::vector<std::string> fields;  // without blanks and quotes around them
};

/// The lines of a text that hold something. Fields are separated by what the first of them has: commas, semicolons,
/// tabs or blanks; lines end with LF, CRLF or CR.
std::vector<DelimitedLine> delimited_lines(std::string_view text);

/// The number that a field is; nothing if it is none, or not finite.
std::optional<double> finite_number(const std::string& field);

}  // namespace valleyflux
