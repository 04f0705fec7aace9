#include "solver/discretisation/line_integral.hpp"

#include "problems/landscapes/expression.hpp"

#include <doctest/doctest.h>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>

using namespace valleyflux;

namespace {

Dynamics dynamics(const std::string& landscape, const std::string& noise, Interpretation interpretation) {
  return {Drift(expression_landscape(Expression(landscape, {"x"}))),
          expression_diffusion(1, {{Expression(noise, {"x"})}}), interpretation};
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
    const LineIntegrator integrate(dynamics("x^4/4 - x^2/2", "0.1 + 0.05*sin(2*x)", interpretation), 0.15);
    const LineIntegral whole = integrate(a, b);
    const double resistance =
        Rule::integrate([&](double x) { return std::pow(noise(x), -alpha) * std::exp(phi(x)); }, a, b, 10, 1e-13);
    const double mass =
        Rule::integrate([&](double x) { return std::pow(noise(x), alpha - 1.0) * std::exp(-phi(x)); }, a, b, 10, 1e-13);
    CHECK(std::abs(whole.rise - phi(b)) < 1e-12);
    CHECK(std::abs(whole.log_resistance - std::log(resistance)) < 1e-11);
    CHECK(std::abs(whole.log_mass - std::log(mass)) < 1e-11);
    const LineIntegral parts = joined(integrate(a, -0.2), integrate(-0.2, b));
    CHECK(std::abs(parts.log_resistance - whole.log_resistance) < 1e-12);
    CHECK(std::abs(parts.log_mass - whole.log_mass) < 1e-12);
    alpha += 0.5;
  }
}

TEST_CASE("a linear potential of hundreds of kT is integrated exactly") {
  // L = x, D = 1/500: Phi rises by 500 over [0, 1].
  const LineIntegrator integrate(dynamics("x", "1/500", Interpretation::ito), 1.0 / 500);
  const LineIntegral whole = integrate(0.0, 1.0);
  CHECK(std::abs(whole.rise / 500.0 - 1.0) < 1e-13);
  CHECK(std::abs(whole.log_resistance - (500.0 - std::log(500.0))) < 1e-10);
  CHECK(std::abs(whole.log_mass) < 1e-10);
}

TEST_CASE("a narrow dip of the noise is found and resolved") {
  // D = |x| + d: int_{-1}^{1} dx 0.3 / D = 0.6 log((1 + d) / d).
  const double d = 1e-8;
  const LineIntegrator integrate(dynamics("0.3*x", "abs(x) + 1e-8", Interpretation::ito), 1.0);
  CHECK(std::abs(integrate(-1.0, 1.0).rise / (0.6 * std::log((1.0 + d) / d)) - 1.0) < 1e-10);
}
