#include "problems/case/axis_names.hpp"

#include "problems/case/nearest_name.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace valleyflux {

namespace {

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Why the coordinate of this number cannot be called so; nothing if it can.
std::optional<std::string> unfit_axis_name(const std::string& name, std::size_t number, std::size_t dimension,
                                           const Parameters& parameters) {
  if (name == variable_names(static_cast<int>(dimension))[number]) return std::nullopt;
  if (parameters.contains(name)) return "is a parameter as well";
  return unfit_parameter_name(name);
}

void require_fit(const std::vector<std::string>& names, const Parameters& parameters, const auto& fail) {
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (const auto fault = unfit_axis_name(names[k], k, names.size(), parameters))
      fail(names[k], fmt::format("\"{}\" {}: call the axis otherwise", names[k], *fault));
    if (std::count(names.begin(), names.end(), names[k]) > 1)
      fail(names[k], fmt::format("two coordinates are called \"{}\"", names[k]));
  }
}

/// Whether --set has made it.
bool stands_in_no_file(const CaseReader& table, const std::string& key) {
  return table.content().get(key)->source().begin.line == 0;
}

/// Moves what is in the table `from` into `into`, key by key; of keys in both, those of --set count.
void merge_axis(toml::table& from, const std::string& from_path, toml::table& into, const std::string& into_path,
                const CaseContext& context) {
  for (auto&& [key, node] : from) {
    const std::string name(key.str());
    if (into.contains(name) && !context.overridden.contains(from_path + "." + name)) {
      if (context.overridden.contains(into_path + "." + name)) continue;
      throw CaseError(fmt::format("{}: error: {}.{} is given by {}.{} already: they are the same axis",
                                  context.place(node.source(), from_path + "." + name), from_path, name, into_path,
                                  name));
    }
    node.visit([&](auto& value) { into.insert_or_assign(name, std::move(value)); });
  }
}

void rename_key(toml::table& table, const std::string& path, const std::string& from, const std::string& to,
                const CaseContext& context) {
  toml::node* node = table.get(from);
  if (!node) return;
  if (toml::node* other = table.get(to)) {
    if (!node->is_table() || !other->is_table())
      throw CaseError(fmt::format("{}: error: {}.{} and {}.{} are the same axis: give one of them",
                                  context.place(node->source(), path + "." + from), path, from, path, to));
    merge_axis(*node->as_table(), path + "." + from, *other->as_table(), path + "." + to, context);
  } else {
    node->visit([&](auto& value) { table.insert_or_assign(to, std::move(value)); });
  }
  table.erase(from);
}

}  // namespace

std::vector<std::string> written_axes(const toml::table& grid) {
  std::vector<std::pair<std::pair<toml::source_index, toml::source_index>, std::string>> keys;
  for (const auto& [key, node] : grid) {
    const toml::source_position at = key.source().begin;
    const toml::source_index line = at.line > 0 ? at.line : ~toml::source_index{};
    keys.emplace_back(std::pair{line, at.column}, std::string(key.str()));
  }
  std::stable_sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (auto& [at, name] : keys) names.push_back(std::move(name));
  return names;
}

std::vector<std::string> given_names(CaseReader& root, const Parameters& parameters) {
  if (root.find("variables")) {
    std::vector<std::string> names = root.texts("variables");
    if (names.empty()) root.fail("variables", "variables must hold the name of each coordinate: [\"phi\", \"psi\"]");
    require_fit(names, parameters,
                [&](const std::string&, const std::string& message) { root.fail("variables", message); });
    return names;
  }
  auto grid = root.table("grid");
  auto landscape = root.table("landscape");
  if (!grid || (landscape && landscape->find("file"))) return {};
  const std::vector<std::string> letters = variable_names(3);
  std::vector<std::string> written = written_axes(grid->content());
  const auto is_letter = [&](const std::string& key) { return holds(letters, key); };
  // Keys of --set name axes that the file calls otherwise.
  if (std::any_of(written.begin(), written.end(), [&](const std::string& key) { return !is_letter(key); }))
    std::erase_if(written, [&](const std::string& key) { return is_letter(key) && stands_in_no_file(*grid, key); });
  const bool any_letter = std::any_of(written.begin(), written.end(), is_letter);
  for (const std::string& key : written)
    if (!is_letter(key) && (any_letter || !grid->content().get(key)->is_table()))
      grid->fail(key, fmt::format("unknown key \"grid.{}\"; the nearest known one is \"grid.{}\"", key,
                                  nearest_name(key, letters)));
  if (any_letter || written.empty()) return {};
  constexpr std::size_t most = 2;
  if (written.size() > most)
    grid->fail(written[most], fmt::format("grid.{} is a third axis: grids have one or two", written[most]));
  require_fit(written, parameters,
              [&](const std::string& key, const std::string& message) { grid->fail(key, message); });
  return written;
}

std::vector<std::string> axis_names(CaseReader& root, const std::vector<std::string>& given,
                                    const std::vector<std::string>& of_table, int dimension,
                                    const Parameters& parameters, std::vector<std::string>& warnings) {
  std::vector<std::string> letters = variable_names(dimension);
  if (!given.empty()) {
    if (given.size() != letters.size())
      root.fail("variables", fmt::format("variables names {} coordinate{}, the case has {}", given.size(),
                                         given.size() == 1 ? "" : "s", dimension));
    return given;
  }
  if (of_table.size() != letters.size()) return letters;
  const bool nameless = of_table == letters || std::any_of(of_table.begin(), of_table.end(), [](const auto& name) {
                          return name.starts_with("column ");  // what errors call it
                        });
  if (auto grid = root.table("grid"); grid && nameless) {
    std::vector<std::string> written = written_axes(grid->content());
    const bool own = written.size() == letters.size() &&
                     std::none_of(written.begin(), written.end(), [&](const auto& key) { return holds(letters, key); });
    if (own)
      require_fit(written, parameters,
                  [&](const std::string& key, const std::string& message) { grid->fail(key, message); });
    if (own) return written;
    return letters;
  }
  if (nameless) return letters;
  for (std::size_t k = 0; k < letters.size(); ++k) {
    const bool elsewhere = of_table[k] != letters[k] && holds(letters, of_table[k]);
    if (elsewhere)
      warnings.push_back(fmt::format("the table of the landscape calls its axes {}: here they are {}, in this order",
                                     fmt::join(of_table, " and "), fmt::join(letters, " and ")));
    if (elsewhere || std::count(of_table.begin(), of_table.end(), of_table[k]) > 1) return letters;
    if (parameters.contains(of_table[k]))
      root.fail("parameters", fmt::format("the table of the landscape has an axis \"{}\", which is a parameter as "
                                          "well: name the parameter otherwise",
                                          of_table[k]));
  }
  return of_table;
}

std::vector<std::string> usable_names(std::vector<std::string> names) {
  const std::vector<std::string> letters = variable_names(static_cast<int>(names.size()));
  for (std::size_t k = 0; k < names.size(); ++k)
    if (names[k] != letters[k] && unfit_parameter_name(names[k])) names[k].clear();
  return names;
}

void use_variable_names(toml::table& root, const std::vector<std::string>& names, const CaseContext& context) {
  const std::vector<std::string> letters = variable_names(static_cast<int>(names.size()));
  for (const auto& [table, path] :
       {std::pair{root["grid"].as_table(), "grid"}, std::pair{root["units"]["length"].as_table(), "units.length"}})
    for (std::size_t k = 0; table && k < names.size(); ++k)
      if (names[k] != letters[k]) rename_key(*table, path, names[k], letters[k], context);
}

}  // namespace valleyflux
