#include "problems/case/case_file.hpp"
#include "solver/run/run.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <string>

using namespace valleyflux;

TEST_CASE("a case is solved by the engine that it names with the same rates") {
  const auto solved_by = [](const std::string& engine) {
    return run(read_case("[landscape]\nexpression = \"(x^2 - 1)^2 + y^2 + 0.3*x*y\"\n[diffusion]\nD = 0.08\n[grid]\n"
                         "x = { min = -1.8, max = 1.8, cells = 48 }\ny = { min = -1.2, max = 1.2, cells = 32 }\n"
                         "[solver]\ngrids = 1\nengine = \"" +
                             engine + "\"\n",
                         "case.toml", "."),
               RunRequest{}, SolveObserver{});
  };
  const Results expected = solved_by("elimination"), results = solved_by("multilevel");
  CHECK_FALSE(expected.linear_solver);
  REQUIRE(results.linear_solver);
  CHECK(results.linear_solver->engine == "multilevel");
  CHECK(results.linear_solver->solves > 10);
  CHECK(results.linear_solver->most_cycles < 60);
  CHECK(results.linear_solver->check < 1e-10);
  CHECK(results.linear_solver->fall_backs == 0);
  REQUIRE(results.estimates.size() == expected.estimates.size());
  constexpr double same = 1e-8;
  for (std::size_t k = 0; k < results.estimates.size(); ++k) {
    CAPTURE(results.estimates[k].method);
    REQUIRE(results.estimates[k].rate.has_value() == expected.estimates[k].rate.has_value());
    if (expected.estimates[k].rate)
      CHECK(std::abs(*results.estimates[k].rate / *expected.estimates[k].rate - 1.0) < same);
  }
  for (std::size_t v = 0; v < results.valleys.size(); ++v)
    CHECK(std::abs(*results.valleys[v].stationary_probability / *expected.valleys[v].stationary_probability - 1.0) <
          same);
  CHECK((results.network->rate - expected.network->rate).norm() < same * expected.network->rate.norm());
}
