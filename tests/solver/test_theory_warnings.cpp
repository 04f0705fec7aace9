#include "problems/case/case_file.hpp"
#include "solver/run/run.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace valleyflux;

TEST_CASE("that closed forms have no answer is said where one is asked for") {
  const auto warned = [](const std::string& methods, const std::string& network) {
    const Results found = run(
        read_case("[landscape]\nexpression = \"abs(x^2 - 1)\"\n[diffusion]\nD = 0.2\n[grid]\nx = { "
                  "min = -2, max = 2, cells = 64 }\n[solver]\nmodes = 0\ngrids = 1\nnetwork = " +
                      network + "\n[[escape]]\nfrom = \"valley_1\"\nto = \"valley_2\"\nmethods = [" + methods + "]\n",
                  "case.toml", "."));
    return std::any_of(found.warnings.begin(), found.warnings.end(), [](const std::string& warning) {
      return warning.find("closed forms have no answer") != std::string::npos;
    });
  };
  CHECK_FALSE(warned("\"mean_first_passage\"", "false"));
  CHECK(warned("\"mean_first_passage\", \"theory:laplace\"", "false"));
  CHECK(warned("\"mean_first_passage\"", "true"));
}
