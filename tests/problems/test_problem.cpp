#include "problems/dynamics/diffusion_model.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "problems/problem.hpp"

#include <doctest/doctest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numbers>

using namespace valleyflux;

namespace {

Dynamics with_noise(Drift drift, double noise) {
  const int d = drift.dimension();
  return {std::move(drift), constant_diffusion(noise * Eigen::MatrixXd::Identity(d, d)), Interpretation::ito};
}

Dynamics landscape_dynamics(const std::string& text, int dimension, double noise = 0.1) {
  return with_noise(Drift(expression_landscape(Expression(text, variable_names(dimension)))), noise);
}

Grid<1> line(double min, double max, Index cells, Boundary boundary = Boundary::reflecting) {
  return Grid<1>({Axis("x", min, max, cells, boundary, boundary)});
}

Grid<2> square(double half, Index cells) {
  return Grid<2>({Axis("x", -half, half, cells), Axis("y", -half, half, cells)});
}

/// What make_problem says of wrong parts: "key: message", or "" if it takes them.
template <int Dim>
std::string complaint(Dynamics dynamics, Grid<Dim> grid, std::vector<ValleyDefinition<Dim>> valleys = {}) {
  try {
    make_problem<Dim>("", std::move(dynamics), std::move(grid), std::move(valleys));
  } catch (const ProblemError& error) {
    return error.key() + ": " + error.what();
  }
  return "";
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// x^2 on [-1, 2] only.
class Table final : public Landscape {
 public:
  explicit Table(bool periodic) : periodic_(periodic) {}
  int dimension() const override { return 1; }
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              double /*time*/) const override {
    samples.value = points.row(0).array().square().matrix();
    if (order > 0) samples.gradient = 2.0 * points;
    if (order > 1) samples.hessian.setConstant(1, points.cols(), 2.0);
    if (order > 2) samples.third.setZero(1, points.cols());
  }
  std::optional<LandscapeDomain> domain() const override { return LandscapeDomain{{{-1.0, 2.0, periodic_}}}; }

 private:
  bool periodic_;
};

Region<1> where(bool (*predicate)(double)) {
  return Region<1>([predicate](const Point<1>& x) { return predicate(x[0]); });
}

}  // namespace

TEST_CASE("valleys left out are the basins of all minima, numbered from the lowest") {
  const auto problem =
      make_problem<1>("tilted", with_noise(built_in_drift("tilted_double_well", 1), 0.02), line(-2.0, 2.0, 400));
  REQUIRE(problem.valleys.size() == 2);
  CHECK(problem.valleys[0].name == "valley_1");
  CHECK(problem.valleys[1].name == "valley_2");
  REQUIRE(problem.valleys[0].minimum);
  CHECK(problem.valleys[0].minimum->height < problem.valleys[1].minimum->height);
  CHECK(problem.valleys[0].minimum->position[0] < 0);
  CHECK(problem.warnings.empty());
  const std::vector<int> labels = valley_labels<1>(problem);
  CHECK(labels.front() == 0);
  CHECK(labels.back() == 1);
  CHECK(std::is_sorted(labels.begin(), labels.end()));
}

TEST_CASE("a definition without region means the basin of the lowest minimum that no other one holds") {
  const auto right = where([](double x) { return x > 0.2; });
  const auto problem = make_problem<1>("", with_noise(built_in_drift("tilted_double_well", 1), 0.02),
                                       line(-2.0, 2.0, 400), {{"right", right, {}}, {"other", {}, {}}});
  REQUIRE(problem.valleys[1].minimum);
  CHECK(problem.valleys[1].minimum->position[0] < 0);
  const auto by_core = make_problem<1>("", with_noise(built_in_drift("tilted_double_well", 1), 0.02),
                                       line(-2.0, 2.0, 400), {{"right", {}, where([](double x) { return x > 0.8; })}});
  CHECK(by_core.valleys[0].minimum->position[0] > 0);
  CHECK(by_core.valleys[0].region.contains(Point<1>(0.3)));
}

TEST_CASE("on the line the default core is one standard deviation to each side") {
  const double noise = 0.02, curvature = 2.0, sd = std::sqrt(noise / curvature);
  const auto problem =
      make_problem<1>("", with_noise(built_in_drift("quartic_double_well", 1), noise), line(-2.0, 2.0, 400));
  const Region<1>& core = problem.valleys[0].core;
  for (const double side : {-1.0, 1.0}) {
    CHECK(core.contains(Point<1>(-1.0 + side * sd * (1 - 1e-12))));
    CHECK(!core.contains(Point<1>(-1.0 + side * sd * (1 + 1e-12))));
  }
}

TEST_CASE("the default core of an Ornstein-Uhlenbeck process is the ellipse of its stationary covariance") {
  // dx = -A x dt + (2 D)^(1/2) dW with A = [[1, 0.8], [-0.8, 2]], D = [[0.05, 0.02], [0.02, 0.03]].
  const std::vector<std::string> xy = variable_names(2);
  Eigen::Matrix2d a, d;
  a << 1.0, 0.8, -0.8, 2.0;
  d << 0.05, 0.02, 0.02, 0.03;
  const Dynamics dynamics{Drift({Expression("-x - 0.8*y", xy), Expression("0.8*x - 2*y", xy)}), constant_diffusion(d),
                          Interpretation::ito};
  const auto problem = make_problem<2>("", dynamics, square(2.0, 200));
  // A S + S A^T = 2 D by hand: three equations for Sxx, Sxy, Syy.
  Eigen::Matrix3d system;
  system << 2 * a(0, 0), 2 * a(0, 1), 0, a(1, 0), a(0, 0) + a(1, 1), a(0, 1), 0, 2 * a(1, 0), 2 * a(1, 1);
  const Eigen::Vector3d s = system.fullPivLu().solve(Eigen::Vector3d(2 * d(0, 0), 2 * d(0, 1), 2 * d(1, 1)));
  Eigen::Matrix2d covariance;
  covariance << s[0], s[1], s[1], s[2];
  const Eigen::Matrix2d root = covariance.llt().matrixL();
  for (int k = 0; k < 32; ++k) {
    const Point<2> edge = root * Point<2>(std::cos(0.2 * k), std::sin(0.2 * k));
    CHECK(problem.valleys[0].core.contains(Point<2>(edge * (1 - 1e-12))));
    CHECK(!problem.valleys[0].core.contains(Point<2>(edge * (1 + 1e-12))));
  }
}

TEST_CASE("a core in the plane holds a cell's centre and never leaves its valley") {
  const double cell = 0.1, least = 0.75 * cell;
  const auto narrow = [&](double noise) {
    return make_problem<2>("", landscape_dynamics("(x^2 - 1)^2 + y^2", 2, noise), square(2.0, 40));
  };
  const auto cold = narrow(1e-4);
  CHECK(cold.valleys[0].core.contains(Point<2>(-1.0 + 0.99 * least, 0.0)));
  CHECK(cold.valleys[0].core.contains(Point<2>(-1.0, -0.99 * least)));
  CHECK(!cold.valleys[0].core.contains(Point<2>(-1.0 + 1.01 * least, 0.0)));
  CHECK(cold.warnings.size() == 2);  // one a valley: the grid is too coarse for this noise
  const auto mild = narrow(0.1);     // along y one standard deviation is (D / 2)^(1/2) = 2.24 cells, and stays that
  CHECK(mild.valleys[0].core.contains(Point<2>(-1.0, 0.99 * std::sqrt(0.05))));
  CHECK(!mild.valleys[0].core.contains(Point<2>(-1.0, 1.01 * std::sqrt(0.05))));
  CHECK(mild.warnings.empty());
  const auto hot = narrow(30.0);
  CHECK(hot.valleys[0].core.contains(Point<2>(-0.01, 0.0)));
  CHECK(!hot.valleys[0].core.contains(Point<2>(0.01, 0.0)));
  const auto quiet = narrow(1e-9);
  CHECK(quiet.valleys[0].core.contains(Point<2>(-1.0, 0.99 * least)));
  CHECK(!quiet.valleys[0].core.contains(Point<2>(-1.0, 1.01 * least)));
}

TEST_CASE("samples that are not finite are named with their place") {
  std::string text = complaint<1>(landscape_dynamics("log(x + 1) + x^2", 1), line(-1.5, 1.5, 30));
  CHECK(has(text, "landscape: "));
  CHECK(has(text, "x = -1.45"));
  const std::vector<std::string> xy = variable_names(2);
  Dynamics dynamics{Drift({Expression("-x", xy), Expression("-y + 1/(x - 0.25)", xy)}),
                    constant_diffusion(Eigen::Matrix2d::Identity()), Interpretation::ito};
  text = complaint<2>(dynamics, square(2.0, 8));
  CHECK(has(text, "drift: "));
  CHECK(has(text, "x = 0.25, y = -1.75"));
  dynamics = landscape_dynamics("x^2", 1);
  dynamics.diffusion = expression_diffusion(1, {{Expression("sqrt(x)", {"x"})}});
  text = complaint<1>(dynamics, line(-1.0, 1.0, 20));
  CHECK(has(text, "diffusion: "));
  CHECK(has(text, "x = -0.95"));
}

TEST_CASE("a diffusion with a negative eigenvalue is refused with the value and the place") {
  Dynamics dynamics = landscape_dynamics("x^2", 1);
  dynamics.diffusion = expression_diffusion(1, {{Expression("x^2 - 0.01", {"x"})}});
  const std::string text = complaint<1>(dynamics, line(-1.0, 1.0, 21));
  CHECK(has(text, "diffusion: "));
  CHECK(has(text, "-0.01 at x = 0"));
  dynamics = landscape_dynamics("x^2 + y^2", 2);
  const std::vector<std::string> xy = variable_names(2);
  dynamics.diffusion =
      expression_diffusion(2, {{Expression("1", xy), Expression("2", xy)}, {Expression("2", xy), Expression("1", xy)}});
  CHECK(has(complaint<2>(dynamics, square(1.0, 8)), "negative eigenvalue -1 at x = -0.875, y = -0.875"));
  // Singular to round-off is fine.
  dynamics.diffusion = expression_diffusion(
      2, {{Expression("0.09", xy), Expression("0.03", xy)}, {Expression("0.03", xy), Expression("0.01", xy)}});
  CHECK(complaint<2>(dynamics, square(1.0, 8)).empty());
}

TEST_CASE("the box must lie where the landscape is defined") {
  const auto problem_on = [](bool periodic, const Grid<1>& grid) {
    return complaint<1>(with_noise(Drift(std::make_shared<Table>(periodic)), 0.1), grid);
  };
  CHECK(problem_on(false, line(-1.0, 2.0, 50)).empty());
  const std::string text = problem_on(false, line(-1.5, 2.0, 50));
  CHECK(has(text, "grid.x: "));
  CHECK(has(text, "-1.5"));
  CHECK(has(text, "from -1 to 2"));
  CHECK(problem_on(true, line(-1.0, 2.0, 50, Boundary::periodic)).empty());
  CHECK(has(problem_on(true, line(-1.0, 1.0, 50, Boundary::periodic)), "period 3"));
  CHECK(has(problem_on(false, line(-1.0, 2.0, 50, Boundary::periodic)), "cannot be periodic"));
}

TEST_CASE("noise that is zero everywhere is refused") {
  const Dynamics dynamics{built_in_drift("quartic_double_well", 1),
                          expression_diffusion(1, {{Expression("0*x", {"x"})}}), Interpretation::ito};
  CHECK(has(complaint<1>(dynamics, line(-2.0, 2.0, 100), {}), "diffusion: the diffusion D is zero in every cell"));
}

TEST_CASE("valleys that are empty, overlap or do not hold their cores are refused") {
  const Dynamics dynamics = with_noise(built_in_drift("quartic_double_well", 1), 0.05);
  const Grid<1> grid = line(-2.0, 2.0, 100);
  const auto left = where([](double x) { return x < 0.1; }), right = where([](double x) { return x > 0.0; });
  CHECK(has(complaint<1>(dynamics, grid, {{"left", left, {}}, {"right", right, {}}}),
            "valley.right: valleys \"left\" and \"right\" overlap at x = 0.02"));
  CHECK(has(complaint<1>(dynamics, grid, {{"far", where([](double x) { return x > 3.0; }), {}}}),
            "valley \"far\" holds no point of the domain"));
  CHECK(has(complaint<1>(dynamics, grid, {{"left", left, where([](double x) { return x < 0.2; })}}),
            "reaches out of the valley at x = 0.1"));
  CHECK(has(complaint<1>(dynamics, grid, {{"left", left, where([](double x) { return x < -3.0; })}}),
            "the core of valley \"left\" holds no point of the domain"));
  CHECK(has(complaint<1>(dynamics, grid, {{"a", {}, {}}, {"b", {}, {}}, {"c", {}, {}}}), "valley.c: "));
}

TEST_CASE("more basins than cells of the plane are refused before their borders are traced") {
  // 6 or 7 troughs of a cosine on each axis: more than 4 x 4 in all.
  const std::string text = complaint<2>(landscape_dynamics("cos(20*x) + cos(20*y)", 2), square(1.0, 4));
  CHECK(has(text, "minima were found in the domain, on a grid of 16 cells"));
}

TEST_CASE("a valley without a minimum has a core only if one is given") {
  const Dynamics dynamics = landscape_dynamics("-x", 1, 1.0);
  // At a reflecting wall the slope would end in a minimum.
  const Grid<1> grid = line(0.0, 1.0, 100, Boundary::absorbing);
  CHECK(has(complaint<1>(dynamics, grid), "valley: no minimum"));
  const auto low = where([](double x) { return x < 0.5; });
  const auto problem = make_problem<1>(
      "", dynamics, grid,
      {{"low", low, {}}, {"high", where([](double x) { return x > 0.5; }), where([](double x) { return x > 0.9; })}});
  CHECK(!problem.valleys[0].minimum);
  CHECK(problem.valleys[0].core.empty());
  CHECK(problem.valleys[1].core.contains(Point<1>(0.95)));
  CHECK(problem.warnings.size() == 2);
}

TEST_CASE("a drift that jumps at the seam of a periodic axis is noticed, one that only its landscape lacks is not") {
  const double pi = std::numbers::pi;
  const auto washboard =
      make_problem<1>("", with_noise(built_in_drift("washboard", 1), 0.2), line(-pi, pi, 200, Boundary::periodic));
  CHECK(washboard.warnings.empty());
  const auto jump = make_problem<1>("", with_noise(built_in_drift("quartic_double_well", 1), 0.2),
                                    line(-2.0, 2.0, 200, Boundary::periodic));
  REQUIRE(jump.warnings.size() == 1);
  CHECK(has(jump.warnings[0], "jumps by 12"));
  // sin(pi) is not 0 to the last bit.
  const auto top = make_problem<1>("", landscape_dynamics("cos(x)", 1, 0.2), line(-pi, pi, 200, Boundary::periodic));
  CHECK(top.warnings.empty());
}
