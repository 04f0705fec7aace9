#include "solver/particles/minibatch.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

using namespace valleyflux;

TEST_CASE("members of minibatches are drawn evenly, and without replacement they differ") {
  for (const Minibatch kind : {Minibatch::with_replacement, Minibatch::without_replacement}) {
    constexpr std::uint64_t rows = 7, size = 3, draws = 20000;
    MinibatchDraws minibatch(1, kind, rows, size);
    std::vector<double> count(rows, 0.0);
    double repeats = 0.0;
    for (std::uint64_t step = 0; step < draws; ++step) {
      auto members = minibatch.draw(5, step);
      REQUIRE(members.size() == size);
      for (const std::uint32_t row : members) ++count.at(row);
      std::sort(members.begin(), members.end());
      repeats += std::adjacent_find(members.begin(), members.end()) != members.end() ? 1.0 : 0.0;
    }
    const double expected = static_cast<double>(size * draws) / rows;
    for (const double drawn : count) CHECK(std::abs(drawn - expected) < 5.0 * std::sqrt(expected));
    const double chance = kind == Minibatch::with_replacement ? 1.0 - 6.0 / 7.0 * 5.0 / 7.0 : 0.0;
    CHECK(std::abs(repeats / draws - chance) <= 4.0 * std::sqrt(chance * (1.0 - chance) / draws));
  }
}

TEST_CASE("what is drawn follows from seed, particle and step alone") {
  MinibatchDraws one(3, Minibatch::without_replacement, 100, 5), other(3, Minibatch::without_replacement, 100, 5);
  const auto first = one.draw(2, 9);
  other.draw(0, 0);
  CHECK(other.draw(2, 9) == first);
  CHECK(other.draw(2, 10) != first);
  CHECK(other.draw(3, 9) != first);
}

TEST_CASE("a minibatch that is no draw of rows is refused") {
  CHECK_THROWS_AS(require_minibatch(Minibatch::with_replacement, 10, 0), std::invalid_argument);
  CHECK_THROWS_AS(require_minibatch(Minibatch::without_replacement, 10, 11), std::invalid_argument);
  CHECK_NOTHROW(require_minibatch(Minibatch::with_replacement, 10, 11));
}
