#include "grids/axis_by_axis.hpp"
#include "grids/disjoint_sets.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace valleyflux;

TEST_CASE("sets that are joined have one root and all others their own") {
  constexpr Index count = 200;
  DisjointSets sets(count);
  Index left = count;
  // k and k + 12 and k and k + 18: by congruence, k and k + 6 far from the ends; what remains are the classes mod 6.
  for (const Index step : {12, 18})
    for (Index k = 0; k + step < count; ++k)
      if (sets.join(k, k + step)) --left;
  CHECK(left == 6);
  for (Index a = 0; a < count; ++a)
    for (Index b = 0; b < count; ++b) CHECK((sets.root(a) == sets.root(b)) == (a % 6 == b % 6));
  CHECK(!sets.join(0, 6));
  sets.add();
  CHECK(sets.root(count) == count);
  CHECK(sets.join(3, count));
  CHECK(sets.root(9) == count);  // that of the set joined
}

TEST_CASE("a grid is made axis by axis in their order") {
  const auto grid = grid_by<2>([](int k) { return Axis(k == 0 ? "p" : "q", -1.0 - k, 2.0 + k, 4 + k); });
  CHECK(grid.axis(0).name() == "p");
  CHECK(grid.axis(1).name() == "q");
  CHECK(grid.axis(1).min() == -2.0);
  CHECK(grid.cells() == 20);
}
