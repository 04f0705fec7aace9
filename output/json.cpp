#include "output/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace valleyflux {

namespace {

using Json = nlohmann::ordered_json;

Json number(const std::optional<double>& value, const char* what) {
  if (!value) return nullptr;
  if (!std::isfinite(*value)) throw std::logic_error(std::string("a result is not finite: ") + what);
  return *value;
}

/// What is unknown or infinite is null.
Json known(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json rows(const Eigen::MatrixXd& matrix) {
  Json all = Json::array();
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    all.push_back(Json::array());
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) all.back().push_back(known(matrix(i, j)));
  }
  return all;
}

Json entries(const Eigen::VectorXd& vector) {
  Json all = Json::array();
  for (const double value : vector) all.push_back(known(value));
  return all;
}

Json measured(const MeasuredNumber& value, const char* what) {
  return {{"value", number(value.value, what)}, {"low", number(value.low, what)}, {"high", number(value.high, what)}};
}

/// The start itself, which may be long, is in the result file alone.
Json loss(const LossResult& loss) {
  Json json = {{"parameters", loss.start.size()},
               {"samples", loss.samples},
               {"value", number(loss.value, "a loss")},
               {"gradient_norm", number(loss.gradient.norm(), "a gradient")},
               {"covariance", nullptr}};
  if (const auto& found = loss.covariance)
    json["covariance"] = {{"correlation", measured(found->correlation, "a correlation")},
                          {"factor", measured(found->factor, "a factor")},
                          {"entry_correlation", number(found->entry_correlation, "a correlation")},
                          {"largest_eigenvalue", number(found->eigenvalue[0], "an eigenvalue")}};
  return json;
}

Json shares(const std::vector<TargetShare>& targets) {
  Json all = Json::array();
  for (const TargetShare& share : targets)
    all.push_back({{"to", share.to},
                   {"probability", number(share.probability, "a probability")},
                   {"low", number(share.low, "a probability")},
                   {"high", number(share.high, "a probability")}});
  return all;
}

Json accuracy(const AccuracyResult& accuracy) {
  return {{"wanted", number(accuracy.wanted, "an accuracy")},
          {"reached", number(accuracy.reached, "an accuracy")},
          {"cells", accuracy.cells},
          {"domain", accuracy.domain}};
}

Json network(const NetworkResult& network) {
  Json spectrum = Json::array();
  for (const auto& eigenvalue : network.spectrum) spectrum.push_back(number(eigenvalue.real(), "an eigenvalue"));
  return {{"valleys", network.valleys},
          {"rate", rows(network.rate)},
          {"low", rows(network.low)},
          {"high", rows(network.high)},
          {"time", rows(network.time)},
          {"probability", entries(network.probability)},
          {"probability_low", entries(network.probability_low)},
          {"probability_high", entries(network.probability_high)},
          {"escape_time_probability", entries(network.escape_time_probability)},
          {"rule_1_rate", rows(network.rule_1_rate)},
          {"rule_2_time", rows(network.rule_2_time)},
          {"spectrum", spectrum}};
}

Json wall_outflow(const EvolutionResult& evolution) {
  Json walls = Json::object();
  for (const EvolutionResult::Wall& wall : evolution.walls) walls[wall.name] = number(wall.outflow, "a probability");
  return walls;
}

}  // namespace

std::string to_json(const Results& results) {
  Json json;
  json["title"] = results.title;
  json["output"] = results.output;
  json["grid"] = {{"dimension", results.dimension}, {"cells", results.cells}};
  json["valleys"] = Json::array();
  for (const ValleyResult& valley : results.valleys) {
    Json minimum = nullptr;
    if (!valley.minimum.empty()) {
      minimum = Json::array();
      for (const double x : valley.minimum) minimum.push_back(number(x, "a minimum"));
    }
    json["valleys"].push_back({{"name", valley.name},
                               {"minimum", minimum},
                               {"height", number(valley.height, "a height")},
                               {"stationary_probability", number(valley.stationary_probability, "a probability")},
                               {"stationary_low", number(valley.stationary_low, "a probability")},
                               {"stationary_high", number(valley.stationary_high, "a probability")}});
  }
  json["evolution"] = nullptr;
  if (const auto& evolution = results.evolution)
    json["evolution"] = {{"stepper", evolution->stepper},
                         {"steps", evolution->steps},
                         {"rejected", evolution->rejected},
                         {"factorisations", evolution->factorisations},
                         {"mass_error", number(evolution->mass_error, "mass_error")},
                         {"density_min", number(evolution->density_min, "density_min")},
                         {"balance_error", number(evolution->balance_error, "balance_error")},
                         {"error_estimate", number(evolution->error_estimate, "error_estimate")},
                         {"wall_outflow", wall_outflow(*evolution)}};
  json["histogram"] = nullptr;
  if (const auto& histogram = results.histogram)
    json["histogram"] = {{"time", number(histogram->time, "a time")},
                         {"particles", histogram->particles},
                         {"total_variation", number(histogram->total_variation, "total_variation")},
                         {"expected", number(histogram->expected, "expected")},
                         {"error", number(histogram->error, "error")}};
  json["estimates"] = Json::array();
  for (const Estimate& estimate : results.estimates)
    json["estimates"].push_back({{"from", estimate.from},
                                 {"to", estimate.to},
                                 {"method", estimate.method},
                                 {"recommended", estimate.recommended},
                                 {"rate", number(estimate.rate, "a rate")},
                                 {"time", number(estimate.time, "a time")},
                                 {"log_rate", number(estimate.log_rate, "a log_rate")},
                                 {"low", number(estimate.low, "low")},
                                 {"high", number(estimate.high, "high")},
                                 {"transition_time", number(estimate.transition_time, "a transition time")},
                                 {"transition_time_low", number(estimate.transition_time_low, "a transition time")},
                                 {"transition_time_high", number(estimate.transition_time_high, "a transition time")},
                                 {"shares", shares(estimate.shares)},
                                 {"escapes", estimate.escapes ? Json(*estimate.escapes) : Json(nullptr)},
                                 {"log_rate_error", number(estimate.log_rate_error, "a log_rate_error")},
                                 {"observed_order", number(estimate.observed_order, "observed_order")},
                                 {"note", estimate.note}});
  json["accuracy"] = results.accuracy ? accuracy(*results.accuracy) : Json(nullptr);
  json["spectrum"] = Json::array();
  for (const auto& eigenvalue : results.spectrum)
    json["spectrum"].push_back(number(eigenvalue.real(), "an eigenvalue"));
  json["spectrum_imaginary"] = Json::array();
  for (const auto& eigenvalue : results.spectrum)
    json["spectrum_imaginary"].push_back(number(eigenvalue.imag(), "an eigenvalue"));
  json["spectrum_error"] = Json::array();
  for (const double error : results.spectrum_error) json["spectrum_error"].push_back(known(error));
  json["network"] = results.network ? network(*results.network) : Json(nullptr);
  json["paths"] = Json::array();
  for (const PathResult& path : results.paths)
    json["paths"].push_back({{"from", path.from},
                             {"to", path.to},
                             {"method", path.method},
                             {"saddle", path.saddle},
                             {"exponent", number(path.exponent, "an exponent")},
                             {"error", path.exponent ? number(path.error, "an error") : Json(nullptr)},
                             {"note", path.note}});
  json["loss"] = results.loss ? loss(*results.loss) : Json(nullptr);
  json["warnings"] = results.warnings;
  return json.dump(2, ' ', false, Json::error_handler_t::replace);  // a file name may be no UTF-8
}

}  // namespace valleyflux
