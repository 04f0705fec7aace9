#include "grids/first_failure.hpp"

#include <doctest/doctest.h>

#include <new>

using namespace valleyflux;

TEST_CASE("an exception in a parallel loop arrives behind it, as what it was") {
  FirstFailure failure;
#pragma omp parallel for
  for (int k = 0; k < 100; ++k)
    failure.guard([&] {
      if (k % 10 == 3) throw std::bad_alloc();
    });
  CHECK_THROWS_AS(failure.rethrow(), std::bad_alloc);
  CHECK_NOTHROW(FirstFailure().rethrow());
}
