#include "output/json.hpp"

#include "output/fields.hpp"
#include "output/figure_data.hpp"
#include "output/figure_fields.hpp"
#include "output/sweep_table.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

namespace valleyflux {

namespace {

using Json = nlohmann::ordered_json;

/// What the points of a figure hold beside the columns of its table.
constexpr std::array<std::string_view, 2> figure_details{"log_rate_error", "exponential"};
static_assert(describes_all<Estimate>(figure_details));

template <class T>
Json json_of(const T& value, std::string_view name);

/// Every field that JSON shows, or, `whole`, those too that results leave to their file.
template <Described Owner>
Json described_json(const Owner& owner, bool whole = false) {
  Json json = Json::object();
  for_each_field<Owner>([&](const auto& field) {
    if (whole || field.in_json()) json[std::string(field.name)] = json_of(std::invoke(field.get, owner), field.name);
  });
  return json;
}

Json value_json(double value, std::string_view name) {
  if (!std::isfinite(value)) throw std::logic_error(fmt::format("a result is not finite: {}", name));
  return value + 0.0;  // -0 is 0
}

/// No coordinates: null.
Json value_json(const Coordinates& coordinates, std::string_view name) {
  return coordinates.at.empty() ? Json(nullptr) : json_of(coordinates.at, name);
}

template <class T>
Json value_json(const std::optional<T>& value, std::string_view name) {
  return value ? json_of(*value, name) : Json(nullptr);
}

/// What is unknown or infinite among the entries of vectors and matrices is null.
Json value_json(const Eigen::VectorXd& vector, std::string_view /*name*/) {
  Json all = Json::array();
  for (const double value : vector) all.push_back(std::isfinite(value) ? Json(value) : Json(nullptr));
  return all;
}

Json value_json(const Eigen::MatrixXd& matrix, std::string_view name) {
  Json all = Json::array();
  for (Index row = 0; row < matrix.rows(); ++row) all.push_back(value_json(Eigen::VectorXd(matrix.row(row)), name));
  return all;
}

Json value_json(const std::vector<EvolutionResult::Wall>& walls, std::string_view name) {
  Json json = Json::object();
  for (const EvolutionResult::Wall& wall : walls) json[wall.name] = value_json(wall.outflow, name);
  return json;
}

template <class T>
Json elements_json(const T& list, std::string_view name) {
  Json all = Json::array();
  for (const auto& element : list) all.push_back(json_of(element, name));
  return all;
}

template <class T>
Json value_json(const std::vector<T>& list, std::string_view name) {
  return elements_json(list, name);
}

template <class T, std::size_t N>
Json value_json(const std::array<T, N>& list, std::string_view name) {
  return elements_json(list, name);
}

/// Texts, counts and truths.
template <class T>
requires std::is_integral_v<T> || std::is_same_v<T, std::string> Json value_json(const T& value,
                                                                                 std::string_view /*name*/) {
  return value;
}

template <class T>
Json json_of(const T& value, std::string_view name) {
  if constexpr (Described<T>)
    return described_json(value);
  else
    return value_json(value, name);
}

std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);  // a file name may be no UTF-8
}

template <class Names>
Json named_json(const Estimate& estimate, const Names& names) {
  Json json = Json::object();
  for_fields_named<Estimate>(names, [&](const auto& field) {
    json[std::string(field.name)] = json_of(std::invoke(field.get, estimate), field.name);
  });
  return json;
}

/// Its numbers may come from a table that was written before.
Estimate finite_only(Estimate estimate) {
  for_each_field<Estimate>([&](const auto& field) {
    if constexpr (std::is_same_v<std::invoke_result_t<decltype(field.get), Estimate&>, std::optional<double>&>) {
      std::optional<double>& value = std::invoke(field.get, estimate);
      if (value) value = finite(*value);
    }
  });
  return estimate;
}

Json figure_estimate_json(const Estimate& estimate) {
  Json json = named_json(estimate, figure_columns);
  json.update(named_json(estimate, figure_details));
  return json;
}

Json point_json(Claim claim, const FigurePoint& point) {
  Json json = figure_estimate_json(point.estimate);
  json["value"] = point.value;
  json["seed"] = point.seed;
  if (point.estimate.log_rate) {
    const ClaimPoint at = claim_point(claim, point.value, *point.estimate.log_rate);
    json["x"] = at.x;
    json["y"] = at.y;
  }
  return json;
}

Json panel_json(Claim claim, const PanelResult& result) {
  Json panel{{"name", result.panel.name},   {"case", result.panel.case_name},
             {"ours", result.panel.ours},   {"set", result.panel.set},
             {"data", result.data},         {"vary", result.panel.vary},
             {"key", result.key},           {"used", result.used},
             {"verdict", result.verdict},   {"choice", result.panel.choice},
             {"warnings", result.warnings}, {"points", Json::array()}};
  for (const FigurePoint& point : result.points) panel["points"].push_back(point_json(claim, point));
  panel["relation"] = result.relations.empty() ? Json(nullptr) : described_json(result.relations.front().second);
  panel["relations"] = Json::array();
  for (const auto& [seed, relation] : result.relations) {
    panel["relations"].push_back(described_json(relation));
    panel["relations"].back()["seed"] = seed;
  }
  panel["pooled_slope"] = json_of(result.pooled, "pooled_slope");
  panel["others"] = json_of(result.others, "others");
  panel["covariances"] = Json::array();
  for (const HessianComparison& found : result.covariances) panel["covariances"].push_back(described_json(found, true));
  panel["pooled_correlation"] = json_of(result.pooled_correlation, "pooled_correlation");
  panel["pooled_factor"] = json_of(result.pooled_factor, "pooled_factor");
  panel["result"] = result.result_file;
  panel["estimates"] = Json::array();
  for (const Estimate& estimate : result.estimates) panel["estimates"].push_back(figure_estimate_json(estimate));
  return panel;
}

}  // namespace

std::string to_json(const Results& results) {
  return text_of(described_json(results));
}

std::string sweep_json(const std::string& title, const std::string& output, const std::vector<std::string>& keys,
                       const std::vector<SweepRow>& rows, const std::vector<SweepFit>& fits) {
  Json json{{"title", title}, {"output", output}, {"keys", keys}, {"rows", Json::array()}};
  for (const SweepRow& row : rows) {
    json["rows"].push_back({{"at", row.at}});
    json["rows"].back().update(named_json(finite_only(row.estimate), sweep_columns));
  }
  json["fits"] = json_of(fits, "fits");
  return text_of(json);
}

std::string figure_json(const Figure& figure, const std::vector<PanelResult>& panels) {
  Json json{
      {"figure", figure.name}, {"title", figure.title}, {"claim", name_of(figure.claim)}, {"choice", figure.choice}};
  json["settings"] = Json::array();
  for (const FigureSetting& setting : figure.settings)
    json["settings"].push_back(
        {{"what", setting.what}, {"stated", setting.stated}, {"key", setting.key}, {"why", setting.why}});
  json["panels"] = Json::array();
  for (const PanelResult& result : panels) json["panels"].push_back(panel_json(figure.claim, result));
  return text_of(json) + "\n";
}

}  // namespace valleyflux
