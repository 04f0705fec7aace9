// Rates on tables whose high values are bent over: their intervals hold the rates on the landscape itself.

#include "solver/run/run.hpp"
#include "tests/scratch_folder.hpp"
#include "tests/solver/quadrature.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <string>
#include <utility>

using namespace valleyflux;

namespace {

constexpr double clip_bath = 2.494, lower_wall = 0.5, upper_wall = 2.6;

double clipped_height(double x) {
  return 30.0 * std::pow((x - 0.9) * (x - 2.1), 2) + 0.5 * (x - 0.9);
}

/// Where its slope vanishes, by Newton's method.
double minimum_near(double x) {
  for (int turn = 0; turn < 50; ++turn) {
    const double a = x - 0.9, b = x - 2.1;
    x -= (60.0 * a * b * (a + b) + 0.5) / (60.0 * ((a + b) * (a + b) + 2.0 * a * b));
  }
  return x;
}

/// One over the mean time from the minimum of one well to the core of the other.
double rate_to_the_right() {
  const double time = integral(minimum_near(0.9), 2.0, [](double y) {
    return std::exp(clipped_height(y) / clip_bath) *
           integral(lower_wall, y, [](double z) { return std::exp(-clipped_height(z) / clip_bath) / clip_bath; });
  });
  return 1.0 / time;
}
double rate_to_the_left() {
  const double time = integral(1.0, minimum_near(2.1), [](double y) {
    return std::exp(clipped_height(y) / clip_bath) *
           integral(y, upper_wall, [](double z) { return std::exp(-clipped_height(z) / clip_bath) / clip_bath; });
  });
  return 1.0 / time;
}

Results clipped_run(const ScratchFolder& folder, const std::string& clip) {
  return run(read_case("[landscape]\nfile = \"wells.dat\"\n" + clip +
                           "[diffusion]\nD = 2.494\n[grid.x]\ncells = 200\n[solver]\nmodes = 0\nnetwork = false\n"
                           "[[valley]]\nname = \"left\"\nwhere = \"x < 1.5\"\ncore = \"x < 1\"\n"
                           "[[valley]]\nname = \"right\"\nwhere = \"x > 1.5\"\ncore = \"x > 2\"\n"
                           "[[escape]]\nfrom = \"left\"\nto = \"right\"\nmethods = [\"mean_first_passage\"]\n"
                           "[[escape]]\nfrom = \"right\"\nto = \"left\"\nmethods = [\"mean_first_passage\"]\n",
                       "case.toml", folder.path));
}

}  // namespace

TEST_CASE("intervals of rates hold what bent values make of them") {
  const ScratchFolder folder;
  {
    std::ofstream table(folder.path / "wells.dat");
    table.precision(15);
    table << "x F\n";
    constexpr int steps = 210;
    for (int k = 0; k <= steps; ++k) {
      const double x = lower_wall + (upper_wall - lower_wall) * k / steps;
      table << x << " " << clipped_height(x) << "\n";
    }
  }
  const double right = rate_to_the_right(), left = rate_to_the_left();
  // With 5.2 and twice that the rate to the right is the same.
  using Clip = std::pair<std::string, double>;  // and how wide the interval is at most
  for (const Clip& clip :
       {Clip{"3", 0.5}, {"4", 0.2}, {"5", 0.05}, {"5.2", 0.05}, {"6", 0.05}, {"8", 0.05}, {"10", 0.02}, {"14", 0.01}}) {
    CAPTURE(clip.first);
    const Results results = clipped_run(folder, "clip_above = " + clip.first + "\n");
    REQUIRE(results.estimates.size() == 2);
    const Estimate &one = results.estimates[0], &other = results.estimates[1];
    CHECK(one.note.find("landscape.clip_above may change it by ") != std::string::npos);
    CHECK(*one.low < right);
    CHECK(right < *one.high);
    CHECK(*other.low < left);
    CHECK(left < *other.high);
    CHECK(std::log(*one.high / *one.low) < clip.second);
  }
  // Where nothing is bent, rates are those of the spline.
  const Results whole = clipped_run(folder, "clip_above = 1000\n");
  CHECK(std::abs(std::log(*whole.estimates[0].rate / right)) < 1e-7);
  CHECK(whole.estimates[0].note.find("clip_above") == std::string::npos);
  CHECK(std::log(*whole.estimates[0].high / *whole.estimates[0].low) < 1e-9);
}
