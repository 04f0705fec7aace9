#include "tests/relative.hpp"
#include "tests/solver/predicted.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/dynamics/two_temperature.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/escape/escape.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace valleyflux;

// Rule 1, Rule 2 and Corollary 3.2.1 of Xie, Sato & Sugiyama (2020) against solves that know nothing of saddles.

namespace {

template <int Dim>
double solved_time(const Problem<Dim>& problem, const Escape& escape) {
  const Discretisation<Dim> discretisation = discretise(problem);
  return *solve_escape<Dim>(problem, discretisation, state_labels<Dim>(problem, discretisation.space), escape,
                            {.quasi_stationary = false, .flux = false})
              .mean_first_passage_time;
}

template <int Dim>
double predicted_time(const Problem<Dim>& problem, const Escape& escape, const std::string& method,
                      const TheoryOptions& theory = {}) {
  SaddleLimits<Dim> limits(problem);
  const auto all = predictions<Dim>(problem, find_passages<Dim>(problem), escape, theory, limits);
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.method == method; });
  REQUIRE(found != all.end());
  REQUIRE(found->log_rate);
  return std::exp(-*found->log_rate);
}

template <int Dim>
double kramers_time(const Problem<Dim>& problem, const Escape& escape) {
  return predicted_time(problem, escape, "theory:kramers");
}

template <int Dim>
int valley_at(const Problem<Dim>& problem, const Point<Dim>& x) {
  for (std::size_t v = 0; v < problem.valleys.size(); ++v)
    if (problem.valleys[v].region.contains(x)) return static_cast<int>(v);
  FAIL("no valley there");
  return -1;
}

struct ParallelWays {
  std::string landscape;
  double half_width;
  Point<2> start;
  double barrier;  // the lowest
  std::size_t saddles;
};

}  // namespace

namespace {

/// Himmelblau's function, a well with two ways out; nine wells of an egg box, from the middle one (four ways); three
/// wells on a ring (two ways).
const std::vector<ParallelWays>& parallel_ways() {
  static const std::vector<ParallelWays> all{
      {"((x^2 + y - 11)^2 + (x + y^2 - 7)^2)/100", 5.5, {3.584428, -1.848127}, 0.1331, 2},
      {"-cos(2*x)*(1 + 0.1*x) - 1.3*cos(2*y) + 0.05*x*y", 4.6, {0.0, 0.0}, 1.7, 4},
      {"6*(sqrt(x^2 + y^2 + 1e-6) - 1)^2 - 0.25*(x^3 - 3*x*y^2)/(x^2 + y^2 + 1e-6)^1.5", 1.9, {1.0, 0.0}, 0.5, 2}};
  return all;
}

Problem<2> problem_of(const ParallelWays& ways, const std::shared_ptr<const DiffusionModel>& noise) {
  return make_problem<2>(
      "", {Drift(expression_landscape(Expression(ways.landscape, {"x", "y"}))), noise, Interpretation::isothermal},
      Grid<2>({Axis("x", -ways.half_width, ways.half_width, 256), Axis("y", -ways.half_width, ways.half_width, 256)}));
}

}  // namespace

TEST_CASE("Rule 1: rates over parallel saddles add, as D / barrier falls") {
  for (const ParallelWays& ways : parallel_ways()) {
    CAPTURE(ways.landscape);
    double before = 0.0;
    for (const double barriers : {8.0, 16.0}) {
      const double D = ways.barrier / barriers;
      const Problem<2> problem = problem_of(ways, constant_diffusion(D * Eigen::Matrix2d::Identity()));
      const int from = valley_at<2>(problem, ways.start);
      const auto passages = find_passages<2>(problem);
      CHECK(static_cast<std::size_t>(std::count_if(passages.begin(), passages.end(), [from](const Passage& passage) {
              return passage.from == from;
            })) == ways.saddles);
      const double relative =
          kramers_time<2>(problem, escape_from(from)) / solved_time<2>(problem, escape_from(from)) - 1.0;
      CAPTURE(barriers);
      CHECK(std::abs(relative) < 5.0 / barriers);
      if (before != 0.0) CHECK(std::abs(relative) < 0.7 * std::abs(before));
      before = relative;
    }
  }
}

TEST_SUITE("slow") {
  TEST_CASE("Corollary 3.2.1: rates of Eq. 83 over parallel saddles add under noise of two temperatures") {
    // The noise of the theorem's proof, colder at the saddles than in the valleys, in its own interpretation.
    for (const ParallelWays& ways : parallel_ways()) {
      CAPTURE(ways.landscape);
      const auto landscape = expression_landscape(Expression(ways.landscape, {"x", "y"}));
      FieldSamples at_start;
      landscape->sample(ways.start, 0, at_start);
      const double change = at_start.value[0] + 0.5 * ways.barrier;
      double before = 0.0;
      for (const double barriers : {8.0, 16.0}) {
        const double T_a = ways.barrier / barriers, T_b = 0.7 * T_a;
        const TwoTemperatureOptions noise{T_a, T_b, change, 0.05 * ways.barrier};
        const Problem<2> problem = problem_of(ways, two_temperature_diffusion(landscape, noise));
        const int from = valley_at<2>(problem, ways.start);
        const double relative = predicted_time<2>(problem, escape_from(from), "theory:two_temperature",
                                                  {.sgd = std::nullopt, .two_temperature = noise}) /
                                    solved_time<2>(problem, escape_from(from)) -
                                1.0;
        CAPTURE(barriers);
        CHECK(std::abs(relative) < 5.0 / barriers);
        if (before != 0.0) CHECK(std::abs(relative) < 0.7 * std::abs(before));
        before = relative;
      }
    }
  }
}

namespace {

/// Kramers' times of the steps from well to well, added, over the time of the whole way, less 1.
double excess_of_sum(const std::string& landscape, double low, double high, double D,
                     const std::vector<double>& minima) {
  const Problem<1> problem =
      make_problem<1>("",
                      {Drift(expression_landscape(Expression(landscape, {"x"}))),
                       constant_diffusion(Eigen::MatrixXd::Constant(1, 1, D)), Interpretation::ito},
                      Grid<1>({Axis("x", low, high, 600)}));
  const auto valley = [&](double x) { return valley_at<1>(problem, Point<1>(x)); };
  double sum = 0.0;
  for (std::size_t k = 1; k < minima.size(); ++k)
    sum += kramers_time<1>(problem, {valley(minima[k - 1]), valley(minima[k])});
  return sum / solved_time<1>(problem, {valley(minima.front()), valley(minima.back())}) - 1.0;
}

struct Steps {
  std::string landscape;
  double low, high;
  std::vector<double> minima;  // near them, in the order of the way
  double barrier;              // the lowest of the way
};

}  // namespace

TEST_CASE("Rule 2: times of sequential steps add where nobody turns back") {
  const std::vector<Steps> all{{"-0.5*cos(2*pi*x) - 0.6*x", -0.5, 2.45, {0.03, 1.03, 2.03}, 0.718},
                               {"-cos(3*x)*(0.4 + 0.05*x) - 0.4*x", -0.7, 6.9, {0.13, 2.19, 4.27, 6.35}, 0.477},
                               {"x^6/6 - 1.25*x^4 + 2*x^2 - 0.5*x", -2.8, 2.9, {-1.98, 0.13, 2.02}, 0.470}};
  for (const Steps& steps : all) {
    CAPTURE(steps.landscape);
    double before = 0.0;
    for (const double barriers : {10.0, 20.0, 40.0}) {
      const double excess =
          excess_of_sum(steps.landscape, steps.low, steps.high, steps.barrier / barriers, steps.minima);
      CAPTURE(barriers);
      CHECK(std::abs(excess) < 5.0 / barriers);
      if (before != 0.0) CHECK(std::abs(excess) < 0.7 * std::abs(before));
      before = excess;
    }
  }
}

TEST_CASE("Rule 2 forgets those who turn back: of three equal wells in a row it tells two thirds of the time") {
  // From the middle well half of all go back: T = 3 tau, the rule 2 tau.
  const double excess = excess_of_sum("-0.5*cos(2*pi*x)", -0.5, 2.5, 1.0 / 40.0, {0.0, 1.0, 2.0});
  CHECK(std::abs(excess + 1.0 / 3.0) < 0.03);
}
