#include "output/shown_numbers.hpp"

#include <doctest/doctest.h>

using namespace valleyflux;

TEST_CASE("nothing is shown as minus zero") {
  CHECK(unsigned_zero("-0") == "0");
  CHECK(unsigned_zero("-0.000000") == "0.000000");
  CHECK(unsigned_zero("-0.100000") == "-0.100000");
  CHECK(unsigned_zero("-1e-05") == "-1e-05");
  CHECK(unsigned_zero("0") == "0");
}
