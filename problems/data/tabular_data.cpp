#include "problems/data/tabular_data.hpp"

#include "problems/data/compressed_file.hpp"
#include "problems/data/delimited_text.hpp"
#include "problems/data/number_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <stdexcept>

namespace valleyflux {

namespace {

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
  const auto x = finite_number(a), y = finite_number(b);
  if (x && y && *x != *y) return *x < *y;
  if (!!x != !!y) return !!x;
  return a < b;
}

}  // namespace

DataSet read_tabular(const std::filesystem::path& file, const TabularOptions& options) {
  const std::string name = file.string();
  std::vector<DelimitedLine> lines = delimited_lines(file_contents(file));
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
      std::any_of(features.begin(), features.end(), [&](std::size_t k) { return !number_in_text(first_line[k]); });
  if (headed) lines.erase(lines.begin());
  if (lines.empty()) throw std::invalid_argument(fmt::format("{} holds no samples", name));

  DataSet data;
  data.features.resize(static_cast<Index>(features.size()), static_cast<Index>(lines.size()));
  for (std::size_t s = 0; s < lines.size(); ++s) {
    const DelimitedLine& line = lines[s];
    if (line.fields.size() != first_line.size())
      throw std::invalid_argument(fmt::format("{}, line {}: {} fields, the first line has {}", name, line.number,
                                              line.fields.size(), first_line.size()));
    for (std::size_t k = 0; k < features.size(); ++k) {
      const auto value = finite_number(line.fields[features[k]]);
      if (!value)
        throw std::invalid_argument(fmt::format(
            "{}, line {}: {}", name, line.number,
            no_number(line.fields[features[k]], fmt::format("in column {} is no finite number", features[k] + 1))));
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
