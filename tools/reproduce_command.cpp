#include "tools/commands.hpp"

#include "output/figure_data.hpp"
#include "output/figure_page.hpp"
#include "output/json.hpp"
#include "output/output_error.hpp"
#include "output/unfinished_file.hpp"
#include "problems/case/case_value.hpp"
#include "problems/case/figure_file.hpp"
#include "problems/case/nearest_name.hpp"
#include "problems/case/ready_files.hpp"
#include "tools/drawing.hpp"
#include "tools/reproduction.hpp"
#include "tools/standard_streams.hpp"
#include "tools/variation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <utility>

namespace valleyflux {

namespace {

constexpr const char* page_name = "results.md";

/// A figure, and the files that it and its cases are read from.
struct PlannedFigure {
  Figure figure;
  std::vector<std::filesystem::path> inputs;
};

/// Runs something for a panel, whose name goes before complaints about its settings.
template <class Work>
auto of_panel(const Figure& figure, const FigurePanel& panel, Work work) {
  try {
    return work();
  } catch (const CaseError& error) {
    throw CaseError(fmt::format("{}, panel \"{}\": {}", figure.name, panel.name, error.what()));
  }
}

/// Reads every panel's case as it will run, so that no fault is found when half of the figure is done.
PlannedFigure figure_of(const std::filesystem::path& file) {
  PlannedFigure planned{read_figure(file), {file}};
  const Figure& figure = planned.figure;
  std::set<std::string> held;  // keys of settings that some panel's case holds
  for (const FigurePanel& panel : figure.panels) {
    const Case definition = of_panel(figure, panel, [&] {
      Overrides overrides = panel.set;
      for (const std::string& key : panel.seed_keys) overrides.push_back(key + "=1");
      if (!panel.vary.empty()) {
        const Variation variation = variation_of(panel.vary);
        held.insert(variation.key);
        if (figure.claim != Claim::log_rate_value && *std::ranges::min_element(variation.values) <= 0)
          throw CaseError(
              fmt::format("vary {}: error: the claim \"{}\" needs positive values", panel.vary, name_of(figure.claim)));
        overrides.push_back(fmt::format("{}={}", variation.key, variation.values.front()));
      }
      return case_named(panel.case_name, overrides);
    });
    for (const auto& input : definition.inputs) planned.inputs.push_back(input);
    for (const FigureSetting& setting : figure.settings)
      if (!value_in_case(definition, setting.key).empty()) held.insert(setting.key);
  }
  for (const FigureSetting& setting : figure.settings)
    if (!held.contains(setting.key))
      throw CaseError(fmt::format("{}: error: the setting \"{}\" is of the key {}, which no panel's case holds",
                                  file.string(), setting.what, setting.key));
  return planned;
}

PlannedFigure figure_named(const std::string& name) {
  if (const auto file = ready_figure(name); !file.empty()) return figure_of(file);
  std::error_code fault;
  if (std::filesystem::exists(name, fault) || fault) return figure_of(name);
  std::vector<std::string> known = ready_figures();
  known.emplace_back("all");
  throw CaseError(
      fmt::format("reproduce: error: there is neither a file nor a figure \"{}\"; the nearest figure is "
                  "\"{}\" (known: {})",
                  name, nearest_name(name, known), fmt::join(known, ", ")));
}

}  // namespace

int reproduce_command(const ReproduceArguments& arguments) {
  std::vector<PlannedFigure> figures;
  if (arguments.name == "all")
    for (const std::string& name : ready_figures()) figures.push_back(figure_named(name));
  else
    figures.push_back(figure_named(arguments.name));
  const std::filesystem::path folder = arguments.output.empty() ? "figures" : arguments.output;
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  if (fault) throw OutputError(fmt::format("the folder {} cannot be made: {}", folder.string(), fault.message()));

  for (const auto& [figure, inputs] : figures)
    for (const std::string& ending :
         {std::string(".json"), std::string(".csv"), std::string(".md"), "." + arguments.format})
      result_target(folder / (figure.name + ending), inputs);
  if (figures.size() > 1) result_target(folder / page_name);

  const bool talks = !arguments.quiet && !arguments.json;
  Reproduction reproduction(arguments, folder);
  std::string rows, notes;
  std::vector<std::string> jsons;
  for (const PlannedFigure& planned : figures) {
    const Figure& figure = planned.figure;
    if (talks) say("{}: {}\n\n", figure.name, figure.title);
    std::vector<PanelResult> panels;
    for (const FigurePanel& panel : figure.panels) {
      auto result = of_panel(figure, panel, [&] { return reproduction.panel(figure, panel); });
      if (!result) {
        complain(fmt::format("interrupted: {} is not written", figure.name));
        return 1;
      }
      if (talks) say("{}\n{}\n", panel.name, panel_table(figure.claim, *result));
      std::fflush(stdout);
      panels.push_back(std::move(*result));
    }
    const std::filesystem::path json = folder / (figure.name + ".json"), csv = folder / (figure.name + ".csv");
    const std::string text = figure_json(figure, panels);
    write_whole(json, text);
    write_whole(csv, figure_csv(figure, panels));
    const std::string own_rows = page_rows(figure, panels), own_notes = page_notes(figure, panels);
    write_whole(folder / (figure.name + ".md"), page_head() + own_rows + "\n" + own_notes);
    if (arguments.json) jsons.push_back(text);
    const std::filesystem::path picture = folder / (figure.name + "." + arguments.format);
    const bool drawn = draw_figure(json, picture, !talks);
    if (talks) say("written to {}, {}{}\n\n", csv.string(), json.string(), drawn ? ", " + picture.string() : "");
    rows += own_rows;
    notes += own_notes;
  }
  if (figures.size() > 1) {
    const std::filesystem::path page = folder / page_name;
    write_whole(page, page_head() + rows + "\n" + notes);
    if (talks) say("{}\nwritten to {}\n", page_head() + rows, page.string());
  }
  if (arguments.json) say("{}", jsons.size() > 1 ? fmt::format("[{}]\n", fmt::join(jsons, ",")) : jsons[0]);
  return 0;
}

}  // namespace valleyflux
