#include "solver/solver_error.hpp"
#include "tests/relative.hpp"
#include "tests/solver/line_problems.hpp"

#include <doctest/doctest.h>

#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <functional>
#include <string>

using namespace valleyflux;

TEST_CASE("what stops at a zero of the noise stays on its side, what passes it comes back no more") {
  // D = 0.1 |x - 0.3|, F = -1 everywhere: from the right through the zero, never back. The time from 1 to -1 with
  // walls far off is that of the two parts, each by its scale and speed densities.
  const Problem<1> problem = line_towards(line_dynamics("-1", "0.1*abs(x - 0.3)"), Axis("x", -2.0, 2.0, 37), 1.0,
                                          region_where([](double x) { return x < -1.0; }));
  const Discretisation<1> discretisation = discretise(problem);
  REQUIRE(discretisation.blocked.size() == 1);
  CHECK(std::abs(discretisation.blocked[0].place[0] - 0.3) < 1e-12);
  // Drift and its scale: E[time] solves D u'' - u' = -1. Right of the zero with y = x - 0.3: u = y + const. up to the
  // contribution of the far wall at y = 1.7, whose excursions weigh (y / 1.7)^11 and less: u' = 1 - (y/1.7)^10.
  const double right = 0.7 - 1.7 / 11.0 * std::pow(0.7 / 1.7, 11);
  // Left of it, z = 0.3 - x: dz = dt + sqrt(0.2 z) dW from 0 to 1.3: D u'' + u' = -1, u = -z + c: 1.3.
  CHECK(relative_error(line_passage_time(problem), right + 1.3) < 1e-10);
}

TEST_CASE("a zero of the noise on a node divides the line where it is not reached and is a trap where it is") {
  const auto found = [](const std::string& force, const std::string& noise, Index cells) {
    return discretise(line_towards(line_dynamics(force, noise), Axis("x", -2.0, 2.0, cells), 1.0,
                                   region_where([](double x) { return x < 0.0; })));
  };
  // x^3 and more of the drift apart dx = b x dt + (2 c)^1/2 x dW: log x moves by b - c, and 0 is never reached.
  for (const Index cells : {200, 201})  // 0 between two cells, where the surface is, and amid one
    for (const char* const noise : {"0.05*x^2", "3*x^2", "0.05*x^4"}) {
      CAPTURE(noise);
      const Discretisation<1> divided = found("4*x - 4*x^3", noise, cells);
      REQUIRE(divided.blocked.size() == 2);
      CHECK(std::abs(divided.blocked[0].place[0]) < 1e-12);
    }
  // D = c |x|^p with p < 2: 0 is reached, and left only where p < 1.
  for (const char* const noise : {"0.05*abs(x)", "0.05*abs(x)^1.5"})
    for (const Index cells : {200, 201})
      CHECK_THROWS_WITH_AS(found("4*x - 4*x^3", noise, cells), doctest::Contains("what reaches it stays"), SolverError);
  CHECK_NOTHROW(found("4*x - 4*x^3", "0.05*abs(x)^0.5 + 1e-300", 201));
  // b < c: what is beside 0 comes ever closer, by a drift outwards or inwards.
  for (const char* const force : {"4*x - 4*x^3", "-x"})
    CHECK_THROWS_WITH_AS(found(force, "5*x^2", 200), doctest::Contains("never gets away"), SolverError);
}

TEST_CASE("what no noise reaches is blocked: zeros of a mobility by its power, stretches without noise by the drift") {
  const auto blocked = [](const std::string& force, const std::string& noise, Interpretation interpretation) {
    return discretise(line_towards(line_dynamics(force, noise, interpretation), Axis("x", -2.0, 2.0, 90), -1.0,
                                   region_where([](double x) { return x > 1.0; })))
        .blocked;
  };
  // s' = exp(Phi) / D of M = y^2 diverges at its zero, y^1/2's does not; F = -M dL/dx vanishes there with D.
  const auto isothermal = Interpretation::isothermal;
  const auto never = blocked("-x*(x - 0.2)^2", "0.7*(x - 0.2)^2", isothermal);
  REQUIRE(never.size() == 2);
  CHECK(std::abs(never[0].place[0] - 0.2) < 1e-9);
  // Ito's D = y^2 with a drift that leads across is passed that way.
  CHECK(blocked("1", "0.7*(x - 0.2)^2", Interpretation::ito).size() == 1);
  // Between 0.1 and 0.3 nothing moves, or the drift alone does.
  const std::string strip = "0.5*(abs(x - 0.2) > 0.1)";
  const auto still = blocked("-x*(abs(x - 0.2) > 0.1)", strip, isothermal);
  REQUIRE(still.size() >= 4);
  CHECK(std::abs(still.front().place[0] - 0.1) < 1e-9);
  CHECK(std::abs(still.back().place[0] - 0.3) < 1e-9);
  for (const auto& crossing : blocked("-1", strip, Interpretation::ito)) CHECK(crossing.forward);
  for (const auto& crossing : blocked("1", strip, Interpretation::ito)) CHECK_FALSE(crossing.forward);
  // D u'' + u' = -1 has u' = -1 whatever D is, also at the far end of the strip, where the drift alone takes off.
  const double time = line_passage_time(line_towards(line_dynamics("1", strip), Axis("x", -9.0, 1.4, 104), 0.0,
                                                     region_where([](double x) { return x > 1.0; })));
  // Before the strip the wall at -9 shortens it by int exp(2 (-9 - x)).
  CHECK(relative_error(time, 1.0 - 0.5 * (std::exp(-18.0) - std::exp(-18.2))) < 1e-11);
}

TEST_CASE("a zero of the noise like a power below 1 is passed in the time that the densities' integrals say") {
  // From 1 to -1 with a wall at 2 and a zero at 0.3. Without drift all integrals of c |x - 0.3|^-m are powers.
  const double zero = 0.3, wall = 2.0, from = 1.0, to = -1.0, c = 0.1;
  const auto rest = region_where([&](double x) { return x < -1.0; });
  for (const double power : {0.1, 0.3, 0.5, 0.7, 0.9, 0.97})
    for (const Index cells : {20, 37, 40}) {  // the zero on a node, anywhere, and between two cells
      CAPTURE(power);
      CAPTURE(cells);
      const std::string noise = "0.1*abs(x - 0.3)^" + std::to_string(power);
      const auto time = [&](Interpretation interpretation) {
        return line_passage_time(
            line_towards(line_dynamics("0", noise, interpretation), Axis("x", -2.0, wall, cells), from, rest));
      };
      /// Antiderivatives of D^-m and of that times the distance.
      const auto integral = [&](double x, double m) {
        const double y = x - zero, q = 1.0 - m * power;
        return std::copysign(std::pow(std::abs(y), q), y) / q * std::pow(c, -m);
      };
      const auto moment = [&](double x, double m) {
        const double q = 2.0 - m * power;
        return std::pow(std::abs(x - zero), q) / q * std::pow(c, -m);
      };
      // int dy D^-alpha int_y^wall dz D^(alpha-1)
      const double ito = integral(wall, 1.0) * (from - to) -
                         (std::pow(std::abs(from - zero), 2 - power) - std::pow(std::abs(to - zero), 2 - power)) /
                             (c * (1 - power) * (2 - power));
      const double isothermal =
          (wall - zero) * (integral(from, 1.0) - integral(to, 1.0)) - (moment(from, 1.0) - moment(to, 1.0));
      const auto left = [&](double x) { return std::pow(integral(wall, 0.5) - integral(x, 0.5), 2) / 2; };
      CHECK(relative_error(time(Interpretation::ito), ito) < 1e-9);
      CHECK(relative_error(time(Interpretation::isothermal), isothermal) < 1e-9);
      CHECK(relative_error(time(Interpretation::stratonovich), left(to) - left(from)) < 1e-9);
    }
}

TEST_CASE("with a drift, or a mobility on a slope, that time is a quadrature's in the coordinate that straightens D") {
  // x = 0.3 + sgn(u) |u|^q with q = 1 / (1 - p): |x - 0.3|^p = |u|^(q - 1), and dx / D = q / c du.
  using Rule = boost::math::quadrature::gauss<double, 20>;
  const double zero = 0.3, wall = 2.0, c = 0.2;
  for (const int q : {2, 3, 4}) {
    const double power = 1.0 - 1.0 / q;
    const auto place = [&](double u) { return zero + std::copysign(std::pow(std::abs(u), q), u); };
    const auto straight = [&](double x) { return std::copysign(std::pow(std::abs(x - zero), 1.0 / q), x - zero); };
    const auto quadrature = [&](const std::function<double(double)>& phi, double alpha) {  // phi of u
      const auto noise = [&](double u) { return c * std::pow(std::abs(u), q - 1); };
      const auto width = [&](double u) { return q * std::pow(std::abs(u), q - 1); };
      constexpr int panels = 60;
      double above = 0.0, time = 0.0;
      const auto add = [&](double high, double low, bool counted) {
        for (int k = 0; k < panels; ++k) {
          const double b = high + (low - high) * k / panels, a = high + (low - high) * (k + 1) / panels;
          const auto speed = [&](double u) { return std::pow(noise(u), alpha - 1) * width(u) * std::exp(-phi(u)); };
          if (counted)
            time += Rule::integrate(
                [&](double u) {
                  return std::pow(noise(u), -alpha) * width(u) * std::exp(phi(u)) *
                         (above + Rule::integrate(speed, u, b));
                },
                a, b);
          above += Rule::integrate(speed, a, b);
        }
      };
      add(straight(wall), straight(1.0), false);
      add(straight(1.0), 0.0, true);
      add(0.0, straight(-1.0), true);
      return time;
    };
    const std::string noise = "0.2*abs(x - 0.3)^(" + std::to_string(q - 1) + "/" + std::to_string(q) + ")";
    const auto time = [&](const std::string& force, Interpretation interpretation) {
      return line_passage_time(line_towards(line_dynamics(force, noise, interpretation), Axis("x", -2.0, wall, 47), 1.0,
                                            region_where([](double x) { return x < -1.0; })));
    };
    CAPTURE(power);
    CHECK(relative_error(time("-0.3", Interpretation::ito),
                         quadrature([&](double u) { return 0.3 * q * u / c; }, 0.0)) < 1e-9);
    const auto slope = [&](double u) { return std::pow(place(u), 2); };  // L / kT = x^2
    CHECK(relative_error(time("-2*x*(" + noise + ")", Interpretation::isothermal), quadrature(slope, 1.0)) < 1e-9);
  }
  // Too near to the first power, from which on a drift turns everything back.
  CHECK_THROWS_WITH_AS(
      line_passage_time(line_towards(line_dynamics("0.3", "0.2*abs(x - 0.3)^0.99"), Axis("x", -2.0, 2.0, 47), 1.0,
                                     region_where([](double x) { return x < -1.0; }))),
      doctest::Contains("0.99"), SolverError);
  // From a first power on nothing passes a zero of a mobility.
  for (const char* const noise : {"abs(x - 0.3)", "abs(x - 0.3)^1.5"})
    CHECK(discretise(line_towards(line_dynamics("-2*x*" + std::string(noise), noise, Interpretation::isothermal),
                                  Axis("x", -2.0, 2.0, 47), 1.0, region_where([](double x) { return x < -1.0; })))
              .blocked.size() == 2);
}

TEST_CASE("a stretch without noise that no node lies in blocks as a wide one does") {
  const auto blocked = [](const std::string& force, const std::string& noise) {
    return discretise(line_towards(line_dynamics(force, noise, Interpretation::isothermal), Axis("x", -2.0, 2.0, 200),
                                   -1.0, region_where([](double x) { return x > 1.0; })))
        .blocked;
  };
  for (const double half : {1e-3, 1e-4}) {
    const std::string strip = "0.1*(abs(x - 0.3) > " + std::to_string(half) + ")";
    CAPTURE(strip);
    const auto still = blocked("-x*" + strip, strip);
    REQUIRE(still.size() == 4);  // either border, either way
    CHECK(std::abs(still.front().place[0] - (0.3 - half)) < 1e-9);
    CHECK(std::abs(still.back().place[0] - (0.3 + half)) < 1e-9);
    // The drift alone carries across, and u' = -1 solves D u'' + u' = -1 whatever D is.
    CHECK(blocked("1", strip).size() == 2);
    const double time = line_passage_time(line_towards(line_dynamics("1", strip), Axis("x", -5.0, 1.4, 320), 0.0,
                                                       region_where([](double x) { return x > 1.0; })));
    CHECK(relative_error(time, 1.0) < 1e-11);
  }
  CHECK(blocked("-x", "where(abs(x - 0.3) < 1e-3, 1e-3, 0.1)").empty());
}
