#include "problems/case/figure_file.hpp"

#include "problems/case/case_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace valleyflux {

namespace {

constexpr std::array claims{
    std::pair{Claim::log_rate_value, "-log(rate) ~ value"}, std::pair{Claim::log_rate_inverse, "-log(rate) ~ 1/value"},
    std::pair{Claim::rate_value, "rate ~ value"}, std::pair{Claim::covariance_hessian, "covariance ~ |hessian|"},
    std::pair{Claim::landscape, "landscape"}};

constexpr long most_seeds = 10000;

void append(Overrides& to, const Overrides& more) {
  to.insert(to.end(), more.begin(), more.end());
}

/// What a panel takes from its figure.
struct Common {
  Claim claim;
  Overrides set, quick;
  std::vector<FigurePanel> readings;  // what each adds to a panel
  std::vector<std::string> seed_keys;
  int seeds = 1;
};

int read_seeds(CaseReader& table, int standard) {
  return static_cast<int>(table.integer("seeds", 1, most_seeds).value_or(standard));
}

std::vector<FigurePanel> read_readings(CaseReader& table) {
  std::vector<FigurePanel> readings;
  for (CaseReader& reading : table.tables("reading")) {
    FigurePanel part;
    part.name = reading.required_text("name");
    part.set = reading.texts("set");
    part.ours = reading.boolean("ours").value_or(false);
    part.choice = reading.text("choice").value_or("");
    part.seeds = read_seeds(reading, 0);
    reading.finish();
    readings.push_back(std::move(part));
  }
  return readings;
}

std::vector<FigurePanel> read_panels(CaseReader& table, const Common& common) {
  FigurePanel panel;
  panel.name = table.required_text("name");
  panel.case_name = table.required_text("case");
  panel.set = common.set;
  append(panel.set, table.texts("set"));
  if (auto data = table.table("data")) {
    for (const char* key : {"file", "images", "labels"})
      if (const auto name = data->text(key)) panel.data[key] = *name;
    data->finish();
  }
  panel.vary = table.text("vary").value_or("");
  const bool varies = common.claim != Claim::covariance_hessian && common.claim != Claim::landscape;
  if (panel.vary.empty() == varies)
    table.fail("vary", fmt::format("{} {} a panel of the claim \"{}\"", table.name("vary"),
                                   varies ? "is missing in" : "has no place in", name_of(common.claim)));
  panel.ours = table.boolean("ours").value_or(false);
  panel.quick = common.quick;
  append(panel.quick, table.texts("quick"));
  panel.choice = table.text("choice").value_or("");
  panel.seed_keys = table.texts("seed_keys");
  if (panel.seed_keys.empty()) panel.seed_keys = common.seed_keys;
  panel.seeds = read_seeds(table, common.seeds);
  std::vector<FigurePanel> readings = read_readings(table);
  table.finish();
  if (readings.empty()) readings = common.readings;
  if (readings.empty()) readings.emplace_back().seeds = 0;  // nothing to add
  std::vector<FigurePanel> panels;
  for (const FigurePanel& reading : readings) {
    FigurePanel one = panel;
    if (!reading.name.empty()) one.name += ", " + reading.name;
    append(one.set, reading.set);
    one.ours |= reading.ours;
    if (reading.seeds > 0) one.seeds = reading.seeds;
    if (!reading.choice.empty()) one.choice += (one.choice.empty() ? "" : " ") + reading.choice;
    if (one.seeds > 1 && one.seed_keys.empty())
      table.fail("",
                 fmt::format("panel \"{}\" of {} seeds needs seed_keys, the keys of its case that they are put into",
                             one.name, one.seeds));
    panels.push_back(std::move(one));
  }
  return panels;
}

}  // namespace

std::string name_of(Claim claim) {
  return std::find_if(claims.begin(), claims.end(), [&](const auto& known) { return known.first == claim; })->second;
}

Figure read_figure(const std::filesystem::path& file) {
  const CaseContext context{file.string(), file.parent_path(), {}};
  const toml::table root_table = parsed_toml(text_of_file(file), file.string());
  CaseReader root(context, root_table, "");
  Figure figure;
  figure.name = file.stem().string();
  figure.title = root.required_text("title");
  std::vector<std::string> names;
  for (const auto& [claim, name] : claims) names.emplace_back(name);
  root.required_text("claim");
  const std::string claim = root.choice("claim", names, "");
  figure.claim = claims[static_cast<std::size_t>(std::find(names.begin(), names.end(), claim) - names.begin())].first;
  figure.choice = root.text("choice").value_or("");
  Common common{figure.claim,        root.texts("set"),       root.texts("quick"),
                read_readings(root), root.texts("seed_keys"), read_seeds(root, 1)};
  for (CaseReader& table : root.tables("setting")) {
    figure.settings.push_back({table.required_text("what"), table.required_text("stated"), table.required_text("key"),
                               table.text("why").value_or("")});
    table.finish();
  }
  for (CaseReader& table : root.tables("panel"))
    for (FigurePanel& panel : read_panels(table, common)) {
      for (const FigurePanel& other : figure.panels)
        if (other.name == panel.name) table.fail("name", fmt::format("there are two panels \"{}\"", panel.name));
      figure.panels.push_back(std::move(panel));
    }
  if (figure.panels.empty()) root.fail("", "a figure needs a [[panel]]");
  root.finish();
  return figure;
}

}  // namespace valleyflux
