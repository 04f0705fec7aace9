#include "solver/elimination/elimination.hpp"
#include "solver/engines.hpp"
#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace valleyflux;

TEST_CASE("a state with more neighbours than a row of the multilevel solver holds is left to elimination") {
  constexpr std::int32_t states = 400;
  Generator star;  // from state 0 to all others and back
  star.states = states;
  star.exit = Eigen::VectorXd::Zero(states);
  star.exit[7] = 0.1;
  Eigen::MatrixXi positions(2, states);
  for (std::int32_t s = 0; s < states; ++s) {
    positions.col(s) << s % 20, s / 20;
    if (s == 0) continue;
    star.from.push_back(0);
    star.to.push_back(s);
    star.forward.push_back(1.0 + 0.01 * s);
    star.backward.push_back(2.0);
  }
  const auto report = std::make_shared<EngineReport>();
  const MultilevelEngine engine(positions, {}, multilevel_hooks(1e9, report));
  const Eigen::VectorXd u = engine.factorise(star)->solve(Eigen::VectorXd::Ones(states));
  REQUIRE(report->fall_backs.size() == 1);
  CHECK(report->fall_backs.front().find("neighbours") != std::string::npos);
  // Who is at state s > 0 waits 1/2 for state 0; from 0 there is the exit by way of state 7 alone.
  double round = 1.0;  // mean time from a visit of 0 to the next or the end, times the rate of leaving 0
  for (std::int32_t s = 1; s < states; ++s) round += (1.0 + 0.01 * s) * (s == 7 ? 1.0 / 2.1 : 0.5);
  const double ends = 1.07 * 0.1 / 2.1;  // rate of visits of 7 that end there
  const double expected = round / ends;
  CHECK(relative_error(u[0], expected) < 1e-12);
  CHECK(relative_error(u[1], expected + 0.5) < 1e-12);
}
