// Zeros of the noise where no edge has a node on either side of them, and stretches without noise that a drift leads
// across.

#include "problems/case/case_file.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/discretisation/noise_cusp.hpp"
#include "solver/run/run.hpp"
#include "solver/solver_error.hpp"
#include "tests/relative.hpp"
#include "tests/solver/line_problems.hpp"
#include "tests/solver/quadrature.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

/// c |x - zero|^power from where the piece before ends.
struct NoisePiece {
  double end, zero, power;
};

constexpr double noise_factor = 0.2;

/// Mean time of Ito's process without a drift from `from` down to `to`, a wall above: int_to^wall (min(x, from) - to)
/// / D, by the powers' antiderivatives.
double time_down(const std::vector<NoisePiece>& pieces, double from, double to, double wall) {
  double time = 0.0, start = to;
  const auto antiderivatives = [](const NoisePiece& piece, double x, bool moment) {
    const double y = x - piece.zero, q = (moment ? 2.0 : 1.0) - piece.power, power = std::pow(std::abs(y), q) / q;
    return (moment ? power : std::copysign(power, y)) / noise_factor;
  };
  for (const NoisePiece& piece : pieces) {
    const auto over = [&](double low, double high, bool moment) {
      return high > low ? antiderivatives(piece, high, moment) - antiderivatives(piece, low, moment) : 0.0;
    };
    const double end = std::min(piece.end, wall), turn = std::clamp(from, start, std::max(start, end));
    time += over(start, turn, true) + (piece.zero - to) * over(start, turn, false);
    time += (from - to) * over(turn, end, false);
    start = std::max(start, end);
  }
  return time;
}

double found_down(const std::string& noise, double from, double to, Axis axis) {
  return line_passage_time(
      line_towards(line_dynamics("0", noise), std::move(axis), from, region_where([to](double x) { return x < to; })));
}

}  // namespace

TEST_CASE("zeros of the noise between a wall and the first node, near each other or beside a jump are passed") {
  const double wall = 2.0, from = 1.0, to = -1.0;
  for (const double power : {0.1, 0.5, 0.9})
    for (const Index cells : {40, 77, 200}) {
      CAPTURE(power);
      CAPTURE(cells);
      const auto expect = [&](const std::string& noise, const std::vector<NoisePiece>& pieces) {
        CAPTURE(noise);
        CHECK(relative_error(found_down(noise, from, to, Axis("x", -2.0, wall, cells)),
                             time_down(pieces, from, to, wall)) < 1e-9);
      };
      for (const double zero : {1.9999, 1.999, 1.996, 1.95})
        expect(fmt::format("0.2*abs(x - {})^{}", zero, power), {{wall, zero, power}});
      for (const double apart : {1e-3, 1e-4})
        expect(fmt::format("0.2*min(abs(x - 0.2), abs(x - {}))^{}", 0.2 + apart, power),
               {{0.2 + 0.5 * apart, 0.2, power}, {wall, 0.2 + apart, power}});
      for (const double zero : {0.2, 0.203, 0.2567})  // on a node or an end of cells, and anywhere
        expect(fmt::format("where(x < {0}, 0.2, 0.2*abs(x - {0})^{1})", zero, power),
               {{zero, 0.0, 0.0}, {wall, zero, power}});
      expect(fmt::format("where(x > 0.203, 0.2, 0.2*abs(x - 0.203)^{})", power), {{0.203, 0.203, power}, {wall, 0, 0}});
    }
}

TEST_CASE("what lies close to a zero of the noise is seen") {
  const double wall = 2.0, from = 1.0, to = -1.0, zero = 0.25;
  const Axis axis("x", -2.0, wall, 100);
  for (const double distance : {std::ldexp(1.0, -8), std::ldexp(1.0, -14), std::ldexp(1.0, -20)}) {
    CAPTURE(distance);
    const std::string place = fmt::format("{:.17g}", zero + distance);
    // Another power from there on.
    CHECK(
        relative_error(found_down("0.2*where(x < " + place + ", abs(x - 0.25)^0.5, abs(x - 0.25)^0.9)", from, to, axis),
                       time_down({{zero + distance, zero, 0.5}, {wall, zero, 0.9}}, from, to, wall)) < 1e-9);
    // A step h of the landscape, which rises towards `to`: below it s' is exp(h / D) times what it is above.
    const double D = noise_factor * std::sqrt(distance), rise = 2.0, factor = std::exp(rise);
    const Dynamics stepped{
        Drift(expression_landscape(Expression(fmt::format("where(x < {}, {:.17g}, 0)", place, rise * D), {"x"}))),
        expression_diffusion(1, {{Expression("0.2*abs(x - 0.25)^0.5", {"x"})}}), Interpretation::ito};
    const double found =
        line_passage_time(line_towards(stepped, axis, from, region_where([to](double x) { return x < to; })));
    // int_to^from s'(y) int_y^wall 1 / (D s') dz dy
    const auto sum = [&](double low, double high) {
      const auto primitive = [&](double x) {
        return std::copysign(std::sqrt(std::abs(x - zero)), x - zero) / (0.5 * noise_factor);
      };
      return primitive(high) - primitive(low);
    };
    const double step = zero + distance;
    const double without = time_down({{wall, zero, 0.5}}, from, to, wall);
    CHECK(relative_error(found, without + (factor - 1.0) * (step - to) * sum(step, wall)) < 1e-9);
  }
}

TEST_CASE("zeros of the noise that no single power describes are integrated, or an error says where") {
  const double wall = 2.0, from = 1.0, to = -1.0;
  const Axis axis("x", -2.0, wall, 100);
  // int dy / (y^1/2 + y) and int y dy / (y^1/2 + y)
  const auto count = [](double y) { return 2.0 * std::log1p(std::sqrt(y)); };
  const auto moment = [&](double y) { return y - 2.0 * std::sqrt(y) + count(y); };
  const double time =
      1.25 * count(1.25) - moment(1.25) + 1.25 * count(0.75) + moment(0.75) + 2.0 * (count(1.75) - count(0.75));
  CHECK(relative_error(found_down("sqrt(abs(x - 0.25)) + abs(x - 0.25)", from, to, axis), time) < 1e-9);
  for (const std::string noise :
       {"0.3*(abs(x - 0.25)^0.3 + abs(x - 0.25)^0.5)", "abs(x - 0.25)^0.7 + abs(x - 0.25)^0.75"})
    CHECK_THROWS_WITH_AS(found_down(noise, from, to, axis), doctest::Contains("near x = 0.25"), SolverError);
  const Dynamics stepped{Drift(expression_landscape(Expression("where(x < 0.25, 0.02, 0)", {"x"}))),
                         expression_diffusion(1, {{Expression("0.2*abs(x - 0.25)^0.5", {"x"})}}), Interpretation::ito};
  CHECK_THROWS_WITH_AS(
      line_passage_time(line_towards(stepped, axis, from, region_where([to](double x) { return x < to; }))),
      doctest::Contains("the landscape steps at x = 0.25, where the noise vanishes"), SolverError);
}

TEST_CASE("noise that is steep and all but zero at a wall is integrated as it is") {
  // F = (2 - x) D, whose Phi is (x - 2)^2 / 2; in u = x^(1/2) nothing is singular.
  for (const double least : {1e-3, 1e-6, 1e-8, 1e-10}) {
    CAPTURE(least);
    const std::string noise = fmt::format("(0.2*sqrt(x) + {})", least);
    const auto phi = [](double x) { return 0.5 * (x - 2.0) * (x - 2.0); };
    const auto mass = [&](double below) {
      const auto over = [&](double from, double to) {
        return integral(from, to, [&](double u) { return 2.0 * u * std::exp(-phi(u * u)) / (0.2 * u + least); });
      };
      const double end = std::sqrt(below);
      double all = over(0.0, least);
      for (double u = least; u < end; u *= 10.0) all += over(u, std::min(10.0 * u, end));
      return all;
    };
    const double expected = integral(1.0, 3.5, [&](double y) { return std::exp(phi(y)) * mass(y); });
    for (const Index cells : {20, 100}) {
      const double found =
          line_passage_time(line_towards(line_dynamics("(2 - x)*" + noise, noise), {"x", 0.0, 4.0, cells}, 1.0,
                                         region_where([](double x) { return x > 3.5; })));
      CHECK(relative_error(found, expected) < 1e-11);
    }
  }
}

TEST_CASE("a place where the noise falls to zero like a power below 1 is told from steps and smooth minima") {
  const auto cusp = [](const std::string& noise) {
    return noise_cusp(*expression_diffusion(1, {{Expression(noise, {"x"})}}), 0.3 + 3e-10, 1e-9, 0.0);
  };
  for (const std::string noise : {"abs(x - 0.3)^0.5", "2*abs(x - 0.3)^0.9", "where(x < 0.3, 1, (x - 0.3)^0.4)"}) {
    REQUIRE(cusp(noise));
    CHECK(std::abs(*cusp(noise) - 0.3) < 1e-15);
  }
  for (const std::string noise :
       {"1", "where(x < 0.3, 1, 0.1)", "0.1 + abs(x - 0.3)^0.5", "(x - 0.3)^2", "where(x < 0.3, 0, 1)"})
    CHECK_FALSE(cusp(noise));
}

TEST_CASE("what a drift carries through a stretch without noise takes the time that quadrature says, to many digits") {
  // F = 4 x - 4 x^3, D = 0.3 outside of [a, b]. Left of a, whence nothing returns, times of the densities of scale and
  // speed; within, dx / F; at b the time u is once differentiable, for Ito's D u'' is bounded: it begins with the
  // slope -1 / F(b), what waits there among it.
  const double D = 0.3, wall = -2.5, start = -1.0, core = 0.8;
  const auto height = [](double x) { return std::pow(x * x - 1.0, 2); };
  const auto force = [](double x) { return 4.0 * x * (1.0 - x * x); };
  const auto density_below = [&](double y, double from) {
    return integral(from, y, [&](double z) { return std::exp((height(y) - height(z)) / D) / D; });
  };
  for (const auto& [a, b] :
       {std::pair(0.1, 0.3), std::pair(0.25, 0.253), std::pair(0.1125, 0.3125), std::pair(0.1, 0.7)}) {
    const double before = integral(start, a, [&](double y) { return density_below(y, wall); });
    const double within = integral(a, b, [&](double x) { return 1.0 / force(x); });
    const double behind = integral(b, core, [&, b = b](double y) {
      return std::exp((height(y) - height(b)) / D) / force(b) + density_below(y, b);
    });
    const std::string noise = fmt::format("where(x > {} and x < {}, 0, 0.3)", a, b);
    for (const Index cells : {40, 77, 200, 400}) {
      CAPTURE(noise);
      CAPTURE(cells);
      const double found =
          line_passage_time(line_towards(line_dynamics("4*x - 4*x^3", noise), Axis("x", wall, 2.5, cells), start,
                                         region_where([&](double x) { return x > core; })));
      CHECK(relative_error(found, before + within + behind) < 1e-10);
    }
  }
}

TEST_CASE("of zeros of the noise that are passed one way it is said which way") {
  const auto warnings_of = [](const std::string& drift, const std::string& noise) {
    return run(read_case("[drift]\nexpression = [\"" + drift + "\"]\n[diffusion]\nD = \"" + noise +
                             "\"\n[grid.x]\nmin = -2\nmax = 2\ncells = 100\n"
                             "[[valley]]\nname = \"left\"\nwhere = \"x < 0\"\ncore = \"x < -0.9\"\n"
                             "[[valley]]\nname = \"right\"\nwhere = \"x > 0\"\ncore = \"x > 0.9\"\n"
                             "[[escape]]\nfrom = \"left\"\nto = \"right\"\nmethods = [\"mean_first_passage\"]\n",
                         "case.toml", "."))
        .warnings;
  };
  const auto says = [](const std::vector<std::string>& warnings, const std::string& what) {
    return std::any_of(warnings.begin(), warnings.end(),
                       [&](const std::string& one) { return one.find(what) != std::string::npos; });
  };
  const auto to_right = warnings_of("4*x - 4*x^3", "0.3*abs(x - 0.2)"),
             to_left = warnings_of("4*x - 4*x^3", "0.3*abs(x + 0.2)");
  CHECK(
      says(to_right,
           "the noise vanishes at x = 0.2 and the drift leads across to larger x: no trajectory passes the other way"));
  CHECK(says(
      to_left,
      "the noise vanishes at x = -0.2 and the drift leads across to smaller x: no trajectory passes the other way"));
  for (const auto& warnings : {to_right, to_left}) CHECK_FALSE(says(warnings, "no drift leads across"));
  const auto never = warnings_of("4*x - 4*x^3", "0.05*x^2");
  CHECK(says(never, "the noise vanishes at x = 0 where no drift leads across: no trajectory passes there"));
  CHECK_FALSE(says(never, "the other way"));
}

TEST_CASE("around a ring with a stretch without noise probability is where closed forms have it") {
  // F = 1, D = 0.5 but in [a, b]. p = J (1 - exp((x - a) / D)) before a, where it is carried off; J in the stretch; and
  // D p(b+) / F is held at b, around the ring from a.
  const Results results =
      run(read_case("[drift]\nexpression = [\"1\"]\n[diffusion]\nD = \"where(x > 0.13 and x < 0.71, 0, 0.5)\"\n"
                    "[grid]\nx = { min = -2, max = 2, cells = 40, boundary = \"periodic\" }\n"
                    "[[valley]]\nname = \"still\"\nwhere = \"x > 0.2 and x < 0.6\"\n"
                    "[[valley]]\nname = \"noisy\"\nwhere = \"x > -1.8 and x < -1\"\n",
                    "case.toml", "."));
  const double D = 0.5, a = 0.13 + 4.0, b = 0.71;
  const auto noisy = [&](double low, double high) {
    return high - low - D * (std::exp((high - a) / D) - std::exp((low - a) / D));
  };
  const double all = noisy(b, a) + (b - (a - 4.0)) + D * (1.0 - std::exp((b - a) / D));
  REQUIRE(results.valleys.size() == 2);
  CHECK(relative_error(*results.valleys[0].stationary_probability, 0.4 / all) < 1e-11);
  CHECK(relative_error(*results.valleys[1].stationary_probability, noisy(2.2, 3.0) / all) < 1e-11);
}
