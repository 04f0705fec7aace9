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
  const Results results = distributions(harmonic + "[first_passage]\npoints = 144\nuntil = 100\n");
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
  CHECK_THROWS_AS(distributions(harmonic + "[first_passage]\npoints = 2\n"), CaseError);
}

TEST_CASE("what is lost at a wall is no arrival") {
  // By symmetry half of it leaves through the wall at -1.
  const Results results = distributions(
      "[landscape]\nexpression = \"x^2/2\"\n[diffusion]\nD = 0.3\n[grid]\n"
      "x = { min = -1, max = 2, cells = 600, boundary = [\"absorbing\", \"reflecting\"] }\n"
      "[[valley]]\nname = \"well\"\nwhere = \"x < 1\"\n[[escape]]\nfrom = \"well\"\nto = \"first_exit\"\n"
      "[solver]\ngrids = 1\nmodes = 0\n[first_passage]\nuntil = 300\n");
  const FirstPassageResult& found = results.first_passages.at(0);
  CHECK(relative_error(found.mean, first_moment(0.0)) < 1e-9);
  CHECK(relative_error(found.variance.value(), second_moment() - std::pow(first_moment(0.0), 2)) < 1e-4);
  double arrived = 0.0, known_from = 0.0;
  const Eigen::VectorXd& time = results.first_passage_time;
  for (Eigen::Index k = 3; k < time.size(); k += 2) {
    if (std::isnan(found.density[k - 2])) {
      known_from = 1.0 - found.survival[k];
      continue;
    }
    arrived += (time[k] - time[k - 1]) / 3.0 * (found.density[k - 2] + 4.0 * found.density[k - 1] + found.density[k]);
  }
  CHECK(std::abs(arrived + 0.5 * known_from - 0.5) < 1e-3);
}

TEST_CASE("at low noise the tail is that of the slowest decay and steps do not run out") {
  for (const char* const noise : {"0.005", "0.001", "0.0006"}) {
    CAPTURE(noise);
    const Results results = distributions(
        std::string("[landscape]\nexpression = \"x^4/4 - x^2/2\"\n[diffusion]\nD = ") + noise +
        "\n[grid]\nx = { min = -2, max = 2, cells = 200 }\n[[valley]]\nname = \"left\"\nwhere = \"x < 0\"\n[[valley]]\n"
        "name = \"right\"\nwhere = \"x > 0\"\n[[escape]]\nfrom = \"left\"\nto = \"right\"\n"
        "methods = [\"mean_first_passage\"]\n[solver]\ngrids = 1\nmodes = 0\nnetwork = false\n[first_passage]\n");
    REQUIRE(results.first_passages.size() == 1);
    const FirstPassageResult& found = results.first_passages[0];
    const Eigen::Index last = results.first_passage_time.size() - 1;
    CHECK(relative_error(found.survival[last], std::exp(-10.0)) < 1e-4);
    CHECK(relative_error(found.density[last], std::exp(-10.0) / found.mean) < 1e-4);
    CHECK(found.variance.has_value() == (found.mean < 1e154));
    if (found.variance) CHECK(relative_error(*found.variance, found.mean * found.mean) < 1e-6);
  }
}

TEST_CASE("in the plane a density is told with its error and where that is small alone") {
  // Out of a strip the second coordinate does not matter.
  const std::string rest =
      "[diffusion]\nD = 0.3\n[[valley]]\nname = \"strip\"\nwhere = \"abs(x) < 1\"\n[[escape]]\n"
      "from = \"strip\"\nto = \"first_exit\"\nmethods = [\"mean_first_passage\"]\n"
      "[solver]\ngrids = 1\nmodes = 0\nnetwork = false\n[first_passage]\nuntil = 40\npoints = 120\n";
  const Results line = distributions(
      "[landscape]\nexpression = \"x^2/2\"\n[grid]\nx = { min = -2, max = 2, cells = "
      "1600 }\n" +
      rest);
  const Results plane = distributions(
      "[landscape]\nexpression = \"(x^2 + y^2)/2\"\n[grid]\nx = { min = -2, max = 2, cells = 64 }\n"
      "y = { min = -2, max = 2, cells = 16 }\n" +
      rest);
  const FirstPassageResult &exact = line.first_passages.at(0), &found = plane.first_passages.at(0);
  CHECK(found.grid_error.value() < 0.05);
  Eigen::Index told = 0;
  for (Eigen::Index k = 0; k < found.density.size(); ++k) {
    CAPTURE(line.first_passage_time[k]);
    CHECK(std::abs(found.survival[k] - exact.survival[k]) < *found.grid_error);
    if (std::isnan(found.density[k]) || std::isnan(exact.density[k])) continue;
    ++told;
    CHECK(std::abs(found.density[k] - exact.density[k]) < 1.5 * found.density_error[k] + 1e-6);
    CHECK(relative_error(found.density[k], exact.density[k]) < 0.3);
  }
  CHECK(told > 20);
}
