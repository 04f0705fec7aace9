#include "output/figure_page.hpp"

#include "output/shown_numbers.hpp"
#include "output/terminal_text.hpp"
#include "output/warning_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

namespace valleyflux {

namespace {

constexpr int page_digits = 5;

std::string shown_with_interval(const MeasuredNumber& number) {
  return fmt::format("{:.3f} {}", number.value, shown_interval(number.low, number.high));
}

/// Text in a cell of a Markdown table.
std::string cell(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return text;
}

std::string shown_pooled(const PooledValue& pooled) {
  return fmt::format("{:.4g} {}", pooled.value, shown_interval(pooled.low, pooled.high));
}

/// "setting.key = value" of what a panel sets, but for methods and files.
std::string setting_of(const PanelResult& result) {
  std::vector<std::string> parts{result.panel.case_name};
  if (!result.data.empty()) parts.push_back(result.data);
  for (const std::string& override_text : result.panel.set)
    if (!override_text.starts_with("escape.")) parts.push_back(override_text);  // the other columns tell the methods
  if (!result.panel.vary.empty()) parts.push_back(result.panel.vary);
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string shown_bounds(const Estimate& estimate) {
  return estimate.low && estimate.high ? shown_interval(*estimate.low, *estimate.high) : "";
}

/// "; SGD's rate is 0.53 to 0.8 times it"
std::string shown_ratio(const MethodLine& line) {
  if (!line.ratio_low) return "";
  return fmt::format("; SGD's rate is {:.3g} to {:.3g} times it", *line.ratio_low, *line.ratio_high);
}

std::string rates_table(const PanelResult& result) {
  std::vector<std::vector<std::string>> rows{{result.key, "method", "rate", "95 % interval", "escapes"}};
  const bool several = result.relations.size() > 1;
  if (several) rows.front().insert(rows.front().begin() + 1, "seed");
  for (const FigurePoint& point : result.points) {
    const Estimate& estimate = point.estimate;
    rows.push_back({fmt::format("{:.6g}", point.value), estimate.method, shown_rate(estimate, page_digits),
                    shown_bounds(estimate), estimate.escapes ? fmt::format("{}", *estimate.escapes) : ""});
    if (several) rows.back().insert(rows.back().begin() + 1, fmt::format("{}", point.seed));
  }
  return aligned(rows);
}

std::string estimates_rows(const std::vector<Estimate>& estimates) {
  std::vector<std::vector<std::string>> rows{{"escape", "method", "rate", "95 % interval"}};
  for (const Estimate& estimate : estimates)
    rows.push_back({fmt::format("{} -> {}", estimate.from, estimate.to), estimate.method,
                    shown_rate(estimate, page_digits), shown_bounds(estimate)});
  return aligned(rows);
}

/// The part of a panel's name that a setting goes with: "(a)" of "(a) Avila, 2 layers", "2 layers", or all of it.
using NamePart = std::string (*)(const std::string& name);
constexpr std::array<NamePart, 3> name_parts{
    [](const std::string& name) { return name.substr(0, name.find_first_of(" ,")); },
    [](const std::string& name) {
      const std::size_t comma = name.find(", ");
      return comma == std::string::npos ? name : name.substr(comma + 2);
    },
    [](const std::string& name) { return name; }};

/// What the panels use for a setting: one value, or each with those that have it, by the shortest part of their names
/// that tells them apart.
std::string shown_used(const std::string& key, const std::vector<PanelResult>& panels) {
  std::vector<std::string> values;  // in the order of their first appearance
  std::size_t known = 0;
  for (const PanelResult& result : panels)
    if (const auto found = result.used.find(key); found != result.used.end()) {
      ++known;
      if (std::find(values.begin(), values.end(), found->second) == values.end()) values.push_back(found->second);
    }
  if (values.size() == 1 && known == panels.size()) return fmt::format("`{}`", values[0]);
  for (const NamePart part : name_parts) {
    std::map<std::string, std::string> value_of;
    std::map<std::string, std::vector<std::string>> with_value;
    bool told_apart = true;
    for (const PanelResult& result : panels) {
      const auto found = result.used.find(key);
      const std::string value = found == result.used.end() ? "" : found->second;
      const auto [entry, first] = value_of.emplace(part(result.panel.name), value);
      told_apart &= entry->second == value;
      if (first) with_value[value].push_back(entry->first);
    }
    if (!told_apart) continue;
    std::vector<std::string> parts;
    for (const std::string& value : values)
      parts.push_back(fmt::format("`{}`: {}", value, fmt::join(with_value[value], "; ")));
    return fmt::format("{}", fmt::join(parts, "<br>"));
  }
  return "";
}

}  // namespace

std::string panel_table(Claim claim, const PanelResult& result) {
  std::string text;
  if (!result.covariances.empty()) {
    for (std::size_t k = 0; k < result.covariances.size(); ++k) {
      const HessianComparison& found = result.covariances[k];
      text += fmt::format("seed {}: correlation {}, factor {}, of all entries {:.3f}\n", k + 1,
                          shown_with_interval(found.correlation), shown_with_interval(found.factor),
                          found.entry_correlation);
    }
    if (result.pooled_factor)
      text += fmt::format("over {} seeds: correlation {}, factor {}\n", result.covariances.size(),
                          shown_pooled(*result.pooled_correlation), shown_pooled(*result.pooled_factor));
  } else if (!result.points.empty()) {
    text = rates_table(result);
  } else {
    text = estimates_rows(result.estimates);
  }
  const std::string remark = claim == Claim::rate_value ? " (of log(rate) against log(value): 1 is proportional)" : "";
  if (!result.relations.empty()) {
    const auto& [seed, line] = result.relations.front();
    text += fmt::format("slope {:.4g} {}{}, R^2 {:.4f}, chance of such a scatter about a line {:.2g}{}\n", line.slope,
                        shown_interval(line.slope_low, line.slope_high),
                        result.pooled ? fmt::format(" for seed {}", seed) : "", line.r_squared, line.p_value, remark);
  }
  if (const auto& pooled = result.pooled)
    text += fmt::format("slope over {} seeds {}; from seed to seed +- {:.2g}\n", pooled->count, shown_pooled(*pooled),
                        pooled->between);
  for (const MethodLine& line : result.others)
    text += fmt::format("slope by {}: {:.4g}, R^2 {:.4f}{}\n", line.method, line.fit.slope, line.fit.r_squared,
                        shown_ratio(line));
  if (!result.data.empty()) text += "data: " + result.data + "\n";
  text += warnings_text(result.warnings);
  if (claim == Claim::landscape) return text + fmt::format("{:.1f} s\n", result.seconds);
  return text + fmt::format("{}: {} ({:.1f} s)\n", name_of(claim), result.verdict, result.seconds);
}

std::string page_head() {
  return "| figure | panel | whose | slope, one data set (95 %) | slope over seeds (95 %) | R² | other methods | "
         "verdict | "
         "s |\n|---|---|---|---|---|---|---|---|---|\n";
}

std::string page_rows(const Figure& figure, const std::vector<PanelResult>& panels) {
  std::string text;
  for (const PanelResult& result : panels) {
    std::string slope, pooled, r_squared;
    if (!result.covariances.empty()) {
      slope = "factor " + shown_with_interval(result.covariances[0].factor);
      r_squared = "correlation " + shown_with_interval(result.covariances[0].correlation);
      if (result.pooled_factor)
        pooled = fmt::format("factor {}<br>correlation {}", shown_pooled(*result.pooled_factor),
                             shown_pooled(*result.pooled_correlation));
    } else if (!result.relations.empty()) {
      const Relation& line = result.relations.front().second;
      slope = fmt::format("{:.4g} {}", line.slope, shown_interval(line.slope_low, line.slope_high));
      r_squared = fmt::format("{:.4f}", line.r_squared);
      if (result.pooled) pooled = fmt::format("{} ({})", shown_pooled(*result.pooled), result.pooled->count);
    }
    std::vector<std::string> others;
    for (const MethodLine& line : result.others)
      others.push_back(fmt::format("{} {:.4g}{}", line.method, line.fit.slope, shown_ratio(line)));
    for (const Estimate& estimate : result.estimates)
      others.push_back(fmt::format("{} → {}, {}: {} {}", estimate.from, estimate.to, estimate.method,
                                   shown_rate(estimate, page_digits), shown_bounds(estimate)));
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {:.0f} |\n", figure.name, cell(result.panel.name),
                        result.panel.ours ? "ours" : "stated", slope, pooled, r_squared, fmt::join(others, "<br>"),
                        cell(result.verdict), result.seconds);
  }
  return text;
}

std::string page_notes(const Figure& figure, const std::vector<PanelResult>& panels) {
  std::string text = fmt::format("### {}: {}\n\n", figure.name, figure.title);
  if (figure.claim != Claim::landscape) text += fmt::format("Claim: `{}`. ", name_of(figure.claim));
  text += figure.choice + "\n\n";
  if (!figure.settings.empty()) {
    text += "| what | stated | used | why |\n|---|---|---|---|\n";
    for (const FigureSetting& setting : figure.settings)
      text += fmt::format("| {} | {} | {} | {} |\n", cell(setting.what), cell(setting.stated),
                          cell(shown_used(setting.key, panels)), cell(setting.why));
    text += "\n";
  }
  for (const PanelResult& result : panels) {
    text += fmt::format("- {} (`{}`)", result.panel.name, setting_of(result));
    if (!result.panel.choice.empty()) text += ": " + result.panel.choice;
    text += "\n";
  }
  return text + "\n";
}

}  // namespace valleyflux
