#include "output/table.hpp"

#include "output/fields.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace valleyflux {

namespace {

constexpr int rate_digits = 7;

/// A field's name as the head of a column, with its unit where the case says it.
template <Described Owner>
std::string head(std::string_view name, const Units& units) {
  if (!describes<Owner>(name)) throw std::logic_error(fmt::format("no field is called {}", name));
  std::string text(name);
  std::replace(text.begin(), text.end(), '_', ' ');
  for_each_field<Owner>([&](const auto& field) {
    if (field.name != name || field.unit.empty() || field.unit == "1") return;
    if (const std::string unit = in_units(field.unit, units); unit != "1") text += fmt::format(" ({})", unit);
  });
  return text;
}

/// Number of characters of a UTF-8 text.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string shown_interval(const Estimate& estimate) {
  if (!estimate.low || !estimate.high || !estimate.rate || *estimate.rate == 0.0) return "";
  const double relative = 0.5 * (*estimate.high - *estimate.low) / *estimate.rate;
  return fmt::format("{:.1e}", relative);
}

/// How far a number is from a reference, by the difference of their logarithms.
std::string shown_difference(double difference) {
  constexpr double large = 0.5, huge = 100.0;
  if (std::abs(difference) > huge) return fmt::format("x e^{:.4g}", difference);
  if (std::abs(difference) > large) return fmt::format("x {:.3g}", std::exp(difference));
  const double percent = 100.0 * std::expm1(difference);
  return std::abs(percent) < 1e-3 ? fmt::format("{:+.1e} %", percent) : fmt::format("{:+.3f} %", percent);
}

std::string shown_distance(const Estimate& estimate, const Estimate* reference) {
  if (!reference || reference == &estimate || !reference->log_rate || !estimate.log_rate) return "";
  return shown_difference(*estimate.log_rate - *reference->log_rate);
}

/// The recommended rate of the same escape as `one`; none if no method found one.
const Estimate* recommended(const std::vector<Estimate>& estimates, const Estimate& one) {
  const auto found = std::find_if(estimates.begin(), estimates.end(), [&](const Estimate& other) {
    return other.from == one.from && other.to == one.to && other.recommended;
  });
  return found == estimates.end() ? nullptr : &*found;
}

/// "left -> any ends in: right 0.732 +- 1e-5, far 0.268 +- 1e-5"
std::string shares_line(const Estimate& estimate) {
  std::vector<std::string> shown;
  for (const TargetShare& share : estimate.shares) {
    std::string one = fmt::format("{} {:.6g}", share.to, share.probability);
    if (share.low && share.high) one += fmt::format(" +- {:.1g}", 0.5 * (*share.high - *share.low));
    shown.push_back(std::move(one));
  }
  return fmt::format("{} -> {} ends in: {}\n", estimate.from, estimate.to, fmt::join(shown, ", "));
}

std::string shown_note(const Estimate& estimate, const Units& units) {
  if (!estimate.transition_time) return estimate.note;
  const std::string unit = in_units("1/rate", units);
  return fmt::format("{}{}a transition itself takes {:.4g}{}", estimate.note, estimate.note.empty() ? "" : "; ",
                     *estimate.transition_time, unit == "1" ? "" : " " + unit);
}

std::string shown_eigenvalue(const std::complex<double>& value) {
  return value.imag() == 0 ? fmt::format("{:.6g}", value.real())
                           : fmt::format("{:.6g}{:+.6g}i", value.real(), value.imag());
}

}  // namespace

std::string shown_rate(const Estimate& estimate, int digits) {
  if (!estimate.rate) return "-";
  constexpr int most = 6;  // of a logarithm
  if (*estimate.rate == 0.0)
    return estimate.log_rate ? fmt::format("e^{:.{}g}", *estimate.log_rate, std::min(digits, most)) : "0";
  return fmt::format("{:.{}g}", *estimate.rate, digits);
}

std::string unsigned_zero(std::string number) {
  if (number.starts_with('-') && number.find_first_not_of("-0.") == std::string::npos) number.erase(0, 1);
  return number;
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], width(row[k]));
  }
  const auto numeric = [&](std::size_t column) {
    return std::all_of(rows.begin() + 1, rows.end(), [&](const auto& row) {
      return column >= row.size() || row[column].empty() ||
             std::string("0123456789-+x(e").find(row[column][0]) != std::string::npos;
    });
  };
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t k = 0; k < row.size(); ++k) {
      const std::string gap(widths[k] - width(row[k]), ' ');
      line += (k ? "  " : "") + (k > 0 && numeric(k) ? gap + row[k] : row[k] + gap);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string valleys_table(const Results& results) {
  std::vector<std::vector<std::string>> rows{{"valley", head<ValleyResult>("minimum", results.units),
                                              head<ValleyResult>("height", results.units),
                                              head<ValleyResult>("stationary_probability", results.units)}};
  for (const ValleyResult& valley : results.valleys) {
    std::vector<std::string> coordinates;
    for (const double x : valley.minimum) coordinates.push_back(unsigned_zero(fmt::format("{:.6f}", x)));
    rows.push_back({valley.name, valley.minimum.empty() ? "-" : fmt::format("({})", fmt::join(coordinates, ", ")),
                    valley.height ? unsigned_zero(fmt::format("{:.6g}", *valley.height)) : "-",
                    valley.stationary_probability ? fmt::format("{:.6g}", *valley.stationary_probability) : "-"});
  }
  return aligned(rows);
}

std::string estimates_table(const Results& results) {
  std::vector<std::vector<std::string>> rows{{"escape", head<Estimate>("method", results.units),
                                              head<Estimate>("rate", results.units), "rel. error",
                                              head<Estimate>("time", results.units), "off by"}};
  std::vector<std::string> notes;
  const Estimate* reference = nullptr;
  for (std::size_t k = 0; k < results.estimates.size(); ++k) {
    const Estimate& estimate = results.estimates[k];
    const bool same =
        k > 0 && results.estimates[k - 1].from == estimate.from && results.estimates[k - 1].to == estimate.to;
    if (!same) reference = recommended(results.estimates, estimate);
    std::string mark;
    if (const std::string note = shown_note(estimate, results.units); !note.empty()) {
      const auto known = std::find(notes.begin(), notes.end(), note);
      mark = fmt::format("[{}]", known - notes.begin() + 1);
      if (known == notes.end()) notes.push_back(note);
    }
    rows.push_back({same ? "" : estimate.from + " -> " + estimate.to,
                    estimate.method + (estimate.recommended ? " *" : ""), shown_rate(estimate, rate_digits),
                    shown_interval(estimate), estimate.time ? fmt::format("{:.6g}", *estimate.time) : "",
                    shown_distance(estimate, reference), mark});
  }
  std::string text = aligned(rows);
  if (std::any_of(results.estimates.begin(), results.estimates.end(), [](const auto& one) { return one.recommended; }))
    text += "* recommended: what the others are off by is against it\n";
  for (std::size_t k = 0; k < results.estimates.size(); ++k) {
    const Estimate& estimate = results.estimates[k];
    const bool first =
        k == 0 || results.estimates[k - 1].from != estimate.from || results.estimates[k - 1].to != estimate.to;
    if (first && estimate.shares.size() > 1) text += shares_line(estimate);
  }
  for (std::size_t k = 0; k < notes.size(); ++k) text += fmt::format("[{}] {}\n", k + 1, notes[k]);
  return text;
}

std::string loss_lines(const LossResult& loss) {
  std::string lines = fmt::format("loss of {} parameters over {} samples; at the start {:.6g}, |gradient| {:.3g}\n",
                                  loss.start.size(), loss.samples, loss.value, loss.gradient.norm());
  if (const auto& found = loss.covariance) {
    const auto shown = [](const MeasuredNumber& number) {
      return fmt::format("{:.4f} [{:.4f}, {:.4f}]", number.value, number.low, number.high);
    };
    lines += fmt::format(
        "covariance of one sample's gradient along the eigenvectors of the Hessian, against |h|:\n"
        "  correlation {}, factor {}; correlation of all entries {:.4f}; largest |h| {:.4g}\n",
        shown(found->correlation), shown(found->factor), found->entry_correlation, std::abs(found->eigenvalue[0]));
  }
  return lines;
}

std::string network_table(const NetworkResult& network) {
  const auto off_by = [](double value, double reference) {
    return std::isfinite(value) && reference > 0 ? shown_difference(std::log(value / reference)) : std::string("-");
  };
  std::vector<std::vector<std::string>> pairs{{"network", "rate", "rel. error", "Rule 1", "mean time", "Rule 2"}};
  const auto n = static_cast<Eigen::Index>(network.valleys.size());
  for (Eigen::Index a = 0; a < n; ++a)
    for (Eigen::Index b = 0; b < n; ++b) {
      if (a == b) continue;
      const double rate = network.rate(a, b), time = network.time(a, b);
      const double error = rate > 0 ? 0.5 * (network.high(a, b) - network.low(a, b)) / rate : 0.0;
      pairs.push_back(
          {network.valleys[static_cast<std::size_t>(a)] + " -> " + network.valleys[static_cast<std::size_t>(b)],
           std::isnan(rate) ? "-" : fmt::format("{:.6g}", rate), error > 0 ? fmt::format("{:.1e}", error) : "",
           off_by(network.rule_1_rate(a, b), rate), std::isfinite(time) ? fmt::format("{:.6g}", time) : "-",
           off_by(network.rule_2_time(a, b), time)});
    }
  std::vector<std::vector<std::string>> valleys{{"valley", "left last", "Corollary 3.2.2"}};
  for (Eigen::Index a = 0; a < n; ++a)
    valleys.push_back({network.valleys[static_cast<std::size_t>(a)], fmt::format("{:.6g}", network.probability[a]),
                       fmt::format("{:.6g}", network.escape_time_probability[a])});
  std::string text = aligned(pairs) + "\n" + aligned(valleys);
  std::vector<std::string> modes;
  for (const auto& eigenvalue : network.spectrum) modes.push_back(shown_eigenvalue(eigenvalue));
  if (!modes.empty()) text += fmt::format("modes of the network: {}\n", fmt::join(modes, ", "));
  return text;
}

std::string paths_table(const Results& results) {
  std::vector<std::vector<std::string>> rows{{"most probable path", "over", head<PathResult>("method", results.units),
                                              head<PathResult>("exponent", results.units),
                                              head<PathResult>("error", results.units)}};
  for (const PathResult& path : results.paths) {
    std::vector<std::string> saddle;
    for (const double x : path.saddle) saddle.push_back(fmt::format("{:.5f}", x));
    rows.push_back({path.from + " -> " + path.to, fmt::format("({})", fmt::join(saddle, ", ")), path.method,
                    path.exponent ? fmt::format("{:.8g}", *path.exponent) : "-",
                    path.exponent ? fmt::format("{:.1e}", path.error) : ""});
  }
  return aligned(rows);
}

std::string spectrum_line(const Results& results) {
  std::vector<std::string> shown;
  for (std::size_t k = 0; k < results.spectrum.size(); ++k) {
    shown.push_back(shown_eigenvalue(results.spectrum[k]));
    if (k < results.spectrum_error.size() && results.spectrum_error[k] > 0)
      shown.back() += fmt::format(" +- {:.1g}", results.spectrum_error[k]);
  }
  return fmt::format("leading spectrum: {}\n", fmt::join(shown, ", "));
}

std::string accuracy_line(const AccuracyResult& accuracy) {
  const std::string reached = accuracy.reached ? fmt::format("reached {:.1e}", *accuracy.reached)
                                               : std::string("no error of some rate is known");
  return fmt::format("relative error of every rate from a grid: wanted {:.1e}, {}, finest grid {} cells\n{}",
                     accuracy.wanted, reached, fmt::join(accuracy.cells, " x "),
                     accuracy.chosen ? fmt::format("grid chosen: {}\n", *accuracy.chosen) : "");
}

}  // namespace valleyflux
