#include "grids/side_by_side.hpp"

#include <doctest/doctest.h>
#include <omp.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

using namespace valleyflux;

TEST_CASE("what goes side by side, also within such, is called once each, and the first failure arrives") {
  const int before = omp_get_max_threads();
  for (const int threads : {1, 2, 4}) {
    CAPTURE(threads);
    omp_set_num_threads(threads);
    std::vector<std::vector<int>> calls(30, std::vector<int>(7, 0));
    side_by_side(calls.size(), [&](std::size_t k) { side_by_side(7, [&](std::size_t n) { ++calls[k][n]; }); });
    for (const std::vector<int>& some : calls) CHECK(some == std::vector<int>(7, 1));
    side_by_side(0, [](std::size_t) { throw std::logic_error("called"); });
    std::string text;
    try {
      side_by_side(200, [](std::size_t k) {
        if (k % 5 == 3) throw std::runtime_error(std::to_string(k));
      });
    } catch (const std::runtime_error& error) {
      text = error.what();
    }
    CHECK(text == "3");
  }
  omp_set_num_threads(before);
}
