#include "problems/case/case_file.hpp"
#include "solver/run/run.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace valleyflux;

TEST_CASE("a path over a minimum that was merged is not known, its exponent is") {
  // The middle minimum at 0 is shallower than kT: it belongs to the left valley.
  const auto height = [](double x) {
    return 0.2 * x * x * std::pow(x * x - 4.0, 2) + 1.5 * std::exp(-2.0 * x * x) + 0.05 * x;
  };
  const Results results =
      run(read_case("[landscape]\nexpression = \"0.2*x^2*(x^2-4)^2 + 1.5*exp(-2*x^2) + 0.05*x + y^2\"\n[diffusion]\n"
                    "model = \"mobility\"\nkT = 1.0\nD = 1.0\n[grid]\nx = { min = -3, max = 3, cells = 48 }\n"
                    "y = { min = -3, max = 3, cells = 48 }\n[valleys]\ndepth = 1.0\n[solver]\ngrids = 1\nmodes = 0\n"
                    "network = false\n",
                    "case.toml", "."),
          RunRequest{}, SolveObserver{});
  REQUIRE(results.paths.size() == 2);
  for (const PathResult& path : results.paths) {
    CAPTURE(path.from);
    CHECK(path.note.find("relaxes into another minimum, one that was merged") != std::string::npos);
    const double from = path.from == "valley_1" ? results.valleys[0].minimum[0] : results.valleys[1].minimum[0];
    REQUIRE(path.exponent);
    CHECK(relative_error(*path.exponent, height(path.saddle[0]) - height(from)) < 1e-8);
  }
  CHECK(results.paths[0].points.size() == 0);
  CHECK(results.paths[1].points.cols() > 0);
}
