#include "problems/tables/text_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <system_error>

namespace valleyflux {

namespace {

constexpr std::string_view blanks = " \t\v\f";

std::string_view trimmed(std::string_view text, std::string_view edges) {
  const auto first = text.find_first_not_of(edges), last = text.find_last_not_of(edges);
  return first == std::string_view::npos ? std::string_view() : text.substr(first, last - first + 1);
}

std::vector<std::string_view> separated(std::string_view line, char separator) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t end = line.find(separator);
    words.push_back(trimmed(line.substr(0, end), " \t\""));
    if (end == std::string_view::npos) return words;
    line.remove_prefix(end + 1);
  }
}

bool is_missing(std::string_view word) {
  return word.empty() || word == "NA" || word == "N/A" || word == "null" || word == "-" || word == "--";
}

std::optional<double> field(std::string_view word) {
  return is_missing(word) ? std::numeric_limits<double>::quiet_NaN() : number_in_text(word);
}

bool is_comment(std::string_view line) {
  if (line.starts_with("//")) return true;
  if (std::string_view("#@!%").find(line[0]) != std::string_view::npos) return true;
  if (line[0] != ';') return false;
  // A table separated by semicolons may begin with an empty field.
  const auto words = words_of(line);
  return words.size() < 3 || !std::all_of(words.begin() + 1, words.end(), field);
}

}  // namespace

std::optional<double> number_in_text(std::string_view word) {
  if (word.starts_with('+')) word.remove_prefix(1);
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
  return std::nullopt;
}

std::string shown_word(std::string_view word) {
  constexpr std::size_t longest = 40;
  std::string text(word.substr(0, longest));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return !std::isprint(static_cast<unsigned char>(c)); }, '?');
  return word.size() > longest ? text + "..." : text;
}

std::vector<std::string_view> words_of(std::string_view line) {
  for (const char separator : {';', ','})
    if (line.find(separator) != std::string_view::npos) return separated(line, separator);
  std::vector<std::string_view> words;
  for (std::size_t at = 0; (at = line.find_first_not_of(blanks, at)) != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(blanks, at), line.size());
    words.push_back(trimmed(line.substr(at, end - at), "\""));
    at = end;
  }
  return words;
}

TextLines::TextLines(const TableFile& file) : file_(&file), rest_(file.bytes()) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (rest_.starts_with(mark)) rest_.remove_prefix(mark.size());
}

std::optional<std::string_view> TextLines::next() {
  if (rest_.empty()) return std::nullopt;
  ++number_;
  const std::size_t end = std::min(rest_.find_first_of("\r\n"), rest_.size());
  const std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end);
  rest_.remove_prefix(rest_.starts_with("\r\n") ? 2 : std::min<std::size_t>(1, rest_.size()));
  if (line.find('\0') != std::string_view::npos) file_->fail(number_, "a byte 0: this is no text");
  return trimmed(line, blanks);
}

TextRows text_rows(const TableFile& file, std::size_t most_rows) {
  TextRows rows;
  std::vector<double> values;
  std::size_t columns = 0;
  std::string decimal;
  bool ended = false;
  TextLines lines(file);
  while (rows.lines.size() < most_rows) {
    const auto line = lines.next();
    if (!line) break;
    if (line->empty()) continue;
    if (ended) file.fail(lines.number(), "a second set of data after \"&\": one table a file can be read");
    if (*line == "&") {  // of xvg files
      ended = true;
      continue;
    }
    if (is_comment(*line)) {
      if (rows.lines.empty()) rows.comments.emplace_back(*line);
      continue;
    }
    const auto words = words_of(*line);
    const bool commas = line->find(';') != std::string_view::npos;
    std::vector<std::optional<double>> numbers;
    for (const std::string_view word : words) {
      decimal.assign(word);
      if (commas) std::replace(decimal.begin(), decimal.end(), ',', '.');
      numbers.push_back(field(decimal));
    }
    const auto wrong = std::find(numbers.begin(), numbers.end(), std::nullopt);
    if (wrong != numbers.end()) {
      // A line of words may stand before the numbers, one with a number at its front is a damaged row.
      const bool words_first = !numbers.front() || is_missing(words.front());
      if (!rows.lines.empty() || !words_first)
        file.fail(lines.number(), fmt::format("\"{}\" is no number",
                                              shown_word(words[static_cast<std::size_t>(wrong - numbers.begin())])));
      rows.header.assign(words.begin(), words.end());
      continue;
    }
    constexpr std::size_t fewest = 4;  // coordinates in the first row of a matrix whose corner is empty
    if (rows.lines.size() == 1 && columns >= fewest && numbers.size() == columns + 1 && rows.header.empty()) {
      rows.header.assign(1, "");
      for (const double coordinate : values) rows.header.push_back(fmt::format("{}", coordinate));
      rows.lines.clear();
      values.clear();
    }
    if (rows.lines.empty()) columns = numbers.size();
    if (numbers.size() != columns)
      file.fail(lines.number(), fmt::format("{} columns where the rows before have {}", numbers.size(), columns));
    for (const auto& number : numbers) values.push_back(*number);
    rows.lines.push_back(lines.number());
  }
  rows.values = Eigen::Map<const Eigen::MatrixXd>(values.data(), static_cast<Eigen::Index>(columns),
                                                  static_cast<Eigen::Index>(rows.lines.size()));
  return rows;
}

}  // namespace valleyflux
