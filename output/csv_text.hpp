#pragma once

#include "solver/results.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// A text as one field of a line of CSV: in quotes, those in it doubled, line ends as spaces.
std::string quoted(const std::string& text);

/// The fields of a line; quoted ones without their quotes.
std::vector<std::string> fields_of(const std::string& line);

/// Numbers by as few digits as tell them apart, or by 17.
enum class CsvNumbers { shortest, all_digits };

/// Fields of an estimate (fields.hpp) of these names, separated by commas; empty where they are missing. Methods, being
/// words of the program's own, stand without quotes.
std::string csv_text(const Estimate& estimate, std::span<const std::string_view> names, CsvNumbers numbers);

/// The estimate that stands in as many fields. Throws std::invalid_argument for what is no number.
Estimate estimate_of(std::span<const std::string> fields, std::span<const std::string_view> names);

}  // namespace valleyflux
