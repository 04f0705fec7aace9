#include "output/figure_page.hpp"

#include "output/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace valleyflux {

namespace {

std::string shown_with_interval(const MeasuredNumber& number) {
  return fmt::format("{:.3f} {}", number.value, shown_interval(number.low, number.high));
}

/// Text in a cell of a Markdown table.
std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return text;
}

std::string setting_of(const PanelResult& result) {
  std::vector<std::string> parts{result.panel.case_name};
  if (!result.data.empty()) parts.push_back(result.data);
  for (const std::string& override_text : result.panel.set)
    if (!override_text.starts_with("escape.")) parts.push_back(override_text);  // the other columns tell the methods
  if (!result.panel.vary.empty()) parts.push_back(result.panel.vary);
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::string panel_table(Claim claim, const PanelResult& result) {
  std::string text;
  if (result.covariance) {
    text = fmt::format("correlation {}, factor {}, of all entries {:.3f}\n",
                       shown_with_interval(result.covariance->correlation),
                       shown_with_interval(result.covariance->factor), result.covariance->entry_correlation);
  } else {
    std::vector<std::vector<std::string>> rows{{result.key, "method", "rate", "95 % interval", "escapes"}};
    for (const FigurePoint& point : result.points) {
      const Estimate& estimate = point.estimate;
      const std::string rate = !estimate.rate         ? "-"
                               : *estimate.rate > 0.0 ? fmt::format("{:.5g}", *estimate.rate)
                               : estimate.log_rate    ? fmt::format("e^{:.5g}", *estimate.log_rate)
                                                      : "0";
      rows.push_back({fmt::format("{:.6g}", point.value), estimate.method, rate,
                      estimate.low && estimate.high ? shown_interval(*estimate.low, *estimate.high) : "",
                      estimate.escapes ? fmt::format("{}", *estimate.escapes) : ""});
    }
    text = aligned(rows);
  }
  if (const auto& relation = result.relation)
    text +=
        fmt::format("slope {:.4g} {}, R^2 {:.4f}, chance of such a scatter about a line {:.2g}{}\n", relation->slope,
                    shown_interval(relation->slope_low, relation->slope_high), relation->r_squared, relation->p_value,
                    claim == Claim::rate_value ? " (of log(rate) against log(value): 1 is proportional)" : "");
  for (const MethodLine& line : result.others)
    text += fmt::format("slope by {}: {:.4g}, R^2 {:.4f}\n", line.method, line.fit.slope, line.fit.r_squared);
  if (!result.stated.empty()) text += "as stated: " + result.stated + "\n";
  if (!result.data.empty()) text += "data: " + result.data + "\n";
  for (const std::string& warning : result.warnings) text += "warning: " + warning + "\n";
  return text + fmt::format("{}: {} ({:.1f} s)\n", name_of(claim), result.verdict, result.seconds);
}

std::string page_head() {
  return "| figure | panel | setting | slope (95 %) | R² | slope by other methods | verdict | s |\n"
         "|---|---|---|---|---|---|---|---|\n";
}

std::string page_rows(const Figure& figure, const std::vector<PanelResult>& panels) {
  std::string text;
  for (const PanelResult& result : panels) {
    std::string slope, r_squared;
    if (const auto& covariance = result.covariance) {
      slope = "factor " + shown_with_interval(covariance->factor);
      r_squared = "correlation " + shown_with_interval(covariance->correlation);
    } else if (const auto& relation = result.relation) {
      slope = fmt::format("{:.4g} {}", relation->slope, shown_interval(relation->slope_low, relation->slope_high));
      r_squared = fmt::format("{:.4f}", relation->r_squared);
    }
    std::vector<std::string> others;
    for (const MethodLine& line : result.others)
      others.push_back(fmt::format("{} {:.4g}", line.method, line.fit.slope));
    text += fmt::format("| {} | {} | `{}` | {} | {} | {} | {} | {:.0f} |\n", figure.name, result.panel.name,
                        cell(setting_of(result)), slope, r_squared, fmt::join(others, "<br>"), cell(result.verdict),
                        result.seconds);
  }
  return text;
}

std::string page_notes(const Figure& figure, const std::vector<PanelResult>& panels) {
  std::string text = fmt::format("### {}: {}\n\nClaim: `{}`.{}{}\n\n", figure.name, figure.title, name_of(figure.claim),
                                 figure.choice.empty() ? "" : " ", figure.choice);
  for (const PanelResult& result : panels) {
    if (result.panel.choice.empty() && result.stated.empty()) continue;
    text += fmt::format("- {}: {}", result.panel.name, result.panel.choice);
    if (!result.stated.empty())
      text += fmt::format("{}As stated (`{}`): {}.", result.panel.choice.empty() ? "" : " ",
                          fmt::join(result.panel.stated, ", "), result.stated);
    text += "\n";
  }
  return text + "\n";
}

}  // namespace valleyflux
