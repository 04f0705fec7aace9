#include "problems/case/figure_file.hpp"

#include "problems/case/case_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace valleyflux {

namespace {

constexpr std::array claims{
    std::pair{Claim::log_rate_value, "-log(rate) ~ value"}, std::pair{Claim::log_rate_inverse, "-log(rate) ~ 1/value"},
    std::pair{Claim::rate_value, "rate ~ value"}, std::pair{Claim::covariance_hessian, "covariance ~ |hessian|"}};

FigurePanel read_panel(CaseReader& table, Claim claim) {
  FigurePanel panel;
  panel.name = table.required_text("name");
  panel.case_name = table.required_text("case");
  panel.set = table.texts("set");
  if (auto data = table.table("data")) {
    for (const char* key : {"file", "images", "labels"})
      if (const auto name = data->text(key)) panel.data[key] = *name;
    data->finish();
  }
  panel.vary = table.text("vary").value_or("");
  if (panel.vary.empty() != (claim == Claim::covariance_hessian))
    table.fail("vary", fmt::format("{} {} a panel of the claim \"{}\"", table.name("vary"),
                                   panel.vary.empty() ? "is missing in" : "has no place in", name_of(claim)));
  panel.stated = table.texts("stated");
  panel.quick = table.texts("quick");
  panel.choice = table.text("choice").value_or("");
  table.finish();
  return panel;
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
  const Overrides set = root.texts("set"), quick = root.texts("quick");
  for (CaseReader& table : root.tables("panel")) {
    FigurePanel panel = read_panel(table, figure.claim);
    panel.set.insert(panel.set.begin(), set.begin(), set.end());
    panel.quick.insert(panel.quick.begin(), quick.begin(), quick.end());
    figure.panels.push_back(std::move(panel));
  }
  if (figure.panels.empty()) root.fail("", "a figure needs a [[panel]]");
  root.finish();
  return figure;
}

}  // namespace valleyflux
