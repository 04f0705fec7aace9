#include "problems/case/case_parameters.hpp"

#include "problems/case/nearest_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace valleyflux {

namespace {

/// Whether a name stands in a text of the case, as expressions name parameters.
bool mentioned(const std::string& name, const toml::node& node) {
  if (const toml::table* table = node.as_table())
    return std::any_of(table->begin(), table->end(), [&](const auto& entry) {
      return entry.first.str() != "title" && mentioned(name, entry.second);
    });
  if (const toml::array* array = node.as_array())
    return std::any_of(array->begin(), array->end(), [&](const toml::node& entry) { return mentioned(name, entry); });
  return mentions(node.value<std::string>().value_or(""), name);
}

}  // namespace

Parameters read_parameters(CaseReader& root) {
  Parameters parameters;
  auto table = root.table("parameters");
  if (!table) return parameters;
  for (const std::string& name : table->unknown()) {
    const double value = table->required_number(name);
    if (const auto fault = unfit_parameter_name(name))
      table->fail(name, fmt::format("\"{}\" {}: choose another name", name, *fault));
    parameters[name] = value;
  }
  return parameters;
}

std::set<std::string> include_parameters(toml::table& root, const CaseContext& context) {
  toml::table* own = root["parameters"].as_table();
  if (!own || !own->contains("include")) return {};
  CaseReader table(context, *own, "parameters");
  const std::filesystem::path file = context.file_named(*table.text("include"));
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(file, unknown))
    table.fail("include", fmt::format("parameters.include: there is no file {}", file.string()));
  const CaseContext there{file.string(), file.parent_path(), {}};
  const toml::table other = parsed_toml(text_of_file(file), there.file);
  CaseReader reader(there, other, "");
  auto parameters = reader.table("parameters");
  if (!parameters) table.fail("include", fmt::format("parameters.include: {} has no [parameters]", file.string()));
  if (parameters->find("include")) parameters->fail("include", "a file that is included includes no other");
  std::set<std::string> included;
  own->erase("include");
  for (const auto& [name, value] : read_parameters(reader))
    if (own->insert(name, value).second) included.insert(name);
  return included;
}

std::vector<std::string> warnings_of_unused(const toml::table& root, const Parameters& parameters,
                                            const std::set<std::string>& included, const CaseContext& context) {
  std::vector<std::string> used, warnings;
  for (const auto& [name, value] : parameters)
    if (mentioned(name, root)) used.push_back(name);
  for (const auto& [name, value] : parameters) {
    if (included.contains(name) || std::find(used.begin(), used.end(), name) != used.end()) continue;
    const std::string nearest = used.empty()
                                    ? "no expression of this case names a parameter"
                                    : fmt::format("the nearest that one does is \"{}\"", nearest_name(name, used));
    if (context.overridden.contains("parameters." + name))
      throw CaseError(fmt::format("--set parameters.{0}: error: no expression names \"{0}\" ({1})", name, nearest));
    warnings.push_back(fmt::format("no expression uses parameters.{}: it does nothing ({})", name, nearest));
  }
  return warnings;
}

}  // namespace valleyflux
