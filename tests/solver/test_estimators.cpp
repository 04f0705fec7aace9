#include "problems/methods.hpp"
#include "solver/methods/estimator.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using namespace valleyflux;

TEST_CASE("every method of the table has an estimator for what it is said to be for, and no other is there") {
  std::set<std::string> names;
  for (const Estimator& estimator : estimators()) CHECK(names.insert(estimator.method).second);
  CHECK(names.size() == methods().size());
  for (const Method& method : methods()) {
    CAPTURE(method.name);
    REQUIRE(names.contains(method.name));
    const Estimator& estimator = estimator_of(method.name);
    const auto is_for = [&](ProblemKind kind) {
      return std::find(method.kinds.begin(), method.kinds.end(), kind) != method.kinds.end();
    };
    CHECK((method.stage == MethodStage::grid) == estimator.grid.has_value());
    CHECK((method.stage == MethodStage::particles) == (estimator.particles != nullptr));
    CHECK((method.stage == MethodStage::chain) == estimator.chain.has_value());
    CHECK((method.stage == MethodStage::closed_form) == estimator.closed_form.has_value());
    CHECK(is_for(ProblemKind::loss) == (estimator.loss != nullptr));
    if (estimator.closed_form) CHECK(is_for(ProblemKind::box) == (estimator.closed_form->at_pass != nullptr));
  }
  CHECK_THROWS_AS(estimator_of("theory"), std::invalid_argument);
}

TEST_CASE("estimators stand in the order of their ranks, and those of equal ranks in that of the table") {
  std::vector<std::string> closed_forms;
  for (std::size_t k = 0; k < estimators().size(); ++k) {
    if (k > 0) CHECK(method_named(estimators()[k - 1].method).rank <= method_named(estimators()[k].method).rank);
    if (estimators()[k].closed_form) closed_forms.push_back(estimators()[k].method);
  }
  CHECK(closed_forms ==
        std::vector<std::string>{"theory:laplace", "theory:kramers", "theory:sgd", "theory:two_temperature"});
}
