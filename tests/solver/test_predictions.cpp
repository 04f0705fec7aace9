#include "tests/relative.hpp"
#include "tests/solver/predicted.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/dynamics/sgd_diffusion.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/escape/escape.hpp"
#include "solver/paths/path.hpp"
#include "solver/theory/closed_forms.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace valleyflux;

namespace {

/// What the solver says of left -> right: the mean time from the minimum.
double solved_time(const Problem<1>& problem) {
  const Discretisation<1> discretisation = discretise<1>(problem);
  return *solve_escape<1>(problem, discretisation, state_labels<1>(problem, discretisation.space), {.from = 0, .to = 1},
                          {.quasi_stationary = false, .flux = false})
              .mean_first_passage_time;
}

const Prediction& named(const std::vector<Prediction>& all, const std::string& method) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.method == method; });
  REQUIRE(found != all.end());
  return *found;
}

bool mentions(const Prediction& prediction, const std::string& what) {
  return std::any_of(prediction.failing.begin(), prediction.failing.end(),
                     [&](const std::string& text) { return text.find(what) != std::string::npos; });
}

Problem<1> two_temperatures(const std::string& landscape, double T_a, double T_b, double height,
                            Interpretation interpretation) {
  const auto surface = expression_landscape(Expression(landscape, {"x"}));
  return make_problem<1>(
      "",
      {Drift(surface), two_temperature_diffusion(surface, {T_a, T_b, height, 0.5 * std::min(T_a, T_b)}),
       interpretation},
      Grid<1>({Axis("x", -2.2, 2.2, 400)}));
}

}  // namespace

TEST_CASE("the noise of two temperatures has its temperatures, and exact derivatives") {
  const auto landscape = built_in_landscape("quartic_double_well", 1);
  const auto noise = two_temperature_diffusion(landscape, {0.1, 0.03, -0.125, 0.01});
  Eigen::MatrixXd points(1, 3);
  points << -1.0, 0.0, 0.55;
  DiffusionSamples at;
  noise->sample(points, true, at);
  CHECK(relative_error(at.tensor(0, 0), 0.1) < 1e-9);
  CHECK(relative_error(at.tensor(0, 1), 0.03) < 1e-9);
  DiffusionSamples beside;
  const double step = 1e-5;
  points << -1.0, 0.0, 0.55 + step;
  noise->sample(points, false, beside);
  const double above = beside.tensor(0, 2);
  points << -1.0, 0.0, 0.55 - step;
  noise->sample(points, false, beside);
  CHECK(relative_error(at.gradient(0, 2), (above - beside.tensor(0, 2)) / (2.0 * step)) < 1e-6);
  CHECK_THROWS_AS(two_temperature_diffusion(landscape, {0.0, 0.03, 0.0, 0.01}), std::invalid_argument);
}

TEST_CASE("Eq. 73 holds within 5 D / barrier in its own setting, and misses (T_a / T_b)^(1 - alpha) elsewhere") {
  for (const char* landscape : {"x^4/4 - x^2/2", "x^4/4 - x^2/2 + x/10"}) {
    double before = 0.0;
    for (const double barriers : {10.0, 40.0, 160.0}) {
      const bool tilted = std::string(landscape).size() > 14;
      // The lower minimum, the top and the barrier between them, from the cubic L' = 0.
      const double low = tilted ? -1.04668 : -1.0, top = tilted ? 0.101031 : 0.0;
      const auto height = [&](double x) { return x * x * x * x / 4 - x * x / 2 + (tilted ? x / 10 : 0.0); };
      const double barrier = height(top) - height(low), T_a = barrier / barriers, T_b = 0.6 * T_a;
      const Problem<1> problem =
          two_temperatures(landscape, T_a, T_b, 0.5 * (height(low) + height(top)), Interpretation::isothermal);
      const Prediction theory =
          named(predicted<1>(
                    problem, find_passages<1>(problem), 0, 1,
                    {std::nullopt, TwoTemperatureOptions{T_a, T_b, 0.5 * (height(low) + height(top)), 0.5 * T_b}, 0.3}),
                "theory:two_temperature");
      REQUIRE(theory.log_rate);
      CHECK(theory.failing.empty());
      CHECK(theory.note.find("s = 0.5 of the noise") != std::string::npos);
      const double relative = std::exp(-*theory.log_rate) / solved_time(problem) - 1.0;
      CAPTURE(barriers);
      CHECK(std::abs(relative) < 5.0 / barriers);
      if (before != 0.0) CHECK(std::abs(relative) < 0.4 * std::abs(before));
      before = relative;

      const Problem<1> ito =
          two_temperatures(landscape, T_a, T_b, 0.5 * (height(low) + height(top)), Interpretation::ito);
      CHECK(relative_error(std::exp(-*theory.log_rate) / solved_time(ito), T_a / T_b) < 5.0 / barriers);
      const auto of_ito = predicted<1>(ito, find_passages<1>(ito), 0, 1, {});
      CHECK(mentions(named(of_ito, "theory:two_temperature"), "isothermal"));
      // The exact limit of every interpretation knows better.
      CHECK(relative_error(std::exp(-*named(of_ito, "theory:laplace").log_rate) / solved_time(ito), 1.0) <
            5.0 / barriers);
    }
  }
}

TEST_CASE("with D = eta [H]+ / (2 B) at the minimum and the saddle Eq. 83 is Eq. 84, in any dimension") {
  Eigen::Matrix3d turn;
  turn << 2.0, -1.0, 2.0, 2.0, 2.0, -1.0, -1.0, 2.0, 2.0;
  turn /= 3.0;
  const Eigen::Vector3d at_minimum(2.0, 5.0, 3.0), at_saddle(-0.7, 4.0, 1.0);
  const auto turned = [&](const Eigen::Vector3d& values) -> Eigen::MatrixXd {
    return turn * values.asDiagonal() * turn.transpose();
  };
  const double factor = 0.1 / (2.0 * 4.0);
  const EscapeWay way{.points = {}, .at_minimum = turn.col(0), .at_saddle = turn.col(0)};
  for (const double s : {0.0, 0.3, 1.0})
    CHECK(relative_error(log_two_temperature_rate(turned(at_minimum), turned(at_saddle), factor * turned(at_minimum),
                                                  factor * turned(at_saddle.cwiseAbs()), way, 0.4, s),
                         log_sgd_rate(turned(at_minimum), turned(at_saddle), way, 0.4, 0.1, 4.0, s)) < 1e-12);
  CHECK_THROWS_AS(log_two_temperature_rate(turned(at_minimum), turned(at_saddle), turned({1.0, 0.0, 1.0}),
                                           turned({1.0, 1.0, 1.0}), way, 0.4, 0.5),
                  std::invalid_argument);
}

TEST_CASE("assumptions that fail are named") {
  const auto landscape = built_in_landscape("quartic_double_well", 1);
  const auto of = [&](double eta, double injected) {
    const Problem<1> problem = make_problem<1>(
        "", {Drift(landscape), sgd_diffusion(landscape, {eta, 1.0, injected}), Interpretation::isothermal},
        Grid<1>({Axis("x", -2.2, 2.2, 400)}));
    return predicted<1>(problem, find_passages<1>(problem), 0, 1, {SgdDiffusionOptions{eta, 1.0, injected}, {}, 0.5});
  };
  const auto blocked = of(0.05, 0.0);
  CHECK(mentions(named(blocked, "theory:sgd"), "vanishes on the way"));
  CHECK_FALSE(mentions(named(blocked, "theory:sgd"), "low noise"));
  CHECK_FALSE(mentions(named(blocked, "theory:sgd"), "isothermal"));
  CHECK_FALSE(named(blocked, "theory:laplace").log_rate);
  CHECK(mentions(named(of(1.0, 0.01), "theory:sgd"), "low noise"));

  // Noise across the valley that turns against the Hessian's axes.
  const auto surface = expression_landscape(Expression("x^4/4 - x^2/2 + 3*y^2 + x*y/5", {"x", "y"}));
  const auto entry = [](const char* text) { return Expression(text, {"x", "y"}); };
  const Problem<2> plane = make_problem<2>(
      "",
      {Drift(surface),
       expression_diffusion(2, {{entry("0.03*(1 + x^2)"), entry("0.02*x")}, {entry("0.02*x"), entry("0.05")}}),
       Interpretation::isothermal},
      Grid<2>({Axis("x", -2.0, 2.0, 60), Axis("y", -1.5, 1.5, 60)}));
  const auto general = predicted<2>(plane, find_passages<2>(plane), 0, 1, {});
  CHECK(mentions(named(general, "theory:two_temperature"), "same eigenvectors at the minimum"));
}

TEST_CASE("in the plane the Laplace limit is approached like D / barrier, for SGD noise that turns") {
  const auto landscape = expression_landscape(Expression("x^4/4 - x^2/2 + (1 + x^2/2)*y^2 + 0.3*x*y", {"x", "y"}));
  double before = 0.0;
  for (const double scale : {1.0, 0.5}) {
    const Problem<2> problem = make_problem<2>(
        "", {Drift(landscape), sgd_diffusion(landscape, {0.06 * scale, 1.0, 0.02 * scale}), Interpretation::ito},
        Grid<2>({Axis("x", -2.0, 2.0, 160), Axis("y", -1.5, 1.5, 120)}));
    SaddleLimits<2> limits(problem);
    const std::vector<Passage> passages = find_passages<2>(problem);
    const Prediction theory = named(predictions<2>(problem, passages, {0, 1}, {}, limits), "theory:laplace");
    REQUIRE(theory.log_rate);
    const double rate = *solve_escape<2>(problem, discretise<2>(problem), valley_labels<2>(problem),
                                         {.from = 0, .to = 1}, {true, false})
                             .quasi_stationary_rate;
    const SaddleLimit& limit = limits.of(0, passages[0].saddle);
    const double relative = std::exp(*theory.log_rate) / rate - 1.0;
    CAPTURE(scale);
    CHECK(std::abs(relative) < 5.0 / *limit.exponent);
    if (before != 0.0) CHECK(relative_error(relative, 0.5 * before) < 0.2);
    before = relative;
  }
}

TEST_SUITE("slow") {
  TEST_CASE(
      "on a path along a ring H_ae is the soft curvature of the minimum, though the saddle's direction is its stiff "
      "one") {
    // Three minima and three saddles, 60 degrees apart: height 0.05 (1 - cos 3 phi), so that along the ring H_a = 0.45
    // and H_b = -0.45; across it 20.
    const auto landscape = expression_landscape(
        Expression("10*(sqrt(x^2 + y^2) - 1)^2 + 0.05*(1 - (x^3 - 3*x*y^2)/(x^2 + y^2)^1.5)", {"x", "y"}));
    const double eta = 0.1, batch = 4.0, barrier = 0.1;
    const SgdDiffusionOptions sgd{eta, batch, 2e-4};
    const Problem<2> problem =
        make_problem<2>("", {Drift(landscape), sgd_diffusion(landscape, sgd), Interpretation::ito},
                        Grid<2>({Axis("x", -1.5, 1.5, 90), Axis("y", -1.5, 1.5, 90)}));
    const auto passages = find_passages<2>(problem);
    SaddleLimits<2> limits(problem);
    const Prediction theory = named(predictions<2>(problem, passages, {0, 1}, {sgd, {}, 0.5}, limits), "theory:sgd");
    REQUIRE(theory.log_rate);
    const double expected = std::log(0.45 / (2.0 * M_PI)) - 2.0 * batch * barrier / eta / 0.45;
    CHECK(std::abs(*theory.log_rate - expected) < 1e-6);
    CHECK_FALSE(mentions(theory, "along an eigenvector"));
    // The first exit, twice as frequent, over one path over each (Corollary 3.2.1).
    CHECK(std::abs(*named(predictions<2>(problem, passages, {0, -1}, {sgd, {}, 0.5}, limits), "theory:sgd").log_rate -
                   expected - std::log(4.0)) < 1e-6);
  }
}

TEST_CASE("a way that leaves the minimum between two eigenvectors is said to") {
  const auto way = [](double degrees) {
    const double angle = degrees * M_PI / 180.0;
    return escape_way(straight_path(Eigen::Vector2d(0.0, 0.0), Eigen::Vector2d(std::cos(angle), std::sin(angle)), 5),
                      Eigen::Vector2d(1.0, 50.0).asDiagonal(), Eigen::Vector2d(-1.0, 3.0).asDiagonal());
  };
  CHECK(relative_error(way(30.0).off_at_minimum, M_PI / 6.0) < 1e-12);
  CHECK(relative_error(way(30.0).off_at_saddle, M_PI / 6.0) < 1e-12);
  CHECK(std::abs(way(30.0).at_minimum[0]) == 1.0);
  CHECK(std::abs(way(70.0).at_minimum[1]) == 1.0);
  // Of equal curvatures every direction is an eigenvector.
  const EscapeWay round = escape_way(straight_path(Eigen::Vector2d(0.0, 0.0), Eigen::Vector2d(0.6, 0.8), 5),
                                     2.0 * Eigen::Matrix2d::Identity(), Eigen::Vector2d(-1.0, 3.0).asDiagonal());
  CHECK(round.off_at_minimum < 1e-7);
  CHECK(relative_error(round.at_minimum[1], 0.8) < 1e-12);
}
