#include "problems/dynamics/coefficients.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/dynamics/gradient_noise.hpp"
#include "problems/dynamics/sgd_diffusion.hpp"
#include "problems/dynamics/two_temperature.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/data_landscape.hpp"
#include "problems/problem.hpp"
#include "tests/moving.hpp"
#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace valleyflux;

namespace {

constexpr Motion motion{0.2, -0.3};
constexpr double moment = 1.7;

Eigen::MatrixXd some_points() {
  return Eigen::MatrixXd{{0.3, -0.9, 0.1, 0.7}, {0.8, 0.4, -0.7, -0.2}};
}

Dynamics whirl() {
  return {Drift(std::vector<Expression>{Expression("x - x^3 + y", {"x", "y"}), Expression("-x*y - y", {"x", "y"})}),
          expression_diffusion(2, {{Expression("1 + x^2", {"x", "y"}), Expression("0.3*x*y", {"x", "y"})},
                                   {Expression("0.3*x*y", {"x", "y"}), Expression("2 + y^2", {"x", "y"})}}),
          Interpretation::stratonovich};
}

/// Noise of a kind that is made of a landscape.
using NoiseOf = std::shared_ptr<const DiffusionModel> (*)(std::shared_ptr<const Landscape>);

/// A landscape with terms that still changes: they would not.
class MovingAverage final : public Landscape {
 public:
  explicit MovingAverage(std::shared_ptr<const Landscape> average) : average_(std::move(average)) {}
  int dimension() const override { return average_->dimension(); }
  bool depends_on_time() const override { return true; }
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              double at) const override {
    average_->sample(motion.seen(points, at), order, samples);
  }
  std::shared_ptr<const DataTerms> terms() const override { return average_->terms(); }

 private:
  std::shared_ptr<const Landscape> average_;
};

}  // namespace

TEST_CASE("coefficients at a time are those at rest of where the points are seen from") {
  for (const Dynamics& at_rest : {whirl(), Dynamics{built_in_drift("himmelblau", 2), whirl().diffusion}}) {
    const Dynamics dynamics = moving(at_rest, motion);
    CHECK(depends_on_time(dynamics));
    CHECK_FALSE(depends_on_time(at_rest));
    Coefficients sampled, expected;
    for (const double t : {0.0, moment, -4.0}) {
      sample_coefficients(dynamics, some_points(), sampled, t);
      sample_coefficients(at_rest, motion.seen(some_points(), t), expected);
      CHECK(sampled.ito_drift == expected.ito_drift);
      CHECK(sampled.advection == expected.advection);
      CHECK(sampled.tensor == expected.tensor);
    }
    sample_coefficients(dynamics, some_points(), sampled);
    sample_coefficients(dynamics, some_points(), expected, 0.0);
    CHECK(sampled.ito_drift == expected.ito_drift);
    Eigen::MatrixXd force, jacobian, expected_force, expected_jacobian;
    dynamics.drift.sample(some_points(), force, &jacobian, moment);
    at_rest.drift.sample(motion.seen(some_points(), moment), expected_force, &expected_jacobian);
    CHECK(force == expected_force);
    CHECK(jacobian == expected_jacobian);
  }
}

TEST_CASE("either part makes dynamics depend on time") {
  const Dynamics rest = whirl(), all = moving(rest, motion);
  CHECK(depends_on_time(Dynamics{all.drift, rest.diffusion}));
  CHECK(depends_on_time(Dynamics{rest.drift, all.diffusion}));
}

TEST_CASE("noise that follows a landscape follows it in time") {
  const NoiseOf kinds[] = {
      [](auto of) { return sgd_diffusion(std::move(of), {.eta = 0.3, .batch_size = 2.0}); },
      [](auto of) {
        return two_temperature_diffusion(std::move(of), {0.1, 0.4, 0.3, 0.5});
      },
  };
  const auto at_rest = built_in_landscape("three_hole", 2);
  for (const NoiseOf noise_of : kinds) {
    const auto noise = noise_of(std::make_shared<MovingLandscape>(at_rest, motion)), still = noise_of(at_rest);
    CHECK(noise->depends_on_time());
    CHECK_FALSE(still->depends_on_time());
    DiffusionSamples sampled, expected;
    noise->sample(some_points(), true, sampled, moment);
    still->sample(motion.seen(some_points(), moment), true, expected);
    CHECK(sampled.tensor == expected.tensor);
    CHECK(sampled.gradient == expected.gradient);
  }
}

TEST_CASE("gradient noise is of terms, and these do not change with time") {
  DataTable table{{"a"}, Eigen::MatrixXd{{1.0, 2.0, 6.0}}};
  const auto average = data_landscape(Expression("(x - a)^2/2", {"x", "a"}), 1, table);
  CHECK_FALSE(gradient_noise_diffusion(average, {})->depends_on_time());
  CHECK_THROWS_AS(gradient_noise_diffusion(std::make_shared<MovingAverage>(average), {}), std::invalid_argument);
}

TEST_CASE("critical points and valleys are those at time 0") {
  const auto well = std::make_shared<MovingLandscape>(built_in_landscape("quartic_double_well", 1), motion);
  const auto problem = make_problem<1>("", {Drift(well), constant_diffusion(Eigen::MatrixXd::Constant(1, 1, 0.05))},
                                       Grid<1>({Axis("x", -2.5, 2.5, 100)}));
  REQUIRE(problem.valleys.size() == 2);
  for (const Valley<1>& valley : problem.valleys)
    CHECK(relative_error(std::abs(valley.minimum->position[0] - motion.start), 1.0) < 1e-12);
}
