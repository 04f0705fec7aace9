#include "problems/case/case_file.hpp"
#include "solver/run/run.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace valleyflux;

namespace {

Estimate way_out_of_the_intermediate(const std::string& method, const std::string& box) {
  const Results results = run(read_case("[landscape]\nname = \"muller_brown\"\n[diffusion]\nD = 15.0\n" + box +
                                            "[[escape]]\nfrom = \"valley_3\"\nto = \"any\"\nmethods = [\"" + method +
                                            "\"]\n[solver]\nmodes = 0\nnetwork = false\n[accuracy]\nrelative = 0.1\n",
                                        "case.toml", "."),
                              {.rates_only = true}, {});
  REQUIRE(results.estimates.size() == 1);
  return results.estimates.front();
}

const std::string narrow =
    "[grid]\nx = { min = -1.6, max = 1.3, cells = 120 }\ny = { min = -0.5, max = 2.1, cells = 120 }\n";
const std::string wide =
    "[grid]\nx = { min = -2.5, max = 1.4, cells = 160 }\ny = { min = -0.5, max = 2.6, cells = 120 }\n";

}  // namespace

TEST_CASE("the principal eigenvalue is no rate of a pair where its law waits outside a target's core") {
  // Mueller & Brown's intermediate at 0.6 kT is left faster than the outskirts of the reactants come in to their core,
  // as soon as the box has them; its mean first-passage time knows nothing of them.
  const Estimate outskirts = way_out_of_the_intermediate("quasi_stationary", wide);
  CHECK_FALSE(outskirts.rate);
  CHECK(outskirts.note.find("lies in valley_1 outside its core") != std::string::npos);
  CHECK(way_out_of_the_intermediate("quasi_stationary", narrow).rate);
  const Estimate few = way_out_of_the_intermediate("mean_first_passage", narrow);
  const Estimate many = way_out_of_the_intermediate("mean_first_passage", wide);
  REQUIRE(few.low);
  REQUIRE(many.low);
  CHECK(relative_error(*few.rate, *many.rate) <= (*few.high - *few.low + *many.high - *many.low) / *many.rate);
}
