#pragma once

#include "problems/units.hpp"
#include "solver/discretisation/generator.hpp"

#include <Eigen/Core>

#include <array>
#include <complex>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// What a run found, free of grids and dimensions: the object that --json prints and whose numbers the HDF5 file holds.

struct ValleyResult {
  std::string name;
  std::vector<double> minimum;   // coordinates; empty for a valley without a stable point
  std::optional<double> height;  // of the landscape at the minimum
  std::optional<double> stationary_probability;
  std::optional<double> stationary_low = {}, stationary_high = {};  // its interval, from the grids
};

/// Of all escapes that end in the core of any other valley: those that end in this one.
struct TargetShare {
  std::string to;
  double probability = 0.0;
  std::optional<double> low, high;  // interval, from the grids
};

/// One rate with the interval that its method claims. Rates are per unit of the case's time.
struct Estimate {
  std::string from, to;  // `to`: a valley, "any" other one, or "first_exit", the crossing of the boundary of `from`
  std::string method;    // quasi_stationary, mean_first_passage, flux, reactive_flux, theory:kramers, ...
  std::optional<double> rate;  // nothing if the method has no answer: `note` says why
  std::optional<double> time;  // 1 / rate (the mean time itself for mean_first_passage); nothing if the rate is zero
  std::optional<double> log_rate;  // natural logarithm, right where the rate underflows; nothing if the rate is zero
  std::optional<double> low, high;
  std::optional<double> observed_order;  // of the grid's convergence
  std::string note;
  std::optional<double> transition_time = {};  // reactive_flux: mean duration of a transition itself
  std::optional<long> escapes = {};            // langevin and sgd: that the rate rests on
  std::optional<double> log_rate_error = {};   // langevin and sgd: standard error of log_rate
  bool exponential = true;                     // langevin and sgd: whether the times may be exponential
  std::optional<double> transition_time_low = {}, transition_time_high = {};  // its interval, from the grids
  std::vector<TargetShare> shares = {};  // to "any": of each valley that can be reached
  bool recommended = false;              // the one row of its escape to be quoted (recommended_rate.hpp)
  std::vector<double> blocked_at = {};   // coordinates of the place that no trajectory passes; empty: none is known
  std::optional<double> share_in_valley = {};  // quasi_stationary: of its probability, what lies inside `from`
  std::optional<double> lost_at_walls = {};    // rates from grids: probability of leaving through an absorbing wall
  std::optional<double> lost_at_walls_low = {}, lost_at_walls_high = {};  // its interval, from the grids
  std::optional<double> step_bias = {};        // langevin and splitting: relative change of the rate at twice the step
  std::optional<double> step_bias_error = {};  // its standard error
  std::optional<double> data_error =
      {};  // relative standard error from those of the landscape's table (data_error.hpp)
};

/// What the errors of all rates come to, against what was asked for.
struct AccuracyResult {
  double wanted = 0.0;            // relative half-width of every interval
  std::optional<double> reached;  // the largest one; nothing where no rate from a grid was asked for, or one has none
  std::vector<Index> cells;       // by axis: of the finest grid that was solved
  std::vector<std::array<double, 2>> domain;  // by axis: ends of the box
  std::optional<std::string> chosen = {};  // what the program has chosen of the grid, and how; nothing: all was given
};

struct EvolutionResult {
  std::string stepper;
  long steps = 0, rejected = 0, factorisations = 0;  // steps of the exponential: Krylov spaces
  double mass_error = 0.0;                           // largest |probability + what has left - 1|
  double density_min = 0.0;                          // smallest density of any frame (never negative)
  double balance_error = 0.0;                        // largest |P_v(t) + outflow_v(t) - P_v(0)| of any valley
  double error_estimate = 0.0;                       // of the time integration, L1
  struct Wall {
    std::string name;      // "x.min"
    double outflow = 0.0;  // probability that has left through it
  };
  std::vector<Wall> walls = {};           // absorbing ones
  long positive_frames = 0;               // of the exponential: those that tr_bdf2 made instead
  double tolerance = 0.0;                 // local, of the time integration, L1
  std::optional<double> grid_error = {};  // of the last density, L1; nothing: not known
};

/// Particles at the end of an evolution, against its density there.
struct HistogramResult {
  double time = 0.0;
  std::uint32_t particles = 0;
  double total_variation = 0.0;  // distance of the two, 0 to 1
  double expected = 0.0;         // what chance alone makes of it
  double error = 0.0;            // standard deviation of that
};

/// Jump process between the cores of the valleys that have one. Matrices: from row to column; nothing is infinite or
/// unknown but where said so: infinite times (no way) and unknown rates (no saddle, no formula) are NaN.
struct NetworkResult {
  std::vector<std::string> valleys;
  Eigen::MatrixXd rate, low, high;                    // interval from the grids; NaN where no error is known
  Eigen::MatrixXd time;                               // mean first-passage times; NaN: may never arrive
  Eigen::VectorXd probability;                        // share of time in which each core was left last
  Eigen::VectorXd probability_low, probability_high;  // its interval, from the grids
  Eigen::VectorXd escape_time_probability;            // Corollary 3.2.2: t_a / sum t_v
  Eigen::MatrixXd rule_1_rate;                        // closed forms, parallel saddles added; NaN: none
  Eigen::MatrixXd rule_2_time;                        // sequential paths: least sum of mean times; NaN: no way
  std::vector<std::complex<double>> spectrum;         // its eigenvalues, 0 first
  Eigen::MatrixXcd right, left;                       // its modes, by column
};

/// The most probable path from one valley into another over a saddle.
struct PathResult {
  std::string from, to, method;    // string (white noise) or minimum_action
  std::vector<double> saddle;      // its coordinates
  std::optional<double> exponent;  // Phi, dimensionless: rates are of order exp(-Phi); nothing: `note` says why
  double error = 0.0;              // of Phi
  Eigen::MatrixXd points;          // coordinates x points, minimum to minimum, or to the saddle alone (`note` says so)
  Eigen::VectorXd action;          // points: the exponent up to each
  std::string note;
};

/// One of the ends that an escape may come to, on the problem's own grid.
struct FirstPassageTarget {
  std::string name;          // a valley; "outside" of all, on the line "outside.min" or "outside.max"; a wall
  double probability = 0.0;  // of ending there
  std::optional<double> grid_error = {};  // difference of it to that of a grid twice as coarse, or of moved walls
  std::optional<double> mean = {};        // time of those that end there; nothing: their probability underflows
  Eigen::VectorXd density = {};  // times: of arrival there, per unit of time; NaN where it is not known to a fifth
  Eigen::VectorXd density_error = {};     // times: difference to that of the coarser grid; NaN where that is not known
  Eigen::MatrixXd exit_points = {};       // coordinates x places where the end is crossed, one a state that leads there
  Eigen::VectorXd exit_probability = {};  // places: of ending there; their sum is `probability`
};

/// Distribution of the time from the minimum of `from` until an escape has arrived, on the problem's own grid.
struct FirstPassageResult {
  std::string from, to;
  double mean = 0.0;                   // of the time until it has arrived or is lost through an absorbing wall
  std::optional<double> variance;      // of the same; nothing: beyond the range of doubles
  std::optional<double> low, high;     // interval of the mean, from all grids
  std::optional<double> mean_error;    // relative, against that of all grids; nothing: that is not known
  double time_error = 0.0;             // of the time integration, in probability
  std::optional<double> grid_error;    // largest difference of `survival` to that of a grid twice as coarse
  Eigen::VectorXd density = {};        // times: of arrival, per unit of time; NaN where it is not known to a fifth
  Eigen::VectorXd density_error = {};  // times: difference to that of the coarser grid; NaN where that is not known
  Eigen::VectorXd survival = {};       // times: probability of being still on the way
  std::vector<FirstPassageTarget> targets = {};
};

/// Eigenfunctions of the generator over the cells, one column each. Of a complex pair the two columns hold real and
/// imaginary part.
struct SpectrumFields {
  Eigen::MatrixXd right;  // functions u: Q u = eigenvalue u
  Eigen::MatrixXd left;   // densities: Q^T p = eigenvalue p
};

/// A number with its 95 % interval.
struct MeasuredNumber {
  double value = 0.0, low = 0.0, high = 0.0;
};

/// The covariance C of one sample's gradient against the Hessian H of the loss, in the eigenbasis of H: C = [H]^+ is
/// what Eq. 8 of Xie et al. (2020) rests on.
struct HessianComparison {
  Eigen::VectorXd eigenvalue;      // parameters: h_i of H, largest |h| first
  Eigen::VectorXd covariance;      // parameters: u_i . C u_i for each of its eigenvectors
  MeasuredNumber correlation;      // Pearson's, of u_i . C u_i and |h_i|
  MeasuredNumber factor;           // a of the line through the origin u_i . C u_i = a |h_i|, least squares
  double entry_correlation = 0.0;  // Pearson's, of all entries u_i . C u_j and |h_i| delta_ij
};

/// A loss over data, at the point that escapes start from.
struct LossResult {
  Index samples = 0;
  Eigen::VectorXd start, gradient;  // parameters
  double value = 0.0;
  std::optional<HessianComparison> covariance;
};

/// What has solved the linear equations of grids, where that was not elimination alone.
struct LinearSolverResult {
  std::string engine;
  int solves = 0, most_cycles = 0;  // cycles: of any solve
  double check = 0.0;               // largest relative difference of a mean time forwards and backwards
  int fall_backs = 0;               // times that elimination took its place
};

struct Results {
  std::string title, output;
  Units units;
  int dimension = 0;
  std::vector<std::string> variables;  // names of the coordinates; empty of a loss
  std::vector<Index> cells;            // by axis; empty where there is no grid
  std::vector<ValleyResult> valleys;
  std::optional<EvolutionResult> evolution;
  std::optional<HistogramResult> histogram;
  std::vector<Estimate> estimates;
  std::optional<AccuracyResult> accuracy;
  std::optional<LinearSolverResult> linear_solver;  // nothing: elimination alone
  std::vector<std::complex<double>> spectrum;       // leading eigenvalues of Q, most slowly decaying first
  std::vector<double> spectrum_error;               // of each, from the grids; NaN where there is one grid alone
  std::vector<double> spectrum_bound;               // of each, from the generator's own on the finest grid
  std::optional<NetworkResult> network;
  std::vector<PathResult> paths;
  Eigen::VectorXd first_passage_time;  // times of all that follow
  std::vector<FirstPassageResult> first_passages;
  std::optional<LossResult> loss;
  std::vector<std::string> warnings;
};

/// One frame of an evolution over the cells of the grid.
struct DensityFrame {
  double time = 0.0;
  Eigen::VectorXd density;               // cells
  std::optional<double> grid_error;      // of the probabilities of its cells, L1; nothing: not known
  std::vector<Eigen::VectorXd> current;  // by axis, at the cell centres
  Eigen::VectorXd valley_probability;    // valleys
  Eigen::VectorXd valley_outflux;        // net current out of each through its boundary, per unit of time
  Eigen::VectorXd valley_outflow;        // its integral since the start
  Eigen::VectorXd wall_outflux;          // current out through each absorbing wall, per unit of time
  Eigen::VectorXd wall_outflow;          // its integral since the start
};

/// Times at which particles escaped.
struct EscapeTimes {
  std::string from, to, method;
  Eigen::VectorXd time;      // particles; of those that did not escape the time they were watched for
  std::vector<int> escaped;  // particles: 1 or 0
};

/// A named field over the cells.
struct CellField {
  std::string name, long_name, dimension;  // as in_units takes it: "1/volume"
  Eigen::VectorXd values;                  // cells
};

}  // namespace valleyflux
