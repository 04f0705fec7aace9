#include "solver/theory/predictions.hpp"

#include "problems/dynamics/sgd_diffusion.hpp"
#include "problems/methods.hpp"
#include "problems/require_coefficients.hpp"
#include "solver/escape_warning.hpp"
#include "solver/finite.hpp"
#include "solver/methods/estimator.hpp"
#include "solver/theory/closed_forms.hpp"
#include "solver/theory/saddle_escape.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace valleyflux {

namespace {

/// One closed form of an escape: the rates over all ways out added.
template <int Dim>
Prediction predicted(const SaddleEscape<Dim>& escape, const std::string& method, const SaddleForm<Dim>& form) {
  using Saddle = typename SaddleEscape<Dim>::Saddle;
  Prediction prediction{method, std::nullopt, form.note, {}};
  if (!form.rates) return prediction;
  const std::vector<Saddle>& saddles = escape.saddles();
  const CriticalPoint<Dim>& minimum = *escape.minimum();
  const bool first_exit = escape.escape().first_exit();
  if (escape.escape().arrival == Arrival::target) {
    prediction.note = "the formula is for ways over saddles into other valleys, not to a wall or a condition";
  } else if (minimum.kinked) {
    prediction.note = "the landscape has a kink at the minimum: the formula needs a Hessian there";
  } else if (saddles.empty()) {
    prediction.note = escape.escape().arrival == Arrival::core ? "no saddle joins the two valleys directly"
                                                               : "no saddle leads out of the valley";
  } else if (minimum.at_wall) {
    prediction.note = "the valley's lowest point lies at a wall: the formula is for a minimum inside";
  } else if (minimum.degenerate) {
    prediction.note = "the Hessian at the minimum is singular";
  } else {
    try {
      std::vector<WayRate> rates;
      std::vector<const Saddle*> over;
      for (const Saddle& saddle : saddles)
        for (WayRate& rate : form.rates(saddle)) {
          rates.push_back(std::move(rate));
          over.push_back(&saddle);
        }
      const auto fastest = std::max_element(rates.begin(), rates.end(),
                                            [](const auto& a, const auto& b) { return a.log_rate < b.log_rate; });
      double sum = 0.0;
      for (const WayRate& rate : rates) sum += std::exp(rate.log_rate - fastest->log_rate);
      prediction.log_rate = fastest->log_rate + std::log(sum) + (first_exit ? std::numbers::ln2 : 0.0);
      if (saddles.size() > 1) prediction.note += fmt::format("; rates over {} saddles added", saddles.size());
      if (rates.size() > saddles.size()) prediction.note += fmt::format("; of {} equal paths", rates.size());
      if (saddles.size() == 1 && !fastest->remark.empty()) prediction.note += "; " + fastest->remark;
      const Saddle& highest = *over[static_cast<std::size_t>(fastest - rates.begin())];
      prediction.failing =
          failing_assumptions(form.assumed, escape.dynamics(), {minimum.position, minimum.hessian},
                              {highest.position, highest.hessian}, fastest->way, fastest->exponent, fastest->level);
    } catch (const std::invalid_argument& error) {
      prediction.note = error.what();
    }
  }
  return prediction;
}

}  // namespace

template <int Dim>
std::vector<Prediction> predictions(const Problem<Dim>& problem, const std::vector<Passage>& passages,
                                    const Escape& escape, const TheoryOptions& options, SaddleLimits<Dim>& limits) {
  require_autonomous(problem.dynamics);
  const SaddleEscape<Dim> out(problem, passages, escape, options, limits);
  std::vector<Prediction> all;
  if (!out.minimum()) return all;
  for (const Estimator& estimator : estimators()) {
    if (!estimator.closed_form) continue;
    if (const auto form = std::get<Dim - 1>(estimator.closed_form->at_saddles)(out))
      all.push_back(predicted<Dim>(out, estimator.method, *form));
  }
  return all;
}

Prediction no_prediction(const std::string& why) {
  const auto form = std::find_if(methods().begin(), methods().end(),
                                 [](const Method& method) { return method.stage == MethodStage::closed_form; });
  return {form->name, std::nullopt, why, {}};
}

namespace {

void report_prediction(const Prediction& prediction, const std::string& from, const std::string& to, Results& results) {
  Estimate estimate;
  estimate.from = from;
  estimate.to = to;
  estimate.method = prediction.method;
  estimate.note = prediction.note;
  if (!prediction.failing.empty())
    results.warnings.push_back(
        to_text({from + " -> " + to, prediction.method,
                 fmt::format("it assumes what does not hold here: {}", fmt::join(prediction.failing, "; "))}));
  estimate.log_rate = prediction.log_rate;
  if (prediction.log_rate) {
    estimate.rate = std::exp(*prediction.log_rate);
    estimate.time = finite(std::exp(-*prediction.log_rate));
  }
  results.estimates.push_back(std::move(estimate));
}

/// Why a name asked for is not among the forms of a problem.
std::string reason_of_absence(const std::string& name) {
  const Method& method = method_named(name);
  if (method.name != name) return "no closed form is known: the valley has no minimum";
  return estimator_of(name).closed_form->absence;
}

}  // namespace

void report_predictions(const std::vector<Prediction>& forms, const std::vector<std::string>& methods,
                        const std::string& from, const std::string& to, Results& results) {
  const auto is_asked_by = [](const std::vector<std::string>& names, const Prediction& form) {
    return asks_for(names, method_named(form.method));
  };
  for (const Prediction& form : forms)
    if (is_asked_by(methods, form)) report_prediction(form, from, to, results);
  for (const std::string& name : methods) {
    if (method_named(name).stage != MethodStage::closed_form) continue;
    const bool there =
        std::any_of(forms.begin(), forms.end(), [&](const Prediction& form) { return is_asked_by({name}, form); });
    if (!there) report_prediction({name, std::nullopt, reason_of_absence(name), {}}, from, to, results);
  }
}

template <int Dim>
std::optional<double> matching_s(const Problem<Dim>& problem, const std::vector<Passage>& passages, int from, int to,
                                 const SgdDiffusionOptions& sgd, double log_rate) {
  const auto& minimum = problem.valleys.at(static_cast<std::size_t>(from)).minimum;
  std::vector<std::size_t> saddles;
  for (const Passage& passage : passages)
    if (passage.from == from && (to < 0 || passage.to == to)) saddles.push_back(passage.saddle);
  if (!minimum || minimum->degenerate || saddles.size() != 1) return std::nullopt;
  const CriticalPoint<Dim>& saddle = problem.critical_points[saddles[0]];
  const std::vector<EscapeWay> ways =
      ways_over(problem.dynamics, *minimum, saddle, SaddleLimits<Dim>(problem).of(from, saddles[0]));
  const auto theorem = [&](double s) {
    return log_sgd_rate(minimum->hessian, saddle.hessian, ways[0], saddle.height - minimum->height, sgd.eta,
                        sgd.batch_size, s) +
           (to < 0 ? std::numbers::ln2 : 0.0);
  };
  const double at_0 = theorem(0.0), at_1 = theorem(1.0);
  if (at_0 == at_1) return std::nullopt;
  return (log_rate - at_0) / (at_1 - at_0);
}

template std::optional<double> matching_s(const Problem<1>&, const std::vector<Passage>&, int, int,
                                          const SgdDiffusionOptions&, double);
template std::optional<double> matching_s(const Problem<2>&, const std::vector<Passage>&, int, int,
                                          const SgdDiffusionOptions&, double);
template std::vector<Prediction> predictions(const Problem<1>&, const std::vector<Passage>&, const Escape&,
                                             const TheoryOptions&, SaddleLimits<1>&);
template std::vector<Prediction> predictions(const Problem<2>&, const std::vector<Passage>&, const Escape&,
                                             const TheoryOptions&, SaddleLimits<2>&);

}  // namespace valleyflux
