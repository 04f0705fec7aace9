#include "problems/case/case_file.hpp"
#include "solver/run/run.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <string>

using namespace valleyflux;

namespace {

Results distributions(const std::string& text) {
  return run(read_case(text, "case.toml", "."), RunRequest{}, SolveObserver{});
}

const std::string harmonic =
    "[landscape]\nexpression = \"x^2/2\"\n[diffusion]\nD = 0.3\n[grid]\nx = { min = -2, max = 2, cells = 800 }\n"
    "[[valley]]\nname = \"well\"\nwhere = \"abs(x) < 1\"\n[[escape]]\nfrom = \"well\"\nto = \"first_exit\"\n"
    "[solver]\ngrids = 1\nmodes = 0\n";

/// int t^power f(t) dt by Simpson's rule over every two of eight evenly spaced steps.
double moment(const Eigen::VectorXd& time, const Eigen::VectorXd& values, double at_zero, int power) {
  double sum = 0.0;
  const auto value = [&](Eigen::Index k) {
    return k < 0 ? (power == 0 ? at_zero : 0.0) : std::pow(time[k], power) * values[k];
  };
  for (Eigen::Index k = 1; k < time.size(); k += 2) {
    const double step = time[k] - time[k - 1];
    sum += step / 3.0 * (value(k - 2) + 4.0 * value(k - 1) + value(k));
  }
  return sum;
}

using Rule = boost::math::quadrature::gauss<double, 30>;

constexpr double D = 0.3;

/// The time until |x| = 1 in the harmonic well: by symmetry 0 is a reflecting wall.
double first_moment(double from) {
  return Rule::integrate(
      [](double y) {
        return std::exp(y * y / 2 / D) / D * Rule::integrate([](double z) { return std::exp(-z * z / 2 / D); }, 0.0, y);
      },
      from, 1.0);
}

double second_moment() {
  return Rule::integrate(
      [](double y) {
        return 2.0 * std::exp(y * y / 2 / D) / D *
               Rule::integrate([](double z) { return std::exp(-z * z / 2 / D) * first_moment(z); }, 0.0, y);
      },
      0.0, 1.0);
}

}  // namespace

TEST_CASE("first-passage times have the moments of the backward equations") {
  const Results results = distributions(harmonic + "[first_passage]\nafter = 1e-3\nuntil = 100\n");
  REQUIRE(results.first_passages.size() == 1);
  const FirstPassageResult& found = results.first_passages[0];
  const Eigen::VectorXd& time = results.first_passage_time;
  CHECK(found.to == "first_exit");
  CHECK(time[time.size() - 1] == 100.0);
  CHECK(time[0] < 1e-3);
  CHECK(found.time_error < 1e-4);
  CHECK(relative_error(found.mean, first_moment(0.0)) < 1e-9);
  CHECK(relative_error(moment(time, found.survival, 1.0, 0), first_moment(0.0)) < 1e-4);
  CHECK(relative_error(2.0 * moment(time, found.survival, 1.0, 1), second_moment()) < 1e-4);
  // Early on nothing has arrived that could be told.
  Eigen::Index known = 0;
  while (std::isnan(found.density[known])) ++known;
  CHECK(known > 0);
  CHECK(found.density.tail(time.size() - known).minCoeff() >= 0.0);
  // dS/dt = -f, by Simpson's rule.
  for (const Eigen::Index k : {time.size() - 62, time.size() - 54, time.size() - 46}) {
    const double step = time[k] - time[k - 1];
    CAPTURE(k);
    CHECK(std::abs(time[k + 1] - time[k] - step) < 1e-12 * time[k]);
    CHECK(relative_error(step / 3.0 * (found.density[k - 1] + 4.0 * found.density[k] + found.density[k + 1]),
                         found.survival[k - 1] - found.survival[k + 1]) < 1e-4);
  }
}

TEST_CASE("late in a distribution the density falls like the slowest decay however little is left") {
  const Results results = distributions(harmonic + "[first_passage]\nuntil = 300\n");
  const FirstPassageResult& found = results.first_passages[0];
  const Eigen::Index last = results.first_passage_time.size() - 1;
  double rate = 0.0;
  for (const Estimate& estimate : results.estimates)
    if (estimate.method == "quasi_stationary") rate = *estimate.rate;
  CHECK(found.survival[last] < 1e-30);
  CHECK(relative_error(found.density[last] / found.survival[last], rate) < 1e-5);
  const double between = results.first_passage_time[last] - results.first_passage_time[last - 4];
  CHECK(relative_error(std::log(found.survival[last - 4] / found.survival[last]) / between, rate) < 1e-4);
}

TEST_CASE("times follow from the mean ones and units and what is blocked is told") {
  const Results standard = distributions(harmonic + "[first_passage]\n[units]\ntime = \"ms\"\nrate = \"1/s\"\n");
  const FirstPassageResult& found = standard.first_passages.at(0);
  CHECK(relative_error(found.mean, 1e-3 * first_moment(0.0)) < 1e-9);
  CHECK(relative_error(standard.first_passage_time[standard.first_passage_time.size() - 1], 10 * found.mean) < 1e-12);
  CHECK(relative_error(moment(standard.first_passage_time, found.survival, 1.0, 0), found.mean) < 1e-3);

  const Results blocked = distributions(
      "[landscape]\nname = \"quartic_double_well\"\n[diffusion]\nmodel = \"sgd\"\neta = 0.1\nbatch_size = 1\n[grid]\n"
      "x = { min = -2.5, max = 2.5, cells = 400 }\n[[valley]]\nname = \"left\"\nwhere = \"x < 0\"\n[[valley]]\n"
      "name = \"right\"\nwhere = \"x > 0\"\n[[escape]]\nfrom = \"left\"\nto = \"right\"\n[solver]\ngrids = 1\n"
      "[first_passage]\n");
  CHECK(blocked.first_passages.empty());
  bool told = false;
  for (const std::string& warning : blocked.warnings)
    told |= warning == "no distribution of the first-passage time of left -> right: some trajectories never arrive";
  CHECK(told);
  CHECK_THROWS_AS(distributions(harmonic + "[first_passage]\nafter = 2\nuntil = 1\n"), CaseError);
}
