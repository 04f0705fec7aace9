#include "output/warning_text.hpp"

#include "output/warning_groups.hpp"

#include <doctest/doctest.h>

using namespace valleyflux;

TEST_CASE("warnings that differ in escape and method and numbers alone are one") {
  const std::vector<std::string> warnings{
      "a -> b by theory:kramers: it assumes low noise (the exponent is only 4.4)", "the grid is coarse",
      "b -> a by theory:kramers: it assumes low noise (the exponent is only 0.88)",
      "b -> a by theory:sgd: it assumes low noise (the exponent is only 1e-3)", "a -> b by flux: no plateau"};
  CHECK(warnings_text(warnings) ==
        "warning (3 alike): it assumes low noise (the exponent is only 4.4)\n"
        "         a -> b by theory:kramers\n"
        "         b -> a by theory:kramers, theory:sgd\n"
        "warning: the grid is coarse\n"
        "warning: a -> b by flux: no plateau\n");
  CHECK(
      warnings_text(warnings, true).find("warning: b -> a by theory:sgd: it assumes low noise (the exponent is only") !=
      std::string::npos);
  CHECK(warnings_text({}).empty());
}

TEST_CASE("warnings about other things are told apart") {
  CHECK(warning_groups({"x = 1.5e-3 of 2", "x = 22 of 3.25"}).size() == 1);
  CHECK(warning_groups({"at x = 1: so", "at x = 1; so"}).size() == 2);
  CHECK(warnings_text({"left of 1 is all", "left of 2 is all"}).find("(2 alike)") != std::string::npos);
}

TEST_CASE("many escapes are counted") {
  std::vector<std::string> warnings;
  for (int k = 0; k < 12; ++k)
    warnings.push_back("v" + std::string(static_cast<std::size_t>(k + 1), 'x') + " -> any by flux: no plateau");
  CHECK(warnings_text(warnings).find("; 8 more by flux") != std::string::npos);
}

TEST_CASE("groups of warnings keep whom and what each of them is about") {
  const auto groups = warning_groups(
      {"a -> b by flux: slow (3 s)", "slow (1 s)", "b -> a by sgd: slow (7 s)", "b -> a by flux: other", "slow (1 s)"});
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].text == "slow (3 s)");
  REQUIRE(groups[0].members.size() == 2);
  CHECK(groups[0].members[1].escape == "b -> a");
  CHECK(groups[0].members[1].method == "sgd");
  CHECK(groups[0].members[1].text == "slow (7 s)");
  CHECK(groups[0].places == std::vector<std::size_t>{0, 2});
  REQUIRE(groups[1].members.size() == 2);
  CHECK(groups[1].members[0].escape.empty());
}

TEST_CASE("warnings of a sweep say at how many of its values they hold") {
  const std::vector<SweptWarnings> values{
      {"D=0.1", {"a -> b by flux: slow (3 s)", "coarse"}},
      {"D=0.2", {"a -> b by flux: slow (2 s)", "b -> a by flux: slow (1 s)", "coarse"}},
      {"D=0.3", {"coarse", "a -> b by sgd: no particle"}}};
  CHECK(swept_warnings_text(values) ==
        "warning (at 2 of 3 values, first at D=0.1): slow (3 s)\n"
        "         a -> b; b -> a by flux\n"
        "warning (at all 3 values): coarse\n"
        "warning (at D=0.3): a -> b by sgd: no particle\n");
  CHECK(swept_warnings_text({{"D=0.1", {}}}).empty());
}
