#include "problems/methods.hpp"

#include <doctest/doctest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using namespace valleyflux;

using Names = std::vector<std::string>;

TEST_CASE("every method has a name of its own, problems that it is for, and a source") {
  std::set<std::string> names;
  for (const Method& method : methods()) {
    CAPTURE(method.name);
    CHECK(names.insert(method.name).second);
    CHECK_FALSE(method.kinds.empty());
    CHECK_FALSE(method.source.empty());
    for (const ProblemKind kind : method.standard) CHECK_FALSE(refusal(method.name, kind));
  }
  for (const std::string& name : method_names()) CHECK_NOTHROW(method_named(name));
  CHECK_THROWS_AS(method_named("diffusion"), std::invalid_argument);
}

TEST_CASE("an alias asks for every method that has it") {
  const Names asked{"flux", "theory"};
  CHECK(asks_for(asked, method_named("flux")));
  CHECK(asks_for(asked, method_named("theory:laplace")));
  CHECK_FALSE(asks_for(asked, method_named("langevin")));
  CHECK(methods_asked(asked, MethodStage::grid) == Names{"flux"});
  CHECK(methods_asked({"theory:sgd"}, MethodStage::closed_form) == Names{"theory:sgd"});
  CHECK(methods_asked(asked, MethodStage::closed_form).size() == 4);
}

TEST_CASE("where nothing is said, all that suits the problem and takes no particles is asked for") {
  CHECK(standard_methods(ProblemKind::line) ==
        Names{"quasi_stationary", "mean_first_passage", "flux", "reactive_flux", "theory"});
  CHECK(standard_methods(ProblemKind::plane, false) ==
        Names{"quasi_stationary", "mean_first_passage", "flux", "theory"});
  CHECK(standard_methods(ProblemKind::box) == Names{"langevin"});
  CHECK(standard_methods(ProblemKind::loss) == Names{"sgd"});
}

TEST_CASE("what does not suit a problem is refused with what does") {
  CHECK_FALSE(refusal("sgd_chain", ProblemKind::line));
  CHECK(refusal("sgd_chain", ProblemKind::plane) == "method \"sgd_chain\" is for one dimension");
  CHECK(refusal("flux", ProblemKind::box) ==
        "method \"flux\" needs a [grid]; particles alone know langevin, sgd, splitting and theory");
  CHECK(refusal("flux", ProblemKind::loss) ==
        "method \"flux\" is not for a loss: sgd, quasi_stationary, mean_first_passage, theory, theory:kramers, "
        "theory:sgd, theory:laplace");
  CHECK(refusal("theory:laplace", ProblemKind::box));
  CHECK_FALSE(refusal("theory", ProblemKind::box));
  CHECK_FALSE(refusal("theory", ProblemKind::loss));
  CHECK(refusal("theory", ProblemKind::loss, false) ==
        "method \"theory\" needs a barrier that is known: of the losses styblinski_tang has one");
  CHECK_FALSE(refusal("sgd", ProblemKind::loss, false));
}
