#pragma once

#include "problems/dynamics/sgd_diffusion.hpp"
#include "problems/dynamics/two_temperature.hpp"
#include "problems/problem.hpp"
#include "solver/escape/escape.hpp"
#include "solver/escape/passages.hpp"
#include "solver/results.hpp"
#include "solver/theory/saddle_limits.hpp"

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// What the closed forms need to know beyond the problem.
struct TheoryOptions {
  std::optional<SgdDiffusionOptions> sgd;                // where the noise is SGD noise
  std::optional<TwoTemperatureOptions> two_temperature;  // where it has two temperatures
  double s = 0.5;  // of Theorem 3.2 and Eq. 83, where the noise does not say where it changes
};

/// What a closed form says of an escape between two valleys, or why it does not apply.
struct Prediction {
  std::string method;              // its name
  std::optional<double> log_rate;  // nothing if it does not apply
  std::string note;
  std::vector<std::string> failing;  // assumptions that do not hold here
};

/// All closed forms of an escape: rates of parallel saddles added (Rule 1, Corollary 3.2.1), those of all targets
/// included. For the first exit the transition rate is doubled, since half of those that reach the saddle return
/// (low-noise limit). limits: of this problem; asked where they are needed. Throws ProblemError for dynamics that
/// depend on time.
template <int Dim>
std::vector<Prediction> predictions(const Problem<Dim>& problem, const std::vector<Passage>& passages,
                                    const Escape& escape, const TheoryOptions& options, SaddleLimits<Dim>& limits);

/// What is said of all closed forms together where none can be tried: in the name of the first.
Prediction no_prediction(const std::string& why);

/// Adds an estimate for each form that `methods` ask for ("theory": all), with a warning that names the assumptions
/// that fail, and one without a rate, with the reason, for each that they ask for by name and that is not there.
void report_predictions(const std::vector<Prediction>& forms, const std::vector<std::string>& methods,
                        const std::string& from, const std::string& to, Results& results);

/// The s with which Theorem 3.2 would give this rate from `from` to `to` (to < 0: first exit), for noise of these
/// options; nothing where there is not exactly one saddle on the way, or the theorem's time does not depend on s.
template <int Dim>
std::optional<double> matching_s(const Problem<Dim>& problem, const std::vector<Passage>& passages, int from, int to,
                                 const SgdDiffusionOptions& sgd, double log_rate);

extern template std::optional<double> matching_s(const Problem<1>&, const std::vector<Passage>&, int, int,
                                                 const SgdDiffusionOptions&, double);
extern template std::optional<double> matching_s(const Problem<2>&, const std::vector<Passage>&, int, int,
                                                 const SgdDiffusionOptions&, double);
extern template std::vector<Prediction> predictions(const Problem<1>&, const std::vector<Passage>&, const Escape&,
                                                    const TheoryOptions&, SaddleLimits<1>&);
extern template std::vector<Prediction> predictions(const Problem<2>&, const std::vector<Passage>&, const Escape&,
                                                    const TheoryOptions&, SaddleLimits<2>&);

}  // namespace valleyflux
