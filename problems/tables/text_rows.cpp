#include "problems/tables/text_rows.hpp"

#include "problems/tables/unit_labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <system_error>
#include <tuple>
#include <utility>

namespace valleyflux {

namespace {

// Sets of characters as functions: string_view's searches ask the C library anew for each character of a table.
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

bool is_quote(char c) {
  return c == '"';
}

bool is_blank_or_quote(char c) {
  return is_blank(c) || is_quote(c);
}

bool ends_line(char c) {
  return c == '\r' || c == '\n';
}

/// How many characters stand before the first of that kind: all, if there is none.
template <class Kind>
std::size_t length_before(std::string_view text, Kind kind) {
  return static_cast<std::size_t>(std::find_if(text.begin(), text.end(), kind) - text.begin());
}

template <class Kind>
std::string_view trimmed(std::string_view text, Kind kind) {
  while (!text.empty() && kind(text.front())) text.remove_prefix(1);
  while (!text.empty() && kind(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> separated(std::string_view line, char separator) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t end = line.find(separator);
    words.push_back(trimmed(line.substr(0, end), is_blank_or_quote));
    if (end == std::string_view::npos) return words;
    line.remove_prefix(end + 1);
  }
}

/// Separated by blanks.
std::vector<std::string_view> blank_separated(std::string_view line) {
  std::vector<std::string_view> words;
  for (line = trimmed(line, is_blank); !line.empty(); line = trimmed(line, is_blank)) {
    const std::size_t end = length_before(line, is_blank);
    words.push_back(trimmed(line.substr(0, end), is_quote));
    line.remove_prefix(end);
  }
  return words;
}

/// Whether a line holds numbers with decimal commas between blanks: several words, no comma beside a blank, and in no
/// word more than one.
bool has_decimal_commas(std::string_view line) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto words = blank_separated(line);
  bool some = false;
  for (const std::string_view word : words) {
    const std::size_t comma = word.find(',');
    if (comma == std::string_view::npos) continue;
    some = true;
    if (comma == 0 || comma + 1 == word.size() || !digit(word[comma - 1]) || !digit(word[comma + 1]) ||
        word.find(',', comma + 1) != std::string_view::npos)
      return false;
  }
  return some && words.size() > 1;
}

/// A rule of asterisks, or the fields of Fortran into which numbers did not fit.
bool is_of_asterisks(std::string_view text) {
  return text.find_first_not_of("* \t") == std::string_view::npos;
}

/// What stands for no number: of people (with dashes of any length), of pandas, R and JSON, of Excel and of Fortran.
bool is_missing(std::string_view word) {
  constexpr std::array<std::string_view, 12> known{"NA",   "N/A",          "null",         "-",
                                                   "--",   "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x88\x92",
                                                   "#N/A", "#NUM!",        "#DIV/0!",      "#VALUE!"};
  return word.empty() || std::find(known.begin(), known.end(), word) != known.end() ||
         (word.size() > 1 && is_of_asterisks(word));
}

/// With a decimal point where there is a comma.
std::string dotted(std::string_view word) {
  std::string text(word);
  std::replace(text.begin(), text.end(), ',', '.');
  return text;
}

std::optional<double> field(std::string_view word) {
  return is_missing(word) ? std::numeric_limits<double>::quiet_NaN() : number_in_text(word);
}

/// Whether a word that is no number was meant to be one: it begins like it, if need be with a sign of typesetters.
bool resembles_number(std::string_view word) {
  for (const std::string_view sign : {"+", "-", "\xE2\x88\x92", "\xE2\x80\x93", "\xE2\x80\x94"})
    if (word.starts_with(sign)) {
      word.remove_prefix(sign.size());
      break;
    }
  if (word.starts_with('.')) word.remove_prefix(1);
  return !word.empty() && word[0] >= '0' && word[0] <= '9';
}

/// A line of words may stand before the numbers, but no row with a word that is damaged. Names may begin like numbers
/// (2theta) beside others that do not.
bool may_be_header(const std::vector<std::string_view>& words, const std::vector<std::optional<double>>& numbers) {
  if (numbers.front() && !is_missing(words.front())) return false;
  for (std::size_t k = 0; k < words.size(); ++k)
    if (!numbers[k] && !resembles_number(words[k])) return true;
  return false;
}

/// Without the comment behind numbers.
std::string_view without_remark(std::string_view line) {
  for (std::size_t at = 1; at < line.size(); ++at)
    if (line[at] == '#' && is_blank(line[at - 1])) return trimmed(line.substr(0, at), is_blank);
  return line;
}

bool is_comment(std::string_view line) {
  if (line.starts_with("//")) return true;
  if (std::string_view("#@!%").find(line[0]) != std::string_view::npos) return true;
  if (line[0] != ';') return false;
  // A table separated by semicolons may begin with an empty field.
  const auto words = words_of(line);
  return words.size() < 3 ||
         !std::all_of(words.begin() + 1, words.end(), [](std::string_view word) { return field(dotted(word)); });
}

/// The words of a line, with the numbers that some of them are.
struct Fields {
  std::vector<std::string_view> words;
  std::vector<std::optional<double>> numbers;
  std::size_t line = 0;
  bool commas = false;  // decimal ones

  bool any_number() const {
    return std::any_of(numbers.begin(), numbers.end(),
                       [](const auto& number) { return number && !std::isnan(*number); });
  }
  /// Whether words stand where they do in other ones.
  bool like(const Fields& other) const {
    return std::equal(numbers.begin(), numbers.end(), other.numbers.begin(), other.numbers.end(),
                      [](const auto& a, const auto& b) { return a.has_value() == b.has_value(); });
  }
};

Fields fields_of(std::string_view line, bool blanks_alone, std::size_t number) {
  Fields fields{blanks_alone ? blank_separated(line) : words_of(line),
                {},
                number,
                blanks_alone || line.find(';') != std::string_view::npos};
  std::string decimal;
  for (const std::string_view word : fields.words) {
    decimal.assign(word);
    if (fields.commas) std::replace(decimal.begin(), decimal.end(), ',', '.');
    fields.numbers.push_back(field(decimal));
  }
  return fields;
}

/// Appends the numbers of a row that holds so many and nothing else, between blanks or, where commas separate, between
/// commas: most rows of most tables, read without words. False, and nothing appended, for any other line.
bool append_plain_row(std::string_view line, std::size_t count, bool commas_separate, std::vector<double>& values) {
  const char* at = line.data();
  const char* const end = at + line.size();
  const auto pass_blanks = [&] {
    while (at != end && is_blank(*at)) ++at;
  };
  const std::size_t before = values.size();
  bool commas = false, plain = true;
  for (std::size_t k = 0; plain && k < count; ++k) {
    if (k > 0) {
      const char* const behind = at;
      pass_blanks();
      const bool comma = at != end && *at == ',';
      if (k == 1) commas = comma;
      plain = comma == commas && (comma ? commas_separate : at != behind);
      if (comma) ++at;
      pass_blanks();
    }
    double value = 0.0;
    const auto [stop, error] = std::from_chars(at, end, value);
    plain = plain && error == std::errc();
    at = stop;
    values.push_back(value);
  }
  if (plain && at == end) return true;
  values.resize(before);
  return false;
}

/// Rows as they are gathered.
class RowCollector {
 public:
  RowCollector(const TableFile& file, TextRows& rows, bool keep) : file_(file), rows_(rows), keep_(keep) {}

  /// Whether this was a row like the ones before that is all numbers.
  bool add_plain(std::string_view line, std::size_t number, bool commas_separate) {
    if (rows_.lines.empty() || !append_plain_row(line, columns_, commas_separate, values_)) return false;
    if ((points_ == 0 || commas_ > 0) && line.find('.') != std::string_view::npos) note_decimals(line, number, '.');
    rows_.lines.push_back(number);
    return true;
  }

  void add(const Fields& fields) {
    const auto wrong = std::find(fields.numbers.begin(), fields.numbers.end(), std::nullopt);
    if (wrong != fields.numbers.end()) {
      const bool names = rows_.lines.empty() && may_be_header(fields.words, fields.numbers);
      const bool among_rows = keep_ && (!names || (header_.words.size() == fields.words.size() && fields.any_number()));
      if (!names && !among_rows)
        file_.fail(fields.line, no_number(fields.words[static_cast<std::size_t>(wrong - fields.numbers.begin())]));
      if (!among_rows) return take_names(fields);
      // What was taken for names is a row if it has words and numbers where this one has them.
      if (rows_.lines.empty() && header_.like(fields)) {
        rows_.header.clear();
        append(header_);
      }
    }
    constexpr std::size_t fewest = 4;  // coordinates in the first row of a matrix whose corner is empty
    if (rows_.lines.size() == 1 && columns_ >= fewest && fields.numbers.size() == columns_ + 1 &&
        rows_.header.empty() && rows_.words.empty()) {
      rows_.header.assign(1, "");
      for (const double coordinate : values_) rows_.header.push_back(fmt::format("{}", coordinate));
      rows_.lines.clear();
      values_.clear();
    }
    append(fields);
  }

  void finish() {
    rows_.values = Eigen::Map<const Eigen::MatrixXd>(values_.data(), static_cast<Eigen::Index>(columns_),
                                                     static_cast<Eigen::Index>(rows_.lines.size()));
  }

 private:
  void take_names(const Fields& fields) {
    header_ = fields;
    std::vector<std::string> names;
    for (std::size_t k = 0; k < fields.words.size(); ++k)
      names.push_back(fields.commas && fields.numbers[k] ? dotted(fields.words[k]) : std::string(fields.words[k]));
    try {
      const auto labels = with_units(rows_.header, names);
      if (!labels) rows_.header_above = rows_.header;
      rows_.header = labels.value_or(names);
    } catch (const std::invalid_argument& error) {
      file_.fail(fields.line, error.what());
    }
  }

  /// One table has decimal points or decimal commas.
  void note_decimals(std::string_view word, std::size_t line, char sign) {
    std::size_t& first = sign == '.' ? points_ : commas_;
    if (first == 0) first = line;
    if (points_ == 0 || commas_ == 0) return;
    const auto [here, there, elsewhere] =
        sign == ',' ? std::tuple("comma", "point", points_) : std::tuple("point", "comma", commas_);
    file_.fail(line,
               fmt::format("\"{}\" has a decimal {} where line {} has a decimal {}: one table has either, else numbers "
                           "cannot be told from thousands",
                           shown_word(word), here, elsewhere, there));
  }

  void note_decimals(const Fields& fields) {
    for (std::size_t k = 0; k < fields.words.size(); ++k)
      for (const char sign : {'.', ','})
        if (fields.numbers[k] && !is_missing(fields.words[k]) && fields.words[k].find(sign) != std::string_view::npos)
          note_decimals(fields.words[k], fields.line, sign);
  }

  /// Whether the line of words is one of coordinates, but for its first.
  bool header_of_numbers() const {
    return header_.numbers.size() > 2 &&
           std::all_of(header_.numbers.begin() + 1, header_.numbers.end(), [](const auto& number) { return !!number; });
  }

  void append(const Fields& fields) {
    if (rows_.lines.empty() && header_of_numbers()) note_decimals(header_);
    note_decimals(fields);
    if (rows_.lines.empty()) columns_ = fields.numbers.size();
    if (fields.numbers.size() != columns_)
      file_.fail(fields.line, fmt::format("{} columns where the rows before have {}", fields.numbers.size(), columns_));
    for (std::size_t k = 0; k < columns_; ++k) {
      values_.push_back(fields.numbers[k].value_or(std::numeric_limits<double>::quiet_NaN()));
      if (!fields.numbers[k] && std::none_of(rows_.words.begin(), rows_.words.end(),
                                             [k](const TextRows::Word& known) { return known.column == k; }))
        rows_.words.push_back({k, fields.line, std::string(fields.words[k])});
    }
    rows_.lines.push_back(fields.line);
  }

  const TableFile& file_;
  TextRows& rows_;
  bool keep_;
  Fields header_;
  std::vector<double> values_;
  std::size_t columns_ = 0;
  std::size_t points_ = 0, commas_ = 0;  // lines of the first decimal ones
};

}  // namespace

std::vector<std::string_view> words_of(std::string_view line) {
  for (const char separator : {';', ','})
    if (line.find(separator) != std::string_view::npos) return separated(line, separator);
  return blank_separated(line);
}

TextLines::TextLines(const TableFile& file) : file_(&file), rest_(file.bytes()) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (rest_.starts_with(mark)) rest_.remove_prefix(mark.size());
}

std::optional<std::string_view> TextLines::next() {
  if (rest_.empty()) return std::nullopt;
  ++number_;
  const std::size_t end = length_before(rest_, ends_line);
  const std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end);
  rest_.remove_prefix(rest_.starts_with("\r\n") ? 2 : std::min<std::size_t>(1, rest_.size()));
  if (!file_->is_text() && line.find('\0') != std::string_view::npos) file_->fail(number_, "a byte 0: this is no text");
  return trimmed(line, is_blank);
}

TextRows text_rows(const TableFile& file, WordsAmongNumbers words, std::size_t most_rows) {
  TextRows rows;
  RowCollector collector(file, rows, words == WordsAmongNumbers::kept);
  bool ended = false, decimal_commas = false, decided = false;
  TextLines lines(file);
  while (rows.lines.size() < most_rows) {
    auto line = lines.next();
    if (!line) break;
    if (line->empty()) continue;
    if (ended) file.fail(lines.number(), "a second set of data after \"&\": one table a file can be read");
    if (*line == "&") {  // of xvg files
      ended = true;
      continue;
    }
    if (collector.add_plain(*line, lines.number(), decided && !decimal_commas)) continue;
    if (is_comment(*line)) {
      if (rows.lines.empty()) rows.comments.push_back({lines.number(), std::string(*line)});
      continue;
    }
    if (rows.lines.empty() && is_of_asterisks(*line)) continue;  // a rule above the table
    line = without_remark(*line);
    // Of blanks between them the first row with a comma tells: a CSV file that lacks one later on is damaged.
    if (!decided) decimal_commas = line->find(';') == std::string_view::npos && has_decimal_commas(*line);
    collector.add(fields_of(*line, decimal_commas, lines.number()));
    decided = decided || (!rows.lines.empty() && line->find_first_of(",;") != std::string_view::npos);
  }
  collector.finish();
  return rows;
}

void require_numbers(const TableFile& file, const TextRows& rows, const std::vector<std::size_t>& columns) {
  const TextRows::Word* first = nullptr;
  for (const TextRows::Word& word : rows.words)
    if (std::find(columns.begin(), columns.end(), word.column) != columns.end() && (!first || word.line < first->line))
      first = &word;
  if (first) file.fail(first->line, no_number(first->text));
}

}  // namespace valleyflux
