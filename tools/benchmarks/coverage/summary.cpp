#include "tools/benchmarks/coverage/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace valleyflux::coverage {

namespace {

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0.0;
  const auto at = std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

std::string percent(int part, int whole) {
  return whole ? fmt::format("{:.1f} %", 100.0 * part / whole) : "-";
}

}  // namespace

bool silent_miss(const Judgement& row) {
  constexpr double far = 3.0;
  return row.claims() && !row.warned && !row.inside && row.excess() > far;
}

Summary summarised(const std::string& name, const std::vector<JudgedCase>& cases, const std::string& method,
                   double wanted) {
  Summary summary;
  summary.name = name;
  std::vector<double> excess, width;
  for (const JudgedCase& judged : cases) {
    ++summary.problems;
    summary.died += judged.died.has_value();
    summary.seconds += judged.seconds;
    for (const Judgement& row : judged.rows) {
      if (!method.empty() && row.truth.method != method) continue;
      ++summary.rows;
      if (!row.answered) {
        ++summary.unanswered;
        continue;
      }
      summary.bare += row.bare;
      if (!row.claims()) continue;
      ++summary.claims;
      summary.inside += row.inside;
      summary.warned += row.warned;
      summary.inside_warned += row.inside && row.warned;
      summary.silent_misses += silent_miss(row);
      summary.false_warnings += row.warned && row.error < 0.1 * wanted;
      excess.push_back(row.excess());
      width.push_back(1.0 / row.excess());
    }
  }
  summary.median_excess = quantile(excess, 0.5);
  summary.worst_percent_excess = quantile(excess, 0.99);
  summary.median_width = quantile(width, 0.5);
  return summary;
}

std::string summary_head() {
  constexpr const char* form =
      "{:<34} {:>8} {:>4} {:>5} {:>7} {:>8} {:>8} {:>8} {:>8} {:>8} {:>6} {:>8} {:>8} {:>8} {:>7}\n";
  return fmt::format(form, "", "", "", "", "without", "without", "", "inside,", "inside,", "falsely", "silent",
                     "median", "99 %", "median", "") +
         fmt::format(form, "kind", "problems", "died", "rows", "rate", "interval", "inside", "unwarned", "warned",
                     "warned", "misses", "err/half", "err/half", "half/err", "seconds");
}

std::string summary_line(const Summary& s) {
  return fmt::format(
      "{:<34} {:>8} {:>4} {:>5} {:>7} {:>8} {:>8} {:>8} {:>8} {:>8} {:>6} {:>8.2g} {:>8.2g} {:>8.2g} {:>7.1f}\n",
      s.name, s.problems, s.died, s.rows, s.unanswered, s.bare, percent(s.inside, s.claims),
      percent(s.inside - s.inside_warned, s.claims - s.warned), percent(s.inside_warned, s.warned),
      fmt::format("{}/{}", s.false_warnings, s.warned), s.silent_misses, s.median_excess, s.worst_percent_excess,
      s.median_width, s.seconds);
}

}  // namespace valleyflux::coverage
