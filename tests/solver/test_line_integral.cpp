#include "problems/dynamics/diffusion_model.hpp"
#include "solver/discretisation/line_integral.hpp"

#include "problems/expressions/expression.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <iterator>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

Dynamics downhill_dynamics(const std::string& landscape, const std::string& noise, Interpretation interpretation) {
  return {Drift(expression_landscape(Expression(landscape, {"x"}))),
          expression_diffusion(1, {{Expression(noise, {"x"})}}), interpretation};
}

/// Stretches between consecutive stops, as a discretisation has them.
std::vector<LineIntegral> together(const LineIntegrator& integrate, const std::vector<double>& stops) {
  const Eigen::Map<const Eigen::ArrayXd> places(stops.data(), std::ssize(stops));
  const Eigen::Index n = places.size() - 1;
  PanelIntegrals panels;
  const auto done = integrate.together(places.head(n), places.tail(n), panels);
  std::vector<LineIntegral> stretches;
  for (Eigen::Index k = 0; k < n; ++k)
    stretches.push_back(done[static_cast<std::size_t>(k)] ? panels[k] : integrate(places[k], places[k + 1]));
  return stretches;
}

}  // namespace

TEST_CASE("the potential's rise and both integrals agree with nested quadrature in every interpretation") {
  using Rule = boost::math::quadrature::gauss_kronrod<double, 61>;
  const auto force = [](double x) { return x - x * x * x; };
  const auto noise = [](double x) { return 0.1 + 0.05 * std::sin(2.0 * x); };
  const double a = -1.3, b = 0.4;
  const auto phi = [&](double x) {
    return Rule::integrate([&](double y) { return -force(y) / noise(y); }, a, x, 10, 1e-14);
  };
  double alpha = 0.0;
  for (const auto interpretation : {Interpretation::ito, Interpretation::stratonovich, Interpretation::isothermal}) {
    const LineIntegrator integrate(downhill_dynamics("x^4/4 - x^2/2", "0.1 + 0.05*sin(2*x)", interpretation), 0.15);
    const LineIntegral whole = integrate(a, b);
    const double resistance =
        Rule::integrate([&](double x) { return std::pow(noise(x), -alpha) * std::exp(phi(x)); }, a, b, 10, 1e-13);
    const double mass =
        Rule::integrate([&](double x) { return std::pow(noise(x), alpha - 1.0) * std::exp(-phi(x)); }, a, b, 10, 1e-13);
    CHECK(std::abs(whole.rise - phi(b)) < 1e-12);
    CHECK(std::abs(whole.log_resistance - std::log(resistance)) < 1e-11);
    CHECK(std::abs(whole.log_mass - std::log(mass)) < 1e-11);
    // Three integrals in each other: by a fixed rule.
    using Fixed = boost::math::quadrature::gauss<double, 30>;
    const auto rise = [&](double x) { return Fixed::integrate([&](double y) { return -force(y) / noise(y); }, a, x); };
    const auto inner = [&](double x) {
      return Fixed::integrate([&](double y) { return std::pow(noise(y), -alpha) * std::exp(rise(y)); }, a, x);
    };
    const double up = Fixed::integrate(
        [&](double x) { return std::pow(noise(x), alpha - 1.0) * std::exp(-rise(x)) * inner(x); }, a, b);
    CHECK(std::abs(whole.log_up - std::log(up)) < 1e-11);
    CHECK(std::abs(log_sum(whole.log_up, whole.log_down) - whole.log_mass - whole.log_resistance) < 1e-12);
    const LineIntegral parts = joined(integrate(a, -0.2), integrate(-0.2, b));
    CHECK(std::abs(parts.log_up - whole.log_up) < 1e-12);
    CHECK(std::abs(parts.log_down - whole.log_down) < 1e-12);
    const LineIntegral back = reversed(whole);
    CHECK(std::abs(back.log_resistance - whole.log_resistance + phi(b)) < 1e-11);
    CHECK(back.log_up == whole.log_down);
    CHECK(std::abs(parts.log_resistance - whole.log_resistance) < 1e-12);
    CHECK(std::abs(parts.log_mass - whole.log_mass) < 1e-12);
    alpha += 0.5;
  }
}

TEST_CASE("a linear potential of hundreds of kT is integrated exactly") {
  // L = x, D = 1/500: Phi rises by 500 over [0, 1].
  const LineIntegrator integrate(downhill_dynamics("x", "1/500", Interpretation::ito), 1.0 / 500);
  const LineIntegral whole = integrate(0.0, 1.0);
  CHECK(std::abs(whole.rise / 500.0 - 1.0) < 1e-13);
  CHECK(std::abs(whole.log_resistance - (500.0 - std::log(500.0))) < 1e-10);
  CHECK(std::abs(whole.log_mass) < 1e-10);
}

TEST_CASE("stretches of a million kT cost a few panels and keep their digits") {
  // L = x, D = 1e-6: int s' = D (e^p - 1), int 1/(D s') = 1 - e^-p, up = D (p - 1 + e^-p) / D ..., p = 1e6.
  const LineIntegrator integrate(downhill_dynamics("x", "1e-6", Interpretation::isothermal), 1e-6);
  const LineIntegral up = integrate(0.0, 1.0);
  const double p = 1e6;
  // Isothermal: s' = exp(Phi) / D, 1 / (D s') = exp(-Phi).
  CHECK(std::abs(up.log_resistance - p) < 1e-9);
  CHECK(std::abs(up.log_mass - std::log(1e-6)) < 1e-9);
  CHECK(std::abs(up.log_up - std::log(1e-6 * (p - 1.0))) < 1e-11);
  CHECK(std::abs(integrate(-1.0, 0.0).log_up - up.log_up) < 1e-11);
  // Curved, with noise that varies: against itself in a hundred stretches.
  const LineIntegrator curved(downhill_dynamics("x^4/4 - x^2/2", "1e-6*(1 + 0.3*sin(3*x))", Interpretation::ito), 1e-6);
  LineIntegral joint;
  for (int k = 0; k < 100; ++k) joint = joined(joint, curved(-1.5 + 0.03 * k, -1.5 + 0.03 * (k + 1)));
  const LineIntegral whole = curved(-1.5, 1.5);
  CHECK(std::abs(joint.log_up / whole.log_up - 1.0) < 1e-13);
  CHECK(std::abs(joint.log_resistance / whole.log_resistance - 1.0) < 1e-13);
}

TEST_CASE("a narrow dip of the noise is found and resolved") {
  // D = |x| + d: int_{-1}^{1} dx 0.3 / D = 0.6 log((1 + d) / d).
  const double d = 1e-8;
  const LineIntegrator integrate(downhill_dynamics("0.3*x", "abs(x) + 1e-8", Interpretation::ito), 1.0);
  CHECK(std::abs(integrate(-1.0, 1.0).rise / (0.6 * std::log((1.0 + d) / d)) - 1.0) < 1e-10);
}

TEST_CASE("kinks anywhere in a stretch are seen, between the outermost nodes and its ends too") {
  // F = |x - c| - 1: Phi rises by (b - a - ((b - c) |b - c| - (a - c) |a - c|) / 2) / D.
  const double noise = 0.4;
  for (const double size : {1.0, 1e-2, 1e-3}) {
    const double a = -0.2 * size, b = 0.3 * size;
    const double most = size == 1.0 ? 1e-12 : smooth_tail;  // of slopes as small as these less is not asked for
    for (const double at : {-0.1999, -0.196, -0.17, -0.1, 0.05, 0.0501, 0.2, 0.27, 0.291, 0.296, 0.2999}) {
      const double c = at * size;
      const Dynamics kinked{Drift(std::vector<Expression>{Expression(
                                "abs(x - (" + std::to_string(at) + ")*" + std::to_string(size) + ") - 1", {"x"})}),
                            constant_diffusion(Eigen::MatrixXd::Constant(1, 1, noise)), Interpretation::ito};
      const auto integral = [c](double x) { return 0.5 * (x - c) * std::abs(x - c); };
      const double rise = (b - a - integral(b) + integral(a)) / noise;
      CAPTURE(c);
      CHECK(std::abs(LineIntegrator(kinked, noise)(a, b).rise - rise) < most);
      CHECK(std::abs(together(LineIntegrator(kinked, noise), {a, b})[0].rise - rise) < most);
    }
  }
}

TEST_CASE("stretches that are integrated together add up to the whole, short ones as well") {
  for (const auto interpretation : {Interpretation::ito, Interpretation::stratonovich, Interpretation::isothermal})
    for (const std::string noise : {"0.1", "0.1 + 0.05*sin(2*x)"})
      for (const double step : {0.02, 2e-4, 2e-6}) {
        const LineIntegrator integrate(downhill_dynamics("x^4/4 - x^2/2", noise, interpretation), 0.15);
        std::vector<double> stops;
        for (int k = 0; k <= 64; ++k) stops.push_back(-1.3 + step * k);
        LineIntegral sum;
        for (const LineIntegral& part : together(integrate, stops)) sum = joined(sum, part);
        const LineIntegral whole = integrate(stops.front(), stops.back());
        CAPTURE(step);
        CHECK(std::abs(sum.rise - whole.rise) < 1e-13);
        CHECK(std::abs(sum.log_resistance - whole.log_resistance) < 1e-13);
        CHECK(std::abs(sum.log_mass - whole.log_mass) < 1e-13);
        CHECK(std::abs(sum.log_up - whole.log_up) < 1e-13);
        CHECK(std::abs(sum.log_down - whole.log_down) < 1e-13);
      }
}

TEST_CASE("a cubic drift, which eight nodes hold exactly, needs no panel to be halved") {
  const LineIntegrator integrate(downhill_dynamics("x^4/4 - x^2/2", "0.5", Interpretation::ito), 0.5);
  constexpr int stretches = 8;
  const Eigen::ArrayXd stops = Eigen::ArrayXd::LinSpaced(stretches + 1, -1.2, 1.2);
  PanelIntegrals panels;
  const auto done = integrate.together(stops.head(stretches), stops.tail(stretches), panels);
  const auto phi = [](double x) { return (x * x / 4 - 0.5) * x * x / 0.5; };
  for (int k = 0; k < stretches; ++k) {
    CAPTURE(k);
    REQUIRE(done[static_cast<std::size_t>(k)]);
    CHECK(std::abs(panels[k].rise - (phi(stops[k + 1]) - phi(stops[k]))) < 1e-14);
  }
}

TEST_CASE("steps and ramps of a landscape that no slope shows count with their height") {
  // D = 1: Phi = 3 beyond the step. Resistance .3 + .7 e^3 on [0, 1], mass .3 + .7 e^-3.
  const double e3 = std::exp(3.0);
  const LineIntegrator over(downhill_dynamics("3*(x > 0.3)", "1", Interpretation::ito), 1.0);
  const LineIntegral step = over(0.0, 1.0);
  CHECK(relative_error(step.rise, 3.0) < 1e-13);
  CHECK(relative_error(std::exp(step.log_resistance), 0.3 + 0.7 * e3) < 1e-13);
  CHECK(relative_error(std::exp(step.log_mass), 0.3 + 0.7 / e3) < 1e-13);
  // The two parts of `up`: pairs y < x on one side, and on both.
  CHECK(relative_error(std::exp(step.log_up), 0.5 * (0.3 * 0.3 + 0.7 * 0.7) + 0.3 * 0.7 / e3) < 1e-13);
  for (const LineIntegral& part : together(over, {0.0, 0.1, 0.3, 0.6, 1.0})) CHECK(part.rise >= 0.0);
  LineIntegral parts;
  for (const LineIntegral& part : together(over, {0.0, 0.1, 0.3, 0.6, 1.0})) parts = joined(parts, part);
  CHECK(relative_error(parts.log_resistance, step.log_resistance) < 1e-13);
  // A ramp of width w: int exp over it is w (e^3 - 1) / 3.
  const double w = 1e-6;
  const LineIntegrator ramp(downhill_dynamics("3*max(0, min(1, (x - 0.3)/1e-6))", "1", Interpretation::ito), 1.0);
  CHECK(relative_error(std::exp(ramp(0.0, 1.0).log_resistance), 0.3 + w * (e3 - 1.0) / 3.0 + (0.7 - w) * e3) < 1e-12);
  // Where D varies the step is as high as D there has it; of a mobility its height over kT.
  const LineIntegrator varying(downhill_dynamics("3*(x > 0.3)", "1 + x", Interpretation::ito), 2.0);
  CHECK(relative_error(std::exp(varying(0.0, 1.0).log_resistance), 0.3 + 0.7 * std::exp(3.0 / 1.3)) < 1e-12);
  const Dynamics downhill = downhill_dynamics("3*(x > 0.3)", "1 + x", Interpretation::ito);
  const LineIntegrator mobile(mobile_dynamics(downhill.drift.landscape(), downhill.diffusion, 2.0), 2.0);
  CHECK(relative_error(std::exp(mobile(0.0, 1.0).log_resistance), std::log(1.3) + std::exp(1.5) * std::log(2.0 / 1.3)) <
        1e-12);
}
