#include "tools/commands.hpp"

#include "output/terminal_text.hpp"
#include "problems/case/nearest_name.hpp"
#include "problems/case/ready_files.hpp"
#include "problems/case/toml_text.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/methods.hpp"
#include "tools/key_list.hpp"
#include "tools/standard_streams.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <sstream>

namespace valleyflux {

namespace {

std::string definition_of(const BuiltIn& definition) {
  std::string text = fmt::format("{} ({}): {}\n", definition.name, definition.source, definition.summary);
  if (!definition.landscape.empty())
    text += fmt::format("landscape{}: {}\n", definition.dimension == 0 ? ", summed over the coordinates" : "",
                        definition.landscape);
  for (const std::string& component : definition.drift) text += fmt::format("drift: {}\n", component);
  for (const auto& [name, value] : definition.parameters) text += fmt::format("{} = {}\n", name, value);
  return text;
}

/// A case file, and before it, as comments, the built-in landscape or drift of the same name: what is shown stays a
/// case file.
void print_file(const std::filesystem::path& file, const std::string& name) {
  for (const BuiltIn& definition : built_ins()) {
    if (definition.name != name) continue;
    std::istringstream lines("built-in " + definition_of(definition));
    for (std::string line; std::getline(lines, line);) say("# {}\n", line);
  }
  say("{}", text_of_file(file));
}

std::string kinds_text(const Method& method) {
  std::vector<std::string> kinds;
  for (const ProblemKind kind : method.kinds) kinds.push_back(name_of(kind));
  return fmt::format("{}", fmt::join(kinds, ", "));
}

void print_definition(const Method& method) {
  say_wrapped("{}: {}\n", method.name, method.definition);
  say_wrapped("source: {}\n", method.source);
  say_wrapped("of: {}\n", kinds_text(method));
  if (const std::string need = name_of(method.need); !need.empty()) say_wrapped("needs: {}\n", need);
  if (!method.aliases.empty()) say_wrapped("also asked for by: {}\n", fmt::join(method.aliases, ", "));
}

}  // namespace

int list_command(const std::string& name) {
  std::vector<std::string> known = ready_cases();
  if (name.empty()) {
    std::vector<std::vector<std::string>> rows{{"built-in", "dimensions", "what it is"}};
    for (const BuiltIn& definition : built_ins())
      rows.push_back({definition.name, definition.dimension == 0 ? "any" : fmt::format("{}", definition.dimension),
                      definition.summary + (definition.drift.empty() ? "" : " (drift)")});
    say("{}\n", aligned(rows));
    rows = {{"ready case", "title"}};
    for (const std::string& ready : known) rows.push_back({ready, title_of(ready_case(ready))});
    say("{}\n", aligned(rows));
    rows = {{"figure", "title (valleyflux reproduce)"}};
    for (const std::string& figure : ready_figures()) rows.push_back({figure, title_of(ready_figure(figure))});
    say("{}\n", aligned(rows));
    rows = {{"method", "of", "what it is"}};
    for (const Method& method : methods()) rows.push_back({method.name, kinds_text(method), method.definition});
    say("{}\n", aligned(rows));
    say("keys of the case file: valleyflux list keys; of a table: list diffusion\n");
    return 0;
  }
  for (const auto& file : {ready_case(name), ready_figure(name)}) {
    if (file.empty()) continue;
    print_file(file, name);
    return 0;
  }
  for (const std::string& figure : ready_figures()) known.push_back(figure);
  for (const BuiltIn& definition : built_ins()) {
    if (definition.name == name) {
      say_wrapped("{}", definition_of(definition));
      return 0;
    }
    known.push_back(definition.name);
  }
  for (const Method& method : methods()) {
    if (method.name == name) {
      print_definition(method);
      if (const std::string keys = keys_text(name); !keys.empty()) say("\n{}", keys);
      return 0;
    }
    known.push_back(method.name);
  }
  if (const std::string keys = keys_text(name); !keys.empty()) {
    say("{}", keys);
    return 0;
  }
  for (const std::string& key : key_names()) known.push_back(key);
  throw std::invalid_argument(fmt::format("list: error: nothing is called \"{}\"; the nearest name is \"{}\"", name,
                                          nearest_name(name, known)));
}

}  // namespace valleyflux
