#include "problems/case/case_file.hpp"
#include "solver/run/run.hpp"

#include "tests/relative.hpp"
#include "tests/solver/quadrature.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

using namespace valleyflux;

namespace {

/// Mean time from one point of the line to a higher one, over a reflecting wall below, by the landscape's double
/// integral; `kinks`: where both integrals are divided.
template <class Landscape>
double kinked_passage_time(const Landscape& L, double D, double wall, double start, double end,
                           const std::vector<double>& kinks) {
  const auto parted = [&](double low, double high, const auto& f) {
    double sum = 0.0, from = low;
    for (const double kink : kinks)
      if (kink > from && kink < high) {
        sum += integral(from, kink, f);
        from = kink;
      }
    return sum + integral(from, high, f);
  };
  return parted(start, end, [&](double y) {
    return std::exp(L(y) / D) / D * parted(wall, y, [&](double z) { return std::exp(-L(z) / D); });
  });
}

const Estimate& estimate_of(const Results& results, const std::string& method) {
  return *std::find_if(results.estimates.begin(), results.estimates.end(),
                       [&](const Estimate& estimate) { return estimate.method == method; });
}

}  // namespace

TEST_CASE("rates between kinked minima are those of the quadrature and closed forms say what they lack") {
  constexpr double D = 0.3;
  const Results results = run(read_case(R"toml(
[landscape]
expression = "3*abs(abs(x - 0.137) - 1.03)"
[diffusion]
D = 0.3
[grid]
x = { min = -4, max = 4, cells = 100 }
[[escape]]
from = "valley_1"
to = "valley_2"
methods = ["mean_first_passage", "theory:kramers"]
)toml",
                                        "case.toml", "."),
                              {.rates_only = true}, {});
  const auto L = [](double x) { return 3.0 * std::abs(std::abs(x - 0.137) - 1.03); };
  // The core around a kink reaches as far as L rises by D.
  const double time = kinked_passage_time(L, D, -4.0, -0.893, 1.167 - D / 3.0, {-0.893, 0.137});
  const Estimate& found = estimate_of(results, "mean_first_passage");
  REQUIRE(found.time);
  CHECK(relative_error(*found.time, time) < 1e-8);
  const Estimate& kramers = estimate_of(results, "theory:kramers");
  CHECK(!kramers.rate);
  CHECK(kramers.note.find("kink") != std::string::npos);
}

TEST_CASE("valleys of a kinked plane have the rates of the line where the other axis is apart") {
  constexpr double D = 0.5;
  const Results results = run(read_case(R"toml(
[landscape]
expression = "3*abs(abs(x - 0.05) - 1) + 2*abs(y)"
[diffusion]
D = 0.5
[grid]
x = { min = -2.95, max = 3.05, cells = 120 }
y = { min = -2, max = 2, cells = 40 }
[accuracy]
relative = 1.0
[[escape]]
from = "valley_1"
to = "first_exit"
methods = ["mean_first_passage"]
)toml",
                                        "case.toml", "."),
                              {.rates_only = true}, {});
  const auto L = [](double x) { return 3.0 * std::abs(std::abs(x - 0.05) - 1.0); };
  const double time = kinked_passage_time(L, D, -2.95, -0.95, 0.05, {-0.95, 0.05});
  REQUIRE(results.estimates.at(0).time);
  CHECK(relative_error(*results.estimates[0].time, time) < 0.02);  // borders of valleys to a cell of the lattice
}
