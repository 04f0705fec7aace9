#include "problems/case/known_keys.hpp"

#include "problems/case/case_keys.hpp"
#include "problems/case/nearest_name.hpp"
#include "problems/landscapes/built_in.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace valleyflux {

namespace {

constexpr const char* any_name = "*";

/// The keys of a table, and those of tables within it; "*": of tables of any other name.
struct Keys {
  bool any = false;  // others are known as well
  std::vector<std::string> plain;
  std::map<std::string, Keys> tables;
};

/// The tree that case_keys() makes.
const Keys& known_keys() {
  static const Keys keys = [] {
    Keys all;
    for (const CaseKey& key : case_keys()) {
      Keys* table = &all;
      for (std::string_view path = key.table; !path.empty();) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        table = &table->tables[std::string(path.substr(0, dot))];
        path.remove_prefix(std::min(dot + 1, path.size()));
      }
      if (key.name == any_name)
        table->any = true;
      else
        table->plain.emplace_back(key.name);
    }
    return all;
  }();
  return keys;
}

void require_known(const toml::table& table, const Keys& keys, const std::string& path, const CaseContext& context) {
  std::vector<std::string> known = keys.plain;
  for (const auto& [name, inner] : keys.tables) known.push_back(name);
  const auto full = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
  if (path == "landscape" || path == "drift")
    if (const auto name = table["name"].value<std::string>()) {
      const auto definition = std::find_if(built_ins().begin(), built_ins().end(),
                                           [&](const BuiltIn& known_one) { return known_one.name == *name; });
      if (definition == built_ins().end()) return;  // whose parameters these are is found to be unknown first
      for (const auto& [parameter, standard] : definition->parameters) known.push_back(parameter);
    }
  for (const auto& [key, node] : table) {
    const std::string text(key.str());
    if (!keys.any && std::find(known.begin(), known.end(), text) == known.end())
      throw CaseError(fmt::format("{}: error: unknown key \"{}\"; the nearest known one is \"{}\"",
                                  context.place(key.source(), full(text)), full(text),
                                  full(nearest_name(text, known))));
    const auto own = keys.tables.find(text), inner = own == keys.tables.end() ? keys.tables.find(any_name) : own;
    if (inner == keys.tables.end()) continue;
    if (const toml::table* one = node.as_table()) require_known(*one, inner->second, full(text), context);
    if (const toml::array* several = node.as_array())
      for (std::size_t k = 0; k < several->size(); ++k)
        if (const toml::table* one = several->get_as<toml::table>(k))
          require_known(*one, inner->second, fmt::format("{}.{}", full(text), k), context);
  }
}

}  // namespace

void require_known_keys(const toml::table& root, const CaseContext& context) {
  require_known(root, known_keys(), "", context);
}

}  // namespace valleyflux
