#include "problems/expressions/breakpoints.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/tables/table_function.hpp"
#include "tests/relative.hpp"
#include "tests/straight_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

Breakpoints breakpoints(const std::string& text, double low = -2.0, double high = 2.0, const TableSource& tables = {}) {
  ExpressionGraph graph(1);
  const GraphNode value = Expression(text, {"x"}, {}, tables).append_to(graph);
  return find_breakpoints(graph, {value}, low, high);
}

/// Whether these are the places, and all of them.
bool breaks_at(const Breakpoints& found, const std::vector<double>& places) {
  constexpr double round_off = 4e-15;
  return found.complete && found.places.size() == places.size() &&
         std::equal(places.begin(), places.end(), found.places.begin(),
                    [](double a, double b) { return std::abs(a - b) <= round_off * std::max(std::abs(a), 1e-300); });
}

}  // namespace

TEST_CASE("formulas switch at places that are known to round-off, however close to each other they are") {
  CHECK(breaks_at(breakpoints("x^4/4 - x^2/2 + where(x > 0.3 && x < 0.3001, 5, 0)"), {0.3, 0.3001}));
  CHECK(breaks_at(breakpoints("where(x > 0.1 and x < 0.1 + 1e-9, 1, 0)"), {0.1, 0.1 + 1e-9}));
  CHECK(breaks_at(breakpoints("abs(x^2 - 2)"), {-std::sqrt(2.0), std::sqrt(2.0)}));
  CHECK(breaks_at(breakpoints("min(x^2, 1e-20)"), {-1e-10, 1e-10}));
  CHECK(breaks_at(breakpoints("max(1, min(x, 1.5)) + where(exp(x) < 0.5, 1, 0)"), {-std::log(2.0), 1.0, 1.5}));
  CHECK(breaks_at(breakpoints("where((x^2 - 2)^2 < 1e-12, 1, 0)", 0.0, 2.0),
                  {std::sqrt(2.0 - 1e-6), std::sqrt(2.0 + 1e-6)}));
  CHECK(breaks_at(breakpoints("where(1/x < 5, 1, 0)", -1.0, 1.0), {0.0, 0.2}));
  CHECK(breaks_at(breakpoints("where(sqrt(x) < 1, 1, 0) + (log(x) > 0.5)"), {0.0, 1.0, std::exp(0.5)}));
  CHECK(breaks_at(breakpoints("where(atan2(x, -1) > 0.4, 1, 0)"), {0.0}));
  std::vector<double> waves;
  for (int k = -17; k <= 17; ++k)
    for (const double angle : {std::asin(0.999), std::numbers::pi - std::asin(0.999)})
      if (const double x = (angle + 2.0 * std::numbers::pi * k) / 50.0; x > -2.0 && x < 2.0) waves.push_back(x);
  std::sort(waves.begin(), waves.end());
  const Breakpoints found = breakpoints("where(sin(50*x) > 0.999, 1, 0)");
  REQUIRE(found.complete);
  REQUIRE(found.places.size() == waves.size());
  // The crests are flat: places are known to round-off of the sine over its slope there.
  for (std::size_t k = 0; k < waves.size(); ++k) CHECK(std::abs(found.places[k] - waves[k]) < 1e-14);
}

TEST_CASE("what switches by what switches itself is followed from the inside outwards") {
  CHECK(breaks_at(breakpoints("where(abs(x - 0.5) < 0.25, where(x > 0.625, 1, 2), where(x < -1, 3, max(x, -0.5)))"),
                  {-1.0, -0.5, 0.25, 0.5, 0.625, 0.75}));
  // |x| - 1 where x is positive, 3 |x| - 1 elsewhere.
  CHECK(breaks_at(breakpoints("abs(abs(x)*where(x > 0, 1, 3) - 1)"), {-1.0 / 3.0, 0.0, 1.0}));
  // A comparison that jumps over its threshold.
  CHECK(breaks_at(breakpoints("where(where(x > 0.7, 3, 1) > 2, 1, 0)"), {0.7}));
  // Nothing switches where a function vanishes on a stretch, or touches zero.
  CHECK(breaks_at(breakpoints("abs(max(x, 0)) + (x^4 - 4*x^2 + 4 < -1)"), {0.0}));
}

TEST_CASE("smooth formulas have no breakpoints, and an equality is none to be seen") {
  for (const char* const smooth : {"x^4/4 - x^2/2", "sin(50*x)/x", "tanh(1e9*x)", "erf(x) + x^0.5"}) {
    const Breakpoints found = breakpoints(smooth);
    CHECK(found.places.empty());
    CHECK(found.complete);
  }
  const Breakpoints single = breakpoints("where(x == 0.3, 5, 0)");
  REQUIRE(single.places.size() == 1);
  CHECK(single.before(0, 0) == single.after(0, 0));
}

TEST_CASE("limits at either side of a breakpoint show steps, and no round-off where there are kinks") {
  const Breakpoints step = breakpoints("x^2 + where(x > 0.3 and x < 0.3001, 5, 0) + abs(x + 1)");
  REQUIRE(step.places.size() == 3);
  CHECK(step.before(0, 0) == step.after(0, 0));
  CHECK(relative_error(step.after(0, 1) - step.before(0, 1), 5.0) < 1e-14);
  CHECK(relative_error(step.after(0, 2) - step.before(0, 2), -5.0) < 1e-14);
  CHECK(relative_error(step.before(0, 1), 1.39) < 1e-14);
}

TEST_CASE("where intervals do not tell it is said, and what they told is kept") {
  const Breakpoints found = breakpoints("where(sin(1/x) > 0.5, 1, 0)", -1.0, 1.0);
  CHECK_FALSE(found.complete);
  for (int k = 0; k < 20; ++k)
    for (const double angle : {std::numbers::pi / 6.0, 5.0 * std::numbers::pi / 6.0}) {
      const double x = 1.0 / (angle + 2.0 * std::numbers::pi * k);
      if (x > 1.0) continue;
      const auto next = std::lower_bound(found.places.begin(), found.places.end(), x - 1e-13);
      REQUIRE(next != found.places.end());
      CHECK(std::abs(*next - x) < 1e-13);
    }
}

TEST_CASE("a comparison that holds where a function is a number alone ends where that does") {
  for (const char* const condition : {"acos((x - 0.3)*1e6) >= 0", "acos((x - 0.3)*1e6) <= 4",
                                      "asin((x - 0.3)*1e6) >= -4", "sqrt(1e-12 - (x - 0.3)^2) >= 0"}) {
    CAPTURE(condition);
    const Breakpoints found = breakpoints("where(" + std::string(condition) + ", 1, 0)");
    REQUIRE(found.complete);
    REQUIRE(found.places.size() == 2);
    CHECK(std::abs(found.places[0] - (0.3 - 1e-6)) < 1e-15);
    CHECK(std::abs(found.places[1] - (0.3 + 1e-6)) < 1e-15);
  }
}

TEST_CASE("what is nested beyond all measure ends soon, and says that it is not complete") {
  std::string nested = "x";
  for (int k = 0; k < 40; ++k) nested = "abs(" + nested + " - 2^(-" + std::to_string(k) + "))";
  CHECK_FALSE(breakpoints(nested).complete);
}

TEST_CASE("tables may be compared") {
  TabulatedValues table = straight_table();
  const auto line = held_function(table);
  const TableSource source = [&](const std::string&, int) { return line; };
  CHECK(breaks_at(breakpoints("where(table('t', x) > 0.3 and table('t', x) < 0.3001, 5, 0)", -3.0, 3.0, source),
                  {0.3, 0.3001}));
  CHECK(breaks_at(breakpoints("where(table('t', 2*x) > 1.99, 1, 0)", -3.0, 3.0, source), {0.995}));
  // Points that are no binary fractions: the parabola x^2, whose spline is itself.
  TabulatedValues parabola;
  parabola.axes = {{"x", -2.0, 0.1, 41}};
  parabola.values = Eigen::VectorXd::LinSpaced(41, -2.0, 2.0).array().square();
  const auto square = held_function(parabola);
  const TableSource squares = [&](const std::string&, int) { return square; };
  const Breakpoints both = breakpoints("where(table('t', x) > 0.1089, 5, 0)", -2.0, 2.0, squares);
  REQUIRE(both.complete);
  REQUIRE(both.places.size() == 2);
  CHECK(std::abs(both.places[0] + 0.33) < 1e-12);
  CHECK(std::abs(both.places[1] - 0.33) < 1e-12);
  table.axes.push_back({"y", 0.0, 1.0, 5});
  table.values = table.values.replicate(5, 1).eval();
  const auto plane = held_function(table);
  const TableSource two = [&](const std::string&, int) { return plane; };
  const Breakpoints found = breakpoints("where(table('t', x, 1) > 0.3, 5, 0) + abs(x)", -1.0, 1.0, two);
  CHECK_FALSE(found.complete);
  CHECK(found.places.size() == 2);
}
