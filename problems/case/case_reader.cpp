#include "problems/case/case_reader.hpp"

#include "problems/case/case_keys.hpp"
#include "problems/case/nearest_name.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <sstream>

namespace valleyflux {

namespace {

/// A text that is short enough to be quoted, or what stands around one of its columns.
std::string part_around(const std::string& text, std::size_t column) {
  constexpr std::size_t longest = 200, before = 40;
  if (text.size() <= longest) return text;
  const std::size_t start = column > before ? column - before : 0;
  return fmt::format("{}{}{}", start > 0 ? "..." : "", text.substr(start, 2 * before),
                     start + 2 * before < text.size() ? "..." : "");
}

}  // namespace

std::string CaseContext::place(const toml::source_region& source, const std::string& path, std::size_t shift) const {
  for (const std::string& key : overridden)
    if (path == key || path.starts_with(key + ".")) return "--set " + key;
  if (source.begin.line == 0)  // a table that stands in no file: an override made it
    for (const std::string& key : overridden)
      if (key.starts_with(path + ".")) return "--set " + key;
  return fmt::format("{}:{}:{}", file, source.begin.line, source.begin.column + shift);
}

std::filesystem::path CaseContext::file_named(const std::string& given) const {
  const std::filesystem::path path(given);
  std::error_code unknown;  // of names that are none: whoever opens the file says why
  const auto exists = [&](const std::filesystem::path& file) { return std::filesystem::exists(file, unknown); };
  files.push_back(path.is_relative() && !exists(path) && exists(directory / path) ? directory / path : path);
  return files.back();
}

std::shared_ptr<const TableFunction> CaseContext::table_named(const std::string& given, int arguments) const {
  auto& table = tables[given];
  if (!table) table = read_table_function(file_named(given));
  if (table->arguments() != arguments)
    throw std::invalid_argument(fmt::format("{} holds a table of {} dimension{}, not of {}", given, table->arguments(),
                                            table->arguments() == 1 ? "" : "s", arguments));
  return table;
}

void CaseReader::fail(const std::string& key, const std::string& message, std::size_t shift) const {
  throw CaseError(fmt::format("{}: error: {}", place(key, shift), message));
}

void CaseReader::fail_without(const std::string& key) const {
  const std::string full = name(key);
  std::string plain;  // without the numbers of [[valley]]
  for (std::string_view rest = full; !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find('.'));
    if (part.find_first_not_of("0123456789") != std::string_view::npos)
      plain += (plain.empty() ? "" : ".") + std::string(part);
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }
  for (const CaseKey& known : case_keys())
    if (stands_for(full_name(known), plain))
      fail("", fmt::format("{}: {} ({})", missing(key), known.meaning, known.values));
  fail("", missing(key));
}

std::string CaseReader::missing(const std::string& key) const {
  const std::size_t dot = path_.rfind('.');
  std::size_t entry = 0;  // of a list, from 0
  const char* const end = path_.data() + path_.size();
  if (dot == std::string::npos || std::from_chars(path_.data() + dot + 1, end, entry).ptr != end)
    return name(key) + " is missing";
  return fmt::format("[[{}]] number {} has no {}, a line \"{} = ...\" below its head", path_.substr(0, dot), entry + 1,
                     key, key);
}

std::string CaseReader::place(const std::string& key, std::size_t shift) const {
  const toml::node* node = key.empty() ? nullptr : table_->get(key);
  return context_->place(node ? node->source() : table_->source(), key.empty() ? path_ : name(key), shift);
}

const toml::node* CaseReader::find(const std::string& key) {
  known_.push_back(key);
  return table_->get(key);
}

std::optional<double> CaseReader::number(const std::string& key) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  const auto value = node->value<double>();
  if (!value || !node->is_number()) fail(key, fmt::format("{} must be a number (got {})", name(key), shown(*node)));
  if (!std::isfinite(*value)) fail(key, fmt::format("{} must be finite (got {})", name(key), *value));
  return value;
}

double CaseReader::required_number(const std::string& key) {
  const auto value = number(key);
  if (!value) fail_without(key);
  return *value;
}

std::optional<double> CaseReader::positive(const std::string& key) {
  auto value = number(key);
  if (value && !(*value > 0)) fail(key, fmt::format("{} must be positive (got {})", name(key), *value));
  return value;
}

std::optional<long> CaseReader::integer(const std::string& key, long lowest, long highest) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  const auto value = node->value_exact<std::int64_t>();
  if (!value) fail(key, fmt::format("{} must be an integer (got {})", name(key), shown(*node)));
  if (*value < lowest || *value > highest)
    fail(key, fmt::format("{} must lie between {} and {} (got {})", name(key), lowest, highest, *value));
  return static_cast<long>(*value);
}

std::optional<std::string> CaseReader::text(const std::string& key) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  auto value = node->value_exact<std::string>();
  if (!value) fail(key, fmt::format("{} must be a string (got {})", name(key), shown(*node)));
  if (value->find('\0') != std::string::npos)
    fail(key, fmt::format("{} must not hold the character U+0000", name(key)));
  return value;
}

std::vector<std::string> CaseReader::texts(const std::string& key) {
  std::vector<std::string> values;
  const toml::node* node = find(key);
  if (!node) return values;
  const toml::array* array = node->as_array();
  if (!array || (!array->empty() && !array->is_homogeneous(toml::node_type::string)))
    fail(key, fmt::format("{} must be an array of strings", name(key)));
  for (const toml::node& entry : *array) values.push_back(*entry.value<std::string>());
  return values;
}

std::optional<bool> CaseReader::boolean(const std::string& key) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  const auto value = node->value_exact<bool>();
  if (!value) fail(key, fmt::format("{} must be true or false (got {})", name(key), shown(*node)));
  return value;
}

std::string CaseReader::required_text(const std::string& key) {
  const auto value = text(key);
  if (!value) fail_without(key);
  return *value;
}

std::string CaseReader::choice(const std::string& key, const std::vector<std::string>& allowed,
                               const std::string& standard) {
  const auto value = text(key);
  if (!value) return standard;
  if (std::find(allowed.begin(), allowed.end(), *value) == allowed.end())
    fail(key, fmt::format("{} must be one of {} (got \"{}\"; the nearest is \"{}\")", name(key),
                          fmt::join(allowed, ", "), *value, nearest_name(*value, allowed)));
  return *value;
}

std::optional<std::vector<double>> CaseReader::numbers(const std::string& key, std::size_t count) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  const toml::array* array = node->as_array();
  if (!array || array->size() != count)
    fail(key, fmt::format("{} must be an array of {} number{}", name(key), count, count == 1 ? "" : "s"));
  std::vector<double> values;
  for (const toml::node& entry : *array) {
    const auto value = entry.value<double>();
    if (!value || !entry.is_number() || !std::isfinite(*value))
      throw CaseError(fmt::format("{}: error: {} must hold finite numbers (got {})",
                                  context_->place(entry.source(), name(key)), name(key), shown(entry)));
    values.push_back(*value);
  }
  return values;
}

std::optional<CaseReader> CaseReader::table(const std::string& key, const std::string& shown_as) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  if (!node->is_table()) fail(key, fmt::format("{} must be a table (got {})", name(key), shown(*node)));
  return CaseReader(*context_, *node->as_table(), name(shown_as.empty() ? key : shown_as));
}

std::vector<CaseReader> CaseReader::tables(const std::string& key) {
  std::vector<CaseReader> readers;
  const toml::node* node = find(key);
  if (!node) return readers;
  const toml::array* array = node->as_array();
  if (!array || !array->is_homogeneous(toml::node_type::table))
    fail(key, fmt::format("{0} must be an array of tables, each headed [[{0}]]", name(key)));
  for (std::size_t k = 0; k < array->size(); ++k)
    readers.emplace_back(*context_, *array->get_as<toml::table>(k), fmt::format("{}.{}", name(key), k));
  return readers;
}

Expression CaseReader::expression(const toml::node& node, const std::string& key,
                                  const std::vector<std::string>& variables, const Parameters& parameters) const {
  const auto value = node.value_exact<std::string>();
  const std::string at = name(key);
  if (!value)
    throw CaseError(fmt::format("{}: error: {} must be a string that holds an expression (got {})",
                                context_->place(node.source(), at), at, shown(node)));
  try {
    const TableSource tables = [this](const std::string& file, int arguments) {
      return context_->table_named(file, arguments);
    };
    return Expression(*value, variables, parameters, tables,
                      variables.empty() ? std::vector<std::string>{} : context_->variables);
  } catch (const ExpressionError& error) {
    throw CaseError(fmt::format("{}: error: {}: {} (column {} of \"{}\")",
                                context_->place(node.source(), at, error.column()), at, error.what(), error.column(),
                                part_around(*value, error.column())));
  }
}

std::optional<Expression> CaseReader::expression(const std::string& key, const std::vector<std::string>& variables,
                                                 const Parameters& parameters) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  return expression(*node, key, variables, parameters);
}

std::optional<double> CaseReader::quantity(const std::string& key, const Parameters& parameters) {
  const toml::node* node = table_->get(key);
  if (!node || !node->is_string()) return number(key);
  const double value = (*expression(key, {}, parameters))(Eigen::VectorXd());
  if (!std::isfinite(value)) fail(key, fmt::format("{} must be finite (got {})", name(key), value));
  return value;
}

std::optional<long> CaseReader::whole_quantity(const std::string& key, long lowest, long highest,
                                               const Parameters& parameters) {
  const toml::node* node = table_->get(key);
  if (!node || !node->is_string()) return integer(key, lowest, highest);
  const double value = *quantity(key, parameters);
  if (value != std::round(value)) fail(key, fmt::format("{} must be a whole number (got {})", name(key), value));
  if (!(value >= static_cast<double>(lowest) && value <= static_cast<double>(highest)))
    fail(key, fmt::format("{} must lie between {} and {} (got {})", name(key), lowest, highest, value));
  return static_cast<long>(value);
}

std::optional<double> CaseReader::positive_quantity(const std::string& key, const Parameters& parameters) {
  const auto value = quantity(key, parameters);
  if (value && !(*value > 0)) fail(key, fmt::format("{} must be positive (got {})", name(key), *value));
  return value;
}

std::optional<Expression> CaseReader::predicate(const std::string& key, const std::vector<std::string>& variables,
                                                const Parameters& parameters) {
  auto condition = expression(key, variables, parameters);
  if (condition && !condition->is_predicate())
    fail(key, fmt::format("{} must be a condition such as \"x < 0\" (got \"{}\")", name(key),
                          part_around(condition->text(), 0)));
  return condition;
}

std::vector<std::string> CaseReader::unknown() const {
  std::vector<std::string> keys;
  for (const auto& [key, node] : *table_)
    if (std::find(known_.begin(), known_.end(), std::string(key.str())) == known_.end()) keys.emplace_back(key.str());
  return keys;
}

void CaseReader::finish() const {
  for (const auto& [key, node] : *table_) {
    const std::string text(key.str());
    if (std::find(known_.begin(), known_.end(), text) != known_.end()) continue;
    const std::string full = name(text);
    const auto known = std::find_if(case_keys().begin(), case_keys().end(),
                                    [&](const CaseKey& one) { return full_name(one) == full; });
    if (known != case_keys().end() && known->standard.starts_with("needed by "))
      throw CaseError(fmt::format("{}: error: {} has no part in this model: it is {}",
                                  context_->place(key.source(), full), full, known->standard));
    const std::string nearest = nearest_name(text, known_);
    throw CaseError(fmt::format("{}: error: unknown key \"{}\"; the nearest known one is \"{}\"",
                                context_->place(key.source(), name(text)), name(text), name(nearest)));
  }
}

std::string CaseReader::text_without(const std::string& key) const {
  toml::table rest = *table_;
  rest.erase(key);
  std::ostringstream out;
  out << rest << "\n";
  return out.str();
}

std::string CaseReader::shown(const toml::node& node) {
  std::ostringstream out;
  node.visit([&](const auto& value) { out << value; });
  return out.str();
}

namespace {

toml::table parsed_value(const std::string& text) {
  try {
    return parsed_toml("value = " + text, "--set");
  } catch (const CaseError&) {
    toml::table table;
    table.insert("value", text);  // a bare word
    return table;
  }
}

}  // namespace

void apply_override(toml::table& root, const std::string& override_text, CaseContext& context) {
  const std::size_t equals = override_text.find('=');
  const std::string key = override_text.substr(0, equals);
  const auto wrong = [&](const std::string& message) -> CaseError {
    return CaseError(fmt::format("--set {}: error: {}", override_text, message));
  };
  if (equals == std::string::npos || equals == 0) throw wrong("must have the form table.key=value");
  std::vector<std::string> path;
  std::stringstream parts(key);
  for (std::string part; std::getline(parts, part, '.');) path.push_back(part);
  if (key.ends_with('.') || std::find(path.begin(), path.end(), "") != path.end())
    throw wrong("must have the form table.key=value");
  const auto is_number = [](const std::string& part) {
    return std::all_of(part.begin(), part.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  };
  toml::table* table = &root;
  std::string canonical;
  for (std::size_t k = 0; k + 1 < path.size(); ++k) {
    canonical += (k ? "." : "") + path[k];
    toml::node* next = table->get(path[k]);
    if (!next && is_number(path[k + 1])) throw wrong(fmt::format("the case has no [[{}]]", path[k]));
    if (!next) {
      table->insert(path[k], toml::table{});
      next = table->get(path[k]);
    }
    if (toml::array* array = next->as_array()) {
      if (k + 2 >= path.size())
        throw wrong(fmt::format("{} is a list of tables: say which one and which key", path[k]));
      const std::string& which = path[++k];
      std::size_t index = array->size();
      for (std::size_t n = 0; n < array->size(); ++n) {
        const toml::table* entry = array->get_as<toml::table>(n);
        if (which == std::to_string(n) || (entry && (*entry)["name"].value<std::string>() == which)) index = n;
      }
      if (index == array->size()) throw wrong(fmt::format("there is no {} \"{}\"", path[k - 1], which));
      canonical += "." + std::to_string(index);
      next = array->get(index);
    }
    table = next->as_table();
    if (!table) throw wrong(fmt::format("{} is no table", canonical));
  }
  const toml::table value = parsed_value(override_text.substr(equals + 1));
  value.get("value")->visit([&](const auto& node) { table->insert_or_assign(path.back(), node); });
  context.overridden.insert((canonical.empty() ? "" : canonical + ".") + path.back());
}

}  // namespace valleyflux
