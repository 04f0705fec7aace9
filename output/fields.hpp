#pragma once

#include "output/field.hpp"
#include "solver/finite.hpp"
#include "solver/results.hpp"

#include <complex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

/// The fields of all results of a run: what a field is called, what it means and where it may be missing is said here
/// and nowhere else. JSON, the result file, CSV tables and the terminal's tables walk these descriptions, and
/// docs/results.md lists them.
namespace valleyflux {

inline std::vector<double> real_parts(const std::vector<std::complex<double>>& values) {
  std::vector<double> parts;
  for (const auto& value : values) parts.push_back(value.real());
  return parts;
}

inline std::vector<double> imaginary_parts(const std::vector<std::complex<double>>& values) {
  std::vector<double> parts;
  for (const auto& value : values) parts.push_back(value.imag() + 0.0);  // of -0 a 0
  return parts;
}

template <>
struct Fields<ValleyResult> {
  static constexpr std::string_view name = "valley";
  static constexpr std::tuple all{
      Field{"name", "", "name of the valley", "", &ValleyResult::name, json_only},
      Field{"minimum", "length", "of the lowest minimum of each valley", "valleys without a stable point",
            [](const ValleyResult& valley) { return Coordinates{valley.minimum}; }},
      Field{"height", "energy", "landscape at that minimum", "no minimum, or a drift without a landscape",
            &ValleyResult::height},
      Field{"stationary_probability", "1", "stationary probability of each valley", "no stationary law",
            &ValleyResult::stationary_probability},
      Field{"stationary_low", "1", "lower end of its interval", "one grid alone", &ValleyResult::stationary_low},
      Field{"stationary_high", "1", "upper end of its interval", "one grid alone", &ValleyResult::stationary_high}};
};

template <>
struct Fields<TargetShare> {
  static constexpr std::string_view name = "estimate_share";
  static constexpr std::tuple all{
      Field{"to", "", "valley that the escape ends in", "", &TargetShare::to, json_only},
      Field{"probability", "1", "of escapes to any other valley, the share that ends in each",
            "other escapes, and valleys that cannot be reached", &TargetShare::probability,
            in_dataset("estimate_share")},
      Field{"low", "1", "lower end of its interval", "no error is known", &TargetShare::low},
      Field{"high", "1", "upper end of its interval", "no error is known", &TargetShare::high}};
};

template <>
struct Fields<Estimate> {
  static constexpr std::string_view name = "estimate";
  static constexpr std::tuple all{
      Field{"from", "", "valley that is left", "", &Estimate::from},
      Field{"to", "", "what ends the escape: a valley, any, first_exit, a wall or a region", "", &Estimate::to},
      Field{"method", "", "method that the rate is by", "", &Estimate::method},
      Field{"recommended", "", "1 for the row of each escape that is to be quoted", "", &Estimate::recommended},
      Field{"rate", "rate", "rate per unit of time; 0 also where it is too small for a double, which log_rate tells",
            "the method has no answer: the note says why", &Estimate::rate},
      Field{"time", "1/rate", "mean time", "no rate, a rate of zero, or a time too large for a double",
            &Estimate::time},
      Field{"log_rate", "1", "natural logarithm of the rate", "no rate, or a rate of zero", &Estimate::log_rate},
      Field{"low", "rate", "lower end of the interval of the rate", "closed forms, and where no error is known",
            &Estimate::low},
      Field{"high", "rate", "upper end of the interval of the rate", "closed forms, and where no error is known",
            &Estimate::high},
      Field{"transition_time", "1/rate", "mean duration of a transition itself", "methods other than reactive_flux",
            &Estimate::transition_time},
      Field{"transition_time_low", "1/rate", "lower end of its interval", "no error is known",
            &Estimate::transition_time_low},
      Field{"transition_time_high", "1/rate", "upper end of its interval", "no error is known",
            &Estimate::transition_time_high},
      Field{"shares", "", "where escapes to any other valley end", "", &Estimate::shares, json_only},
      Field{"escapes", "1", "escapes of particles that the rate rests on", "methods other than langevin and sgd",
            &Estimate::escapes},
      Field{"log_rate_error", "1", "standard error of log_rate, of particles", "methods other than langevin and sgd",
            &Estimate::log_rate_error},
      Field{"exponential", "", "1 where the times of escape of particles may be exponential",
            "methods other than langevin and sgd",
            [](const Estimate& one) { return one.escapes ? std::optional(one.exponential) : std::nullopt; }},
      Field{"step_bias", "1", "relative change of the rate at twice the step, of particles",
            "methods other than langevin and splitting, and too few escapes", &Estimate::step_bias},
      Field{"step_bias_error", "1", "standard error of that change", "where there is none", &Estimate::step_bias_error},
      Field{
          "data_error", "1",
          "relative standard error of the rate that comes from the errors in tables of landscape, drift and diffusion",
          "closed forms and chains, and where no table tells errors", &Estimate::data_error},
      Field{"observed_order", "1", "order in the width of the cells that the grids show", "too few grids, or none",
            &Estimate::observed_order},
      Field{"share_in_valley", "1", "of the quasi-stationary probability, what lies inside the valley that is left",
            "methods other than quasi_stationary", &Estimate::share_in_valley},
      Field{"lost_at_walls", "1", "probability of leaving through an absorbing wall instead",
            "methods other than quasi_stationary, mean_first_passage and flux", &Estimate::lost_at_walls},
      Field{"lost_at_walls_low", "1", "lower end of its interval", "no error is known", &Estimate::lost_at_walls_low},
      Field{"lost_at_walls_high", "1", "upper end of its interval", "no error is known", &Estimate::lost_at_walls_high},
      Field{"blocked_at", "length",
            "of the place that blocks: the noise vanishes there and no drift leads across that way",
            "where none is known", [](const Estimate& one) { return Coordinates{one.blocked_at}; }},
      Field{"note", "", "what is to be said of the estimate", "", &Estimate::note}};
};

template <>
struct Fields<AccuracyResult> {
  static constexpr std::string_view name = "accuracy";
  static constexpr std::tuple all{
      Field{"wanted", "1", "relative half-width that every interval was to have", "", &AccuracyResult::wanted},
      Field{"reached", "1", "largest one of all rates from grids", "no rate from a grid, or one without an error",
            &AccuracyResult::reached},
      Field{"cells", "1", "cells of the finest grid, by axis", "", &AccuracyResult::cells},
      Field{"domain", "length", "ends of the box, by axis", "", &AccuracyResult::domain},
      Field{"chosen", "", "what the program has chosen of the grid, and by what rule", "all of it was given",
            &AccuracyResult::chosen}};
};

template <>
struct Fields<LinearSolverResult> {
  static constexpr std::string_view name = "linear_solver";
  static constexpr std::tuple all{
      Field{"engine", "", "what has solved the linear equations: multilevel", "", &LinearSolverResult::engine},
      Field{"solves", "1", "equations that it has solved", "", &LinearSolverResult::solves},
      Field{"cycles", "1", "most cycles of any of them", "", &LinearSolverResult::most_cycles},
      Field{"check", "1", "largest relative difference of a mean time by the backward and by the forward equation", "",
            &LinearSolverResult::check},
      Field{"fall_backs", "1", "times that elimination took its place", "", &LinearSolverResult::fall_backs}};
};

template <>
struct Fields<EvolutionResult> {
  static constexpr std::string_view name = "evolution";
  static constexpr std::tuple all{
      Field{"stepper", "", "stepper that was used", "", &EvolutionResult::stepper},
      Field{"steps", "1", "steps that were made; of the exponential, Krylov spaces", "", &EvolutionResult::steps},
      Field{"rejected", "1", "steps that were refused and made again", "", &EvolutionResult::rejected},
      Field{"factorisations", "1", "matrices that were factorised", "", &EvolutionResult::factorisations},
      Field{"mass_error", "1", "largest |probability + what has left - 1|", "", &EvolutionResult::mass_error},
      Field{"density_min", "1/volume", "smallest density of any frame", "", &EvolutionResult::density_min},
      Field{"balance_error", "1", "largest |P(t) + outflow(t) - P(0)| of any valley", "",
            &EvolutionResult::balance_error},
      Field{"error_estimate", "1", "error of the time integration, in L1", "", &EvolutionResult::error_estimate},
      Field{"positive_frames", "1", "of the exponential: frames that TR-BDF2 made instead, to keep them positive", "",
            &EvolutionResult::positive_frames},
      Field{"tolerance", "1", "of a step, or of a Krylov space, in L1", "", &EvolutionResult::tolerance},
      Field{"grid_error", "1", "error of the last density from the grid, in L1", "", &EvolutionResult::grid_error},
      Field{"wall_outflow", "1", "probability that has left through each absorbing wall, by name", "",
            &EvolutionResult::walls, json_only}};
};

template <>
struct Fields<HistogramResult> {
  static constexpr std::string_view name = "histogram";
  static constexpr std::tuple all{
      Field{"time", "time", "time of the histogram of particles", "", &HistogramResult::time},
      Field{"particles", "1", "particles in it", "", &HistogramResult::particles},
      Field{"total_variation", "1", "distance of particles and density, 0 to 1", "", &HistogramResult::total_variation},
      Field{"expected", "1", "what chance alone makes of it", "", &HistogramResult::expected},
      Field{"error", "1", "standard deviation of that", "", &HistogramResult::error}};
};

template <>
struct Fields<NetworkResult> {
  static constexpr std::string_view name = "network";
  static constexpr std::tuple all{
      Field{"valleys", "", "valleys of the network", "", &NetworkResult::valleys, json_only},
      Field{"rate", "rate", "rate of transitions between cores; 0 where there can be none",
            "below the range of double precision, or from a valley whose probability is", &NetworkResult::rate,
            over("network_valley", "network_target")},
      Field{"low", "rate", "lower end of its interval", "no error is known", &NetworkResult::low,
            over("network_valley", "network_target")},
      Field{"high", "rate", "upper end of its interval", "no error is known", &NetworkResult::high,
            over("network_valley", "network_target")},
      Field{"time", "1/rate", "mean first-passage time in the network", "the target may never be reached",
            &NetworkResult::time, over("network_valley", "network_target")},
      Field{"probability", "1", "share of time in which a core was left last", "", &NetworkResult::probability,
            over("network_valley")},
      Field{"probability_low", "1", "lower end of its interval", "one grid alone", &NetworkResult::probability_low,
            over("network_valley")},
      Field{"probability_high", "1", "upper end of its interval", "one grid alone", &NetworkResult::probability_high,
            over("network_valley")},
      Field{"escape_time_probability", "1", "mean escape time over the sum of all (Corollary 3.2.2)", "",
            &NetworkResult::escape_time_probability, over("network_valley")},
      Field{"rule_1_rate", "rate", "closed form, parallel saddles added (Rule 1)", "no saddle, or no formula",
            &NetworkResult::rule_1_rate, over("network_valley", "network_target")},
      Field{"rule_2_time", "1/rate", "least sum of mean times of sequential steps (Rule 2)", "no way leads there",
            &NetworkResult::rule_2_time, over("network_valley", "network_target")},
      Field{"spectrum", "rate", "eigenvalues of the network, real parts", "",
            [](const NetworkResult& network) { return real_parts(network.spectrum); }, over("network_mode")},
      Field{"spectrum_imaginary", "rate", "eigenvalues of the network, imaginary parts", "",
            [](const NetworkResult& network) { return imaginary_parts(network.spectrum); }, over("network_mode")},
      Field{"right_mode", "1", "right eigenvectors of the network, real parts", "",
            [](const NetworkResult& network) -> Eigen::MatrixXd { return network.right.real().transpose(); },
            file_only("network_right_mode", "network_mode", "network_valley")},
      Field{"right_mode_imaginary", "1", "right eigenvectors of the network, imaginary parts", "",
            [](const NetworkResult& network) -> Eigen::MatrixXd { return network.right.imag().transpose(); },
            file_only("network_right_mode_imaginary", "network_mode", "network_valley")},
      Field{"left_mode", "1", "left eigenvectors of the network, real parts", "",
            [](const NetworkResult& network) -> Eigen::MatrixXd { return network.left.real().transpose(); },
            file_only("network_left_mode", "network_mode", "network_valley")},
      Field{"left_mode_imaginary", "1", "left eigenvectors of the network, imaginary parts", "",
            [](const NetworkResult& network) -> Eigen::MatrixXd { return network.left.imag().transpose(); },
            file_only("network_left_mode_imaginary", "network_mode", "network_valley")}};
};

template <>
struct Fields<PathResult> {
  static constexpr std::string_view name = "path";
  static constexpr std::tuple all{
      Field{"from", "", "valley that the path leaves", "", &PathResult::from},
      Field{"to", "", "valley that it leads to", "", &PathResult::to},
      Field{"method", "", "string or minimum_action", "", &PathResult::method},
      Field{"saddle", "length", "of the saddle that it leads over", "",
            [](const PathResult& path) { return Coordinates{path.saddle}; }},
      Field{"exponent", "1", "exponent of the low-noise limit (quasi-potential barrier)",
            "it is not known: the note says why", &PathResult::exponent},
      Field{"error", "1", "its error", "no exponent",
            [](const PathResult& path) { return path.exponent ? std::optional(path.error) : std::nullopt; },
            in_dataset("path_exponent_error")},
      Field{"action", "1", "exponent of the low-noise limit up to each point", "no path was found: the note says why",
            &PathResult::action, file_only("path_action", "path_point")},
      Field{"points", "length", "along the most probable path", "no path was found: the note says why",
            &PathResult::points, file_only("path", "path_point")},
      Field{"note", "", "what is to be said of the path", "", &PathResult::note}};
};

template <>
struct Fields<FirstPassageTarget> {
  static constexpr std::string_view name = "first_passage_target";
  static constexpr std::tuple all{
      Field{"name", "", "where the escape ends: a valley, outside of all, or an absorbing wall", "",
            &FirstPassageTarget::name},
      Field{"probability", "1", "probability of ending there", "", &FirstPassageTarget::probability},
      Field{"grid_error", "1",
            "difference of it to that on a grid twice as coarse, or to that of other walls of the domain",
            "no coarser grid", &FirstPassageTarget::grid_error},
      Field{"mean", "1/rate", "mean time of those that end there", "the probability underflows",
            &FirstPassageTarget::mean}};
};

template <>
struct Fields<FirstPassageResult> {
  static constexpr std::string_view name = "first_passage";
  static constexpr std::tuple all{
      Field{"from", "", "valley that is left", "", &FirstPassageResult::from},
      Field{"to", "", "what ends the escape", "", &FirstPassageResult::to},
      Field{"mean", "1/rate",
            "mean of the first-passage time, also of what is lost at walls, on the problem's own grid",
            "beyond the range of doubles", [](const FirstPassageResult& one) { return finite(one.mean); }},
      Field{"low", "1/rate", "lower end of the interval of the mean, from all grids", "no error is known",
            &FirstPassageResult::low},
      Field{"high", "1/rate", "upper end", "no error is known", &FirstPassageResult::high},
      Field{"variance", "1/rate^2", "variance of it", "beyond the range of doubles", &FirstPassageResult::variance},
      Field{"mean_error", "1", "relative difference of it from that of all grids", "no such time is known",
            &FirstPassageResult::mean_error},
      Field{"time_error", "1", "error of the time integration, in probability", "", &FirstPassageResult::time_error},
      Field{"grid_error", "1", "largest difference of the survival to that on a grid twice as coarse",
            "no coarser grid", &FirstPassageResult::grid_error},
      Field{"targets", "", "where the escape may end", "", &FirstPassageResult::targets, json_only}};
};

template <>
struct Fields<MeasuredNumber> {
  static constexpr std::tuple all{Field{"value", "1", "the number", "", &MeasuredNumber::value},
                                  Field{"low", "1", "lower end of its 95 % interval", "", &MeasuredNumber::low},
                                  Field{"high", "1", "upper end", "", &MeasuredNumber::high}};
};

template <>
struct Fields<HessianComparison> {
  static constexpr std::string_view name = "covariance";
  static constexpr std::tuple all{
      Field{"correlation", "1", "correlation of covariance and |eigenvalue|: value, lower, upper end", "",
            &HessianComparison::correlation},
      Field{"factor", "1", "factor from |eigenvalue| to covariance: value, lower, upper end", "",
            &HessianComparison::factor},
      Field{"entry_correlation", "1", "correlation of all entries of the covariance and the |Hessian|", "",
            &HessianComparison::entry_correlation},
      Field{"largest_eigenvalue", "energy/length^2", "eigenvalue of the Hessian of the largest absolute value", "",
            [](const HessianComparison& found) { return found.eigenvalue[0]; }, json_only},
      Field{"hessian_eigenvalue", "energy/length^2",
            "eigenvalues of the Hessian at the start, largest absolute value first", "", &HessianComparison::eigenvalue,
            file_only("hessian_eigenvalue", "eigenvector")},
      Field{"gradient_covariance", "energy^2/length^2", "variance of one sample's gradient along each eigenvector", "",
            &HessianComparison::covariance, file_only("gradient_covariance", "eigenvector")}};
};

template <>
struct Fields<LossResult> {
  static constexpr std::string_view name = "loss";
  static constexpr std::tuple all{
      Field{"parameters", "1", "parameters of the loss", "", [](const LossResult& loss) { return loss.start.size(); }},
      Field{"samples", "1", "samples that the loss is the mean of", "", &LossResult::samples},
      Field{"value", "energy", "loss at the start", "", &LossResult::value},
      Field{"gradient_norm", "energy/length", "length of the gradient there", "",
            [](const LossResult& loss) { return loss.gradient.norm(); }},
      Field{"start", "length", "parameters of the loss that escapes start from", "", &LossResult::start,
            file_only("start", "parameter")},
      Field{"start_gradient", "energy/length", "gradient of the loss there", "", &LossResult::gradient,
            file_only("start_gradient", "parameter")},
      Field{"covariance", "", "covariance of the gradient against the Hessian", "loss.covariance is not asked for",
            &LossResult::covariance, json_only}};
};

/// Of the problem's own grid.
struct GridSize {
  int dimension = 0;
  const std::vector<std::string>& variables;
  const std::vector<Index>& cells;
};

template <>
struct Fields<GridSize> {
  static constexpr std::tuple all{Field{"dimension", "1", "dimension of the space", "", &GridSize::dimension},
                                  Field{"variables", "", "names of the coordinates; empty of a loss", "",
                                        [](const GridSize& grid) { return grid.variables; }},
                                  Field{"cells", "1", "cells by axis; empty where there is no grid", "",
                                        [](const GridSize& grid) { return grid.cells; }}};
};

inline std::optional<std::string> if_known(const std::string& unit) {
  return unit.empty() ? std::nullopt : std::optional(unit);
}

template <>
struct Fields<Units::Length> {
  static constexpr std::tuple all{Field{"axis", "", "name of the axis", "", &Units::Length::axis, json_only},
                                  Field{"unit", "", "unit of its coordinate", "", &Units::Length::unit, json_only}};
};

template <>
struct Fields<Units> {
  static constexpr std::tuple all{
      Field{"energy", "", "unit of energies", "the case does not say",
            [](const Units& units) { return if_known(units.energy); }, json_only},
      Field{"time", "", "unit of times; rates are in one over it or over escape_time", "the case does not say",
            [](const Units& units) { return if_known(units.time); }, json_only},
      Field{"escape_time", "", "unit of times of escapes, if another; rates are in one over it", "it is that of times",
            [](const Units& units) { return if_known(units.escape_time); }, json_only},
      Field{"length", "", "units of the coordinates, by axis", "", &Units::length, json_only}};
};

template <>
struct Fields<Results> {
  static constexpr std::string_view name = "";
  static constexpr std::tuple all{
      Field{"title", "", "title of the case", "", &Results::title, json_only},
      Field{"output", "", "the result file", "", &Results::output, json_only},
      Field{"units", "", "what the numbers are in", "", &Results::units, json_only},
      Field{"grid", "", "the problem's own grid", "",
            [](const Results& results) {
              return GridSize{results.dimension, results.variables, results.cells};
            },
            json_only},
      Field{"valleys", "", "valleys, in the order of their numbers", "", &Results::valleys, json_only},
      Field{"evolution", "", "how the evolution went", "no [evolve]", &Results::evolution, json_only},
      Field{"histogram", "", "particles at the end of the evolution against its density",
            "langevin.histogram is not asked for", &Results::histogram, json_only},
      Field{"estimates", "", "rates of escapes", "", &Results::estimates, json_only},
      Field{"accuracy", "", "what the errors of all rates come to", "no grid", &Results::accuracy, json_only},
      Field{"linear_solver", "", "what has solved the linear equations", "elimination alone", &Results::linear_solver,
            json_only},
      Field{"spectrum", "rate", "leading eigenvalues of the generator, real parts", "",
            [](const Results& results) { return real_parts(results.spectrum); }, over("mode")},
      Field{"spectrum_imaginary", "rate", "leading eigenvalues of the generator, imaginary parts", "",
            [](const Results& results) { return imaginary_parts(results.spectrum); }, over("mode")},
      Field{"spectrum_error", "rate", "errors of the eigenvalues, from the grids", "one grid alone",
            [](const Results& results) -> Eigen::VectorXd {
              return Eigen::Map<const Eigen::VectorXd>(results.spectrum_error.data(),
                                                       static_cast<Index>(results.spectrum_error.size()));
            },
            over("mode")},
      Field{"spectrum_bound", "rate",
            "bounds of the eigenvalues' distance from the generator's own on the finest grid; without detailed balance "
            "to first order",
            "",
            [](const Results& results) -> Eigen::VectorXd {
              return Eigen::Map<const Eigen::VectorXd>(results.spectrum_bound.data(),
                                                       static_cast<Index>(results.spectrum_bound.size()));
            },
            over("mode")},
      Field{"network", "", "jump process between the cores of the valleys", "fewer than two cores", &Results::network,
            json_only},
      Field{"paths", "", "most probable paths", "", &Results::paths, json_only},
      Field{"first_passage", "", "distributions of the time that escapes take", "", &Results::first_passages,
            json_only},
      Field{"loss", "", "the loss over data at the start", "other problems", &Results::loss, json_only},
      Field{"warnings", "", "what is to be said of the run", "", &Results::warnings}};
};

}  // namespace valleyflux
