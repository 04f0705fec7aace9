#include "output/csv_text.hpp"

#include "output/fields.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <type_traits>

namespace valleyflux {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c == '\n' ? ' ' : c);
  return out + "\"";
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  bool inside = false;
  for (std::size_t k = 0; k < line.size(); ++k) {
    if (line[k] == '"') {
      if (inside && k + 1 < line.size() && line[k + 1] == '"')
        fields.back() += line[++k];
      else
        inside = !inside;
    } else if (line[k] == ',' && !inside) {
      fields.emplace_back();
    } else {
      fields.back() += line[k];
    }
  }
  return fields;
}

namespace {

/// Lists stand in one column, with blanks between their parts.
std::string text_of(const std::vector<double>& values) {
  return fmt::format("{}", fmt::join(values, " "));
}

std::string text_of(const std::vector<TargetShare>& shares) {
  std::string text;
  for (const TargetShare& share : shares)
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", share.to, share.probability);
  return text;
}

std::vector<double> numbers_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<double> values;
  for (std::string part; in >> part;) values.push_back(std::stod(part));
  return values;
}

std::vector<TargetShare> shares_of(const std::string& text) {
  std::vector<TargetShare> shares;
  for (std::size_t first = 0; first < text.size();) {
    const std::size_t end = std::min(text.find("; ", first), text.size());
    const std::string share = text.substr(first, end - first);
    const std::size_t blank = share.rfind(' ');
    shares.push_back({share.substr(0, blank), std::stod(share.substr(blank + 1)), {}, {}});
    first = end + 2;
  }
  return shares;
}

}  // namespace

std::string csv_text(const Estimate& estimate, std::span<const std::string_view> names, CsvNumbers numbers) {
  std::vector<std::string> texts;
  for_fields_named<Estimate>(names, [&](const auto& field) {
    const auto& value = std::invoke(field.get, estimate);
    using Value = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, std::string>)
      texts.push_back(field.name == "method" ? value : quoted(value));
    else if constexpr (std::is_same_v<Value, std::optional<double>>)
      texts.push_back(!value                            ? ""
                      : numbers == CsvNumbers::shortest ? fmt::format("{}", *value)
                                                        : fmt::format("{:.17g}", *value));
    else if constexpr (std::is_same_v<Value, std::optional<long>>)
      texts.push_back(value ? fmt::format("{}", *value) : "");
    else if constexpr (std::is_same_v<Value, bool>)
      texts.emplace_back(value ? "1" : "0");
    else if constexpr (std::is_same_v<Value, std::vector<TargetShare>>)
      texts.push_back(quoted(text_of(value)));
    else if constexpr (std::is_same_v<Value, Coordinates>)
      texts.push_back(quoted(text_of(value.at)));
    else
      throw std::logic_error(fmt::format("{} fits into no column", field.name));
  });
  return fmt::format("{}", fmt::join(texts, ","));
}

Estimate estimate_of(std::span<const std::string> fields, std::span<const std::string_view> names) {
  Estimate estimate;
  std::size_t at = 0;
  for_fields_named<Estimate>(names, [&](const auto& field) {
    const std::string& text = fields[at++];
    using Member = std::invoke_result_t<decltype(field.get), Estimate&>;
    if constexpr (std::is_same_v<Member, std::string&>)
      std::invoke(field.get, estimate) = text;
    else if constexpr (std::is_same_v<Member, std::optional<double>&>)
      std::invoke(field.get, estimate) = text.empty() ? std::nullopt : std::optional(std::stod(text));
    else if constexpr (std::is_same_v<Member, bool&>)
      std::invoke(field.get, estimate) = text == "1";
    else if constexpr (std::is_same_v<Member, std::vector<TargetShare>&>)
      std::invoke(field.get, estimate) = shares_of(text);
    else if constexpr (std::is_same_v<Member, Coordinates>)
      estimate.blocked_at = numbers_of(text);  // the one place that an estimate has
    else
      throw std::logic_error(fmt::format("{} is read from no column", field.name));
  });
  return estimate;
}

}  // namespace valleyflux
