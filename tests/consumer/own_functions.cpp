// What users bring along: a landscape by code of their own, a drift that is no gradient, a case as text. Each is asked
// for a mean time that is known without this library; the exit status is the number of wrong ones.
#include <valleyflux/valleyflux.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>

using namespace valleyflux;

namespace {

/// Whether the one estimate is the known time, to three digits.
bool right(const char* what, const Results& results, double known) {
  const double time = results.estimates.front().time.value_or(0.0);
  const bool close = std::abs(time / known - 1) < 1e-3;
  std::printf("%s: %.7g, known %.7g%s\n", what, time, known, close ? "" : ": WRONG");
  return close;
}

std::shared_ptr<const DiffusionModel> white_noise(int dimension, double D) {
  return constant_diffusion(D * Eigen::MatrixXd::Identity(dimension, dimension));
}

/// From -1 to 0.9 in x^4/4 - x^2/2 with D = 0.05, by quadrature of the double integral.
constexpr double quartic_time = 728.380;

bool landscape_by_code() {
  const LandscapeFunctions code{
      .value = [](const Eigen::VectorXd& x) { return x[0] * x[0] * (x[0] * x[0] / 4 - 0.5); },
      .gradient = [](const Eigen::VectorXd& x) -> Eigen::VectorXd { return x.array().cube() - x.array(); },
      .hessian = [](const Eigen::VectorXd& x) -> Eigen::MatrixXd { return (3 * x.array().square() - 1).matrix(); }};
  const ValleyDefinition<1> left{"left", Region<1>([](const Point<1>& x) { return x[0] < 0; }), {}};
  const ValleyDefinition<1> right_one{"right", Region<1>([](const Point<1>& x) { return x[0] > 0; }),
                                      Region<1>([](const Point<1>& x) { return x[0] > 0.9; })};
  const Problem<1> problem = make_problem<1>("", Dynamics{Drift(landscape(1, code)), white_noise(1, 0.05)},
                                             Grid<1>({Axis("x", -2.5, 2.5, 400)}), {left, right_one});
  const auto request = one_escape<1>({.from = 0, .to = 1}, "mean_first_passage");
  return right("a landscape by code", solve_problem(problem, request), quartic_time);
}

/// Out of the unit disc, whirling: the radius does not feel that, and takes int_0^1 (exp(r^2 / 2D) - 1) / r dr =
/// (Ei(u) - log u - gamma) / 2 with u = 1 / 2D.
bool drift_that_is_no_gradient() {
  constexpr double D = 0.2, u = 1 / (2 * D);
  const Drift whirl = drift([](auto x, auto y) { return std::array{-x + 2 * y, -y - 2 * x}; });
  const ValleyDefinition<2> disc{"disc", Region<2>([](const Point<2>& x) { return x.norm() < 1; }), {}};
  const Problem<2> problem = make_problem<2>("", Dynamics{whirl, white_noise(2, D)},
                                             Grid<2>({Axis("x", -1.3, 1.3, 128), Axis("y", -1.3, 1.3, 128)}), {disc});
  const auto request = one_escape<2>({.from = 0}, "mean_first_passage");
  const double known = (std::expint(u) - std::log(u) - std::numbers::egamma) / 2;
  return right("a drift that is no gradient", solve_problem(problem, request), known);
}

bool case_as_text() {
  const Case definition = read_case(R"(
landscape.expression = "x^4/4 - x^2/2"
diffusion = { model = "constant", D = 0.05 }
grid.x = { min = -2.5, max = 2.5, cells = 400 }
valley = [{ name = "left", where = "x < 0" }, { name = "right", where = "x > 0", core = "x > 0.9" }]
escape = [{ from = "left", to = "right", methods = ["mean_first_passage"] }]
)",
                                    "own.toml", ".");
  return right("a case as text", run(definition, {.rates_only = true}), quartic_time);
}

}  // namespace

int main() {
  const std::array right{landscape_by_code(), drift_that_is_no_gradient(), case_as_text()};
  return static_cast<int>(std::count(right.begin(), right.end(), false));
}
