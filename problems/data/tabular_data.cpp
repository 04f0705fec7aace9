#include "problems/data/tabular_data.hpp"

#include "problems/data/compressed_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace valleyflux {

namespace {

struct Line {
  int number;  // from 1
  std::vector<std::string> fields;
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\""), last = text.find_last_not_of(" \t\"");
  return first == std::string_view::npos ? "" : text.substr(first, last - first + 1);
}

char separator_of(std::string_view line) {
  for (const char separator : {',', ';', '\t'})
    if (line.find(separator) != std::string_view::npos) return separator;
  return ' ';
}

std::vector<std::string> fields_of(std::string_view line, char separator) {
  std::vector<std::string> fields;
  for (;;) {
    if (separator == ' ') line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const std::size_t end = line.find(separator);
    if (separator != ' ' || !line.empty()) fields.emplace_back(trimmed(line.substr(0, end)));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + 1);
  }
}

/// The lines that hold something.
std::vector<Line> lines_of(std::string_view text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";  // that UTF-8 files may begin with
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  std::vector<Line> lines;
  std::optional<char> separator;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    text.remove_prefix(text.starts_with("\r\n") ? 2 : std::min<std::size_t>(1, text.size()));
    if (trimmed(line).empty()) continue;
    if (!separator) separator = separator_of(line);
    lines.push_back({number, fields_of(line, *separator)});
  }
  return lines;
}

std::optional<double> number_in(const std::string& field) {
  double value = 0.0;
  const char* begin = field.data() + (field.starts_with('+') ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// Numbers of columns.
class Columns {
 public:
  Columns(const std::string& file, const std::vector<std::string>& first_line) : file_(file), first_line_(first_line) {}

  std::size_t named(const std::string& name) const {
    if (name == "first") return 0;
    if (name == "last") return first_line_.size() - 1;
    const auto found = std::find(first_line_.begin(), first_line_.end(), name);
    if (found != first_line_.end()) return static_cast<std::size_t>(found - first_line_.begin());
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && end == name.data() + name.size() && number >= 1 && number <= first_line_.size())
      return number - 1;
    throw std::invalid_argument(
        fmt::format("{} has no column \"{}\": there are {}, numbered from 1", file_, name, first_line_.size()));
  }

 private:
  const std::string& file_;
  const std::vector<std::string>& first_line_;
};

/// Numbers by size, other texts after them by spelling.
bool comes_before(const std::string& a, const std::string& b) {
  const auto x = number_in(a), y = number_in(b);
  if (x && y && *x != *y) return *x < *y;
  if (!!x != !!y) return !!x;
  return a < b;
}

}  // namespace

DataSet read_tabular(const std::filesystem::path& file, const TabularOptions& options) {
  const std::string name = file.string();
  std::vector<Line> lines = lines_of(file_contents(file));
  if (lines.empty()) throw std::invalid_argument(fmt::format("{} is empty", name));
  const std::vector<std::string> first_line = lines[0].fields;
  const Columns columns(name, first_line);
  const std::size_t label = columns.named(options.label);
  std::vector<char> is_feature(first_line.size(), 1);
  is_feature[label] = 0;
  for (const std::string& column : options.without) is_feature[columns.named(column)] = 0;
  std::vector<std::size_t> features;
  for (std::size_t k = 0; k < is_feature.size(); ++k)
    if (is_feature[k]) features.push_back(k);
  if (features.empty()) throw std::invalid_argument(fmt::format("{} has no column of features", name));
  const bool headed =
      std::any_of(features.begin(), features.end(), [&](std::size_t k) { return !number_in(first_line[k]); });
  if (headed) lines.erase(lines.begin());
  if (lines.empty()) throw std::invalid_argument(fmt::format("{} holds no samples", name));

  DataSet data;
  data.features.resize(static_cast<Index>(features.size()), static_cast<Index>(lines.size()));
  for (std::size_t s = 0; s < lines.size(); ++s) {
    const Line& line = lines[s];
    if (line.fields.size() != first_line.size())
      throw std::invalid_argument(fmt::format("{}, line {}: {} fields, the first line has {}", name, line.number,
                                              line.fields.size(), first_line.size()));
    for (std::size_t k = 0; k < features.size(); ++k) {
      const auto value = number_in(line.fields[features[k]]);
      if (!value)
        throw std::invalid_argument(fmt::format("{}, line {}: \"{}\" in column {} is no finite number", name,
                                                line.number, line.fields[features[k]], features[k] + 1));
      data.features(static_cast<Index>(k), static_cast<Index>(s)) = *value;
    }
    data.classes.push_back(line.fields[label]);
  }
  const std::vector<std::string> labels = data.classes;
  std::sort(data.classes.begin(), data.classes.end(), comes_before);
  data.classes.erase(std::unique(data.classes.begin(), data.classes.end()), data.classes.end());
  std::map<std::string, int> number;
  for (std::size_t c = 0; c < data.classes.size(); ++c) number[data.classes[c]] = static_cast<int>(c);
  for (const std::string& text : labels) data.labels.push_back(number.at(text));
  return data;
}

}  // namespace valleyflux
