#include "output/report/report_content.hpp"

#include "output/output_error.hpp"
#include "output/rate_tables.hpp"
#include "output/report/field_content.hpp"
#include "output/report/report_words.hpp"
#include "output/warning_groups.hpp"
#include "problems/expressions/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

using Json = nlohmann::ordered_json;

/// A dataset over a scale of so many entries; NaN throughout where there is none, as of older files.
std::vector<double> column(const StoredResult& result, const std::string& name, std::size_t count) {
  if (!result.has(name)) return std::vector<double>(count, std::numeric_limits<double>::quiet_NaN());
  std::vector<double> values = result.numbers(name);
  if (values.size() != count)
    throw OutputError(fmt::format("the result's dataset {} has {} values instead of {}", name, values.size(), count));
  return values;
}

std::vector<std::string> text_column(const StoredResult& result, const std::string& name, std::size_t count) {
  std::vector<std::string> values = result.texts(name);
  if (!values.empty() && values.size() != count)
    throw OutputError(fmt::format("the result's dataset {} has {} texts instead of {}", name, values.size(), count));
  values.resize(count);
  return values;
}

Json estimates(const StoredResult& result) {
  const std::vector<std::string> labels = result.texts("estimate"), valleys = result.texts("valley");
  const std::size_t count = labels.size();
  const auto texts = [&](const char* name) { return text_column(result, fmt::format("estimate_{}", name), count); };
  const auto from = texts("from"), to = texts("to"), method = texts("method"), note = texts("note");
  const std::vector<double> recommended = column(result, "estimate_recommended", count),
                            shares = column(result, "estimate_share", count * valleys.size());
  Json rows = Json::array();
  for (std::size_t k = 0; k < count; ++k) {
    const RateWords words = words_of(from[k], to[k], method[k]);
    Json row{{"label", labels[k]},     {"from", from[k]},           {"to", to[k]},
             {"method", method[k]},    {"note", note[k]},           {"recommended", recommended[k] > 0},
             {"theory", words.theory}, {"ends", words.ends},        {"definition", words.definition},
             {"source", words.source}, {"interval", words.interval}};
    for (std::size_t v = 0; v < valleys.size(); ++v)
      if (const double share = shares[k * valleys.size() + v]; std::isfinite(share))
        row["shares"].push_back({{"to", valleys[v]}, {"probability", share}});
    rows.push_back(row);
  }
  for (const char* name : {"rate", "low", "high", "time", "log_rate"}) {
    const std::vector<double> values = column(result, fmt::format("estimate_{}", name), count);
    for (std::size_t k = 0; k < count; ++k) rows[k][name] = values[k];
  }
  return rows;
}

Json valleys(const StoredResult& result) {
  const std::vector<std::string> names = result.texts("valley");
  const std::size_t count = names.size();
  Json rows = Json::array();
  for (const std::string& name : names) rows.push_back({{"name", name}, {"minimum", Json::array()}});
  for (const char* name : {"height", "stationary_probability", "stationary_low", "stationary_high"}) {
    const std::vector<double> values = column(result, fmt::format("valley_{}", name), count);
    for (std::size_t k = 0; k < count; ++k) rows[k][name] = values[k];
  }
  const std::vector<std::string> all = result.names();
  const auto dimension = std::count_if(all.begin(), all.end(),
                                       [](const std::string& name) { return name.starts_with("valley_minimum_"); });
  for (const std::string& coordinate : variable_names(static_cast<int>(dimension))) {
    const std::vector<double> values = column(result, "valley_minimum_" + coordinate, count);
    for (std::size_t k = 0; k < count; ++k) rows[k]["minimum"].push_back(values[k]);
  }
  return rows;
}

Json network(const StoredResult& result) {
  const std::vector<std::string> names = result.texts("network_valley");
  if (names.size() < 2) return nullptr;
  Json found{{"valleys", names}};
  for (const char* name : {"rate", "low", "high", "time"}) {
    const std::vector<double> values = column(result, fmt::format("network_{}", name), names.size() * names.size());
    Json rows = Json::array();
    for (std::size_t k = 0; k < names.size(); ++k) {
      const auto start = values.begin() + static_cast<std::ptrdiff_t>(k * names.size());
      rows.push_back(std::vector<double>(start, start + static_cast<std::ptrdiff_t>(names.size())));
    }
    found[name] = rows;
  }
  found["probability"] = column(result, "network_probability", names.size());
  return found;
}

/// Curves of the most probable paths over the plane.
Json paths(const StoredResult& result) {
  Json all = Json::array();
  if (!result.has("path_x") || !result.has("path_y")) return all;
  const std::vector<Index> shape = result.shape("path_x");
  for (Index k = 0; k < shape.at(0); ++k)
    all.push_back({{"x", result.row("path_x", k)}, {"y", result.row("path_y", k)}});
  return all;
}

/// The ends of an escape, whose rows in the file begin with its label; of several the densities by end.
Json targets(const StoredResult& result, const std::string& from, const std::string& to) {
  Json all = Json::array();
  if (!result.has("first_passage_target")) return all;
  const std::vector<std::string> labels = result.texts("first_passage_target"),
                                 names = text_column(result, "first_passage_target_name", labels.size());
  const std::vector<double> probability = column(result, "first_passage_target_probability", labels.size()),
                            mean = column(result, "first_passage_target_mean", labels.size());
  for (std::size_t k = 0; k < labels.size(); ++k) {
    if (labels[k] != fmt::format("{}->{}:{}", from, to, names[k])) continue;
    all.push_back({{"name", names[k]}, {"probability", probability[k]}, {"mean", mean[k]}});
    const std::string density = fmt::format("first_passage_target_density_{}_{}_{}", from, to, names[k]);
    if (result.has(density)) all.back()["density"] = result.numbers(density);
  }
  return all;
}

/// Where an escape leaves: places over the plane with their probability and what each leads to, but for those that are
/// hardly ever taken.
Json exits(const StoredResult& result, const std::string& from, const std::string& to) {
  constexpr double least = 1e-3;  // of the largest probability
  const auto of = [&](const char* part) { return fmt::format("first_passage_exit_{}_{}_{}", part, from, to); };
  Json all = Json::array();
  if (!result.has(of("x")) || !result.has(of("y"))) return all;
  const std::vector<double> x = result.numbers(of("x")), y = result.numbers(of("y")),
                            probability = result.numbers(of("probability"));
  const std::vector<std::string> targets = result.texts(of("target"));
  const double largest = *std::max_element(probability.begin(), probability.end());
  for (std::size_t k = 0; k < probability.size(); ++k)
    if (probability[k] > least * largest)
      all.push_back({{"x", x[k]}, {"y", y[k]}, {"probability", probability[k]}, {"target", targets[k]}});
  return all;
}

Json first_passages(const StoredResult& result) {
  Json all = Json::array();
  if (!result.has("first_passage_time")) return all;
  const std::vector<std::string> from = result.texts("first_passage_from"), to = result.texts("first_passage_to");
  for (std::size_t k = 0; k < std::min(from.size(), to.size()); ++k) {
    const std::string name = fmt::format("first_passage_density_{}_{}", from[k], to[k]);
    all.push_back({{"from", from[k]},
                   {"to", to[k]},
                   {"unit", result.attribute(name, "units")},
                   {"time_unit", result.attribute("first_passage_time", "units")},
                   {"time", result.numbers("first_passage_time")},
                   {"density", result.numbers(name)},
                   {"targets", targets(result, from[k], to[k])},
                   {"exits", exits(result, from[k], to[k])}});
  }
  return all;
}

Json accuracy(const StoredResult& result) {
  Json found = Json::object();
  for (const char* name : {"wanted", "reached", "cells"})
    if (const auto values = result.attribute_numbers(fmt::format("accuracy_{}", name)); !values.empty())
      found[name] = values;
  found["chosen"] = result.attribute("accuracy_chosen");
  return found;
}

Json warnings(const StoredResult& result) {
  Json all = Json::array();
  for (const WarningGroup& group : warning_groups(result.texts("warnings"))) {
    Json members = Json::array();
    for (const EscapeWarning& member : group.members) {
      const std::string of = member.escape.empty() ? "" : member.escape + " by " + member.method;
      members.push_back({{"of", of}, {"text", member.text}});
    }
    all.push_back({{"text", group.text}, {"members", members}});
  }
  return all;
}

/// JSON's own text for what HTML would take for a tag.
std::string inside_of_script(const std::string& json) {
  std::string text;
  for (const char c : json) text += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return text;
}

}  // namespace

std::string report_content(const StoredResult& result, const std::string& file_name) {
  Json content{{"title", result.attribute("title")},
               {"file", file_name},
               {"version", result.attribute("valleyflux_version")},
               {"commit", result.attribute("valleyflux_commit")},
               {"command", result.attribute("command")},
               {"case", result.attribute("case")},
               {"rate_unit", result.attribute("estimate_rate", "units")},
               {"time_unit", result.attribute("estimate_time", "units")},
               {"energy_unit", result.attribute("valley_height", "units")},
               {"accuracy", accuracy(result)},
               {"estimates", estimates(result)},
               {"valleys", valleys(result)},
               {"network", network(result)},
               {"paths", paths(result)},
               {"first_passages", first_passages(result)},
               {"warnings", warnings(result)}};
  if (result.texts("estimate").empty()) content["why_no_rates"] = why_no_rates(result.texts("valley"));
  if (result.has("x_edge")) content["fields"] = field_content(result);
  return inside_of_script(content.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace valleyflux
