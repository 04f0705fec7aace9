#include "problems/case/idle_settings.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace valleyflux;

namespace {

std::string idle(const std::string& methods, const std::string& setting, const std::string& more = "") {
  const Overrides overrides{setting};
  const Case definition = read_case(
      "[landscape]\nexpression = \"x^4/4 - x^2/2\"\n[diffusion]\nD = 0.1\n[grid]\nx = { min = -2, max = 2, cells = "
      "40 }\n[[escape]]\nfrom = \"valley_1\"\nto = \"any\"\nmethods = [" +
          methods + "]\n" + more,
      "case.toml", ".", overrides);
  try {
    require_effect(definition, overrides);
  } catch (const CaseError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a setting that no method asked for looks at is refused") {
  const std::string grid = "\"mean_first_passage\"";
  CHECK(idle(grid, "langevin.particles=100") ==
        "--set langevin.particles: error: langevin.particles does nothing here: no escape asks for langevin, sgd, "
        "splitting or sgd_chain");
  CHECK(idle("\"langevin\"", "langevin.replicas=10").find("no escape asks for splitting") != std::string::npos);
  CHECK(idle(grid, "theory.s=0.4").find("no escape asks for theory") != std::string::npos);
  CHECK(idle("\"langevin\"", "accuracy.relative=0.1").find("no escape asks for a rate from a grid") !=
        std::string::npos);
  CHECK(idle(grid, "accuracy.relative=0.1", "[solver]\ngrids = 1\n").find("solver.grids = 1") != std::string::npos);
}

TEST_CASE("settings that change something are taken") {
  const std::string grid = "\"mean_first_passage\"";
  CHECK(idle("\"langevin\"", "langevin.particles=100") == "");
  CHECK(idle("\"sgd_chain\"", "langevin.step=0.1") == "");
  CHECK(idle("\"splitting\"", "langevin.replicas=10") == "");
  CHECK(idle("\"theory\"", "theory.s=0.4") == "");
  CHECK(idle(grid, "accuracy.relative=0.1") == "");
  CHECK(idle(grid, "langevin.particles=50",
             "[evolve]\ninitial = \"valley_1\"\nuntil = 1\n[langevin]\nhistogram = true\n") == "");
  CHECK(idle(grid, "solver.modes=2") == "");
}
