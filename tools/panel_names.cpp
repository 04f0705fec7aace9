#include "tools/panel_names.hpp"

#include "problems/case/nearest_name.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>
#include <vector>

namespace valleyflux {

namespace {

/// A panel that tools/plot knows. of: what may follow its name and a colon, with an example; empty if nothing may.
/// axes: of the grid that it needs at least.
struct PanelName {
  std::string_view name;
  std::size_t axes = 0;
  std::string_view of = {}, example = {};
};

// The same as PANELS in tools/plot/panels.py.
constexpr std::array panel_names{
    PanelName{"landscape", 1},
    PanelName{"density", 1},
    PanelName{"stationary_density", 2},
    PanelName{"committor", 1, "an escape", "left-right"},
    PanelName{"current", 1, "an escape", "left-right"},
    PanelName{"drift", 1},
    PanelName{"mean_first_passage_time", 1, "an escape", "left-right"},
    PanelName{"quasi_potential", 1, "a valley", "left"},
    PanelName{"flux", 1},
    PanelName{"wall_outflow", 1},
    PanelName{"wall_outflux", 1},
    PanelName{"first_passage", 1, "a valley", "left"},
    PanelName{"exit_places", 1, "an escape", "left-right"},
    PanelName{"escape_times", 0, "a method", "langevin"},
    PanelName{"network", 1},
    PanelName{"covariance"},
    PanelName{"rates"},
};

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::string fault_of_panel(const std::string& given, std::size_t axes) {
  const std::size_t colon = given.find(':');
  const std::string name = given.substr(0, colon);
  const auto known =
      std::find_if(panel_names.begin(), panel_names.end(), [&](const PanelName& panel) { return panel.name == name; });
  if (known == panel_names.end()) {
    std::vector<std::string> names;
    for (const PanelName& panel : panel_names) names.emplace_back(panel.name);
    return fmt::format("there is no panel \"{}\"; the nearest is \"{}\" (there are: {})", given,
                       nearest_name(name, names), fmt::join(names, ", "));
  }
  if (axes < known->axes)
    return axes == 0 ? fmt::format("the panel \"{}\" needs a grid, and the case has none", name)
                     : fmt::format("the panel \"{}\" needs {} coordinates (the case has {})", name, known->axes, axes);
  if (colon == std::string::npos) return {};
  if (known->of.empty()) return fmt::format("the panel \"{}\" is one alone (got \"{}\")", name, given);
  const std::string part = given.substr(colon + 1);
  const std::size_t dash = part.find('-', 1);
  if (part.empty() || (known->of == "an escape" && (dash == std::string::npos || dash + 1 == part.size())))
    return fmt::format("the panel \"{0}\" is of {1}, such as {0}:{2} (got \"{3}\")", name, known->of, known->example,
                       given);
  return {};
}

}  // namespace

std::string fault_of_panels(const std::string& names, std::size_t axes) {
  std::istringstream list(names + ',');
  for (std::string name; std::getline(list, name, ',');)
    if (std::string fault = fault_of_panel(trimmed(name), axes); !fault.empty()) return fault;
  return {};
}

}  // namespace valleyflux
