#include "solver/theory/predictions.hpp"

#include "solver/paths/minimum_action_path.hpp"
#include "solver/paths/path.hpp"
#include "solver/theory/closed_forms.hpp"
#include "solver/theory/pass_rates.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

/// What a formula says of one way over a saddle.
struct WayRate : PassRate {
  EscapeWay way = {};  // where the formula asks for one
  std::string remark = {};
};

std::vector<EscapeWay> ways_over(const Dynamics&, const CriticalPoint<1>& minimum, const CriticalPoint<1>& saddle,
                                 const SaddleLimit&) {
  constexpr Index points = 5;
  return {escape_way(straight_path(minimum.position, saddle.position, points), minimum.hessian, saddle.hessian)};
}

/// The most probable ones; the way that relaxes from the saddle where these are not known.
std::vector<EscapeWay> ways_over(const Dynamics& dynamics, const CriticalPoint<2>& minimum,
                                 const CriticalPoint<2>& saddle, const SaddleLimit& limit) {
  std::vector<EscapeWay> ways;
  for (const ActionPath& path : limit.paths) ways.push_back(escape_way(path.points, minimum.hessian, saddle.hessian));
  if (!ways.empty()) return ways;
  constexpr Index points = 257;
  return {escape_way(evenly_spaced(relaxation_path(dynamics, minimum.position, saddle.position), points),
                     minimum.hessian, saddle.hessian)};
}

template <int Dim>
class Predictor {
 public:
  Predictor(const Problem<Dim>& problem, const std::vector<Passage>& passages, const Escape& escape,
            const TheoryOptions& options, SaddleLimits<Dim>& limits)
      : dynamics_(problem.dynamics), options_(options), limits_(limits), escape_(escape) {
    minimum_ = problem.valleys.at(static_cast<std::size_t>(escape.from)).minimum;
    if (!minimum_) return;
    // On a periodic axis the landscape itself may not be periodic (a tilted washboard): the saddle that counts is its
    // image next to the minimum.
    for (const Passage& passage : passages) {
      if (passage.from != escape.from || !escape.leads_to(passage.to)) continue;
      Saddle saddle{problem.critical_points[passage.saddle], passage.saddle};
      saddle.position = minimum_->position + problem.grid.difference(saddle.position, minimum_->position);
      if (dynamics_.drift.landscape()) {
        FieldSamples at;
        dynamics_.drift.landscape()->sample(saddle.position, 0, at);
        saddle.height = at.value[0];
      }
      saddles_.push_back(saddle);
    }
  }

  std::vector<Prediction> run() {
    if (!minimum_) return {};
    const bool varies = noise_varies();
    const Tensor<Dim> noise = noise_at(minimum_->position);
    const bool white = !varies && isotropic_noise(noise);
    if (!white || !dynamics_.drift.landscape()) add_laplace();         // elsewhere it is Kramers' formula
    if (!dynamics_.drift.landscape()) return std::move(predictions_);  // no barrier, no formula
    if (options_.sgd) add_sgd();
    if (varies)
      add_two_temperature();
    else if (!options_.sgd)
      add_kramers(white);
    return std::move(predictions_);
  }

 private:
  struct Saddle : CriticalPoint<Dim> {
    std::size_t number;  // among the critical points
  };

  /// Whether D differs between the minimum and the saddles, or has a slope there (an expression may be a constant).
  bool noise_varies() const {
    if (dynamics_.diffusion->constant()) return false;
    if (saddles_.empty()) return true;
    DiffusionSamples samples;
    Eigen::MatrixXd points(Dim, static_cast<Index>(saddles_.size()) + 1);
    points.col(0) = minimum_->position;
    for (std::size_t k = 0; k < saddles_.size(); ++k) points.col(static_cast<Index>(k) + 1) = saddles_[k].position;
    dynamics_.diffusion->sample(points, true, samples);
    return !(samples.gradient.cwiseAbs().maxCoeff() == 0) ||
           !((samples.tensor.colwise() - samples.tensor.col(0)).cwiseAbs().maxCoeff() == 0);
  }

  Tensor<Dim> noise_at(const Point<Dim>& x) const {
    DiffusionSamples samples;
    dynamics_.diffusion->sample(x, false, samples);
    return samples.tensor.reshaped(Dim, Dim);
  }

  Pass pass_at(const CriticalPoint<Dim>& point) const {
    return {{point.position, point.hessian}, point.height, noise_at(point.position)};
  }

  /// The s that gives the theorem the exponent of the low-noise limit, T_a and T_b being its temperatures.
  std::string measured_s(const Saddle& saddle, double T_a, double T_b) {
    const SaddleLimit& limit = limits_.of(escape_.from, saddle.number);
    if (!limit.exponent) return "no s would match: " + limit.failure;
    const double barrier = saddle.height - minimum_->height;
    constexpr double same = 1e-6;
    if (std::abs(T_a / T_b - 1.0) < same)
      return fmt::format("the exponent of the low-noise limit is {:.6g}, the theorem's {:.6g} for every s",
                         *limit.exponent, barrier / T_b);
    return fmt::format("the exponent of the low-noise limit, {:.6g}, would need s = {:.4g}", *limit.exponent,
                       (*limit.exponent / barrier - 1.0 / T_b) / (1.0 / T_a - 1.0 / T_b));
  }

  template <class RateOf>
  std::vector<WayRate> over_ways(const Saddle& saddle, RateOf rate_of) {
    std::vector<WayRate> rates;
    for (const EscapeWay& way : ways_over(dynamics_, *minimum_, saddle, limits_.of(escape_.from, saddle.number)))
      rates.push_back(rate_of(way));
    return rates;
  }

  std::string kind() const { return escape_.first_exit() ? "first exit: twice the transition rate" : "transition"; }

  template <class RatesOf>
  void add(const std::string& method, std::string note, const Assumptions& assumed, RatesOf rates_of) {
    Prediction prediction{method, std::nullopt, std::move(note), {}};
    if (saddles_.empty()) {
      prediction.note = escape_.arrival == Arrival::core ? "no saddle joins the two valleys directly"
                                                         : "no saddle leads out of the valley";
    } else if (minimum_->at_wall) {
      prediction.note = "the valley's lowest point lies at a wall: the formula is for a minimum inside";
    } else if (minimum_->degenerate) {
      prediction.note = "the Hessian at the minimum is singular";
    } else {
      try {
        std::vector<WayRate> rates;
        std::vector<const Saddle*> over;
        for (const Saddle& saddle : saddles_)
          for (WayRate& rate : rates_of(saddle)) {
            rates.push_back(std::move(rate));
            over.push_back(&saddle);
          }
        const auto fastest = std::max_element(rates.begin(), rates.end(),
                                              [](const auto& a, const auto& b) { return a.log_rate < b.log_rate; });
        double sum = 0.0;
        for (const WayRate& rate : rates) sum += std::exp(rate.log_rate - fastest->log_rate);
        prediction.log_rate = fastest->log_rate + std::log(sum) + (escape_.first_exit() ? std::numbers::ln2 : 0.0);
        if (saddles_.size() > 1) prediction.note += fmt::format("; rates over {} saddles added", saddles_.size());
        if (rates.size() > saddles_.size()) prediction.note += fmt::format("; of {} equal paths", rates.size());
        if (saddles_.size() == 1 && !fastest->remark.empty()) prediction.note += "; " + fastest->remark;
        const Saddle& highest = *over[static_cast<std::size_t>(fastest - rates.begin())];
        prediction.failing =
            failing_assumptions(assumed, dynamics_, {minimum_->position, minimum_->hessian},
                                {highest.position, highest.hessian}, fastest->way, fastest->exponent, fastest->level);
      } catch (const std::invalid_argument& error) {
        prediction.note = error.what();
      }
    }
    predictions_.push_back(std::move(prediction));
  }

  void add_laplace() {
    add("theory:laplace", fmt::format("{}, {}, low-noise limit", kind(), name_of(dynamics_.interpretation)), {},
        [&](const Saddle& saddle) -> std::vector<WayRate> {
          const SaddleLimit& limit = limits_.of(escape_.from, saddle.number);
          if (!limit.log_rate) throw std::invalid_argument(limit.failure);
          return {{{*limit.log_rate, *limit.exponent}}};
        });
  }

  void add_sgd() {
    const SgdDiffusionOptions& sgd = *options_.sgd;
    std::string note = fmt::format("Theorem 3.2 at s = {}: {}, low-noise limit", options_.s, kind());
    if (sgd.injected > 0) note += "; it knows nothing of the injected noise";
    add("theory:sgd", note, sgd_assumptions(sgd), [&](const Saddle& saddle) {
      const double scale = 0.5 * sgd.eta / sgd.batch_size;
      return over_ways(saddle, [&](const EscapeWay& way) -> WayRate {
        return {sgd_rate(pass_at(*minimum_), pass_at(saddle), way, sgd, options_.s), way,
                measured_s(saddle, scale * way.at_minimum.dot(minimum_->hessian * way.at_minimum),
                           -scale * way.at_saddle.dot(saddle.hessian * way.at_saddle))};
      });
    });
  }

  void add_two_temperature() {
    const auto s_of = [&](const Saddle& saddle) {
      return share_of_change(pass_at(*minimum_), pass_at(saddle), options_);
    };
    const std::string s = options_.two_temperature
                              ? (saddles_.empty() ? "" : fmt::format("s = {:.4g} of the noise", s_of(saddles_[0])))
                              : fmt::format("s = {}", options_.s);
    add("theory:two_temperature", fmt::format("Eq. {} at {}: {}, low-noise limit", Dim == 1 ? 73 : 83, s, kind()),
        two_temperature_assumptions(options_), [&](const Saddle& saddle) {
          return over_ways(saddle, [&](const EscapeWay& way) -> WayRate {
            return {two_temperature_rate(pass_at(*minimum_), pass_at(saddle), way, s_of(saddle)), way,
                    measured_s(saddle, way.at_minimum.dot(noise_at(minimum_->position) * way.at_minimum),
                               way.at_saddle.dot(noise_at(saddle.position) * way.at_saddle))};
          });
        });
  }

  void add_kramers(bool white) {
    if (!white) {
      predictions_.push_back({"theory:kramers",
                              std::nullopt,
                              "the formula is for isotropic noise, D is not a multiple of the identity",
                              {}});
      return;
    }
    add("theory:kramers", fmt::format("{}: {}, low-noise limit", Dim == 1 ? "Eq. 34" : "Eq. 44", kind()), {},
        [&](const Saddle& saddle) -> std::vector<WayRate> {
          return {{kramers_rate(pass_at(*minimum_), pass_at(saddle))}};
        });
  }

  const Dynamics& dynamics_;
  const TheoryOptions& options_;
  SaddleLimits<Dim>& limits_;
  const Escape escape_;
  std::optional<CriticalPoint<Dim>> minimum_;
  std::vector<Saddle> saddles_;
  std::vector<Prediction> predictions_;
};

}  // namespace

template <int Dim>
std::vector<Prediction> predictions(const Problem<Dim>& problem, const std::vector<Passage>& passages,
                                    const Escape& escape, const TheoryOptions& options, SaddleLimits<Dim>& limits) {
  return Predictor<Dim>(problem, passages, escape, options, limits).run();
}

namespace {

void report_prediction(const Prediction& prediction, const std::string& from, const std::string& to, Results& results) {
  Estimate estimate;
  estimate.from = from;
  estimate.to = to;
  estimate.method = prediction.method;
  estimate.note = prediction.note;
  if (!prediction.failing.empty())
    results.warnings.push_back(fmt::format("{} -> {} by {}: it assumes what does not hold here: {}", from, to,
                                           prediction.method, fmt::join(prediction.failing, "; ")));
  estimate.log_rate = prediction.log_rate;
  if (prediction.log_rate) {
    estimate.rate = std::exp(*prediction.log_rate);
    const double time = std::exp(-*prediction.log_rate);
    if (std::isfinite(time)) estimate.time = time;
  }
  results.estimates.push_back(std::move(estimate));
}

/// Why a form that was asked for by name is not among those of a problem.
std::string reason_of_absence(const std::string& method) {
  if (method == "theory:kramers") return "the formula is for constant noise that is not SGD noise, in a landscape";
  if (method == "theory:sgd")
    return "the theorem is for SGD noise, diffusion.model = \"sgd\" or \"gradient_noise\", in a landscape";
  if (method == "theory:two_temperature") return "the formula is for noise that varies, in a landscape";
  if (method == "theory:laplace") return "of isotropic constant noise in a landscape the limit is theory:kramers";
  return "no closed form is known: the valley has no minimum";
}

}  // namespace

void report_predictions(const std::vector<Prediction>& forms, const std::vector<std::string>& methods,
                        const std::string& from, const std::string& to, Results& results) {
  const auto asked = [&methods](const std::string& method) {
    return std::find(methods.begin(), methods.end(), method) != methods.end();
  };
  for (const Prediction& form : forms)
    if (asked("theory") || asked(form.method)) report_prediction(form, from, to, results);
  for (const std::string& method : methods) {
    if (!method.starts_with("theory")) continue;
    const bool there = method == "theory" ? !forms.empty()
                                          : std::any_of(forms.begin(), forms.end(),
                                                        [&](const auto& form) { return form.method == method; });
    if (!there) report_prediction({method, std::nullopt, reason_of_absence(method), {}}, from, to, results);
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
