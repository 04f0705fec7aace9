#include "tools/reproduction.hpp"

#include "output/progress.hpp"
#include "problems/case/case_value.hpp"
#include "solver/run/run.hpp"
#include "tools/run_into_file.hpp"
#include "tools/standard_streams.hpp"
#include "tools/variation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace valleyflux {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int quick_seeds = 3;

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

/// A name as part of a file's: letters and digits, others as "_".
std::string file_word(const std::string& name) {
  std::string word;
  for (const char c : name)
    if (const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); plain)
      word += c;
    else if (!word.empty() && word.back() != '_')
      word += '_';
  while (word.ends_with('_')) word.pop_back();
  return word;
}

}  // namespace

std::optional<PanelResult> Reproduction::panel(const Figure& figure, const FigurePanel& panel) {
  const Clock::time_point begin = Clock::now();
  const std::string stage = figure.name + ", " + panel.name;
  PanelResult result;
  result.panel = panel;
  Overrides& settings = result.panel.set;
  if (arguments_.quick) settings.insert(settings.end(), panel.quick.begin(), panel.quick.end());
  Overrides common = own_data(panel, result.data);
  common.insert(common.end(), settings.begin(), settings.end());
  const int seeds = arguments_.seeds > 0 ? arguments_.seeds
                    : arguments_.quick   ? std::min(panel.seeds, quick_seeds)
                                         : panel.seeds;
  for (int seed = 1; seed <= (panel.seed_keys.empty() ? 1 : seeds); ++seed) {
    Overrides overrides = common;
    for (const std::string& key : panel.seed_keys) overrides.push_back(fmt::format("{}={}", key, seed));
    overrides.insert(overrides.end(), arguments_.overrides.begin(), arguments_.overrides.end());
    const std::string at = seeds > 1 ? fmt::format("{}, seed {}", stage, seed) : stage;
    const bool done = figure.claim == Claim::landscape
                          ? solve_landscape(figure, overrides, &panel - figure.panels.data() + 1, result)
                      : figure.claim == Claim::covariance_hessian ? compare_covariance(figure, overrides, at, result)
                                                                  : vary(figure, overrides, seed, at, result);
    if (!done) return std::nullopt;
  }
  settings.insert(settings.end(), arguments_.overrides.begin(), arguments_.overrides.end());
  if (figure.claim != Claim::landscape) judge_panel(figure.claim, result);
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return result;
}

/// What puts the user's files in the place of the panel's stand-in; told: which data these are.
Overrides Reproduction::own_data(const FigurePanel& panel, std::string& told) const {
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

/// What the case holds for the keys of the figure's settings.
void Reproduction::note_settings(const Figure& figure, const Case& definition, PanelResult& result) const {
  if (!result.used.empty()) return;
  for (const FigureSetting& setting : figure.settings) {
    std::string value = setting.key == result.key ? result.panel.vary.substr(result.key.size() + 1)  // "key=values"
                                                  : value_in_case(definition, setting.key);
    if (!value.empty()) result.used[setting.key] = std::move(value);
  }
}

/// Nothing if Ctrl-C was pressed.
std::optional<Results> Reproduction::rates(const Figure& figure, const Overrides& overrides, const std::string& stage,
                                           PanelResult& result, bool escapes) {
  Case definition = case_named(result.panel.case_name, overrides, arguments_.quiet || arguments_.json);
  note_settings(figure, definition, result);
  if (!escapes) definition.escapes.clear();
  Progress progress(!arguments_.quiet && !arguments_.json, "valleyflux reproduce");
  SolveObserver observer;
  observer.progress = [&](double fraction, const std::string& what) {
    interruption_.deaf();
    progress.update(fraction, stage + ": " + what);
  };
  observer.interrupted = [&] { return interruption_.asked(); };
  Results results = run(definition, {.rates_only = true}, observer, shared_);
  if (interruption_.asked()) return std::nullopt;
  return results;
}

/// Rates at all values for one seed. Methods other than SGD, which know no chance but that of the data, are asked for
/// the first seed alone. False if Ctrl-C was pressed.
bool Reproduction::vary(const Figure& figure, const Overrides& common, int seed, const std::string& stage,
                        PanelResult& result) {
  const FigurePanel& panel = result.panel;
  const Variation variation = variation_of(panel.vary);
  result.key = variation.key;
  for (const double value : variation.values) {
    Overrides overrides = common;
    overrides.push_back(fmt::format("{}={}", variation.key, value));
    const std::string at = fmt::format("{}: {}", stage, overrides.back());
    if (seed > 1) overrides.emplace_back("escape.0.methods=[\"sgd\"]");
    const auto results = rates(figure, overrides, at, result);
    if (!results) return false;
    if (result.points.empty()) result.warnings = results->warnings;
    for (const Estimate& estimate : results->estimates) {
      const Estimate& first = results->estimates.front();
      if (estimate.from != first.from || estimate.to != first.to)
        throw CaseError(
            fmt::format("{}: error: a panel varies a case of one escape, this one has {} -> {} and {} -> {}",
                        panel.case_name, first.from, first.to, estimate.from, estimate.to));
      result.points.push_back({value, estimate, seed});
    }
  }
  return true;
}

/// False if Ctrl-C was pressed.
bool Reproduction::compare_covariance(const Figure& figure, const Overrides& common, const std::string& stage,
                                      PanelResult& result) {
  const auto results = rates(figure, common, stage, result, /*escapes=*/false);
  if (!results) return false;
  if (!results->loss || !results->loss->covariance)
    throw CaseError(fmt::format("{}: error: a panel of the claim \"{}\" needs a case with loss.covariance = true",
                                result.panel.case_name, name_of(figure.claim)));
  result.covariances.push_back(*results->loss->covariance);
  return true;
}

bool Reproduction::solve_landscape(const Figure& figure, const Overrides& common, std::ptrdiff_t number,
                                   PanelResult& result) {
  RunArguments run;
  run.name = result.panel.case_name;
  run.overrides = common;
  // By number too: names may differ in what no file's name can hold.
  const std::string word = file_word(result.panel.name);
  run.output = (folder_ / fmt::format("{}_{}{}{}.h5", figure.name, number, word.empty() ? "" : "_", word)).string();
  run.quiet = arguments_.quiet || arguments_.json;
  run.command = fmt::format("valleyflux run {} -o {}", run.name, run.output);
  for (const std::string& text : common) run.command += fmt::format(" --set '{}'", text);
  const Case definition = case_named(run.name, common, arguments_.quiet || arguments_.json);
  note_settings(figure, definition, result);
  Results results = run_into_file(definition, run).results;
  result.result_file = std::filesystem::path(run.output).filename().string();
  result.estimates = std::move(results.estimates);
  result.warnings = std::move(results.warnings);
  return !interruption_.asked();
}

}  // namespace valleyflux
