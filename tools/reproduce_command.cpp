#include "tools/commands.hpp"

#include "output/figure_data.hpp"
#include "output/figure_page.hpp"
#include "output/output_error.hpp"
#include "output/progress.hpp"
#include "output/unfinished_file.hpp"
#include "problems/case/figure_file.hpp"
#include "problems/case/nearest_name.hpp"
#include "problems/case/ready_files.hpp"
#include "tools/drawing.hpp"
#include "tools/interruption.hpp"
#include "tools/standard_streams.hpp"
#include "tools/sweep.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace valleyflux {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* page_name = "results.md";

/// A figure, and the files that it and its cases are read from.
struct PlannedFigure {
  Figure figure;
  std::vector<std::filesystem::path> inputs;
};

PlannedFigure figure_of(const std::filesystem::path& file) {
  PlannedFigure planned{read_figure(file), {file}};
  for (const FigurePanel& panel : planned.figure.panels)
    for (const auto& input : case_named(panel.case_name, panel.set).inputs) planned.inputs.push_back(input);
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

/// A file of the user's folder, compressed or not; empty if it is not there.
std::filesystem::path file_in(const std::filesystem::path& folder, const std::string& name) {
  std::error_code unknown;
  for (const char* ending : {"", ".gz"})
    if (const auto file = folder / (name + ending); std::filesystem::is_regular_file(file, unknown))
      return std::filesystem::absolute(file);
  return {};
}

/// A text as a string of a case file.
std::string toml_string(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

/// Runs the panels of a figure.
class Reproduction {
 public:
  explicit Reproduction(const ReproduceArguments& arguments) : arguments_(arguments) {}

  /// Nothing if Ctrl-C was pressed.
  std::optional<PanelResult> panel(const Figure& figure, const FigurePanel& panel) {
    const Clock::time_point begin = Clock::now();
    const std::string stage = figure.name + ", " + panel.name;
    PanelResult result;
    result.panel = panel;
    Overrides& settings = result.panel.set;
    if (arguments_.quick) settings.insert(settings.end(), panel.quick.begin(), panel.quick.end());
    settings.insert(settings.end(), arguments_.overrides.begin(), arguments_.overrides.end());
    Overrides common = own_data(panel, result.data);
    common.insert(common.end(), settings.begin(), settings.end());
    if (panel.vary.empty()) {
      const auto results = rates(panel.case_name, common, stage, /*escapes=*/false);
      if (!results) return std::nullopt;
      if (!results->loss || !results->loss->covariance)
        throw CaseError(fmt::format("{}: error: a panel of the claim \"{}\" needs a case with loss.covariance = true",
                                    panel.case_name, name_of(figure.claim)));
      result.covariance = results->loss->covariance;
    } else {
      const Variation variation = variation_of(panel.vary);
      result.key = variation.key;
      const bool any_value = figure.claim == Claim::log_rate_value;
      if (!any_value && *std::min_element(variation.values.begin(), variation.values.end()) <= 0)
        throw CaseError(
            fmt::format("vary {}: error: the claim \"{}\" needs positive values", panel.vary, name_of(figure.claim)));
      for (const double value : variation.values) {
        Overrides overrides = common;
        overrides.push_back(fmt::format("{}={}", variation.key, value));
        const auto results = rates(panel.case_name, overrides, fmt::format("{}: {}", stage, overrides.back()));
        if (!results) return std::nullopt;
        if (result.points.empty()) result.warnings = results->warnings;
        for (const Estimate& estimate : results->estimates) result.points.push_back({value, estimate});
      }
    }
    if (!panel.stated.empty() && !try_stated(panel, common, stage, result)) return std::nullopt;
    judge_panel(figure.claim, result);
    result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    return result;
  }

 private:
  /// What puts the user's files in the place of the panel's stand-in; told: which data these are.
  Overrides own_data(const FigurePanel& panel, std::string& told) const {
    if (panel.data.empty()) return {};
    std::vector<std::string> names, missing;
    Overrides overrides;
    for (const auto& [key, name] : panel.data) {
      names.push_back(name);
      const auto file = arguments_.data.empty() ? std::filesystem::path() : file_in(arguments_.data, name);
      if (file.empty())
        missing.push_back(name);
      else
        overrides.push_back(fmt::format("data.{}={}", key, toml_string(file.string())));
    }
    told = fmt::format("{}", fmt::join(names, ", "));
    if (missing.empty()) return overrides;
    if (!arguments_.data.empty())
      complain(fmt::format("warning: {} holds no {}: panel \"{}\" takes its stand-in", arguments_.data,
                           fmt::join(missing, ", "), panel.name));
    told = "a synthetic stand-in for " + told;
    return {};
  }

  std::optional<Results> rates(const std::string& name, const Overrides& overrides, const std::string& stage,
                               bool escapes = true) {
    Case definition = case_named(name, overrides);
    if (!escapes) definition.escapes.clear();
    Progress progress(!arguments_.quiet && !arguments_.json, "valleyflux reproduce");
    SolveObserver observer;
    observer.progress = [&](double fraction, const std::string& what) {
      interruption_.deaf();
      progress.update(fraction, stage + ": " + what);
    };
    observer.interrupted = [&] { return interruption_.asked(); };
    Results results = rates_of(definition, starts_, observer);
    if (interruption_.asked()) return std::nullopt;
    return results;
  }

  /// What the paper's own setting does. False if Ctrl-C was pressed.
  bool try_stated(const FigurePanel& panel, const Overrides& common, const std::string& stage, PanelResult& result) {
    Overrides overrides = common;
    overrides.insert(overrides.end(), panel.stated.begin(), panel.stated.end());
    const auto results = rates(panel.case_name, overrides, stage + ", as stated");
    if (!results) return false;
    std::vector<std::string> told;
    for (const Estimate& estimate : results->estimates)
      told.push_back(
          fmt::format("{} {}", estimate.method,
                      !estimate.rate         ? estimate.note
                      : *estimate.rate > 0.0 ? fmt::format("finds a rate of {:.4g}", *estimate.rate)
                      : estimate.log_rate
                          ? fmt::format("finds a rate of e^{:.5g}: nobody will ever see an escape", *estimate.log_rate)
                          : "finds a rate of 0"));
    result.stated = fmt::format("{}", fmt::join(told, "; "));
    return true;
  }

  const ReproduceArguments& arguments_;
  const Interruption interruption_;
  TrainedStarts starts_;
};

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
    for (const char* ending : {".json", ".csv", ".png"}) result_target(folder / (figure.name + ending), inputs);
  if (figures.size() > 1) result_target(folder / page_name);

  const bool talks = !arguments.quiet && !arguments.json;
  Reproduction reproduction(arguments);
  std::string rows, notes;
  std::vector<std::string> jsons;
  for (const auto& [figure, inputs] : figures) {
    if (talks) fmt::print("{}: {}\n\n", figure.name, figure.title);
    std::vector<PanelResult> panels;
    for (const FigurePanel& panel : figure.panels) {
      auto result = reproduction.panel(figure, panel);
      if (!result) {
        complain(fmt::format("interrupted: {} is not written", figure.name));
        return 1;
      }
      if (talks) fmt::print("{}\n{}\n", panel.name, panel_table(figure.claim, *result));
      std::fflush(stdout);
      panels.push_back(std::move(*result));
    }
    const std::filesystem::path json = folder / (figure.name + ".json"), csv = folder / (figure.name + ".csv");
    const std::string text = figure_json(figure, panels);
    write_whole(json, text);
    write_whole(csv, figure_csv(figure, panels));
    if (arguments.json) jsons.push_back(text);
    const std::filesystem::path picture = folder / (figure.name + ".png");
    const bool drawn = draw_figure(json, picture);
    if (talks) fmt::print("written to {}, {}{}\n\n", csv.string(), json.string(), drawn ? ", " + picture.string() : "");
    rows += page_rows(figure, panels);
    notes += page_notes(figure, panels);
  }
  if (figures.size() > 1) {
    const std::filesystem::path page = folder / page_name;
    write_whole(page, page_head() + rows + "\n" + notes);
    if (talks) fmt::print("{}\nwritten to {}\n", page_head() + rows, page.string());
  }
  if (arguments.json) fmt::print("{}", jsons.size() > 1 ? fmt::format("[{}]\n", fmt::join(jsons, ",")) : jsons[0]);
  return 0;
}

}  // namespace valleyflux
