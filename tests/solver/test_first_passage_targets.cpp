#include "problems/case/case_file.hpp"
#include "solver/run/run.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

using std::numbers::pi;

Results with_targets(const std::string& text) {
  return run(read_case(text + "[first_passage]\n", "case.toml", "."), RunRequest{}, SolveObserver{});
}

const std::string alone = "methods = [\"mean_first_passage\"]\n[solver]\ngrids = 1\nmodes = 0\nnetwork = false\n";

/// So flat that nothing but its minimum, where escapes start, matters: Brownian motion with D = 1.
std::string flat(const std::string& heights, const std::string& grid, const std::string& valleys) {
  return "[landscape]\nexpression = \"1e-7*(" + heights + ")\"\n[diffusion]\nD = 1\n[grid]\n" + grid + valleys +
         "[[escape]]\nfrom = \"inside\"\nto = \"first_exit\"\n" + alone;
}

std::string valley(const std::string& name, const std::string& where) {
  return "[[valley]]\nname = \"" + name + "\"\nwhere = \"" + where + "\"\n";
}

const FirstPassageTarget& target_named(const FirstPassageResult& found, const std::string& name) {
  for (const FirstPassageTarget& target : found.targets)
    if (target.name == name) return target;
  FAIL("no target is called " << name);
  return found.targets.front();
}

double total(const FirstPassageResult& found) {
  double sum = 0.0;
  for (const FirstPassageTarget& target : found.targets) {
    sum += target.probability;
    CHECK(relative_error(target.exit_probability.sum(), target.probability) < 1e-12);
  }
  return sum;
}

/// Mean over the places of exit.
template <class Function>
double mean_at_exit(const FirstPassageResult& found, Function value) {
  double sum = 0.0;
  for (const FirstPassageTarget& target : found.targets)
    for (Eigen::Index k = 0; k < target.exit_probability.size(); ++k)
      sum += target.exit_probability[k] * value(target.exit_points.col(k));
  return sum;
}

}  // namespace

TEST_CASE("Brownian motion between two bounds leaves by either as its series says") {
  // From 0.2 in (-1, 1), D = 1: a = 2 wide, 1.2 above the lower end.
  const std::string start = "(x - 0.2)^2";
  constexpr double a = 2.0, above = 1.2;
  const std::string open = flat(start, "x = { min = -2, max = 2, cells = 400 }\n", valley("inside", "abs(x) < 1"));
  const std::string walls =
      flat(start, "x = { min = -1, max = 1, cells = 200, boundary = \"absorbing\" }\n", valley("inside", "abs(x) < 1"));
  for (const auto& [text, lower, upper] :
       {std::tuple(open, "outside.min", "outside.max"), std::tuple(walls, "x.min", "x.max")}) {
    const Results results = with_targets(text);
    const FirstPassageResult& found = results.first_passages.at(0);
    REQUIRE(found.targets.size() == 2);
    CHECK(std::abs(total(found) - 1.0) < 1e-12);
    const FirstPassageTarget &low = target_named(found, lower), &high = target_named(found, upper);
    CHECK(relative_error(high.probability, above / a) < 1e-6);
    CHECK(relative_error(low.probability, 1.0 - above / a) < 1e-6);
    CHECK(high.grid_error.value() < 1e-6);
    CHECK(relative_error(high.mean.value(), (a * a - above * above) / 6.0) < 1e-6);
    CHECK(relative_error(low.mean.value(), (a * a - (a - above) * (a - above)) / 6.0) < 1e-6);
    REQUIRE(high.exit_points.cols() == 1);
    CHECK(std::abs(high.exit_points(0, 0) - 1.0) < 1e-9);
    CHECK(std::abs(low.exit_points(0, 0) + 1.0) < 1e-9);
    const auto density = [&](double t, double from_lower) {  // at the upper end
      double sum = 0.0;
      for (int n = 60; n > 0; --n)
        sum += (n % 2 ? 1.0 : -1.0) * n * std::sin(n * pi * from_lower / a) * std::exp(-n * n * pi * pi * t / a / a);
      return 2.0 * pi / a / a * sum;
    };
    int told = 0;
    for (Eigen::Index k = 0; k < results.first_passage_time.size(); ++k) {
      const double t = results.first_passage_time[k];
      if (t < 0.07) continue;  // before, next to nothing has come so far
      CAPTURE(t);
      ++told;
      CHECK(relative_error(high.density[k], density(t, above)) < 2e-3);
      CHECK(relative_error(low.density[k], density(t, a - above)) < 2e-3);
    }
    CHECK(told > 40);
  }
}

TEST_CASE("which of two cores is reached first follows from the scale function") {
  constexpr double D = 0.25;
  const Results results = with_targets(
      "[landscape]\nexpression = \"x^2*(x^2 - 4)^2/16 + x/10\"\n[diffusion]\nD = 0.25\n[grid]\n"
      "x = { min = -3.2, max = 3.2, cells = 160 }\n" +
      valley("left", "x < -1.2") + "core = \"x < -1.7\"\n" + valley("middle", "abs(x) <= 1.2") +
      valley("right", "x > 1.2") + "core = \"x > 1.6\"\n[[escape]]\nfrom = \"middle\"\nto = \"any\"\n" + alone);
  const FirstPassageResult& found = results.first_passages.at(0);
  REQUIRE(found.targets.size() == 2);
  const auto scale = [](double from, double to) {
    return boost::math::quadrature::gauss_kronrod<double, 31>::integrate(
        [](double x) { return std::exp((x * x * std::pow(x * x - 4.0, 2) / 16.0 + x / 10.0) / D); }, from, to, 10,
        1e-13);
  };
  const double start = results.valleys.at(1).minimum.at(0);
  const FirstPassageTarget &left = target_named(found, "left"), &right = target_named(found, "right");
  CHECK(relative_error(right.probability, scale(-1.7, start) / scale(-1.7, 1.6)) < 1e-8);
  CHECK(relative_error(left.probability, scale(start, 1.6) / scale(-1.7, 1.6)) < 1e-8);
  // The same by the other way to them, and what the parts are to the whole.
  for (const TargetShare& share : results.estimates.at(0).shares)
    CHECK(relative_error(target_named(found, share.to).probability, share.probability) < 1e-8);
  CHECK(relative_error(left.probability * *left.mean + right.probability * *right.mean, found.mean) < 1e-10);
  for (Eigen::Index k = 0; k < found.density.size(); ++k) {
    const double sum = left.density[k] + right.density[k];
    if (!std::isnan(sum)) CHECK(relative_error(sum, found.density[k]) < 1e-10);
  }
  // In the end each has its share of what decays most slowly.
  const Eigen::Index last = found.density.size() - 1;
  CHECK(std::isfinite(left.density[last]));
  CHECK(relative_error(left.exit_points(0, 0), -1.7) < 1e-9);
}

TEST_CASE("out of a disc the places of exit are those of the harmonic measure") {
  // By Poisson's kernel: harmonic functions have their value at the start as their mean over the places of exit.
  constexpr double start = 0.3;
  const double right_half = 2.0 / pi * std::atan((1.0 + start) / (1.0 - start));
  std::vector<double> errors;
  for (const std::string cells : {"40", "83"}) {  // the start lies between four cells, or in the middle of one
    const Results results = with_targets(flat(
        "(x - 0.3)^2 + y^2",
        "x = { min = -1.2, max = 1.8, cells = " + cells + " }\ny = { min = -1.5, max = 1.5, cells = " + cells + " }\n",
        valley("inside", "x^2 + y^2 < 1") + valley("right", "x^2 + y^2 >= 1 && x > 0")));
    const FirstPassageResult& found = results.first_passages.at(0);
    CAPTURE(cells);
    REQUIRE(found.targets.size() == 2);
    CHECK(std::abs(total(found) - 1.0) < 1e-10);
    const FirstPassageTarget& right = target_named(found, "right");
    CHECK(target_named(found, "outside").probability < 0.5);
    CHECK(std::abs(right.probability - right_half) < 0.01);
    CHECK(right.exit_points.row(0).minCoeff() > -0.05);
    CHECK(relative_error(mean_at_exit(found, [](const auto& at) { return at.squaredNorm(); }), 1.0) < 3e-3);
    errors.push_back(
        std::abs(mean_at_exit(found, [](const auto& at) { return at[0]; }) - start) +
        std::abs(mean_at_exit(found, [](const auto& at) { return at[0] * at[0] - at[1] * at[1]; }) - start * start));
  }
  CAPTURE(errors[0]);
  CAPTURE(errors[1]);
  CHECK(errors[1] < 0.7 * errors[0]);
  CHECK(errors[1] < 1e-4);
}

TEST_CASE("from the middle of a square each wall takes a quarter and its middle the most") {
  const Results results = with_targets(flat("x^2 + y^2",
                                            "x = { min = -1, max = 1, cells = 31, boundary = \"absorbing\" }\n"
                                            "y = { min = -1, max = 1, cells = 31, boundary = \"absorbing\" }\n",
                                            valley("inside", "abs(x) < 2")));
  const FirstPassageResult& found = results.first_passages.at(0);
  REQUIRE(found.targets.size() == 4);
  CHECK(std::abs(total(found) - 1.0) < 1e-10);
  for (const FirstPassageTarget& wall : found.targets) {
    CAPTURE(wall.name);
    CHECK(relative_error(wall.probability, 0.25) < 1e-8);
    CHECK(relative_error(wall.mean.value(), found.mean) < 1e-8);
    // Of the harmonic measure of a side, in its middle: a series of 1 / cosh(n pi / 2) over odd n.
    Eigen::Index middle = 0;
    wall.exit_probability.maxCoeff(&middle);
    const int along = wall.name[0] == 'x' ? 1 : 0;
    CHECK(std::abs(wall.exit_points(along, middle)) < 1e-9);
    CHECK(relative_error(std::abs(wall.exit_points(1 - along, middle)), 1.0) < 1e-9);
    double density = 0.0;
    for (int n = 1; n < 40; n += 2) density += 0.5 / std::cosh(0.5 * n * pi);
    CHECK(relative_error(wall.exit_probability[middle] / (2.0 / 31.0), density) < 5e-3);
  }
  // All of it is lost at walls, which is no arrival.
  CHECK(found.density.tail(40).maxCoeff() == 0.0);
}
