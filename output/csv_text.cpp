#include "output/csv_text.hpp"

#include "output/fields.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <optional>
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

std::string csv_text(const Estimate& estimate, std::span<const std::string_view> names, CsvNumbers numbers) {
  std::vector<std::string> texts;
  for_fields_named<Estimate>(names, [&](const auto& field) {
    const auto value = std::invoke(field.get, estimate);
    using Value = std::remove_const_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, std::string>)
      texts.push_back(field.name == "method" ? value : quoted(value));
    else if constexpr (std::is_same_v<Value, std::optional<double>>)
      texts.push_back(!value                            ? ""
                      : numbers == CsvNumbers::shortest ? fmt::format("{}", *value)
                                                        : fmt::format("{:.17g}", *value));
    else if constexpr (std::is_same_v<Value, std::optional<long>>)
      texts.push_back(value ? fmt::format("{}", *value) : "");
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
    else
      throw std::logic_error(fmt::format("{} is read from no column", field.name));
  });
  return estimate;
}

}  // namespace valleyflux
