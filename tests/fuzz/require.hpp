#pragma once

#include <cstdio>
#include <cstdlib>

/// Ends the program where a property that must hold for every input does not: a fuzzer takes that for a crash.
inline void require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", property);
  std::abort();
}
