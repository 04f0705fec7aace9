#include "output/rate_tables.hpp"

#include "output/column_head.hpp"
#include "output/shown_numbers.hpp"
#include "output/terminal_text.hpp"
#include "problems/methods.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace valleyflux {

namespace {

constexpr int rate_digits = 7;

bool same_escape(const Estimate& a, const Estimate& b) {
  return a.from == b.from && a.to == b.to;
}

std::string escape_of(const Estimate& estimate) {
  return estimate.from + " -> " + estimate.to;
}

/// The first estimate of every escape, in their order.
std::vector<const Estimate*> escapes_of(const Results& results) {
  std::vector<const Estimate*> escapes;
  for (const Estimate& one : results.estimates)
    if (std::none_of(escapes.begin(), escapes.end(), [&](const auto* known) { return same_escape(*known, one); }))
      escapes.push_back(&one);
  return escapes;
}

/// The recommended rate of the same escape as `one`; none if no method found one.
const Estimate* recommended(const Results& results, const Estimate& one) {
  const auto found = std::find_if(results.estimates.begin(), results.estimates.end(),
                                  [&](const Estimate& other) { return same_escape(other, one) && other.recommended; });
  return found == results.estimates.end() ? nullptr : &*found;
}

/// The lowest bound of the rate of that escape, where no method found it; none if none bounds it.
const Estimate* bound(const Results& results, const Estimate& escape) {
  const Estimate* lowest = nullptr;
  for (const Estimate& one : results.estimates)
    if (same_escape(one, escape) && !one.rate && one.high && (!lowest || *one.high < *lowest->high)) lowest = &one;
  return lowest;
}

/// "left -> any ends in: right 0.732 +- 1e-5, far 0.268 +- 1e-5"
std::string shares_line(const Estimate& estimate) {
  std::vector<std::string> shown;
  for (const TargetShare& share : estimate.shares) {
    std::string one = fmt::format("{} {:.6g}", share.to, share.probability);
    if (share.low && share.high) one += fmt::format(" +- {:.1g}", 0.5 * (*share.high - *share.low));
    shown.push_back(std::move(one));
  }
  return fmt::format("{} ends in: {}\n", escape_of(estimate), fmt::join(shown, ", "));
}

std::string shown_note(const Estimate& estimate, const Units& units) {
  if (!estimate.transition_time) return estimate.note;
  const std::string unit = in_units("1/rate", units);
  return fmt::format("{}{}a transition itself takes {:.4g}{}", estimate.note, estimate.note.empty() ? "" : "; ",
                     *estimate.transition_time, unit == "1" ? "" : " " + unit);
}

std::string shown_distance(const Estimate& estimate, const Estimate* reference) {
  if (!reference || reference == &estimate || !reference->log_rate || !estimate.log_rate) return "";
  return shown_difference(*estimate.log_rate - *reference->log_rate);
}

/// Appends what is not among the lines yet.
void add(std::vector<std::string>& lines, std::string line) {
  if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
}

}  // namespace

std::string recommended_table(const Results& results) {
  if (results.estimates.empty()) return "";
  std::vector<std::vector<std::string>> rows{{"escape", column_head<Estimate>("rate", results.units), "rel. error",
                                              "mean " + column_head<Estimate>("time", results.units), "by"}};
  std::vector<std::string> definitions, notes, shares;
  for (const Estimate* escape : escapes_of(results)) {
    const Estimate* one = recommended(results, *escape);
    if (!one) {
      const Estimate* below = bound(results, *escape);
      rows.push_back({escape_of(*escape), below ? shown_rate(*below, rate_digits) : "-", "", "",
                      below ? below->method : "no method"});
      if (below) add(notes, escape_of(*escape) + ": " + below->note + "\n");
      continue;
    }
    rows.push_back({escape_of(*one), shown_rate(*one, rate_digits), shown_relative_error(*one),
                    one->time ? fmt::format("{:.6g}", *one->time) : "-", one->method});
    if (one->rate && *one->rate == 0.0 && !one->log_rate)
      add(notes, escape_of(*one) + ": " + one->note + "\n");
    else
      add(definitions, fmt::format("{}: {}\n", one->method, method_named(one->method).definition));
    if (one->shares.size() > 1) add(shares, shares_line(*one));
  }
  std::string text = aligned(rows);
  for (const auto* lines : {&definitions, &notes, &shares})
    for (const std::string& line : *lines) text += wrapped(line, 2);
  return text;
}

std::string estimates_table(const Results& results) {
  if (results.estimates.empty()) return "";
  std::vector<std::vector<std::string>> rows{
      {"all methods", column_head<Estimate>("rate", results.units), "rel. error", "off by"}};
  std::vector<std::string> notes;
  bool marked = false;
  for (const Estimate* escape : escapes_of(results)) {
    rows.push_back({escape_of(*escape)});
    const Estimate* reference = recommended(results, *escape);
    marked |= reference != nullptr;
    for (const Estimate& estimate : results.estimates) {
      if (!same_escape(estimate, *escape)) continue;
      std::string mark;
      if (const std::string note = shown_note(estimate, results.units); !note.empty()) {
        const auto known = std::find(notes.begin(), notes.end(), note);
        mark = fmt::format("[{}]", known - notes.begin() + 1);
        if (known == notes.end()) notes.push_back(note);
      }
      rows.push_back({"  " + estimate.method + (estimate.recommended ? " *" : ""), shown_rate(estimate, rate_digits),
                      shown_relative_error(estimate), shown_distance(estimate, reference), mark});
    }
  }
  std::string text = aligned(rows);
  if (marked) text += "* recommended: what the others are off by is against it\n";
  for (std::size_t k = 0; k < notes.size(); ++k) text += wrapped(fmt::format("[{}] {}\n", k + 1, notes[k]), 4);
  return text;
}

std::string why_no_rates(const std::vector<std::string>& valleys) {
  if (valleys.empty()) return "no rates: there is no valley to escape from";
  return valleys.size() == 1
             ? fmt::format("no rates: {} is the only valley, there is none to go over to", valleys.front())
             : "no rates: no escape is asked for";
}

std::string why_no_rates(const Results& results) {
  std::vector<std::string> valleys;
  for (const ValleyResult& valley : results.valleys) valleys.push_back(valley.name);
  return why_no_rates(valleys);
}

}  // namespace valleyflux
