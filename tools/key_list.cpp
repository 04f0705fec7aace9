#include "tools/key_list.hpp"

#include "output/terminal_text.hpp"
#include "problems/case/case_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace valleyflux {

namespace {

constexpr const char* all_keys = "keys";

std::string key_text(const CaseKey& key) {
  constexpr std::size_t indent = 4;
  std::string takes = fmt::format("  {}: {}", key.name == "*" ? "any name" : key.name, key.values);
  if (!key.standard.empty())
    takes += key.standard.starts_with("needed") ? fmt::format("; {}", key.standard)
                                                : fmt::format("; omitted: {}", key.standard);
  return wrapped(takes, indent) + "\n" + wrapped(fmt::format("    {}", key.meaning), indent) + "\n";
}

}  // namespace

std::string keys_text(const std::string& name) {
  const auto keys = case_keys();
  const bool exact = name == all_keys || std::any_of(keys.begin(), keys.end(), [&](const CaseKey& key) {
                       return key.table == name || full_name(key) == name;
                     });
  const auto asked = [&](std::string_view known) { return exact ? known == name : stands_for(known, name); };
  std::string text;
  for (const CaseTable& table : case_tables()) {
    std::string rows;
    for (const CaseKey& key : case_keys())
      if (key.table == table.name && (name == all_keys || asked(table.name) || asked(full_name(key))))
        rows += key_text(key);
    if (rows.empty()) continue;
    if (!text.empty()) text += "\n";
    text += wrapped(fmt::format("{}: {}", table.heading, table.meaning), 2) + "\n" + rows;
  }
  return text;
}

std::vector<std::string> key_names() {
  std::vector<std::string> names{all_keys};
  for (const CaseTable& table : case_tables())
    if (!table.name.empty()) names.emplace_back(table.name);
  for (const CaseKey& key : case_keys()) names.push_back(full_name(key));
  return names;
}

}  // namespace valleyflux
